"""A project of N small models, each joining two parents, with two tests per model; also for dbt."""

from __future__ import annotations

import shutil
from pathlib import Path

ROWS = 1_000

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


def write_project(folder: Path, models: int, threads: int) -> Path:
    """Replaces `folder`. The same models and tests for Coterie and for dbt."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    (folder / "project.yml").write_text("name: synthetic\nmodels:\n  synthetic:\n    +materialized: table\n")
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


def _name(number: int) -> str:
    return f"model_{number:04}"


def _model(number: int) -> str:
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
    (lefts.amount + rights.amount) % 1000 + {number} as amount
from lefts
inner join rights on lefts.id = rights.id
"""
