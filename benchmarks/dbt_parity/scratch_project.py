"""A dbt project without a model of its own: a scratch folder that points at ours."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

# our keys of project.yml; dbt refuses a key that it does not know
OWN_KEYS = ("warehouse", "serve")

# dbt writes what it compiles under the path that it read it from: a path that leaves the scratch
# folder would have it write over our models, so it reads them through links inside
OWN_FOLDERS = ("models", "macros", "seeds", "snapshots", "tests")

SCHEMA_NAME_MACRO = """\
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
"""


@dataclass(frozen=True)
class ScratchProject:
    """Where dbt works, and where it leaves its tables and its record."""

    folder: Path

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def manifest(self) -> Path:
        return self.folder / "target" / "manifest.json"


def write_scratch_project(project_folder: Path, folder: Path, *, threads: int) -> ScratchProject:
    """A fresh dbt project in `folder` over the models of `project_folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "scratch_macros").mkdir(parents=True)
    scratch = ScratchProject(folder)
    ours = yaml.safe_load((project_folder / "project.yml").read_text())
    for name in OWN_FOLDERS:
        (folder / name).symlink_to(project_folder / name, target_is_directory=True)
    _write_yaml(folder / "dbt_project.yml", _dbt_project(ours))
    _write_yaml(folder / "profiles.yml", _profiles(ours["name"], scratch.warehouse, threads))
    (folder / "scratch_macros" / "generate_schema_name.sql").write_text(SCHEMA_NAME_MACRO)
    return scratch


def _dbt_project(ours: Mapping[str, object]) -> dict[str, object]:
    shared = {key: value for key, value in ours.items() if key not in OWN_KEYS}
    return shared | {
        "config-version": 2,
        "profile": ours["name"],
        "model-paths": ["models"],
        "seed-paths": ["seeds"],
        "test-paths": ["tests/data"],
        "macro-paths": ["macros", "tests/generic", "scratch_macros"],
        "analysis-paths": [],
        "snapshot-paths": ["snapshots"],
        "flags": {"send_anonymous_usage_stats": False, "partial_parse": False},
    }


def _profiles(name: object, warehouse: Path, threads: int) -> dict[str, object]:
    target = {"type": "duckdb", "path": str(warehouse), "threads": threads}
    return {str(name): {"target": "parity", "outputs": {"parity": target}}}


def _write_yaml(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(yaml.safe_dump(json.loads(json.dumps(content, default=str)), sort_keys=False))
