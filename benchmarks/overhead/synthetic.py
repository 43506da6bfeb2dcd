"""A project of N small models, each joining two parents, with two tests per model.

The same models and tests for Coterie, for dbt, and in SQLMesh's own form.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROWS = 1_000

PROJECT = """\
name: synthetic
models:
  synthetic:
    +materialized: table
"""
DBT_PROJECT = """\
name: synthetic
version: "1.0"
profile: synthetic
models:
  synthetic:
    +materialized: table
"""
DBT_PROFILES = """\
synthetic:
  target: prod
  outputs:
    prod:
      type: duckdb
      path: target/dbt.duckdb
      threads: {threads}
"""
SQLMESH_CONFIG = """\
gateways:
  local:
    connection:
      type: duckdb
      database: warehouse.duckdb
      concurrent_tasks: {threads}
default_gateway: local
model_defaults:
  dialect: duckdb
disable_anonymized_analytics: true
"""
SQLMESH_MODEL = """\
MODEL (
  name synthetic.{name},
  kind FULL,
  description 'Model {number}, one row per id.',
  audits (unique_values(columns := (id)), not_null(columns := (id)))
);

"""


def write_project(folder: Path, models: int, threads: int, settings: str = "") -> Path:
    """Replaces `folder`; `settings` are more lines of project.yml."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    (folder / "project.yml").write_text(PROJECT + settings)
    (folder / "dbt_project.yml").write_text(DBT_PROJECT)
    (folder / "profiles.yml").write_text(DBT_PROFILES.format(threads=threads))
    words = ["version: 2", "models:"]
    for number in range(models):
        (folder / "models" / f"{_name(number)}.sql").write_text(_model(number))
        words += [
            f"  - name: {_name(number)}",
            f"    description: Model {number}, one row per id.",
            "    columns:",
            "      - name: id",
            "        data_tests:",
            "          - unique",
            "          - not_null",
        ]
    (folder / "models" / "_models.yml").write_text("\n".join(words) + "\n")
    return folder


def write_sqlmesh_project(folder: Path, models: int, threads: int) -> Path:
    """Replaces `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    (folder / "config.yaml").write_text(SQLMESH_CONFIG.format(threads=threads))
    for number in range(models):
        (folder / "models" / f"{_name(number)}.sql").write_text(_sqlmesh_model(number))
    return folder


def change_leaf(folder: Path, models: int, change: int) -> None:
    """The last model, which nobody reads, adds another number."""
    (folder / "models" / f"{_name(models - 1)}.sql").write_text(_model(models - 1, change))


def change_sqlmesh_leaf(folder: Path, models: int, change: int) -> None:
    (folder / "models" / f"{_name(models - 1)}.sql").write_text(_sqlmesh_model(models - 1, change))


def _name(number: int) -> str:
    return f"model_{number:04}"


def _sqlmesh_model(number: int, change: int = 0) -> str:
    select = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"synthetic.\1", _model(number, change))
    return SQLMESH_MODEL.format(name=_name(number), number=number) + select


def _model(number: int, change: int = 0) -> str:
    if number < 2:
        return f"select range as id, range * {number + 1} as amount from range({ROWS})\n"
    left, right = (number - 1) // 2, number // 2 + number // 3
    right = right if left != right < number else (left + 1) % number
    return f"""\
with lefts as (

    select * from {{{{ ref('{_name(left)}') }}}}

),

rights as (

    select * from {{{{ ref('{_name(right)}') }}}}

)

select
    lefts.id,
    (lefts.amount + rights.amount) % 1000 + {number + change} as amount
from lefts
inner join rights on lefts.id = rights.id
"""
