"""The lifetime models against published figures, known parameters, and a plain-Python likelihood.

CDNOW is the sample of 2,357 customers that Fader, Hardie and Lee (2005) fitted. Its licence is not known, so it is
not in this repository: its tests run where `cdnow_customers_summary_with_transactions.csv` lies at hand (frequency,
recency and T in weeks, monetary_value). The parameters and forecasts expected here are the published ones.
"""

from __future__ import annotations

import csv
import os
import random
from collections import Counter
from fractions import Fraction
from functools import cache
from math import exp, lgamma, log
from pathlib import Path

import pytest

from tests.sql.modelled import Models

SHARED = Path(os.environ.get("COTERIE_SHARED", Path(__file__).parents[3] / "shared"))
CDNOW = SHARED / "data" / "cdnow" / "cdnow_customers_summary_with_transactions.csv"
WITH_CDNOW = pytest.mark.skipif(
    not CDNOW.exists(), reason=f"{CDNOW} is not there; its licence is not known, so it is not in the repository"
)
STATISTICS = "sample varchar, repeat_count int, recency_days int, age_days int, customer_count bigint"
SPEND = "sample varchar, repeat_count int, mean_repeat_value decimal(18, 4), customer_count bigint"
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "p": 6.25, "q": 3.74, "v": 15.44}
FORECASTS = [
    # x, t_x, T and horizon in weeks; P(alive), E[Y(horizon)]
    (2, 30.43, 38.86, 39, 0.726579, 1.226028),
    (7, 29.43, 38.86, 39, 0.641756, 3.337053),
    (1, 1.71, 38.86, 39, None, 0.203187),
    (0, 0.0, 38.86, 39, 1.0, 0.195098),
    (26, 30.86, 31.00, 39, 0.968916, 20.749726),
    (20, 1.5, 2.0, 104, 0.839377, 69.321332),
]
SPENDERS = [(2, 22.35, 24.6637), (7, 73.74, 71.4697), (1, 11.77, 18.9169), (0, None, 35.2190)]


@cache
def cdnow() -> list[dict[str, str]]:
    with CDNOW.open(newline="") as lines:
        return list(csv.DictReader(lines))


def days(weeks: str) -> int:
    return round(7 * float(weeks))


@WITH_CDNOW
def test_purchases_of_cdnow_are_fitted_as_published():
    models = Models()
    found = Counter((int(float(row["frequency"])), days(row["recency"]), days(row["T"])) for row in cdnow())
    models.given("purchase_statistics", STATISTICS, [("all", *history, count) for history, count in found.items()])
    (fit,) = models.run("purchase_fit")
    assert fit["is_converged"]
    assert fit["log_likelihood"] == pytest.approx(-9582.43, abs=0.01)
    for name, value in {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}.items():
        assert fit[name] == pytest.approx(value, rel=0.005), name


def test_the_likelihood_is_that_of_a_plain_computation():
    models = Models()
    histories = simulated(2_000, r=0.243, alpha=4.414, a=0.793, b=2.426)
    models.given("purchase_statistics", STATISTICS, histories)
    (fit,) = models.run("purchase_fit")
    r, alpha, a, b = (fit[name] for name in ("r", "alpha", "a", "b"))
    plain = sum(n * plain_likelihood(x, t_x / 7, t / 7, r, alpha, a, b) for _, x, t_x, t, n in histories)
    assert fit["log_likelihood"] == pytest.approx(plain, abs=1e-5)


def plain_likelihood(x: int, t_x: float, t: float, r: float, alpha: float, a: float, b: float) -> float:
    """Of one customer; equation (6) of the paper, in logarithms."""
    purchases = lgamma(r + x) - lgamma(r) + r * log(alpha)
    stays = lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x) - (r + x) * log(alpha + t)
    if x == 0:
        return purchases + stays
    leaves = lgamma(a + b) - lgamma(a) - lgamma(b) + lgamma(a + 1) + lgamma(b + x - 1) - lgamma(a + b + x)
    leaves -= (r + x) * log(alpha + t_x)
    top = max(stays, leaves)
    return purchases + top + log(exp(stays - top) + exp(leaves - top))


@WITH_CDNOW
def test_order_values_of_cdnow_are_fitted_as_published():
    models = Models()
    repeat_buyers = [row for row in cdnow() if float(row["frequency"]) > 0]
    found = Counter((int(float(row["frequency"])), float(row["monetary_value"])) for row in repeat_buyers)
    models.given("spend_statistics", SPEND, [("all", *spender, count) for spender, count in found.items()])
    (fit,) = models.run("spend_fit")
    assert fit["is_converged"]
    assert fit["log_likelihood"] == pytest.approx(-4055.92, abs=0.01)
    for name, value in {"p": 6.2488, "q": 3.74459, "v": 15.44775}.items():
        assert fit[name] == pytest.approx(value, rel=0.005), name


@pytest.mark.parametrize(("x", "t_x", "t", "weeks", "p_alive", "orders"), FORECASTS)
def test_forecasts_are_the_published_ones(x, t_x, t, weeks, p_alive, orders):
    score = scored(x, t_x, t, weeks, None)
    assert score["expected_orders_holdout"] == pytest.approx(orders, abs=1e-6)
    if p_alive is not None:
        assert score["p_alive"] == pytest.approx(p_alive, abs=1e-6)


@pytest.mark.parametrize(("x", "mean", "value"), SPENDERS)
def test_expected_order_values_are_the_published_ones(x, mean, value):
    """Published with four digits; the formula by hand, in exact fractions, has as many as one wants."""
    p, q, v = Fraction("6.25"), Fraction("3.74"), Fraction("15.44")
    by_hand = p * (v + x * Fraction(str(mean or 0))) / (p * x + q - 1)
    assert round(float(by_hand), 4) == value
    found = scored(x, 20.0 if x else 0.0, 38.86, 39, mean)["expected_order_value"]
    assert found == pytest.approx(float(by_hand), abs=1e-6)


def scored(x: int, t_x: float, t: float, weeks: int, mean: float | None) -> dict:
    models = Models({"lifetime_holdout_days": 7 * weeks})
    columns = "sample varchar, customer_id varchar, repeat_count int, recency_days double, age_days double"
    row = ("all", "c1", x, 7 * t_x, 7 * t, mean)
    models.given("purchase_samples", columns + ", mean_repeat_value decimal(18, 4)", [row])
    known = {"sample": "all", "purchase_state": "usable", "spend_state": "usable", **PUBLISHED}
    types = ", ".join(f"{name} {'varchar' if isinstance(value, str) else 'double'}" for name, value in known.items())
    models.given("lifetime_models", types, [tuple(known.values())])
    models.run("expected_purchases")
    (score,) = models.run("lifetime_scores")
    return score


@pytest.mark.parametrize("a", [0.3, 0.793, 1 + 1e-6, 1.8])
@pytest.mark.parametrize(("x", "t"), [(0, 0.0), (0, 5.0), (1, 0.5), (3, 20.0), (40, 150.0)])
def test_the_short_series_is_as_good_as_the_long_one(a, x, t):
    """The recursion runs until its terms vanish, which takes thousands for the young; ours has a hundred."""
    models = Models({"lifetime_holdout_days": 364})
    columns = "sample varchar, repeat_count int, age_days double"
    models.given("purchase_samples", columns, [("all", x, 7 * t)])
    models.given(
        "lifetime_models",
        "sample varchar, purchase_state varchar, r double, alpha double, a double, b double",
        [("all", "usable", 0.5, 2.5, a, 5.0)],
    )
    (row,) = models.run("expected_purchases")
    assert row["orders_holdout"] == pytest.approx(plain_forecast(x, t, 52, 0.5, 2.5, a, 5.0), rel=1e-5)


def test_later_months_are_worth_less():
    """Twelve months of a year, each discounted by ten percent a year, beside twelve plain forecasts."""
    models = Models({"clv_horizon_days": 365, "clv_discount_yearly_share": 0.1})
    models.given("purchase_samples", "sample varchar, repeat_count int, age_days double", [("all", 2, 7 * 38.86)])
    models.given(
        "lifetime_models",
        "sample varchar, purchase_state varchar, r double, alpha double, a double, b double",
        [("all", "usable", 0.243, 4.414, 0.793, 2.426)],
    )
    (row,) = models.run("expected_purchases")
    until = [plain_forecast(2, 38.86, 365 / 84 * month, 0.243, 4.414, 0.793, 2.426) for month in range(1, 13)]
    months = [later - sooner for sooner, later in zip([0.0, *until], until)]
    discounted = sum(orders / 1.1 ** (month / 12) for month, orders in enumerate(months, start=1))
    assert row["orders_horizon"] == pytest.approx(until[-1], abs=1e-8)
    assert row["discounted_orders_horizon"] == pytest.approx(discounted, abs=1e-8)


def test_an_order_by_the_likely_day_is_as_likely_as_not():
    """Rates of the living are gamma-distributed, so the chance of no order within t is a power of a ratio."""
    score = scored(7, 29.43, 38.86, 39, None)
    weeks = score["days_to_likely_order"] / 7
    none_if_alive = ((4.414 + 38.86) / (4.414 + 38.86 + weeks)) ** (0.243 + 7)
    assert score["p_alive"] * (1 - none_if_alive) == pytest.approx(0.5, abs=1e-9)


def test_who_is_gone_with_even_odds_has_no_likely_day():
    score = scored(7, 5.0, 38.86, 39, None)
    assert score["p_alive"] < 0.5
    assert score["days_to_likely_order"] is None


def plain_forecast(x: int, t: float, weeks: float, r: float, alpha: float, a: float, b: float) -> float:
    """Expected purchases of a customer who is alive, by the recursion."""
    z = weeks / (alpha + t + weeks)
    term = total = 1.0
    for j in range(5000):
        term *= (a + b - 1 - r + j) * (a - 1 + j) / ((a + b + x - 1 + j) * (j + 1)) * z
        total += term
    return (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (a - 1) * total)


def test_known_parameters_are_found_again():
    """200,000 customers who behave as the model says, in continuous time, seen for one, two or three years."""
    known = {"r": 0.8, "alpha": 6.0, "a": 1.2, "b": 3.0}
    models = Models()
    models.given("purchase_statistics", STATISTICS, simulated(200_000, **known))
    (fit,) = models.run("purchase_fit")
    assert fit["is_converged"]
    assert {name: fit[name] for name in known} == pytest.approx(known, rel=0.02)


def test_known_order_values_are_found_again():
    """200,000 customers with one to nine repeat purchases, whose values vary as the Gamma-Gamma model says."""
    chance, known = random.Random(2013), {"p": 6.25, "q": 3.74, "v": 15.44}
    means = {}
    for number in range(200_000):
        x, scale = 1 + number % 9, chance.gammavariate(known["q"], 1 / known["v"])
        mean = (x, round(chance.gammavariate(known["p"] * x, 1 / scale) / x, 2))
        means[mean] = means.get(mean, 0) + 1
    models = Models()
    models.given("spend_statistics", SPEND, [("all", *mean, count) for mean, count in means.items()])
    (fit,) = models.run("spend_fit")
    assert fit["is_converged"]
    assert {name: fit[name] for name in known} == pytest.approx(known, rel=0.02)


def simulated(customers: int, *, r: float, alpha: float, a: float, b: float) -> list[tuple[str, int, int, int, int]]:
    chance, histories = random.Random(2005), {}
    for number in range(customers):
        end, rate, leave = 364 * (1 + number % 3), chance.gammavariate(r, 1 / alpha) / 7, chance.betavariate(a, b)
        now = last = 0.0
        x = 0
        while (now := now + chance.expovariate(rate)) <= end:
            x, last = x + 1, now
            if chance.random() < leave:
                break
        history = (x, round(last), end)
        histories[history] = histories.get(history, 0) + 1
    return [("all", *history, count) for history, count in histories.items()]
