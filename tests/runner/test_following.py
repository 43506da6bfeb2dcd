"""Tables that follow a key: whatever comes, goes or passes, the table is what building it anew would make.

Property-based: files are delivered, replaced and removed at random while the days go by.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import Files, Shop, Write, lay_out, rows
from fresh import Ended, Fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.errors import CoterieError, Problems

HEADER = "order_id,version,person,item,amount,ordered_at,cancelled_at\n"
# enough orders that a few of them are worth following: 80 of ten people, and of nobody, in a month
STANDING = HEADER + "".join(
    f"{at},0,{'' if at % 6 == 0 else f'p{at % 12}'},i{at % 5},{at % 7},2025-12-{at % 31 + 1:02} 10:00:00,\n"
    for at in range(100, 180)
)
FILES = {
    "project.yml": "name: shop\nvars: {as_of: 2026-01-05}\nmodels: {+materialized: table}\n",
    "models/_m.yml": """
sources:
  - name: raw
    config: {external_location: "data/{name}*.csv"}
    tables:
      - name: orders
        config: {event_time: ordered_at}
        columns:
          - {name: order_id, data_type: varchar}
          - {name: version, data_type: integer}
          - {name: person, data_type: varchar}
          - {name: item, data_type: varchar}
          - {name: amount, data_type: integer}
          - {name: ordered_at, data_type: timestamp}
          - {name: cancelled_at, data_type: timestamp}
      - name: items
        columns: [{name: item, data_type: varchar}, {name: kind, data_type: varchar}]
      - name: people
        columns: [{name: person, data_type: varchar}, {name: country, data_type: varchar}]
models:
  - name: store_orders
    config: {materialized: view}
  - name: orders
    config:
      meta:
        follows:
          key: order_id
          inputs: {store_orders: trim(order_id)}
          moments: {store_orders: [ordered_at, cancelled_at]}
  - name: deliveries
    config: {meta: {follows: {key: order_id, inputs: {store_orders: trim(order_id)}}}}
  - name: places
    config: {meta: {follows: {key: person, inputs: {orders: person}}}}
  - name: details
    config:
      meta:
        follows:
          key: order_id
          inputs: {orders: order_id, places: order_id, items: item -> orders.item}
  - name: dearest
    config: {meta: {follows: {key: order_id, inputs: {orders: [order_id, person -> orders.person], places: order_id}}}}
  - name: waiting
    config:
      meta: {follows: {key: order_id, inputs: {orders: order_id}, unsettled: waiting_days is not null}}
  - name: last_orders
    config:
      meta:
        follows:
          key: order_id
          inputs:
            orders: order_id
            people_seen: person -> orders.person where people_seen.last_on <= cast(orders.ordered_at as date) + {{ 0 }}
  - name: person_days
    config:
      materialized: incremental
      incremental_strategy: microbatch
      event_time: day_on
      batch_size: day
      begin: 2025-12-01
  - name: people_seen
    config: {meta: {follows: {key: person, inputs: {person_days: person}}}}
""",
    "models/store_orders.sql": "select * from {{ source('raw', 'orders') }}",
    # the latest version of each order, as known by the clock; ids may come with blanks
    "models/orders.sql": """
select trim(order_id) as order_id, nullif(person, '') as person, item, amount, ordered_at,
    case when cancelled_at < cast('{{ var("as_of") }}' as timestamp) then cancelled_at end as cancelled_at
from {{ ref('store_orders') }}
where trim(order_id) <> '' and ordered_at < cast('{{ var("as_of") }}' as timestamp)
qualify row_number() over (
    partition by trim(order_id) order by version desc, amount, item, person, ordered_at, cancelled_at
) = 1
""",
    # the same row twice is two deliveries
    "models/deliveries.sql": """
select trim(order_id) as order_id, count(*) as row_count from {{ ref('store_orders') }}
where trim(order_id) <> '' group by all
""",
    "models/places.sql": """
select order_id, person, row_number() over (partition by person order by ordered_at, order_id) as place
from {{ ref('orders') }} where person is not null and cancelled_at is null
""",
    "models/items.sql": "select item, min(kind) as kind from {{ source('raw', 'items') }} group by item",
    "models/people.sql": "select person, min(country) as country from {{ source('raw', 'people') }} group by person",
    "models/details.sql": """
select orders.order_id, orders.amount, places.place, items.kind, people.country
from {{ ref('orders') }} as orders
left join {{ ref('places') }} on orders.order_id = places.order_id
left join {{ ref('items') }} on orders.item = items.item
left join {{ ref('people') }} as people on orders.person = people.person
""",
    # an order that gets a place concerns nobody but itself, and yet it is compared with the person's others
    "models/dearest.sql": """
select orders.order_id, orders.person, places.place is not null as has_place,
    orders.amount = max(orders.amount) over (partition by orders.person) as is_dearest
from {{ ref('orders') }} left join {{ ref('places') }} as places on orders.order_id = places.order_id
where orders.person is not null
""",
    # what waits does so a day longer every day; which orders wait has nothing to do with the day
    "models/waiting.sql": """
select order_id, case when amount = 0 then date_diff('day', ordered_at, cast('{{ var("as_of") }}' as timestamp)) end
    as waiting_days
from {{ ref('orders') }}
""",
    "models/last_orders.sql": """
select orders.order_id, people_seen.last_on, people_seen.order_count
from {{ ref('orders') }} as orders
left join {{ ref('people_seen') }} as people_seen
    on orders.person = people_seen.person and people_seen.last_on <= cast(orders.ordered_at as date)
""",
    "models/person_days.sql": """
select cast(ordered_at as date) as day_on, person, count(*) as order_count
from {{ source('raw', 'orders') }} where person <> '' group by all
""",
    "models/people_seen.sql": """
select person, sum(order_count)::bigint as order_count, max(day_on) as last_on
from {{ ref('person_days') }} group by all
""",
    "data/orders-standing.csv": STANDING,
    "data/items.csv": "item,kind\ni0,toy\ni1,book\n",
    "data/people.csv": "person,country\np1,IE\np2,FR\n",
}
TABLES = (
    "orders",
    "deliveries",
    "places",
    "details",
    "dearest",
    "waiting",
    "last_orders",
    "person_days",
    "people_seen",
)


def built(coterie: Fresh, folder: Path, *options: str) -> Ended:
    ended = coterie(folder, "build", *options)
    assert ended.exit_code == 0, ended.stderr
    return ended


def content(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows(folder, f"from {table} order by all") for table in TABLES}


def made(folder: Path) -> dict[str, str]:
    """By model that the last build made: how much of it; empty where it was made anew."""
    query = """
        select name, if(reason like '%; % keys', regexp_extract(reason, '[^ ]* keys$'), '') from _coterie.run_steps
        where run_id = (select max(run_id) from _coterie.runs) and status <> 'unchanged' and kind = 'model'
    """
    return dict(rows(folder, query))


def equals_anew(coterie: Fresh, folder: Path, *options: str) -> None:
    grown = content(folder)
    shutil.rmtree(folder / "target")
    built(coterie, folder, *options)
    assert grown == content(folder)


@pytest.fixture
def folder(coterie: Fresh, write: Write) -> Path:
    place = write(FILES)
    built(coterie, place)
    return place


def test_only_the_keys_that_something_changed_for_are_made_again(coterie: Fresh, folder: Path) -> None:
    # p5's order 101 is cancelled now: four later ones (113, 137, 149, 173) move up; 500 is nobody's
    (folder / "data/orders-2.csv").write_text(
        f"{HEADER} 101 ,1,p5,i1,3,2025-12-09 10:00:00,2026-01-04 10:00:00\n500,0,,i9,1,2026-01-04 23:00:00,\n"
    )
    built(coterie, folder)
    told = made(folder)
    assert (told["orders"], told["deliveries"], told["places"]) == ("2 keys", "2 keys", "1 keys")
    assert told["details"] == "6 keys"
    assert rows(folder, "select row_count from deliveries where order_id = '101'") == [(2,)]
    assert rows(folder, "select count(*) from orders where order_id = '500'") == [(1,)]
    equals_anew(coterie, folder)


def test_a_changed_row_that_is_looked_up_concerns_who_looks_it_up(coterie: Fresh, folder: Path) -> None:
    (folder / "data/items.csv").write_text("item,kind\ni0,toy\ni1,book\ni9,rare\n")
    (folder / "data/orders-2.csv").write_text(f"{HEADER}500,0,p1,i9,1,2026-01-04 10:00:00,\n")
    built(coterie, folder)
    assert rows(folder, "select kind from details where order_id = '500'") == [("rare",)]
    (folder / "data/items.csv").write_text("item,kind\ni0,toy\ni1,book\ni9,common\n")
    built(coterie, folder)
    assert made(folder)["details"] == "1 keys"
    assert rows(folder, "select kind from details where order_id = '500'") == [("common",)]
    equals_anew(coterie, folder)


def test_what_is_read_whole_makes_all_anew_when_it_changes_and_only_then(coterie: Fresh, folder: Path) -> None:
    (folder / "data/people.csv").write_text("person,country\np2,FR\np1,IE\n")
    built(coterie, folder)
    assert made(folder)["details"] == "0 keys"
    (folder / "data/people.csv").write_text("person,country\np1,US\n")
    built(coterie, folder)
    assert made(folder)["details"] == ""
    assert rows(folder, "select distinct country from details order by all") == [("US",), (None,)]


def test_moments_pass(coterie: Fresh, folder: Path) -> None:
    (folder / "data/orders-2.csv").write_text(
        f"{HEADER}500,0,p1,i1,1,2026-01-01 10:00:00,2026-01-07 09:00:00\n501,0,p1,i1,1,2026-01-07 09:00:00,\n"
    )
    built(coterie, folder)
    cancelled = "select cancelled_at is not null from orders where order_id = '500'"
    assert rows(folder, "select count(*) from orders where order_id = '501'") == [(0,)]
    built(coterie, folder, "--as-of", "2026-01-07T09:00:00")
    assert rows(folder, cancelled) == [(False,)]
    built(coterie, folder, "--as-of", "2026-01-07T09:00:01")
    assert made(folder)["orders"].endswith(" keys")
    assert rows(folder, cancelled) == [(True,)]
    assert rows(folder, "select count(*) from orders where order_id = '501'") == [(1,)]
    equals_anew(coterie, folder, "--as-of", "2026-01-07T09:00:01")


def test_what_is_unsettled_is_made_again_every_day(coterie: Fresh, folder: Path) -> None:
    waiting = rows(folder, "select count(*) from waiting where waiting_days is not null")[0][0]
    built(coterie, folder, "--as-of", "2026-01-06")
    assert made(folder)["waiting"] == f"{waiting} keys"
    assert made(folder)["orders"].endswith(" keys")
    equals_anew(coterie, folder, "--as-of", "2026-01-06")


def test_a_condition_says_which_of_the_rows_are_concerned(coterie: Fresh, folder: Path) -> None:
    """Who orders again has another last day: of their eight orders two are not before both days."""
    person = "person = 'p5' and ordered_at::date >= (select last_on from people_seen where person = 'p5')"
    last = rows(folder, f"select count(*) from orders where {person}")[0][0]
    (folder / "data/orders-2.csv").write_text(f"{HEADER}500,0,p5,i1,1,2026-01-04 10:00:00,\n")
    built(coterie, folder)
    assert made(folder)["last_orders"] == f"{last + 1} keys"
    assert rows(folder, "select count(*) from orders where person = 'p5'")[0][0] > last + 1
    equals_anew(coterie, folder)


def test_an_earlier_day_makes_all_anew(coterie: Fresh, folder: Path) -> None:
    # microbatch models refuse one
    select = ("--select", "orders places details dearest", "--no-publish")
    built(coterie, folder, "--as-of", "2026-01-08", *select)
    built(coterie, folder, "--as-of", "2026-01-03", *select)
    assert made(folder)["orders"] == ""
    assert rows(folder, "select max(ordered_at)::varchar from orders") == [("2025-12-31 10:00:00",)]


def test_a_file_that_is_gone_or_another_makes_all_anew(coterie: Fresh, folder: Path) -> None:
    file = folder / "data/orders-2.csv"
    file.write_text(f"{HEADER}500,0,p1,i1,1,2026-01-01 10:00:00,\n")
    built(coterie, folder)
    file.write_text(f"{HEADER}501,0,p1,i1,1,2026-01-01 10:00:00,\n")
    built(coterie, folder)
    assert made(folder)["orders"] == ""
    # but what reads it still follows what came out
    assert made(folder)["dearest"].endswith(" keys")
    file.unlink()
    built(coterie, folder)
    assert rows(folder, "select count(*) from orders where order_id in ('500', '501')") == [(0,)]
    equals_anew(coterie, folder)


def test_a_copy_of_a_file_is_more_rows(coterie: Fresh, folder: Path) -> None:
    text = f"{HEADER}500,0,p1,i1,1,2026-01-01 10:00:00,\n"
    for name in ("2", "3"):
        (folder / f"data/orders-{name}.csv").write_text(text)
        built(coterie, folder)
    assert made(folder)["deliveries"] == "1 keys"
    assert rows(folder, "select row_count from deliveries where order_id = '500'") == [(2,)]
    (folder / "data/orders-3.csv").unlink()
    built(coterie, folder)
    assert rows(folder, "select row_count from deliveries where order_id = '500'") == [(1,)]


def test_who_was_left_out_of_a_build_is_made_anew_in_the_next(coterie: Fresh, folder: Path) -> None:
    """The changes of one making are kept, not those of two."""
    for at in (500, 501):
        (folder / f"data/orders-{at}.csv").write_text(f"{HEADER}{at},0,p1,i1,1,2026-01-01 10:00:00,\n")
        built(coterie, folder, "--select", "+orders")
    built(coterie, folder)
    assert made(folder)["dearest"] == ""
    (folder / "data/orders-502.csv").write_text(f"{HEADER}502,0,p1,i1,1,2026-01-01 10:00:00,\n")
    built(coterie, folder, "--select", "+orders")
    built(coterie, folder)
    assert made(folder)["dearest"].endswith(" keys")
    equals_anew(coterie, folder)


def test_a_build_that_failed_half_way_is_caught_up_with(coterie: Fresh, folder: Path) -> None:
    model = folder / "models/places.sql"
    whole = model.read_text()
    model.write_text(whole.replace("select order_id", "select error('no') as broken, order_id"))
    (folder / "data/orders-500.csv").write_text(f"{HEADER}500,0,p1,i1,1,2026-01-01 10:00:00,\n")
    assert coterie(folder, "build").exit_code == 1
    model.write_text(whole)
    built(coterie, folder)
    assert made(folder)["details"].endswith(" keys")
    equals_anew(coterie, folder)


def test_what_was_not_recorded_is_looked_at_again(coterie: Fresh, folder: Path) -> None:
    """As a kill leaves it: the table and what it was made from changed together, the record says nothing."""
    (folder / "data/orders-500.csv").write_text(f"{HEADER}500,0,p1,i1,1,2026-01-01 10:00:00,\n")
    built(coterie, folder)
    with duckdb.connect(str(folder / "target/warehouse.duckdb")) as connection:
        connection.execute("update _coterie.records set status = 'started' where name in ('orders', 'dearest')")
    built(coterie, folder)
    assert (made(folder)["orders"], made(folder)["dearest"]) == ("0 keys", "0 keys")
    equals_anew(coterie, folder)


def test_another_rule_and_a_full_refresh_make_all_anew(coterie: Fresh, folder: Path) -> None:
    model = folder / "models/orders.sql"
    model.write_text(model.read_text().replace("item, amount,", "item, amount + 0 as amount,", 1))
    built(coterie, folder)
    assert made(folder)["orders"] == ""
    built(coterie, folder, "--full-refresh")
    assert set(made(folder).values()) == {""}
    (folder / "data/orders-500.csv").write_text(f"{HEADER}500,0,p1,i1,1,2026-01-01 10:00:00,\n")
    built(coterie, folder)
    assert made(folder)["dearest"].endswith(" keys")
    equals_anew(coterie, folder)


def test_a_row_without_a_key_is_an_error(coterie: Fresh, folder: Path) -> None:
    model = folder / "models/places.sql"
    model.write_text(model.read_text().replace("person is not null and", ""))
    ended = coterie(folder, "build")
    assert ended.exit_code == 1
    assert "`places` follows `person`, which is null in" in ended.stderr


def test_a_declaration_that_forgets_something_is_found(coterie: Fresh, folder: Path) -> None:
    """Who has the dearest order depends on all orders of a person: saying only `order_id` is wrong."""
    properties = folder / "models/_m.yml"
    whole = properties.read_text()
    properties.write_text(whole.replace("[order_id, person -> orders.person]", "order_id"))
    built(coterie, folder)
    before = rows(folder, "from dearest order by all")
    (folder / "data/orders-2.csv").write_text(f"{HEADER}500,0,p1,i1,99,2026-01-01 10:00:00,\n")
    ended = coterie(folder, "build")
    assert ended.exit_code == 1
    assert "rows came out differently though nothing that they follow changed" in ended.stderr
    assert "models/_m.yml:" in ended.stderr
    assert rows(folder, "from dearest order by all") == before
    properties.write_text(whole)
    built(coterie, folder)
    equals_anew(coterie, folder)


SOURCE = """
sources:
  - name: raw
    config: {external_location: "data/{name}*.parquet"}
    tables:
      - name: a
        columns: [{name: id, data_type: varchar}, {name: n, data_type: integer}, {name: grp, data_type: varchar}]
"""
PROJECT = "name: shop\nvars: {as_of: 2026-01-05}\nmodels: {+materialized: table}\n"
ROWS = "select 'k' || range as id, 1::integer as n, 'g' || range as grp from range(3000)"
"""More than a run looks at though nothing changed for them."""


class Small:
    """One table `b` that follows `id` in `a`, which makes each row of the files."""

    def __init__(self, coterie: Fresh, write: Write, sql: str, inputs: str = "{a: id}", **more: str) -> None:
        self.coterie, self.more = coterie, {name: text for name, text in more.items() if name != "source"}
        self.source = more.get("source", SOURCE)
        self.folder = write({"project.yml": PROJECT})
        self.say(sql, f"{{key: id, inputs: {inputs}}}")
        (self.folder / "data").mkdir()
        self.deliver("1", ROWS)
        self.build()

    def say(self, sql: str, follows: str) -> None:
        models = self.folder / "models"
        models.mkdir(exist_ok=True)
        config = f"config: {{meta: {{follows: {follows}}}}}" if follows else "description: x"
        (models / "_m.yml").write_text(f"{self.source}models:\n  - name: b\n    {config}\n")
        (models / "b.sql").write_text(sql)
        for name, text in {"a": "select * from {{ source('raw', 'a') }}", **self.more}.items():
            (models / f"{name}.sql").write_text(text)

    def deliver(self, name: str, query: str) -> None:
        with duckdb.connect() as connection:
            connection.execute(f"copy ({query}) to '{self.folder}/data/a-{name}.parquet'")

    def build(self, *options: str) -> str:
        """How much was made of `b`."""
        built(self.coterie, self.folder, *options)
        return made(self.folder).get("b", "unchanged")

    def is_as_anew(self, *options: str) -> None:
        grown = rows(self.folder, "from b order by all")
        shutil.rmtree(self.folder / "target")
        self.build(*options)
        assert grown == rows(self.folder, "from b order by all")


def test_a_table_that_was_written_otherwise_in_between_is_made_anew(coterie: Fresh, write: Write) -> None:
    """As when two branches are built by turns."""
    follows, sql = "{key: id, inputs: {a: id}}", "select id, n from {{ ref('a') }}"
    small = Small(coterie, write, sql)
    small.say("select id, if(id = 'k2999', -1, n) as n from {{ ref('a') }}", "")
    small.build()
    small.say(sql, follows)
    assert small.build() == ""
    small.is_as_anew()


def test_what_drives_the_rows_need_not_be_named(coterie: Fresh, write: Write) -> None:
    looked_up = {"c": "select id, n as m from {{ ref('a') }} where n > 1"}
    sql = "select a.id, c.m from {{ source('raw', 'a') }} as a left join {{ ref('c') }} as c on a.id = c.id"
    small = Small(coterie, write, sql, "{c: id, raw.a: id}", **looked_up)
    small.say(sql, "{key: id, inputs: {c: id}}")
    small.build()
    small.deliver("2", "select 'k7' as id, 5::integer as n, 'g7' as grp")
    small.build()
    small.is_as_anew()


def test_groups_that_overlap_are_made_together(coterie: Fresh, write: Write) -> None:
    """z is in the group of k1, k1 and k2 in another, k2 and k3 in a third."""
    sql = "select id, max(max(n)) over (partition by grp) as most, grp from {{ ref('a') }} group by id, grp"
    small = Small(coterie, write, sql, "{a: [id, grp -> a.grp]}")
    small.deliver(
        "2", "from (values ('k1', 2::integer, 'x'), ('k2', 3, 'x'), ('k2', 4, 'y'), ('k3', 70, 'y')) t(id, n, grp)"
    )
    small.build()
    small.deliver("3", "select 'z' as id, 9::integer as n, 'g1' as grp")
    assert small.build() == "4 keys"
    small.is_as_anew()


def test_a_column_of_another_type_is_another_table(coterie: Fresh, write: Write) -> None:
    small = Small(coterie, write, "select id, cast(n as varchar) as n from {{ ref('a') }}")
    for kind in ("boolean", "blob", "date"):
        small.more["a"] = (
            f"select id, {'null' if kind != 'boolean' else 'n'}::{kind} as n from {{{{ source('raw', 'a') }}}}"
        )
        small.say("select id, cast(n as varchar) as n from {{ ref('a') }}", "{key: id, inputs: {a: id}}")
        assert small.build() == ""
    small.is_as_anew()


def test_one_more_file_may_change_the_type_in_all(coterie: Fresh, write: Write) -> None:
    """An integer that has gaps comes as a floating point number from many tools: 1 is 1.0 as text."""
    source = SOURCE.replace("{name: n, data_type: integer}", "{name: n, data_type: varchar}")
    small = Small(coterie, write, "select id, n from {{ ref('a') }}", source=source)
    small.deliver("2", "select 'z' as id, 0.5::double as n, 'g' as grp")
    assert small.build() == ""
    assert rows(small.folder, "select distinct n from b order by 1") == [("0.5",), ("1.0",)]


def test_a_view_that_is_not_chosen_hands_on_what_is_new(coterie: Fresh, write: Write) -> None:
    sql = "select id, n from {{ ref('v') }} where '{{ var(\"as_of\") }}' > ''"
    view = "{{ config(materialized='view') }} select id, n from {{ source('raw', 'a') }}"
    small = Small(coterie, write, "select id, n from {{ ref('v') }}", "{v: id}", v=view)
    small.say(sql, "{key: id, inputs: {v: id}, moments: {v: [\"timestamp '2000-01-01'\"]}}")
    small.build()
    for day in (6, 7):
        small.deliver(f"{day}", f"select 'z{day}' as id, 1::integer as n, 'g' as grp")
        small.build("--select", "b", "--as-of", f"2026-01-0{day}")
        assert rows(small.folder, "select count(*) from b where id like 'z%'") == [(day - 5,)]
    small.is_as_anew("--as-of", "2026-01-07")


def test_a_key_that_comes_out_as_nothing_is_an_error_at_any_time(coterie: Fresh, write: Write) -> None:
    small = Small(coterie, write, "select nullif(id, 'z') as id from {{ ref('a') }}")
    small.deliver("2", "select 'z' as id, 1::integer as n, 'g' as grp")
    ended = coterie(small.folder, "build")
    assert ended.exit_code == 1
    assert "`b` follows `id`, which is null in 1 of its rows" in ended.stderr


def test_a_template_that_asks_for_the_day_is_made_anew(coterie: Fresh, write: Write) -> None:
    count = "{% if var('as_of') | string < '2026-01-07' %} n {% else %} n + 1 {% endif %}"
    sql = f"select id, {count} as n from {{{{ ref('a') }}}}"
    small = Small(coterie, write, "select id, n from {{ ref('a') }}")
    small.say(sql, "{key: id, inputs: {a: id}, moments: {a: [\"timestamp '2000-01-01'\"]}}")
    small.build()
    assert small.build("--as-of", "2026-01-08") == ""
    assert rows(small.folder, "select distinct n from b") == [(2,)]


def test_any_name_and_any_comment_will_do(coterie: Fresh, write: Write) -> None:
    sql = """
-- the rows of {{ ref('a') }}, as they are; not "main"."a" itself
select source.id, source.n as each, {{ ref('c') }}.m
from {{ ref('a') }} source inner join {{ ref('c') }} /* it's so */ on source.id = c.id
where source.grp <> '"main"."a"'
"""
    small = Small(coterie, write, sql, "{a: id, c: id}", c="select id, n as m from {{ ref('a') }}")
    small.deliver("2", "select 'z' as id, 5::integer as n, 'g' as grp")
    assert small.build() == "1 keys"
    small.is_as_anew()


def test_many_tables_may_be_followed_for_the_first_time_at_once(coterie: Fresh, write: Write) -> None:
    many = {f"c{at}": "select id, n from {{ ref('a') }}" for at in range(8)}
    joined = " union all ".join(f"select id, n from {{{{ ref('c{at}') }}}}" for at in range(8))
    small = Small(coterie, write, joined, "{" + ", ".join(f"c{at}: id" for at in range(8)) + "}", **many)
    small.deliver("2", "select 'z' as id, 5::integer as n, 'g' as grp")
    assert small.build() == "1 keys"


WRONG = {
    "{key: id, inputs: {a: oder_id}}": "`oder_id` of `a`: ",
    "{key: id, inputs: {a: n}}": "`n` of `a` is INTEGER, the key `id` is VARCHAR",
    "{key: id, inputs: {a: [id, n -> a.grp]}}": "`n` of `a` is INTEGER, `grp` of `a` is VARCHAR",
    "{key: oder_id, inputs: {a: id}}": "`oder_id` of `b`: ",
    "{key: id, inputs: {a: id}, moments: {a: [n]}}": "`n` of `a` is no moment: INTEGER",
    "{key: id, inputs: {a: id}, unsettled: id}": "`unsettled: id` does not say of a row whether it is",
    "{key: id, inputs: {a: id}, unsettled: di is null}": "`di is null` of `b`: ",
}


@pytest.mark.parametrize("follows", WRONG)
def test_a_declaration_is_held_against_the_columns_at_once(coterie: Fresh, write: Write, follows: str) -> None:
    folder = write(
        {
            "project.yml": PROJECT,
            "models/_m.yml": f"models:\n  - name: b\n    config:\n      meta:\n        follows: {follows}\n",
            "models/a.sql": "select 'x' as id, 1::integer as n, 'g' as grp",
            "models/b.sql": "select id from {{ ref('a') }}",
        }
    )
    ended = coterie(folder, "build")
    assert ended.exit_code == 2
    assert f"models/_m.yml:5:18: error: {WRONG[follows]}" in ended.stderr


MISTAKES = {
    "{key: order_id, inputs: {order: order_id}}": "`known` follows `order`, which it does not read",
    "{key: order_id, inputs: {orders: order_id -> items.item}}": "`known` follows `items`, which it does not read",
    "{key: order_id, inputs: {orders: item -> orders.item}}": "nothing says which `order_id` a row of `orders` is of",
    "{key: order_id, inputs: {orders: order_id}}": "`known` reads the var `as_of`",
    "{key: order_id, inputs: {orders: order_id}, moments: {people: [x]}}": "follows `people`, which it does not read",
    "{key: order_id, input: {orders: order_id}}": "unknown key `input`",
    "{inputs: {orders: order_id}}": "the key `key` is missing",
    "{key: order_id, inputs: {orders: }}": "it is not clear which keys a row of `orders` concerns",
    "{key: order_id, inputs: {orders: ''}}": "it is not clear which keys a row of `orders` concerns",
    "{key: order_id, inputs: {orders: []}}": "it is not clear which keys a row of `orders` concerns",
    "{key: order_id, inputs: {orders: [order_id, item]}}": "it is not clear which keys a row of `orders` concerns",
    "{key: order_id, inputs: {orders: {column: order_id}}}": "it is not clear which keys a row of `orders` concerns",
    "{key: order_id, inputs: {orders: item -> orders}}": "it is not clear which keys a row of `orders` concerns",
    "{key: order_id, inputs: {orders: order_id}, moments: {orders: []}}": "no column is named for `orders`",
    "{key: order_id, inputs: {orders: [order_id, item -> orders.item where true]}}": "from `orders` to itself",
    "order_id": "expected keys and values here",
}


@pytest.mark.parametrize("follows", MISTAKES)
def test_mistakes_are_told_where_they_stand(shop: Shop, follows: str) -> None:
    files: Files = {
        "models/_m.yml": f"models:\n  - name: known\n    config:\n      meta:\n        follows: {follows}\n",
        "models/orders.sql": "select 1 as order_id, 'x' as item",
        "models/known.sql": "select * from {{ ref('orders') }} where '{{ var(\"as_of\") }}' > ''",
        "project.yml": PROJECT,
    }
    with pytest.raises((CoterieError, Problems)) as raised:
        shop(files)
    errors = raised.value.errors if isinstance(raised.value, Problems) else [raised.value]
    assert MISTAKES[follows] in str(errors[0])
    assert errors[0].place is not None
    assert (errors[0].place.path, errors[0].place.line in (4, 5)) == ("models/_m.yml", True)


def test_a_view_cannot_follow(shop: Shop) -> None:
    files = {
        "models/_m.yml": "models: [{name: known, config: {meta: {follows: {key: a, inputs: {orders: a}}}}}]",
        "models/orders.sql": "select 1 as a",
        "models/known.sql": "select * from {{ ref('orders') }}",
    }
    with pytest.raises(Problems) as raised:
        shop(files)
    assert "cannot follow a key, and this is `view`" in str(raised.value.errors[0])


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["100", " 101", "102", "103", "600", "601 "]),
        st.integers(0, 2),
        st.sampled_from(["", "p1", "p2", "p3"]),
        st.sampled_from(["i0", "i1", "i9"]),
        st.integers(0, 9),
        st.integers(1, 12),
        st.one_of(st.none(), st.integers(1, 12)),
    ),
    min_size=1,
    max_size=3,
)
DELIVERY = st.tuples(st.sampled_from(["1", "2", "3", "4", "5"]), st.one_of(ORDERS, ORDERS, ORDERS, st.none()))
LOOKED_UP = st.dictionaries(st.sampled_from(["i0", "i1", "i9"]), st.sampled_from(["toy", "book"]))
PEOPLE = st.dictionaries(st.sampled_from(["p1", "p2"]), st.sampled_from(["IE", "FR"]))
NIGHT = st.tuples(
    st.lists(DELIVERY, max_size=2),
    st.one_of(st.none(), LOOKED_UP),
    st.one_of(st.none(), st.none(), PEOPLE),
    st.integers(0, 2),
    st.sampled_from(["", "", "+orders", "orders+", "places"]),
)
Order = tuple[str, int, str, str, int, int, int | None]
Nights = list[
    tuple[list[tuple[str, list[Order] | None]], dict[str, str] | None, dict[str, str] | None, int, str]
]  # fmt: skip


def deliver(folder: Path, name: str, orders: list[Order] | None) -> None:
    file = folder / "data" / f"orders-{name}.csv"
    if orders is None:
        file.unlink(missing_ok=True)
        return
    lines = (
        f"{order_id},{version},{person},{item},{amount},2026-01-{day:02} 10:00:00,"
        + (f"2026-01-{cancelled:02} 12:00:00" if cancelled else "")
        for order_id, version, person, item, amount, day, cancelled in orders
    )
    file.write_text(HEADER + "".join(f"{line}\n" for line in lines))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(NIGHT, min_size=1, max_size=5))
def test_following_equals_building_anew_after_any_nights(coterie: Fresh, tmp_path: Path, nights: Nights) -> None:
    folder = tmp_path / "followed"
    lay_out(folder, FILES)
    built(coterie, folder)
    day = datetime(2026, 1, 5)
    for deliveries, items, people, steps, selected in nights:
        for name, orders in deliveries:
            deliver(folder, name, orders)
        for name, found in (("item,kind", items), ("person,country", people)):
            if found is not None:
                lines = "".join(f"{key},{value}\n" for key, value in found.items())
                (folder / f"data/{'items' if 'item' in name else 'people'}.csv").write_text(f"{name}\n{lines}")
        day += timedelta(hours=15 * steps)
        built(coterie, folder, "--as-of", day.isoformat(), *(("--select", selected) if selected else ()))
    built(coterie, folder, "--as-of", day.isoformat())
    equals_anew(coterie, folder, "--as-of", day.isoformat())
