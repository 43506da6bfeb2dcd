"""The project as dbt's manifest.json (v12) tells it: nodes, columns, tests, exposures, who reads whom.

Pure: values in, plain values out. artifacts.py writes the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from runner.artifact_ids import compiled_code, relation_name, subject, test_metadata
from runner.compile import Compiled, Manifest
from runner.exposures import Exposed
from runner.folders import as_tags
from runner.nodes import DataTest, Model, Seed, Source, Table, UnitTest
from runner.scope import Reading
from runner.shapes import Column, Explained, Properties, SourceGroup
from runner.templates import BUILTIN
from runner.warehouse import ColumnType

Document = dict[str, Any]
Columns = Mapping[str, tuple[ColumnType, ...]]

NOT_OURS = ("metrics", "groups", "selectors", "disabled", "group_map", "saved_queries", "semantic_models", "functions")
"""Keys that readers insist on."""
AUDIT_SCHEMA = "dbt_test__audit"
SHOWN = {"show": True, "node_color": None}
NO_CHECKSUM = {"name": "none", "checksum": ""}
UNSET: Document = {
    "enabled": True, "alias": None, "schema": None, "database": None, "group": None, "docs": SHOWN, "grants": {},
    "quoting": {}, "persist_docs": {}, "column_types": {}, "packages": [], "pre-hook": [], "post-hook": [],
    "contract": {"enforced": False, "alias_types": True},
}  # fmt: skip


def manifest_document(
    manifest: Manifest, ids: Mapping[str, str], exposed: Mapping[str, Exposed], columns: Columns, database: str
) -> Document:
    """Everything but `metadata`. Where the exact columns of a table are known, their types are the engine's."""
    return _Telling(manifest, ids, columns, database).document(exposed)


class _Telling:
    def __init__(self, manifest: Manifest, ids: Mapping[str, str], columns: Columns, database: str) -> None:
        self.manifest, self.ids, self.columns, self.database = manifest, ids, columns, database
        self.file, self.package = manifest.project.file, manifest.project.file.name
        self.below = cache(self._below)  # a YAML file is the place of many tests
        places = manifest.project.templates.places
        self.macros = {name for name in places if not name.startswith(("docs_", "snapshot_"))}
        self.words: dict[str, list[Properties]] = {}
        self.explained: dict[str, Explained] = {}
        self.groups: dict[str, SourceGroup] = {}
        for file in manifest.project.files:
            self.explained |= {each.name: each for each in (*file.macros, *file.data_tests)}
            self.groups |= {each.name: each for each in file.sources}
            for words in (*file.models, *file.seeds):
                self.words.setdefault(words.name, []).append(words)

    def document(self, exposed: Mapping[str, Exposed]) -> Document:
        manifest = self.manifest
        every = [self._node(each) for each in (*manifest.compiled.values(), *manifest.ephemerals.values())]
        unit_tests = manifest.project.unit_tests.values()
        told = {
            "nodes": _by_id(each for each in every if each["resource_type"] != "source"),
            "sources": _by_id(each for each in every if each["resource_type"] == "source"),
            "exposures": _by_id(map(self._exposure, exposed.values())),
            "unit_tests": _by_id(self._unit_test(each) for each in unit_tests if each.model in self.ids),
        }
        macros = {"macros": _by_id(self._macros()), "docs": _by_id(self._docs())}
        return told | _maps(told) | macros | {key: {} for key in NOT_OURS}

    def _node(self, compiled: Compiled) -> Document:
        node = compiled.node
        if isinstance(node, DataTest):
            return self._declared(compiled, node) if node.macro else self._singular(compiled, node)
        return self._source(node) if isinstance(node, Source) else self._table(compiled, node)

    def _identity(self, kind: str, name: str, path: str, unique_id: str) -> Document:
        below, folders = self.below(path)
        return {
            "unique_id": unique_id, "name": name, "resource_type": kind, "package_name": self.package,
            "path": below, "original_file_path": path, "fqn": [self.package, *folders, name],
        }  # fmt: skip

    def _below(self, path: str) -> tuple[str, tuple[str, ...]]:
        """A path without the folder that project.yml names; and the folders of the rest."""
        file = self.file
        roots = (*file.model_paths, *file.seed_paths, *file.test_paths, *file.macro_paths)
        root = next((root for root in roots if PurePath(path).is_relative_to(root)), ".")
        below = PurePath(path).relative_to(root)
        return below.as_posix(), below.parent.parts

    def _reads(self, reading: Reading, *, subject_last: bool = False) -> Document:
        """In dbt's order: refs, then sources; a declared test names what it is about after what it compares with."""
        refs = [*reading.refs[1:], reading.refs[0]] if subject_last and reading.refs else reading.refs
        names, sources = dict.fromkeys(refs), dict.fromkeys(reading.sources)
        return {
            "refs": [{"name": each, "package": None, "version": None} for each in names],
            "sources": [each.split(".", 1) for each in sources],
            "depends_on": {
                "macros": [self._macro_id(each) for each in sorted(reading.macros & self.macros)],
                "nodes": [self.ids[each] for each in (*names, *sources)],
            },
        }

    def _query(self, compiled: Compiled, raw: str) -> Document:
        sql = compiled_code(compiled, self.manifest, self.database)
        return {"language": "sql", "raw_code": raw, "compiled": True, "compiled_code": sql}

    def _table(self, compiled: Compiled, node: Table) -> Document:
        text, config = getattr(node, "text", ""), getattr(node, "config", {})
        contract = UNSET["contract"] | (config.get("contract") or {})
        kind = node.materialized if isinstance(node, Model) else node.kind
        words = self._words_of(node)
        told = self._identity(node.kind, node.name, node.path, self.ids[node.name]) | {
            "database": self.database, "schema": node.relation.schema, "alias": node.relation.name,
            "relation_name": relation_name(node, self.database), "description": node.description,
            "columns": self._columns(node), "tags": node.tags, "meta": node.meta,
            "docs": config.get("docs") or (words.docs if words else None) or SHOWN,
            "config": {**UNSET, **config, "schema": node.relation.schema, "materialized": kind, "tags": node.tags,
                       "meta": node.meta, "contract": contract},
            "patch_path": f"{self.package}://{words.place.path}" if words else None,
        }  # fmt: skip
        if isinstance(node, Seed):
            told["config"] |= {"column_types": node.column_types, "delimiter": node.delimiter}
            text = Path(node.path).read_text(encoding="utf-8", errors="replace")
            return told | {"raw_code": "", "checksum": _checksum(text), "depends_on": {"macros": []}}
        told |= {"contract": {**contract, "checksum": None}, "checksum": _checksum(text)}
        return told | self._query(compiled, text.strip()) | self._reads(compiled.reading)

    def _words_of(self, node: Table) -> Properties | None:
        """What YAML says of it; the YAML beside it first."""
        found = self.words.get(node.name, [])
        folder = PurePath(node.path).parent
        return next((each for each in found if PurePath(each.place.path).parent == folder), next(iter(found), None))

    def _columns(self, node: Table) -> Document:
        exact = {each.name.lower(): each.type for each in self.columns.get(node.name, ())}
        return {each.name: _column(each, exact.get(each.name.lower(), each.data_type)) for each in node.columns}

    def _test(self, compiled: Compiled, node: DataTest) -> Document:
        return {
            "database": self.database, "schema": AUDIT_SCHEMA, "alias": node.name, "relation_name": None,
            "columns": {}, "tags": node.tags, "meta": node.meta, "docs": SHOWN,
            "config": {
                "enabled": True, "alias": None, "schema": AUDIT_SCHEMA, "database": None, "group": None,
                "tags": node.tags, "meta": node.meta, "materialized": "test", "severity": node.severity.upper(),
                "where": node.where or None, "limit": None, "fail_calc": "count(*)", "store_failures": None,
                "warn_if": as_dbt(node.warn_if), "error_if": as_dbt(node.error_if),
            },
        }  # fmt: skip

    def _singular(self, compiled: Compiled, node: DataTest) -> Document:
        words = self.explained.get(node.name)
        told = self._identity("test", node.name, node.path, self.ids[node.name]) | self._test(compiled, node)
        told |= {"checksum": _checksum(node.text), "description": words.description if words else ""}
        return told | self._query(compiled, node.text.strip()) | self._reads(compiled.reading)

    def _declared(self, compiled: Compiled, node: DataTest) -> Document:
        name, words = self.ids[node.name].split(".", 2)[2].rpartition(".")[0], subject(node)
        about = ".".join(words)
        kind = self.manifest.tables[about].kind if about in self.manifest.tables else "model"
        told = self._identity("test", name, node.path, self.ids[node.name]) | self._test(compiled, node)
        told |= self._query(compiled, f"{{{{ {node.macro}(**_dbt_generic_test_kwargs) }}}}")
        return told | self._reads(compiled.reading, subject_last=kind != "source") | {
            "path": f"{name}.sql", "checksum": NO_CHECKSUM, "description": "",
            "column_name": node.arguments.get("column_name"), "file_key_name": f"{kind}s.{words[0]}",
            "attached_node": self.ids[about] if kind != "source" else None, "test_metadata": test_metadata(node),
        }  # fmt: skip

    def _source(self, node: Source) -> Document:
        group, _, table = node.name.partition(".")
        words = self.groups[group]
        told = self._identity("source", table, node.path, self.ids[node.name])
        return told | {
            "path": node.path, "fqn": [*told["fqn"][:-1], group, table], "database": self.database,
            "schema": node.relation.schema, "identifier": node.relation.name,
            "relation_name": relation_name(node, self.database), "source_name": group, "loader": words.loader,
            "source_description": words.description, "source_meta": words.facts, "description": node.description,
            "columns": self._columns(node), "tags": node.tags, "meta": node.meta,
            "config": {"enabled": True, "tags": node.tags, "meta": node.meta},
        }  # fmt: skip

    def _exposure(self, exposed: Exposed) -> Document:
        shape = exposed.shape
        tags = as_tags(shape.tags) + as_tags(shape.config.get("tags"))
        told = self._identity("exposure", shape.name, shape.place.path, f"exposure.{self.package}.{shape.name}")
        return told | self._reads(exposed.reading) | {
            "type": shape.type, "owner": {"name": None, "email": None} | shape.owner, "label": shape.label or None,
            "url": shape.url or None, "maturity": shape.maturity or None, "description": shape.description,
            "tags": tags, "meta": shape.facts, "config": {"enabled": True, "tags": tags, "meta": shape.facts},
        }  # fmt: skip

    def _unit_test(self, test: UnitTest) -> Document:
        shape, rows, others = test.shape, ("rows", "format", "fixture"), ("vars", "macros", "env_vars")
        unique_id = f"unit_test.{self.package}.{test.model}.{test.name}"
        told = self._identity("unit_test", test.name, test.path, unique_id)
        return told | {
            "fqn": [*told["fqn"][:-1], test.model, test.name], "model": test.model, "description": shape.description,
            "given": [{"input": each.input} | {key: getattr(each, key) for key in rows} for each in shape.given],
            "expect": {key: getattr(shape.expect, key) for key in rows},
            "overrides": shape.overrides and {key: getattr(shape.overrides, key) for key in others},
            "depends_on": {"macros": [], "nodes": [self.ids[test.model]]},
            "config": {"enabled": True, "tags": test.tags, "meta": shape.facts},
        }  # fmt: skip

    def _macro_id(self, name: str) -> str:
        is_builtin = self.manifest.project.templates.places[name].path in BUILTIN
        return f"macro.{'dbt' if is_builtin else self.package}.{name}"

    def _blocks(self) -> Iterator[tuple[str, str, str]]:
        """Name, path and text of every macro, generic test and doc block, its tags included."""
        project = self.manifest.project
        for name, place in project.templates.places.items():
            rest = "\n".join(project.macro_files[place.path].split("\n")[place.line - 1 :])
            ends = [at for at in (rest.find(f"end{tag}") for tag in ("macro", "test", "docs")) if at >= 0]
            yield name, place.path, rest[: rest.find("%}", min(ends, default=0)) + 2]

    def _macros(self) -> Iterator[Document]:
        for name, path, block in self._blocks():
            if name in self.macros:
                words, unique_id = self.explained.get(name), self._macro_id(name)
                yield {
                    "unique_id": unique_id, "name": name, "resource_type": "macro", "path": path,
                    "package_name": unique_id.split(".")[1], "original_file_path": path, "macro_sql": block,
                    "depends_on": {"macros": []}, "docs": SHOWN, "description": words.description if words else "",
                    "meta": words.facts if words else {}, "arguments": (words.arguments if words else None) or [],
                    "patch_path": f"{self.package}://{words.place.path}" if words else None,
                }  # fmt: skip

    def _docs(self) -> Iterator[Document]:
        for name, path, block in self._blocks():
            if name.startswith("docs_"):
                title = name.removeprefix("docs_")
                yield {
                    "unique_id": f"doc.{self.package}.{title}", "name": title, "resource_type": "doc",
                    "package_name": self.package, "path": self.below(path)[0], "original_file_path": path,
                    "block_contents": block.partition("%}")[2].rpartition("{%")[0].strip(),
                }  # fmt: skip


def _by_id(documents: Any) -> Document:
    return {each["unique_id"]: each for each in documents}


def _maps(told: Mapping[str, Document]) -> Document:
    """Who reads whom, from below and from above."""
    every = [each for kind in told.values() for each in kind.values()]
    parents = {each["unique_id"]: sorted(each.get("depends_on", {}).get("nodes", ())) for each in every}
    children: dict[str, list[str]] = {each: [] for each in parents}
    for child in sorted(parents):
        for parent in parents[child]:
            children[parent].append(child)
    return {"parent_map": parents, "child_map": children}


def as_dbt(condition: str) -> str:
    return "!= 0" if condition == "<> 0" else condition


def _checksum(text: str) -> Document:
    return {"name": "sha256", "checksum": sha256(text.strip().encode()).hexdigest()}


def _column(column: Column, data_type: str | None) -> Document:
    tags = as_tags(column.tags) + as_tags(column.config.get("tags"))
    return {
        "name": column.name, "description": column.description, "data_type": data_type, "quote": column.quote or None,
        "constraints": [dict(each.block) for each in column.constraints], "tags": tags, "meta": column.facts,
        "config": {"tags": tags, "meta": column.facts},
    }  # fmt: skip
