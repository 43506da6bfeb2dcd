"""Affinity against brute force: every pair of every basket counted by hand, on small random shops."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from math import sqrt

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sql.modelled import Models

LIMITS = {"affinity_min_baskets": 2, "affinity_min_lift": 1.2, "affinity_next_window_days": 5}
START = date(2026, 1, 1)
ITEMS = (
    "order_id varchar, customer_id varchar, product_id varchar, quantity int, net_revenue decimal(18, 4), "
    "margin decimal(18, 4), is_sensitive boolean, is_warranty boolean, is_first_order boolean, ordered_on date"
)
# what people do, as days and baskets: A before B in time, too late, on the same day, the other way round, alone...
STORIES = [
    [(0, "A"), (3, "B")],
    [(0, "A"), (5, "B"), (9, "A")],
    [(0, "A"), (6, "B")],
    [(0, "AB")],
    [(0, "B"), (1, "A")],
    [(0, "C")],
    [(0, "CD"), (2, "E")],
    [(0, "D"), (4, "C"), (4, "AE")],
]
# a story is told by many people: only then do products go together, and brute force has something to find
CROWDS = st.lists(st.tuples(st.sampled_from(STORIES), st.integers(1, 30)), max_size=6)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(CROWDS)
def test_affinity_is_what_brute_force_counts(crowds):
    expected, found = both_ways([story for story, number in crowds for _ in range(number)])
    assert found == expected


def test_brute_force_has_something_to_find_in_both_modes():
    """8 orders hold A and B; 22 people came for B within five days after A."""
    people = [STORIES[0]] * 20 + [STORIES[1]] * 2 + [STORIES[3]] * 8 + [STORIES[5]] * 300
    expected, found = both_ways(people)
    assert found == expected
    assert {key: pairs for key, (pairs, _) in found.items()} == {
        ("basket", "A", "B"): 8,
        ("basket", "B", "A"): 8,
        ("next", "A", "B"): 22,
    }


def both_ways(people):
    """What brute force counts, and what the models find."""
    visits = [(f"p{who}", day, frozenset(kind)) for who, story in enumerate(people) for day, kind in story]
    orders = [(f"o{number}", *visit) for number, visit in enumerate(visits)]
    models = Models({**LIMITS, "affinity_max_basket_products": 5})
    # E is a sensitive product: in baskets, never in pairs
    rows = [
        (order, who, product, 1, 10, 4, product == "E", False, False, START + timedelta(day))
        for order, who, day, products in orders
        for product in sorted(products)
    ]
    models.given("kept_items", ITEMS, rows)
    models.given("gift_order_items", "order_id varchar, product_id varchar, ordered_on date", [])
    models.run("customer_products")
    models.run("affinity_items")
    found = {
        (row["mode"], row["product_id"], row["other_product_id"]): (row["pair_count"], round(row["lift"], 9))
        for row in models.run("product_affinity")
    }
    together = {order: products - {"E"} for order, _, _, products in orders if products - {"E"}}
    in_baskets = brute_force("basket", together, lambda basket, a, b: True)
    return in_baskets | brute_force("next", *first_purchases(orders)), found


def first_purchases(orders):
    first: dict[str, dict[str, int]] = {}
    for _, who, day, products in orders:
        for product in products - {"E"}:
            days = first.setdefault(who, {})
            days[product] = min(day, days.get(product, day))

    def is_soon_after(who, a, b):
        return 1 <= first[who][b] - first[who][a] <= LIMITS["affinity_next_window_days"]

    return {who: frozenset(days) for who, days in first.items()}, is_soon_after


def brute_force(mode, baskets, is_pair):
    kept = {}
    for a, b in permutations("ABCD", 2):
        with_a = sum(a in products for products in baskets.values())
        with_b = sum(b in products for products in baskets.values())
        both = sum({a, b} <= products and is_pair(basket, a, b) for basket, products in baskets.items())
        if both < LIMITS["affinity_min_baskets"]:
            continue
        lift = both / with_a / (with_b / len(baskets))
        if lift >= LIMITS["affinity_min_lift"] and wilson_low(both, with_a) > with_b / len(baskets):
            kept[mode, a, b] = (both, round(lift, 9))
    return kept


def wilson_low(hits: int, trials: int, z: float = 1.959963984540054) -> float:
    share = hits / trials
    middle = share + z * z / (2 * trials)
    return (middle - z * sqrt(share * (1 - share) / trials + z * z / (4 * trials**2))) / (1 + z * z / trials)


def test_a_published_interval():
    """Newcombe (1998), table I: 81 of 263 is 0.2553 to 0.3662 by Wilson's method."""
    models = Models({"affinity_min_baskets": 20})
    rows = [("basket", f"{number}", "A", START) for number in range(263)]
    rows += [("basket", f"{number}", "B", START) for number in range(81)]
    rows += [("basket", f"{number}", "C", START) for number in range(263, 1263)]
    models.given("affinity_items", "mode varchar, basket_id varchar, product_id varchar, bought_on date", rows)
    (low,) = [row["confidence_low"] for row in models.run("product_affinity") if row["product_id"] == "A"]
    assert round(low, 4) == 0.2553


def test_lift_has_no_direction_and_strong_pairs_are_found():
    """60 orders: A and B always together in 20, the others alone. 20 / 60 / (20/60 * 20/60) = 3."""
    models = Models({"affinity_min_baskets": 20})
    rows = [("basket", f"{number}", product, START) for number in range(20) for product in "AB"]
    rows += [("basket", f"{number}", "C", START) for number in range(20, 60)]
    models.given("affinity_items", "mode varchar, basket_id varchar, product_id varchar, bought_on date", rows)
    pairs = {(row["product_id"], row["other_product_id"]): row["lift"] for row in models.run("product_affinity")}
    assert pairs == {("A", "B"): 3.0, ("B", "A"): 3.0}
