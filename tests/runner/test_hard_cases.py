"""What careless edits, odd orders and half-done builds must not do: leave rows of another state behind in silence."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from conftest import Write, rows
from fresh import Ended, Fresh

BATCHED = (
    "materialized: incremental, incremental_strategy: microbatch, event_time: ts, batch_size: day, begin: 2026-01-01"
)
EVENTS = """
sources: [{name: raw, config: {external_location: "data/{name}.csv"}, tables: [{name: events, config: {event_time: ts},
  columns: [{name: id, data_type: integer}, {name: ts, data_type: timestamp}]}]}]
"""
TABLE = "{{ config(materialized='table') }} select id from {{ source('raw', 'events') }}"
TWO_DAYS = "id,ts\n1,2026-01-01 10:00:00\n2,2026-01-02 10:00:00\n"


def built(coterie: Fresh, folder: Path, *options: str) -> Ended:
    ended = coterie(folder, "build", *options)
    assert ended.exit_code == 0, ended.stderr
    return ended


def seen(folder: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "target/serve/coterie.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


# the day


def test_an_edit_behind_a_question_about_the_day_is_seen(coterie: Fresh, write: Write) -> None:
    text = "select {{% if var('as_of')[:4] == '2026' %}}{}{{% else %}}2{{% endif %}} as i"
    folder = write({"project.yml": "name: shop\nvars: {as_of: '2026-01-05'}\n", "models/m.sql": text.format(1)})
    built(coterie, folder)
    (folder / "models/m.sql").write_text(text.format(50))
    built(coterie, folder)
    assert rows(folder, "from m") == [(50,)]


def test_a_template_may_refuse_other_days(coterie: Fresh, write: Write) -> None:
    refusal = "{% if var('as_of') < '2020' %}{{ exceptions.raise_compiler_error('too early') }}{% endif %}"
    text = refusal + "select '{{ var('as_of').split(' ')[1] }}' as hour"
    folder = write({"project.yml": "name: shop\nvars: {as_of: '2026-01-05 04:00:00'}\n", "models/m.sql": text})
    built(coterie, folder)
    assert rows(folder, "from m") == [("04:00:00",)]


def test_a_day_with_a_time_zone_is_the_moment_it_means(coterie: Fresh, write: Write) -> None:
    files = {"project.yml": "name: shop\nvars: {as_of: '2026-01-03T01:00:00+02:00'}\n",
             "models/_m.yml": EVENTS + f"models: [{{name: m, config: {{{BATCHED}}}}}]\n",
             "models/m.sql": "select * from {{ source('raw', 'events') }}",
             "data/events.csv": "id,ts\n1,2026-01-02 22:59:59\n2,2026-01-02 23:00:00\n"}  # fmt: skip
    folder = write(files)
    built(coterie, folder)
    built(coterie, folder)
    assert rows(folder, "select id from m") == [(1,)]


# batches


@pytest.mark.parametrize("beside", ["", " union all select id + 10, ts from {{ ref('events') }}"])
def test_an_ephemeral_model_is_read_in_batches_too(coterie: Fresh, write: Write, beside: str) -> None:
    files = {
        "models/_m.yml": EVENTS + f"models: [{{name: events, config: {{materialized: table, event_time: ts}}}}, "
        f"{{name: few, config: {{materialized: ephemeral, event_time: ts}}}}, {{name: m, config: {{{BATCHED}}}}}]\n",
        "models/events.sql": "select * from {{ source('raw', 'events') }}",
        "models/few.sql": "select * from {{ ref('events') }} where id > 0",
        "models/m.sql": "select * from {{ ref('few') }}" + beside,
        "data/events.csv": TWO_DAYS,
    }
    folder = write(files)
    built(coterie, folder)
    assert rows(folder, "select id from m order by id") == [(1,), (2,), (11,), (12,)][: 4 if beside else 2]


def test_a_rule_that_failed_half_way_leaves_nothing_when_it_is_taken_back(coterie: Fresh, write: Write) -> None:
    good = "select id, ts, 1 as rule from {{ source('raw', 'events') }}"
    bad = "select id, ts, case when id = 2 then error('no') else 100 end as rule from {{ source('raw', 'events') }}"
    files = {"models/_m.yml": EVENTS + f"models: [{{name: m, config: {{{BATCHED}}}}}]\n", "models/m.sql": good,
             "data/events.csv": TWO_DAYS}  # fmt: skip
    folder = write(files)
    built(coterie, folder)
    (folder / "models/m.sql").write_text(bad)
    assert coterie(folder, "build").exit_code != 0
    (folder / "models/m.sql").write_text(good)
    built(coterie, folder)
    assert rows(folder, "select id, rule from m order by id") == [(1, 1), (2, 1)]


def test_columns_that_trade_names_make_the_batches_again(coterie: Fresh, write: Write) -> None:
    files = {
        "models/_m.yml": EVENTS + "models: [{name: wide, config: {materialized: table, event_time: ts}}, "
        f"{{name: m, config: {{{BATCHED}}}}}]\n",
        "models/wide.sql": "select ts, 5 as a, 1 as b from {{ source('raw', 'events') }}",
        "models/m.sql": "select ts, a - b as difference from {{ ref('wide') }}",
        "data/events.csv": TWO_DAYS,
    }
    folder = write(files)
    built(coterie, folder)
    (folder / "models/wide.sql").write_text("select ts, 5 as b, 1 as a from {{ source('raw', 'events') }}")
    built(coterie, folder)
    assert rows(folder, "select distinct difference from m") == [(-4,)]


def test_a_batch_may_be_joined(coterie: Fresh, write: Write) -> None:
    files = {
        "models/_m.yml": EVENTS + f"models: [{{name: m, config: {{{BATCHED}}}}}]\n",
        "models/names.sql": "select 1 as id, 'one' as name",
        "models/m.sql": "select e.id, e.ts, n.name from {{ source('raw', 'events') }} as e "
        "left join {{ ref('names') }} as n on e.id = n.id",
        "data/events.csv": TWO_DAYS,
    }
    folder = write(files)
    built(coterie, folder)
    assert rows(folder, "select id, name from m order by id") == [(1, "one"), (2, None)]


# selections


GROWN = {
    "project.yml": "name: shop\nmodels: {+materialized: table, +schema: marts}\n"
    "serve: {path: target/serve, include: [marts]}\n",
    "seeds/items.csv": "item\na\n",
    "models/_m.yml": "models: [{name: grown, config: {materialized: incremental, incremental_strategy: append}}]\n",
    "models/grown.sql": "select item from {{ ref('items') }}",
    "models/counted.sql": "select count(*) as n from {{ ref('grown') }}",
}


def test_what_reads_a_table_that_grew_meanwhile_is_made_again(coterie: Fresh, write: Write) -> None:
    """The input went there and back again: the keys are those of the first build, the rows are not."""
    folder = write(GROWN)
    built(coterie, folder)
    for item in ("b", "a"):
        (folder / "seeds/items.csv").write_text(f"item\n{item}\n")
        built(coterie, folder, "+grown")
    assert seen(folder, "from marts.counted") == [(1,)], "a mixture is not published"
    built(coterie, folder)
    assert rows(folder, "from marts.counted") == [(3,)]
    assert seen(folder, "from marts.counted") == [(3,)]


def test_a_table_made_anew_is_published(coterie: Fresh, write: Write) -> None:
    folder = write(GROWN)
    built(coterie, folder)
    (folder / "seeds/items.csv").write_text("item\na\nb\n")
    built(coterie, folder)
    built(coterie, folder, "--full-refresh")
    assert seen(folder, "select item from marts.grown order by item") == [("a",), ("b",)]


def test_no_selection_leads_around_a_failed_test(coterie: Fresh, write: Write) -> None:
    files = {
        "project.yml": "name: shop\nmodels: {+materialized: table, shop: {b: {+schema: marts}}}\n"
        "serve: {path: target/serve, include: [marts]}\n",
        "models/s.sql": "select null as i",
        "models/b.sql": "select * from {{ ref('s') }}",
        "models/_m.yml": "models: [{name: s, columns: [{name: i, data_tests: [not_null]}]}]\n",
    }
    folder = write(files)
    for words in ((), ("b",), ("--exclude", "not_null_s_i")):
        coterie(folder, "build", *words)
        assert not (folder / "target/serve/coterie.duckdb").exists()
    assert coterie(folder, "publish").exit_code == 1


def test_who_takes_over_an_address_and_gives_it_back(coterie: Fresh, write: Write) -> None:
    folder = write({"models/a.sql": "{{ config(materialized='table') }} select 1 as i"})
    built(coterie, folder)
    (folder / "models/a.sql").rename(folder / "kept.sql")
    (folder / "models/a_v2.sql").write_text("{{ config(materialized='table', alias='a') }} select 2 as i")
    built(coterie, folder)
    (folder / "models/a_v2.sql").unlink()
    (folder / "kept.sql").rename(folder / "models/a.sql")
    built(coterie, folder)
    assert rows(folder, "from a") == [(1,)]


def test_history_that_must_be_kept_outlives_a_new_name(coterie: Fresh, write: Write) -> None:
    config = "materialized: incremental, incremental_strategy: append, full_refresh: false, alias: kept"
    text = "select item from {{ ref('items') }}"
    folder = write({"seeds/items.csv": "item\na\n", "models/old.sql": text,
                    "models/_m.yml": f"models: [{{name: old, config: {{{config}}}}}]\n"})  # fmt: skip
    built(coterie, folder)
    (folder / "models/old.sql").rename(folder / "models/new.sql")
    (folder / "models/_m.yml").write_text(f"models: [{{name: new, config: {{{config}}}}}]\n")
    (folder / "seeds/items.csv").write_text("item\nb\n")
    built(coterie, folder)
    assert rows(folder, "select item from kept order by item") == [("a",), ("b",)]


# what is there


def test_a_file_that_was_written_and_is_gone_is_written_again(coterie: Fresh, write: Write) -> None:
    folder = write({"models/m.sql": "{{ config(materialized='external', location='out/m.csv') }} select 1 as i"})
    built(coterie, folder)
    (folder / "out/m.csv").unlink()
    built(coterie, folder)
    assert (folder / "out/m.csv").exists()


def test_foresight_and_proof_write_no_files(coterie: Fresh, write: Write) -> None:
    text = "{{{{ config(materialized='external', location='out/m.csv') }}}} select {} as i"
    folder = write({"models/m.sql": text.format(1), "models/n.sql": "select * from {{ ref('m') }}"})
    built(coterie, folder)
    (folder / "models/m.sql").write_text(text.format(2))
    assert coterie(folder, "plan", "--diff").exit_code == 0
    assert (folder / "out/m.csv").read_text() == "i\n1\n"


def test_a_contract_that_changed_is_held_by_the_next_build(coterie: Fresh, write: Write) -> None:
    words = (
        "models: [{{name: m, config: {{materialized: table, contract: {{enforced: true}}}}, "
        "columns: [{{name: i, data_type: {}}}]}}]"
    )
    folder = write({"models/m.sql": "select 1 as i", "models/_m.yml": words.format("integer")})
    built(coterie, folder)
    (folder / "models/_m.yml").write_text(words.format("bigint"))
    assert coterie(folder, "build").exit_code == 2


def test_a_column_whose_name_only_changes_case_is_the_same_column(coterie: Fresh, write: Write) -> None:
    files = {**GROWN, "models/grown.sql": 'select item as "Name" from {{ ref(\'items\') }}',
             "models/_m.yml": "models: [{name: grown, config: {materialized: incremental, "
             "incremental_strategy: append, on_schema_change: append_new_columns}}]\n"}  # fmt: skip
    folder = write(files)
    built(coterie, folder)
    (folder / "models/grown.sql").write_text("select item as name from {{ ref('items') }}")
    (folder / "seeds/items.csv").write_text("item\nb\n")
    built(coterie, folder)
    assert rows(folder, "from marts.grown order by all") == [("a",), ("b",)]


def test_headers_are_read_whatever_their_case(coterie: Fresh, write: Write) -> None:
    folder = write({"models/_m.yml": EVENTS, "models/m.sql": TABLE,
                    "data/events.csv": "ID,Ts\n7,2026-01-01\n"})  # fmt: skip
    built(coterie, folder)
    assert rows(folder, "from m") == [(7,)]


@pytest.mark.parametrize(
    "location", ["read_csv('data/{name}.csv', delim=';')", "data/{name}.json", "data/{name}.csv.gz"]
)
def test_a_location_that_is_not_supported_is_refused(coterie: Fresh, write: Write, location: str) -> None:
    properties = EVENTS.replace("data/{name}.csv", location)
    folder = write({"models/_m.yml": properties, "models/m.sql": "select id from {{ source('raw', 'events') }}"})
    ended = coterie(folder, "build")
    assert ended.exit_code == 2
    assert "is not supported" in ended.stderr


def test_tabs_part_the_columns_of_a_tsv(coterie: Fresh, write: Write) -> None:
    folder = write({"models/_m.yml": EVENTS.replace(".csv", ".tsv"), "data/events.tsv": "id\tts\n7\t2026-01-01\n",
                    "models/m.sql": TABLE})  # fmt: skip
    built(coterie, folder)
    assert rows(folder, "from m") == [(7,)]


# snapshots


def test_keys_that_look_alike_when_joined_are_two_rows(coterie: Fresh, write: Write) -> None:
    files = {
        "project.yml": "name: shop\nvars: {as_of: 2026-01-01}\n",
        "seeds/pairs.csv": "a,b,v\na|b,c,1\na,b|c,1\n",
        "snapshots/_s.yml": "snapshots: [{name: history, relation: ref('pairs'), "
        "config: {strategy: check, unique_key: [a, b], check_cols: [v]}}]\n",
    }
    folder = write(files)
    built(coterie, folder)
    (folder / "seeds/pairs.csv").write_text("a,b,v\na|b,c,2\na,b|c,1\n")
    built(coterie, folder, "--as-of", "2026-01-02")
    query = "select a, v::integer, dbt_valid_to is null from history order by a, v"
    assert rows(folder, query) == [("a", 1, True), ("a|b", 1, False), ("a|b", 2, True)]


# the guard


def test_a_view_is_guarded_and_so_is_what_was_published_by_hand(coterie: Fresh, write: Write) -> None:
    files = {
        "project.yml": "name: shop\nvars: {n: 100}\nmodels: {+materialized: view, +schema: segments}\n"
        "serve: {path: target/serve, include: [segments], audiences: [seg_*]}\n",
        "models/seg_a.sql": "select range as customer_id from range({{ var('n') }})",
    }
    folder = write(files)
    built(coterie, folder, "--no-publish")
    assert coterie(folder, "publish").exit_code == 0
    ended = coterie(folder, "build", "--vars", "{n: 5000}")
    assert ended.exit_code == 1
    assert "seg_a has 5,000 people" in ended.stderr
    held = coterie(folder, "publish", "--vars", "{n: 5000}")
    assert held.exit_code == 1
    assert "seg_a has 5,000 people" in held.stderr


def test_sizes_are_remembered_without_the_published_file(coterie: Fresh, write: Write) -> None:
    import shutil

    files = {
        "project.yml": "name: shop\nvars: {n: 100}\nmodels: {+materialized: table, +schema: segments}\n"
        "serve: {path: target/serve, include: [segments], audiences: [seg_*]}\n",
        "models/seg_a.sql": "select range as customer_id from range({{ var('n') }})",
        "models/other.sql": "select 1 as i",
    }
    folder = write(files)
    built(coterie, folder)
    (folder / "models/other.sql").write_text("select 2 as i")
    built(coterie, folder, "other")
    shutil.rmtree(folder / "target/serve")
    ended = coterie(folder, "build", "--vars", "{n: 5000}")
    assert ended.exit_code == 1
    assert "seg_a has 5,000 people" in ended.stderr


def test_limits_that_are_no_numbers_are_refused_before_anything_is_built(coterie: Fresh, write: Write) -> None:
    files = {
        "project.yml": "name: shop\nmodels: {+materialized: table, +schema: segments, "
        "+meta: {audience_swing_pct: lots}}\n"
        "serve: {path: target/serve, include: [segments], audiences: [seg_*]}\n",
        "models/seg_a.sql": "select 1 as customer_id",
    }
    ended = coterie(write(files), "build")
    assert ended.exit_code == 2
    assert "the limits of `seg_a` are no numbers" in ended.stderr


# files of ours


def test_a_copy_of_the_records_is_left_again_and_a_broken_one_is_told(coterie: Fresh, write: Write) -> None:
    folder = write({"models/m.sql": "select 1 as i"})
    built(coterie, folder)
    copy = folder / "target/state.json"
    copy.unlink()
    built(coterie, folder)
    assert copy.exists()
    copy.write_text('{"version": 2, "records": [{"name": "x"}]}')
    ended = coterie(folder, "ls", "state:modified")
    assert ended.exit_code == 3
    assert "is no copy of a build's records" in ended.stderr


def test_comparing_before_the_first_build_says_what_to_do(coterie: Fresh, write: Write) -> None:
    ended = coterie(write({"models/m.sql": "select 1 as i"}), "plan", "--diff")
    assert ended.exit_code == 3
    assert "nothing is built yet" in ended.stderr
