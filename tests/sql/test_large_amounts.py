"""A shop in a currency of large numbers builds like any other: a demo shop, its amounts a billion times as high."""

import subprocess
import sys
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]
TIMES = 1_000_000_000
SHARES = ("holdout_pct", "value")


def coterie(*words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "runner.cli", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]


def test_amounts_of_twelve_digits_build(tmp_path):
    coterie("demo", "--customers", "60", "--output", str(tmp_path / "shop"), "--truth", str(tmp_path / "truth"))
    changed = 0
    with duckdb.connect() as connection:
        for path in sorted((tmp_path / "shop").glob("*.parquet")):
            columns = connection.execute(f"describe from '{path}'").fetchall()
            money = [row[0] for row in columns if row[1] == "DECIMAL(18,4)" and row[0] not in SHARES]
            if money:
                larger = ", ".join(f"cast({name} * {TIMES} as decimal(18, 4)) as {name}" for name in money)
                connection.execute(f"create or replace table larger as select * replace ({larger}) from '{path}'")
                connection.execute(f"copy larger to '{path}' (format parquet)")
                changed += len(money)
        assert changed >= 20
        coterie("build", "--vars", f"{{store_path: {tmp_path / 'shop'}}}", "--target-dir", str(tmp_path / "target"))
        connection.execute(f"attach '{tmp_path / 'target' / 'serve' / 'coterie.duckdb'}' as built (read_only)")
        found = connection.execute("select max(gross_revenue) from built.marts.order_facts").fetchall()
        assert found[0][0] > 100 * TIMES
