"""Cohorts, repeat rates, rhythm, RFM, tiers and categories of a small shop, computed again in plain Python.

The computations here follow the definitions, one customer at a time; none of them is the SQL in other words.
"""

import bisect
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise, permutations
from math import floor, sqrt
from pathlib import Path
from statistics import median

import duckdb
import pytest
from jinja2 import Environment

ROOT = Path(__file__).parents[2]
Z = 1.959963984540054
PEOPLE = 400
TODAY = date(2026, 11, 1)
WANTED = (
    "cohort_retention cohort_repeat_rates store_repeat_rates period_retention customer_rhythm customer_rfm "
    "customer_tiers category_affinity first_product_retention"
)


def coterie(*words: str) -> None:
    command = [sys.executable, "-m", "runner.cli", *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    home = tmp_path_factory.mktemp("cohorts")
    coterie("demo", "--customers", str(PEOPLE), "--output", str(home / "shop"), "--truth", str(home / "truth"))
    models = [f"+{name}" for name in WANTED.split()]
    target = home / "target"
    coterie("build", *models, "--no-publish", "--vars", f"{{store_path: {home / 'shop'}}}", "--target-dir", str(target))
    os.chdir(ROOT)
    with duckdb.connect(str(target / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def orders(shop):
    query = """
        select customer_id, ordered_on, net_revenue, margin, is_fully_refunded, order_id, is_first_order
        from marts.order_facts where customer_id is not null and is_valid
    """
    return shop.execute(query).fetchall()


@pytest.fixture(scope="module")
def days(orders):
    """By customer: the days with a purchase that was kept, in order."""
    found = defaultdict(set)
    for customer, day, _, _, sent_back, *_ in orders:
        if not sent_back:
            found[customer].add(day)
    return {customer: sorted(each) for customer, each in found.items()}


def month(day: date, later: int = 0) -> date:
    number = day.year * 12 + day.month - 1 + later
    return date(number // 12, number % 12 + 1, 1)


def test_cohort_retention(shop, days):
    first = min(each[0] for each in days.values())
    expected = {}
    start = month(first)
    while start < month(TODAY):
        members = [each for each in days.values() if month(each[0]) == start]
        number = 0
        while month(start, number) < month(TODAY):
            active = sum(any(month(day) == month(start, number) for day in each) for each in members)
            expected[start, number] = (len(members), active)
            number += 1
        start = month(start, 1)
    query = "select cohort_month, month_number, customer_count, active_customer_count from marts.cohort_retention"
    found = {(cohort, number): (size, active) for cohort, number, size, active in shop.execute(query).fetchall()}
    assert found == expected
    assert len(found) > 500


def test_period_retention(shop, days):
    buyers = defaultdict(set)
    for customer, each in days.items():
        for day in each:
            buyers[month(day)].add(customer)
    found = shop.execute("select month_on, customer_count, kept_customer_count from marts.period_retention").fetchall()
    assert len(found) == 36
    for on, size, kept in found:
        assert size == len(buyers[on])
        is_known = month(on, 1) < month(TODAY)
        assert kept == (len(buyers[on] & buyers[month(on, 1)]) if is_known else None)


@pytest.mark.parametrize("window", [90, 180, 365])
def test_repeat_rates(shop, days, window):
    def came_back(each):
        return len(each) > 1 and each[1] - each[0] <= timedelta(days=window)

    mature = [each for each in days.values() if (TODAY - each[0]).days >= window]
    found = shop.execute(
        "select customer_count, repeat_customer_count from marts.store_repeat_rates where window_days = ?", [window]
    ).fetchall()
    assert found == [(len(mature), sum(map(came_back, mature)))]
    cohorts = defaultdict(list)
    for each in days.values():
        cohorts[month(each[0])].append(each)
    query = "select cohort_month, customer_count, repeat_rate from marts.cohort_repeat_rates where window_days = ?"
    rows = shop.execute(query, [window]).fetchall()
    assert {row[0] for row in rows} == set(cohorts)
    for cohort, size, rate in rows:
        assert size == len(cohorts[cohort])
        last_day = month(cohort, 1) - timedelta(days=1)
        if (TODAY - last_day).days < window:
            assert rate is None
        else:
            assert rate == pytest.approx(sum(map(came_back, cohorts[cohort])) / size)


def test_all_time_repeat_rate(shop, days):
    query = "select repeat_rate from marts.store_repeat_rates where repeat_window = 'all_time'"
    several = sum(len(each) > 1 for each in days.values())
    assert shop.execute(query).fetchall() == [(pytest.approx(several / len(days)),)]


def quantile(values: list[int], share: Fraction) -> Fraction:
    """Between two values, in proportion: what a spreadsheet calls PERCENTILE.INC."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    lower = floor(place)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (place - lower) * (ordered[upper] - ordered[lower])


def test_rhythm(shop, days):
    gaps = {customer: [(b - a).days for a, b in pairwise(each)] for customer, each in days.items()}
    old = [customer for customer, each in days.items() if (TODAY - each[0]).days >= 365]
    usual = median(gap for customer in old for gap in gaps[customer])
    second = [gaps[customer][0] for customer in old if gaps[customer]]
    query = "select customer_id, expected_interval_days, activity_state, activity_ratio from marts.customer_rhythm"
    found = {row[0]: row[1:] for row in shop.execute(query).fetchall()}
    assert set(found) == set(days)
    seen = Counter()
    for customer, own in gaps.items():
        silence = (TODAY - days[customer][-1]).days
        if own:
            expected = max(7, min(365, (len(own) * median(own) + 2 * usual) / (len(own) + 2)))
            limits = (expected, 3 * expected)
        elif len(second) >= 100:
            expected = median(second)
            limits = (quantile(second, Fraction(3, 4)), quantile(second, Fraction(9, 10)))
        else:
            expected, limits = 90, (90, 180)
        state = "active" if silence <= limits[0] else "at_risk" if silence <= limits[1] else "lapsed"
        assert found[customer] == (pytest.approx(expected), state, pytest.approx(silence / expected))
        seen[state, bool(own)] += 1
    assert len(seen) >= 5, "too few kinds of customers to prove anything"


def scores(values: dict[str, object]) -> dict[str, int]:
    """1 to 5 by how many others have less; equal values share a score."""
    ordered = sorted(values.values())
    others = len(ordered) - 1
    return {
        key: min(5, 1 + floor(Fraction(5 * bisect.bisect_left(ordered, value), others)))
        for key, value in values.items()
    }


def test_rfm(shop, orders):
    recency, frequency, monetary = {}, defaultdict(set), Counter()
    for customer, day, revenue, _, sent_back, *_ in orders:
        recency[customer] = max(recency.get(customer, date.min), day)
        frequency[customer] |= set()
        monetary[customer] += 0
        if (TODAY - day).days <= 365:
            monetary[customer] += revenue
            if not sent_back:
                frequency[customer].add(day)
    assert len(recency) >= 100
    r, f, m = scores(recency), scores({k: len(v) for k, v in frequency.items()}), scores(monetary)
    found = dict(shop.execute("select customer_id, rfm_score from marts.customer_rfm").fetchall())
    assert found == {customer: f"{r[customer]}-{f[customer]}-{m[customer]}" for customer in recency}


def test_tiers(shop, orders):
    steps = {"member": 0, "silver": Fraction(1, 2), "gold": Fraction(4, 5), "premium": Fraction(19, 20)}
    ranks = {name: number for number, name in enumerate(steps)}

    def standing(back: int) -> dict[str, str]:
        margins = Counter()
        for customer, day, _, margin, *_ in orders:
            if (TODAY - day).days >= back:
                margins[customer] += margin
        ordered = sorted(margins.values())
        return {
            customer: [
                name for name, share in steps.items() if bisect.bisect_left(ordered, each) >= share * len(ordered)
            ][-1]
            for customer, each in margins.items()
        }

    past = [standing(back) for back in (0, 30, 60, 90)]
    expected = {customer: max((each.get(customer, "member") for each in past), key=ranks.get) for customer in past[0]}
    found = dict(shop.execute("select customer_id, tier from marts.customer_tiers").fetchall())
    assert found == expected
    assert set(found.values()) == set(steps)
    assert any(past[0][customer] != tier for customer, tier in found.items()), "nobody in grace"


def test_category_affinity(shop):
    owned = defaultdict(set)
    for customer, category in shop.execute("select customer_id, category from marts.customer_categories").fetchall():
        owned[customer].add(category)
    singles, pairs = Counter(), Counter()
    for each in owned.values():
        singles.update(each)
        pairs.update(permutations(each, 2))
    rows = shop.execute(
        "select category, other_category, pair_customer_count, lift, is_strong from marts.category_affinity"
    ).fetchall()
    assert {(a, b): together for a, b, together, *_ in rows} == pairs
    for a, b, together, lift, is_strong in rows:
        share = singles[b] / len(owned)
        assert lift == pytest.approx(together / singles[a] / share)
        assert is_strong == (together >= 20 and lift >= 1.2 and wilson(together, singles[a])[0] > share)


def test_first_product_retention(shop, orders, days):
    first = {order for *_, order, is_first in orders if is_first}
    buyers = defaultdict(set)
    query = """
        select product_id, order_id, customer_id from marts.order_item_facts
        where is_valid and product_id is not null and not is_gift_card and not is_warranty
    """
    for product, order, customer in shop.execute(query).fetchall():
        if order in first:
            buyers[product].add(customer)
    query = "select product_id, mature_customer_count, repeat_customer_count from marts.first_product_retention"
    rows = shop.execute(query + " where window_days = 180").fetchall()
    assert {row[0] for row in rows} == set(buyers)
    for product, mature, repeated in rows:
        known = [days[customer] for customer in buyers[product] if (TODAY - days[customer][0]).days >= 180]
        again = [each for each in known if len(each) > 1 and (each[1] - each[0]).days <= 180]
        assert (mature, repeated) == (len(known), len(again))


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The roots of (p - share)^2 = z^2 share (1 - share) / n, solved as any quadratic equation is."""
    z, p = Z, hits / trials
    a, b, c = 1 + z * z / trials, -2 * p - z * z / trials, p * p
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def interval(hits, trials):
    macros = (ROOT / "macros/intervals.sql").read_text()
    text = macros + "select {{ wilson_low('h', 'n') }}, {{ wilson_high('h', 'n') }} from (select ? as h, ? as n)"
    query = Environment().from_string(text).render(var={"interval_z_score": Z}.get)
    return duckdb.execute(query, [hits, trials]).fetchall()[0]


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_that_newcombe_published(hits, trials, low, high):
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    assert interval(hits, trials) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize("trials", [1, 2, 7, 50, 1000])
def test_intervals_solve_the_equation(trials):
    for hits in {0, 1, trials // 2, trials}:
        low, high = wilson(hits, trials)
        assert interval(hits, trials) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))


def test_nothing_tried_has_no_interval():
    assert interval(0, 0) == (None, None)
    assert interval(None, 5) == (None, None)
    assert interval(3, None) == (None, None)
