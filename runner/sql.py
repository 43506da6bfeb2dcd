"""The only door to sqlglot: which columns a column is made of, where CTEs end, words.

Only reads SQL; what runs is always the text that the author wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, cast

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.tokens import Tokenizer

from runner.relation import Relation

Schema = Mapping[Relation, Iterable[str]]
"""The columns of every table."""


@dataclass(frozen=True, order=True)
class Origin:
    """A column of a base table; an unknown one has no table."""

    schema: str
    table: str
    column: str


UNKNOWN = Origin("", "", "?")
UNTRACED = frozenset({UNKNOWN})
"""Stands for an expression whose columns could not be traced: whoever asks must fail closed."""


Origins = dict[str, frozenset[Origin]]


def column_origins(sql: str, schema: Schema) -> Origins:
    """By output column (lower case): every base column whose value flows into it.

    Filters and join conditions do not count: they choose rows, they do not carry values.
    """
    tables: dict[str, Any] = {}
    for table, columns in schema.items():
        tables.setdefault(table.schema, {})[table.name] = dict.fromkeys(columns, "varchar")
    try:
        tree = parse_one(sql, dialect="duckdb")
        tree = qualify(tree, dialect="duckdb", schema=tables, validate_qualify_columns=False, quote_identifiers=False)
        tracer = _Tracer(tree, schema)
        return tracer.outputs(tracer.scopes[-1])
    except (SqlglotError, RecursionError):
        return {"*": UNTRACED}


class _Tracer:
    def __init__(self, tree: exp.Expr, schema: Schema) -> None:
        known = [(table.schema, table.name, column) for table, columns in schema.items() for column in columns]
        self._known = {Origin(*(word.lower() for word in words)) for words in known}
        self.scopes = traverse_scope(tree)
        self._owner = {id(column): scope for scope in self.scopes for column in scope.columns}
        self._memo: dict[int, Origins] = {}

    def outputs(self, scope: Scope) -> Origins:
        if id(scope) not in self._memo:
            self._memo[id(scope)] = {}  # a recursive CTE reads itself: its first part says what flows
            self._memo[id(scope)] = self._of_union(scope) if scope.set_operation_scopes else self._of_select(scope)
        return self._memo[id(scope)]

    def _of_select(self, scope: Scope) -> Origins:
        selects = cast(exp.Query, scope.expression).selects
        return {each.alias_or_name.lower(): self._of_expression(each, scope) for each in selects}

    def _of_union(self, scope: Scope) -> Origins:
        """Columns meet by position, and take the names of the first part."""
        parts = [self.outputs(part) for part in scope.set_operation_scopes]
        self._memo[id(scope)] = parts[0]
        columns = zip_longest(*(self.outputs(part).values() for part in scope.set_operation_scopes), fillvalue=())
        return {name: frozenset().union(*origins) for name, origins in zip(parts[0], columns)}

    def _of_expression(self, expression: exp.Expr, scope: Scope) -> frozenset[Origin]:
        is_star = expression.find(exp.Star) and not expression.find(exp.Count)
        if is_star or expression.find(exp.TableColumn, exp.Columns):
            return UNTRACED
        columns = expression.find_all(exp.Column)
        return frozenset().union(*(self._of_column(each, self._owner.get(id(each), scope)) for each in columns))

    def _of_column(self, column: exp.Column, scope: Scope) -> frozenset[Origin]:
        source = _source(column.table, scope)
        name = column.name.lower()
        if isinstance(source, exp.Table):
            origin = Origin(source.db.lower(), source.name.lower(), name)
            return frozenset({origin if origin in self._known else UNKNOWN})
        if isinstance(source, Scope):
            if not isinstance(source.expression, exp.Query):
                return self._of_expression(source.expression, scope)
            known = self.outputs(source)
            # `t(a, b)` renames columns: without the map, all of them may flow
            return known[name] if name in known else frozenset().union(*known.values())
        return frozenset() if _is_bound_elsewhere(column.name, column) else UNTRACED


def _source(table: str, scope: Scope | None) -> exp.Expr | Scope | None:
    while scope is not None:
        if table in scope.sources:
            return scope.sources[table]
        if not table and len(scope.sources) == 1 and scope.parent is None:
            return next(iter(scope.sources.values()))
        scope = scope.parent
    return None


def _is_bound_elsewhere(name: str, within: exp.Expr) -> bool:
    """Parameters of a lambda are no columns."""
    outer = within.find_ancestor(exp.Lambda)
    return outer is not None and (name in {each.name for each in outer.expressions} or _is_bound_elsewhere(name, outer))


UNITS = ("", "hour", "day", "month", "year")
"""How far a time may be cut, finest first: empty is not at all."""


def moment_by_moment(sql: str, column: str) -> str:
    """The query without its clock, if its rows of a moment are made of its input's rows of that moment alone.

    `column` says when a row happened, here and in the one table that is read. Empty where that cannot be seen.
    """
    tree, times = _times_kept(sql, column, "")
    if tree is None or times.get(column.lower()) != "":
        return ""
    for each in list(tree.find_all(exp.LT)):
        limit = each.expression.this if isinstance(each.expression, exp.Cast) else None
        is_time = isinstance(each.this, exp.Column) and each.this.name.lower() == column.lower()
        if is_time and isinstance(limit, exp.Literal) and _always_holds(each):
            each.replace(exp.true())
    return str(tree.sql(dialect="duckdb"))


def row_by_row(sql: str) -> bool:
    """Is each row of the result made of one row of the one table that is read?"""
    try:
        return _keeps_rows_apart(_chain(parse_one(sql, dialect="duckdb")))
    except SqlglotError:
        return False


def _keeps_rows_apart(chain: list[exp.Select]) -> bool:
    together = (exp.AggFunc, exp.Anonymous, exp.Window)
    return bool(chain) and not any(select.args.get("group") or select.find(*together) for select in chain)


def apart_by(sql: str) -> dict[str, tuple[str, ...]]:
    """By table that a query reads: columns by which its result stays apart; empty where that cannot be seen.

    Rows that differ in one of the columns never make a row together, and rows of two tables only if they agree. No
    columns: the query is `row_by_row`.
    """
    try:
        tree = parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return {}
    if tree.find(*_MOVING):
        return {}
    chain = _chain(tree)
    if not chain:
        return _joined_by(tree)
    source, group = chain[0].args["from_"].this, cast(exp.Group | None, chain[-1].args.get("group"))
    address = f"{source.db}.{source.name}"
    if _keeps_rows_apart(chain):
        return {address: ()}
    handed_on = [each for select in chain[:-1] for each in select.expressions]
    is_plain = all(isinstance(each, exp.Star) and not any(each.args.values()) for each in handed_on)
    is_early = any(each.args.get("group") for each in chain[:-1])
    if group is None or is_early or not is_plain or tree.find(exp.Window):
        return {}
    if any(map(group.args.get, _GROUPED_OTHERWISE)):
        return {}
    columns = tuple(each.name.lower() for each in group.expressions if isinstance(each, exp.Column))
    return {address: columns} if len(columns) == len(group.expressions) > 0 else {}


def _joined_by(tree: exp.Expr) -> dict[str, tuple[str, ...]]:
    """Of two tables joined by one column of each, where a row of the result is made of one row of either."""
    if not isinstance(tree, exp.Select) or tree.find(exp.AggFunc, exp.Window, exp.Subquery, exp.UDTF):
        return {}
    joins, source = tree.args.get("joins") or [], tree.args["from_"].this if tree.args.get("from_") else None
    mixing = [each for each in (*_MIXING, "group", "having", "qualify") if each != "joins"]
    if len(joins) != 1 or any(map(tree.args.get, mixing)) or not isinstance(joins[0].args.get("on"), exp.EQ):
        return {}
    tables, sides = [source, joins[0].this], [joins[0].args["on"].left, joins[0].args["on"].right]
    if not all(isinstance(each, exp.Table) and each.db for each in tables) or tables[0].name == tables[1].name:
        return {}
    if not all(isinstance(each, exp.Column) for each in sides):
        return {}
    by_alias = {each.table.lower(): each.name.lower() for each in sides}
    names = {each.alias_or_name.lower(): f"{each.db}.{each.name}" for each in tables}
    return {names[alias]: (column,) for alias, column in by_alias.items()} if by_alias.keys() == names.keys() else {}


def batches_stay_apart(sql: str, read: str, made: str, size: str) -> bool:
    """Does a query over several batches make what the same query makes of each of them?

    `read` says when a row of its one input happened, `made` when one of its own did; batches are of `size`.
    """
    _, times = _times_kept(sql, read, size)
    return times.get(made.lower(), "never") in UNITS[: UNITS.index(size) + 1]


def _times_kept(sql: str, column: str, size: str) -> tuple[exp.Expr | None, dict[str, str]]:
    """By column of the result that says when its row happened: how far it is cut. None where units of `size` mix."""
    try:
        tree = parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return None, {}
    chain, times = _chain(tree), {column.lower(): ""}
    for select in chain:
        times = _handed_on(select, times) if _is_cut(select, times, UNITS[: UNITS.index(size) + 1]) else {}
    return tree, times if chain else {}


def _chain(tree: exp.Expr) -> list[exp.Select]:
    """Selects that each read the one before and nothing else, the first of them a table; empty for any other query."""
    named = {cte.alias: cte.this for cte in tree.ctes} if isinstance(tree, exp.Query) else {}
    found: list[exp.Select] = []
    select: exp.Expr | None = tree
    while isinstance(select, exp.Select) and not any(map(select.args.get, _MIXING)):
        parts = [*select.expressions, *filter(None, map(select.args.get, ("where", "group", "having", "qualify")))]
        source = select.args["from_"].this if select.args.get("from_") else None
        is_nested = any(part.find(exp.Query, exp.UDTF, exp.Columns) for part in parts) or (found and select.ctes)
        if is_nested or source is None or source.args.get("joins"):
            return []
        found.append(select)
        if isinstance(source, exp.Table) and (source.db or source.name not in named):
            return found[::-1]
        select = source.this if isinstance(source, exp.Subquery) else named.pop(source.name, None)
    return []


_MOVING = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Rand, exp.Anonymous)
"""What says something else each time it is asked, or may."""
_GROUPED_OTHERWISE = ("all", "cube", "rollup", "grouping_sets", "totals")
_MIXING = ("joins", "laterals", "distinct", "limit", "offset", "sample", "pivots")


def _is_cut(select: exp.Select, times: Mapping[str, str], fine: Iterable[str]) -> bool:
    """Is everything that looks at several rows cut along a time?"""

    def along(some: Iterable[exp.Expr]) -> bool:
        return any(unit is not None and unit in fine for unit in (_unit(each, times) for each in some))

    group = select.args.get("group")
    together = [each for told in select.expressions for each in told.find_all(exp.AggFunc, exp.Anonymous)]
    loose = any(not each.find_ancestor(exp.Window) for each in together)
    is_grouped = along(group.expressions) if group is not None else not loose
    return is_grouped and all(along(each.args.get("partition_by") or ()) for each in select.find_all(exp.Window))


def _handed_on(select: exp.Select, times: Mapping[str, str]) -> dict[str, str]:
    """The times of the result; none where a name is told twice or replaced."""
    told: dict[str, str | None] = {}
    for each in select.expressions:
        is_star = isinstance(each, exp.Star)
        fresh = times if is_star else {each.alias_or_name.lower(): _unit(each.unalias(), times)}
        if (is_star and any(each.args.values())) or not told.keys().isdisjoint(fresh):
            return {}
        told.update(fresh)
    return {name: unit for name, unit in told.items() if unit is not None}


def _unit(each: exp.Expr, times: Mapping[str, str]) -> str | None:
    """How far a time is cut; None for what is none."""
    if isinstance(each, exp.Column):
        return times.get(each.name.lower())
    if isinstance(each, exp.Cast) and each.to.is_type(exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ):
        least = "day" if each.to.is_type(exp.DType.DATE) else ""
    elif isinstance(each, (exp.TimestampTrunc, exp.DateTrunc)):
        least = each.text("unit").lower()
    else:
        return None
    inner = _unit(each.this, times)
    return None if inner is None or least not in UNITS else max(inner, least, key=UNITS.index)


def _always_holds(condition: exp.Expr) -> bool:
    """Is it one of the conditions that all rows meet?"""
    above = condition.parent
    while isinstance(above, exp.And):
        above = above.parent
    return isinstance(above, exp.Where)


def ctes(sql: str) -> tuple[str, ...]:
    """The names of the outermost CTEs, in order."""
    tree = parse_one(sql, dialect="duckdb")
    return tuple(cte.alias for cte in tree.ctes) if isinstance(tree, exp.Query) else ()


def main_select_start(sql: str) -> int:
    """The character where the select behind the outermost CTEs begins."""
    depth, before = 0, ""
    for word in words(sql):
        if depth == 0 and (word.kind in ("SELECT", "FROM") or (before, word.kind) == ("R_PAREN", "L_PAREN")):
            return word.start
        depth += {"L_PAREN": 1, "R_PAREN": -1}.get(word.kind, 0)
        before = word.kind
    return 0


@dataclass(frozen=True)
class Word:
    """One token of a query: `kind` is sqlglot's name for it, `text` has no quotes, it stands from `start` to `end`."""

    kind: str
    text: str
    start: int
    end: int


def words(sql: str) -> list[Word]:
    """Without comments; `group by` and `order by` are one word each."""
    found = Tokenizer(dialect="duckdb").tokenize(sql)
    return [Word(each.token_type.name, each.text, each.start, each.end + 1) for each in found]
