"""What BI tools read stays where it is: addresses and columns that may grow and never shrink.

docs/bi.md promises them. Who changes this file breaks somebody's dashboard.
"""

import os
from pathlib import Path

import duckdb
import pytest

from runner.binding import bind
from runner.building import build
from runner.compile import compile_project
from runner.outlook import Request
from runner.project import load_project
from runner.publish import published
from runner.targets import target_of
from runner.warehouse import Warehouse

ROOT = Path(__file__).parents[2]

FIRST = {
    "segments.segment_membership": "customer_id segment score reason as_of",
    "segments.segment_primary": "customer_id segment",
    "marts.customer_360": "customer_id",
    "marts.order_facts": "order_id customer_id",
}
"""The columns a table begins with, in this order."""

TYPES = {
    "segments.segment_membership": {
        "customer_id": "VARCHAR",
        "segment": "VARCHAR",
        "score": "DOUBLE",
        "reason": "VARCHAR",
        "as_of": "TIMESTAMP",
        "kind": "VARCHAR",
        "is_by_hand": "BOOLEAN",
    },
    "segments.segment_primary": {
        "customer_id": "VARCHAR",
        "segment": "VARCHAR",
        "sub_state": "VARCHAR",
        "score": "DOUBLE",
        "reason": "VARCHAR",
        "as_of": "TIMESTAMP",
    },
    "marts.customer_360": {
        "customer_id": "VARCHAR",
        "country_code": "VARCHAR",
        "activity_state": "VARCHAR",
        "rfm_score": "VARCHAR",
        "rfm_label": "VARCHAR",
        "gift_giver_status": "VARCHAR",
        "order_count": "BIGINT",
        "valid_order_count": "BIGINT",
        "days_since_last_order": "BIGINT",
        "net_revenue": "DECIMAL",
        "historic_clv": "DECIMAL",
        "predicted_clv": "DECIMAL",
        "aov": "DOUBLE",
        "may_email": "BOOLEAN",
        "may_sms": "BOOLEAN",
        "may_post": "BOOLEAN",
        "may_ads": "BOOLEAN",
        "may_profile": "BOOLEAN",
        "first_ordered_on": "DATE",
        "last_ordered_on": "DATE",
    },
    "marts.order_facts": {
        "order_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "gross_revenue": "DECIMAL",
        "net_revenue": "DECIMAL",
        "margin": "DECIMAL",
        "margin_basis": "VARCHAR",
        "is_valid": "BOOLEAN",
        "counts_in_value": "BOOLEAN",
        "ordered_on": "DATE",
        "ordered_at": "TIMESTAMP",
    },
    "reports.rpt_capabilities": {"capability": "VARCHAR", "state": "VARCHAR", "basis": "VARCHAR", "reason": "VARCHAR"},
    "reports.rpt_segments": {"segment": "VARCHAR", "people": "BIGINT", "people_share": "DOUBLE"},
}
"""Columns that stay, and the kind of value they hold; a decimal may get more digits."""

SEGMENT = {"customer_id": "VARCHAR", "score": "DOUBLE", "reason": "VARCHAR", "as_of": "TIMESTAMP"}
"""How every `seg_*` begins."""

ABOUT = {"run_id", "project", "as_of", "data_as_of", "store", "published_at", "coterie_version", "duckdb_version"}
"""The columns of the one row of `main.about`."""


@pytest.fixture(scope="module")
def tables():
    """By address: the columns of everything that is published, as the binder finds them."""
    here = Path.cwd()
    os.chdir(ROOT)
    manifest = compile_project(load_project({}, {}))
    with Warehouse(None) as warehouse:
        bound = bind(manifest, warehouse)
    os.chdir(here)
    assert not bound.errors
    return {
        node.relation.address: {column.name: column.type for column in bound.columns[node.name]}
        for node in published(manifest, manifest.project.file.serve)
    }


@pytest.mark.parametrize("address", TYPES)
def test_a_published_table_keeps_its_columns(address, tables):
    assert address in tables, "no longer published"
    found = {name: kind.partition("(")[0] for name, kind in tables[address].items()}
    assert {name: found.get(name) for name in TYPES[address]} == TYPES[address]


@pytest.mark.parametrize("address", FIRST)
def test_a_published_table_begins_with_its_keys(address, tables):
    wanted = FIRST[address].split()
    assert list(tables[address])[: len(wanted)] == wanted


def test_every_segment_begins_with_the_contract(tables):
    segments = [address for address in tables if address.startswith("segments.seg_")]
    assert len(segments) >= 16
    wrong = {
        address: first
        for address in segments
        if (first := dict(list(tables[address].items())[: len(SEGMENT)])) != SEGMENT
    }
    assert not wrong


def test_a_version_says_what_it_is(tmp_path, monkeypatch):
    (tmp_path / "project.yml").write_text("name: shop\nserve: {include: [main]}\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/orders.sql").write_text("select 1 as order_id\n")
    monkeypatch.chdir(tmp_path)
    manifest = compile_project(load_project({}, {}))
    list(build(manifest, target_of(manifest.project.file, None, None), Request()))
    with duckdb.connect("target/serve/coterie.duckdb", read_only=True) as reader:
        columns = reader.execute("describe about").fetchall()
    assert {column[0] for column in columns} >= ABOUT
