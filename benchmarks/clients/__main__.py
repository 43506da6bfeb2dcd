"""Opens what a build published in DuckDB clients of other versions, and counts every table.

python -m benchmarks.clients [--versions 1.4,1.5] [--serve FOLDER]

Without --serve, the small test project is built and published first.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb

from benchmarks.environments import python_with

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = REPOSITORY / "tests" / "projects" / "small"

CLIENT = """
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
tables = connection.execute(
    "select schema_name, table_name from duckdb_tables() order by all"
).fetchall()
counts = {}
for schema, table in tables:
    rows = connection.execute(f'select * from "{schema}"."{table}"').fetchall()
    counts[f"{schema}.{table}"] = len(rows)
comments = connection.execute(
    "select count(*) from duckdb_columns() where not internal and comment is not null"
).fetchone()[0]
print(json.dumps({"version": duckdb.__version__, "counts": counts, "comments": comments}))
"""


@dataclass(frozen=True)
class Counted:
    """What one client found."""

    version: str
    counts: dict[str, int]
    comments: int


@click.command()
@click.option("--versions", default="1.4,1.5", show_default=True, help="DuckDB client versions.")
@click.option("--serve", type=click.Path(path_type=Path, exists=True), help="A serving folder.")
def main(versions: str, serve: Path | None) -> None:
    """Count every published table in other DuckDB clients; 0 when all agree."""
    pythons = [Path(sys.executable)]
    for version in versions.split(","):
        pythons.append(python_with(f"duckdb-{version}", f"duckdb=={version}.*"))
    with tempfile.TemporaryDirectory() as scratch:
        file = (serve or _published(Path(scratch))) / "coterie.duckdb"
        print(f"written by {duckdb.__version__}, {_storage_version(file)}")
        seen = [_read(python, file) for python in pythons]
    for each in seen:
        verdict = "equal" if each.counts == seen[0].counts else f"DIFFERENT: {each.counts}"
        rows = sum(each.counts.values())
        print(f"client {each.version:8} {len(each.counts)} tables, {rows:,} rows, "
              f"{each.comments} comments: {verdict}")  # fmt: skip
    sys.exit(0 if all(each.counts == seen[0].counts for each in seen) else 1)


def _published(target: Path) -> Path:
    command = [sys.executable, "-m", "runner.cli", "build", "--project-dir", str(SMALL)]
    command += ["--target-dir", str(target)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return target / "serve"


def _storage_version(file: Path) -> str:
    with duckdb.connect(str(file), read_only=True) as connection:
        row = connection.execute("select tags from duckdb_databases() where not internal").fetchone()
    return f"storage {row[0] if row else 'unknown'}"


def _read(python: Path, file: Path) -> Counted:
    command = [str(python), "-c", CLIENT, str(file)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(f"{python} cannot read {file}:\n{ended.stderr}")
    return Counted(**json.loads(ended.stdout))


if __name__ == "__main__":
    main()
