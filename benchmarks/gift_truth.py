"""How well the rules find gift givers, on demo shops whose truth is known.

One shop has the default seed, one a seed that no rule was tuned on. The truth is about persons:
whoever truly gave a gift in any order is a giver, even where the shop cannot tell whose it was.

python -m benchmarks.gift_truth [--customers N] [--seed N]...
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
BENCH_FOLDER = PROJECT_FOLDER / "target" / "bench" / "gift_truth"

KNOWN = "gift_known"
KNOWN_OR_SUSPECTED = "gift_known + gift_suspected"
TARGETS = {KNOWN: (0.95, 0.0), KNOWN_OR_SUSPECTED: (0.70, 0.80)}
"""The least precision and the least recall."""

FOUND = {
    KNOWN: "select customer_id from segments.seg_gift_known",
    KNOWN_OR_SUSPECTED: """
        select customer_id from segments.seg_gift_known
        union all select customer_id from segments.seg_gift_suspected""",
    "baseline: a gift note or wrap": """
        select customer_id from marts.gift_orders where has_message or has_wrap""",
    "baseline: ships elsewhere": """
        select customer_id from marts.order_facts
        where is_valid and not ships_to_billing_address""",
    "baseline: buys in December": """
        select customer_id from marts.order_facts
        where is_valid and month(ordered_on) = 12""",
    "baseline: everybody": "select customer_id from marts.order_facts",
}

JUDGED = """
create temp table judged as
with givers as (
    select person_id, bool_or(is_gift_giver) as is_giver
    from read_parquet($truth || '/truth_customers-*.parquet')
    group by person_id
)
select customers.customer_id, bool_or(givers.is_giver) as is_giver
from marts.customer_360 as customers
inner join marts.order_facts as orders using (customer_id)
inner join read_parquet($truth || '/truth_orders-*.parquet') as truth using (order_id)
inner join givers on truth.person_id = givers.person_id
where orders.is_valid and customers.may_profile and not customers.is_test
group by customers.customer_id
"""

SIGNALS = """
select signal_code, any_value(signal_class), count(distinct customer_id), avg(is_giver::integer)
from (select distinct signal_code, signal_class, customer_id from marts.gift_signals)
inner join judged using (customer_id)
group by signal_code
order by 4 desc, 1
"""


@dataclass(frozen=True)
class Score:
    found: int
    true_givers: int
    hits: int

    @property
    def precision(self) -> float:
        return self.hits / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.true_givers if self.true_givers else 0.0


@click.command()
@click.option("--customers", default=10_000, show_default=True, help="Size of each shop.")
@click.option("--seed", "seeds", multiple=True, type=int, default=(1, 2), show_default=True)
def main(customers: int, seeds: tuple[int, ...]) -> None:
    """Precision and recall of the gift segments against the truth of the demo shop."""
    results = [_judge_shop(customers, seed) for seed in seeds]
    sys.exit(0 if all(results) else 1)


def _judge_shop(customers: int, seed: int) -> bool:
    folder = BENCH_FOLDER / f"seed-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    shop, truth = folder / "shop", folder / "truth"
    size = ["--customers", str(customers), "--seed", str(seed)]
    _coterie("demo", *size, "--output", str(shop), "--truth", str(truth))
    _coterie(
        *("build", "--no-publish"),
        *("--vars", f"{{store: generic, store_format: parquet, store_path: '{shop}'}}"),
        *("--target-dir", str(folder / "target")),
    )
    connection = _judged(folder / "target" / "warehouse.duckdb", truth)
    scores = {name: _score(connection, found) for name, found in FOUND.items()}
    print(f"\nseed {seed}, {customers:,} accounts: {scores[KNOWN].true_givers:,} buyers give gifts")
    are_met = [_print_score(name, score) for name, score in scores.items()]
    _print_signals(connection.execute(SIGNALS).fetchall())
    return all(are_met)


def _coterie(*request: str) -> None:
    command = [sys.executable, "-m", "runner.cli", *request]
    done = subprocess.run(command, cwd=PROJECT_FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"coterie {request[0]} failed:\n{done.stdout}{done.stderr}")


def _judged(warehouse: Path, truth: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse read-only, with a table of the buyers and whether they truly give."""
    connection = duckdb.connect()
    connection.execute(f"attach '{warehouse}' as shop (read_only)")
    connection.execute("use shop")
    connection.execute(JUDGED, {"truth": str(truth)})
    return connection


def _score(connection: duckdb.DuckDBPyConnection, found: str) -> Score:
    row = connection.execute(
        f"""
        select count_if(is_found), count_if(is_giver), count_if(is_found and is_giver)
        from (select is_giver, customer_id in ({found}) as is_found from judged)
        """
    ).fetchone()
    assert row is not None
    return Score(*row)


def _print_score(name: str, score: Score) -> bool:
    least_precision, least_recall = TARGETS.get(name, (0.0, 0.0))
    is_met = score.precision >= least_precision and score.recall >= least_recall
    target = f"target {least_precision:.2f} and {least_recall:.2f}: {'met' if is_met else 'MISSED'}"
    print(
        f"  {name:<30} {score.found:>7,} found"
        f"   precision {score.precision:.3f}   recall {score.recall:.3f}"
        f"   {target if name in TARGETS else ''}".rstrip()
    )
    return is_met


def _print_signals(rows: Sequence[tuple[str, str, int, float]]) -> None:
    print("  signal                 class      customers   true givers among them")
    for code, signal_class, customers, precision in rows:
        print(f"  {code:<22} {signal_class:<10} {customers:>9,}   {precision:.3f}")


if __name__ == "__main__":
    main()
