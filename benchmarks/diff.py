"""How two versions of a table are compared fastest: 5 million rows against 5 million, six columns.

Every formulation gives the same counts; the runner's own must take less than two seconds on two cores, examples and
the test of the key included. Formulations take turns, so that a busy machine is busy for all.

python -m benchmarks.diff [--rows N] [--rounds N]
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from runner.diff import RowDiff, checksum_sql, compare
from runner.warehouse import Cursor, Settings, Warehouse

FOLDER = Path(__file__).resolve().parents[1] / "target" / "bench" / "diff"
LIMIT = 2.0
COLUMNS = ("visits", "points", "spent", "name", "seen_on")
OLD, NEW = "old.main.people", "new.main.people"
KEYS = {"bigint": "i", "varchar": "'customer-' || i"}

Counts = tuple[int, int, int]


def main(rows: int = 5_000_000, rounds: int = 3) -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    is_good = True
    with Warehouse(None, Settings(threads=2)) as warehouse:
        cursor = warehouse.cursor()
        for side in ("old", "new"):
            cursor.run(f"attach '{FOLDER / side}.duckdb' as {side}")
        for kind, key in KEYS.items():
            make(cursor, rows, key)
            is_good &= report(kind, cursor, rounds)
    return 0 if is_good else 1


def make(cursor: Cursor, rows: int, key: str) -> None:
    """Two versions, both shuffled: 1 in 1,000 removed, as many added, 2 % and 1.3 % changed in one column each."""
    cursor.run(f"""
        create or replace table {OLD} as
        select {key} as id, i % 1000 as visits, (i * 7) % 100000 as points, (i * 0.01)::decimal(18, 4) as spent,
            'name ' || (i % 5000) as name, date '2020-01-01' + (i % 2000)::integer as seen_on
        from range({rows}) as t (i) order by hash(i)""")
    cursor.run(f"""
        create or replace table {NEW} as
        select * replace (
            case when hash(id) % 50 = 0 then visits + 1 else visits end as visits,
            (case when hash(id) % 77 = 0 then spent + 1 else spent end)::decimal(18, 4) as spent
        )
        from {OLD} where hash(id) % 1000 <> 0 order by hash(id, 1)""")
    cursor.run(f"""
        insert into {NEW}
        select {key}, 0, 0, 0, '', date '2020-01-01' from range({rows}, {rows + rows // 1000}) as t (i)""")
    cursor.run("checkpoint old")
    cursor.run("checkpoint new")


def report(kind: str, cursor: Cursor, rounds: int) -> bool:
    found: dict[str, Counts] = {}
    seconds: dict[str, float] = {}
    for _ in range(rounds):
        for name, formulation in FORMULATIONS.items():
            started = time.perf_counter()
            found[name] = formulation(cursor)
            seconds[name] = min(seconds.get(name, 1e9), time.perf_counter() - started)
    own = seconds["compare"]
    print(f"\nkey of type {kind}: added, removed, changed = {found['compare']}")
    for name, best in seconds.items():
        print(f"  {name:45} {best:6.2f} s  {best / own:5.2f} x")
    keyed = {counts for name, counts in found.items() if not name.startswith("no key")}
    if len(keyed) > 1:
        print(f"  THE COUNTS DIFFER: {found}")
    print(f"  {'ok' if own < LIMIT else 'TOO SLOW'}: limit {LIMIT} s")
    return own < LIMIT and len(keyed) == 1


def counts(diff: RowDiff) -> Counts:
    return diff.added, diff.removed, diff.changed


def only(cursor: Cursor, query: str) -> Counts:
    added, removed, changed = cursor.rows(query)[0]
    return added, removed, changed


def join_of_columns(cursor: Cursor) -> Counts:
    """The join inside `compare`, without the test of the key and without examples."""
    differs = " or ".join(f"o.{name} is distinct from n.{name}" for name in COLUMNS)
    return only(
        cursor,
        f"""select count(*) filter (o.id is null), count(*) filter (n.id is null),
            count(*) filter (o.id is not null and n.id is not null and ({differs}))
        from {OLD} as o full join {NEW} as n using (id)""",
    )


def join_of_hashes(cursor: Cursor) -> Counts:
    """Says that a row changed, not which column: that would take another join of the changed ones."""
    sides = [f"select id, hash({', '.join(COLUMNS)}) as h from {each}" for each in (OLD, NEW)]
    return only(
        cursor,
        f"""select count(*) filter (o.id is null), count(*) filter (n.id is null), count(*) filter (o.h <> n.h)
        from ({sides[0]}) as o full join ({sides[1]}) as n using (id)""",
    )


def group_by_key(cursor: Cursor) -> Counts:
    """Both sides in one heap, with a hash for each column; NULL and repeated keys come for free."""
    hashes = ", ".join(f"hash({name}) as {name}" for name in COLUMNS)
    mixed = ", ".join(f"bit_xor({name}) as {name}" for name in COLUMNS)
    differs = " or ".join(f"{name} <> 0" for name in COLUMNS)
    return only(
        cursor,
        f"""select count(*) filter (olds = 0), count(*) filter (news = 0),
            count(*) filter (olds = 1 and news = 1 and ({differs}))
        from (
            select id, count(*) filter (side = 0) as olds, count(*) filter (side = 1) as news, {mixed}
            from (select id, 0 as side, {hashes} from {OLD} union all select id, 1, {hashes} from {NEW})
            group by id
        )""",
    )


def signed_rows(cursor: Cursor) -> Counts:
    """Rows without a partner, then by key: who is on both sides has changed."""
    columns = ", ".join(("id", *COLUMNS))
    return only(
        cursor,
        f"""select count(*) filter (least = 1), count(*) filter (most = -1), count(*) filter (least <> most)
        from (
            select id, min(balance) as least, max(balance) as most
            from (
                select id, sum(side) as balance
                from (select {columns}, 1 as side from {NEW} union all select {columns}, -1 from {OLD})
                group by {columns} having sum(side) <> 0
            )
            group by id
        )""",
    )


def checksums(cursor: Cursor) -> Counts:
    for relation in (OLD, NEW):
        cursor.rows(checksum_sql(relation, ("id", *COLUMNS)))
    return 0, 0, 0


FORMULATIONS: dict[str, Callable[[Cursor], Counts]] = {
    "compare": lambda cursor: counts(compare(cursor, OLD, NEW, ["id"])),
    "full join, column by column": join_of_columns,
    "full join of row hashes": join_of_hashes,
    "union all, grouped by key": group_by_key,
    "union all, signed whole rows": signed_rows,
    "no key: compare as a bag": lambda cursor: counts(compare(cursor, OLD, NEW)),
    "no key: two checksums": checksums,
}


@click.command()
@click.option("--rows", default=5_000_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
def command(rows: int, rounds: int) -> None:
    sys.exit(main(rows, rounds))


if __name__ == "__main__":
    command()
