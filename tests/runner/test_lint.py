"""`check` points at picks without a tie-break, clocks and dice; at nothing else, and exactly there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.binding import bind
from runner.compile import compile_project
from runner.lint import Finding, lint
from runner.project import load_project
from runner.warehouse import Warehouse

ORDERS = "select 'a' as order_id, 'p' as customer_id, date '2026-01-01' as ordered_on, 1.5 as total, 'x' as note"
LINES = "select 'a' as order_id, 1 as line_no, 'p' as product_id, 2 as units"
YAML = """
models:
  - name: orders
    columns:
      - name: order_id
        data_tests: [unique]
  - name: lines
    data_tests:
      - unique_combination:
          arguments: {columns: [order_id, line_no]}
  - name: raw
"""
COMBINATION = """
{% test unique_combination(model, columns) %}
select 1 from {{ model }} group by {{ columns | join(', ') }} having count(*) > 1
{% endtest %}
"""


@pytest.fixture
def found(shop) -> Callable[..., tuple[Finding, ...]]:
    def findings(sql: str, **files: str) -> tuple[Finding, ...]:
        project = {
            "models/orders.sql": ORDERS,
            "models/raw.sql": ORDERS,
            "models/lines.sql": LINES,
            "models/schema.yml": YAML,
            "macros/combination.sql": COMBINATION,
            "models/picked.sql": sql,
        }
        manifest = shop(project | files)
        with Warehouse(None) as warehouse:
            bound = bind(manifest, warehouse)
            assert not bound.errors, bound.errors[0].message
            return lint(manifest, warehouse.cursor())

    return findings


def rules(findings: tuple[Finding, ...]) -> list[str]:
    return [each.rule for each in findings]


WINDOW = "select *, {} as v from {{{{ ref('{}') }}}}"
PARTED = "over (partition by customer_id order by {})"


@pytest.mark.parametrize(
    ("order", "expected"),
    [("ordered_on", ["tie"]), ("ordered_on desc, total", ["tie"]), ("ordered_on, order_id", []), ("order_id", [])],
)
@pytest.mark.parametrize("call", ["row_number()", "lag(total)", "first_value(note)", "last_value(note)", "lead(note)"])
def test_a_window_that_picks_ends_in_a_unique_column(found, call, order, expected):
    if call == "lag(total)" and order.endswith("total"):
        expected = []
    assert rules(found(WINDOW.format(f"{call} {PARTED.format(order)}", "orders"))) == expected


@pytest.mark.parametrize("call", ["rank()", "dense_rank()", "sum(total)", "percent_rank()", "count(*)"])
def test_a_window_that_treats_ties_alike_picks_nothing(found, call):
    assert not found(WINDOW.format(f"{call} {PARTED.format('ordered_on')}", "orders"))


def test_a_window_without_any_order_is_told_so(found):
    (finding,) = found("select row_number() over () as n from {{ ref('orders') }}")
    assert finding.message == "`row_number` takes rows in no order"


def test_the_value_that_is_ordered_by_may_tie(found):
    assert not found(WINDOW.format(f"lag(ordered_on) {PARTED.format('ordered_on')}", "orders"))
    assert found(WINDOW.format(f"lag(total) {PARTED.format('ordered_on')}", "orders"))


@pytest.mark.parametrize(("order", "expected"), [("ordered_on", ["tie"]), ("ordered_on, total", [])])
def test_of_rows_without_a_key_two_columns_are_taken_as_an_answer(found, order, expected):
    assert rules(found(WINDOW.format(f"row_number() {PARTED.format(order)}", "raw"))) == expected


def test_partition_and_order_together_cover_a_key_of_two_columns(found):
    head = "select row_number() over (partition by order_id order by {}) as n from {{{{ ref('lines') }}}}"
    assert not found(head.format("units, line_no"))
    assert rules(found(head.format("units, product_id"))) == ["tie"]


def test_a_key_that_the_partition_holds_alone_settles_nothing(found):
    """It would leave one row to pick from: these are other rows, of an order's lines for instance."""
    query = "select *, row_number() over (partition by order_id order by {}) as n from {{{{ ref('orders') }}}}"
    assert rules(found(query.format("ordered_on, total"))) == ["tie"]
    assert rules(found("select order_id, arg_max(note, total) as v from {{ ref('orders') }} group by order_id"))


def test_only_keys_of_what_a_model_reads_count(found):
    query = "select *, row_number() over (order by customer_id, {}) as n from {{{{ ref('lines') }}}} {}"
    assert rules(found(query.format("order_id", "inner join {{ ref('orders') }} using (order_id)"))) == []
    assert rules(found(query.format("order_id", "cross join (select 'p' as customer_id)"))) == ["tie"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select customer_id, max(total) as v from {{ ref('orders') }} group by customer_id", []),
        ("select customer_id, max(total) as v from {{ ref('orders') }} group by 1", []),
        ("select customer_id, total as v from {{ ref('orders') }} group by customer_id, total", ["tie"]),
        ("select note as customer_id, max(total) as v from {{ ref('orders') }} group by note", []),
        ("select lower(note) as customer_id, max(total) as v from {{ ref('orders') }} group by 1", []),
        ("select max(note) as customer_id, 1 as v from {{ ref('orders') }} group by lower(note)", ["tie"]),
        ("select customer_id, 1 as v from {{ ref('orders') }}", ["tie"]),
    ],
)
def test_what_is_grouped_by_is_a_key_of_the_groups(found, query, expected):
    found = found(f"with made as ({query}) select *, row_number() over (order by customer_id) as n from made")
    assert rules(found) == expected


def test_a_rank_with_its_partition_is_a_key(found):
    ranked = "select *, row_number() over (partition by customer_id order by total, note) as r from {{ ref('raw') }}"
    assert not found(f"with t as ({ranked}) select customer_id, min_by(note, r) as v from t group by customer_id")
    assert found(f"with t as ({ranked}) select note, min_by(total, r) as v from t group by note")


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("arg_max(note, ordered_on)", ["tie"]),
        ("max_by(note, row(ordered_on, order_id))", []),
        ("max_by(note, (ordered_on, order_id))", []),
        ("arg_max(note, order_id)", []),
        ("arg_max(note, lower(order_id))", ["tie"]),
        ("first(note)", ["tie"]),
        ("first(note order by order_id)", []),
        ("any_value(customer_id)", []),
        ("string_agg(note, ',')", ["order"]),
        ("string_agg(note, ',' order by note)", []),
        ("list(note)", ["order"]),
        ("list_sort(list(note))", []),
        ("len(array_agg(note))", []),
        ("list(note order by ordered_on)", ["tie"]),
        ("max(note)", []),
    ],
)
def test_an_aggregate_that_picks_or_lines_up_needs_an_order(found, aggregate, expected):
    sql = f"select customer_id, {aggregate} as v from {{{{ ref('orders') }}}} group by customer_id"
    assert rules(found(sql)) == expected


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("limit 1", ["tie"]),
        ("order by ordered_on limit 1", ["tie"]),
        ("order by ordered_on, order_id limit 1", []),
        ("order by ordered_on", []),
        ("union all select * from {{ ref('orders') }} order by ordered_on limit 1", ["tie"]),
        ("union all select * from {{ ref('orders') }} order by ordered_on, order_id limit 1", []),
    ],
)
def test_a_limit_needs_an_order_with_a_last_word(found, tail, expected):
    assert rules(found(f"select * from {{{{ ref('orders') }}}} {tail}")) == expected


def test_distinct_on_picks_by_its_order(found):
    head = "select distinct on (customer_id) * from {{ ref('orders') }} order by customer_id"
    assert rules(found(head)) == ["tie"]
    assert not found(f"{head}, order_id")


@pytest.mark.parametrize(
    "call", ["now()", "current_date", "random()", "uuid()", "current_timestamp", "today()", "gen_random_uuid()"]
)
def test_a_clock_or_a_die_is_pointed_at(found, call):
    (finding,) = found(f"select order_id,\n    {call} as v\nfrom {{{{ ref('orders') }}}}")
    assert (finding.rule, str(finding.place)) == ("volatile", "models/picked.sql:2:5")


def test_a_column_may_be_called_like_a_clock(found):
    files = {"models/clocks.sql": "select date '2026-01-01' as current_date"}
    assert not found("select clocks.current_date from {{ ref('clocks') }} as clocks", **files)
    assert not found("select uuid, now from (select 1 as uuid, 2 as now)")


def test_a_sample_without_a_seed_is_pointed_at(found):
    assert rules(found("select * from {{ ref('orders') }} using sample 5")) == ["volatile"]
    assert not found("select * from {{ ref('orders') }} using sample reservoir(5 rows) repeatable (1)")


def test_words_in_strings_and_comments_are_no_calls(found):
    assert not found("select 'now() limit 5' as a -- random()\nfrom {{ ref('orders') }}")


def test_the_place_is_in_the_macro_and_told_once(found):
    files = {
        "macros/latest.sql": "{# ö #}\n{% macro latest() %}row_number() over (order by total){% endmacro %}",
        "models/again.sql": "select 'é' as e, {{ latest() }} as n from {{ ref('orders') }}",
    }
    (finding,) = found("select {{ latest() }} as n from {{ ref('orders') }}", **files)
    assert str(finding.place) == "macros/latest.sql:2:21"


def test_the_place_counts_characters_behind_umlauts_and_jinja(found):
    sql = "{# é #}\nselect 'ö€😀' as a, {{ 1 }} as b, now() as c from {{ ref('orders') }}"
    (finding,) = found(sql)
    assert (finding.place.line, finding.place.column) == (2, sql.split("\n")[1].index("now()") + 1)


@pytest.mark.parametrize("comment", ["lint: allow volatile", "lint: allow tie, volatile: a stamp that nobody compares"])
def test_a_comment_allows_one_place(found, comment):
    sql = f"select\n    -- {comment}\n    now() as a,\n    1 as b,\n    now() as c from {{{{ ref('orders') }}}}"
    (finding,) = found(sql)
    assert finding.place.line == 5


def test_a_comment_for_another_rule_allows_nothing(found):
    assert rules(found("select now() as a -- lint: allow tie\nfrom {{ ref('orders') }}")) == ["volatile"]


@pytest.mark.parametrize("settings", ["where: 'total > 0'", "severity: warn"])
def test_a_unique_test_that_proves_less_makes_no_key(found, settings):
    files = {"models/schema.yml": YAML.replace("[unique]", "[not_null, {unique: {config: {" + settings + "}}}]")}
    sql = WINDOW.format(f"row_number() {PARTED.format('order_id')}", "orders")
    assert rules(found(sql, **files)) == ["tie"]


def test_a_primary_key_of_the_contract_is_a_key(found):
    files = {"models/schema.yml": YAML.replace("data_tests: [unique]", "constraints: [{type: primary_key}]")}
    assert not found(WINDOW.format(f"row_number() {PARTED.format('order_id')}", "orders"), **files)


def test_our_own_models_give_no_finding(monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    manifest = compile_project(load_project({}, {}))
    with Warehouse(None) as warehouse:
        assert not lint(manifest, warehouse.cursor())


def test_check_warns_and_ends_well(write, coterie):
    folder = write({"models/stamped.sql": "select now() as made_at"})
    ended = coterie(folder, "check")
    assert ended.exit_code == 0
    warning = "models/stamped.sql:1:8: warning: `now` gives another value in every build [volatile]"
    assert ended.stderr.splitlines()[0] == warning
