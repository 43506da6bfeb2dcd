"""What the rows that a data test returns mean: passed, warned or failed. The rules are dbt's."""

from __future__ import annotations

from dataclasses import dataclass

from runner.compile import Compiled
from runner.errors import AuthorError
from runner.nodes import DataTest
from runner.relation import Relation
from runner.warehouse import Cursor, Row

AUDIT_SCHEMA = "dbt_test__audit"
SAMPLE_ROWS = 5


@dataclass(frozen=True)
class Verdict:
    """`status` is ok, warned or failed; the sample is a few failing rows."""

    status: str
    failures: int = 0
    columns: tuple[str, ...] = ()
    sample: tuple[Row, ...] = ()


def verdict(compiled: Compiled, cursor: Cursor) -> Verdict:
    """One query, and a second for example rows where it fails."""
    test, sql = compiled.node, compiled.sql
    assert isinstance(test, DataTest)
    if test.stores_failures:
        sql = _stored(test, sql, cursor)
    limit = f"limit {test.limit}" if test.limit is not None else ""
    calc = test.fail_calc
    counts = f"select {calc}, {calc} {test.warn_if}, {calc} {test.error_if} from (\n"
    failures, is_warned, is_failed = cursor.rows(f"{counts}{sql}\n{limit})", prefix=len(counts))[0]
    if failures is None:
        hint = f"for example `fail_calc: coalesce({calc}, 0)`"
        raise AuthorError(f"`fail_calc: {calc}` gives no number", place=test.place, hint=hint)
    is_failed = is_failed and test.severity == "error"
    if not is_warned and not is_failed:
        return Verdict("ok")
    columns, rows = cursor.table(sql, limit=SAMPLE_ROWS if test.limit is None else min(SAMPLE_ROWS, test.limit))
    sample = tuple(sorted(rows, key=repr))
    return Verdict("failed" if is_failed else "warned", int(failures), tuple(columns), sample)


def _stored(test: DataTest, sql: str, cursor: Cursor) -> str:
    """All rows that fail, replaced each run, in the private warehouse only: no node has that address."""
    relation = Relation(AUDIT_SCHEMA, test.name)
    cursor.create_schemas({AUDIT_SCHEMA})
    cursor.create("table", relation, sql)
    return f"select * from {relation}"
