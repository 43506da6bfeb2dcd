"""Churn: who has truly left for good by the last day, told by how likely the lifetime model and the rhythm say so.

A customer is gone when all accounts that we hold for theirs are. Whoever has bought once cannot be told by
P(alive), which is 1 for all of them; the rhythm is judged with and without them.
"""

from __future__ import annotations

import duckdb

from benchmarks.truth.measures import Baseline, Measure, auc

FIXED_DAYS = 90

JUDGED_SILENCES = """
with drop_outs as (
    select
        judged_orders.customer_id,
        bool_and(truth_customers.is_dropped) as is_gone
    from judged_orders
    inner join truth_customers on judged_orders.customer_number = truth_customers.customer_number
    group by judged_orders.customer_id
)
select
    drop_outs.is_gone,
    rhythm.gap_count > 0 as has_returned,
    rhythm.days_since_last_purchase,
    rhythm.activity_ratio,
    lifetime.p_alive
from drop_outs
inner join marts.customer_rhythm as rhythm on drop_outs.customer_id = rhythm.customer_id
inner join marts.customer_lifetime as lifetime on drop_outs.customer_id = lifetime.customer_id
"""


def measures(shop: duckdb.DuckDBPyConnection) -> list[Measure]:
    buyers = shop.execute(JUDGED_SILENCES).fetchall()
    returned = [buyer for buyer in buyers if buyer[1]]
    p_alive = auc((-p_alive, is_gone) for is_gone, _, _, _, p_alive in returned)
    rhythm_of_returned = auc((ratio, is_gone) for is_gone, _, _, ratio, _ in returned)
    rhythm = auc((ratio, is_gone) for is_gone, _, _, ratio, _ in buyers)
    return [
        Measure("churn", "AUC of P(alive), bought again", p_alive, _baselines(returned)),
        Measure("", "AUC of the rhythm, bought again", rhythm_of_returned, _baselines(returned)),
        Measure("", "AUC of the rhythm, every buyer", rhythm, _baselines(buyers)),
    ]


def _baselines(buyers: list[tuple[bool, bool, int, float, float]]) -> tuple[Baseline, ...]:
    return (
        Baseline(f"a fixed {FIXED_DAYS} days", auc((days > FIXED_DAYS, is_gone) for is_gone, _, days, _, _ in buyers)),
        Baseline("days since the last purchase", auc((days, is_gone) for is_gone, _, days, _, _ in buyers)),
    )
