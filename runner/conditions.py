"""Which conditions decide: the filters of a query and the branches of a case, taken apart so that each can be counted.

Cuts the author's own text at its words and never writes SQL anew: what is shown is what was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from runner.relation import quoted
from runner.sql import Word, main_select_start, words


@dataclass(frozen=True)
class Condition:
    """`text` is what the author wrote; `sql` what must be true for a row to stay."""

    text: str
    sql: str
    decides_for: str = ""
    """The value of an earlier branch of the same case: the row stays only if that one does not take it."""
    equals: tuple[str, str] | None = None
    """Column and text, where it says `column = 'text'`."""


@dataclass(frozen=True)
class Rule:
    """One filter: rows of `reads` stay where all conditions hold."""

    reads: str
    """The first table or CTE behind `from`: `schema.table` where it is a table, or a CTE that only imports one."""
    conditions: tuple[Condition, ...]
    rows_sql: str
    """A query whose columns are the conditions, one boolean each, of every row that is judged."""
    ctes: str = ""
    """What that query needs before it."""

    @property
    def counting_sql(self) -> str:
        """One row: rows judged, rows that stay; then for each condition the rows where it holds, where its peers hold,
        and where they hold with it. The peers of a branch's own conditions are its own."""
        names = [quoted(f"({at})") for at in range(len(self.conditions))]
        own = [name for name, each in zip(names, self.conditions) if not each.decides_for]
        kept = [names]
        for name, condition in zip(names, self.conditions):
            peers = [each for each in (names if condition.decides_for else own) if each != name]
            kept += [[name], peers or ["true"], [*peers, name]]
        counts = ", ".join(f"count(*) filter ({' and '.join(each)})" for each in kept)
        return f"{self.ctes}select count(*), {counts} from (\n{self.rows_sql}\n)"


def rules(sql: str) -> tuple[Rule, ...]:
    """The filters of the main select and of the outermost CTEs: of where, having and qualify."""
    return tuple(rule for select in _selects(sql) for rule in select.filters())


def rules_for(sql: str, column: str, value: str) -> tuple[Rule, ...]:
    """How rows get this value of a column that is a `case`: the filters before it, and each branch that gives it."""
    found = [rule for select in _selects(sql) for rule in select.rules_of_branches(column, value)]
    return (*rules(sql), *found) if found else ()


Words = Sequence[Word]
CLAUSES = ("FROM", "WHERE", "GROUP_BY", "HAVING", "WINDOW", "QUALIFY", "ORDER_BY", "LIMIT")


@dataclass(frozen=True)
class _Select:
    sql: str
    ctes: str
    clauses: Mapping[str, Words]
    reads: str

    def filters(self) -> Iterator[Rule]:
        selected = self._text("SELECT")[len("select") :] + ", "
        for kind in ("WHERE", "HAVING", "QUALIFY"):
            if kind in self.clauses:
                head = selected if kind == "QUALIFY" else ""  # it may name what is selected
                yield self._rule(self._conjuncts(self.clauses[kind][1:]), kind, head)

    def rules_of_branches(self, column: str, value: str) -> Iterator[Rule]:
        earlier: list[Condition] = []
        for given, result in self._branches(column):
            if result == value:
                yield self._rule((*self._conjuncts(given), *earlier), "GROUP_BY")
            if given:
                text = self._written(given)
                earlier.append(Condition(text, f"({text}) is not true", result))

    def _branches(self, column: str) -> list[tuple[Words, str]]:
        """Conditions and results of `case when … then 'text' … end as column`; the last, of `else`, has none."""
        for item in _split(self.clauses["SELECT"][1:], "COMMA"):
            if [word.kind for word in item[:2]] != ["CASE", "WHEN"] or item[-1].text.lower() != column.lower():
                continue
            end = max(at for at, word in enumerate(item) if word.kind == "END")
            pairs = [_split(part, "THEN") for part in _split(item[1:end], "WHEN", "ELSE")[1:]]
            if all([word.kind for word in pair[-1]] == ["STRING"] for pair in pairs):
                return [(pair[0] if len(pair) > 1 else (), pair[-1][0].text) for pair in pairs]
        return []

    def _rule(self, conditions: tuple[Condition, ...], before: str, head: str = "") -> Rule:
        """Of the rows as they are before a clause."""
        flags = ", ".join(f"({each.sql}) as {quoted(f'({at})')}" for at, each in enumerate(conditions))
        rows = self._text(*CLAUSES[: CLAUSES.index(before)])
        return Rule(self.reads, conditions, f"select {head}{flags}\n{rows}", self.ctes)

    def _text(self, *kinds: str) -> str:
        found = [self.clauses[kind] for kind in kinds if kind in self.clauses]
        return "\n".join(self.sql[each[0].start : each[-1].end] for each in found)

    def _conjuncts(self, given: Words) -> tuple[Condition, ...]:
        parts = [given] if len(_split(given, "OR")) > 1 else _split(given, "AND")
        return tuple(Condition(self._written(each), self._written(each), "", _equals(each)) for each in parts if each)

    def _written(self, given: Words) -> str:
        """On one line, without comments."""
        ends = [given[0].start, *(word.end for word in given)]
        gaps = (" " if word.start > end else "" for end, word in zip(ends, given))
        return "".join(gap + self.sql[word.start : word.end] for gap, word in zip(gaps, given))


def _equals(given: Words) -> tuple[str, str] | None:
    is_equal = [word.kind for word in given[-2:]] == ["EQ", "STRING"]
    return (given[-3].text, given[-1].text) if is_equal and len(given) in (3, 5) else None


def _selects(sql: str) -> Iterator[_Select]:
    """Deeper subqueries are left out: they may lean on the row around them."""
    imports: dict[str, str] = {}
    for ctes, name, body in _bodies(sql):
        for part in _split(body, "UNION", "EXCEPT", "INTERSECT"):
            clauses = _clauses(part)
            if "FROM" in clauses:
                first, *rest = [word.text for word in clauses["FROM"][1:4]]
                reads = f"{first}.{rest[1]}" if rest[:1] == ["."] else imports.get(first, first)
                yield _Select(sql, ctes, clauses, reads)
                if len(body) == 6 and body[1].kind == "STAR" and "." in rest:
                    imports[name] = reads


def _bodies(sql: str) -> Iterator[tuple[str, str, Words]]:
    """Each outermost CTE and the main select: the text of the CTEs before it, its name, its words."""
    given, ctes, main = words(sql), "", main_select_start(sql)
    before = [word for word in given if word.start < main]
    for part in _split(before[1:], "COMMA"):
        kinds = [word.kind for word in part]
        if "ALIAS" in kinds:
            at = kinds.index("ALIAS")
            yield ctes, part[at - 1].text, part[kinds.index("L_PAREN", at) + 1 : -1]
            ctes = sql[: part[-1].end] + "\n"
    yield ctes, "", given[len(before) :]


def _clauses(given: Words) -> dict[str, Words]:
    if not given or given[0].kind != "SELECT":
        return {}
    starts = [at for at, depth in _depths(given) if depth == 0 and given[at].kind in CLAUSES]
    starts = [at for at in starts if given[at - 1].kind != "DISTINCT"]  # is distinct from
    return {given[at].kind: given[at:end] for at, end in pairwise([0, *starts, len(given)])}


def _depths(given: Words) -> Iterator[tuple[int, int]]:
    """By word: in how many parentheses and cases it stands."""
    depth = 0
    for at, word in enumerate(given):
        depth -= word.kind in ("R_PAREN", "END")
        yield at, depth
        depth += word.kind in ("L_PAREN", "CASE")


def _split(given: Words, *kinds: str) -> list[Words]:
    """The parts between words of such kinds that stand in no parentheses; the `and` of a `between` is none of them."""
    ends, is_range = [-1], False
    for at, depth in _depths(given):
        kind = given[at].kind if depth == 0 else ""
        if kind in kinds and not (kind == "AND" and is_range):
            ends.append(at)
        is_range = kind == "BETWEEN" or (is_range and kind != "AND")
    return [given[start + 1 : end] for start, end in pairwise([*ends, len(given)])]
