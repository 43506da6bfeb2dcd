"""The adapter of the UCI Online Retail II file: crafted lines always, the real file if there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.sql.modelled import Models

PROJECT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("COTERIE_SHARED", PROJECT.parent / "shared"))
REAL_FILE = SHARED / "data" / "online_retail_ii" / "online_retail_ii.parquet"

HEADER = "sheet,Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
FIRST, SECOND = "Year 2009-2010", "Year 2010-2011"
CRAFTED = f"""\
{HEADER}
{FIRST},500001,85123A,LANTERN,6,2010-03-01 10:00:00,2.5,12346,United Kingdom
{FIRST},500001,85123A,LANTERN,6,2010-03-01 10:01:00,2.5,12346,United Kingdom
{FIRST},500001,POST,POSTAGE,1,2010-03-01 10:00:00,3.955,12346,United Kingdom
{FIRST},500002,85123a,LANTERN,4,2010-06-01 12:00:00,3.0,12346,United Kingdom
{FIRST},C500003,85123A,LANTERN,-3,2010-06-02 09:00:00,3.0,12346,United Kingdom
{FIRST},C500004,22423,CAKESTAND,-1,2010-06-03 09:00:00,12.75,12346,United Kingdom
{FIRST},500005,22423,CAKESTAND,2,2010-06-04 09:00:00,12.75,,United Kingdom
{FIRST},500006,22423,CAKESTAND,2,2010-12-09 20:01:00,12.75,12347,EIRE
{FIRST},500007,22423,damaged,-5,2010-07-04 09:00:00,0,,United Kingdom
{FIRST},C500008,22423,CAKESTAND,-1,2010-07-04 09:00:00,12.75,,United Kingdom
{SECOND},500006,22423,CAKESTAND,2,2010-12-09 20:01:00,12.75,12347,EIRE
{SECOND},500009,22423,CAKESTAND,1,2011-12-09 12:50:00,12.75,12347,EIRE
"""


# the file itself, without a model of ours: an order line has no C, a known customer, a quantity and a price
INVOICES = """
    create table invoices as
    with lines as (
        select
            "Invoice" as invoice,
            "Customer ID" as customer,
            upper(trim("StockCode")) as article,
            "Quantity" as quantity,
            "Quantity" * cast("Price" as decimal(18, 4)) as amount,
            min("InvoiceDate") over (partition by "Invoice") as invoiced_at
        from read_parquet($file)
        where "Customer ID" is not null
            and (sheet <> 'Year 2010-2011' or "InvoiceDate" > timestamp '2010-12-09 20:01:00')
    ),
    sold as (
        select * from lines where invoice not like 'C%' and quantity > 0 and amount > 0
    ),
    credited as (
        select *, row_number() over () as line from lines where invoice like 'C%'
    ),
    -- a credit note names no invoice: it gives back the latest earlier purchase of the article
    given_back as (
        select
            sold.invoice,
            -credited.amount as amount,
            credited.invoiced_at < timestamp '2011-06-10' as is_by_then
        from credited
        inner join sold using (customer, article)
        where sold.invoiced_at < credited.invoiced_at
        qualify row_number() over (
            partition by credited.line order by sold.invoiced_at desc, sold.invoice desc
        ) = 1
    ),
    refunds as (
        select invoice, sum(amount) as amount, sum(amount) filter (where is_by_then) as amount_by_then
        from given_back group by invoice
    )
    select
        customer,
        cast(min(invoiced_at) as date) as invoiced_on,
        sum(sold.amount) as paid,
        coalesce(any_value(refunds.amount), 0) as refunded,
        coalesce(any_value(refunds.amount_by_then), 0) as refunded_by_then
    from sold
    left join refunds using (invoice)
    group by invoice, customer
"""
KEPT, KEPT_BY_THEN = "refunded < paid", "refunded_by_then < paid"


def coterie(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "runner.cli", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def build(folder: Path, target: Path, store_format: str) -> duckdb.DuckDBPyConnection:
    variables = (
        f"{{store: online_retail, store_path: '{folder}', store_format: {store_format}, "
        "store_currency: GBP, store_time_zone: Europe/London}"
    )
    options = ["--vars", variables, "--as-of", "2011-12-10", "--target-dir", str(target)]
    built = coterie("build", *options)
    assert built.returncode == 0, built.stdout + built.stderr
    return duckdb.connect(str(target / "serve" / "coterie.duckdb"), read_only=True)


@pytest.fixture(scope="module")
def crafted_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("crafted")
    (folder / "online_retail_ii.csv").write_text(CRAFTED)
    with build(folder, folder / "target", "csv") as connection:
        yield connection


@pytest.fixture(scope="module")
def real_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    if not REAL_FILE.exists():
        pytest.skip(f"{REAL_FILE} is not there")
    with build(REAL_FILE.parent, tmp_path_factory.mktemp("real"), "parquet") as connection:
        yield connection


def invoices_of_the_file() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(INVOICES, {"file": str(REAL_FILE)})
    return connection


def counted(invoices: duckdb.DuckDBPyConnection, history: str, later: str) -> tuple[int, int, int]:
    """Customers up to 9 June 2011, their repeat days until then, and their days in the 183 days after."""
    row = invoices.execute(
        f"""
        with customers as (
            select customer, count(distinct invoiced_on) - 1 as repeats from invoices
            where invoiced_on <= date '2011-06-09' and {history} group by customer
        ),
        later_days as (
            select distinct customer, invoiced_on from invoices
            where invoiced_on between date '2011-06-10' and date '2011-12-09' and {later}
        )
        select count(*), sum(repeats), (select count(*) from later_days semi join customers using (customer))
        from customers
        """
    ).fetchone()
    return row or (0, 0, 0)


def promised(invoices: duckdb.DuckDBPyConnection, history: str, last_days: int) -> float:
    """By our fit and forecast, of histories that end so many days after the beginning of 9 June 2011."""
    samples = invoices.execute(
        f"""
        select
            'all', customer::varchar, count(distinct invoiced_on) - 1,
            date_diff('day', min(invoiced_on), max(invoiced_on)),
            date_diff('day', min(invoiced_on), date '2011-06-09') + {last_days}, null, true
        from invoices where invoiced_on <= date '2011-06-09' and {history} group by customer
        """
    ).fetchall()
    models = Models({"lifetime_holdout_days": 183})
    columns = "sample varchar, customer_id varchar, repeat_count int, recency_days int, age_days int"
    models.given("purchase_samples", f"{columns}, mean_repeat_value decimal(18, 4), is_fitted boolean", samples)
    models.run("purchase_statistics")
    (fit,) = models.run("purchase_fit")
    known = ("all", "usable", "not_converged", *(fit[name] for name in ("r", "alpha", "a", "b")), None, None, None)
    numbers = ", ".join(f"{name} double" for name in ("r", "alpha", "a", "b", "p", "q", "v"))
    models.given("lifetime_models", f"sample varchar, purchase_state varchar, spend_state varchar, {numbers}", [known])
    models.run("expected_purchases")
    return sum(score["expected_orders_holdout"] for score in models.run("lifetime_scores"))


def test_the_adapters_unit_tests_pass(tmp_path: Path) -> None:
    options = ["--vars", "{store: online_retail}", "--target-dir", str(tmp_path)]
    tested = coterie("test", "path:models/adapters/online_retail", "--unit", *options)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "12 unit tests passed" in tested.stdout + tested.stderr


def test_orders_are_invoices_of_known_customers(crafted_shop: duckdb.DuckDBPyConnection) -> None:
    orders = crafted_shop.execute(
        "select order_id, customer_id, gross_revenue, refunded_amount, ordered_on::varchar "
        "from marts.order_facts order by order_id"
    ).fetchall()
    assert orders == [
        ("500001", "12346", Decimal("33.9550"), Decimal("0.0000"), "2010-03-01"),
        ("500002", "12346", Decimal("12.0000"), Decimal("9.0000"), "2010-06-01"),
        ("500006", "12347", Decimal("25.5000"), Decimal("0.0000"), "2010-12-09"),
        ("500009", "12347", Decimal("12.7500"), Decimal("0.0000"), "2011-12-09"),
    ]


def test_what_was_left_out_is_reported(crafted_shop: duckdb.DuckDBPyConnection) -> None:
    notes = crafted_shop.execute(
        "select capability, row_count from reports.rpt_capabilities where basis = 'adapter'"
    ).fetchall()
    assert dict(notes) == {
        "adjustment_lines": 1,
        "fee_lines": 1,
        "invoices_without_customer": 1,
        "refunds_without_customer": 1,
        "refunds_without_purchase": 1,
        "repeated_lines": 1,
    }


def test_absent_tables_turn_capabilities_off(crafted_shop: duckdb.DuckDBPyConnection) -> None:
    states = dict(crafted_shop.execute("select capability, state from reports.rpt_capabilities").fetchall())
    assert states["carts"] == "off"
    assert states["consents"] == "off"
    assert states["unit_costs"] == "off"
    assert states["countries"] == "on"
    assert states["segmentation_depth"] == "degraded"


def test_the_real_shop_adds_up(real_shop: duckdb.DuckDBPyConnection) -> None:
    found = real_shop.execute(
        "select count(*), count(distinct customer_id), sum(gross_revenue) from marts.order_facts"
    ).fetchone()
    assert found == (36_969, 5_878, Decimal("17431533.1780"))


def test_the_real_shop_s_mapping_losses_are_counted(real_shop: duckdb.DuckDBPyConnection) -> None:
    notes = real_shop.execute(
        "select capability, row_count from reports.rpt_capabilities where basis = 'adapter'"
    ).fetchall()
    assert dict(notes) == {
        "adjustment_lines": 6_029,
        "fee_lines": 2_838,
        "invoices_without_customer": 3_108,
        "lines_without_country": 2_187,
        "refunds_beyond_purchase": 537,
        "refunds_without_customer": 719,
        "refunds_without_purchase": 2_063,
        "repeated_lines": 22_523,
    }


def test_the_real_shop_s_customers_fall_into_sensible_segments(real_shop: duckdb.DuckDBPyConnection) -> None:
    sizes = dict(
        real_shop.execute("select segment, count(*) from segments.segment_primary group by segment").fetchall()
    )
    customers = real_shop.execute("select count(*) from marts.customer_360").fetchone()
    assert sum(sizes.values()) == (customers or (0,))[0]
    # nobody gave a consent and nobody has a cart, but a gift-ware shop lives by those who return
    assert not {"lead", "prospect_abandoner"} & sizes.keys()
    returning = ("loyal_high_value", "at_risk_high_value", "developing", "lapsed")
    assert all(sizes[segment] > 0 for segment in ("new_customer", *returning))


def test_the_docs_show_the_segments_of_the_real_shop(real_shop: duckdb.DuckDBPyConnection) -> None:
    built = real_shop.execute("select segment, count(*) from segments.segment_primary group by segment").fetchall()
    page = (PROJECT / "docs" / "connect-a-shop.md").read_text()
    shown = re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", page, re.MULTILINE)
    assert {segment: int(people.replace(",", "")) for segment, people in shown} == dict(built)


def test_the_real_shop_buys_about_as_often_as_the_lifetime_model_said(real_shop: duckdb.DuckDBPyConnection) -> None:
    """Fitted half a year before the end; an independent fit of every invoice promises 7,693."""
    promised, came, customers = real_shop.execute(
        "select sum(expected_orders), sum(actual_orders), sum(customer_count) from marts.lifetime_calibration"
    ).fetchone() or (0, 0, 0)
    with invoices_of_the_file() as invoices:
        assert counted(invoices, "true", "true") == (4_969, 18_533, 7_797)
        assert (customers, came) == counted(invoices, KEPT, KEPT)[::2]
    assert promised == pytest.approx(7_693, rel=0.02)
    assert came == pytest.approx(promised, rel=0.05)


def test_the_docs_tell_the_way_from_every_invoice_to_our_holdout(real_shop: duckdb.DuckDBPyConnection) -> None:
    page = (PROJECT / "docs" / "connect-a-shop.md").read_text()
    told = re.findall(r"^\| [^|]+ \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", page, re.MULTILINE)
    steps = [("true", "true", 0), ("true", "true", 1), (KEPT_BY_THEN, KEPT_BY_THEN, 1), (KEPT, KEPT, 1)]
    with invoices_of_the_file() as invoices:
        found = [
            (customers, repeats, round(promised(invoices, history, days)), came)
            for history, later, days in steps
            for customers, repeats, came in [counted(invoices, history, later)]
        ]
    assert [tuple(int(number.replace(",", "")) for number in row) for row in told] == found
    ours = real_shop.execute("select sum(expected_orders) from marts.lifetime_calibration").fetchone() or (0,)
    assert round(ours[0]) == found[-1][2]


def test_nobody_of_the_real_shop_may_be_contacted(real_shop: duckdb.DuckDBPyConnection) -> None:
    contactable = real_shop.execute(
        "select count(*) from marts.customer_360 where may_email or may_sms or may_post or may_ads"
    ).fetchone()
    assert contactable == (0,)
