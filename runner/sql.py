"""The only door to sqlglot: which columns a column is made of, where CTEs end, which conditions decide.

Only reads SQL; what runs is always the text that the author wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from runner.relation import quoted

Schema = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, order=True)
class Origin:
    """A column of a base table; an unknown one has no table."""

    schema: str
    table: str
    column: str


UNKNOWN = Origin("", "", "?")
"""Stands for an expression whose columns could not be traced: whoever asks must fail closed."""


def column_origins(sql: str, schema: Schema) -> dict[str, frozenset[Origin]]:
    """By output column (lower case): every base column whose value flows into it.

    Filters and join conditions do not count: they choose rows, they do not carry values.
    """
    try:
        tree = qualify(
            parse_one(sql, dialect="duckdb"),
            dialect="duckdb",
            schema={db: {t: dict(c) for t, c in tables.items()} for db, tables in schema.items()},
            validate_qualify_columns=False,
            quote_identifiers=False,
        )
        return _Tracer(tree, schema).outputs()
    except (SqlglotError, RecursionError):
        return {"*": frozenset({UNKNOWN})}


class _Tracer:
    def __init__(self, tree: exp.Expr, schema: Schema) -> None:
        self._known = {
            Origin(db.lower(), table.lower(), column.lower())
            for db, tables in schema.items()
            for table, columns in tables.items()
            for column in columns
        }
        self._scopes = traverse_scope(tree)
        self._owner = {id(column): scope for scope in self._scopes for column in scope.columns}
        self._memo: dict[int, dict[str, frozenset[Origin]]] = {}

    def outputs(self) -> dict[str, frozenset[Origin]]:
        return self._of_scope(self._scopes[-1])

    def _of_scope(self, scope: Scope) -> dict[str, frozenset[Origin]]:
        if id(scope) in self._memo:
            return self._memo[id(scope)]
        self._memo[id(scope)] = {}  # a recursive CTE reads itself: its first part says what flows
        if scope.set_operation_scopes:
            found = self._of_union(scope)
        else:
            found = {}
            for projection in cast(exp.Query, scope.expression).selects:
                name = projection.alias_or_name.lower()
                found[name] = self._of_expression(projection, scope)
        self._memo[id(scope)] = found
        return found

    def _of_union(self, scope: Scope) -> dict[str, frozenset[Origin]]:
        """Columns meet by position, and take the names of the first part."""
        parts = [self._of_scope(part) for part in scope.set_operation_scopes]
        self._memo[id(scope)] = parts[0]
        parts = [self._of_scope(part) for part in scope.set_operation_scopes]
        found: dict[str, frozenset[Origin]] = {}
        for at, name in enumerate(parts[0]):
            columns = [list(part.values()) for part in parts]
            found[name] = frozenset().union(*(each[at] for each in columns if at < len(each)))
        return found

    def _of_expression(self, expression: exp.Expr, scope: Scope) -> frozenset[Origin]:
        is_star = expression.find(exp.Star) and not expression.find(exp.Count)
        if is_star or expression.find(exp.TableColumn, exp.Columns):
            return frozenset({UNKNOWN})
        origins: set[Origin] = set()
        for column in expression.find_all(exp.Column):
            origins |= self._of_column(column, self._owner.get(id(column), scope))
        return frozenset(origins)

    def _of_column(self, column: exp.Column, scope: Scope) -> frozenset[Origin]:
        source = _source(column.table, scope)
        name = column.name.lower()
        if isinstance(source, exp.Table):
            origin = Origin(source.db.lower(), source.name.lower(), name)
            return frozenset({origin if origin in self._known else UNKNOWN})
        if isinstance(source, Scope):
            if not isinstance(source.expression, exp.Query):
                return self._of_expression(source.expression, scope)
            known = self._of_scope(source)
            # `t(a, b)` renames columns: without the map, all of them may flow
            return known[name] if name in known else frozenset().union(*known.values())
        return frozenset() if _is_bound_elsewhere(column) else frozenset({UNKNOWN})


def _source(table: str, scope: Scope | None) -> exp.Expr | Scope | None:
    while scope is not None:
        if table in scope.sources:
            return scope.sources[table]
        if not table and len(scope.sources) == 1 and scope.parent is None:
            return next(iter(scope.sources.values()))
        scope = scope.parent
    return None


def _is_bound_elsewhere(column: exp.Column) -> bool:
    """Parameters of a lambda are no columns."""
    outer = column.find_ancestor(exp.Lambda)
    while outer is not None:
        if column.name in {each.name for each in outer.expressions}:
            return True
        outer = outer.find_ancestor(exp.Lambda)
    return False


def ctes(sql: str) -> tuple[str, ...]:
    """The names of the outermost CTEs, in order."""
    tree = parse_one(sql, dialect="duckdb")
    return tuple(cte.alias for cte in tree.ctes) if isinstance(tree, exp.Query) else ()


def main_select_start(sql: str) -> int:
    """The character where the select behind the outermost CTEs begins."""
    depth, before = 0, None
    for token in Tokenizer(dialect="duckdb").tokenize(sql):
        is_behind_a_cte = depth == 0 and before is TokenType.R_PAREN
        before = token.token_type
        if token.token_type is TokenType.L_PAREN:
            if is_behind_a_cte:
                return int(token.start)
            depth += 1
        elif token.token_type is TokenType.R_PAREN:
            depth -= 1
        elif depth == 0 and token.token_type in (TokenType.SELECT, TokenType.FROM):
            return int(token.start)
    return 0


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


_CLAUSES = (
    TokenType.FROM, TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING, TokenType.QUALIFY, TokenType.WINDOW,
    TokenType.ORDER_BY, TokenType.LIMIT,
)  # fmt: skip
_SETS = (TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT)
_OPEN = (TokenType.L_PAREN, TokenType.CASE)
_CLOSE = (TokenType.R_PAREN, TokenType.END)


def rules(sql: str) -> tuple[Rule, ...]:
    """The filters of the main select and of the outermost CTEs: of where, having and qualify."""
    return tuple(rule for select in _selects(sql) for rule in select.filters())


def rules_for(sql: str, column: str, value: str) -> tuple[Rule, ...]:
    """How rows get this value of a column that is a `case`: the filters before it, and each branch that gives it."""
    for select in _selects(sql):
        branches = select.branches(column)
        if any(result == value for _, result in branches):
            return (*rules(sql), *select.rules_of_branches(branches, value))
    return ()


@dataclass(frozen=True)
class _Select:
    sql: str
    before: str
    """The CTEs that come before it."""
    clauses: Mapping[TokenType, Sequence[Token]]
    imports: Mapping[str, str]
    """CTEs that are `select * from schema.table` and no more."""

    def _text(self, *kinds: TokenType) -> str:
        found = [self.clauses[kind] for kind in kinds if kind in self.clauses]
        return "\n".join(self.sql[each[0].start : each[-1].end + 1] for each in found)

    @property
    def reads(self) -> str:
        names = [token.text for token in self.clauses[TokenType.FROM][1:4]]
        return f"{names[0]}.{names[2]}" if names[1:2] == ["."] else self.imports.get(names[0], names[0])

    def _rule(self, conditions: tuple[Condition, ...], head: str, *kinds: TokenType) -> Rule:
        flags = ", ".join(f"({each.sql}) as {quoted(f'({at})')}" for at, each in enumerate(conditions))
        return Rule(self.reads, conditions, f"select {head}{flags}\n{self._text(TokenType.FROM, *kinds)}", self.before)

    def filters(self) -> Iterator[Rule]:
        where, group, having = TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING
        chosen = self._text(TokenType.SELECT).partition("select")[2] + ", "
        for kind, head, earlier in (
            (where, "", ()),
            (having, "", (where, group)),
            (TokenType.QUALIFY, chosen, (where, group, having)),
        ):
            if kind in self.clauses:
                yield self._rule(self._conjuncts(self.clauses[kind][1:]), head, *earlier)

    def _conjuncts(self, tokens: Sequence[Token]) -> tuple[Condition, ...]:
        if len(_split(tokens, lambda token: token.token_type is TokenType.OR)) > 1:
            parts = [tokens]
        else:
            parts = _split(tokens, lambda token: token.token_type is TokenType.AND)
        return tuple(Condition(self._written(each), self._written(each), "", _equals(each)) for each in parts)

    def _written(self, tokens: Sequence[Token]) -> str:
        """On one line, without comments."""
        pieces = [self.sql[tokens[0].start : tokens[0].end + 1]]
        for before, token in pairwise(tokens):
            gap = " " if token.start > before.end + 1 else ""
            pieces.append(gap + self.sql[token.start : token.end + 1])
        return "".join(pieces)

    def branches(self, column: str) -> list[tuple[Sequence[Token], str]]:
        """Conditions and results of `case when … then 'text' … end as column`; the last, of `else`, has none."""
        for item in _split(self.clauses[TokenType.SELECT][1:], lambda token: token.token_type is TokenType.COMMA):
            kinds = [token.token_type for token in item[:2]]
            if kinds != [TokenType.CASE, TokenType.WHEN] or item[-1].text.lower() != column.lower():
                continue
            end = max(at for at, token in enumerate(item) if token.token_type is TokenType.END)
            parts = _split(item[1:end], lambda token: token.token_type in (TokenType.WHEN, TokenType.ELSE))
            pairs = [_split(part, lambda token: token.token_type is TokenType.THEN) for part in parts[1:]]
            results = [(pair[0] if len(pair) > 1 else (), pair[-1]) for pair in pairs]
            if all([each.token_type for each in result] == [TokenType.STRING] for _, result in results):
                return [(condition, result[0].text) for condition, result in results]
        return []

    def rules_of_branches(self, branches: list[tuple[Sequence[Token], str]], value: str) -> Iterator[Rule]:
        earlier: list[Condition] = []
        for tokens, result in branches:
            if result == value:
                own = self._conjuncts(tokens) if tokens else ()
                yield self._rule((*own, *earlier), "", TokenType.WHERE)
            if tokens:
                text = self._written(tokens)
                earlier.append(Condition(text, f"({text}) is not true", result))


def _equals(tokens: Sequence[Token]) -> tuple[str, str] | None:
    is_equal = [token.token_type for token in tokens[-2:]] == [TokenType.EQ, TokenType.STRING]
    return (tokens[-3].text, tokens[-1].text) if is_equal and len(tokens) in (3, 5) else None


def _selects(sql: str) -> Iterator[_Select]:
    """Deeper subqueries are left out: they may lean on the row around them."""
    tokens = Tokenizer(dialect="duckdb").tokenize(sql)
    imports: dict[str, str] = {}
    for before, name, body in _bodies(sql, tokens):
        for part in _split(body, lambda token: token.token_type in _SETS):
            clauses = _clauses(part)
            if TokenType.SELECT in clauses and TokenType.FROM in clauses:
                yield _Select(sql, before, clauses, imports)
        words = [token.text for token in body]
        if len(words) == 6 and [token.token_type for token in body[:3]] == _IMPORT and words[4] == ".":
            imports[name] = f"{words[3]}.{words[5]}"


_IMPORT = [TokenType.SELECT, TokenType.STAR, TokenType.FROM]


def _bodies(sql: str, tokens: Sequence[Token]) -> Iterator[tuple[str, str, Sequence[Token]]]:
    """Each outermost CTE and the main select: the text of the CTEs before it, its name, its tokens."""
    start, before = 0, ""
    is_with = bool(tokens) and tokens[0].token_type is TokenType.WITH
    for at, depth in _depths(tokens) if is_with else ():
        kind, earlier = tokens[at].token_type, tokens[at - 1].token_type
        if depth == 0 and kind is TokenType.L_PAREN and earlier is TokenType.ALIAS:
            start = at + 1
        elif depth == 0 and kind is TokenType.R_PAREN and start and tokens[start - 1].token_type is TokenType.L_PAREN:
            yield before, tokens[start - 3].text, tokens[start:at]
            before, start = sql[: tokens[at].end + 1] + "\n", at + 1
            if tokens[start].token_type is not TokenType.COMMA:
                break
    yield before, "", tokens[start:]


def _clauses(tokens: Sequence[Token]) -> dict[TokenType, Sequence[Token]]:
    if not tokens or tokens[0].token_type is not TokenType.SELECT:
        return {}
    starts = [0]
    for at, depth in _depths(tokens):
        is_distinct_from = tokens[at - 1].token_type is TokenType.DISTINCT
        if depth == 0 and tokens[at].token_type in _CLAUSES and not is_distinct_from:
            starts.append(at)
    return {tokens[at].token_type: tokens[at:end] for at, end in pairwise([*starts, len(tokens)])}


def _depths(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """By token: how many parentheses and cases it stands in."""
    depth = 0
    for at, token in enumerate(tokens):
        depth -= token.token_type in _CLOSE
        yield at, depth
        depth += token.token_type in _OPEN


def _split(tokens: Sequence[Token], is_between: Callable[[Token], bool]) -> list[Sequence[Token]]:
    """The parts between such tokens that stand in no parentheses; `between a and b` is one word."""
    ends, is_range = [], False
    for at, depth in _depths(tokens):
        token = tokens[at]
        if depth == 0 and token.token_type is TokenType.AND and is_range:
            is_range = False
        elif depth == 0 and is_between(token):
            ends.append(at)
        is_range = is_range or (depth == 0 and token.token_type is TokenType.BETWEEN)
    return [tokens[start + 1 : end] for start, end in pairwise([-1, *ends, len(tokens)])]
