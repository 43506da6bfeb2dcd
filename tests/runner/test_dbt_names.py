"""dbt's own names in a template: what needs no database is there, with dbt's meaning."""

from __future__ import annotations

import duckdb
import pytest
from conftest import Shop

from runner.compile import Manifest


def value(shop: Shop, expression: str) -> object:
    """What DuckDB makes of a rendered expression."""
    return row(shop({"models/a.sql": f"select {expression} as x"}))[0]


def row(manifest: Manifest) -> tuple[object, ...]:
    with duckdb.connect() as connection:
        found = connection.execute(manifest.compiled["a"].sql).fetchone()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{{ dbt.date_trunc('month', \"timestamp '2025-03-17 08:00'\") }}::varchar", "2025-03-01 00:00:00"),
        ("{{ dbt.dateadd('day', 3, \"timestamp '2025-02-27'\") }}::varchar", "2025-03-02 00:00:00"),
        ("{{ dbt.dateadd('week', -1, \"timestamp '2025-03-08'\") }}::varchar", "2025-03-01 00:00:00"),
        ("{{ dbt.dateadd('QUARTER', 2, \"timestamp '2025-01-31'\") }}::varchar", "2025-07-31 00:00:00"),
        # boundaries are counted, not whole periods
        ("{{ dbt.datediff(\"'2025-01-31'\", \"'2025-02-01'\", 'month') }}", 1),
        ("{{ dbt.datediff(\"'2025-02-01'\", \"'2025-01-31'\", 'day') }}", -1),
        # weeks begin on Sunday: 2025-03-08 is a Saturday
        ("{{ dbt.datediff(\"'2025-03-08'\", \"'2025-03-09'\", 'week') }}", 1),
        ("{{ dbt.datediff(\"'2025-03-02'\", \"'2025-03-08'\", 'week') }}", 0),
        ("{{ dbt.last_day(\"date '2024-02-10'\", 'month') }}::varchar", "2024-02-29"),
        ("{{ dbt.last_day(\"date '2024-02-10'\", 'quarter') }}::varchar", "2024-03-31"),
        ("{{ dbt.safe_cast(\"'7'\", dbt.type_int()) }}", 7),
        ("typeof(cast(1 as {{ dbt.type_numeric() }}))", "DECIMAL(28,6)"),
        ("typeof(cast(1 as {{ type_float() }}))", "FLOAT"),
        ("typeof(cast('a' as {{ type_string() }}))", "VARCHAR"),
        ("{{ dbt.concat([\"'a'\", \"'b'\"]) }}", "ab"),
        ("{{ dbt.split_part(\"'a-b-c'\", \"'-'\", 2) }}", "b"),
        ("{{ dbt.position(\"'c'\", \"'abc'\") }}", 3),
        ("{{ dbt.right(\"'abc'\", 2) }}", "bc"),
        ("{{ dbt.replace(\"'abc'\", \"'b'\", \"'x'\") }}", "axc"),
        ("{{ dbt.length(\"'abc'\") }}", 3),
        ("{{ dbt.hash('1') }}", "c4ca4238a0b923820dcc509a6f75849b"),  # md5 of the text 1
        ("{{ dbt.string_literal(dbt.escape_single_quotes(\"it's\")) }}", "it's"),
        ("{{ dbt.cast_bool_to_text('true') }}", "true"),
        ("{{ dbt.array_append(dbt.array_construct([1, 2]), 3) }}", [1, 2, 3]),
        ("(select {{ dbt.listagg('x', \"'+'\", 'order by x desc') }} from (values (1), (3), (2)) as t(x))", "3+2+1"),
        ("(select {{ dbt.listagg('x', \"'+'\", 'order by x', 2) }} from (values (1), (3), (2)) as t(x))", "1+2"),
        ("(select {{ dbt.bool_or('x > 1') }} from (values (1), (2)) as t(x))", True),
        ("(select count(*) from ({{ dbt.date_spine('day', \"date '2025-02-27'\", \"date '2025-03-02'\") }}))", 3),
        ("(select max(date_month)::varchar from ({{ date_spine('month', \"date '2025-01-01'\", "
         "\"date '2025-04-01'\") }}))", "2025-03-01 00:00:00"),
        ("(select count(*) from ({{ dbt.generate_series(4) }}))", 4),
    ],
)  # fmt: skip
def test_a_cross_database_macro_means_what_it_means_in_dbt(shop: Shop, expression: str, expected: object) -> None:
    assert value(shop, expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{{ tojson({'b': 1, 'a': [2]}) }}", '{"b": 1, "a": [2]}'),
        ("{{ tojson({'b': 1, 'a': 2}, sort_keys=true) }}", '{"a": 2, "b": 1}'),
        ("{{ fromjson('[1, {\"a\": 2}]')[1].a }}", "2"),
        ("{{ fromjson('no json', 'none of it') }}", "none of it"),
        ("{{ fromyaml('a: [1, 2]').a[1] }}", "2"),
        ("{{ fromyaml('{', default='none of it') }}", "none of it"),
        ("{{ toyaml({'b': [1], 'a': 2}) | trim }}", "b:\n- 1\na: 2"),
        ("{{ toyaml(var('places')) | trim }}", "- linz\n- graz"),
        ("{{ set([1, 1, 2]) | length }}", "2"),
        ("{{ set(3, []) }}", "[]"),
        ("{{ zip([1, 2], ['a', 'b']) | list }}", "[(1, 'a'), (2, 'b')]"),
        ("{{ zip(1, 2, default='none of it') }}", "none of it"),
        ("{{ local_md5('1') }}", "c4ca4238a0b923820dcc509a6f75849b"),
        ("{{ log('seen by nobody', info=true) }}{{ print('nor this') }}", ""),
        ("{{ 'yes' if execute else 'no' }}", "yes"),
        ("{{ '3' | as_number }}{{ 'a' | as_text }}", "3a"),
        ("{{ adapter.quote('a b') }}", '"a b"'),
        ("{{ this.schema }}|{{ this.identifier }}|{{ this.name }}|{{ this.table }}|{{ this }}",
         'main|a|a|a|"main"."a"'),
        ("{{ ref('shop', 'b') }}", '"main"."b"'),
    ],
)  # fmt: skip
def test_a_name_of_dbt_renders_as_in_dbt(shop: Shop, expression: str, expected: str) -> None:
    files = {"project.yml": "name: shop\nvars: {places: [linz, graz]}\n", "models/b.sql": "select 1 as y"}
    manifest = shop({**files, "models/a.sql": f"select $${expression}$$ as x"})
    assert manifest.compiled["a"].sql == f"select $${expected}$$ as x"


def test_dispatch_prefers_the_macro_for_duckdb(shop: Shop) -> None:
    macros = """
{% macro cents(x) %}{{ return(adapter.dispatch('cents', 'shop')(x)) }}{% endmacro %}
{% macro default__cents(x) %}{{ x }}{% endmacro %}
{% macro duckdb__cents(x) %}{{ x }} / 100{% endmacro %}
{% macro postgres__cents(x) %}nothing for us{% endmacro %}
{% macro whole(x) %}{{ adapter.dispatch('whole')(x) }}{% endmacro %}
{% macro default__whole(x) %}floor({{ x }}){% endmacro %}
"""
    manifest = shop({"macros/m.sql": macros, "models/a.sql": "select {{ cents(5) }} as x, {{ whole('1.5') }} as y"})
    assert manifest.compiled["a"].sql == "select 5 / 100 as x, floor(1.5) as y"


def test_a_project_may_define_a_macro_of_the_runner_anew(shop: Shop) -> None:
    macros = "{% macro concat(fields) %}concat_ws('-', {{ fields | join(', ') }}){% endmacro %}"
    files = {"macros/m.sql": macros, "models/a.sql": "select {{ concat(['1', '2']) }}, {{ dbt.concat(['1', '2']) }}"}
    assert shop(files).compiled["a"].sql == "select concat_ws('-', 1, 2), 1 || 2"


def test_their_macro_names_schemas_and_aliases(shop: Shop) -> None:
    files = {
        "project.yml": "name: shop\nmodels: {shop: {finance: {+schema: money}}}\nseeds: {+schema: raw}\n",
        "macros/naming.sql": """
{% macro generate_schema_name(wanted, node) %}
    {%- if node.resource_type == 'seed' -%} {{ wanted }}
    {%- elif wanted is none -%} {{ target.schema }}
    {%- else -%} {{ target.schema }}_{{ wanted | trim }}
    {%- endif -%}
{% endmacro %}
{% macro generate_alias_name(wanted=none, node=none) %}{{ wanted or node.name | replace('stg_', '') }}{% endmacro %}
""",
        "models/stg_orders.sql": "select 1 as x",
        "models/finance/ledger.sql": "{{ config(alias='book') }} select * from {{ ref('stg_orders') }}",
        "seeds/towns.csv": "town\nLinz\n",
    }
    addresses = {name: table.relation.address for name, table in shop(files).tables.items()}
    assert addresses == {"stg_orders": "main.orders", "ledger": "main_money.book", "towns": "raw.towns"}
