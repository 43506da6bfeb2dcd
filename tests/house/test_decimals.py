"""No product of decimals runs out of digits before an amount of twelve digits does.

DuckDB gives two decimals of up to 18 digits a product of 18, of which the places behind the point take theirs first.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.binding import bind
from runner.compile import compile_project
from runner.project import load_project
from runner.warehouse import Warehouse, literal

ROOT = Path(__file__).parents[2]
DIGITS_OF_AN_AMOUNT = 12
STORES = ("generic", "online_retail")


def products(cursor, sql: str) -> list[tuple[int, int, str]]:
    """Digits, places and text of each product of decimals, as DuckDB binds it; but for those that a limit guards."""
    plan = json.loads(cursor.value(f"select json_serialize_plan({literal(sql)})"))
    assert not plan["error"], plan
    found = []
    for each in bound(plan):
        if each.get("expression_class") == "BOUND_FUNCTION" and each["qname"]["path"][-1] == "*":
            kind, at = each["return_type"], each["query_location"]
            if kind["id"] == "DECIMAL":
                text = sql.encode()[at : at + 60].decode(errors="ignore") if at < len(sql) else "a product"
                found.append((kind["type_info"]["width"], kind["type_info"]["scale"], text))
    return found


def bound(tree: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of a plan; not what a case does below a limit, see money_exchanged."""
    stack = [tree]
    while stack:
        each = stack.pop()
        if isinstance(each, list):
            stack.extend(each)
        elif isinstance(each, dict):
            yield each
            stack.extend(value for key, value in each.items() if key != "then_expr" or not is_limit(each["when_expr"]))


def is_limit(condition: dict[str, Any]) -> bool:
    """abs(…) < …"""
    below = condition.get("type") == "COMPARE_LESSTHAN" and condition["children"][0]
    return bool(below) and "abs" in below.get("qname", {}).get("path", ())


def overflowing(cursor, sql: str) -> list[str]:
    """A product is cut to 18 or 38 digits; one of fewer has room for whatever its factors hold."""
    found = products(cursor, sql)
    return [text for digits, places, text in found if digits in (18, 38) and digits - places < DIGITS_OF_AN_AMOUNT]


@pytest.mark.parametrize("store", STORES)
def test_no_product_overflows_before_its_amount_does(store, monkeypatch):
    monkeypatch.chdir(ROOT)
    manifest = compile_project(load_project({"store": store}, dict(os.environ)))
    queries = {name: each.sql for name, each in manifest.compiled.items() if each.node.kind not in ("source", "seed")}
    with Warehouse(None) as warehouse:
        assert not bind(manifest, warehouse).errors
        cursor = warehouse.cursor()
        assert len(products(cursor, queries["order_money"])) > 10
        wrong = {name: found for name, sql in queries.items() if (found := overflowing(cursor, sql))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("product", "is_wrong"),
    [
        ("amount * rate", True),
        ("sum(days * days)", True),
        ("amount * count", False),
        ("amount * 0.45", False),
        ("amount * cast(rate as decimal(38, 8))", False),
        ("case when abs(amount::double * rate) < 9e5 then amount * rate end", False),
        ("case when rate = 1 then amount * rate end", True),
    ],
)
def test_a_product_needs_twelve_digits_before_the_point(product, is_wrong):
    columns = "1::decimal(18, 4) as amount, 1::decimal(18, 8) as rate, 1::decimal(18, 6) as days, 1 as count"
    with Warehouse(None) as warehouse:
        cursor = warehouse.cursor()
        cursor.run(f"create table t as select {columns}")
        assert bool(overflowing(cursor, f"select {product} from t")) is is_wrong
