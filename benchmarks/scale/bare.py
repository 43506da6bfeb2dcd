"""The same compiled SQL, statement by statement in one process: the least that anybody needs for it.

python -m benchmarks.scale.bare WORK.json RESULT.json

`WORK.json` is written by `work`. DuckDB itself profiles each statement: how long it took, how much memory it held.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

import duckdb

from runner.compile import Compiled, compile_project
from runner.nodes import DataTest, Model, Seed, Snapshot, Source
from runner.project import load_project
from runner.sources import seed_sql, source_state, view_sql
from runner.warehouse import Cursor, Settings, Warehouse


def work(project: Path, given: Mapping[str, Any], database: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """What the project compiles to, in the runner's own order. Histories and the runner's own table are left out."""
    with chdir(project):
        manifest = compile_project(load_project(given, os.environ))
        with Warehouse(None, Settings()) as warehouse:
            cursor = warehouse.cursor()
            found = [_statement(manifest.compiled[name], cursor) for name in manifest.graph.order]
    schemas = sorted({node.relation.schema for node in manifest.tables.values()})
    statements = [f"create schema if not exists {schema}" for schema in schemas]
    before = [("", "schema", each) for each in statements]
    before.append(("", "clock", "set variable batch_start = timestamp '2000-01-01'"))
    before.append(("", "clock", f"set variable batch_end = timestamp '{given['as_of']}'"))
    named = [each for each in found if each is not None]
    return {"database": str(database), "config": dict(config), "steps": before + named}


def _statement(compiled: Compiled, cursor: Cursor) -> tuple[str, str, str] | None:
    node, sql = compiled.node, compiled.sql
    if isinstance(node, DataTest):
        return node.name, "test", f"select count(*) from (\n{sql}\n)"
    if isinstance(node, Source):
        if node.location is None:
            return node.name, "source", f"create or replace table {node.relation} as select '' as model, '' as rule"
        return (
            node.name,
            "source",
            f"create or replace view {node.relation} as\n{view_sql(source_state(node, cursor, {}))}",
        )
    if isinstance(node, Seed):
        return node.name, "seed", f"create or replace table {node.relation} as\n{seed_sql(node, cursor)}"
    if isinstance(node, Snapshot):
        stamps = "timestamp '2000-01-01' as dbt_valid_from, cast(null as timestamp) as dbt_valid_to"
        return node.name, "snapshot", f"create or replace table {node.relation} as select *, {stamps} from (\n{sql}\n)"
    if isinstance(node, Model) and node.materialized != "ephemeral":
        kind = "view" if node.materialized == "view" else "table"
        return node.name, "model", f"create or replace {kind} {node.relation} as\n{sql}"
    return None


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    profile = Path(sys.argv[2]).with_name("bare-profile.json")
    began, results = time.perf_counter(), []
    connection = duckdb.connect(task["database"], config=task["config"])
    connection.execute("pragma enable_profiling='json'")
    connection.execute(f"set profiling_output='{profile}'")
    for name, kind, sql in task["steps"]:
        start = time.perf_counter()
        rows = connection.execute(sql).fetchall()
        seconds = time.perf_counter() - start
        memory = json.loads(profile.read_text(encoding="utf-8"))["system"]["peak_buffer_memory"] if name else 0
        results.append(
            {"name": name, "kind": kind, "seconds": seconds, "memory": memory, "rows": rows[0][0] if rows else 0}
        )
    connection.close()
    told = {"seconds": time.perf_counter() - began, "steps": results}
    Path(sys.argv[2]).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
