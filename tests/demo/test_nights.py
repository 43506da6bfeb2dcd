"""The demo shop, night by night: what follows keys and batches is what building it anew would make.

The nights are rougher than a shop's: rows of every kind come again with what belongs to another row, so that orders
move to other people, lines to other orders, refunds to other lines, and products change.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml

from benchmarks.scale import days

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 1)
NIGHTS = 3
HISTORIES = {"segment_history", "segment_membership_history", "segment_rule_history"}
"""What a shop went through cannot be made anew."""
SOURCES = yaml.safe_load((ROOT / "models/adapters/_sources.yml").read_text(encoding="utf-8"))["sources"]
KEYS = {table["name"]: table["columns"][0]["name"] for table in SOURCES[0]["tables"]}
"""Of each raw table the column that says which row is which."""
EVENTS = {"web_events", "message_events"}
"""A time that moves makes another event of them: their nights are those of the shop."""
NEW = {
    "customers": {
        "birth_date": "cast(timestamp '{}' - interval 18 year as date)",
        "created_at": "timestamp '{}' - interval 12 hour",
        "email": "'new.' || email",
        "last_name": "'New ' || last_name",
    },
    "customer_addresses": {"is_pickup_point": "not is_pickup_point"},
    "orders": {"email": "'new.' || email"},
}
"""What changes alone, each in some rows: they come of age the next night, are made by then, are called otherwise."""


def coterie(folder: Path, *request: str) -> None:
    command = [sys.executable, "-m", "runner.cli", *request]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def build(folder: Path, day: date, target: str) -> None:
    given = f"{{store: generic, store_path: '{folder / 'store'}'}}"
    coterie(folder, "build", "--as-of", f"{day}", "--vars", given, "--target-dir", target)
    assert (folder / target / "serve/coterie.duckdb").exists()


def mix(store: Path, night: int) -> None:
    """One row in three hundred of every table comes again, with what belonged to the next one of them; some are NEW."""
    with duckdb.connect() as connection:
        for table, key in KEYS.items():
            files = [str(each) for each in store.glob(f"{table}[-.]*parquet")]
            if table in EVENTS or not files:
                continue
            rows = f"read_parquet({files}, union_by_name=true)"
            tomorrow = TODAY - timedelta(days=NIGHTS - 2 - night)
            loaded_at = f"timestamp '{tomorrow - timedelta(days=2)} 02:00:00'"
            alone = " ".join(
                f"""
                union all by name
                select * exclude (place) replace ({value.format(tomorrow)} as {column}, {loaded_at} as _loaded_at)
                from placed where place % 120 = {119 - at}
                """
                for at, (column, value) in enumerate(NEW.get(table, {}).items())
            )
            mixed = f"""
                with placed as (select *, row_number() over (order by hash({key}, {night})) as place from {rows}),
                few as (select * from placed where place <= 4 + (select count(*) from placed) // 300)
                select other.* exclude (place) replace (one.{key} as {key}, {loaded_at} as _loaded_at)
                from few as one inner join few as other on other.place = one.place + 1
                {alone}
            """
            connection.execute(f"copy ({mixed}) to '{store / f'{table}-mixed-{night}.parquet'}' (format parquet)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project, with tests that warn: mixed rows are no shop's."""
    place = tmp_path_factory.mktemp("nights")
    for name in ("models", "macros", "seeds", "snapshots", "tests", "demo"):
        (place / name).symlink_to(ROOT / name, target_is_directory=True)
    written = yaml.safe_load((ROOT / "project.yml").read_text(encoding="utf-8"))
    del written["serve"]["audiences"]
    written["data_tests"] = {"+enabled": False}
    (place / "project.yml").write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    coterie(place, "demo", "--customers", "1500", "--output", str(place / "shop"), "--truth", str(place / "truth"))
    return place


def test_night_by_night_is_what_building_anew_makes(folder: Path) -> None:
    shop, arrived = folder / "shop", []
    for night in range(NIGHTS):
        shop, after = days.split(shop, folder / f"night-{night}", TODAY - timedelta(days=night + 1))
        arrived.append(after)
    shop.rename(folder / "store")
    build(folder, TODAY - timedelta(days=NIGHTS), "target")
    for night, after in enumerate(reversed(arrived)):
        days.arrive(after, folder / "store")
        mix(folder / "store", night)
        build(folder, TODAY - timedelta(days=NIGHTS - 1 - night), "target")
    build(folder, TODAY, "anew")
    with duckdb.connect() as connection:
        for name in ("target", "anew"):
            connection.execute(f"attach '{folder / name / 'warehouse.duckdb'}' as {name} (read_only)")
        # not our own records, nor the changes that are kept
        listed = (
            "select schema_name, table_name from duckdb_tables() where database_name = 'anew' and schema_name[1] <> '_'"
        )
        found = connection.execute(listed).fetchall()
        tables = [f'"{schema}"."{table}"' for schema, table in found if table not in HISTORIES]
        counted = "select count(*) from (from {}.{} except all from {}.{})"
        differing = [
            table
            for table in tables
            for one, other in (("target", "anew"), ("anew", "target"))
            if connection.execute(counted.format(one, table, other, table)).fetchall() != [(0,)]
        ]
        followed = """
            select name from target._coterie.run_steps
            where name in (select name from target._coterie.followed)
                and reason not like '%keys' and status <> 'unchanged'
            group by name having count(*) > 1
        """
        anew_again = connection.execute(followed).fetchall()
        served = folder / "target/serve"
        connection.execute(f"attach '{served / 'coterie.duckdb'}' as readers (read_only)")
        listed = "select schema_name, table_name from duckdb_tables() where database_name = 'readers'"
        shown = [each for each in connection.execute(listed).fetchall() if each[0] not in ("_coterie", "main")]
        counted = "select count(*) from (from {} except all from {})"
        unlike = [
            f"{schema}.{table}"
            for schema, table in shown
            for one in (f"readers.{schema}.{table}", f"'{served}/parquet/{schema}/{table}.parquet'")
            for pair in ((f"target.{schema}.{table}", one), (one, f"target.{schema}.{table}"))
            if connection.execute(counted.format(*pair)).fetchall() != [(0,)]
        ]
    assert len(tables) > 250
    assert differing == []
    # and readers find just that, though every version but the first was made from the one before
    assert len(shown) > 150
    assert unlike == []
    # the nights were told by keys, not by making all anew
    assert anew_again == []
