"""dbt's artifacts: what stands in them, when they are written, and what never stands in them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Shop, Write
from fresh import Fresh

from runner.artifacts import artifacts, sources_document
from runner.compile import Manifest
from runner.dbt_manifest import ManifestDocument, compiled_code, unique_ids
from runner.execute import Result
from runner.freshness import SourceAge
from runner.plan import Step
from runner.shapes import Age, Freshness
from runner.targets import target_of

PAPER_SHOP = Path(__file__).parents[1] / "projects" / "paper_shop"
MANIFEST_KEYS = {
    "metadata", "nodes", "sources", "macros", "docs", "exposures", "metrics", "groups", "selectors", "disabled",
    "parent_map", "child_map", "group_map", "saved_queries", "semantic_models", "unit_tests", "functions",
}  # fmt: skip
NODE_KEYS = {
    "database", "schema", "name", "resource_type", "package_name", "path", "original_file_path", "unique_id", "fqn",
    "alias", "checksum", "config", "tags", "meta", "description", "columns", "depends_on", "raw_code",
}  # fmt: skip
SOURCE_KEYS = {
    "database", "schema", "name", "resource_type", "package_name", "path", "original_file_path", "unique_id", "fqn",
    "source_name", "source_description", "loader", "identifier", "columns", "relation_name",
}  # fmt: skip
# what dbt-core 1.11.16 calls the nodes of the same folder
NAMED_BY_DBT = {
    "model.paper_shop.big_buyers",
    "model.paper_shop.big_orders",
    "model.paper_shop.customer_value",
    "model.paper_shop.order_facts",
    "model.paper_shop.stg_customers",
    "model.paper_shop.stg_orders",
    "seed.paper_shop.countries",
    "test.paper_shop.accepted_values_customer_value_country__Germany__France.abe38da06a",
    "test.paper_shop.at_least_customer_value_revenue__0.544c7e1097",
    "test.paper_shop.big_orders_are_facts",
    "test.paper_shop.not_null_order_facts_order_id.a08894dca3",
    "test.paper_shop.not_null_stg_customers_customer_id.e2cfb1f9aa",
    "test.paper_shop.relationships_customer_value_customer_id__customer_id__ref_stg_customers_.6543fb0130",
    "test.paper_shop.relationships_order_facts_customer_id__customer_id__ref_stg_customers_.dd3c92bec3",
    "test.paper_shop.relationships_stg_customers_country_code__country_code__ref_countries_.6031a09902",
    "test.paper_shop.source_not_null_shop_customers_customer_id.d9374bbd1c",
    "test.paper_shop.unique_countries_country_code.eb1885c656",
    "test.paper_shop.unique_customer_value_customer_id.b0904f19ee",
    "test.paper_shop.unique_order_facts_order_id.c795b5a146",
    "test.paper_shop.unique_stg_customers_customer_id.c7614daada",
    "test.paper_shop.unique_stg_orders_order_id.e3b841c71a",
}
Document = dict[str, Any]


def document(folder: Path, name: str) -> Document:
    found: Document = json.loads((folder / "target" / f"{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, coterie: Fresh) -> Path:
    return build_paper_shop(tmp_path_factory.mktemp("built"), coterie)


def build_paper_shop(folder: Path, coterie: Fresh) -> Path:
    shutil.copytree(PAPER_SHOP, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target"))
    ended = coterie(folder, "build")
    assert ended.exit_code == 0, ended.stderr
    return folder


def test_the_manifest_has_every_key_that_readers_insist_on(built: Path) -> None:
    manifest = document(built, "manifest")
    assert set(manifest) == MANIFEST_KEYS
    assert manifest["metadata"]["dbt_schema_version"] == "https://schemas.getdbt.com/dbt/manifest/v12.json"
    assert manifest["metadata"]["adapter_type"] == "duckdb"
    for node in manifest["nodes"].values():
        assert set(node) >= NODE_KEYS, node["unique_id"]
    for source in manifest["sources"].values():
        assert set(source) >= SOURCE_KEYS
    # dbt's schema knows it of nodes only
    assert not [each for kind in ("macros", "docs") for each in manifest[kind].values() if "fqn" in each]


def test_nodes_are_named_as_dbt_names_them(built: Path) -> None:
    manifest = document(built, "manifest")
    assert set(manifest["nodes"]) == NAMED_BY_DBT
    assert set(manifest["sources"]) == {"source.paper_shop.shop.customers", "source.paper_shop.shop.orders"}
    assert set(manifest["exposures"]) == {"exposure.paper_shop.weekly_letter"}
    assert set(manifest["unit_tests"]) == {
        "unit_test.paper_shop.customer_value.somebody_without_an_order_brought_nothing"
    }
    assert set(manifest["docs"]) == {"doc.paper_shop.customer_id"}
    assert {"macro.paper_shop.money", "macro.paper_shop.test_at_least", "macro.dbt.test_unique"} <= set(
        manifest["macros"]
    )
    assert all(key == each["unique_id"] for key, each in manifest["nodes"].items())


def test_who_reads_whom_is_told_three_times_and_is_the_same(built: Path) -> None:
    manifest = document(built, "manifest")
    every = {
        key: each for kind in ("nodes", "sources", "exposures", "unit_tests") for key, each in manifest[kind].items()
    }
    parents, children = manifest["parent_map"], manifest["child_map"]
    assert set(parents) == set(children) == set(every)
    for key, each in every.items():
        assert parents[key] == sorted(each.get("depends_on", {}).get("nodes", []))
        assert set(each.get("depends_on", {}).get("macros", [])) <= set(manifest["macros"])
        assert all(key in children[parent] for parent in parents[key])
    assert sum(map(len, parents.values())) == sum(map(len, children.values()))
    assert parents["exposure.paper_shop.weekly_letter"] == [
        "model.paper_shop.customer_value",
        "source.paper_shop.shop.orders",
    ]
    assert parents["model.paper_shop.big_buyers"] == ["model.paper_shop.big_orders"]  # it is ephemeral, and a node


def test_a_declared_test_says_what_it_is_about(built: Path) -> None:
    nodes = document(built, "manifest")["nodes"]
    name = "relationships_customer_value_customer_id__customer_id__ref_stg_customers_"
    test = nodes[f"test.paper_shop.{name}.6543fb0130"]
    assert test["test_metadata"] == {
        "name": "relationships",
        "namespace": None,
        "kwargs": {
            "column_name": "customer_id",
            "to": "ref('stg_customers')",
            "field": "customer_id",
            "model": "{{ get_where_subquery(ref('customer_value')) }}",
        },
    }
    assert (test["name"], test["column_name"], test["file_key_name"]) == (name, "customer_id", "models.customer_value")
    assert test["attached_node"] == "model.paper_shop.customer_value"
    # readers take the first for the table that is pointed at
    assert test["depends_on"]["nodes"] == ["model.paper_shop.stg_customers", "model.paper_shop.customer_value"]
    assert test["meta"] == {"relationship_type": "one-to-one"}
    assert nodes["test.paper_shop.not_null_order_facts_order_id.a08894dca3"]["config"]["severity"] == "WARN"


def test_a_model_has_its_words_and_the_engines_types(built: Path) -> None:
    model = document(built, "manifest")["nodes"]["model.paper_shop.customer_value"]
    assert model["original_file_path"] == "models/marts/customer_value.sql"
    assert (model["path"], model["fqn"]) == ("marts/customer_value.sql", ["paper_shop", "marts", "customer_value"])
    assert model["patch_path"] == "paper_shop://models/marts/_marts.yml"
    assert model["relation_name"] == '"warehouse"."marts"."customer_value"'
    assert (model["tags"], model["meta"], model["config"]["materialized"]) == (["published"], {"owner": "Ada"}, "table")
    assert model["config"]["contract"]["enforced"] is True
    described = {each["name"]: (each["data_type"], each["description"]) for each in model["columns"].values()}
    assert described == {
        "customer_id": ("BIGINT", "The shop's number of a person."),
        "country": ("VARCHAR", "Where the person lives, in words."),
        "order_count": ("BIGINT", "Orders so far."),
        "revenue": ("DECIMAL(38,2)", "Money so far."),
    }


def test_sources_exposures_macros_and_doc_blocks_keep_their_words(built: Path) -> None:
    manifest = document(built, "manifest")
    customers = manifest["sources"]["source.paper_shop.shop.customers"]
    assert (customers["source_name"], customers["loader"]) == ("shop", "nightly export")
    assert customers["source_description"] == "The shop's export."
    assert customers["columns"]["customer_id"]["description"] == "The shop's number of a person."
    letter = manifest["exposures"]["exposure.paper_shop.weekly_letter"]
    assert (letter["type"], letter["maturity"], letter["tags"]) == ("dashboard", "high", ["weekly"])
    money = manifest["macros"]["macro.paper_shop.money"]
    assert money["description"] == "An amount with two decimals."
    assert money["macro_sql"] == (PAPER_SHOP / "macros/money.sql").read_text().strip()
    assert manifest["docs"]["doc.paper_shop.customer_id"]["block_contents"] == "The shop's number of a person."
    singular = manifest["nodes"]["test.paper_shop.big_orders_are_facts"]
    assert singular["description"] == "No big order gets lost between staging and marts."


def test_compiled_code_runs_from_anywhere_and_gives_the_rows(built: Path) -> None:
    nodes = document(built, "manifest")["nodes"].values()
    with duckdb.connect() as elsewhere:
        elsewhere.execute(f"attach '{built / 'target' / 'warehouse.duckdb'}' as warehouse (read_only)")
        elsewhere.execute(f"set file_search_path = '{built}'")
        made = [each for each in nodes if each["resource_type"] == "model" and each["relation_name"]]
        for model in made:
            wanted = elsewhere.execute(f"from {model['relation_name']} order by all").fetchall()
            assert elsewhere.execute(f"from ({model['compiled_code']}) order by all").fetchall() == wanted
        for test in (each for each in nodes if each["resource_type"] == "test"):
            assert elsewhere.execute(test["compiled_code"]).fetchall() == []
    assert len(made) == 5


@pytest.mark.parametrize(
    ("reader", "rows"),
    [
        ("select * from {{ ref('outer_one') }}", [(1, 3)]),
        ("with mine as (select 9 as z) select * from {{ ref('outer_one') }}, mine", [(1, 3, 9)]),
        ("-- with\nWITH mine as (select 9 as z) select * from {{ ref('outer_one') }}, mine", [(1, 3, 9)]),
        (
            "with recursive n as (select 1 as i union all select i + 1 from n where i < 3)"
            " select max(i) from n, {{ ref('outer_one') }}, {{ ref('inner_one') }}",
            [(3,)],
        ),
    ],
)
def test_ephemeral_models_stand_in_front_as_in_dbt(shop: Shop, reader: str, rows: list[Any]) -> None:
    manifest = shop(
        {
            "models/inner_one.sql": "{{ config(materialized='ephemeral') }}select 1 as x",
            "models/outer_one.sql": (
                "{{ config(materialized='ephemeral') }}"
                "with a as (select x from {{ ref('inner_one') }}) select x, 3 as y from a"
            ),
            "models/reader.sql": reader,
        }
    )
    sql = compiled_code(manifest.compiled["reader"], manifest, "warehouse")
    assert sql.index("__dbt__cte__inner_one as (") < sql.index("__dbt__cte__outer_one as (")
    assert sql.count("select 1 as x") == 1
    assert duckdb.sql(sql).fetchall() == rows


def test_the_catalog_holds_what_stands_in_the_warehouse(built: Path) -> None:
    catalog = document(built, "catalog")
    assert set(catalog["nodes"]) == {
        "model.paper_shop.big_buyers",
        "model.paper_shop.customer_value",
        "model.paper_shop.order_facts",
        "model.paper_shop.stg_customers",
        "model.paper_shop.stg_orders",
        "seed.paper_shop.countries",
    }
    facts = catalog["nodes"]["model.paper_shop.order_facts"]
    assert [(each["index"], each["name"], each["type"]) for each in facts["columns"].values()] == [
        (1, "order_id", "BIGINT"),
        (2, "customer_id", "BIGINT"),
        (3, "amount", "DECIMAL(18,2)"),
        (4, "has_email", "BOOLEAN"),
        (5, "kind", "VARCHAR"),
    ]
    assert facts["columns"]["order_id"]["comment"] == "The shop's number of an order."
    assert (facts["metadata"]["type"], facts["stats"]["num_rows"]["value"]) == ("BASE TABLE", 3.0)
    assert catalog["nodes"]["model.paper_shop.stg_orders"]["metadata"]["type"] == "VIEW"
    assert catalog["sources"]["source.paper_shop.shop.orders"]["columns"]["ordered_on"]["type"] == "DATE"


TROUBLE = {
    "project.yml": "name: shop\nmodels:\n  +materialized: table\n",
    "models/orders.sql": "select unnest([1, 2, 2]) as order_id",
    "models/reader.sql": "select * from {{ ref('orders') }}",
    "models/people.sql": "select cast(name as integer) as number from (values ('ada@example.com')) as t(name)",
    "models/days.sql": "select 1 as day",
    "models/_models.yml": """
models:
  - name: orders
    columns:
      - name: order_id
        data_tests: [unique, not_null]
  - name: days
    columns:
      - name: day
        data_tests:
          - accepted_values: {arguments: {values: [2], quote: false}, config: {severity: warn}}
""",
}


def results(folder: Path) -> dict[str, Document]:
    """By the end of the id, without the hash of a test."""
    found = document(folder, "run_results")["results"]
    return {each["unique_id"].split(".")[2]: each for each in found}


def test_results_have_dbts_statuses_and_words(write: Write, coterie: Fresh) -> None:
    folder = write(TROUBLE)
    assert coterie(folder, "build").exit_code == 1
    found = results(folder)
    assert {name: each["status"] for name, each in found.items()} == {
        "orders": "success",
        "days": "success",
        "people": "error",
        "reader": "skipped",
        "unique_orders_order_id": "fail",
        "not_null_orders_order_id": "pass",
        "accepted_values_days_day__False__2": "warn",
    }
    assert found["orders"]["adapter_response"] == {"rows_affected": 3}
    assert found["orders"]["relation_name"] == '"warehouse"."main"."orders"'
    unique = found["unique_orders_order_id"]
    assert (unique["failures"], unique["message"]) == (1, "1 failing row")
    assert '"warehouse"."main"."orders"' in unique["compiled_code"]
    warned = found["accepted_values_days_day__False__2"]
    assert (warned["failures"], warned["message"]) == (1, "1 failing row")
    assert found["reader"]["message"] == "because of unique_orders_order_id"
    assert found["reader"]["timing"] == []
    timing = found["orders"]["timing"][0]
    assert timing["name"] == "execute"
    assert timing["started_at"] < timing["completed_at"]


def test_no_message_holds_an_address_of_a_person(write: Write, coterie: Fresh) -> None:
    folder = write(TROUBLE)
    coterie(folder, "build")
    message = results(folder)["people"]["message"]
    assert message.startswith("models/people.sql:1:")
    assert "•••" in message
    assert "ada@example.com" not in json.dumps([each["message"] for each in results(folder).values()])


@pytest.mark.parametrize(
    ("salt", "is_hidden"),
    [("short", True), ("o'brien", True), ("a salt of more than 16 characters", True), ("", False)],
)
def test_what_the_environment_holds_is_hidden(write: Write, coterie: Fresh, salt: str, is_hidden: bool) -> None:
    """The salt of identity keys is in the SQL that runs, and in no file that others read."""
    escaped = """{{ env_var('SALT', '') | replace("'", "''") }}"""
    folder = write({"models/a.sql": f"select md5('{escaped}' || 'x') as key", "models/b.sql": "select 'short' as name"})
    env = {"PATH": "", **({"SALT": salt} if salt else {})}
    assert coterie(folder, "build", env=env).exit_code == 0
    nodes = document(folder, "manifest")["nodes"]
    told = nodes["model.shop.a"]["compiled_code"]
    assert told == ("select md5('•••' || 'x') as key" if is_hidden else "select md5('' || 'x') as key")
    assert results(folder)["a"]["compiled_code"] == told


def test_a_long_secret_is_hidden_wherever_it_stands(write: Write, coterie: Fresh) -> None:
    token = "0123456789abcdef"
    location = "target/{{ env_var('TOKEN') }}.parquet"
    config = f'models:\n  +materialized: external\n  +location: "{location}"\n'
    folder = write({"project.yml": f"name: shop\n{config}", "models/a.sql": "select 1 as x"})
    assert coterie(folder, "build", env={"PATH": "", "TOKEN": token}).exit_code == 0
    assert (folder / "target" / f"{token}.parquet").exists()
    assert document(folder, "manifest")["nodes"]["model.shop.a"]["config"]["location"] == "target/•••.parquet"
    assert not [each for each in (folder / "target").glob("*.json") if token in each.read_text()]


def without_moments(told: Mapping[str, Any]) -> Document:
    return {key: each for key, each in told.items() if key != "metadata"}


def test_the_same_project_gives_the_same_documents(built: Path, tmp_path: Path, coterie: Fresh) -> None:
    again = build_paper_shop(tmp_path, coterie)
    for name in ("manifest", "catalog"):
        assert without_moments(document(built, name)) == without_moments(document(again, name))
        texts = [(each / "target" / f"{name}.json").read_text().partition(',"nodes":')[2] for each in (built, again)]
        assert texts[0] == texts[1]  # also in the same order


def test_a_manifest_that_is_still_true_is_left_alone(tmp_path: Path, coterie: Fresh) -> None:
    folder = build_paper_shop(tmp_path, coterie)
    first = document(folder, "manifest")
    coterie(folder, "check")
    assert document(folder, "manifest") == first
    words = folder / "models/marts/_marts.yml"
    words.write_text(words.read_text().replace("Money so far.", "All the money so far."))
    coterie(folder, "check")
    changed = document(folder, "manifest")
    assert changed["metadata"]["invocation_id"] != first["metadata"]["invocation_id"]
    revenue = changed["nodes"]["model.paper_shop.customer_value"]["columns"]["revenue"]
    assert revenue["description"] == "All the money so far."


def test_check_knows_the_types_of_what_was_never_built(write: Write, coterie: Fresh) -> None:
    folder = write(
        {
            "models/a.sql": "select 1.5 as amount",
            "models/_models.yml": "models:\n  - name: a\n    columns:\n      - name: amount\n",
        }
    )
    assert coterie(folder, "check", "--target-dir", "elsewhere").exit_code == 0
    manifest = json.loads((folder / "elsewhere/manifest.json").read_text())
    assert manifest["nodes"]["model.shop.a"]["columns"]["amount"]["data_type"] == "DECIMAL(2,1)"
    assert [each.name for each in (folder / "elsewhere").iterdir()] == ["manifest.json"]
    assert not (folder / "target").exists()


def test_the_tests_alone_leave_their_results(write: Write, coterie: Fresh) -> None:
    folder = write(TROUBLE)
    coterie(folder, "build")
    assert coterie(folder, "test", "not_null_orders_order_id").exit_code == 0
    assert document(folder, "run_results")["args"] == {"which": "test"}
    assert {name: each["status"] for name, each in results(folder).items()} == {"not_null_orders_order_id": "pass"}


def test_what_was_not_done_again_is_told_as_such(shop: Shop) -> None:
    manifest = shop({"models/a.sql": "select 1 as x", "tests/fine.sql": "select * from {{ ref('a') }} where x <> 1"})
    told = artifacts(manifest, target_of(manifest.project.file, None, None)).results(unchanged(manifest), "build")
    assert [(each["unique_id"], each["status"], each["message"]) for each in told["results"]] == [
        ("model.shop.a", "no-op", "unchanged"),
        ("test.shop.fine", "pass", "unchanged"),
    ]
    assert all(each["compiled_code"] is None and each["timing"] == [] for each in told["results"])


def unchanged(manifest: Manifest) -> list[Result]:
    return [Result(Step(each, "", "unchanged", (), 0), "unchanged") for each in manifest.compiled.values()]


def test_freshness_is_told_as_dbt_tells_it() -> None:
    now, loaded = datetime(2026, 2, 7, 12, tzinfo=UTC), datetime(2026, 2, 6, 12, tzinfo=UTC)
    limits = Freshness(warn_after=Age(count=12, period="hour"))
    found = [SourceAge("shop.orders", limits, loaded, now), SourceAge("shop.customers", limits, None, now)]
    orders, customers = sources_document("paper_shop", found)["results"]
    assert orders == {
        "unique_id": "source.paper_shop.shop.orders",
        "status": "warn",
        "max_loaded_at": "2026-02-06T12:00:00.000000Z",
        "snapshotted_at": "2026-02-07T12:00:00.000000Z",
        "max_loaded_at_time_ago_in_s": 86_400.0,
        "criteria": {
            "warn_after": {"count": 12, "period": "hour"},
            "error_after": {"count": None, "period": None},
            "filter": None,
        },
        "adapter_response": {},
        "timing": [],
        "thread_id": "step",
        "execution_time": 0.0,
    }
    assert (customers["unique_id"], customers["status"]) == ("source.paper_shop.shop.customers", "runtime error")


def test_two_tests_that_dbt_could_not_tell_apart_keep_two_ids(shop: Shop) -> None:
    manifest = shop(
        {
            "models/a.sql": "select 1 as x",
            "models/_models.yml": (
                "models:\n  - name: a\n    columns:\n      - name: x\n        data_tests:\n"
                "          - unique\n          - unique: {config: {where: x > 0}}\n"
            ),
        }
    )
    ids = [each for each in unique_ids(manifest).values() if each.startswith("test.")]
    assert [each.rpartition(".")[0] for each in sorted(ids)] == ["test.shop.unique_a_x", "test.shop.unique_a_x_2"]


def test_a_second_build_says_what_was_left_alone(tmp_path: Path, coterie: Fresh) -> None:
    folder = build_paper_shop(tmp_path, coterie)
    first = document(folder, "manifest"), document(folder, "catalog")
    assert coterie(folder, "build").exit_code == 0
    told = document(folder, "run_results")["results"]
    kinds = {each["unique_id"].partition(".")[0]: each["status"] for each in told}
    assert kinds == {"seed": "no-op", "model": "no-op", "test": "pass"}
    assert all(each["message"] == "unchanged" for each in told)
    assert (document(folder, "manifest"), document(folder, "catalog")) == first


def test_a_snapshot_is_a_node_with_its_exact_columns(write: Write, coterie: Fresh) -> None:
    config = "{strategy: check, unique_key: id, check_cols: all}"
    snapshots = (
        f"snapshots: [{{name: history, relation: ref('a'), config: {config}, columns: [{{name: dbt_valid_to}}]}}]"
    )
    block = (
        "{% snapshot kept %}{{ config(strategy='check', unique_key='id', check_cols='all') }}"
        "select * from {{ ref('a') }}{% endsnapshot %}"
    )
    files = {"snapshots/_s.yml": snapshots, "snapshots/kept.sql": block, "models/a.sql": "select 1 as id"}
    folder = write({"project.yml": "name: shop\nvars: {as_of: 2026-01-01}\n", **files})
    assert coterie(folder, "build").exit_code == 0
    manifest = document(folder, "manifest")
    history, kept = (manifest["nodes"][f"snapshot.shop.{name}"] for name in ("history", "kept"))
    assert (history["resource_type"], history["config"]["materialized"]) == ("snapshot", "snapshot")
    assert (history["config"]["strategy"], history["config"]["unique_key"]) == ("check", "id")
    assert history["columns"]["dbt_valid_to"]["data_type"] == "TIMESTAMP"
    assert (kept["original_file_path"], kept["path"]) == ("snapshots/kept.sql", "kept.sql")
    assert manifest["parent_map"]["snapshot.shop.kept"] == ["model.shop.a"]
    assert not [name for name in manifest["macros"] if "kept" in name]
    assert results(folder)["history"]["status"] == "success"
    assert "snapshot.shop.kept" in document(folder, "catalog")["nodes"]


def test_settings_of_a_test_are_told_as_they_are(shop: Shop) -> None:
    config = "{store_failures: true, limit: 3, fail_calc: sum(x), where: x > 0, severity: warn}"
    column = f"{{name: x, data_tests: [{{unique: {{config: {config}}}}}]}}"
    yml = f"models: [{{name: a, columns: [{column}]}}]"
    manifest = shop({"models/a.sql": "select 1 as x", "models/_models.yml": yml})
    nodes = ManifestDocument(manifest, unique_ids(manifest), {}, "warehouse").told([])["nodes"]
    told = next(each for key, each in nodes.items() if key.startswith("test."))
    assert told["relation_name"] == '"warehouse"."dbt_test__audit"."unique_a_x"'
    wanted = {"store_failures": True, "limit": 3, "fail_calc": "sum(x)", "where": "x > 0", "severity": "WARN"}
    assert {key: told["config"][key] for key in wanted} == wanted
