"""A data test again over tables of which it is known what changed: only there can a row fail that did not before.

Which rows a test looks at together is seen from its SQL. Of a test where that cannot be seen, and where it is not known
exactly what changed since it found nothing, it looks at everything.
"""

from __future__ import annotations

from runner.arrivals import Moment
from runner.nodes import DataTest
from runner.plan import Step
from runner.relation import Relation, quoted
from runner.sql import apart_by
from runner.trails import Inputs, reading
from runner.warehouse import Cursor, Row

ITSELF = "itself"
"""Stands among the inputs of a test for the test: another one proved nothing for this."""


class Retest:
    """One test, and what stands for the rows that it found nothing wrong with."""

    def __init__(self, step: Step, test: DataTest, cursor: Cursor, moment: Moment) -> None:
        self.step, self.cursor, self.moment = step, cursor, moment
        self.inputs: Inputs | None = None
        """None where nothing is to be gained."""
        counts_rows = test.fail_calc == DataTest.fail_calc and not test.stores_failures
        followed = moment.manifest.followed  # a project in which nothing follows anything pays nothing
        if followed and counts_rows and step.identity.own and not step.identity.clock:
            inputs = Inputs(step, cursor, moment)
            inputs.words[ITSELF] = frozenset([step.identity.own])
            is_told = inputs.files or not followed.isdisjoint(step.compiled.parents)
            self.inputs = inputs if is_told and all(inputs.words.values()) else None

    def narrowed(self) -> str | None:
        """The test over those rows that can fail; empty where none can, None where that may be any."""
        before = self.inputs.before() if self.inputs else {}
        if self.inputs is None or before.get(ITSELF) != self.inputs.words[ITSELF]:
            return None
        parents = self.step.compiled.parents
        others = [each for each in parents if before.get(each) != self.inputs.words[each]]
        read = {self.moment.manifest.tables[name].relation.address: name for name in parents}
        # a test may name a table that its query does not read
        apart = apart_by(self.step.compiled.sql) if others else {}
        if others and (not apart or not read.keys() >= apart.keys()):
            return None
        columns = {read[address]: some for address, some in apart.items()}
        changed = dict[str, str]()
        for parent in columns.keys() & others:
            rows = self.inputs.changed(parent, before.get(parent, frozenset()))
            if rows is None or not self._has(parent, columns[parent]):
                return None
            changed[parent] = rows
        return self._over(changed, columns) if changed else ""

    def _over(self, changed: dict[str, str], columns: dict[str, tuple[str, ...]]) -> str:
        tables, sql = self.moment.manifest.tables, self.step.compiled.sql
        if not all(columns.values()):  # of one table, row by row: those that are gone were good
            ((name, rows),) = changed.items()
            return reading(sql, tables[name].relation, rows)
        groups = " union ".join(
            "select " + ", ".join(f"{quoted(each)} as k{at}" for at, each in enumerate(columns[name])) + f" from {rows}"
            for name, rows in changed.items()
        )
        for name, some in columns.items():
            sql = reading(sql, tables[name].relation, _of_groups(tables[name].relation, some, groups))
        return sql

    def _has(self, parent: str, columns: tuple[str, ...]) -> bool:
        """A name that is no column of the table stands for something else."""
        relation = self.moment.manifest.tables[parent].relation
        return {each.name.lower() for each in self.cursor.columns(f"from {relation}")}.issuperset(columns)

    def passed(self) -> tuple[Row, ...]:
        """What to write down where it found nothing in the rows there are."""
        return tuple(self.inputs.rows()) if self.inputs else ()

    def failed(self) -> None:
        if self.inputs is not None:
            self.inputs.forget()


def _of_groups(relation: Relation, columns: tuple[str, ...], groups: str) -> str:
    is_same = " and ".join(f"each.{quoted(name)} is not distinct from k{at}" for at, name in enumerate(columns))
    return f"(select each.* from {relation} as each semi join ({groups}) as concerned on {is_same})"
