"""Runs where dbt's neighbours are installed: says in JSON what each understood of a target folder.

python neighbours.py FOLDER
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

Understood = dict[str, Any]

CHECKS = """\
dbt_artifacts_dir: {folder}
catalog_checks:
  - name: check_column_has_specified_test
    column_name_pattern: .*_id$
    test_name: unique
  - name: check_columns_are_all_documented
manifest_checks:
  - name: check_model_has_unit_tests
  - name: check_model_description_populated
  - name: check_model_has_properties_file
  - name: check_source_not_orphaned
  - name: check_exposure_based_on_model
run_results_checks:
  - name: check_run_results_max_execution_time
    max_execution_time_seconds: 600
"""


def artifacts_parser(folder: Path) -> Understood:
    from dbt_artifacts_parser import parser

    def read(name: str) -> Any:
        return json.loads((folder / f"{name}.json").read_text())

    manifest = parser.parse_manifest_v12(read("manifest"))
    results = parser.parse_run_results_v6(read("run_results"))
    catalog = parser.parse_catalog_v1(read("catalog"))
    sources = parser.parse_sources_v3(read("sources")) if (folder / "sources.json").exists() else None
    nodes = {"model": [], "seed": [], "snapshot": [], "test": []}
    for node in manifest.nodes.values():
        nodes[node.resource_type].append(node)
    kinds = Counter(each.test_metadata.name if hasattr(each, "test_metadata") else "singular" for each in nodes["test"])
    tables = {**catalog.nodes, **catalog.sources}
    return {
        "models": sorted(each.name for each in nodes["model"]),
        "seeds": sorted(each.name for each in nodes["seed"]),
        "snapshots": sorted(each.name for each in nodes["snapshot"]),
        "sources": sorted(f"{each.source_name}.{each.name}" for each in manifest.sources.values()),
        "tests": dict(sorted(kinds.items())),
        "unit tests": sorted(each.name for each in manifest.unit_tests.values()),
        "exposures": {each.name: sorted(each.depends_on.nodes) for each in manifest.exposures.values()},
        "parents of models": {each.unique_id: sorted(manifest.parent_map[each.unique_id]) for each in nodes["model"]},
        "columns": {key: [[c.name, c.type] for c in each.columns.values()] for key, each in sorted(tables.items())},
        "results": dict(sorted(Counter(each.status.value for each in results.results).items())),
        "freshness": {each.unique_id: each.status.value for each in sources.results} if sources else {},
    }


def metabase(folder: Path) -> Understood:
    from dbtmetabase.manifest import Manifest

    tables = Manifest(folder / "manifest.json").read_models()
    return {
        "tables": sorted(f"{each.schema}.{each.alias}" for each in tables),
        "descriptions": {f"{each.schema}.{each.alias}": each.description for each in tables},
        "foreign keys": sorted(
            [f"{each.schema}.{each.alias}", column.name, column.fk_target_table, column.fk_target_field]
            for each in tables
            for column in each.columns
            if column.semantic_type == "type/FK"
        ),
    }


def coverage(folder: Path) -> Understood:
    import dbt_coverage

    tables = dbt_coverage.load_files(folder, folder).all_tables().values()
    return {
        "columns": sum(len(each.columns) for each in tables),
        "documented": sorted(f"{t.name}.{c.name}" for t in tables for c in t.columns.values() if c.doc),
        "tests": {f"{t.name}.{c.name}": c.tests for t in tables for c in t.columns.values() if c.tests},
        "unit tests": {each.name: len(each.unit_tests) for each in tables if each.unit_tests},
    }


def erd(folder: Path) -> Understood:
    from dbterd.api import DbtErd

    diagram = json.loads(DbtErd(artifacts_dir=str(folder), target="json", resource_type=["model", "seed"]).get_erd())
    return {
        "tables": sorted(each["id"] for each in diagram["nodes"]),
        "columns": {each["id"]: sorted(c["name"] for c in each["columns"]) for each in diagram["nodes"]},
        "foreign keys": sorted(
            [each["from_id"], *each["from_columns"], each["to_id"], *each["to_columns"]] for each in diagram["edges"]
        ),
    }


def bouncer(folder: Path) -> Understood:
    """Which checks fail where: wrong ones would fail elsewhere."""
    config, report = folder / "dbt-bouncer.yml", folder / "bouncer.json"
    config.write_text(CHECKS.format(folder=folder))
    command = [str(Path(sys.executable).with_name("dbt-bouncer")), "run", "--config-file", str(config)]
    ended = subprocess.run([*command, "--output-file", str(report)], capture_output=True, text=True, check=False)
    if not report.exists():
        raise SystemExit(ended.stdout + ended.stderr)
    checks: dict[str, list[str]] = {}
    ran: Counter[str] = Counter()
    for each in json.loads(report.read_text()):
        name = each["check_run_id"].partition(":")[0].removeprefix("check_")
        ran[name] += 1
        checks.setdefault(name, [])
        if each["outcome"] != "success":
            checks[name].append(each["unique_id"])
    return {"ran": dict(sorted(ran.items())), "failed": {name: sorted(each) for name, each in sorted(checks.items())}}


def colibri(folder: Path) -> Understood:
    from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor

    found = DbtColumnLineageExtractor(str(folder / "manifest.json"), str(folder / "catalog.json"))
    lineage = found.extract_project_lineage()
    inlined = {key for key, each in found.manifest["nodes"].items() if each["config"]["materialized"] == "ephemeral"}
    parents = {
        f"{model}.{column}": sorted({f"{each['dbt_node']}.{each['column']}" for each in origins})
        for model, columns in lineage["lineage"]["parents"].items()
        for column, origins in columns.items()
        if not column.startswith("__colibri")
    }
    standing = {m for m in lineage["lineage"]["parents"] if not inlined & set(found.parent_map[m])}
    return {
        "errors": len(lineage["errors"]),
        "column lineage": dict(sorted(parents.items())),
        "traced columns": {
            key: each
            for key, each in parents.items()
            if key.startswith("model.") and key.rpartition(".")[0] in standing
        },
    }


NEIGHBOURS = {
    "dbt-artifacts-parser": artifacts_parser,
    "dbt-metabase": metabase,
    "dbt-coverage": coverage,
    "dbterd": erd,
    "dbt-bouncer": bouncer,
    "dbt-colibri": colibri,
}

if __name__ == "__main__":
    told = {name: understand(Path(sys.argv[1])) for name, understand in NEIGHBOURS.items()}
    Path(sys.argv[2]).write_text(json.dumps(told))
