"""What templates may say, and what comes out: Jinja and dbt's words in it."""

from __future__ import annotations

import pytest
from conftest import Files, Shop
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError

from runner.compile import Manifest
from runner.errors import CoterieError, Problems
from runner.scope import Scope
from runner.templates import Templates

PROJECT = """
name: shop
vars:
  min_orders: 3
  countries: [GB, IE]
  nothing:
  shop:
    min_orders: 5
"""


def sql(shop: Shop, text: str, **more: str) -> str:
    """What a model of this text compiles to; `more` holds macros."""
    macros = {f"macros/{name}.sql": macro for name, macro in more.items()}
    return shop({"project.yml": PROJECT, "models/m.sql": text, **macros}).compiled["m"].sql


def mistake(shop: Shop, files: Files) -> CoterieError:
    with pytest.raises(Problems) as caught:
        shop(files)
    assert len(caught.value.errors) == 1
    return caught.value.errors[0]


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("select {{ var('min_orders') }}", "select 5"),  # the project's own vars win
        ("select {{ var('unheard_of', 7) }}", "select 7"),
        ("select {{ var('min_orders', 7) }}", "select 5"),
        ("select '{{ var('unheard_of', none) }}'", "select 'None'"),
        ("select '{{ var('nothing') }}'", "select 'None'"),
        ("select {{ var('unheard_of', false) }}", "select False"),
        ("select {{ var('countries') | length }}", "select 2"),
        ("select {% for c in var('countries') %}'{{ c }}'{{ ', ' if not loop.last }}{% endfor %}",
         "select 'GB', 'IE'"),
        ("select '{{ env_var('SHOP', 'demo') }}'", "select 'demo'"),
        ("{{ config(materialized='table') }}select 1", "select 1"),
        ("select '{{ this }}'", "select '\"main\".\"m\"'"),
        ("select '{{ target.name }}', '{{ target.type }}'", "select 'prod', 'duckdb'"),
        ("select {{ 1 if is_incremental() else 0 }}", "select 0"),
        ("{% set n = 4 %}select {{ n }}", "select 4"),
        ("{% set words %}a, b{% endset %}select '{{ words }}'", "select 'a, b'"),
        ("{% set l = [] %}{% do l.append('x') %}select '{{ l[0] }}'", "select 'x'"),
        ("select 1 {#- not {{ ref('this') }} -#} , 2", "select 1, 2"),
        ("{% raw %}select '{{ not_a_template }}'{% endraw %}", "select '{{ not_a_template }}'"),
        ("{% filter upper %}select 1 as a{% endfilter %}", "SELECT 1 AS A"),
        ("select\n    {%- for n in [1, 2] %}\n    {{ n }} as n{{ n }},\n    {%- endfor %}\n    3",
         "select\n    1 as n1,\n    2 as n2,\n    3"),
        ("select 1\n", "select 1"),
        ("\n\nselect 1\n\n\n", "\n\nselect 1"),
    ],
)  # fmt: skip
def test_a_template_renders_to(shop: Shop, text: str, rendered: str) -> None:
    assert sql(shop, text) == rendered


@pytest.mark.parametrize(
    ("macro", "call", "rendered"),
    [
        ("{% macro cents(c, digits=2) %}round({{ c }}, {{ digits }}){% endmacro %}",
         "{{ cents('a') }}, {{ cents('a', 3) }}, {{ cents(digits=4, c='b') }}",
         "round(a, 2), round(a, 3), round(b, 4)"),
        # a macro may return a value of any type
        ("{% macro names() %}{{ return(['a', 'b']) }}not this{% endmacro %}",
         "{{ names() | join(' + ') }}, {{ names()[1] }}", "a + b, b"),
        ("{% macro limits() %}{% do return({'high': 3}) %}{% endmacro %}",
         "{{ limits().high + 1 }}", "4"),
        ("{% macro outer() %}{{ inner() }} + 1{% endmacro %}"
         "{% macro inner() %}{{ return(2) }}{% endmacro %}",
         "{{ outer() }}", "2 + 1"),
        ("{% macro wrapped() %}({{ caller() }}){% endmacro %}",
         "{% call wrapped() %}a or b{% endcall %}", "(a or b)"),
        ("{% macro all_of() %}{{ varargs | join(' and ') }}{% endmacro %}",
         "{{ all_of('a', 'b', 'c') }}", "a and b and c"),
        ("{%- macro trimmed() -%}  1  {%- endmacro -%}", "{{ trimmed() }}", "1"),
        ("{% macro over(n) %}{{ n }}{% if n %} {{ over(n - 1) }}{% endif %}{% endmacro %}",
         "{{ over(3) }}", "3 2 1 0"),
    ],
)  # fmt: skip
def test_a_macro_renders_to(shop: Shop, macro: str, call: str, rendered: str) -> None:
    assert sql(shop, "select " + call, all=macro) == "select " + rendered


def test_a_macro_sees_vars_refs_and_this_of_the_model_that_calls_it(shop: Shop) -> None:
    manifest = shop(
        {
            "project.yml": PROJECT,
            "macros/recent.sql": "{% macro recent(name) %}select {{ var('min_orders') }} as n, "
            "'{{ this }}' as here from {{ ref(name) }}{% endmacro %}",
            "models/orders.sql": "select 1 as order_id",
            "models/late.sql": "{{ recent('orders') }}",
        }
    )
    late = manifest.compiled["late"]
    assert late.sql == 'select 5 as n, \'"main"."late"\' as here from "main"."orders"'
    assert late.parents == ("orders",)
    assert late.reading.vars == {"min_orders"}
    assert late.reading.macros == {"recent"}


def test_a_ref_in_a_branch_that_is_not_taken_is_no_parent(shop: Shop) -> None:
    manifest = shop(
        {
            "models/orders.sql": "select 1 as id",
            "models/visits.sql": "select 1 as id",
            "models/events.sql": "select id from {% if var('web', false) %}{{ ref('visits') }}"
            "{% else %}{{ ref('orders') }}{% endif %}",
        }
    )
    assert manifest.compiled["events"].parents == ("orders",)


def test_the_environment_is_what_was_given(shop: Shop) -> None:
    files = {"models/m.sql": "select '{{ env_var('SHOP') }}' as shop"}
    assert shop(files, env={"SHOP": "ours"}).compiled["m"].sql == "select 'ours' as shop"


def test_vars_of_the_command_line_win(shop: Shop) -> None:
    files = {"project.yml": PROJECT, "models/m.sql": "select {{ var('min_orders') }}"}
    assert shop(files, {"min_orders": 9}).compiled["m"].sql == "select 9"


def test_a_ref_in_an_sql_comment_is_still_a_ref(shop: Shop) -> None:
    error = mistake(shop, {"models/m.sql": "-- {{ ref('gone') }}\nselect 1"})
    assert str(error.place) == "models/m.sql:1:12"


def test_return_outside_a_macro_is_the_authors_mistake(shop: Shop) -> None:
    error = mistake(shop, {"models/m.sql": "select {{ return(1) }}"})
    assert "return" in error.message
    assert str(error.place) == "models/m.sql:1:8"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ref.__globals__ }}",
        "{{ ''.join.__self__.__class__ }}",
        "{% set x = ref.__init__ %}{{ x() }}",
        "{{ config.__func__ }}",
        "{{ target.__class__ }}",
        "{{ [].append.__self__.__class__.__subclasses__() }}",
    ],
)
def test_templates_cannot_reach_pythons_insides(shop: Shop, text: str) -> None:
    error = mistake(shop, {"models/m.sql": "select '" + text + "'"})
    assert error.place is not None
    assert error.place.path == "models/m.sql"


@pytest.mark.parametrize("word", ["include", "import", "extends", "from"])
def test_templates_read_no_other_templates(shop: Shop, word: str) -> None:
    text = {"import": "{% import 'a.sql' as a %}", "from": "{% from 'a.sql' import b %}"}
    error = mistake(shop, {"models/m.sql": text.get(word, f"{{% {word} 'a.sql' %}}") + "select 1"})
    assert str(error.place) == "models/m.sql:1:1"
    assert "macros/" in error.hint


def test_a_template_cannot_run_forever(shop: Shop) -> None:
    error = mistake(shop, {"models/m.sql": "{% for n in range(10000000) %}{% endfor %}select 1"})
    assert "range" in error.message.lower()


def test_what_one_template_sets_the_next_does_not_see(shop: Shop) -> None:
    error = mistake(
        shop,
        {
            "models/first.sql": "{% set shared = 1 %}select {{ shared }} as a",
            "models/second.sql": "select {{ shared }} as a",
        },
    )
    assert str(error.place) == "models/second.sql:1:11"


def test_a_macro_cannot_change_a_var_for_others(shop: Shop) -> None:
    manifest = shop(
        {
            "project.yml": PROJECT,
            "macros/spoil.sql": "{% macro spoil() %}{% do var('countries').append('FR') %}{% endmacro %}",
            "models/a.sql": "{{ spoil() }}select 1 as a",
            "models/b.sql": "select {{ var('countries') | length }} as n",
        }
    )
    assert manifest.compiled["b"].sql == "select 2 as n"


def test_config_in_a_model_wins_over_yaml_and_yaml_over_folders(shop: Shop) -> None:
    manifest = shop(
        {
            "project.yml": "name: shop\nmodels:\n  shop:\n    +materialized: table\n    +schema: marts\n"
            "    +tags: [daily]\n    +meta: {owner: shop, kind: mart}\n",
            "models/_m.yml": "models:\n  - name: m\n    config:\n      schema: reports\n"
            "      tags: [people]\n      meta: {kind: report}\n",
            "models/m.sql": "{{ config(materialized='view', tags='late') }}select 1 as id",
        }
    )
    model = manifest.project.models["m"]
    assert (model.materialized, model.relation.address) == ("view", "reports.m")
    assert model.tags == ("daily", "people", "late")
    assert model.meta == {"owner": "shop", "kind": "report"}


def test_inline_config_may_depend_on_vars(shop: Shop) -> None:
    files = {"models/m.sql": "{{ config(enabled=var('web', true), alias='web_' ~ 'orders') }}select 1 as id"}
    assert shop(files).project.models["m"].relation.address == "main.web_orders"
    off = shop(files, {"web": False})
    assert off.project.models == {}
    assert off.project.disabled == {"m"}


@pytest.mark.parametrize(
    ("folders", "materialized"),
    [
        ("+materialized: table", "table"),
        ("materialized: table", "table"),
        ("staging:\n      +materialized: table", "table"),
        ("staging:\n      +materialized: table\n      web:\n        +materialized: view", "view"),
        ("staging:\n      web:\n        visits:\n          +materialized: table", "table"),
        ("marts:\n      +materialized: table", "view"),
        ("+materialized: \"{{ var('kind', 'table') }}\"", "table"),
    ],
)
def test_the_nearest_folder_wins(shop: Shop, folders: str, materialized: str) -> None:
    manifest = shop(
        {
            "project.yml": f"name: shop\nmodels:\n  shop:\n    {folders}\n",
            "models/staging/web/visits.sql": "select 1 as id",
            "models/marts/orders.sql": "select 1 as id",
        }
    )
    assert manifest.project.models["visits"].materialized == materialized


DOCUMENTED = {
    "models/_docs.md": "# Words\n\n{% docs order_status %}\nWhere an order stands: `paid` or not.\n{% enddocs %}\n"
    "{% docs grain %}one row per order{% enddocs %}\n",
    "models/orders.sql": "select 1 as order_id, 'paid' as status",
    "models/_models.yml": """
models:
  - name: orders
    description: "Orders, {{ doc('grain') }}."
    columns:
      - name: order_id
        description: Plain words.
      - name: status
        description: '{{ doc("order_status") }}'
""",
}


def test_descriptions_may_quote_doc_blocks(shop: Shop) -> None:
    orders = shop(DOCUMENTED).project.models["orders"]
    assert orders.description == "Orders, one row per order."
    assert [column.description for column in orders.columns] == [
        "Plain words.",
        "Where an order stands: `paid` or not.",
    ]


def test_markdown_without_doc_blocks_is_left_alone(shop: Shop) -> None:
    shop({"models/README.md": "Write {{ ref('x') }} and {% if %}.", "models/m.sql": "select 1 as a"})


def refs(manifest: Manifest, name: str) -> tuple[str, ...]:
    return manifest.compiled[name].parents


@pytest.mark.parametrize("call", ['ref("orders")', "ref( 'orders' )", "ref('or' ~ 'ders')"])
def test_a_ref_may_be_written_in_many_ways(shop: Shop, call: str) -> None:
    manifest = shop(
        {"models/orders.sql": "select 1 as id", "models/facts.sql": f"select * from {{{{ {call} }}}} where 1 = 1"}
    )
    assert refs(manifest, "facts") == ("orders",)
    assert manifest.compiled["facts"].sql == 'select * from "main"."orders" where 1 = 1'


PIECES = st.sampled_from(
    [
        "select 1", " ", "\n", "\n\n", "\r\n", "{", "}", "}}", "%}", "é '", "-- it's",
        "{{ ref('a') }}", "{{ref( \"a\" ,)}}", "{{- ref('a') }}", "{{ ref('a') -}}", "{{+ ref('a') }}",
        "{{ source('a', 'b') }}", "{{ var('n', 0.5) }}", "{{ var('a}}b', 1) }}", "{{ var('{{', -1) }}",
        "{{ var('n', ['x', {'y': 1}]) }}", "{{ var('n', none) }}", "{{ var('n', 'a' 'b') }}", "{{ var('n', '\\n') }}",
        "{{ config(materialized='table', tags=['a', 'b'], meta={'k': {'l': true}}) }}", "{{ ref('a') | upper }}",
        "{{ ref('a') ~ '{{' }}", "{# {{ ref('a') }} #}", "{% raw %}{{ ref('a') }}{% endraw %}", "{{ ref('a'",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=6).map("".join))
def test_a_template_of_plain_calls_says_what_jinja_says(text: str) -> None:
    words = {"ref": str, "source": "{}.{}".format, "var": lambda _, value: value, "config": lambda **_: ""}
    scope = Scope({}, {})
    templates = Templates({})
    templates.env.globals["source"] = words["source"]
    try:
        expected = Environment().from_string(text).render(words)
    except TemplateSyntaxError:
        with pytest.raises(CoterieError):
            templates.render("m.sql", text, scope)
    else:
        assert templates.render("m.sql", text, scope).sql == expected


def test_two_models_with_the_same_config_do_not_share_its_lists(shop: Shop) -> None:
    text = "{{ config(tags=['daily'], meta={'owners': ['ann']}) }}select 1 as id"
    models = shop({"models/a.sql": text, "models/b.sql": text}).project.models
    assert models["a"].tags == ("daily",)
    assert models["a"].config["meta"]["owners"] is not models["b"].config["meta"]["owners"]
