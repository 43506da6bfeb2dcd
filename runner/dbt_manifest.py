"""The project as dbt's manifest.json (v12) tells it: nodes, columns, tests, exposures, who reads whom.

Pure: values in, plain values out. Names every node as dbt would; artifacts.py writes the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

from runner.compile import Compiled, Manifest
from runner.declared_tests import test_name
from runner.exposures import Exposed
from runner.layout import BUILTIN_TESTS
from runner.nodes import DataTest, Model, Seed, Source, Table, UnitTest
from runner.scope import Reading
from runner.shapes import Column, Explained, Properties, SourceGroup
from runner.warehouse import ColumnType

Document = dict[str, Any]
Columns = Mapping[str, tuple[ColumnType, ...]]

NOT_OURS = ("metrics", "groups", "selectors", "disabled", "group_map", "saved_queries", "semantic_models", "functions")
"""Keys that readers insist on."""
SHOWN = {"show": True, "node_color": None}
UNSET: Document = {
    "enabled": True, "alias": None, "schema": None, "database": None, "group": None, "quoting": {},
    "persist_docs": {}, "pre-hook": [], "post-hook": [], "column_types": {}, "grants": {}, "packages": [],
    "docs": SHOWN, "contract": {"enforced": False, "alias_types": True},
}  # fmt: skip
AUDIT_SCHEMA = "dbt_test__audit"


def unique_ids(manifest: Manifest) -> dict[str, str]:
    """By name: dbt's id. Tests that dbt could not tell apart keep the name they have here."""
    project = manifest.project.file.name
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name, compiled in {**manifest.compiled, **manifest.ephemerals}.items():
        node, title = compiled.node, name
        if isinstance(node, DataTest) and node.macro:
            title = f"{dbt_test_name(node)}.{_hash_of(node)}"
            title = f"{name}.{_hash_of(node)}" if title in taken else title
            taken.add(title)
        ids[name] = f"{node.kind}.{project}.{title}"
    return ids


def qualified(compiled: Compiled, manifest: Manifest, database: str) -> str:
    """The compiled SQL with the database in every address, as it would run from anywhere."""
    sql, node = compiled.sql, compiled.node
    known = [manifest.tables[parent].relation for parent in compiled.parents]
    known += [node.relation] if isinstance(node, Table) else []
    for relation in known:
        sql = sql.replace(str(relation), f'"{database}".{relation}')
    return sql


def relation_name(node: Table, database: str) -> str | None:
    is_inline = isinstance(node, Model) and node.materialized == "ephemeral"
    return None if is_inline else f'"{database}".{node.relation}'


def dbt_test_name(test: DataTest) -> str:
    """dbt's long name of a declared test, unless the author gave one."""
    kind, subject, arguments = test.macro.removeprefix("test_"), _subject(test), _arguments(test)
    if not test.name.startswith(test_name(kind, "_".join(subject), arguments)):
        return test.name
    words = (value for _, value in sorted(arguments.items()))
    flat = [str(each) for value in words for each in (value if isinstance(value, list) else [value])]
    clean = "__".join("".join(_runs(each)) for each in flat)
    return f"{'source_' if len(subject) > 1 else ''}{kind}_{'_'.join(subject)}_{clean}"


def _runs(text: str) -> Iterator[str]:
    """Letters, digits and underscores; one underscore for each run of anything else."""
    before = ""
    for each in text:
        kept = each if each == "_" or (each.isascii() and each.isalnum()) else ""
        if kept or before != "other":
            yield kept or "_"
        before = "" if kept else "other"


def _subject(test: DataTest) -> list[str]:
    """The words in `ref('orders')` or `source('shop', 'orders')`."""
    return str(test.arguments["model"]).split("'")[1::2]


def _arguments(test: DataTest) -> dict[str, Any]:
    return {key: value for key, value in test.arguments.items() if key != "model"}


def _test_metadata(test: DataTest) -> Document:
    call = f"{{{{ get_where_subquery({test.arguments['model']}) }}}}"
    kwargs = {**_arguments(test), "model": call}
    return {"name": test.macro.removeprefix("test_"), "kwargs": kwargs, "namespace": None}


def _hash_of(test: DataTest) -> str:
    text = dbt_test_name(test) + repr(_as_text(_test_metadata(test)))
    return md5(text.encode(), usedforsecurity=False).hexdigest()[-10:]


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(value[key]) for key in sorted(value)}
    return [_as_text(each) for each in value] if isinstance(value, list) else str(value)


def manifest_document(manifest: Manifest, exposed: Mapping[str, Exposed], columns: Columns, database: str) -> Document:
    """Everything but `metadata`. Where the exact columns of a table are known, their types are the engine's."""
    return _Telling(manifest, columns, database).document(exposed)


class _Telling:
    def __init__(self, manifest: Manifest, columns: Columns, database: str) -> None:
        self.manifest, self.columns, self.database = manifest, columns, database
        self.file, self.ids = manifest.project.file, unique_ids(manifest)
        roots = (self.file.model_paths, self.file.seed_paths, self.file.test_paths, self.file.macro_paths)
        self.roots = [Path(root) for paths in roots for root in paths]
        self.words: dict[str, list[Properties]] = {}
        self.explained: dict[str, Explained] = {}
        self.groups: dict[str, SourceGroup] = {}
        for file in manifest.project.files:
            self.explained |= {each.name: each for each in (*file.macros, *file.data_tests)}
            self.groups |= {each.name: each for each in file.sources}
            for words in (*file.models, *file.seeds):
                self.words.setdefault(words.name, []).append(words)

    def document(self, exposed: Mapping[str, Exposed]) -> Document:
        nodes: Document = {}
        sources: Document = {}
        for name, compiled in {**self.manifest.compiled, **self.manifest.ephemerals}.items():
            is_source = isinstance(compiled.node, Source)
            (sources if is_source else nodes)[self.ids[name]] = self._node(compiled)
        told = {
            "nodes": nodes,
            "sources": sources,
            "macros": dict(self._macros()),
            "docs": dict(self._docs()),
            "exposures": {each["unique_id"]: each for each in map(self._exposure, exposed.values())},
            "unit_tests": {each["unique_id"]: each for each in map(self._unit_test, self._unit_tests())},
        }
        return told | self._maps(told) | {key: {} for key in NOT_OURS}

    def _maps(self, told: Mapping[str, Document]) -> Document:
        every = {k: v for kind in ("nodes", "sources", "exposures", "unit_tests") for k, v in told[kind].items()}
        parents = {key: sorted(each.get("depends_on", {}).get("nodes", ())) for key, each in every.items()}
        children: dict[str, list[str]] = {key: [] for key in every}
        for child in sorted(parents):
            for parent in parents[child]:
                children[parent].append(child)
        return {"parent_map": parents, "child_map": children}

    def _node(self, compiled: Compiled) -> Document:
        node = compiled.node
        if isinstance(node, DataTest):
            return self._test(compiled, node)
        if isinstance(node, Source):
            return self._source(node)
        return self._table(compiled, node)

    def _identity(self, kind: str, name: str, path: str, unique_id: str) -> Document:
        below = self._below(path)
        return {
            "name": name,
            "resource_type": kind,
            "package_name": self.file.name,
            "path": below.as_posix(),
            "original_file_path": Path(path).as_posix(),
            "unique_id": unique_id,
            "fqn": [self.file.name, *below.parent.parts, name],
        }

    def _below(self, path: str) -> Path:
        """A path without the folder that project.yml names."""
        root = next((root for root in self.roots if Path(path).is_relative_to(root)), None)
        return Path(path).relative_to(root) if root else Path(path)

    def _reads(self, reading: Reading, test: DataTest | None = None) -> Document:
        """As dbt orders them: refs, then sources, and what a declared test is about after what it compares with."""
        refs, sources = list(reading.refs), list(dict.fromkeys(reading.sources))
        if test is not None and test.macro and str(test.arguments["model"]).startswith("ref("):
            refs = [*refs[1:], refs[0]]
        refs = [each for at, each in enumerate(refs) if each not in refs[:at]]
        nodes = [self.ids[each] for each in (*refs, *sources)]
        macros = sorted(self._macro_id(each) for each in reading.macros if not each.startswith("docs_"))
        return {
            "refs": [{"name": each, "package": None, "version": None} for each in refs],
            "sources": [each.split(".", 1) for each in sources],
            "metrics": [],
            "depends_on": {"macros": macros, "nodes": nodes},
        }

    def _query(self, compiled: Compiled, raw: str) -> Document:
        return {
            "language": "sql",
            "raw_code": raw,
            "compiled": True,
            "compiled_code": qualified(compiled, self.manifest, self.database),
            "compiled_path": None,
            "extra_ctes_injected": True,
            "extra_ctes": [],
        }

    def _table(self, compiled: Compiled, node: Table) -> Document:
        text, config = getattr(node, "text", ""), getattr(node, "config", {})
        contract = UNSET["contract"] | (config.get("contract") or {})
        kind = node.materialized if isinstance(node, Model) else node.kind
        content = Path(node.path).read_bytes().decode("utf-8", "replace") if isinstance(node, Seed) else text
        words = self._words_of(node)
        told = self._identity(node.kind, node.name, node.path, self.ids[node.name]) | {
            "database": self.database,
            "schema": node.relation.schema,
            "alias": node.relation.name,
            "checksum": {"name": "sha256", "checksum": sha256(content.strip().encode()).hexdigest()},
            "config": {
                **UNSET, **config, "materialized": kind, "tags": node.tags, "meta": node.meta, "contract": contract,
                "schema": config.get("schema", node.relation.schema),
            },
            "tags": node.tags,
            "meta": node.meta,
            "description": node.description,
            "columns": self._columns(node),
            "docs": config.get("docs") or SHOWN,
            "patch_path": f"{self.file.name}://{words.place.path}" if words else None,
            "relation_name": relation_name(node, self.database),
        }  # fmt: skip
        if isinstance(node, Seed):
            told["config"] |= {"column_types": node.column_types, "delimiter": node.delimiter}
            return told | {"raw_code": "", "depends_on": {"macros": []}}
        query = self._query(compiled, text.strip())
        return told | query | self._reads(compiled.reading) | {"contract": {**contract, "checksum": None}}

    def _words_of(self, node: Table) -> Properties | None:
        """What YAML says of it; the YAML beside it first."""
        found = self.words.get(node.name, [])
        beside = [each for each in found if Path(each.place.path).parent == Path(node.path).parent]
        return next(iter(beside or found), None)

    def _columns(self, node: Table) -> Document:
        exact = {each.name.lower(): each.type for each in self.columns.get(node.name, ())}
        return {each.name: _column(each, exact.get(each.name.lower(), each.data_type)) for each in node.columns}

    def _test(self, compiled: Compiled, node: DataTest) -> Document:
        name = dbt_test_name(node) if node.macro else node.name
        identity = self._identity("test", name, node.path, self.ids[node.name])
        explained = None if node.macro else self.explained.get(node.name)
        raw = f"{{{{ {node.macro}(**_dbt_generic_test_kwargs) }}}}" if node.macro else node.text.strip()
        checksum = {"name": "none", "checksum": ""}
        if not node.macro:
            checksum = {"name": "sha256", "checksum": sha256(raw.encode()).hexdigest()}
        told = identity | {
            "database": self.database,
            "schema": AUDIT_SCHEMA,
            "alias": node.name,
            "checksum": checksum,
            "config": {
                "enabled": True, "alias": None, "schema": AUDIT_SCHEMA, "database": None, "group": None,
                "tags": node.tags, "meta": node.meta, "materialized": "test", "severity": compiled.severity.upper(),
                "where": node.where or None, "limit": None, "fail_calc": "count(*)", "store_failures": None,
                "warn_if": as_dbt(node.warn_if), "error_if": as_dbt(node.error_if),
            },
            "tags": node.tags,
            "meta": node.meta,
            "description": explained.description if explained else "",
            "columns": {},
            "docs": SHOWN,
            "relation_name": None,
        }  # fmt: skip
        told |= self._query(compiled, raw) | self._reads(compiled.reading, node)
        return told | (self._declared(node, name) if node.macro else {})

    def _declared(self, test: DataTest, name: str) -> Document:
        subject = _subject(test)
        owner = ".".join(subject)
        kind = self.manifest.tables[owner].kind if owner in self.manifest.tables else "model"
        return {
            "path": f"{name}.sql",
            "column_name": test.arguments.get("column_name"),
            "file_key_name": f"{kind}s.{subject[0]}",
            "attached_node": self.ids[owner] if kind != "source" else None,
            "test_metadata": _test_metadata(test),
        }

    def _source(self, node: Source) -> Document:
        group, _, table = node.name.partition(".")
        words = self.groups.get(group)
        told = self._identity("source", table, node.path, self.ids[node.name])
        told["fqn"] = [*told["fqn"][:-1], group, table]
        return told | {
            "path": node.path,
            "database": self.database,
            "schema": node.relation.schema,
            "identifier": node.relation.name,
            "source_name": group,
            "source_description": words.description if words else "",
            "source_meta": words.facts if words else {},
            "loader": words.loader if words else "",
            "description": node.description,
            "columns": self._columns(node),
            "meta": node.meta,
            "tags": node.tags,
            "config": {"enabled": True, "meta": node.meta, "tags": node.tags},
            "relation_name": relation_name(node, self.database),
        }

    def _exposure(self, exposed: Exposed) -> Document:
        shape = exposed.shape
        unique_id = f"exposure.{self.file.name}.{shape.name}"
        tags = _listed(shape.tags) + _listed(shape.config.get("tags"))
        return self._identity("exposure", shape.name, shape.place.path, unique_id) | self._reads(exposed.reading) | {
            "type": shape.type,
            "owner": {"name": None, "email": None} | shape.owner,
            "label": shape.label or None,
            "url": shape.url or None,
            "maturity": shape.maturity or None,
            "description": shape.description,
            "meta": shape.facts,
            "tags": tags,
            "config": {"enabled": True, "meta": shape.facts, "tags": tags},
        }  # fmt: skip

    def _unit_tests(self) -> Iterable[UnitTest]:
        known = self.manifest.project.unit_tests.values()
        return [each for each in known if each.model in self.ids]

    def _unit_test(self, test: UnitTest) -> Document:
        shape = test.shape
        unique_id = f"unit_test.{self.file.name}.{test.model}.{test.name}"
        rows = ("rows", "format", "fixture")
        told = self._identity("unit_test", test.name, test.path, unique_id)
        told["fqn"] = [*told["fqn"][:-1], test.model, test.name]
        overrides = shape.overrides and {key: getattr(shape.overrides, key) for key in ("vars", "macros", "env_vars")}
        return told | {
            "model": test.model,
            "given": [{"input": each.input, **{key: getattr(each, key) for key in rows}} for each in shape.given],
            "expect": {key: getattr(shape.expect, key) for key in rows},
            "overrides": overrides,
            "description": shape.description,
            "depends_on": {"macros": [], "nodes": [self.ids[test.model]]},
            "config": {"enabled": True, "meta": shape.facts, "tags": test.tags},
        }

    def _macro_id(self, name: str) -> str:
        package = "dbt" if self._path_of(name) == BUILTIN_TESTS.name else self.file.name
        return f"macro.{package}.{name}"

    def _path_of(self, name: str) -> str:
        return self.manifest.project.templates.places[name].path

    def _blocks(self) -> Iterator[tuple[str, str]]:
        """By name: the text of every macro, generic test and doc block, tags included."""
        project = self.manifest.project
        for name, place in project.templates.places.items():
            rest = "\n".join(project.macro_files[place.path].split("\n")[place.line - 1 :])
            ends = [at for at in (rest.find(f"end{tag}") for tag in ("macro", "test", "docs")) if at >= 0]
            yield name, rest[: rest.find("%}", min(ends, default=0)) + 2]

    def _macros(self) -> Iterator[tuple[str, Document]]:
        for name, block in self._blocks():
            if name.startswith("docs_"):
                continue
            words, path, unique_id = self.explained.get(name), self._path_of(name), self._macro_id(name)
            yield (
                unique_id,
                {
                    "name": name,
                    "resource_type": "macro",
                    "package_name": unique_id.split(".")[1],
                    "path": path,
                    "original_file_path": path,
                    "unique_id": unique_id,
                    "macro_sql": block,
                    "depends_on": {"macros": []},
                    "description": words.description if words else "",
                    "meta": words.facts if words else {},
                    "docs": SHOWN,
                    "patch_path": f"{self.file.name}://{words.place.path}" if words else None,
                    "arguments": words.arguments or [] if words else [],
                },
            )

    def _docs(self) -> Iterator[tuple[str, Document]]:
        for name, block in self._blocks():
            if name.startswith("docs_"):
                path, title = self._path_of(name), name.removeprefix("docs_")
                unique_id = f"doc.{self.file.name}.{title}"
                told = self._identity("doc", title, path, unique_id)
                del told["fqn"]
                yield unique_id, told | {"block_contents": block.partition("%}")[2].rpartition("{%")[0].strip()}


def as_dbt(condition: str) -> str:
    return "!= 0" if condition == "<> 0" else condition


def _column(column: Column, data_type: str | None) -> Document:
    tags = _listed(column.tags) + _listed(column.config.get("tags"))
    return {
        "name": column.name,
        "description": column.description,
        "data_type": data_type,
        "meta": column.facts,
        "tags": tags,
        "constraints": column.constraints or [],
        "quote": column.quote or None,
        "config": {"meta": column.facts, "tags": tags},
    }


def _listed(tags: Any) -> list[str]:
    return [tags] if isinstance(tags, str) else list(tags or ())
