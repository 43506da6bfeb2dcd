"""One model is worked on alone: what it reads and nobody built here comes from a published version."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Write, rows
from fresh import Fresh

SHOP = {
    "project.yml": "name: shop\nvars: {least: 2}\nmodels: {+materialized: table, shop: {steps: {+schema: steps}, "
    "marts: {+schema: marts}}}\nserve: {path: target/serve, include: [marts]}\n",
    "models/steps/raw_orders.sql": "select range as order_id from range(10)",
    "models/marts/orders.sql": "select * from {{ ref('raw_orders') }}",
    "models/marts/some.sql": "select * from {{ ref('orders') }} where order_id >= {{ var('least') }}",
    "models/marts/both.sql": "select * from {{ ref('some') }} union all select * from {{ ref('raw_orders') }}",
}


@pytest.fixture
def production(coterie: Fresh, write: Write) -> Path:
    folder = write(SHOP)
    ended = coterie(folder, "build", "--target-dir", "production")
    assert ended.exit_code == 0, ended.stderr
    return folder


def defer(coterie: Fresh, folder: Path, *words: str) -> str:
    ended = coterie(folder, "build", *words, "--defer", "--state", "production", "--no-publish")
    assert ended.exit_code == 0, ended.stderr
    return ended.stderr


def test_an_unbuilt_parent_is_read_from_the_published_version(coterie: Fresh, production: Path) -> None:
    told = defer(coterie, production, "some", "--vars", "{least: 8}")
    assert "read from the published version: orders" in told
    assert rows(production, "select order_id from marts.some order by all") == [(8,), (9,)]
    assert rows(production, "select count(*) from duckdb_tables() where table_name = 'raw_orders'") == [(0,)]


def test_what_is_not_published_is_built(coterie: Fresh, production: Path) -> None:
    told = defer(coterie, production, "both")
    assert "read from the published version: some" in told
    assert rows(production, "select count(*) from marts.both") == [(18,)]
    assert rows(production, "select count(*) from steps.raw_orders") == [(10,)]


def test_a_copy_of_another_state_is_built_when_its_turn_comes(coterie: Fresh, production: Path) -> None:
    (production / "models/marts/orders.sql").write_text(
        "select order_id + 100 as order_id from {{ ref('raw_orders') }}"
    )
    defer(coterie, production, "some")
    assert rows(production, "select min(order_id) from marts.some") == [(2,)]
    assert "was copied from a published version" in coterie(production, "plan").stdout
    assert coterie(production, "build").exit_code == 0
    assert rows(production, "select min(order_id) from marts.some") == [(100,)]


def test_a_copy_of_the_same_state_counts_as_built(coterie: Fresh, production: Path) -> None:
    defer(coterie, production, "some")
    told = {line.split()[1]: " ".join(line.split()[2:]) for line in coterie(production, "plan").stdout.splitlines()}
    assert told == {"raw_orders": "new", "orders": "unchanged", "some": "unchanged", "both": "new"}


def test_what_stands_is_not_read_from_elsewhere(coterie: Fresh, production: Path) -> None:
    (production / "models/steps/raw_orders.sql").write_text("select range as order_id from range(3)")
    assert coterie(production, "build").exit_code == 0
    assert "nothing had to be read from elsewhere" in defer(coterie, production, "some")
    assert rows(production, "select count(*) from marts.some") == [(1,)]


def test_nothing_published_to_defer_to_is_a_clear_error(coterie: Fresh, production: Path) -> None:
    ended = coterie(production, "build", "some", "--defer")
    assert ended.exit_code == 3
    assert "nothing is published to defer to" in ended.stderr
    assert "--state" in ended.stderr
