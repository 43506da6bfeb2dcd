"""Where dbt lives: an environment of its own with the engine that we use."""

from __future__ import annotations

import subprocess
from pathlib import Path

import duckdb

from benchmarks.environments import python_with

DBT_REQUIREMENTS = ("dbt-core==1.11.*", "dbt-duckdb==1.11.*")


def dbt_executable() -> Path:
    """The dbt command, installed when it is not there."""
    # the same engine on both sides: only what is around it differs
    return python_with("dbt-env", *DBT_REQUIREMENTS, f"duckdb=={duckdb.__version__}").parent / "dbt"


def dbt_versions(executable: Path) -> str:
    """What dbt and its DuckDB are, in one line."""
    names = ("dbt-core", "dbt-duckdb", "duckdb")
    shown = ", ".join(f"'{name}', version('{name}')" for name in names)
    program = f"from importlib.metadata import version; print({shown})"
    command = [str(executable.parent / "python"), "-c", program]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return answer.stdout.strip()
