"""What `show` shows: rows of a model, a test or a CTE; compiled SQL; the summary of a build.

Reads the warehouse; while a build holds it, the published version, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from runner.compile import Compiled, Manifest
from runner.errors import AuthorError, CoterieError, did_you_mean
from runner.execute import Result
from runner.nodes import DataTest, Model
from runner.relation import quoted
from runner.targets import Target, readable
from runner.warehouse import Row

SUMMARY_ROWS = 500


@dataclass(frozen=True)
class Shown:
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


def compiled_sql(manifest: Manifest, name: str) -> str:
    compiled = _compiled(manifest, name)
    if not compiled.sql:
        raise AuthorError(f"`{name}` is a {compiled.node.kind}: it has no SQL")
    return compiled.sql


def rows(manifest: Manifest, target: Target, name: str, cte: str | None, limit: int) -> Shown:
    """Raises WorldError where nothing is built yet."""
    compiled = _compiled(manifest, name)
    query = _query(compiled, cte)
    warehouse, note = readable(target)
    with warehouse:
        try:
            columns, found = warehouse.cursor().table(query, limit=limit)
        except CoterieError as e:
            located = manifest.located(compiled, e)
            if "does not exist" in e.message:
                located.hint = f"build it first: coterie build +{name}"
            raise located from e
    return Shown(tuple(columns), tuple(found), note)


def _compiled(manifest: Manifest, name: str) -> Compiled:
    if name in manifest.ephemerals:
        return manifest.ephemerals[name]
    if name not in manifest.compiled:
        hint = did_you_mean(name, manifest.compiled, "`coterie ls` shows all names")
        raise AuthorError(f"nothing is named `{name}`", hint=hint)
    return manifest.compiled[name]


def _query(compiled: Compiled, cte: str | None) -> str:
    node = compiled.node
    if cte is not None:
        return _up_to(compiled, cte)
    if isinstance(node, DataTest) or (isinstance(node, Model) and node.materialized == "ephemeral"):
        return compiled.sql
    return f"select * from {node.relation} order by all"


def _up_to(compiled: Compiled, cte: str) -> str:
    """The model's own text with another last select. Positions stay those of the model."""
    from runner import sql

    known = sql.ctes(compiled.sql) if isinstance(compiled.node, Model) else ()
    if cte not in known:
        hint = did_you_mean(cte, known, "its CTEs: " + (", ".join(known) or "none"))
        raise AuthorError(f"`{compiled.node.name}` has no CTE `{cte}`", hint=hint)
    return compiled.sql[: sql.main_select_start(compiled.sql)] + f"select * from {quoted(cte)}"


def summary(manifest: Manifest, target: Target, results: Iterable[Result]) -> Shown | None:
    """The rows of the model that `serve.summary` names, if this build made it."""
    serve = target.serve
    if serve is None or serve.summary not in manifest.project.models:
        return None
    made = [each for each in results if each.step.name == serve.summary and each.is_good]
    if not made:
        return None
    return rows(manifest, target, serve.summary, None, SUMMARY_ROWS)


def mask(manifest: Manifest) -> Callable[[DataTest, str, object], bool]:
    """Which cells of failing rows must not be shown: identifiers, keys, and what may be one."""
    tables = manifest.tables
    held = {
        name: {each.name for each in table.columns if each.facts.get("pii") in ("direct", "key")}
        for name, table in tables.items()
    }
    secret = frozenset().union(*held.values())

    def is_masked(test: DataTest, column: str, value: object) -> bool:
        tested = str(test.arguments.get("column_name", ""))
        if column in secret or (column == "value" and tested in secret):
            return True
        reads = any(held.get(parent) for parent in manifest.compiled[test.name].parents)
        may_be_one = reads and not column.endswith("_id") and column != "value"
        return isinstance(value, str) and ("@" in value or may_be_one)

    return is_masked
