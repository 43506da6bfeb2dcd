"""A dbt project as a stranger wrote it, built by both tools from two copies that nothing was changed in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

# a view names its database: the file is called what the comparison attaches it as
DBT_WAREHOUSE = Path("dbt.duckdb")

# `target.name` and `target.schema` are what Coterie says they are
TARGET_NAME, TARGET_SCHEMA = "prod", "main"


@dataclass(frozen=True)
class Copies:
    """Where each tool works, and where it leaves its tables."""

    coterie: Path
    dbt: Path

    @property
    def warehouses(self) -> tuple[Path, Path]:
        return self.coterie / "target" / "warehouse.duckdb", self.dbt / DBT_WAREHOUSE


def write_copies(project: Path, folder: Path, *, threads: int) -> Copies:
    """Two fresh copies below `folder`; dbt's gets a profile beside it."""
    copies = Copies(folder / "coterie", folder / "dbt")
    for copy in (copies.coterie, copies.dbt):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("target", "logs"))
    profile = yaml.safe_load((project / "dbt_project.yml").read_text())["profile"]
    output = {"type": "duckdb", "path": str(DBT_WAREHOUSE), "schema": TARGET_SCHEMA, "threads": threads}
    content = {profile: {"target": TARGET_NAME, "outputs": {TARGET_NAME: output}}}
    (copies.dbt / "profiles.yml").write_text(yaml.safe_dump(content))
    return copies
