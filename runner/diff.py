"""Two versions of a table → rows added, removed, changed; people moving; tables that should be equal and are not.

Relations are SQL names of any attached database. Refuses to say "changed" where the key does not tell rows apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from runner.config import stored
from runner.relation import Relation, quoted
from runner.warehouse import Cursor, Row

INEXACT = ("DOUBLE", "FLOAT")


@dataclass(frozen=True)
class Examples:
    """A few keys per kind, the smallest; always the same ones for the same two tables."""

    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    changed: tuple[Row, ...] = ()


@dataclass(frozen=True)
class RowDiff:
    added: int
    removed: int
    changed: int = 0
    columns_changed: Mapping[str, int] = field(default_factory=dict)
    """By column: in how many rows it differs."""
    examples: Examples = Examples()
    retyped: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """By column that is new, gone or of another type: its type before and now. None of these is compared."""
    because: str = ""
    """Why whole rows were compared and not keys, or what was left out: then a changed row is removed and added."""

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.retyped)


def compare(
    cursor: Cursor, old: str, new: str, key: Sequence[str] = (), ignored: Iterable[str] = (), tolerance: float = 0
) -> RowDiff:
    """Rows of `new` against rows of `old`. NULL in a key is a value like any other.

    Doubles count as equal within `tolerance` (relative, absolute below 1) where rows are told apart by key.
    """
    before, now = (_types(cursor, relation, ignored) for relation in (old, new))
    shared = {name: kind for name, kind in now.items() if before.get(name) == kind}
    retyped = {name: (before.get(name), now.get(name)) for name in {**before, **now} if name not in shared}
    keys = tuple(each.lower() for each in key)
    because = _why_no_key(cursor, (old, new), keys, shared)
    if because:
        inexact = [name for name, kind in shared.items() if tolerance and kind in INEXACT]
        because += f"; left out, for a tolerance needs a key: {', '.join(inexact)}" if inexact else ""
        columns = [name for name in shared if name not in inexact]
        return replace(_bag(cursor, old, new, columns), retyped=retyped, because=because)
    compared = {name: tolerance if kind in INEXACT else 0 for name, kind in shared.items() if name not in keys}
    differs = {name: _difference(quoted(name), allowed) for name, allowed in compared.items()}
    return replace(_keyed(cursor, old, new, keys, differs), retyped=retyped)


def _types(cursor: Cursor, relation: str, ignored: Iterable[str]) -> dict[str, str]:
    left_out = {each.lower() for each in ignored}
    columns = cursor.columns(f"from {relation}")
    return {each.name.lower(): each.type for each in columns if each.name.lower() not in left_out}


def _why_no_key(cursor: Cursor, relations: tuple[str, str], key: tuple[str, ...], shared: Mapping[str, str]) -> str:
    if not key:
        return "no key is known"
    if not shared.keys() >= set(key):
        return f"the key {', '.join(key)} is not the same in both versions"
    columns = ", ".join(map(quoted, key))
    for side, relation in zip(("old", "new"), relations):
        if cursor.rows(f"select 1 from {relation} group by {columns} having count(*) > 1 limit 1"):
            return f"{', '.join(key)} is not unique in the {side} version"
    return ""


def _difference(column: str, tolerance: float) -> str:
    differs = f"o.{column} is distinct from n.{column}"
    near = f"abs(o.{column} - n.{column}) <= {tolerance!r} * greatest(1, abs(o.{column}))"
    return f"({differs} and not coalesce({near}, false))" if tolerance else differs


def _keyed(cursor: Cursor, old: str, new: str, key: tuple[str, ...], differs: Mapping[str, str]) -> RowDiff:
    """One full join that keeps only rows that differ, column by column.

    Measured against the alternatives by `python -m benchmarks.diff`. A join of row hashes is faster by a quarter but
    has to join once more to say which column; grouping both sides by key takes twice as long.
    """
    same_key = " and ".join(f"o.{quoted(each)} is not distinct from n.{quoted(each)}" for each in key)
    names = ", ".join(f"coalesce(n.{quoted(each)}, o.{quoted(each)})" for each in key)
    counts = "".join(f", count(*) filter ({each})" for each in differs.values())
    other = "".join(f" or {each}" for each in differs.values())
    query = _query("keyed", old, new, same_key=same_key, names=names, counts=counts, other=other)
    found = {kind: row for kind, *row in cursor.rows(query)}
    examples = Examples(**{kind: tuple(row[1]) for kind, row in found.items()})
    columns = {name: count for name, count in zip(differs, found.get("changed", [])[2:]) if count}
    added, removed, changed = (found.get(kind, [0])[0] for kind in ("added", "removed", "changed"))
    return RowDiff(added, removed, changed, columns, examples)


def _bag(cursor: Cursor, old: str, new: str, columns: Sequence[str]) -> RowDiff:
    """Rows of each side that have no equal partner on the other; equal rows are counted, not merged."""
    names = "".join(f"{quoted(each)}, " for each in columns)
    return RowDiff(*cursor.rows(_query("bag", old, new, names=names))[0])


def _query(name: str, old: str, new: str, **parts: str) -> str:
    """A query of `diff.yml`, with these relations and names in it."""
    return str(stored("diff.yml")[name]).format(old=old, new=new, **parts)


def checksum_sql(relation: str, columns: Iterable[str]) -> str:
    """Row count, and a sum over all rows that does not depend on their order.

    A sum, for in a bitwise xor two equal rows cancel out. Hashed twice, for the hash of several values is made of
    theirs by xor, and the last bits of a sum would not notice values that trade places.
    """
    names = ", ".join(map(quoted, columns)) or "null"
    return f"select count(*), sum(hash(hash({names}))) from {relation}"


@dataclass(frozen=True)
class Compared:
    """A table that two builds should make alike."""

    relation: Relation
    key: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    tolerance: float = 0


def differences(
    cursor: Cursor, first: str, second: str, tables: Iterable[Compared]
) -> Iterator[tuple[Relation, RowDiff]]:
    """Tables that are not the same in two attached databases; the checksum saves comparing most of them."""
    for table in tables:
        both = here, there = f"{quoted(first)}.{table.relation}", f"{quoted(second)}.{table.relation}"
        types = [_types(cursor, each, table.ignored) for each in both]
        sums = [cursor.rows(checksum_sql(each, sorted(kinds)))[0] for each, kinds in zip(both, types)]
        if types[0] != types[1] or sums[0] != sums[1]:
            diff = compare(cursor, here, there, table.key, table.ignored, table.tolerance)
            if not diff.is_empty:
                yield table.relation, diff


@dataclass(frozen=True)
class Movement:
    """People who went from one primary segment to another; from or to nowhere is ''."""

    origin: str
    destination: str
    people: int
    examples: tuple[str, ...]


def movements(
    cursor: Cursor, old: str, new: str, person: str = "customer_id", segment: str = "segment"
) -> tuple[Movement, ...]:
    """Who moved between two versions of the primary segments, the largest movement first."""
    query = _query("movements", old, new, who=quoted(person), where=quoted(segment))
    return tuple(Movement(row[0], row[1], row[2], tuple(map(str, row[3]))) for row in cursor.rows(query))


@dataclass(frozen=True)
class Turnover:
    """Who came into one segment and who left it."""

    segment: str
    entered: int
    left: int
    stayed: int
    examples_entered: tuple[str, ...]
    examples_left: tuple[str, ...]


def turnovers(
    cursor: Cursor, old: str, new: str, person: str = "customer_id", segment: str = "segment"
) -> tuple[Turnover, ...]:
    """By segment of a membership table."""
    query = _query("turnovers", old, new, who=quoted(person), where=quoted(segment))
    return tuple(Turnover(*row[:4], *(tuple(map(str, each or ())) for each in row[4:])) for row in cursor.rows(query))
