"""What YAML promises of a table's columns, held against what the engine says they are."""

from __future__ import annotations

from itertools import zip_longest

from runner.errors import AuthorError, DataError, refuse_unknown
from runner.nodes import Table
from runner.relation import quoted
from runner.warehouse import ColumnType, Cursor

NOT_SUPPORTED = ("check", "custom", "foreign_key", "primary_key", "unique")
"""dbt's other constraints."""


def is_enforced(table: Table) -> bool:
    contract = table.config.get("contract")
    return isinstance(contract, dict) and bool(contract.get("enforced"))


def refuse_broken_contract(model: Table, columns: tuple[ColumnType, ...], cursor: Cursor) -> None:
    """An enforced contract names all columns, in order, with the engine's exact types."""
    if not is_enforced(model):
        return
    _refuse_unknown_constraints(model)
    for at, (wanted, found) in enumerate(zip_longest(_promised(model, cursor), columns)):
        if wanted != found:
            places = [each.place for each in (*model.columns[at:], *model.columns[-1:])]
            told = f"promised is {_told(wanted)}, found {_told(found)}"
            hint = "change the query, or the promise: dashboards depend on it"
            raise AuthorError(f"contract of `{model.name}`, column {at + 1}: {told}", (*places, model.place)[0], hint)


def _refuse_unknown_constraints(model: Table) -> None:
    for constraint in (each for column in model.columns for each in column.constraints):
        place = constraint.at("type")
        if constraint.type in NOT_SUPPORTED:
            hint = "write a data test: `unique`, `relationships`, or one of your own"
            raise AuthorError(f"the constraint `{constraint.type}` is not supported", place=place, hint=hint)
        refuse_unknown(constraint.type, ("not_null",), f"unknown constraint `{constraint.type}`", place)


def keeps_nulls_out(table: Table) -> bool:
    return is_enforced(table) and any(column.constraints for column in table.columns)


def refuse_nulls(model: Table, rows: str, cursor: Cursor) -> None:
    """Of what was made and is not yet seen by anybody: `rows` is its address, or a query in parentheses."""
    places = {each.name: each.constraints[0].place for each in model.columns if each.constraints}
    counts = ", ".join(f"count(*) - count({quoted(name)})" for name in places)
    found = cursor.rows(f"select count(*), {counts} from {rows}")[0]
    for (name, place), count in zip(places.items(), found[1:]):
        if count:
            message = f"contract of `{model.name}`: `{name}` is null in {count:,} of {found[0]:,} rows"
            raise DataError(message, place=place, hint="the table that stood before stays; mend the query or the data")


def _promised(model: Table, cursor: Cursor) -> tuple[ColumnType, ...]:
    """The declared types in the engine's own spelling: int is INTEGER, text is VARCHAR."""
    casts = []
    for column in model.columns:
        if column.data_type is None:
            message = f"contract of `{model.name}`: `{column.name}` has no data_type"
            raise AuthorError(message, place=column.place, hint="promise a type")
        casts.append(f"cast(null as {column.data_type}) as {quoted(column.name)}")
    return cursor.columns("select " + ", ".join(casts)) if casts else ()


def _told(column: ColumnType | None) -> str:
    return f"`{column.name}` {column.type}" if column else "no column"


def refuse_unknown_columns(table: Table, columns: tuple[ColumnType, ...]) -> None:
    """YAML that describes a column which the table does not have has gone stale."""
    names = {each.name.lower(): each.name for each in columns}
    for column in table.columns:
        if column.name.lower() not in names:
            message, listed = f"`{table.name}` has no column `{column.name}`", "columns: " + ", ".join(names.values())
            refuse_unknown(column.name, names.values(), message, column.place, listed)
