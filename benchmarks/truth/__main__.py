"""What the project says of demo shops, held against what is true of them, beside naive answers.

python -m benchmarks.truth [--customers N] [--seed N]...

One shop has the default seed, one a seed that no rule was tuned on. Fails where a naive answer is as good.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click
import duckdb

from benchmarks.environments import BENCH
from benchmarks.truth import churn, gifts, occasions, replenishment
from benchmarks.truth.measures import is_all_met, print_table

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
TRUTHS = ("customers", "orders", "replenishments")

JUDGED_ORDERS = """
create temp table judged_orders as
select
    orders.order_id,
    orders.customer_id,
    orders.ordered_on,
    truth_orders.customer_number,
    truth_orders.person_id,
    truth_orders.is_gift,
    truth_orders.occasion
from marts.order_facts as orders
inner join marts.customer_360 as customers on orders.customer_id = customers.customer_id
inner join truth_orders on orders.order_id = truth_orders.order_id
where orders.is_valid and customers.may_profile and not customers.is_test
"""


@click.command()
@click.option(
    "--customers", type=click.IntRange(min=2_000), default=10_000, show_default=True, help="Size of each shop."
)
@click.option("--seed", "seeds", multiple=True, type=int, default=(1, 2), show_default=True)
def main(customers: int, seeds: tuple[int, ...]) -> None:
    """Gift givers, occasions, churn and replenishment against the truth of demo shops."""
    are_met = [_judge_shop(customers, seed) for seed in seeds]
    sys.exit(0 if all(are_met) else 1)


def _judge_shop(customers: int, seed: int) -> bool:
    folder = BENCH / "truth" / f"seed-{seed}"
    _build_shop(folder, customers, seed)
    with _opened(folder) as shop:
        questions = (gifts, occasions, churn, replenishment)
        measures = [measure for question in questions for measure in question.measures(shop)]
    print(f"\nseed {seed}, {customers:,} people")
    print_table(measures)
    return is_all_met(measures)


def _build_shop(folder: Path, customers: int, seed: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    size = ("--customers", str(customers), "--seed", str(seed))
    _coterie("demo", *size, "--output", str(folder / "shop"), "--truth", str(folder / "truth"))
    variables = f"{{store: generic, store_format: parquet, store_path: '{folder / 'shop'}'}}"
    _coterie("build", "--no-publish", "--vars", variables, "--target-dir", str(folder / "target"))


def _coterie(*request: str) -> None:
    command = [sys.executable, "-m", "runner.cli", *request]
    done = subprocess.run(command, cwd=PROJECT_FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"coterie {request[0]} failed:\n{done.stdout}{done.stderr}")


def _opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse, read only, with the truth and the orders that are judged beside it."""
    connection = duckdb.connect()
    connection.execute(f"attach '{folder / 'target' / 'warehouse.duckdb'}' as shop (read_only)")
    connection.execute("use shop")
    for name in TRUTHS:
        files = folder / "truth" / f"truth_{name}-*.parquet"
        connection.execute(f"create temp table truth_{name} as select * from read_parquet('{files}')")
    connection.execute(JUDGED_ORDERS)
    return connection


if __name__ == "__main__":
    main()
