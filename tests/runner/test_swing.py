"""When a segment's size is remarkable, and which condition or table moved it."""

from collections.abc import Iterator

import pytest

from runner.conditions import rules, rules_for
from runner.guard import Limits, Version, blame, deciding_rules, verdict
from runner.warehouse import Cursor, Warehouse


@pytest.mark.parametrize(
    ("history", "size", "kind"),
    [
        ([100], 130, "ok"),
        ([100], 131, "swing"),
        ([100], 70, "ok"),
        ([100], 69, "swing"),
        ([10, 20], 19, "ok"),  # the median of an even count lies between: 15, and 19.5 is the line
        ([10, 20], 20, "swing"),
        ([1000, 100, 100, 100, 100, 100, 100, 100], 100, "ok"),
        ([5, 100, 100, 100, 900, 900, 900, 900], 900, "ok"),  # only the last seven: the median is 900, not 500
        ([100, 100, 5000], 100, "ok"),
        ([], 5, "ok"),
        ([], 0, "empty"),
        ([100], 0, "empty"),
        ([0, 0, 0], 0, "ok"),
        ([0, 0, 0], 1, "swing"),
    ],
)
def test_a_swing_is_more_than_30_percent_of_the_median(history, size, kind):
    assert verdict("seg_lead", history, size, Limits()).kind == kind


@pytest.mark.parametrize(("size", "kind"), [(50, "ok"), (49, "below_min"), (0, "empty")])
def test_a_segment_has_at_least_its_minimum(size, kind):
    assert verdict("seg_lead", [50], size, Limits(min_audience=50)).kind == kind


def test_a_limit_of_its_own_is_kept_to():
    assert verdict("seg_lead", [1000], 1005, Limits(swing_pct=0.5)).kind == "ok"
    assert verdict("seg_lead", [1000], 1006, Limits(swing_pct=0.5)).kind == "swing"


@pytest.mark.parametrize(("size", "kind"), [(21, "ok"), (22, "swing"), (0, "empty"), (1, "ok")])
def test_a_few_people_are_no_swing(size: int, kind: str) -> None:
    assert verdict("seg_lead", [1], size, Limits(swing_people=20)).kind == kind
    assert verdict("seg_lead", [1000], 1300 + size, Limits(swing_people=20)).kind == ("swing" if size else "ok")


def test_the_sentence_says_by_how_much_and_against_what():
    found = verdict("seg_lead", [1000, 3000], 3021, Limits())
    assert (found.median, round(found.percent, 2)) == (2000, 51.05)
    assert found.sentence == (
        "seg_lead has 3,021 people, 51 % more than 2,000, the median of its last 2 published sizes; 30 % is allowed"
    )
    assert verdict("seg_lead", [40], 20, Limits()).sentence == (
        "seg_lead has 20 people, 50 % fewer than 40, its last published size; 30 % is allowed"
    )
    assert (
        verdict("seg_lead", [812], 0, Limits()).sentence == "seg_lead is empty; 812 people were its last published size"
    )


MODEL = """
with customers as (

    -- only whom we may profile: and not "or"
    select * from "marts"."customer_360"
    where may_profile -- they said yes
        and not is_invalid
        and score between 1 and 9
        and (country = 'and' or country is not distinct from 'FR')
        and case when a and b then true else false end

),

counted as (

    select person, count(*) as n
    from customers as c
    inner join "marts"."orders" as o on c.person = o.person and o.is_paid
    where o.total > 5 or o.total < -5
    group by person
    having count(*) > 1 and max(total) < 100

)

select *, row_number() over (order by n) as place from counted
qualify place = 1
"""


def test_the_conditions_of_every_filter_are_told_apart():
    found = [(each.reads, [condition.text for condition in each.conditions]) for each in rules(MODEL)]
    assert found == [
        (
            "marts.customer_360",
            [
                "may_profile",
                "not is_invalid",
                "score between 1 and 9",
                "(country = 'and' or country is not distinct from 'FR')",
                "case when a and b then true else false end",
            ],
        ),
        ("customers", ["o.total > 5 or o.total < -5"]),
        ("customers", ["count(*) > 1", "max(total) < 100"]),
        ("counted", ["place = 1"]),
    ]


@pytest.mark.parametrize(
    "sql", ["", "select 1", "from t", "select a from t", "values (1)", "with t as (select 1) from t", "with t"]
)
def test_a_query_without_filters_has_no_rules(sql):
    assert rules(sql) == ()


@pytest.fixture
def cursor() -> Iterator[Cursor]:
    with Warehouse(None) as warehouse:
        cursor = warehouse.cursor()
        for side in ("old", "new"):
            cursor.run(f"attach ':memory:' as {side}")
            cursor.run(f"create schema {side}.marts")
        yield cursor


def people(cursor: Cursor, side: str, query: str) -> None:
    cursor.run(f"create or replace table {side}.marts.customer_360 as {query}")


def test_every_filter_of_a_model_can_be_counted(cursor):
    people(
        cursor,
        "new",
        """
        select i as person, i < 8 as may_profile, false as is_invalid, 5 as score, 'FR' as country,
            true as a, i > 1 as b
        from range(10) as t (i)""",
    )
    cursor.run("""
        create table new.marts.orders as
        select person, 10 * n as total, true as is_paid
        from new.marts.customer_360, range(person) as t (n)""")
    cursor.run("use new")
    sql = MODEL.replace("select person, count", "select c.person, count").replace("by person", "by c.person")
    first, second, third, last = (cursor.rows(each.counting_sql)[0] for each in rules(sql))
    assert first[:2] == (10, 6)  # persons 2 to 7
    assert first[2:5] == (8, 8, 6)  # may_profile: holds for 0 to 7, its peers for 2 to 9, both for 2 to 7
    # orders of 0, 10, 20, … each, one per person's number: 0 is not above 5
    assert second[:2] == (2 + 3 + 4 + 5 + 6 + 7, 1 + 2 + 3 + 4 + 5 + 6)
    assert third[:2] == (6, 5)  # person 2 has only one order above 5
    assert last[:2] == (5, 1)


def test_what_qualify_names_is_counted_with_it(cursor):
    cursor.run("create table new.marts.visits as select i as id, i % 3 as person from range(9) as t (i)")
    cursor.run("use new")
    sql = "select id from marts.visits where id > 0 window w as (partition by person order by id) qualify "
    (_, last) = rules(sql + "row_number() over w = 1 and id < 3")
    assert cursor.rows(last.counting_sql)[0][:2] == (8, 2)  # the first of each person: 3, 1 and 2


CASES = """
with customers as (select * from "marts"."customer_360" where may_profile)
select person,
    case
        when is_invalid then 'excluded'
        when days <= 30 and orders = 1 then 'new'
        when days > 90 then 'lapsed'
        when orders > 9 then 'lapsed'
        else 'active'
    end as segment
from customers
"""


def test_a_branch_stands_behind_those_before_it():
    where, first, second = rules_for(CASES, "segment", "lapsed")
    assert [each.text for each in where.conditions] == ["may_profile"]
    assert [(each.text, each.decides_for) for each in first.conditions] == [
        ("days > 90", ""), ("is_invalid", "excluded"), ("days <= 30 and orders = 1", "new"),
    ]  # fmt: skip
    assert [each.text for each in second.conditions] == [
        "orders > 9",
        "is_invalid",
        "days <= 30 and orders = 1",
        "days > 90",
    ]
    *_, rest = rules_for(CASES, "segment", "active")
    assert all(each.decides_for for each in rest.conditions)
    assert len(rest.conditions) == 4
    assert rules_for(CASES, "segment", "unknown") == ()
    assert rules_for(CASES, "other", "lapsed") == ()


OVERLAY = 'select person from "marts"."customer_360" where may_profile and days > {}'
SHOP = "select i as person, true as may_profile, false as is_invalid, {} as days, 2 as orders from range({}) as t (i)"


def test_a_changed_threshold_is_named_with_the_one_before(cursor):
    for side in ("old", "new"):
        people(cursor, side, SHOP.format("i", 100))
    old, new = (rules(OVERLAY.format(days)) for days in (90, 60))
    assert blame(cursor, Version("old", old), Version("new", new), 39 - 9) == (
        "`days > 60` holds for 39 of 100 in customer_360; before, `days > 90` held for 9"
    )


def test_a_condition_that_holds_for_more_people_is_named(cursor):
    people(cursor, "old", SHOP.format("i", 100))
    people(cursor, "new", SHOP.format("i + 50", 110))
    rule = rules(OVERLAY.format(90))
    assert blame(cursor, Version("old"), Version("new", rule), 69 - 9) == (
        "`days > 90` holds for 69 of 110 in customer_360, 9 of 100 before"
    )


def test_a_table_that_lost_its_rows_is_named(cursor):
    people(cursor, "old", SHOP.format("100", 100))
    people(cursor, "new", SHOP.format("100", 40))
    rule = rules(OVERLAY.format(90))
    assert (
        blame(cursor, Version("old", rule), Version("new", rule), 40 - 100)
        == "marts.customer_360 has 40 rows, 100 before"
    )


def test_a_source_that_broke_is_the_cause_of_all_the_rest(cursor):
    people(cursor, "old", SHOP.format("i", 100))
    people(cursor, "new", SHOP.format("i / 2", 100))
    rule = rules(OVERLAY.format(40))
    now = Version("new", rule, {"store.orders": 910, "store.visits": 0})
    told = blame(cursor, Version("old", rule, {"store.orders": 900, "store.visits": 5000}), now, 19 - 59)
    assert told == "store.visits has 0 rows, 5,000 before"


def test_a_branch_before_it_that_did_not_move_is_not_to_blame(cursor):
    """A lower threshold lets in those whom the branch before it does not take: that branch is as it was."""
    for side in ("old", "new"):
        people(cursor, side, SHOP.format("i", 100))
    rule = """select case when person >= 60 then 'known' when days > {} then 'suspected' end as status
        from "marts"."customer_360" """
    old, new = (rules_for(rule.format(days), "status", "suspected") for days in (50, 20))
    assert blame(cursor, Version("old", old), Version("new", new), 39 - 9) == (
        "`days > 20` holds for 79 of 100 in customer_360; before, `days > 50` held for 49"
    )


def test_an_earlier_branch_that_takes_people_away_is_named(cursor):
    for side in ("old", "new"):
        people(cursor, side, SHOP.format("i", 100).replace("2 as orders", "1 as orders"))
    segment = 'select * from "segments"."segment_primary" where segment = \'active\''
    old, new = (
        deciding_rules(segment, {"segments.segment_primary": sql})
        for sql in (CASES, CASES.replace("days <= 30", "days <= 60"))
    )
    assert blame(cursor, Version("old", old), Version("new", new), 30 - 60) == (
        "`days <= 60 and orders = 1`, which decides first for `new`, holds for 61 of 100 in customers; "
        "before, `days <= 30 and orders = 1` held for 31"
    )


def test_a_filter_on_a_segment_is_followed_through_an_import(cursor):
    sql = """with primary_segments as (select * from "segments"."segment_primary")
        select * from primary_segments where segment = 'new'"""
    _, branch = deciding_rules(sql, {"segments.segment_primary": CASES})
    assert [each.text for each in branch.conditions] == ["days <= 30", "orders = 1", "is_invalid"]


def test_what_the_old_version_lacks_is_left_out(cursor):
    people(cursor, "old", "select 1 as person, true as may_profile")
    people(cursor, "new", SHOP.format("i", 100))
    rule = rules(OVERLAY.format(90))
    assert blame(cursor, Version("old", rule), Version("new", rule), 9) == ""
    assert cursor.value("select current_database()") == "memory"


def test_nothing_is_blamed_where_nothing_moved(cursor):
    for side in ("old", "new"):
        people(cursor, side, SHOP.format("i", 100))
    rule = rules(OVERLAY.format(90))
    assert blame(cursor, Version("old", rule), Version("new", rule), 0) == ""
