"""Unit tests as dbt writes them: what may be given, what is compared, what is told."""

# ruff: noqa: E501 - a case is easier to compare on one line

from __future__ import annotations

import pytest
from conftest import Files, Shop

from runner import unit_tests
from runner.unit_tests import Outcome

PROJECT = "name: shop\nvars:\n  min_amount: 3\n"
MODELS = {
    "project.yml": PROJECT,
    "models/_sources.yml": """
sources:
  - name: raw
    tables:
      - name: refunds
        columns:
          - {name: order_id, data_type: integer}
          - {name: amount, data_type: "decimal(18,4)"}
""",
    "models/orders.sql": """
select
    1 as order_id,
    'a' as customer_id,
    10.5::decimal(18, 4) as amount,
    date '2026-01-01' as ordered_on,
    timestamp '2026-01-01 10:00:00' as ordered_at,
    true as is_paid,
    ['x'] as tags,
    0.1::double as share
""",
}


def outcome(shop: Shop, model: str, test: str, **files: str) -> Outcome:
    """The outcome of the one unit test of a model `m`."""
    indented = "".join(f"    {line}\n" for line in test.strip("\n").split("\n"))
    written: Files = {
        **MODELS,
        "models/m.sql": model,
        "models/_unit.yml": f"unit_tests:\n  - name: it_holds\n    model: m\n{indented}",
        **{path.replace("__", "/").replace("_csv", ".csv").replace("_sql", ".sql"): text
           for path, text in files.items()},
    }  # fmt: skip
    (only,) = unit_tests.run(shop(written), [], [])
    return only


def passes(shop: Shop, model: str, test: str, **files: str) -> bool:
    found = outcome(shop, model, test, **files)
    assert found.error is None, found.error
    return found.is_passed


TOTALS = """
select customer_id, sum(amount) as amount, count(*) as order_count
from {{ ref('orders') }} group by customer_id
"""


@pytest.mark.parametrize(
    "given",
    [
        # dict, in both of YAML's notations
        "- input: ref('orders')\n    rows:\n      - {customer_id: a, amount: 3}\n      - {customer_id: a, amount: 4.5}",
        '- input: ref("orders")\n    format: dict\n    rows:\n      - customer_id: a\n        amount: "3"\n      - customer_id: a\n        amount: "4.5"',
        "- input: ref('orders')\n    format: csv\n    rows: |\n      customer_id,amount\n      a,3\n      a,4.5",
        "- input: ref('orders')\n    format: csv\n    rows: |\n      amount,customer_id\n      3,\"a\"\n      4.5,a\n\n",
        "- input: ref('orders')\n    format: sql\n    rows: |\n      select 'a' as customer_id, 3 as amount\n      union all select 'a', 4.5",
        "- input: ref('orders')\n    format: csv\n    fixture: two_orders",
        "- input: ref('orders')\n    format: sql\n    fixture: two_orders",
    ],
    ids=["dict", "dict in blocks", "csv", "csv with quotes", "sql", "csv file", "sql file"],
)  # fmt: skip
def test_rows_may_be_given_in_every_format(shop: Shop, given: str) -> None:
    test = f"given:\n  {given}\nexpect:\n  rows:\n    - {{customer_id: a, amount: 7.5, order_count: 2}}"
    fixtures = {
        "tests__data__fixtures__two_orders_csv": "customer_id,amount\na,3\na,4.5\n",
        "tests__data__fixtures__two_orders_sql": "select 'a' as customer_id, 3 as amount union all select 'a', 4.5",
    }
    assert passes(shop, TOTALS, test, **fixtures)


@pytest.mark.parametrize(
    "expect",
    [
        "rows:\n    - {customer_id: a, amount: 7.5}",
        "rows:\n    - {amount: 7.5}",
        "rows:\n    - {AMOUNT: 7.50}",
        "format: csv\n  rows: |\n    customer_id,amount\n    a,7.5",
        "format: sql\n  rows: select 7.5 as amount, 'a' as customer_id",
        "format: csv\n  fixture: sums",
    ],
    ids=["dict", "fewer columns", "other case", "csv", "sql in another order", "csv file"],
)
def test_only_the_stated_columns_are_compared(shop: Shop, expect: str) -> None:
    test = f"given:\n  - input: ref('orders')\n    rows: [{{customer_id: a, amount: 7.5}}]\nexpect:\n  {expect}"
    fixture = {"tests__data__fixtures__sums_csv": "amount\n7.5\n"}
    assert passes(shop, TOTALS, test, **fixture)


def test_columns_that_are_not_stated_are_null_and_typed_as_the_parents(shop: Shop) -> None:
    test = """
given:
  - input: ref('orders')
    rows: [{order_id: 1}]
expect:
  rows: [{kind: DATE, nothing: true}]
"""
    model = "select typeof(ordered_on) as kind, ordered_on is null as nothing from {{ ref('orders') }}"
    assert passes(shop, model, test)


def test_given_values_take_the_parents_types(shop: Shop) -> None:
    test = """
given:
  - input: ref('orders')
    rows:
      - order_id: 7
        customer_id: 007
        amount: 1.25
        ordered_on: 2026-02-28
        ordered_at: 2026-02-28 23:59:59
        is_paid: false
        tags: [a, "it's", null]
        share: 0.3
expect:
  rows:
    - order_id: 7
      customer_id: "7"
      amount: 1.25
      ordered_on: 2026-02-28
      ordered_at: 2026-02-28 23:59:59
      is_paid: false
      tags: [a, "it's", null]
      share: 0.30000000000000004
"""
    assert passes(shop, "select * from {{ ref('orders') }}", test)


def test_an_input_may_be_empty_and_so_may_the_result(shop: Shop) -> None:
    test = "given:\n  - input: ref('orders')\n    rows: []\nexpect:\n  rows: []"
    assert passes(shop, TOTALS, test)


def test_expecting_nothing_fails_where_there_are_rows(shop: Shop) -> None:
    test = "given:\n  - input: ref('orders')\n    rows: [{customer_id: a, amount: 1}]\nexpect:\n  rows: []"
    found = outcome(shop, "select customer_id from {{ ref('orders') }}", test)
    assert (found.columns, found.missing, found.unexpected) == (("customer_id",), (), (("a",),))


def test_rows_are_a_bag_order_never_counts_copies_do(shop: Shop) -> None:
    model = "select amount::integer as amount from {{ ref('orders') }}"
    given = "given:\n  - input: ref('orders')\n    rows: [{amount: 2}, {amount: 1}, {amount: 2}]\nexpect:\n"
    assert passes(shop, model, given + "  rows: [{amount: 1}, {amount: 2}, {amount: 2}]")
    found = outcome(shop, model, given + "  rows: [{amount: 1}, {amount: 2}, {amount: 3}]")
    assert (found.missing, found.unexpected) == (((3,),), ((2,),))


def test_null_is_expected_by_saying_null(shop: Shop) -> None:
    model = "select max(amount) as amount from {{ ref('orders') }}"
    given = "given:\n  - input: ref('orders')\n    rows: []\nexpect:\n"
    assert passes(shop, model, given + "  rows: [{amount: null}]")
    assert passes(shop, model, given + "  format: sql\n  rows: select null as amount")
    assert not passes(shop, model, given + "  rows: [{amount: 0}]")


def test_an_empty_csv_cell_is_null(shop: Shop) -> None:
    model = "select order_id, customer_id is null as nobody from {{ ref('orders') }}"
    test = """
given:
  - input: ref('orders')
    format: csv
    rows: |
      order_id,customer_id
      1,
      2,a
expect:
  rows: [{order_id: 1, nobody: true}, {order_id: 2, nobody: false}]
"""
    assert passes(shop, model, test)


def test_sources_are_inputs_too(shop: Shop) -> None:
    model = "select sum(amount) as amount from {{ source('raw', 'refunds') }}"
    test = """
given:
  - input: source('raw', 'refunds')
    rows: [{order_id: 1, amount: 2}, {order_id: 2, amount: 3}]
expect:
  rows: [{amount: 5}]
"""
    assert passes(shop, model, test)


def test_an_ephemeral_input_is_given_like_any_other(shop: Shop) -> None:
    model = "select sum(amount) as amount from {{ ref('paid') }}"
    test = "given:\n  - input: ref('paid')\n    rows: [{amount: 2}, {amount: 3}]\nexpect:\n  rows: [{amount: 5}]"
    paid = "{{ config(materialized='ephemeral') }}\nselect amount from {{ ref('orders') }} where is_paid"
    assert passes(shop, model, test, models__paid_sql=paid)


def test_a_seed_without_rows_is_read_from_its_file(shop: Shop) -> None:
    model = "select country from {{ ref('countries') }} where country < 'H'"
    test = "given:\n  - input: ref('countries')\nexpect:\n  rows: [{country: GB}]"
    assert passes(shop, model, test, seeds__countries_csv="country\nGB\nIE\n")


def test_vars_macros_and_environment_may_be_overridden(shop: Shop) -> None:
    model = """
select {{ var('min_amount') }} as low, {{ limit_of('high') }} as high,
    '{{ env_var('SALT', 'none') }}' as salt, {{ is_incremental() | lower }} as more
"""
    test = """
given: []
overrides:
  vars: {min_amount: 8}
  macros: {limit_of: 9, is_incremental: true}
  env_vars: {SALT: pepper}
expect:
  rows: [{low: 8, high: 9, salt: pepper, more: true}]
"""
    macro = "{% macro limit_of(which) %}5{% endmacro %}"
    assert passes(shop, model, test, macros__limits_sql=macro)


def test_an_overridden_macro_counts_inside_other_macros_too(shop: Shop) -> None:
    macros = "{% macro today() %}1{% endmacro %}{% macro tomorrow() %}{{ today() }} + 1{% endmacro %}"
    test = "given: []\noverrides:\n  macros: {today: 10}\nexpect:\n  rows: [{tomorrow: 11}]"
    assert passes(shop, "select {{ tomorrow() }} as tomorrow", test, macros__days_sql=macros)


def test_an_override_ends_with_its_unit_test(shop: Shop) -> None:
    manifest = shop(
        {
            "project.yml": PROJECT,
            "macros/limits.sql": "{% macro limit_of() %}5{% endmacro %}",
            "models/m.sql": "select {{ limit_of() }} as high, {{ var('min_amount') }} as low",
            "models/_unit.yml": """
unit_tests:
  - name: a_override
    model: m
    given: []
    overrides: {macros: {limit_of: 9}, vars: {min_amount: 8}}
    expect: {rows: [{high: 9, low: 8}]}
  - name: b_plain
    model: m
    given: []
    expect: {rows: [{high: 5, low: 3}]}
""",
        }
    )
    assert [each.is_passed for each in unit_tests.run(manifest, [], [])] == [True, True]


@pytest.mark.parametrize(
    ("found", "expected", "is_same"),
    [
        ("0.1::double + 0.2::double", "0.3", True),  # twelve significant digits
        ("0.30000001::double", "0.3", False),
        ("2.50::decimal(18, 4)", "2.5", True),
        ("3::bigint", "3", True),
        ("date '2026-01-31'", "2026-01-31", True),
        ("timestamp '2026-01-31 00:00:00'", "2026-01-31", True),
        ("timestamp '2026-01-31 00:00:01'", "2026-01-31", False),
        ("'a '", "a", False),
        ("'A'", "a", False),
        ("{'a': 1, 'b': 'x'}", "{a: 1, b: x}", True),
        ("[3, 1]", "[1, 3]", False),
        ("true", '"true"', True),
    ],
)
def test_values_are_compared_as_the_models_own_type(shop: Shop, found: str, expected: str, is_same: bool) -> None:
    test = f"given: []\nexpect:\n  rows: [{{value: {expected}}}]"
    assert passes(shop, f"select {found} as value", test) is is_same


def test_a_cell_with_quotes_commas_and_other_letters_stays_itself(shop: Shop) -> None:
    test = """
given:
  - input: ref('orders')
    rows: [{customer_id: "it's; -- \\"東京\\" {{ not_a_template }}"}]
expect:
  rows: [{customer_id: "it's; -- \\"東京\\" {{ not_a_template }}"}]
"""
    assert passes(shop, "select customer_id from {{ ref('orders') }}", test)


def test_the_model_is_run_as_it_is_with_its_loop_and_ctes(shop: Shop) -> None:
    model = """
with paid as (select * from {{ ref('orders') }} where is_paid)
select {% for kind in ['min', 'max'] %}{{ kind }}(amount)::integer as {{ kind }}_amount,{% endfor %}
from paid
"""
    test = """
given:
  - input: ref('orders')
    rows:
      - {amount: 1, is_paid: true}
      - {amount: 9, is_paid: false}
      - {amount: 5, is_paid: true}
expect:
  rows: [{min_amount: 1, max_amount: 5}]
"""
    assert passes(shop, model, test)


SEVERAL = {
    **MODELS,
    "models/a.sql": "select 1 as n",
    "models/b.sql": "select 2 as n",
    "models/_unit.yml": """
unit_tests:
  - {name: a_is_one, model: a, given: [], expect: {rows: [{n: 1}]}}
  - {name: a_is_two, model: a, given: [], expect: {rows: [{n: 2}]}}
  - {name: b_is_two, model: b, given: [], expect: {rows: [{n: 2}]}}
""",
}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], ["a_is_one", "a_is_two", "b_is_two"]),
        (["a"], ["a_is_one", "a_is_two"]),
        (["a_is_two"], ["a_is_two"]),
        (["b", "a_is_one"], ["a_is_one", "b_is_two"]),
        (["b a_is_one"], ["a_is_one", "b_is_two"]),
        (["orders"], []),
    ],
)
def test_unit_tests_are_selected_by_model_or_by_name(shop: Shop, words: list[str], names: list[str]) -> None:
    outcomes = list(unit_tests.run(shop(SEVERAL), words, []))
    assert [each.test.name for each in outcomes] == names


def test_excluded_models_take_their_unit_tests_with_them(shop: Shop) -> None:
    assert [each.test.name for each in unit_tests.run(shop(SEVERAL), [], ["a"])] == ["b_is_two"]


def test_one_broken_unit_test_leaves_the_others_their_verdicts(shop: Shop) -> None:
    broken = SEVERAL["models/_unit.yml"].replace("{n: 1}", "{m: 1}")
    outcomes = list(unit_tests.run(shop({**SEVERAL, "models/_unit.yml": broken}), [], []))
    assert [each.is_passed for each in outcomes] == [False, False, True]
    assert [each.error is None for each in outcomes] == [False, True, True]


def test_a_disabled_model_takes_its_unit_tests_with_it(shop: Shop) -> None:
    off = {**SEVERAL, "models/a.sql": "{{ config(enabled=false) }}select 1 as n"}
    assert [each.test.name for each in unit_tests.run(shop(off), [], [])] == ["b_is_two"]
