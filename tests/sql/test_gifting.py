"""Gifting against plain Python: anniversaries day by day, intervals customer by customer, and published ones."""

import os
import random
from calendar import isleap
from datetime import date, timedelta
from math import sqrt
from pathlib import Path

import duckdb
import pytest

from runner.compile import compile_project
from runner.project import load_project

ROOT = Path(__file__).parents[2]
LEAD_DAYS, QUIET_DAYS, CATCH_UP_DAYS, Z = 7, 30, 3, 1.959963984540054
NEWCOMBE = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0, 0.1611), (1, 29): (0.0061, 0.1718)}
"""Wilson's intervals as Newcombe gives them (Statistics in Medicine 17, 1998, method 3)."""


def compiled(model: str, **variables: str) -> str:
    os.chdir(ROOT)
    return compile_project(load_project(variables, {})).compiled[model].sql


def shop(**tables: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for schema in ("marts", "intermediate", "seeds"):
        connection.execute(f"create schema {schema}")
    for name, query in tables.items():
        connection.execute(f"create table {name.replace('__', '.')} as {query}")
    return connection


def next_anniversary(base: date, today: date, leap_rule: str) -> date:
    """Walk through the days until one is a birthday of the first; the first itself is none."""
    day = max(today, base + timedelta(days=1))
    while True:
        moved = base.month == 2 and base.day == 29 and not isleap(day.year)
        kept_on = ((2, 28) if leap_rule == "feb28" else (3, 1)) if moved else (base.month, base.day)
        if (day.month, day.day) == kept_on:
            return day
        day += timedelta(days=1)


@pytest.mark.parametrize("leap_rule", ["feb28", "mar1"])
@pytest.mark.parametrize("today", [date(2026, 2, 21), date(2026, 12, 28), date(2028, 2, 29), date(2027, 3, 1)])
def test_every_day_of_three_years_returns_on_its_day(today, leap_rule):
    bases = [today - timedelta(days=back) for back in range(1500)]
    rows = ", ".join(f"('c{number}', 'o{number}', date '{base}')" for number, base in enumerate(bases))
    connection = shop(
        marts__gift_givers=f"select c as customer_id, 'known' as gift_giver_status, 1 as gift_order_count "
        f"from (values {rows}) as t(c, o, d)",
        marts__order_facts="select c as customer_id, o as order_id, true as is_valid, false as is_fully_refunded, "
        f"d as ordered_on, d::timestamp as ordered_at from (values {rows}) as t(c, o, d)",
        marts__gift_order_occasions="select o as order_id, null::varchar as occasion "
        f"from (values {rows}) as t(c, o, d)",
    )
    query = compiled("purchase_anniversaries", as_of=str(today), leap_rule=leap_rule)
    found = connection.execute(f"select base_on, anniversary_on, send_on, is_due, is_quiet from ({query})").fetchall()
    expected = set()
    for base in bases:
        returns = next_anniversary(base, today, leap_rule)
        send = returns - timedelta(days=LEAD_DAYS)
        is_due = 0 <= (today - send).days <= CATCH_UP_DAYS
        expected.add((base, returns, send, is_due, (today - base).days <= QUIET_DAYS))
    assert set(found) == expected
    assert len(found) == len(bases)


def test_intervals_of_the_benchmark_are_those_of_summed_influences():
    """The difference moves by each customer's own amount; its variance is the sum of their squares."""
    chance = random.Random(7)
    people = [(chance.choice(["known", "suspected", "none"]), chance.randint(0, 4)) for _ in range(400)]
    people = [(status, n, round(sum(chance.uniform(5, 90) for _ in range(n)), 4)) for status, n in people]
    rows = ", ".join(
        f"('c{number}', '{status}', {n}, {y})::row(c varchar, s varchar, n bigint, y decimal(18, 4))"
        for number, (status, n, y) in enumerate(people)
    )
    given = f"(select unnest([{rows}], recursive := true))"
    connection = shop(
        marts__customer_orders=f"select c as customer_id, 1 as valid_order_count from {given}",
        marts__customers=f"select c as customer_id, false as is_test from {given}",
        marts__customer_value="select c as customer_id, y as value_revenue, n as value_order_count, y as historic_clv "
        f"from {given}",
        marts__gift_givers=f"select c as customer_id, s as gift_giver_status from {given}",
        marts__purchase_days=f"select c as customer_id, date '2026-01-01' as purchased_on from {given}",
    )
    connection.execute(f"create table intermediate.gift_benchmark_sums as {compiled('gift_benchmark_sums')}")
    query = compiled("gift_giver_benchmark")
    found = connection.execute(f"select * from ({query}) where measure in ('aov', 'historic_clv')").fetchall()
    assert len(found) == 8
    for status, measure, count, value, index, difference, low, high in found:
        parts = [(group, y, n if measure == "aov" else 1) for group, n, y in people]
        inside = [(y, n) for group, y, n in parts if status in ("all", group)]
        own_y, own_n = sum(y for y, _ in inside), sum(n for _, n in inside)
        all_y, all_n = sum(y for _, y, _ in parts), sum(n for _, _, n in parts)
        own, everybody = own_y / own_n, all_y / all_n
        moves = [
            (y - own * n) / own_n * (status in ("all", group)) - (y - everybody * n) / all_n for group, y, n in parts
        ]
        error = Z * sqrt(sum(move * move for move in moves))
        wanted = (len(inside), own, 100 * own / everybody, own - everybody)
        assert (count, value, index, difference) == pytest.approx(wanted, rel=1e-9, abs=1e-9)
        assert (difference - low, high - difference) == pytest.approx((error, error), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("some", "every"), NEWCOMBE)
def test_shares_have_the_published_intervals(some, every):
    connection = shop(
        seeds__gift_signal_weights="select 'size_gap' as code, 'clue' as class, 0.45 as weight, true as enabled",
        marts__customer_360="select 'c' || i as customer_id, 1 as valid_order_count, false as is_test "
        f"from range({every}) as t(i)",
        marts__gift_signals=f"select 'c' || i as customer_id, 'size_gap' as signal_code, 'clue' as signal_class "
        f"from range({every}) as t(i) union all "
        f"select 'c' || i, 'gift_note', 'evidence' from range({some}) as t(i)",
    )
    query = compiled("rpt_gift_clue_calibration")
    columns = "evidence_count, customer_count, evidence_share_low, evidence_share_high"
    found = connection.execute(f"select {columns} from ({query})").fetchone()
    assert found[:2] == (some, every)
    assert found[2:] == pytest.approx(NEWCOMBE[some, every], abs=1e-4)
