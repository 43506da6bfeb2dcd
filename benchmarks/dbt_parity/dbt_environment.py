"""A virtual environment with dbt in it, apart from ours. Installed once, then found again."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import duckdb

DBT_REQUIREMENTS = ("dbt-core==1.11.*", "dbt-duckdb==1.11.*")


def dbt_executable(environment: Path) -> Path:
    """The dbt command of `environment`, which is made when it is not there."""
    executable = environment / "bin" / "dbt"
    if not executable.exists():
        _install(environment)
    return executable


def dbt_versions(executable: Path) -> str:
    """What dbt and its DuckDB are, in one line."""
    names = ("dbt-core", "dbt-duckdb", "duckdb")
    shown = ", ".join(f"'{name}', version('{name}')" for name in names)
    program = f"from importlib.metadata import version; print({shown})"
    command = [str(executable.parent / "python"), "-c", program]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return answer.stdout.strip()


def _install(environment: Path) -> None:
    print(f"installing {', '.join(DBT_REQUIREMENTS)} in {environment} (once)", file=sys.stderr)
    venv.create(environment, with_pip=True)
    # the same engine on both sides: only what is around it differs
    requirements = (*DBT_REQUIREMENTS, f"duckdb=={duckdb.__version__}")
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, *requirements], check=True)
