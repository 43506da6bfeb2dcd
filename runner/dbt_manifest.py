"""The project as dbt's manifest.json (v12) tells it: unique ids, nodes, columns, tests, exposures, who reads whom.

Pure: values in, plain values out. artifacts.py writes the file; what never changes stands in dbt_artifacts.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

from runner.compile import Compiled, Manifest
from runner.config import stored
from runner.declared import test_name
from runner.graph import Graph
from runner.nodes import DataTest, Model, Seed, Snapshot, Source, Table, UnitTest
from runner.scope import Reading
from runner.shapes import Column, Described, Explained, Exposure
from runner.templates import BUILTIN
from runner.warehouse import COMMENT, ColumnType, tokens

Document = dict[str, Any]
Columns = Mapping[str, tuple[ColumnType, ...]]
Exposed = tuple[Exposure, Reading]
"""One exposure, and what it says it reads."""
CTE = "__dbt__cte__"
UNSAID = Explained(name="")


constants = partial(stored, "dbt_artifacts.yml")


class ManifestDocument:
    """Where the exact columns of a table are known, their types are the engine's."""

    def __init__(self, manifest: Manifest, ids: Mapping[str, str], columns: Columns, database: str) -> None:
        self.manifest, self.ids, self.columns, self.database = manifest, ids, columns, database
        self.package = manifest.project.file.name
        self.below = cache(manifest.project.file.below)  # a YAML file is the place of many tests
        project, files = manifest.project, manifest.project.files
        self.macros = {name for name in project.templates.places if not name.startswith(("docs_", "snapshot_"))}
        self.explained = {each.name: each for file in files for each in (*file.macros, *file.data_tests)}
        self.groups = {each.name: each for file in files for each in file.sources}

    def told(self, exposed: Iterable[Exposed]) -> Document:
        """Everything but `metadata`."""
        every = [self._node(each) for each in {**self.manifest.compiled, **self.manifest.ephemerals}.values()]
        unit_tests = self.manifest.project.unit_tests.values()
        told = {
            "nodes": _by_id(each for each in every if each["resource_type"] != "source"),
            "sources": _by_id(each for each in every if each["resource_type"] == "source"),
            "exposures": _by_id(map(self._exposure, exposed)),
            "unit_tests": _by_id(self._unit_test(each) for each in unit_tests if each.model in self.ids),
        }
        blocks = list(self._blocks())
        macros = _by_id(self._macro(name, *block) for name, *block in blocks if name in self.macros)
        docs = _by_id(self._doc(name, *block) for name, *block in blocks if name.startswith("docs_"))
        return told | _maps(told) | {"macros": macros, "docs": docs, **constants()["manifest"]}

    def _node(self, compiled: Compiled) -> Document:
        node = compiled.node
        if isinstance(node, DataTest):
            return self._test(compiled, node)
        return self._source(node) if isinstance(node, Source) else self._table(compiled, node)

    def _identity(self, kind: str, name: str, path: str, unique_id: str) -> Document:
        return self._origin(kind, name, path, unique_id) | {"fqn": [self.package, *self.below(path)[:-1], name]}

    def _origin(self, kind: str, name: str, path: str, unique_id: str) -> Document:
        return {
            "unique_id": unique_id, "name": name, "resource_type": kind, "package_name": self.package,
            "path": "/".join(self.below(path)), "original_file_path": path,
        }  # fmt: skip

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

    def _words(self, node: Table) -> Document:
        """What tables of all kinds say of themselves, and where they stand."""
        exact = {each.name.lower(): each.type for each in self.columns.get(node.name, ())}
        columns = {each.name: _column(each, exact.get(each.name.lower(), each.data_type)) for each in node.columns}
        return {
            "database": self.database, "schema": node.relation.schema, "tags": node.tags, "meta": node.meta,
            "relation_name": relation_name(node, self.database), "description": node.description, "columns": columns,
        }  # fmt: skip

    def _table(self, compiled: Compiled, node: Model | Seed | Snapshot) -> Document:
        words, docs = self._words(node), node.words.docs if node.words else None
        config = {**constants()["table"], **node.config, **{key: words[key] for key in ("schema", "tags", "meta")}}
        config["materialized"] = node.materialized if isinstance(node, Model) else node.kind
        contract = {**constants()["table"]["contract"], **config["contract"]}
        told = self._identity(node.kind, node.name, node.path, self.ids[node.name]) | words | {
            "alias": node.relation.name, "docs": node.config.get("docs") or docs or constants()["docs"],
            "config": {**config, "contract": contract}, "patch_path": self._patched(node.words),
        }  # fmt: skip
        if not isinstance(node, Model):  # dbt's is of the file, also where that is YAML
            told["checksum"] = _checksum(Path(node.path).read_text(encoding="utf-8", errors="replace"))
        if isinstance(node, Seed):
            return told | {"raw_code": "", "depends_on": {"macros": []}}
        told = {"contract": {**contract, "checksum": None}, "checksum": _checksum(node.text)} | told
        return told | self._query(compiled, node.text.strip()) | self._reads(compiled.reading)

    def _patched(self, words: Described | None) -> str | None:
        return f"{self.package}://{words.place.path}" if words else None

    def _test(self, compiled: Compiled, node: DataTest) -> Document:
        unique_id = self.ids[node.name]
        name = unique_id.split(".", 2)[2].rpartition(".")[0] if node.macro else node.name
        own = {"schema": node.audit.schema, "tags": node.tags, "meta": node.meta}
        told = self._identity("test", name, node.path, unique_id) | own | {
            "database": self.database, "alias": node.name, "columns": {}, "docs": constants()["docs"],
            "relation_name": f'"{self.database}".{node.audit}' if node.stores_failures else None,
            "config": constants()["test"] | own | {
                "severity": node.severity.upper(), "where": node.where or None, "limit": node.limit,
                "fail_calc": node.fail_calc, "store_failures": node.stores_failures or None,
                "warn_if": node.warn_if, "error_if": node.error_if,
            },
        }  # fmt: skip
        if node.macro:
            return told | self._declared(compiled, node, name)
        words = {"checksum": _checksum(node.text), "description": self.explained.get(node.name, UNSAID).description}
        return told | words | self._query(compiled, node.text.strip()) | self._reads(compiled.reading)

    def _declared(self, compiled: Compiled, node: DataTest, name: str) -> Document:
        words = subject(node)
        about = ".".join(words)
        kind = self.manifest.tables[about].kind if about in self.manifest.tables else "model"
        told = self._query(compiled, f"{{{{ {node.macro}(**_dbt_generic_test_kwargs) }}}}")
        return told | self._reads(compiled.reading, subject_last=kind != "source") | {
            "path": f"{name}.sql", "checksum": {"name": "none", "checksum": ""}, "description": "",
            "column_name": node.arguments.get("column_name"), "file_key_name": f"{kind}s.{words[0]}",
            "attached_node": self.ids[about] if kind != "source" else None, "test_metadata": test_metadata(node),
        }  # fmt: skip

    def _source(self, node: Source) -> Document:
        name, _, table = node.name.partition(".")
        group, told = self.groups[name], self._identity("source", table, node.path, self.ids[node.name])
        return told | self._words(node) | {
            "path": node.path, "fqn": [*told["fqn"][:-1], name, table], "identifier": node.relation.name,
            "source_name": name, "loader": group.loader, "source_description": group.description,
            "source_meta": group.facts, "config": {"enabled": True, "tags": node.tags, "meta": node.meta},
        }  # fmt: skip

    def _exposure(self, exposed: Exposed) -> Document:
        shape, reading = exposed
        told = self._identity("exposure", shape.name, shape.place.path, f"exposure.{self.package}.{shape.name}")
        told |= {key: getattr(shape, key) or None for key in ("label", "url", "maturity")}
        return told | self._reads(reading) | _settings(shape) | {
            "type": shape.type, "owner": {"name": None, "email": None} | shape.owner, "description": shape.description,
            "config": {"enabled": True, **_settings(shape)},
        }  # fmt: skip

    def _unit_test(self, test: UnitTest) -> Document:
        shape, rows = test.shape, ("rows", "format", "fixture")
        told = self._identity("unit_test", test.name, test.path, f"unit_test.{self.package}.{test.model}.{test.name}")
        return told | {
            "fqn": [*told["fqn"][:-1], test.model, test.name], "model": test.model, "description": shape.description,
            "given": [{key: getattr(each, key) for key in ("input", *rows)} for each in shape.given],
            "expect": {key: getattr(shape.expect, key) for key in rows},
            "overrides": dict(shape.overrides.block) or None,
            "depends_on": {"macros": [], "nodes": [self.ids[test.model]]},
            "config": {"enabled": True, **_settings(shape)},
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

    def _macro(self, name: str, path: str, block: str) -> Document:
        words, unique_id = self.explained.get(name, UNSAID), self._macro_id(name)
        return self._origin("macro", name, path, unique_id) | {
            "package_name": unique_id.split(".")[1], "path": path, "macro_sql": block, "depends_on": {"macros": []},
            "docs": constants()["docs"], "description": words.description, "meta": words.facts,
            "arguments": words.arguments or [], "patch_path": self._patched(self.explained.get(name)),
        }  # fmt: skip

    def _doc(self, name: str, path: str, block: str) -> Document:
        title = name.removeprefix("docs_")
        contents = block.partition("%}")[2].rpartition("{%")[0].strip()
        return self._origin("doc", title, path, f"doc.{self.package}.{title}") | {"block_contents": contents}


def _by_id(documents: Iterable[Document]) -> Document:
    return {each["unique_id"]: each for each in documents}


def _maps(told: Mapping[str, Document]) -> Document:
    """Who reads whom, from below and from above."""
    every = [each for kind in told.values() for each in kind.values()]
    graph = Graph({each["unique_id"]: each.get("depends_on", {}).get("nodes", ()) for each in every})
    return {"parent_map": graph.parents, "child_map": graph.children}


def _checksum(text: str) -> Document:
    return {"name": "sha256", "checksum": sha256(text.strip().encode()).hexdigest()}


def _settings(words: Described) -> Document:
    return {"tags": words.labels, "meta": words.facts}


def _column(column: Column, data_type: str | None) -> Document:
    return _settings(column) | {
        "name": column.name, "description": column.description, "data_type": data_type, "quote": column.quote or None,
        "constraints": [dict(each.block) for each in column.constraints], "config": _settings(column),
    }  # fmt: skip


def unique_ids(manifest: Manifest) -> dict[str, str]:
    """By name. Tests that dbt could not tell apart keep the name they have here."""
    project = manifest.project.file.name
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name, compiled in {**manifest.compiled, **manifest.ephemerals}.items():
        node, title = compiled.node, name
        if isinstance(node, DataTest) and node.macro:
            title = _hashed(dbt_test_name(node), node)
            title = _hashed(name, node) if title in taken else title
            taken.add(title)
        ids[name] = f"{node.kind}.{project}.{title}"
    return ids


def dbt_test_name(test: DataTest) -> str:
    """dbt's name of a declared test, unless the author gave one."""
    kind, words, given = test.macro.removeprefix("test_"), subject(test), _arguments(test)
    if not test.name.startswith(test_name(kind, "_".join(words), given)):
        return test.name
    flat = [each for _, value in sorted(given.items()) for each in (value if isinstance(value, list) else [value])]
    clean = "__".join(re.sub(r"[^0-9a-zA-Z_]+", "_", str(each)) for each in flat)
    return f"{'source_' if len(words) > 1 else ''}{kind}_{'_'.join(words)}_{clean}"


def subject(test: DataTest) -> list[str]:
    """The words in `ref('orders')` or `source('shop', 'orders')`: what a declared test is about."""
    return str(test.arguments["model"]).split("'")[1::2]


def test_metadata(test: DataTest) -> dict[str, Any]:
    kwargs = {**_arguments(test), "model": f"{{{{ get_where_subquery({test.arguments['model']}) }}}}"}
    return {"name": test.macro.removeprefix("test_"), "kwargs": kwargs, "namespace": None}


def _arguments(test: DataTest) -> Mapping[str, Any]:
    return {key: value for key, value in test.arguments.items() if key != "model"}


def _hashed(title: str, test: DataTest) -> str:
    text = title + repr(_as_text(test_metadata(test)))
    return f"{title}.{md5(text.encode(), usedforsecurity=False).hexdigest()[-10:]}"


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(value[key]) for key in sorted(value)}
    return [_as_text(each) for each in value] if isinstance(value, list) else str(value)


def relation_name(node: Table, database: str) -> str | None:
    return None if getattr(node, "materialized", "") == "ephemeral" else f'"{database}".{node.relation}'


def compiled_code(compiled: Compiled, manifest: Manifest, database: str) -> str:
    """The SQL as dbt has it: the database in every address, and ephemeral models as CTEs in front."""
    sql, node = compiled.sql, compiled.node
    inlined = _inlined(compiled, manifest)
    if inlined:
        ctes = [f"{CTE}{each.node.name} as (\n{_by_name(each.sql, inlined[:at])}\n)" for at, each in enumerate(inlined)]
        sql = _behind(", ".join(ctes), _by_name(sql, inlined))
    known = [manifest.tables[parent].relation for parent in compiled.parents]
    known += [node.relation] if isinstance(node, Table) else []
    for relation in map(str, known):
        sql = sql.replace(relation, f'"{database}".{relation}')
    return sql


def _inlined(compiled: Compiled, manifest: Manifest) -> list[Compiled]:
    """The ephemeral models that stand in a text, each behind those that stand in itself."""
    found: dict[str, Compiled] = {}
    for name in compiled.reading.refs:
        if name in manifest.ephemerals:
            ephemeral = manifest.ephemerals[name]
            found |= {each.node.name: each for each in (*_inlined(ephemeral, manifest), ephemeral)}
    return list(found.values())


def _by_name(sql: str, inlined: list[Compiled]) -> str:
    for each in reversed(inlined):
        sql = sql.replace(f"(\n{each.sql}\n)", f"{CTE}{each.node.name}")
    return sql


def _behind(ctes: str, sql: str) -> str:
    """The query with more CTEs before its own."""
    words = [token for token in tokens(sql) if token.kind != COMMENT]
    if words[0].word != "with":
        return f"with {ctes}\n{sql}"
    last = words[1] if words[1].word == "recursive" else words[0]
    end = last.at + len(last.word)
    return f"{sql[:end]} {ctes},{sql[end:]}"
