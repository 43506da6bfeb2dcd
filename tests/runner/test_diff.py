"""Two versions of a table: what is added, removed, changed, and who moved."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.diff import Compared, Movement, Turnover, checksum_sql, compare, differences, movements, turnovers
from runner.relation import Relation
from runner.warehouse import Cursor, Warehouse

OLD, NEW = "old.main.t", "new.main.t"


@pytest.fixture(scope="module")
def cursor() -> Iterator[Cursor]:
    with Warehouse(None) as warehouse:
        cursor = warehouse.cursor()
        cursor.run("attach ':memory:' as old")
        cursor.run("attach ':memory:' as new")
        yield cursor


def make(cursor: Cursor, old: str, new: str, name: str = "t") -> None:
    cursor.run(f"create or replace table old.main.{name} as {old}")
    cursor.run(f"create or replace table new.main.{name} as {new}")


def values(columns: str, *rows: str) -> str:
    return f"select * from (values {', '.join(rows)}) as v ({columns})"


def test_rows_are_added_removed_and_changed_by_key(cursor):
    make(
        cursor,
        values("id, name, age", "(1, 'a', 10)", "(2, 'b', 20)", "(3, 'c', 30)", "(4, 'd', null)"),
        values("id, name, age", "(1, 'a', 10)", "(2, 'B', 20)", "(4, 'D', 40)", "(5, 'e', 50)", "(6, 'f', 60)"),
    )
    found = compare(cursor, OLD, NEW, ["id"])
    assert (found.added, found.removed, found.changed) == (2, 1, 2)
    assert found.columns_changed == {"name": 2, "age": 1}
    assert found.examples.added == ((5,), (6,))
    assert found.examples.removed == ((3,),)
    assert found.examples.changed == ((2,), (4,))
    assert not found.because


def test_a_null_in_a_key_is_a_value(cursor):
    old = values("a, b, v", "(1, null, 'x')", "(1, 2, 'y')", "(null, null, 'z')")
    new = values("a, b, v", "(1, null, 'X')", "(1, 2, 'y')", "(null, 3, 'z')")
    make(cursor, old, new)
    found = compare(cursor, OLD, NEW, ["a", "b"])
    assert (found.added, found.removed, found.changed) == (1, 1, 1)
    assert found.examples.changed == ((1, None),)
    assert found.examples.added == ((None, 3),)


@pytest.mark.parametrize(
    ("old", "new", "side"), [(["(1, 1)", "(1, 2)"], ["(1, 1)"], "old"), (["(1, 1)"], ["(1, 1)", "(1, 2)"], "new")]
)
def test_a_key_that_is_not_unique_compares_whole_rows_and_says_so(cursor, old, new, side):
    make(cursor, values("id, v", *old), values("id, v", *new))
    found = compare(cursor, OLD, NEW, ["id"])
    assert found.because == f"id is not unique in the {side} version"
    assert (found.added, found.removed, found.changed) == ((0, 1, 0) if side == "old" else (1, 0, 0))


def test_two_nulls_in_a_key_are_not_unique(cursor):
    make(cursor, values("id, v", "(null, 1)", "(null, 2)"), values("id, v", "(null, 1)", "(null, 3)"))
    found = compare(cursor, OLD, NEW, ["id"])
    assert found.because == "id is not unique in the old version"
    assert (found.added, found.removed) == (1, 1)


def test_columns_of_one_side_are_reported_and_not_compared(cursor):
    make(cursor, "select 1 as id, 2 as gone, 3 as kept", "select 1 as id, 9 as fresh, 3 as kept")
    found = compare(cursor, OLD, NEW, ["id"])
    assert found.retyped == {"fresh": (None, "INTEGER"), "gone": ("INTEGER", None)}
    assert (found.added, found.removed, found.changed) == (0, 0, 0)
    assert not found.is_empty


def test_a_column_of_another_type_is_reported_and_not_compared(cursor):
    make(cursor, "select 1 as id, 'x' as v", "select 1 as id, 2 as v")
    found = compare(cursor, OLD, NEW, ["id"])
    assert found.retyped == {"v": ("VARCHAR", "INTEGER")}
    assert found.changed == 0


def test_a_key_of_another_type_tells_no_rows_apart(cursor):
    make(cursor, "select 1 as id, 'x' as v", "select '1' as id, 'y' as v")
    found = compare(cursor, OLD, NEW, ["id"])
    assert found.because == "the key id is not the same in both versions"
    assert (found.added, found.removed) == (1, 1)


def test_an_ignored_column_may_differ(cursor):
    make(cursor, "select 1 as id, date '2026-01-01' as as_of", "select 1 as id, date '2026-01-02' as as_of")
    assert compare(cursor, OLD, NEW, ["id"], ignored=["as_of"]).is_empty
    assert compare(cursor, OLD, NEW, ["id"]).columns_changed == {"as_of": 1}


def test_without_a_key_equal_rows_are_counted(cursor):
    make(cursor, values("v", "(1)", "(1)", "(2)", "(null)"), values("v", "(1)", "(2)", "(2)", "(2)", "(null)"))
    found = compare(cursor, OLD, NEW)
    assert (found.added, found.removed) == (2, 1)
    assert found.because == "no key is known"


@pytest.mark.parametrize(("drift", "is_changed"), [("5e-10", False), ("2e-9", True)])
def test_doubles_may_differ_by_the_tolerance(cursor, drift, is_changed):
    make(cursor, "select 1 as id, 1.0e0 as v", f"select 1 as id, 1.0e0 + {drift} as v")
    assert bool(compare(cursor, OLD, NEW, ["id"], tolerance=1e-9).changed) is is_changed
    assert compare(cursor, OLD, NEW, ["id"]).changed == 1


@pytest.mark.parametrize("value", ["null::double", "'inf'::double", "'nan'::double", "0e0"])
def test_a_tolerance_forgives_no_other_value(cursor, value):
    make(cursor, "select 1 as id, 1.0e0 as v", f"select 1 as id, {value} as v")
    assert compare(cursor, OLD, NEW, ["id"], tolerance=1e-9).changed == 1
    make(cursor, f"select 1 as id, {value} as v", f"select 1 as id, {value} as v")
    assert compare(cursor, OLD, NEW, ["id"], tolerance=1e-9).is_empty


TYPES = {
    "struct": ("{'a': 1}", "{'a': 2}"),
    "map": ("map {'a': 1}", "map {'a': 2}"),
    "list": ("[1, 2]", "[2, 1]"),
    "json": ("'{\"a\": 1}'::json", "'{}'::json"),
    "variant": ("1::variant", "'1'::variant"),
    "blob": ("'a'::blob", "'b'::blob"),
    "interval": ("interval 1 day", "interval 2 day"),
    "uuid": ("'00000000-0000-0000-0000-000000000001'::uuid", "'00000000-0000-0000-0000-000000000002'::uuid"),
    "geometry": ("'POINT(1 2)'::geometry", "'POINT(2 1)'::geometry"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_can_be_compared_and_summed(cursor, kind):
    before, after = TYPES[kind]
    make(cursor, f"select 1 as id, {before} as v", f"select 1 as id, {after} as v")
    assert compare(cursor, OLD, NEW, ["id"]).changed == 1
    assert compare(cursor, OLD, NEW).added == 1
    assert cursor.rows(checksum_sql(OLD, ["id", "v"])) != cursor.rows(checksum_sql(NEW, ["id", "v"]))


def test_names_that_need_quotes_are_quoted(cursor):
    make(cursor, 'select 1 as "a ""key""", 2 as "select"', 'select 1 as "a ""key""", 3 as "select"')
    assert compare(cursor, OLD, NEW, ['a "key"']).columns_changed == {"select": 1}


@pytest.mark.parametrize("name", ["side", "balance", "o", "n", "changed"])
def test_a_column_named_like_our_own_marks_disturbs_nothing(cursor, name):
    make(cursor, f"select 1 as id, 5 as here, 7 as {name}", f"select 1 as id, 5 as here, 8 as {name}")
    assert compare(cursor, OLD, NEW, ["id"]).columns_changed == {name: 1}
    found = compare(cursor, OLD, NEW)
    assert (found.added, found.removed) == (1, 1)


def test_a_checksum_forgets_order_and_remembers_copies(cursor):
    make(cursor, values("a, b", "(1, 'x')", "(2, 'y')"), values("a, b", "(2, 'y')", "(1, 'x')"))
    assert cursor.rows(checksum_sql(OLD, ["a", "b"])) == cursor.rows(checksum_sql(NEW, ["a", "b"]))
    make(cursor, values("a, b", "(1, 'x')", "(1, 'x')"), values("a, b", "(2, 'y')", "(2, 'y')"))
    assert cursor.rows(checksum_sql(OLD, ["a", "b"])) != cursor.rows(checksum_sql(NEW, ["a", "b"]))
    make(cursor, values("a, b", "(1, 'x')", "(2, 'y')"), values("a, b", "(1, 'y')", "(2, 'x')"))
    assert cursor.rows(checksum_sql(OLD, ["a", "b"])) != cursor.rows(checksum_sql(NEW, ["a", "b"]))


KEYS = st.one_of(st.none(), st.integers(0, 4))
ROWS = st.lists(st.tuples(KEYS, KEYS, st.one_of(st.none(), st.sampled_from("xy"))), max_size=8)


def typed(rows: list[tuple[object, ...]]) -> str:
    told = ", ".join("(" + ", ".join("null" if v is None else repr(v) for v in row) + ")" for row in rows)
    values = f"(values {told})" if rows else "(select null, null, null where false)"
    return f"select a::integer as a, b::integer as b, c::varchar as c from {values} as v (a, b, c)"


@given(ROWS, ROWS)
def test_whole_rows_are_counted_as_a_multiset_counts_them(cursor, old, new):
    make(cursor, typed(old), typed(new))
    found = compare(cursor, OLD, NEW)
    before, after = Counter(old), Counter(new)
    assert found.added == (after - before).total()
    assert found.removed == (before - after).total()
    sums = [cursor.rows(checksum_sql(each, "abc")) for each in (OLD, NEW)]
    assert (sums[0] == sums[1]) is (before == after)


@given(ROWS, ROWS)
def test_keyed_rows_are_compared_as_a_dict_compares_them(cursor, old, new):
    before, after = ({row[:2]: row[2] for row in rows} for rows in (old, new))
    make(cursor, typed([(*k, v) for k, v in before.items()]), typed([(*k, v) for k, v in after.items()]))
    found = compare(cursor, OLD, NEW, ["a", "b"])
    changed = {k for k in before.keys() & after.keys() if before[k] != after[k]}
    assert set(found.examples.changed) <= changed
    assert (found.added, found.removed) == (len(after.keys() - before.keys()), len(before.keys() - after.keys()))
    assert (found.changed, found.columns_changed) == (len(changed), {"c": len(changed)} if changed else {})


def test_people_move_between_segments_and_into_and_out_of_the_shop(cursor):
    old = values("customer_id, segment", "('a', 'new')", "('b', 'new')", "('c', 'loyal')", "('d', 'loyal')")
    new = values("customer_id, segment", "('a', 'loyal')", "('b', 'loyal')", "('c', 'loyal')", "('e', 'new')")
    make(cursor, old, new)
    assert movements(cursor, OLD, NEW) == (
        Movement("new", "loyal", 2, ("a", "b")),
        Movement("", "new", 1, ("e",)),
        Movement("loyal", "", 1, ("d",)),
    )


def test_examples_of_a_movement_are_the_five_smallest(cursor):
    make(cursor, "select i as who, 'x' as s from range(9) t (i)", "select i as who, 'y' as s from range(9) t (i)")
    assert movements(cursor, OLD, NEW, "who", "s") == (Movement("x", "y", 9, ("0", "1", "2", "3", "4")),)


def test_an_overlay_tells_who_entered_left_and_stayed(cursor):
    old = values("customer_id, segment", "('a', 'gift')", "('b', 'gift')", "('a', 'cart')")
    new = values("customer_id, segment", "('a', 'gift')", "('c', 'gift')", "('d', 'lead')")
    make(cursor, old, new)
    assert turnovers(cursor, OLD, NEW) == (
        Turnover("cart", 0, 1, 0, (), ("a",)),
        Turnover("gift", 1, 1, 1, ("c",), ("b",)),
        Turnover("lead", 1, 0, 0, ("d",), ()),
    )


def test_only_tables_that_differ_are_named_with_their_first_keys(cursor):
    make(cursor, "select 1 as id, 2 as v", "select 1 as id, 2 as v", "same")
    make(
        cursor,
        "select i as id, i as v from range(3) t (i)",
        "select i as id, 7::bigint as v from range(4) t (i)",
        "other",
    )
    make(cursor, "select 1 as id, 1e0 as v", "select 1 as id, 1e0 + 1e-12 as v", "near")
    make(cursor, "select 1 as id, 1e0 as v", "select 1 as id, 1e0 + 1e-12 as v", "exact")
    make(cursor, "select 1 as id, 1::integer as v", "select 1 as id, 1::bigint as v", "wider")
    tables = [
        Compared(Relation("main", "same"), ("id",)),
        Compared(Relation("main", "other"), ("id",)),
        Compared(Relation("main", "near"), ("id",), tolerance=1e-9),
        Compared(Relation("main", "exact"), ("id",)),
        Compared(Relation("main", "wider"), ("id",)),
    ]
    first, second, third = differences(cursor, "old", "new", tables)
    assert (first[0].name, first[1].examples.changed) == ("other", ((0,), (1,), (2,)))
    assert first[1].examples.added == ((3,),)
    assert second[0].name == "exact"
    assert (third[0].name, third[1].retyped) == ("wider", {"v": ("INTEGER", "BIGINT")})
