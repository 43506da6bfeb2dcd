"""Two warehouses, table by table: the same columns, types and rows? It changes neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

EXAMPLE_ROWS = 3
OWN_SCHEMAS = ("_coterie", "dbt_test__audit")

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Address:
    schema: str
    table: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True)
class Comparison:
    """How one table differs. No difference: both counts are zero and there is no complaint."""

    address: Address
    row_count: int
    only_in_coterie: int
    only_in_dbt: int
    complaint: str = ""
    examples: tuple[str, ...] = ()

    @property
    def is_equal(self) -> bool:
        return not (self.only_in_coterie or self.only_in_dbt or self.complaint)


def compare_warehouses(
    coterie: Path, dbt: Path, schemas: tuple[str, ...] | None, tolerances: Mapping[str, float]
) -> Iterator[Comparison]:
    """Every table of `schemas` that stands on either side; without them all tables and views."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{coterie}' as coterie (read_only)")
        connection.execute(f"attach '{dbt}' as dbt (read_only)")
        ours, theirs = _tables(connection, "coterie", schemas), _tables(connection, "dbt", schemas)
        for address in sorted(ours | theirs, key=str):
            if address not in ours or address not in theirs:
                maker = "dbt" if address in theirs else "coterie"
                yield Comparison(address, 0, 0, 0, f"only {maker} made it")
            else:
                yield _compare(connection, address, tolerances.get(address.table, 0.0))


def _tables(connection: duckdb.DuckDBPyConnection, database: str, schemas: tuple[str, ...] | None) -> set[Address]:
    query = "select schema_name, table_name from duckdb_tables() where database_name = $1"
    if schemas is None:
        query += (
            " union all select schema_name, view_name from duckdb_views() where database_name = $1 and not internal"
        )
    rows = connection.execute(query, [database]).fetchall()
    return {Address(schema, table) for schema, table in rows if _is_compared(schema, schemas)}


def _is_compared(schema: str, schemas: tuple[str, ...] | None) -> bool:
    """What is left out: Coterie's own records, and failing rows, which each tool keeps under names of its own."""
    return not schema.startswith(OWN_SCHEMAS) if schemas is None else schema in schemas


def _compare(connection: duckdb.DuckDBPyConnection, address: Address, tolerance: float) -> Comparison:
    ours, theirs = (_columns(connection, database, address) for database in ("coterie", "dbt"))
    row_count = _count(connection, f"select * from {_quoted('coterie', address)}")
    if ours != theirs:
        complaint = f"columns differ: {_difference(ours, theirs)}"
        return Comparison(address, row_count, 0, 0, complaint)
    only_ours = _missing(address, "coterie", "dbt", ours, tolerance)
    only_theirs = _missing(address, "dbt", "coterie", ours, tolerance)
    examples = _examples(connection, "coterie", only_ours) + _examples(connection, "dbt", only_theirs)
    counts = _count(connection, only_ours), _count(connection, only_theirs)
    return Comparison(address, row_count, *counts, examples=examples)


def _columns(connection: duckdb.DuckDBPyConnection, database: str, address: Address) -> Columns:
    rows = connection.execute(f"describe {_quoted(database, address)}").fetchall()
    return tuple((row[0], row[1]) for row in rows)


def _missing(address: Address, here: str, there: str, columns: Columns, tolerance: float) -> str:
    """The query for the rows that stand here and not there, repeats counted."""
    doubles = [f'"{name}"' for name, kind in columns if kind in ("DOUBLE", "FLOAT")]
    if not tolerance or not doubles:
        return f"from {_quoted(here, address)} except all from {_quoted(there, address)}"
    exact = [f'"{name}"' for name, kind in columns if kind not in ("DOUBLE", "FLOAT")]
    # rows that agree in all but their doubles are paired in the order of the doubles
    number = f"row_number() over (partition by {', '.join(exact)} order by {', '.join(doubles)})"
    left, right = (
        f"(select *, {number} as pair_number from {_quoted(database, address)}) as {side}"
        for database, side in ((here, "here"), (there, "there"))
    )
    same = [f"here.{name} is not distinct from there.{name}" for name in (*exact, "pair_number")]
    near = [
        f"(here.{name} is not distinct from there.{name} or abs(here.{name} - there.{name})"
        f" <= {tolerance} * greatest(1, abs(here.{name})))"
        for name in doubles
    ]
    return f"from {left} anti join {right} on {' and '.join(same + near)}"


def _difference(ours: Columns, theirs: Columns) -> str:
    only_ours = [f"{' '.join(each)} only in coterie" for each in ours if each not in theirs]
    only_theirs = [f"{' '.join(each)} only in dbt" for each in theirs if each not in ours]
    return ", ".join(only_ours + only_theirs) or "another order"


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(f"select count(*) from ({query})").fetchone()
    return int(row[0]) if row else 0


def _examples(connection: duckdb.DuckDBPyConnection, side: str, query: str) -> tuple[str, ...]:
    rows = connection.execute(f"select * from ({query}) limit {EXAMPLE_ROWS}").fetchall()
    return tuple(f"{side}: {row}" for row in rows)


def _quoted(database: str, address: Address) -> str:
    return f'"{database}"."{address.schema}"."{address.table}"'
