"""The occasion of a gift: what our rules name, against what the order was truly for.

Naming an occasion for an order that is no gift is wrong; saying nothing about a gift finds nothing. The last
baseline knows what no shop does: which orders are gifts.
"""

from __future__ import annotations

import duckdb

from benchmarks.truth.measures import Baseline, Measure, Score

NAMED_OCCASIONS = """
create temp table named_occasions as
with holidays as (
    select
        calendar_events.country_code,
        calendar_events.event_on,
        min(gift_occasions.occasion) as occasion
    from seeds.calendar_events as calendar_events
    inner join seeds.gift_occasions as gift_occasions using (event_code)
    group by calendar_events.country_code, calendar_events.event_on
),
most_common as (
    select occasion from judged_orders
    where is_gift
    group by occasion
    order by count(*) desc, occasion
    limit 1
)
select
    judged_orders.is_gift,
    judged_orders.occasion as true_occasion,
    found.occasion as ours,
    case when found.order_id is not null then most_common.occasion end as most_common,
    case when judged_orders.is_gift then most_common.occasion end as told_most_common,
    holidays.occasion as next_holiday
from judged_orders
cross join most_common
left join marts.gift_order_occasions as found on judged_orders.order_id = found.order_id
asof left join holidays
    on found.country_code = holidays.country_code
    and judged_orders.ordered_on <= holidays.event_on
"""


def measures(shop: duckdb.DuckDBPyConnection) -> list[Measure]:
    shop.execute(NAMED_OCCASIONS)
    ours = _score(shop, "ours")
    naive = {
        "the most common one, of orders we find": _score(shop, "most_common"),
        "the next holiday, of orders we find": _score(shop, "next_holiday"),
    }
    told = _score(shop, "told_most_common")
    precisions = [Baseline(name, score.precision) for name, score in naive.items()]
    recalls = [Baseline(name, score.recall) for name, score in naive.items()]
    told_name = "the most common one, told which are gifts"
    precisions.append(Baseline(told_name, told.precision))
    recalls.append(Baseline(told_name, told.recall, must_be_beaten=False))
    return [
        Measure("occasion", "right, of those named (precision)", ours.precision, tuple(precisions)),
        Measure("", "right, of all true gifts (recall)", ours.recall, tuple(recalls)),
    ]


def _score(shop: duckdb.DuckDBPyConnection, named: str) -> Score:
    row = shop.execute(
        f"select count({named}), count_if(is_gift), count_if({named} = true_occasion) from named_occasions"
    ).fetchone()
    assert row is not None
    return Score(*row)
