"""Declared and singular data tests: their arguments, `where`, severity and thresholds."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from conftest import Shop, Write, rows
from fresh import Ended, Fresh

from runner.nodes import DataTest

ORDERS = {
    "project.yml": "name: shop\nmodels:\n  +materialized: table\n",
    # 1 and 4 are fine, 2 stands twice, 3 belongs to nobody
    "models/orders.sql": """
select * from (
    values (1, 'a', 'paid'), (2, 'a', 'paid'), (2, 'b', 'open'), (3, null, 'lost'), (4, 'z', 'paid')
) as t(order_id, customer_id, status)
""",
    "models/customers.sql": "select unnest(['a', 'b', 'z']) as customer_id",
}


def build(coterie: Fresh, write: Write, tests: str, **more: str) -> Ended:
    """Build with these tests on the column `{column}` named in their first line."""
    column, _, body = tests.strip("\n").partition("\n")
    indented = "".join(f"          {line}\n" for line in body.split("\n"))
    yml = f"models:\n  - name: orders\n    columns:\n      - name: {column}\n        data_tests:\n{indented}"
    folder = write({**ORDERS, "models/_models.yml": yml, **more})
    ended = coterie(folder, "build")
    assert "Traceback" not in ended.stderr
    return ended


def failing(ended: Ended) -> dict[str, int]:
    """By failed or warned test: how many rows."""
    found = re.findall(r"(?:error|warning): test (\S+): ([\d,]+) failing", ended.stderr)
    return {name: int(count) for name, count in found}


@pytest.mark.parametrize(
    ("tests", "rows"),
    [
        ("order_id\n- unique", 1),
        ("customer_id\n- unique", 1),  # nulls are not equal
        ("customer_id\n- not_null", 1),
        ("order_id\n- not_null", 0),
        ("status\n- accepted_values: {arguments: {values: [paid, open]}}", 1),
        ("status\n- accepted_values: {values: [paid, open, lost]}", 0),  # dbt's older notation
        ("customer_id\n- accepted_values: {arguments: {values: [a, b, z]}}", 0),  # null is no value
        ("order_id\n- accepted_values: {arguments: {values: [1, 2, 3], quote: false}}", 1),
        ("customer_id\n- relationships: {arguments: {to: ref('customers'), field: customer_id}}", 0),
        ("status\n- relationships: {arguments: {to: ref('customers'), field: customer_id}}", 5),
        ("order_id\n- unique: {config: {where: order_id <> 2}}", 0),
        ("order_id\n- unique: {config: {where: \"customer_id = 'a'\"}}", 0),
        ("order_id\n- unique: {where: order_id = 2}", 1),
        ("customer_id\n- not_null: {config: {where: \"status <> '{{ var('lost', 'lost') }}'\"}}", 0),
        ("order_id\n- {name: mine, test_name: unique}", 1),
    ],
)  # fmt: skip
def test_a_declared_test_counts_its_failing_rows(coterie: Fresh, write: Write, tests: str, rows: int) -> None:
    ended = build(coterie, write, tests)
    assert ended.exit_code == (1 if rows else 0), ended.stderr
    assert list(failing(ended).values()) == ([rows] if rows else [])


def test_a_quote_in_an_accepted_value_is_doubled_as_in_dbt(coterie: Fresh, write: Write) -> None:
    ended = build(coterie, write, "status\n- accepted_values: {arguments: {values: [paid, open, \"it''s\"]}}")
    assert failing(ended) == {"accepted_values_orders_status_paid__open__it_s": 1}, ended.stderr


@pytest.mark.parametrize(
    ("config", "exit_code", "word"),
    [
        ("severity: error", 1, "error"),
        ("severity: warn", 0, "warning"),
        ("severity: WARN", 0, "warning"),
        # thresholds count failing rows, as in dbt: `unique` finds one
        ("{severity: error, error_if: '>1', warn_if: '>0'}", 0, "warning"),
        ("{severity: error, error_if: '>1', warn_if: '>1'}", 0, ""),
        ("{severity: error, error_if: '= 1'}", 1, "error"),
        ("{severity: error, error_if: 'between 1 and 5'}", 1, "error"),
        ("{severity: warn, error_if: '>0', warn_if: '>0'}", 0, "warning"),
        ("{severity: warn, warn_if: '>5'}", 0, ""),
        ("{enabled: false}", 0, ""),
    ],
)
def test_severity_and_thresholds_decide_what_failing_rows_mean(
    coterie: Fresh, write: Write, config: str, exit_code: int, word: str
) -> None:
    block = config if config.startswith("{") else "{" + config + "}"
    ended = build(coterie, write, f"order_id\n- unique: {{config: {block}}}")
    assert ended.exit_code == exit_code, ended.stderr
    assert ("failing row" in ended.stderr) == bool(word)
    assert f"{word}: test unique_orders_order_id" in ended.stderr or not word


def test_a_warning_stops_nothing(coterie: Fresh, write: Write) -> None:
    facts = {"models/facts.sql": "select order_id from {{ ref('orders') }}"}
    ended = build(coterie, write, "order_id\n- unique: {config: {severity: warn}}", **facts)
    assert "ok      model    main.facts" in ended.stderr
    assert "1 warned" in ended.stderr


def test_an_error_stops_what_reads_the_table_and_nothing_else(coterie: Fresh, write: Write) -> None:
    facts = {"models/facts.sql": "select order_id from {{ ref('orders') }}"}
    ended = build(coterie, write, "order_id\n- unique", **facts)
    assert re.search(r"skipped model    main.facts +because of unique_orders_order_id", ended.stderr)
    assert "ok      model    main.customers" in ended.stderr


def test_tests_are_named_as_dbt_names_them(shop: Shop) -> None:
    manifest = shop(
        {
            **ORDERS,
            "models/_models.yml": """
models:
  - name: orders
    data_tests:
      - has_rows:
          arguments: {least: 3}
      - has_rows:
          name: orders_are_not_few
          arguments: {least: 4}
    columns:
      - name: order_id
        data_tests: [unique, unique]
      - name: status
        data_tests:
          - accepted_values: {arguments: {values: [paid, "not open"]}}
""",
            "tests/generic/has_rows.sql": """
{% test has_rows(model, least) %}
select count(*) as row_count from {{ model }} having count(*) < {{ least }}
{% endtest %}
""",
            "tests/data/orders_have_customers.sql": "select * from {{ ref('orders') }} where false",
        }
    )
    assert sorted(manifest.project.tests) == [
        "accepted_values_orders_status_paid__not_open",
        "has_rows_orders_3",
        "orders_are_not_few",
        "orders_have_customers",
        "unique_orders_order_id",
        "unique_orders_order_id_2",
    ]


def test_tests_belong_to_seeds_and_sources_too(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            "seeds/countries.csv": "country\nGB\nGB\n",
            "data/orders.csv": "order_id\n1\n1\n",
            "models/_all.yml": """
seeds:
  - name: countries
    columns: [{name: country, data_tests: [unique]}]
sources:
  - name: raw
    config: {external_location: "data/{name}.csv"}
    tables:
      - name: orders
        columns: [{name: order_id, data_type: integer, data_tests: [unique]}]
""",
        }
    )
    ended = coterie(folder, "build")
    assert ended.exit_code == 1
    assert failing(ended) == {"unique_countries_country": 1, "unique_raw_orders_order_id": 1}


def test_a_generic_test_may_take_any_argument_and_refer_to_models(coterie: Fresh, write: Write) -> None:
    generic = """
{% test fewer_than(model, other, factor=1) %}
select a.n from (select count(*) as n from {{ model }}) as a,
    (select count(*) as n from {{ other }}) as b
where a.n >= b.n * {{ factor }}
{% endtest %}
"""
    tests = "order_id\n- fewer_than: {arguments: {other: ref('customers'), column_name: x}}"
    ended = build(coterie, write, tests, **{"tests/generic/fewer_than.sql": generic})
    assert ended.exit_code == 2  # it takes no column_name
    yml = """
models:
  - name: orders
    data_tests:
      - fewer_than: {arguments: {other: ref('customers')}}
      - fewer_than: {arguments: {other: ref('customers'), factor: 2}}
"""
    folder = write({**ORDERS, "models/_models.yml": yml, "tests/generic/fewer_than.sql": generic})
    ended = coterie(folder, "build")
    assert failing(ended) == {"fewer_than_orders_ref_customers": 1}


def test_a_singular_test_may_set_its_severity(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            **ORDERS,
            "tests/data/nobody_is_lost.sql": "{{ config(severity='warn') }}\n"
            "select * from {{ ref('orders') }} where customer_id is null",
        }
    )
    ended = coterie(folder, "build")
    assert ended.exit_code == 0
    assert failing(ended) == {"nobody_is_lost": 1}


def test_files_below_generic_and_fixtures_are_no_singular_tests(shop: Shop) -> None:
    manifest = shop(
        {
            **ORDERS,
            "tests/generic/g.sql": "{% test g(model) %}select 1{% endtest %}",
            "tests/data/fixtures/rows.sql": "not even sql",
            "tests/data/fixtures/rows.csv": "a\n1\n",
        }
    )
    assert manifest.project.tests == {}


def test_all_failing_rows_can_be_shown(coterie: Fresh, write: Write, tmp_path: Path) -> None:
    build(coterie, write, "status\n- relationships: {arguments: {to: ref('customers'), field: customer_id}}")
    name = "relationships_orders_status_ref_customers_customer_id"
    told = coterie(tmp_path, "show", name).stdout
    assert sorted(told.split()[2:]) == ["lost", "open", "paid", "paid", "paid"]


def test_at_most_five_rows_are_told(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            "project.yml": "name: shop\nmodels:\n  +materialized: table\n",
            "models/many.sql": "select range as n from range(12)",
            "tests/data/none.sql": "select n from {{ ref('many') }}",
        }
    )
    ended = coterie(folder, "build")
    assert failing(ended) == {"none": 12}
    assert ended.stderr.count("    n=") == 5


def test_data_tests_run_again_on_what_stands(coterie: Fresh, write: Write, tmp_path: Path) -> None:
    build(coterie, write, "order_id\n- unique")
    ended = coterie(tmp_path, "test")
    assert (ended.exit_code, failing(ended)) == (1, {"unique_orders_order_id": 1})
    assert coterie(tmp_path, "test", "customers").exit_code == 0


@pytest.mark.parametrize(
    ("config", "rows"),
    [
        ("limit: 2", 2),
        ("limit: 5", 3),
        ("{limit: 2, error_if: '>2', warn_if: '>2'}", 0),  # no more than two are ever counted
        ("fail_calc: sum(value)", 2 + 3 + 4),
        ("{fail_calc: sum(value), limit: 0, warn_if: 'is null', error_if: 'is null'}", None),
        ("{fail_calc: 'coalesce(sum(value), 0)', where: order_id > 9}", 0),
        ("{fail_calc: max(value), error_if: '>4', warn_if: '>4'}", 0),
    ],
)
def test_what_counts_as_failing_can_be_said(coterie: Fresh, write: Write, config: str, rows: int | None) -> None:
    block = config if config.startswith("{") else "{" + config + "}"
    # after the first: order_id 2, 3 and 4
    distinct = {"models/orders.sql": "select unnest([1, 2, 3, 4]) as order_id"}
    ended = build(
        coterie, write, f"order_id\n- accepted_values: {{values: [1], quote: false, config: {block}}}", **distinct
    )
    if rows is None:
        assert ended.exit_code == 2
    else:
        assert list(failing(ended).values()) == ([rows] if rows else []), ended.stderr


STORED = "select * from dbt_test__audit.unique_orders_order_id order by all"


def test_failing_rows_are_kept_and_replaced(coterie: Fresh, write: Write) -> None:
    ended = build(coterie, write, "order_id\n- unique: {config: {store_failures: true}}")
    folder = write({})
    assert (ended.exit_code, rows(folder, STORED)) == (1, [(2, 2)])
    write({"models/orders.sql": "select unnest([5, 5, 5]) as order_id, 'a' as customer_id, 'paid' as status"})
    coterie(folder, "build")
    assert rows(folder, STORED) == [(5, 3)]
    write({"models/orders.sql": "select 6 as order_id, 'a' as customer_id, 'paid' as status"})
    assert coterie(folder, "build").exit_code == 0
    assert rows(folder, STORED) == []


def test_the_verb_test_keeps_failing_rows_too(coterie: Fresh, write: Write) -> None:
    build(coterie, write, "order_id\n- unique")
    folder = write({"project.yml": ORDERS["project.yml"] + "data_tests: {+store_failures: true}\n"})
    assert coterie(folder, "test").exit_code == 1
    assert rows(folder, STORED) == [(2, 2)]


def test_kept_rows_are_all_that_fail_whatever_the_limit(coterie: Fresh, write: Write) -> None:
    config = "{store_failures: true, limit: 1}"
    ended = build(
        coterie, write, f"order_id\n- accepted_values: {{values: [1], quote: false, name: ones, config: {config}}}"
    )
    assert failing(ended) == {"ones": 1}
    assert rows(write({}), "select value from dbt_test__audit.ones order by all") == [(2,), (3,), (4,)]


def test_kept_rows_are_never_published(coterie: Fresh, write: Write) -> None:
    served = {"project.yml": ORDERS["project.yml"] + "serve: {include: [main, dbt_test__audit]}\n"}
    config = "{store_failures: true, severity: warn}"
    ended = build(coterie, write, f"order_id\n- unique: {{config: {config}}}", **served)
    assert ended.exit_code == 0, ended.stderr
    with duckdb.connect(str(write({}) / "target/serve/coterie.duckdb"), read_only=True) as reader:
        schemas = reader.execute("select distinct schema_name from duckdb_tables()").fetchall()
    assert ("main",) in schemas
    assert ("dbt_test__audit",) not in schemas


FOLDERS = """
name: shop
models: {shop: {+materialized: table}}
data_tests:
  shop:
    +tags: [ours]
    sales:
      +severity: warn
      strict:
        +severity: error
"""


@pytest.mark.parametrize(
    ("path", "config", "severity"),
    [
        ("models/_models.yml", "{}", "error"),
        ("models/sales/_models.yml", "{}", "warn"),
        ("models/sales/_models.yml", "{config: {severity: error}}", "error"),
        ("models/sales/strict/_models.yml", "{}", "error"),
        ("models/sales/strict/_models.yml", "{severity: warn}", "warn"),
    ],
)
def test_a_folder_of_declared_tests_has_settings(shop: Shop, path: str, config: str, severity: str) -> None:
    yml = f"models: [{{name: orders, columns: [{{name: x, data_tests: [{{unique: {config}}}]}}]}}]"
    folders = {"models/sales/strict/a.sql": "select 1 as x", "models/orders.sql": "select 1 as x"}
    manifest = shop({"project.yml": FOLDERS, path: yml, **folders})
    node = manifest.compiled["unique_orders_x"].node
    assert isinstance(node, DataTest)
    assert (node.severity, node.tags) == (severity, ("ours",))


@pytest.mark.parametrize(
    ("path", "inline", "yml", "severity"),
    [
        ("tests/t.sql", "", "{}", "error"),
        ("tests/sales/t.sql", "", "{}", "warn"),
        ("tests/sales/t.sql", "{{ config(severity='error') }}", "{}", "error"),
        ("tests/sales/t.sql", "", "{severity: error}", "error"),
        # what the file itself says counts most
        ("tests/t.sql", "{{ config(severity='warn') }}", "{severity: error}", "warn"),
    ],
)
def test_a_singular_test_has_settings(shop: Shop, path: str, inline: str, yml: str, severity: str) -> None:
    words = f"data_tests: [{{name: t, description: A claim., config: {yml}}}]"
    folders = {"models/sales/strict/a.sql": "select 1 as x", "tests/_tests.yml": words}
    manifest = shop({"project.yml": FOLDERS, path: f"{inline} select 1 from {{{{ ref('a') }}}}", **folders})
    node = manifest.compiled["t"].node
    assert isinstance(node, DataTest)
    assert (node.severity, node.tags) == (severity, ("ours",))


def test_a_singular_test_can_be_switched_off(shop: Shop) -> None:
    files = {"models/a.sql": "select 1 as x", "tests/t.sql": "{{ config(enabled=false) }} select * from {{ ref('a') }}"}
    assert "t" not in shop(files).compiled


@pytest.mark.parametrize(("given", "severity"), [("{}", "warn"), ("{config: {severity: error}}", "error")])
def test_a_generic_test_may_say_how_it_is_set(shop: Shop, given: str, severity: str) -> None:
    manifest = shop(
        {
            # the test's own word counts more than a folder's, and less than that of who declares it
            "project.yml": "name: shop\ndata_tests: {+severity: error}\n",
            "tests/generic/is_even.sql": """
{% test is_even(model, column_name) %}
    {{ config(severity='warn', limit=7) }}
    select * from {{ model }} where {{ column_name }} % 2 <> 0
{% endtest %}
""",
            "models/a.sql": "select 1 as x",
            "models/a.yml": f"models: [{{name: a, columns: [{{name: x, data_tests: [{{is_even: {given}}}]}}]}}]",
        }
    )
    node = manifest.compiled["is_even_a_x"].node
    assert isinstance(node, DataTest)
    assert (node.severity, node.limit) == (severity, 7)
