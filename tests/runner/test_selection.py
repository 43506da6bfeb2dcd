"""What a selection means, form by form, as dbt documents it."""

from __future__ import annotations

import pytest
from conftest import Shop

from runner.compile import Manifest
from runner.errors import AuthorError
from runner.selection import select, unit_test_words

# shop.orders, shop.visits -> stg_orders, stg_visits -> order_facts -> customer_rfm -> seg_loyal
#                                        countries (seed) -^             stg_visits ----^
FILES = {
    "project.yml": """
name: shop
models:
  shop:
    marts:
      +tags: [daily]
    segments:
      +tags: [daily, people]
""",
    "models/staging/_sources.yml": """
sources:
  - name: shop
    tags: raw
    tables:
      - name: orders
        columns: [{name: order_id, data_type: integer}]
      - name: visits
        columns: [{name: order_id, data_type: integer}]
""",
    "models/staging/_models.yml": """
models:
  - name: stg_orders
    columns:
      - name: order_id
        data_tests:
          - unique
          - relationships:
              arguments: {to: ref('stg_visits'), field: order_id}
  - name: stg_visits
    config: {tags: [slow]}
    columns:
      - name: order_id
        data_tests: [not_null]
""",
    "models/staging/stg_orders.sql": "select order_id from {{ source('shop', 'orders') }}",
    "models/staging/stg_visits.sql": "select order_id from {{ source('shop', 'visits') }}",
    "models/marts/order_facts.sql": """
select orders.order_id from {{ ref('stg_orders') }} as orders cross join {{ ref('countries') }}""",
    "models/marts/customer_rfm.sql": """
select facts.order_id from {{ ref('order_facts') }} as facts cross join {{ ref('stg_visits') }}""",
    "models/segments/seg_loyal.sql": "select order_id from {{ ref('customer_rfm') }}",
    "seeds/countries.csv": "country\nGB\n",
    "tests/data/loyal_have_orders.sql": """
select loyal.order_id from {{ ref('seg_loyal') }} as loyal cross join {{ ref('order_facts') }}""",
}
UNIQUE = "unique_stg_orders_order_id"
SAME = "relationships_stg_orders_order_id_ref_stg_visits_order_id"
NOT_NULL = "not_null_stg_visits_order_id"
LOYAL = "loyal_have_orders"
TESTS = {UNIQUE, SAME, NOT_NULL, LOYAL}
SOURCES = {"shop.orders", "shop.visits"}
ABOVE_FACTS = {"stg_orders", "countries", "shop.orders"}
EVERYTHING = TESTS | SOURCES | ABOVE_FACTS | {
    "stg_visits", "order_facts", "customer_rfm", "seg_loyal",
}  # fmt: skip


@pytest.fixture
def manifest(shop: Shop) -> Manifest:
    return shop(FILES)


def tables(names: frozenset[str]) -> set[str]:
    return set(names) - TESTS


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("order_facts", {"order_facts"}),
        ("+order_facts", {"order_facts"} | ABOVE_FACTS),
        ("1+order_facts", {"order_facts", "stg_orders", "countries"}),
        ("2+order_facts", {"order_facts"} | ABOVE_FACTS),
        ("order_facts+", {"order_facts", "customer_rfm", "seg_loyal"}),
        ("order_facts+1", {"order_facts", "customer_rfm"}),
        ("1+order_facts+1", {"order_facts", "customer_rfm", "stg_orders", "countries"}),
        ("+customer_rfm+", EVERYTHING - TESTS),
        ("0+order_facts+0", {"order_facts"}),
        # all descendants, and all that these need
        ("@stg_orders", EVERYTHING - TESTS),
        ("@seg_loyal", EVERYTHING - TESTS),
        ("stg_*", {"stg_orders", "stg_visits"}),
        ("*_facts+", {"order_facts", "customer_rfm", "seg_loyal"}),
        ("countries", {"countries"}),
        ("tag:daily", {"order_facts", "customer_rfm", "seg_loyal"}),
        ("tag:people", {"seg_loyal"}),
        ("tag:peo*", {"seg_loyal"}),
        ("tag:slow", {"stg_visits"}),
        ("tag:raw", SOURCES),
        ("+tag:people", EVERYTHING - TESTS),
        ("path:models/marts", {"order_facts", "customer_rfm"}),
        ("models/marts", {"order_facts", "customer_rfm"}),
        ("models/marts/", {"order_facts", "customer_rfm"}),
        ("path:models/marts/order_facts.sql", {"order_facts"}),
        ("models/marts/order_*.sql", {"order_facts"}),
        ("1+path:models/segments", {"seg_loyal", "customer_rfm"}),
        ("source:shop", SOURCES),
        ("source:shop.orders", {"shop.orders"}),
        ("source:shop.orders+1", {"shop.orders", "stg_orders"}),
        ("source:*.visits", {"shop.visits"}),
        # a space unites
        ("seg_loyal stg_orders", {"seg_loyal", "stg_orders"}),
        # a comma intersects, and binds closer than a space
        ("tag:daily,path:models/marts", {"order_facts", "customer_rfm"}),
        ("+order_facts,+customer_rfm", {"order_facts"} | ABOVE_FACTS),
        ("tag:daily,path:models/segments stg_orders", {"seg_loyal", "stg_orders"}),
        ("order_facts+,+customer_rfm", {"order_facts", "customer_rfm"}),
    ],
)
def test_a_selection_means(manifest: Manifest, words: str, meant: set[str]) -> None:
    assert tables(select(manifest, [words])) == meant


def test_no_words_mean_everything(manifest: Manifest) -> None:
    assert select(manifest, []) == EVERYTHING


def test_several_words_unite_as_one_word_with_spaces_does(manifest: Manifest) -> None:
    words = ["seg_loyal", "stg_orders"]
    assert select(manifest, words) == select(manifest, [" ".join(words)])


def test_tests_come_along_if_they_touch_a_selected_table(manifest: Manifest) -> None:
    assert select(manifest, ["stg_orders"]) == {"stg_orders", UNIQUE, SAME}
    assert select(manifest, ["stg_visits"]) == {"stg_visits", SAME, NOT_NULL}
    assert select(manifest, ["seg_loyal"]) == {"seg_loyal", LOYAL}
    assert select(manifest, ["countries"]) == {"countries"}


def test_a_test_can_be_selected_alone(manifest: Manifest) -> None:
    assert select(manifest, [UNIQUE]) == {UNIQUE}
    assert select(manifest, ["path:tests/data"]) == {LOYAL}
    assert select(manifest, ["1+" + LOYAL]) == {LOYAL, "seg_loyal", "order_facts"}


def test_descendants_of_a_table_hold_its_tests(manifest: Manifest) -> None:
    assert select(manifest, ["stg_visits+"]) == {
        "stg_visits", SAME, NOT_NULL, "customer_rfm", "seg_loyal", LOYAL,
    }  # fmt: skip


def test_an_exclusion_takes_away(manifest: Manifest) -> None:
    assert tables(select(manifest, ["tag:daily"], ["seg_loyal"])) == {"order_facts", "customer_rfm"}
    assert tables(select(manifest, [], ["order_facts+"])) == ABOVE_FACTS | {
        "stg_visits", "shop.visits",
    }  # fmt: skip


def test_an_exclusion_takes_every_test_that_touches_it_as_in_dbt(manifest: Manifest) -> None:
    assert UNIQUE not in select(manifest, [], ["stg_orders"])
    assert SAME not in select(manifest, [], ["stg_orders"])
    assert NOT_NULL in select(manifest, [], ["stg_orders"])
    assert SAME not in select(manifest, ["stg_orders"], ["stg_visits"])


def test_an_excluded_test_leaves_its_table(manifest: Manifest) -> None:
    assert select(manifest, ["stg_orders"], [UNIQUE]) == {"stg_orders", SAME}


def test_an_intersection_may_be_empty_where_each_side_is_not(manifest: Manifest) -> None:
    assert select(manifest, ["stg_orders,stg_visits"]) <= {SAME}


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ("seg_loyall", "matches nothing", "`seg_loyal`"),
        ("+seg_loyall+1", "`+seg_loyall+1` matches nothing", "`seg_loyal`"),
        ("seg_loyal,tag:nightly", "matches nothing", ""),
        ("tags:daily", "unknown selection method `tags:`", "`tag`"),
        ("result:error", "`result:` is not supported", "tag:"),
        ("path:models/mart", "matches nothing", "models/marts"),
        ("source:shopp", "matches nothing", "`shop`"),
    ],
)
def test_a_word_that_means_nothing_is_refused(manifest: Manifest, words: str, message: str, hint: str) -> None:
    with pytest.raises(AuthorError) as caught:
        select(manifest, [words])
    assert message in caught.value.message
    assert hint in caught.value.hint


TESTS = {
    "unique_stg_orders_order_id",
    "relationships_stg_orders_order_id_ref_stg_visits_order_id",
    "not_null_stg_visits_order_id",
    "loyal_have_orders",
}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("test_type:data", TESTS),
        ("test_type:singular", {"loyal_have_orders"}),
        ("test_type:generic", TESTS - {"loyal_have_orders"}),
        ("test_name:unique", {UNIQUE}),
        ("test_name:*n*", TESTS - {"loyal_have_orders"}),
        (UNIQUE, {UNIQUE}),
        ("file:loyal_have_orders.sql", {"loyal_have_orders"}),
        ("loyal_have_orders.sql", {"loyal_have_orders"}),
        ("resource_type:test", TESTS),
        # a part of an intersection brings its tests along, as in dbt
        ("stg_visits,test_type:generic", TESTS - {UNIQUE, "loyal_have_orders"}),
        ("seg_loyal,test_type:generic", set()),
        ("order_facts,test_type:singular", {"loyal_have_orders"}),
        ("config.severity:ERROR", TESTS),
    ],
)
def test_tests_are_selected_by_what_they_are(shop: Shop, words: str, names: set[str]) -> None:
    assert set(select(shop(FILES), [words])) == names


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("resource_type:seed", {"countries"}),
        ("resource_type:source", {"shop.orders", "shop.visits"}),
        ("resource_type:model", {"stg_orders", "stg_visits", "order_facts", "customer_rfm", "seg_loyal"}),
        ("config.materialized:view", {"stg_orders", "stg_visits", "order_facts", "customer_rfm", "seg_loyal"}),
        ("config.materialized:seed", {"countries"}),
        ("config.tags:people", {"seg_loyal"}),
        ("fqn:shop.marts.order_facts", {"order_facts"}),
        ("fqn:marts.order_facts", {"order_facts"}),
        ("fqn:order_facts", {"order_facts"}),
        ("shop.marts", {"order_facts", "customer_rfm"}),
        ("marts", {"order_facts", "customer_rfm"}),
        ("mar*.customer_*", {"customer_rfm"}),
        ("segments", {"seg_loyal"}),
        ("file:order_facts", {"order_facts"}),
        ("countries.csv", {"countries"}),
    ],
)
def test_models_are_selected_by_folder_file_and_configuration(shop: Shop, word: str, names: set[str]) -> None:
    assert {name for name in select(shop(FILES), [word]) if name not in TESTS} == names


@pytest.mark.parametrize("word", ["fqn:order", "marts.order", "config.materialized:table", "test_name:uniq", "facts"])
def test_half_a_name_is_no_name(shop: Shop, word: str) -> None:
    with pytest.raises(AuthorError, match="matches nothing"):
        select(shop(FILES), [word])


def test_excluding_a_kind_of_test_leaves_the_rest(shop: Shop) -> None:
    chosen = select(shop(FILES), [], ["test_type:generic"])
    assert chosen & TESTS == {"loyal_have_orders"}
    assert "stg_orders" in chosen


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["test_type:unit"], ()),
        (["test_type:unit,order_facts"], ("order_facts",)),
        (["test_type:unit,a test_type:unit,tag:b"], ("a", "tag:b")),
        (["order_facts"], None),
        (["test_type:unit order_facts"], None),
        ([], None),
    ],
)
def test_a_selection_may_ask_for_unit_tests_alone(words: list[str], left: tuple[str, ...] | None) -> None:
    assert unit_test_words(words, asked=False) == left


def test_unit_tests_and_others_are_not_selected_together(shop: Shop) -> None:
    with pytest.raises(AuthorError, match="no unit test") as caught:
        select(shop(FILES), ["test_type:unit order_facts"])
    assert "coterie test --unit" in caught.value.hint
