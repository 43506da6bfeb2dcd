"""A reader of what the small test project publishes: one consistent look, or looks without end.

python -m benchmarks.published_reader SERVE_FOLDER REPORT_FILE

Opens the file anew for every look, as a BI tool does on refresh, until SERVE_FOLDER/stop is there.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

TABLES = (
    "marts.order_facts",
    "marts.customer_orders",
    "marts.country_revenue",
    "segments.seg_big_spender",
    "segments.seg_one_timer",
    "segments.segment_membership",
    "segments.segment_sizes",
)
MOST_EXAMPLES = 3
ONE_THREAD = {"threads": 1}


@dataclass(frozen=True)
class Sight:
    """What one query saw over all tables."""

    stamps: tuple[int, ...]
    order_count: int
    customer_order_count: int

    @staticmethod
    def orders_of(stamp: int) -> int:
        """How many orders a build with this stamp makes: another number for every build."""
        return 4_000 + 4 * stamp

    @property
    def stamp(self) -> int:
        return self.stamps[0]

    @property
    def is_mixture(self) -> bool:
        wanted = self.orders_of(self.stamp)
        return len(self.stamps) > 1 or {self.order_count, self.customer_order_count} != {wanted}


def look(serve: Path) -> Sight:
    """The published DuckDB file, opened as a reader opens it."""
    path = str(serve / "coterie.duckdb")
    with duckdb.connect(path, read_only=True, config=ONE_THREAD) as connection:
        return _sight(connection, {table: table for table in TABLES})


def look_at_parquet(serve: Path) -> Sight:
    """The Parquet tree. Who reads several of its files resolves the link once."""
    folder = (serve / "parquet").resolve()
    with duckdb.connect(":memory:", config=ONE_THREAD) as connection:
        files = {table: f"{folder / table.replace('.', '/')}.parquet" for table in TABLES}
        return _sight(connection, {table: f"'{path}'" for table, path in files.items()})


def _sight(connection: duckdb.DuckDBPyConnection, places: dict[str, str]) -> Sight:
    stamps = " union ".join(f"select build_stamp from {place}" for place in places.values())
    row = connection.execute(
        f"""
        select
            (select list(build_stamp order by build_stamp) from ({stamps})),
            (select count(*) from {places["marts.order_facts"]}),
            (select sum(order_count) from {places["marts.customer_orders"]})
        """
    ).fetchone()
    assert row is not None
    return Sight(tuple(row[0]), row[1], int(row[2]))


def watch(serve: Path) -> dict[str, int | list[str]]:
    """Look without a pause; what went wrong is counted, with a few examples."""
    reads = errors = mixtures = steps_back = 0
    examples: list[str] = []
    versions = {0}
    while not (serve / "stop").exists():
        for way in (look, look_at_parquet):
            reads += 1
            try:
                sight = way(serve)
            except (duckdb.Error, OSError) as e:
                errors += 1
                examples.append(f"{way.__name__}: {e}")
                continue
            mixtures += sight.is_mixture
            if sight.is_mixture:
                examples.append(f"{way.__name__}: {sight}")
            if way is look:
                steps_back += sight.stamp < max(versions)
                versions.add(sight.stamp)
    return {
        "reads": reads,
        "errors": errors,
        "mixtures": mixtures,
        "steps_back": steps_back,
        "versions": len(versions) - 1,
        "examples": examples[:MOST_EXAMPLES],
    }


if __name__ == "__main__":
    os.nice(10)  # four readers without a pause must not starve the builder on a small machine
    Path(sys.argv[2]).write_text(json.dumps(watch(Path(sys.argv[1]))))
