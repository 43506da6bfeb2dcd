"""A data test again over a table of which it is known what changed: only there can a row fail that did not before.

What a test needs is seen from its SQL: rows by themselves, or all rows of a group. Of any other test, and where it is
not known exactly what changed since it found nothing, it looks at the whole table.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.compile import Manifest
from runner.identity import digest
from runner.nodes import DataTest
from runner.plan import Step
from runner.relation import Relation, quoted
from runner.sql import groups_apart_by
from runner.state import CHANGES, SCHEMA
from runner.trails import Version, reading, version_of
from runner.warehouse import Cursor


class Retest:
    """One test, and what stands for the rows that it found nothing wrong with."""

    def __init__(self, step: Step, test: DataTest, cursor: Cursor, manifest: Manifest) -> None:
        self.step, self.cursor, self.parent = step, cursor, next(iter(step.compiled.parents), "")
        counts_rows = test.fail_calc == DataTest.fail_calc and not test.stores_failures
        is_of_one = step.compiled.parents == (self.parent,) and self.parent in manifest.followed
        is_known = is_of_one and counts_rows and step.identity.own and not step.identity.clock
        self.version = version_of(cursor, self.parent) if is_known else None
        self.relation = manifest.tables[self.parent].relation if self.version else Relation("", "")

    def narrowed(self) -> str | None:
        """The test over those rows that can fail; empty where none can, None where that may be any."""
        query = f"select word from {SCHEMA}.followed where name = ?"
        passed = [row[0] for row in self.cursor.rows(query, [self.step.name])] if self.version else []
        if self.version is None or not passed:
            return None
        if passed == [self._word(self.version.word)]:
            return ""
        columns = groups_apart_by(self.step.compiled.sql)
        if columns is None or not self.version.before or passed != [self._word(self.version.before)]:
            return None
        return self._over_changes(columns, self.version)

    def _over_changes(self, columns: Sequence[str], version: Version) -> str | None:
        changes = Relation(CHANGES, self.parent)
        known = {each.name.lower() for each in self.cursor.columns(f"from {self.relation}")}
        if not known.issuperset(columns):
            return None
        if not columns:  # rows that are gone were good
            return reading(self.step.compiled.sql, self.relation, f"{changes}")
        is_same = " and ".join(f"each.{name} is not distinct from changed.{name}" for name in map(quoted, columns))
        of_groups = f"(select each.* from {self.relation} as each semi join {changes} as changed on {is_same})"
        return reading(self.step.compiled.sql, self.relation, of_groups)

    def keep(self, *, is_good: bool) -> None:
        """Whether it found nothing in the rows there are."""
        self.cursor.run(f"delete from {SCHEMA}.followed where name = ?", [self.step.name])
        if is_good and self.version:
            values = [self.step.name, self.parent, self._word(self.version.word)]
            self.cursor.run(f"insert into {SCHEMA}.followed values (?, ?, ?)", values)

    def _word(self, version: str) -> str:
        return digest(self.step.identity.own, version)
