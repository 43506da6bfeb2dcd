"""No audience jumps in silence: it is held back, with the cause, until somebody accepts it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from conftest import Write, rows
from fresh import Ended, Fresh

SHOP = {
    "project.yml": "name: shop\nvars: {as_of: 2026-11-01, least: 100, audience_swing_pct: 30, min_audience: 5}\n"
    "models: {+materialized: table, +schema: segments}\n"
    "serve: {path: target/serve, include: [segments], audiences: [seg_*]}\n",
    "models/_m.yml": "sources: [{name: raw, config: {external_location: 'data/{name}.parquet'}, "
    "tables: [{name: people, "
    "columns: [{name: id, data_type: bigint}, {name: spent, data_type: bigint}]}]}]\n",
    "models/customers.sql": "select * from {{ source('raw', 'people') }}",
    "models/seg_big.sql": "with customers as (\n\n    select * from {{ ref('customers') }}\n"
    "    where spent >= {{ var('least') }}\n\n)\n\n"
    "select id as customer_id from customers\n",
}


def people(folder: Path, count: int, spent: str = "range") -> None:
    """`count` people; the first spent 0, the second 1, and so on."""
    (folder / "data").mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select range as id, {spent} as spent from range({count})) to '{folder}/data/people.parquet'"
        )


def build(coterie: Fresh, folder: Path, *options: str) -> Ended:
    return coterie(folder, "build", *options)


@pytest.fixture
def folder(coterie: Fresh, write: Write) -> Path:
    place = write(SHOP)
    people(place, 200)
    assert build(coterie, place).exit_code == 0
    assert published(place) == 100
    return place


def published(folder: Path) -> int:
    with duckdb.connect(str(folder / "target/serve/coterie.duckdb"), read_only=True) as connection:
        found: tuple[int] = connection.execute("select count(*) from segments.seg_big").fetchall()[0]
        return found[0]


@pytest.mark.parametrize(("least", "size"), [(130, 70), (70, 130)])
def test_exactly_the_limit_is_allowed(coterie: Fresh, folder: Path, least: int, size: int) -> None:
    assert build(coterie, folder, "--vars", f"{{least: {least}}}").exit_code == 0
    assert published(folder) == size


@pytest.mark.parametrize("least", [131, 69])
def test_more_than_the_limit_is_held_back_and_the_threshold_is_named(coterie: Fresh, folder: Path, least: int) -> None:
    ended = build(coterie, folder, "--vars", f"{{least: {least}}}")
    assert ended.exit_code == 1
    way = "fewer" if least > 100 else "more"
    told = (
        f"models/seg_big.sql:1:1: error: seg_big has {200 - least} people, 31 % {way} than 100, its last published size"
    )
    assert told in ended.stderr
    assert (
        f"`spent >= {least}` holds for {200 - least} of 200 in customers; before, `spent >= 100` held for 100"
        in ended.stderr
    )
    assert "coterie build --accept-swing seg_big" in ended.stderr
    assert published(folder) == 100
    assert rows(folder, "select count(*) from segments.seg_big") == [(200 - least,)]


def test_a_source_that_lost_its_rows_is_named(coterie: Fresh, folder: Path) -> None:
    people(folder, 120)
    ended = build(coterie, folder)
    assert ended.exit_code == 1
    assert "seg_big has 20 people, 80 % fewer than 100" in ended.stderr
    assert "raw.people has 120 rows, 200 before" in ended.stderr or "`spent >= 100` holds for 20" in ended.stderr
    assert published(folder) == 100


def test_an_empty_audience_and_one_that_is_too_small_are_held_back(coterie: Fresh, folder: Path) -> None:
    wide = ("--vars", "{least: 196, audience_swing_pct: 1000}")
    small = build(coterie, folder, *wide)
    assert small.exit_code == 1
    assert "seg_big has 4 people, fewer than its min_audience 5" in small.stderr
    empty = build(coterie, folder, "--vars", "{least: 200, audience_swing_pct: 1000}")
    assert empty.exit_code == 1
    assert "seg_big is empty; 100 people were its last published size" in empty.stderr
    assert build(coterie, folder, "--vars", "{least: 195, audience_swing_pct: 1000}").exit_code == 0
    assert published(folder) == 5


def test_the_first_publication_has_nothing_to_fall_from(coterie: Fresh, write: Write) -> None:
    place = write(SHOP)
    people(place, 50)
    assert build(coterie, place).exit_code == 0
    assert published(place) == 0


def test_an_accepted_swing_is_published_once_and_recorded(coterie: Fresh, folder: Path) -> None:
    wide = ("--vars", "{least: 10}")
    assert build(coterie, folder, *wide).exit_code == 1
    assert build(coterie, folder, *wide, "--accept-swing", "seg_big").exit_code == 0
    assert published(folder) == 190
    accepted = rows(folder, "select accepted, published from _coterie.runs order by run_id")
    assert accepted == [("", True), ("", False), ("seg_big", True)]
    assert build(coterie, folder).exit_code == 1  # back again is a swing as well


def test_the_median_of_the_last_seven_days_is_what_counts(coterie: Fresh, folder: Path) -> None:
    """Sizes 100, then 110 five times, then 140: the median is 110, so 143 is allowed and 144 is not."""
    for day, least in enumerate([90, 90, 90, 90, 90, 60], start=2):
        ended = build(coterie, folder, "--as-of", f"2026-11-{day:02}", "--vars", f"{{least: {least}}}")
        assert ended.exit_code == 0, ended.stderr
    held = build(coterie, folder, "--as-of", "2026-11-08", "--vars", "{least: 56}")
    assert held.exit_code == 1
    assert "seg_big has 144 people, 30.9 % more than 110, the median of its last 7 published sizes" in held.stderr
    assert build(coterie, folder, "--as-of", "2026-11-08", "--vars", "{least: 57}").exit_code == 0


def test_a_segment_may_have_limits_of_its_own_and_only_warn(coterie: Fresh, folder: Path) -> None:
    properties = folder / "models/_m.yml"
    before = properties.read_text()
    properties.write_text(before + "models: [{name: seg_big, meta: {audience_swing_pct: 50}}]\n")
    assert build(coterie, folder, "--vars", "{least: 50}").exit_code == 0
    properties.write_text(before + "models: [{name: seg_big, meta: {audience_severity: warn}}]\n")
    ended = build(coterie, folder, "--vars", "{least: 190}")
    assert ended.exit_code == 0
    assert "seg_big has 10 people, 93.3 % fewer than 150" in ended.stderr
    assert published(folder) == 10


def test_an_unknown_audience_is_refused_before_anything_is_built(coterie: Fresh, folder: Path) -> None:
    ended = build(coterie, folder, "--accept-swing", "seg_bigg")
    assert ended.exit_code == 2
    assert "`seg_bigg` is no audience" in ended.stderr
    assert "did you mean `seg_big`?" in ended.stderr
