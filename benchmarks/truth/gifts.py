"""Gift givers: whoever truly gave a gift in any order, even where the shop cannot tell whose order it was."""

from __future__ import annotations

import duckdb

from benchmarks.truth.measures import Baseline, Measure, Score

KNOWN = "select customer_id from segments.seg_gift_known"
KNOWN_OR_SUSPECTED = f"{KNOWN} union all select customer_id from segments.seg_gift_suspected"
BASELINES = {
    "a gift note or wrap": """
        select customer_id from marts.gift_orders where has_message or has_wrap""",
    "ships elsewhere": """
        select customer_id from marts.order_facts where is_valid and not ships_to_billing_address""",
    "buys in December": """
        select customer_id from marts.order_facts where is_valid and month(ordered_on) = 12""",
    "everybody": "select customer_id from marts.order_facts",
}

JUDGED_BUYERS = """
create temp table judged_buyers as
with givers as (
    select
        person_id,
        bool_or(is_gift_giver) as is_giver
    from truth_customers
    group by person_id
)
select
    judged_orders.customer_id,
    bool_or(givers.is_giver) as is_giver
from judged_orders
inner join givers on judged_orders.person_id = givers.person_id
group by judged_orders.customer_id
"""


def measures(shop: duckdb.DuckDBPyConnection) -> list[Measure]:
    shop.execute(JUDGED_BUYERS)
    known = _score(shop, KNOWN)
    both = _score(shop, KNOWN_OR_SUSPECTED)
    naive = {name: _score(shop, named) for name, named in BASELINES.items()}
    # each of the two alone is easy to win: everybody has all the recall there is
    precisions = tuple(Baseline(name, score.precision, must_be_beaten=False) for name, score in naive.items())
    recalls = tuple(Baseline(name, score.recall, must_be_beaten=False) for name, score in naive.items())
    f1s = tuple(Baseline(name, score.f1) for name, score in naive.items())
    return [
        Measure("gift givers", "known: precision", known.precision, least=0.95),
        Measure("", "known: recall", known.recall),
        Measure("", "known or suspected: precision", both.precision, precisions, least=0.70),
        Measure("", "known or suspected: recall", both.recall, recalls, least=0.80),
        Measure("", "known or suspected: F1", both.f1, f1s),
    ]


def _score(shop: duckdb.DuckDBPyConnection, named: str) -> Score:
    row = shop.execute(
        f"""
        select count_if(is_named), count_if(is_giver), count_if(is_named and is_giver)
        from (select is_giver, customer_id in ({named}) as is_named from judged_buyers)
        """
    ).fetchone()
    assert row is not None
    return Score(*row)
