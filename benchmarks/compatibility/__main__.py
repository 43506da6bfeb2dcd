"""Builds two projects and asks dbt's neighbours what they understood of their artifacts.

python -m benchmarks.compatibility [--customers N]

What each understood is compared with what the project says of itself, claim by claim.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks.compatibility.project_says import project_says
from benchmarks.dbt_parity.dbt_environment import dbt_executable
from benchmarks.dbt_parity.scratch_project import write_scratch_project
from benchmarks.environments import BENCH, python_with
from runner.artifacts import artifacts
from runner.compile import Manifest, compile_project
from runner.freshness import SourceAge
from runner.project import load_project
from runner.shapes import Age, Freshness
from runner.targets import target_of

REPOSITORY = Path(__file__).resolve().parents[2]
PAPER_SHOP = REPOSITORY / "tests" / "projects" / "paper_shop"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
HERE = BENCH / "compatibility"

BY_HAND: Mapping[str, Mapping[str, Any]] = {
    "dbt-artifacts-parser": {
        "tests": {
            "accepted_values": 1, "at_least": 1, "not_null": 3, "relationships": 3, "singular": 1, "unique": 5,
        },
        "exposures": {"weekly_letter": ["model.paper_shop.customer_value", "source.paper_shop.shop.orders"]},
        "results": {"pass": 14, "success": 6},
        "freshness": {"source.paper_shop.shop.customers": "runtime error", "source.paper_shop.shop.orders": "warn"},
    },
    "dbt-metabase": {
        "foreign keys": [
            ["marts.customer_value", "customer_id", "staging.stg_customers", "customer_id"],
            ["marts.order_facts", "customer_id", "staging.stg_customers", "customer_id"],
        ],
    },
    "dbt-coverage": {"columns": 28, "unit tests": {"marts.customer_value": 1}},
    "dbt-colibri": {
        "column lineage": {
            "model.paper_shop.big_buyers.big_order_count": [],
            "model.paper_shop.big_buyers.customer_id": ["model.paper_shop.big_orders.customer_id"],
            "model.paper_shop.big_buyers.largest_amount": ["model.paper_shop.big_orders.amount"],
            "model.paper_shop.big_orders.amount": ["model.paper_shop.stg_orders.amount"],
            "model.paper_shop.big_orders.customer_id": ["model.paper_shop.stg_orders.customer_id"],
            "model.paper_shop.big_orders.order_id": ["model.paper_shop.stg_orders.order_id"],
            "model.paper_shop.big_orders.ordered_on": ["model.paper_shop.stg_orders.ordered_on"],
            "model.paper_shop.customer_value.country": ["seed.paper_shop.countries.country"],
            "model.paper_shop.customer_value.customer_id": ["model.paper_shop.stg_customers.customer_id"],
            "model.paper_shop.customer_value.order_count": ["model.paper_shop.stg_orders.order_id"],
            "model.paper_shop.customer_value.revenue": ["model.paper_shop.stg_orders.amount"],
            "model.paper_shop.order_facts.amount": ["model.paper_shop.stg_orders.amount"],
            "model.paper_shop.order_facts.customer_id": ["model.paper_shop.stg_orders.customer_id"],
            "model.paper_shop.order_facts.has_email": ["model.paper_shop.stg_customers.has_email"],
            "model.paper_shop.order_facts.kind": [],
            "model.paper_shop.order_facts.order_id": ["model.paper_shop.stg_orders.order_id"],
            "model.paper_shop.stg_customers.country_code": ["source.paper_shop.shop.customers.country_code"],
            "model.paper_shop.stg_customers.customer_id": ["source.paper_shop.shop.customers.customer_id"],
            "model.paper_shop.stg_customers.has_email": ["source.paper_shop.shop.customers.email"],
            "model.paper_shop.stg_orders.amount": ["source.paper_shop.shop.orders.amount"],
            "model.paper_shop.stg_orders.customer_id": ["source.paper_shop.shop.orders.customer_id"],
            "model.paper_shop.stg_orders.order_id": ["source.paper_shop.shop.orders.order_id"],
            "model.paper_shop.stg_orders.ordered_on": ["source.paper_shop.shop.orders.ordered_on"],
        },
    },
}  # fmt: skip
"""What the paper shop says, read off its files by a person."""


@click.command()
@click.option("--customers", default=300, show_default=True, help="Size of the demo shop.")
def main(customers: int) -> None:
    """What dbt's neighbours understand of the artifacts that a build leaves."""
    python = python_with("compatibility-env", *REQUIREMENTS.read_text().split())
    shutil.rmtree(HERE, ignore_errors=True)
    paper = _built(PAPER_SHOP, HERE / "paper_shop")
    _write_freshness(paper, HERE / "paper_shop")
    _coterie(REPOSITORY, "demo", "--customers", str(customers), "--target-dir", str(HERE / "demo"))
    shop = json.dumps({"store_path": str(HERE / "demo" / "demo")})
    demo = _built(REPOSITORY, HERE / "demo", "--vars", shop)
    wrong = _compared("paper shop", python, paper, HERE / "paper_shop", BY_HAND)
    wrong += _compared_with_dbt("paper shop, by dbt", HERE / "paper_shop" / "manifest.json", PAPER_SHOP)
    wrong += _compared_with_dbt("this project, by dbt", HERE / "demo" / "manifest.json", REPOSITORY)
    wrong += _compared(f"demo shop of {customers:,}", python, demo, HERE / "demo", {})
    print(f"\n{wrong} claims were misunderstood" if wrong else "\nall that was asked was understood")
    sys.exit(1 if wrong else 0)


def _built(project: Path, target: Path, *options: str) -> Manifest:
    _coterie(project, "build", "--no-publish", "--target-dir", str(target), *options)
    overrides = json.loads(options[1]) if options else {}
    with chdir(project):
        return compile_project(load_project(overrides, os.environ))


def _coterie(project: Path, verb: str, *options: str) -> None:
    command = [sys.executable, "-m", "runner.cli", verb, "--project-dir", str(project), *options]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(ended.stderr)


def _write_freshness(manifest: Manifest, folder: Path) -> None:
    now = datetime(2026, 2, 7, tzinfo=UTC)
    loaded = datetime(2026, 2, 6, tzinfo=UTC)
    limits = Freshness(warn_after=Age(count=12, period="hour"))
    found = [SourceAge("shop.orders", limits, loaded, now), SourceAge("shop.customers", limits, None, now)]
    with chdir(PAPER_SHOP):
        artifacts(manifest, target_of(manifest.project.file, folder, None)).freshened(found)


def _compared(
    title: str, python: Path, manifest: Manifest, folder: Path, by_hand: Mapping[str, Mapping[str, Any]]
) -> int:
    """How many claims were misunderstood; a line for each is printed."""
    report = folder / "understood.json"
    script = Path(__file__).with_name("neighbours.py")
    subprocess.run([str(python), str(script), str(folder), str(report)], check=True, stdout=subprocess.DEVNULL)
    understood = json.loads(report.read_text())
    says = project_says(manifest, folder / "warehouse.duckdb")
    print(f"\n{title}")
    wrong = 0
    for neighbour, claims in understood.items():
        for claim, found in claims.items():
            for witness, told in (("project", says[neighbour]), ("by hand", by_hand.get(neighbour, {}))):
                if claim in told:
                    wrong += _told(f"{neighbour:<22}{claim:<20}{witness:<9}", found, told[claim])
    return wrong


def _compared_with_dbt(title: str, manifest: Path, project: Path) -> int:
    """What dbt itself says of the same files, without building them."""
    scratch = write_scratch_project(project, HERE / "dbt", threads=1)
    command = [str(dbt_executable()), "parse", "--profiles-dir", ".", "--quiet"]
    subprocess.run(command, cwd=scratch.folder, check=True, stdout=subprocess.DEVNULL)
    ours, theirs = (_as_said(json.loads(each.read_text())) for each in (manifest, scratch.manifest))
    print(f"\n{title}")
    return sum(_told(f"{'dbt-core':<22}{claim:<20}{'dbt':<9}", ours[claim], theirs[claim]) for claim in ours)


def _as_said(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """dbt keeps the tests of disabled models, without a parent; and it repeats what a model reads twice."""
    nodes = {k: v for k, v in manifest["nodes"].items() if v["resource_type"] != "test" or v["depends_on"]["nodes"]}
    said: dict[str, Any] = {
        key: {k: v[key] for k, v in nodes.items() if key in v}
        for key in ("checksum", "fqn", "tags", "description", "test_metadata", "column_name", "attached_node")
    }
    said["refs"] = {k: list(dict.fromkeys(each["name"] for each in v.get("refs", ()))) for k, v in nodes.items()}
    every = {**nodes, **manifest["sources"], **manifest["exposures"], **manifest["unit_tests"]}
    return said | {key: {k: v for k, v in manifest[key].items() if k in every} for key in ("parent_map", "child_map")}


def _told(title: str, found: Any, wanted: Any) -> int:
    wanted = json.loads(json.dumps(wanted))
    if found == wanted:
        print(f"{title} {_size(found):>7}  equal")
        return 0
    if not isinstance(found, dict):
        print(f"{title} {_size(found):>7}  DIFFERENT: found {str(found)[:300]}, wanted {str(wanted)[:300]}")
        return 1
    differing = [key for key in sorted({*found, *wanted}) if found.get(key) != wanted.get(key)]
    print(f"{title} {_size(found):>7}  DIFFERENT in {len(differing)}")
    for key in differing[:5]:
        print(f"    {key}: found {str(found.get(key))[:200]}, wanted {str(wanted.get(key))[:200]}")
    return 1


def _size(found: Any) -> int:
    return found if isinstance(found, int) else len(found)


if __name__ == "__main__":
    main()
