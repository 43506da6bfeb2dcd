"""Replenishment: how long one unit lasts a person, as we estimate it from two or more purchases."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb

from benchmarks.truth.measures import Baseline, Measure, mean_error, median_error

JUDGED_INTERVALS = """
with accounts as (
    select
        customer_id,
        customer_number
    from judged_orders
    group by customer_id, customer_number
),
gaps as (
    select
        customer_id,
        product_id,
        ordered_on,
        date_diff('day', lag(ordered_on) over (
            partition by customer_id, product_id order by ordered_on
        ), ordered_on) as gap_days
    from intermediate.replenishment_gaps
),
last_gaps as (
    select
        customer_id,
        product_id,
        max_by(gap_days, ordered_on) as last_gap_days
    from gaps
    group by customer_id, product_id
)
select
    truth.true_interval_days,
    estimates.purchase_count,
    estimates.days_per_unit,
    last_gaps.last_gap_days,
    products.stated_days
from truth_replenishments as truth
inner join accounts on truth.customer_number = accounts.customer_number
inner join marts.customer_replenishment as estimates
    on accounts.customer_id = estimates.customer_id
    and truth.product_id = estimates.product_id
inner join last_gaps
    on estimates.customer_id = last_gaps.customer_id
    and estimates.product_id = last_gaps.product_id
inner join marts.product_replenishment as products on estimates.product_id = products.product_id
"""

Interval = tuple[float, int, float, int, int]
Error = Callable[[Sequence[tuple[float, float]]], float]


def measures(shop: duckdb.DuckDBPyConnection) -> list[Measure]:
    intervals = shop.execute(JUDGED_INTERVALS).fetchall()
    bought_twice = [interval for interval in intervals if interval[1] == 2]
    return [
        _measure("replenishment", f"median error, {len(intervals)} people", median_error, intervals),
        _measure("", "mean error", mean_error, intervals),
        _measure("", f"median error, {len(bought_twice)} with one gap", median_error, bought_twice, is_told_only=True),
    ]


def _measure(
    question: str, name: str, error: Error, intervals: list[Interval], *, is_told_only: bool = False
) -> Measure:
    naive = {
        "a fixed 30 days": [(30.0, true) for true, *_ in intervals],
        "a fixed 90 days": [(90.0, true) for true, *_ in intervals],
        "the days that the shop states": [(float(stated), true) for true, *_, stated in intervals],
        "the last gap": [(float(gap), true) for true, _, _, gap, _ in intervals],
    }
    ours = error([(estimate, true) for true, _, estimate, _, _ in intervals])
    baselines = (Baseline(name, error(pairs), not is_told_only) for name, pairs in naive.items())
    return Measure(question, name, ours, tuple(baselines), is_error=True)
