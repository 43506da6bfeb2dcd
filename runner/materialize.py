"""One Step → SQL statements: source view, seed, view, table, external file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runner.compile import Compiled
from runner.contracts import is_enforced, keeps_nulls_out, refuse_broken_contract, refuse_nulls
from runner.errors import WorldError
from runner.nodes import DataTest, Model, Seed, Source
from runner.relation import Relation, literal
from runner.sources import SourceState, seed_sql, view_sql
from runner.warehouse import Cursor


def materialize(
    compiled: Compiled, cursor: Cursor, existing: Mapping[Relation, str], states: Mapping[str, SourceState]
) -> int | None:
    """Makes the node's relation; returns its row count where that is known for free."""
    node = compiled.node
    assert not isinstance(node, DataTest)
    if isinstance(node, Source):
        if node.location is None:
            return None
        return _replace(cursor, existing, node.relation, "view", view_sql(states[node.name]))
    if isinstance(node, Seed):
        return _replace(cursor, existing, node.relation, "table", seed_sql(node, cursor))
    if node.materialized == "external":
        return _external(node, compiled.sql, cursor, existing)
    if is_enforced(node):
        refuse_broken_contract(node, cursor.columns(compiled.sql), cursor)
    if not keeps_nulls_out(node):
        return _replace(cursor, existing, node.relation, node.materialized, compiled.sql)
    with cursor.transaction():
        rows = _replace(cursor, existing, node.relation, node.materialized, compiled.sql)
        refuse_nulls(node, str(node.relation), cursor)
    return rows


def _replace(cursor: Cursor, existing: Mapping[Relation, str], relation: Relation, kind: str, query: str) -> int | None:
    before = existing.get(relation)
    if before is not None and before != kind:
        cursor.run(f"drop {before} if exists {relation}")
    return cursor.create(kind, relation, query)


def _external(model: Model, sql: str, cursor: Cursor, existing: Mapping[Relation, str]) -> int | None:
    path = Path(str(model.config["location"]).replace("{name}", model.name))
    form = model.config.get("format") or path.suffix.lstrip(".") or "parquet"
    options = {"format": form} | (model.config.get("options") or {})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise WorldError(f"cannot create {path.parent}: {e.strerror}") from e
    told = ", ".join(f"{key} {literal(v) if isinstance(v, str) else v}" for key, v in options.items())
    if keeps_nulls_out(model):
        refuse_nulls(model, f"(\n{sql}\n)", cursor)
    rows = cursor.copy(sql, str(path), told)
    delimiter = options.get("delimiter", options.get("delim"))
    more = f", delim={literal(str(delimiter))}" if delimiter else ""
    reader = f"select * from read_{form}({literal(str(path))}{more})"
    _replace(cursor, existing, model.relation, "view", reader)
    return rows
