"""dbt's artifacts in the target folder: manifest.json, run_results.json, catalog.json, sources.json.

Each is replaced as a whole. The manifest and the catalog are left alone while they are still true.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import md5, sha256
from pathlib import Path
from uuid import uuid4

from runner import dbt_manifest
from runner.artifact_ids import compiled_code, relation_name, unique_ids
from runner.compile import Manifest
from runner.dbt_manifest import Columns, Document, as_dbt, manifest_document
from runner.errors import MASK, WorldError, masked
from runner.execute import Result
from runner.exposures import Exposed, exposures
from runner.freshness import SourceAge
from runner.nodes import DataTest, Source
from runner.relation import Relation
from runner.targets import Target, readable
from runner.warehouse import ColumnType, Cursor

DBT_VERSION = "1.11.0"
"""Whose format this is; ours stands in the environment of the metadata."""
SCHEMAS = {"manifest": "v12", "run_results": "v6", "catalog": "v1", "sources": "v3"}
NODE_STATUS = {"ok": "success", "unchanged": "no-op", "failed": "error", "skipped": "skipped"}
TEST_STATUS = {"ok": "pass", "warned": "warn", "failed": "fail", "skipped": "skipped", "unchanged": "pass"}
LONG_SECRET = 16
"""Shorter values of environment variables are hidden only where they are a whole SQL literal."""
HEAD = 1_000


@dataclass(frozen=True)
class Artifacts:
    """What the neighbours of dbt read about one project, in one target folder."""

    manifest: Manifest
    target: Target
    exposed: Mapping[str, Exposed]

    def checked(self, columns: Columns) -> None:
        if not self._is_current("manifest"):
            self._write_manifest(columns)

    def built(self, results: Sequence[Result]) -> None:
        """Results always; the manifest and the catalog where a table was made, or the project is another one."""
        self.tested(results, "build")
        is_changed = any(each.status == "ok" and not isinstance(each.step.compiled.node, DataTest) for each in results)
        if is_changed or not (self._is_current("manifest") and self._is_current("catalog")):
            with readable(self.target)[0] as warehouse:
                standing = _standing(self.manifest, warehouse.cursor())
            self._write_manifest({name: each.columns for name, each in standing.items()})
            self._write("catalog", catalog_document(self.manifest, self._ids, standing, self._database))

    def tested(self, results: Sequence[Result], verb: str = "test") -> None:
        self._write("run_results", results_document(self.manifest, self._ids, results, self._database, verb))

    def freshened(self, results: Sequence[SourceAge]) -> None:
        self._write("sources", sources_document(self.manifest.project.file.name, results))

    @cached_property
    def _ids(self) -> dict[str, str]:
        return unique_ids(self.manifest)

    @property
    def _database(self) -> str:
        """As DuckDB names a file that it opens."""
        return self.target.warehouse.stem

    def _write_manifest(self, columns: Columns) -> None:
        self._write("manifest", manifest_document(self.manifest, self._ids, self.exposed, columns, self._database))

    def _write(self, name: str, document: Document) -> None:
        text = json.dumps({"metadata": self._metadata(name), **document}, default=str, separators=(",", ":"))
        for secret in self._secrets:
            text = text.replace(f"'{secret}'", f"'{MASK}'")
            text = text.replace(secret, MASK) if len(secret) >= LONG_SECRET else text
        path = self._path(name)
        draft = path.with_name(f".{path.name}-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        except OSError as e:
            hint = "free disk space, or choose another folder with --target-dir"
            raise WorldError(f"cannot write {path}: {e.strerror}", hint=hint) from e

    def _path(self, name: str) -> Path:
        return self.target.home / f"{name}.json"

    def _metadata(self, name: str) -> Document:
        project = self.manifest.project.file.name
        told: Document = {
            "dbt_schema_version": f"https://schemas.getdbt.com/dbt/{name.replace('_', '-')}/{SCHEMAS[name]}.json",
            "dbt_version": DBT_VERSION, "generated_at": _moment(datetime.now(UTC).timestamp()),
            "invocation_id": str(uuid4()), "env": {"COTERIE_FINGERPRINT": self._fingerprint},
        }  # fmt: skip
        if name != "manifest":
            return told
        return told | {
            "project_name": project, "project_id": md5(project.encode(), usedforsecurity=False).hexdigest(),
            "adapter_type": "duckdb", "send_anonymous_usage_stats": False,
            "quoting": {"database": True, "schema": True, "identifier": True, "column": None},
        }  # fmt: skip

    def _is_current(self, name: str) -> bool:
        """Was the file written from the same project? Its first words say so."""
        try:
            with self._path(name).open(encoding="utf-8") as file:
                return self._fingerprint in file.read(HEAD)
        except OSError:
            return False

    @cached_property
    def _fingerprint(self) -> str:
        """Changes with anything that the manifest tells, but for columns that only a build can change."""
        project = self.manifest.project
        texts = [each.sql for each in self.manifest.compiled.values()]
        texts += [f"{each.name}\n{each.text}" for kind in (project.models, project.tests) for each in kind.values()]
        texts += [f"{path}\n{text}" for path, text in project.macro_files.items()]
        texts += [self.target.warehouse.stem, repr(dict(project.vars))]
        paths = [each.path for each in project.seeds.values()] + [dbt_manifest.__file__, __file__]
        paths += sorted({each.place.path for each in (project.file, *project.files)})
        texts += [f"{path} {stat.st_size} {stat.st_mtime_ns}" for path in paths for stat in [Path(path).stat()]]
        return sha256("\0".join(texts).encode()).hexdigest()

    @cached_property
    def _secrets(self) -> list[str]:
        """Values of environment variables that templates read, as JSON writes them: they are nobody's business."""
        project = self.manifest.project
        values = [project.scope.env.get(name, "") for name in project.templates.asking.env_read]
        forms = {form for value in values for form in (value, value.replace("'", "''")) if form}
        return sorted((json.dumps(each)[1:-1] for each in forms), key=len, reverse=True)


def artifacts(manifest: Manifest, target: Target) -> Artifacts:
    """Raises Problems where an exposure names what is not there."""
    return Artifacts(manifest, target, exposures(manifest))


def results_document(
    manifest: Manifest, ids: Mapping[str, str], results: Iterable[Result], database: str, verb: str
) -> Document:
    """Everything but `metadata`. dbt has no results of sources; one that failed is told all the same."""
    told = [each for each in results if not isinstance(each.step.compiled.node, Source) or each.status == "failed"]
    ends = [each.ended_at for each in told if each.ended_at]
    starts = [each.ended_at - each.seconds for each in told if each.ended_at]
    return {
        "results": [_result(each, ids[each.step.name], manifest, database) for each in told],
        "elapsed_time": max(ends) - min(starts) if ends else 0.0,
        "args": {"which": verb},
    }


def _result(result: Result, unique_id: str, manifest: Manifest, database: str) -> Document:
    compiled, node = result.step.compiled, result.step.compiled.node
    ran = bool(compiled.sql) and result.status != "unchanged"
    return {
        "unique_id": unique_id, "status": _status(result), "message": _message(result), "thread_id": "step",
        "timing": _timing(result) if result.ended_at else [],
        "execution_time": result.seconds,
        "failures": result.failures if isinstance(node, DataTest) and result.error is None else None,
        "adapter_response": {} if result.rows is None else {"rows_affected": result.rows},
        "compiled": ran or None, "compiled_code": compiled_code(compiled, manifest, database) if ran else None,
        "relation_name": None if isinstance(node, DataTest) else relation_name(node, database),
    }  # fmt: skip


def _timing(result: Result) -> list[Document]:
    began, ended = _moment(result.ended_at - result.seconds), _moment(result.ended_at)
    return [{"name": "execute", "started_at": began, "completed_at": ended}]


def _status(result: Result) -> str:
    if not isinstance(result.step.compiled.node, DataTest):
        return NODE_STATUS[result.status]
    return "error" if result.error is not None else TEST_STATUS[result.status]


def _message(result: Result) -> str | None:
    """In dbt's words where it has some."""
    node = result.step.compiled.node
    if result.error is not None:
        return masked(f"{result.error.place}: {result.error.message}" if result.error.place else result.error.message)
    if isinstance(node, DataTest) and result.failures:
        verb, limit = ("fail", node.error_if) if result.status == "failed" else ("warn", node.warn_if)
        found = f"{result.failures} result{'' if result.failures == 1 else 's'}"
        return f"Got {found}, configured to {verb} if {as_dbt(limit)}"
    if result.status == "skipped":
        return f"skipped because of {result.because}"
    return "unchanged" if result.status == "unchanged" else None


@dataclass(frozen=True)
class Standing:
    """A table or view as it stands in the database."""

    kind: str
    columns: tuple[ColumnType, ...]
    rows: int | None


def _standing(manifest: Manifest, cursor: Cursor) -> dict[str, Standing]:
    """By name of the node."""
    columns, kinds = cursor.all_columns(), cursor.relations()
    query = "select schema_name, table_name, estimated_size from duckdb_tables() where not internal"
    rows = {Relation(schema, name): count for schema, name, count in cursor.rows(query)}
    return {
        name: Standing(kinds[at], columns[at], rows.get(at))
        for name, at in ((name, node.relation) for name, node in manifest.tables.items())
        if at in columns and at in kinds
    }


def catalog_document(
    manifest: Manifest, ids: Mapping[str, str], standing: Mapping[str, Standing], database: str
) -> Document:
    """Everything but `metadata`: what stands in the database, commented by what YAML says of it."""
    told: Document = {"nodes": {}, "sources": {}, "errors": None}
    for name, each in standing.items():
        node = manifest.tables[name]
        comments = {column.name.lower(): column.description or None for column in node.columns}
        told["sources" if isinstance(node, Source) else "nodes"][ids[name]] = {
            "unique_id": ids[name],
            "metadata": {
                "type": "BASE TABLE" if each.kind == "table" else "VIEW", "database": database, "owner": None,
                "schema": node.relation.schema, "name": node.relation.name, "comment": node.description or None,
            },
            "columns": {
                column.name: {
                    "name": column.name, "type": column.type, "index": at, "comment": comments.get(column.name.lower()),
                }
                for at, column in enumerate(each.columns, start=1)
            },
            "stats": _stats(each.rows),
        }  # fmt: skip
    return told


def _stats(rows: int | None) -> Document:
    """In the form that dbt's documentation shows."""
    told: Document = {"has_stats": {"label": "Has Stats?", "value": rows is not None, "include": False}}
    if rows is not None:
        told["num_rows"] = {"label": "# Rows", "value": float(rows), "include": True, "description": "Rows"}
    return {key: {"id": key, **each} for key, each in told.items()}


def sources_document(project: str, results: Iterable[SourceAge]) -> Document:
    """Everything but `metadata`. A source without a row has no age: a runtime error, as in dbt."""
    return {"results": [_freshness(each, f"source.{project}.{each.source}") for each in results], "elapsed_time": 0.0}


def _freshness(result: SourceAge, unique_id: str) -> Document:
    if result.max_loaded_at is None:
        return {"unique_id": unique_id, "status": "runtime error", "error": "no row says when it was loaded"}
    limits = {"warn_after": result.limits.warn_after, "error_after": result.limits.error_after}
    return {
        "unique_id": unique_id, "status": result.status, "max_loaded_at": _moment(result.max_loaded_at.timestamp()),
        "snapshotted_at": _moment(result.snapshotted_at.timestamp()),
        "max_loaded_at_time_ago_in_s": result.age.total_seconds(), "execution_time": 0.0,
        "criteria": {
            **{key: {"count": each and each.count, "period": each and each.period} for key, each in limits.items()},
            "filter": result.limits.filter or None,
        },
        "adapter_response": {}, "timing": [], "thread_id": "step",
    }  # fmt: skip


def _moment(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
