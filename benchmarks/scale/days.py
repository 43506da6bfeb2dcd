"""A demo shop as it was delivered: what had come in up to a day, and what came the day after, as files of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

LOADED_BY = "timestamp '{day} 03:00:00'"
"""The night's load: what happened before the day is there by three in the morning."""


def split(shop: Path, folder: Path, day: date) -> tuple[Path, Path]:
    """Writes below `folder` the files as of `day` and those of the day after; returns both folders."""
    before, after = folder / "before", folder / "after"
    shutil.rmtree(folder, ignore_errors=True)
    before.mkdir(parents=True)
    after.mkdir()
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = true")
        for table, files in _tables(shop):
            _split_table(connection, table, files, before, after, LOADED_BY.format(day=day))
    return before, after


def arrive(after: Path, store: Path) -> int:
    """The day's files come to the store's own; returns their bytes."""
    for file in after.iterdir():
        shutil.copy2(file, store / file.name)
    return sum(file.stat().st_size for file in after.iterdir())


def _tables(shop: Path) -> Iterable[tuple[str, list[Path]]]:
    tables: dict[str, list[Path]] = {}
    for file in sorted(shop.glob("*.parquet")):
        tables.setdefault(file.stem.partition("-")[0], []).append(file)
    return tables.items()


def _split_table(
    connection: duckdb.DuckDBPyConnection, table: str, files: list[Path], before: Path, after: Path, limit: str
) -> None:
    is_late = f"_loaded_at >= {limit}"
    every = f"read_parquet({[str(file) for file in files]})"
    # what all came in at once is the state of today: catalogue, address book; it stood like that the day before
    if connection.execute(f"select bool_and({is_late}) from {every}").fetchall()[0][0]:
        is_late = "false"
    for file in files:
        if connection.execute(f"select count(*) from '{file}' where {is_late}").fetchall()[0][0]:
            rows = f"select * from '{file}' where ({is_late}) is not true"
            connection.execute(f"copy ({rows}) to '{before / file.name}' (format parquet)")
        else:
            os.link(file, before / file.name)
    rows = f"select * from {every} where {is_late}"
    if connection.execute(f"select count(*) from ({rows})").fetchall()[0][0]:
        connection.execute(f"copy ({rows}) to '{after / f'{table}-{limit[11:21]}.parquet'}' (format parquet)")
