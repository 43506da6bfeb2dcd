"""What `show` shows: rows of a model, a test or a CTE; compiled SQL; the summary of a build.

Reads the warehouse; while a build holds it, the published version, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from runner.compile import Compiled, Manifest
from runner.errors import MASK, AuthorError, CoterieError, refuse_unknown
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
    query = _query(compiled) if cte is None else _up_to(compiled, cte)
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
    known = {**manifest.compiled, **manifest.ephemerals}
    refuse_unknown(name, known, f"nothing is named `{name}`", hint="`coterie ls` shows all names")
    return known[name]


def _query(compiled: Compiled) -> str:
    node = compiled.node
    if isinstance(node, DataTest) or (isinstance(node, Model) and node.materialized == "ephemeral"):
        return compiled.sql
    return f"select * from {node.relation} order by all"


def _up_to(compiled: Compiled, cte: str) -> str:
    """The model's own text with another last select. Positions stay those of the model."""
    from runner import sql

    known = sql.ctes(compiled.sql) if isinstance(compiled.node, Model) else ()
    otherwise = "its CTEs: " + (", ".join(known) or "none")
    refuse_unknown(cte, known, f"`{compiled.node.name}` has no CTE `{cte}`", hint=otherwise)
    return compiled.sql[: sql.main_select_start(compiled.sql)] + f"select * from {quoted(cte)}"


def summary(manifest: Manifest, target: Target, results: Iterable[Result]) -> Shown | None:
    """The rows of the model that `serve.summary` names, if this build made it."""
    name = target.serve.summary if target.serve else ""
    is_made = any(each.step.name == name and each.is_good for each in results)
    return rows(manifest, target, name, None, SUMMARY_ROWS) if is_made else None


def mask(manifest: Manifest) -> Callable[[Result], Result]:
    """Hides what must not be shown of failing rows: identifiers, keys, and what may be one."""
    held = {
        name: {each.name for each in table.columns if each.facts.get("pii") in ("direct", "key")}
        for name, table in manifest.tables.items()
    }
    secret = frozenset().union(*held.values())

    def is_secret(test: DataTest, column: str, value: object) -> bool:
        if column in secret or (column == "value" and str(test.arguments.get("column_name")) in secret):
            return True
        reads = any(held.get(parent) for parent in manifest.compiled[test.name].parents)
        may_be_one = reads and not column.endswith("_id") and column != "value"
        return isinstance(value, str) and ("@" in value or may_be_one)

    def masked(result: Result) -> Result:
        test, names = result.step.compiled.node, result.columns
        if not isinstance(test, DataTest) or not result.sample:
            return result
        rows = ([MASK if is_secret(test, *cell) else cell[1] for cell in zip(names, row)] for row in result.sample)
        return replace(result, sample=tuple(map(tuple, rows)))

    return masked
