"""One Step → SQL statements: source view, seed, view, table, growing table, snapshot, external file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.compile import Manifest
from runner.contracts import is_enforced, keeps_nulls_out, refuse_broken_contract, refuse_nulls
from runner.errors import WorldError
from runner.incremental import Moment, grow
from runner.nodes import DataTest, Model, Seed, Snapshot, Source
from runner.plan import Step
from runner.relation import Relation, literal
from runner.sources import SourceState, seed_sql, view_sql
from runner.versions import take_snapshot
from runner.warehouse import Cursor, Warehouse


@dataclass(frozen=True)
class Site:
    """Where a plan is carried out."""

    manifest: Manifest
    warehouse: Warehouse
    existing: Mapping[Relation, str]
    states: Mapping[str, SourceState]
    moment: Moment
    insertion_order: str = ""


def materialize(step: Step, cursor: Cursor, site: Site) -> int | None:
    """Makes the node's relation; returns its row count where that is known for free."""
    node, sql = step.compiled.node, step.compiled.sql
    assert not isinstance(node, DataTest)
    if isinstance(node, Source):
        if node.location is None:
            return None
        _replace(cursor, site, node.relation, "view", view_sql(site.states[node.name]))
        return site.states[node.name].rows
    if isinstance(node, Seed):
        return _replace(cursor, site, node.relation, "table", seed_sql(node, cursor))
    if isinstance(node, Snapshot):
        is_there = _is_table(cursor, site, node.relation)
        return take_snapshot(step, node, cursor, site.moment, exists=is_there)
    if node.materialized == "external":
        return _external(node, sql, cursor, site)
    if is_enforced(node):
        refuse_broken_contract(node, cursor.columns(sql), cursor)
    if node.materialized == "incremental":
        return grow(step, node, cursor, site.moment, exists=_is_table(cursor, site, node.relation))
    if not keeps_nulls_out(node):
        return _replace(cursor, site, node.relation, node.materialized, sql)
    with cursor.transaction():
        rows = _replace(cursor, site, node.relation, node.materialized, sql)
        refuse_nulls(node, str(node.relation), cursor)
    return rows


def _is_table(cursor: Cursor, site: Site, relation: Relation) -> bool:
    """A growing table needs a table to grow: what else stands at its address goes."""
    kind = site.existing.get(relation)
    if kind == "view":
        cursor.run(f"drop view if exists {relation}")
    return kind == "table"


def _replace(cursor: Cursor, site: Site, relation: Relation, kind: str, query: str) -> int | None:
    before = site.existing.get(relation)
    if before is not None and before != kind:
        cursor.run(f"drop {before} if exists {relation}")
    if kind == "table" and site.insertion_order:
        query = f"select * from (\n{query}\n) as each {site.insertion_order}"
    return cursor.create(kind, relation, query)


def _external(model: Model, sql: str, cursor: Cursor, site: Site) -> int | None:
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
    _replace(cursor, site, model.relation, "view", reader)
    return rows
