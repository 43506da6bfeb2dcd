"""What a project says of itself, read from its files and its warehouse, not from the artifacts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from runner.compile import Manifest
from runner.nodes import Table
from runner.relation import Relation
from runner.sql import UNKNOWN, column_origins

UNSEEN = [["unknown", ""]]
"""What dbterd makes of a table that is not in the catalog."""
Says = dict[str, dict[str, Any]]


def project_says(manifest: Manifest, warehouse: Path) -> Says:
    """By neighbour and by claim, in the neighbour's own words."""
    return _Project(manifest, warehouse).says()


class _Project:
    def __init__(self, manifest: Manifest, warehouse: Path) -> None:
        self.manifest, self.project = manifest, manifest.project
        tables: dict[Relation, list[list[str]]] = {}
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            query = "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"
            for schema, table, column, kind in connection.execute(f"{query} order by column_index").fetchall():
                tables.setdefault(Relation(schema, table), []).append([column, kind])
        standing = {name: each.relation for name, each in manifest.tables.items() if each.relation in tables}
        self.columns = {name: tables[relation] for name, relation in standing.items()}
        self.exposures = [each for file in self.project.files for each in file.exposures]
        self.declared = [each for each in self.project.tests.values() if each.macro]

    def id(self, name: str) -> str:
        kind = "model" if name in self.project.models else self.manifest.tables[name].kind
        return f"{kind}.{self.project.file.name}.{name}"

    def is_kind(self, name: str, *kinds: str) -> bool:
        return self.id(name).partition(".")[0] in kinds

    def address(self, name: str) -> str:
        return self.project_table(name).relation.address

    def project_table(self, name: str) -> Table:
        return self.project.models.get(name) or self.manifest.tables[name]

    def says(self) -> Says:
        return {
            "dbt-artifacts-parser": self.nodes(),
            "dbt-metabase": self.tables_for_metabase(),
            "dbt-coverage": self.documented_and_tested(),
            "dbterd": self.diagram(),
            "dbt-bouncer": {"failed": self.failing_checks()},
            "dbt-colibri": {"errors": 0, "traced columns": self.lineage()},
        }

    def nodes(self) -> dict[str, Any]:
        project = self.project
        kinds = Counter(each.macro.removeprefix("test_") or "singular" for each in project.tests.values())
        reading = {**self.manifest.compiled, **self.manifest.ephemerals}
        return {
            "models": sorted(project.models),
            "seeds": sorted(project.seeds),
            "snapshots": sorted(project.snapshots),
            "sources": sorted(project.sources),
            "tests": dict(sorted(kinds.items())),
            "unit tests": sorted(project.unit_tests),
            "parents of models": {
                self.id(name): sorted({self.id(each) for each in (*read.refs, *read.sources)})
                for name, read in ((name, reading[name].reading) for name in project.models)
            },
            "columns": {self.id(name): each for name, each in self.columns.items()},
        }

    def foreign_keys(self) -> list[tuple[str, str, str, str]]:
        """Every relationships test: table, column, table, column."""
        return [
            (_named(each.arguments["model"]), each.arguments["column_name"], _named(each.arguments["to"]),
             each.arguments["field"])
            for each in self.declared
            if each.macro == "test_relationships"
        ]  # fmt: skip

    def tables_for_metabase(self) -> dict[str, Any]:
        """It knows models and sources, and no seeds; a column has one foreign key."""
        known = [name for name in (*self.project.models, *self.project.sources) if name not in self.manifest.ephemerals]
        keys = [each for each in self.foreign_keys() if {each[0], each[2]} <= set(known)]
        return {
            "tables": sorted(map(self.address, known)),
            "descriptions": {self.address(name): self.project_table(name).description for name in known},
            "foreign keys": sorted([self.address(a), b, self.address(c), d] for a, b, c, d in keys),
        }

    def documented_and_tested(self) -> dict[str, Any]:
        tests = Counter(
            (_named(each.arguments["model"]), each.arguments["column_name"].lower())
            for each in self.declared
            if each.arguments.get("column_name")
        )
        documented = [
            f"{_schema_and_name(each)}.{column.name.lower()}"
            for name, each in self.manifest.tables.items()
            for column in each.columns
            if column.description and name in self.columns
        ]
        models = Counter(each.model for each in self.project.unit_tests.values())
        tables = self.manifest.tables
        return {
            "columns": sum(map(len, self.columns.values())),
            "documented": sorted(documented),
            "tests": {f"{_schema_and_name(tables[t])}.{c}": n for (t, c), n in tests.items() if t in self.columns},
            "unit tests": {_schema_and_name(tables[name]): count for name, count in models.items()},
        }

    def diagram(self) -> dict[str, Any]:
        known = {*self.project.models, *self.project.seeds}
        keys = {(self.id(a), b, self.id(c), d) for a, b, c, d in self.foreign_keys() if {a, c} <= known}
        return {
            "tables": sorted(map(self.id, known)),
            "columns": {self.id(name): sorted(c for c, _ in self.columns.get(name, UNSEEN)) for name in known},
            "foreign keys": sorted(map(list, keys)),
        }

    def failing_checks(self) -> dict[str, list[str]]:
        unique = {
            (_named(each.arguments["model"]), each.arguments.get("column_name"))
            for each in self.declared
            if each.macro == "test_unique"
        }
        models, seeds, snapshots = self.project.models, self.project.seeds, self.project.snapshots
        standing = [name for name in (*models, *seeds, *snapshots) if name in self.columns]
        untested = [n for n in standing if any(c.endswith("_id") and (n, c) not in unique for c, _ in self.columns[n])]
        words = {name: {each.name for each in self.project_table(name).columns} for name in standing}
        return {
            "column_has_specified_test": sorted(map(self.id, untested)),
            "columns_are_all_documented": sorted(
                self.id(name) for name in models if name in words and {c for c, _ in self.columns[name]} - words[name]
            ),
            **({"exposure_based_on_model": []} if self.exposures else {}),
            "model_description_populated": sorted(self.id(name) for name in models if not models[name].description),
            "model_has_properties_file": [],
            "model_has_unit_tests": sorted(
                self.id(name) for name in set(models) - {each.model for each in self.project.unit_tests.values()}
            ),
            "run_results_max_execution_time": [],
            "source_not_orphaned": sorted(
                self.id(name)
                for name in self.project.sources
                if not set(self.manifest.graph.children[name]) & set(self.project.models)
            ),
        }

    def lineage(self) -> dict[str, list[str]]:
        """By column of a model: the columns of its parents whose values flow into it; nothing where that is unknown."""
        schema = {self.manifest.tables[name].relation: list(dict(columns)) for name, columns in self.columns.items()}
        owners = {each.relation: name for name, each in self.manifest.tables.items()}
        found: dict[str, list[str]] = {}
        for name, compiled in {**self.manifest.compiled, **self.manifest.ephemerals}.items():
            if name not in self.project.models or set(compiled.reading.refs) & set(self.manifest.ephemerals):
                continue  # what stands in another text has no table to name
            for column, origins in column_origins(compiled.sql, schema).items():
                if UNKNOWN not in origins:
                    ends = {f"{self.id(owners[Relation(o.schema, o.table)])}.{o.column}" for o in origins}
                    found[f"{self.id(name)}.{column}"] = sorted(ends)
        return found


def _named(call: Any) -> str:
    """`ref('orders')` is orders, `source('shop', 'orders')` is shop.orders."""
    return ".".join(str(call).replace('"', "'").split("'")[1::2])


def _schema_and_name(table: Table) -> str:
    return f"{table.relation.schema}.{table.name.rpartition('.')[2]}".lower()
