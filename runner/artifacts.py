"""dbt's artifacts in the target folder: manifest.json, run_results.json, catalog.json, sources.json.

Each is replaced as a whole. The manifest and the catalog are left alone while they are still true.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from hashlib import md5
from pathlib import Path
from uuid import uuid4

from runner import dbt_manifest, errors
from runner.compile import Compiler, Manifest
from runner.dbt_manifest import Columns, Document, Exposed, compiled_code, constants, relation_name, unique_ids
from runner.errors import MASK, AuthorError, CoterieError, WorldError, blamed_on, hidden, raise_all, refuse_unknown
from runner.execute import Result
from runner.freshness import SourceAge
from runner.identity import digest
from runner.nodes import DataTest, Source, Table
from runner.relation import Relation
from runner.scope import Reading
from runner.shapes import Exposure
from runner.targets import Target, readable
from runner.templates import BUILTIN
from runner.voice import verdict
from runner.warehouse import ColumnType, Cursor

HEAD = 1_000
TYPES = ("dashboard", "notebook", "analysis", "ml", "application")


@dataclass(frozen=True)
class Artifacts:
    """What the neighbours of dbt read about one project, in one target folder."""

    manifest: Manifest
    target: Target
    exposed: Iterable[Exposed]

    def checked(self, columns: Columns) -> None:
        if not self._is_current("manifest"):
            self._write_manifest(columns)

    def built(self, results: Sequence[Result]) -> None:
        """Results always; the manifest and the catalog where a table was made, or the project is another one."""
        self.tested(results, "build")
        is_changed = any(each.status == "ok" and not isinstance(each.step.compiled.node, DataTest) for each in results)
        if is_changed or not (self._is_current("manifest") and self._is_current("catalog")):
            with readable(self.target)[0] as warehouse:
                cursor = warehouse.cursor()
                standing = cursor.all_columns()
                self._write("catalog", self._catalog(cursor, standing))
            self._write_manifest({name: standing.get(node.relation, ()) for name, node in self.manifest.tables.items()})

    def tested(self, results: Iterable[Result], verb: str = "test") -> None:
        self._write("run_results", self.results(results, verb))

    def freshened(self, ages: Iterable[SourceAge]) -> None:
        self._write("sources", sources_document(self.manifest.project.file.name, ages))

    def results(self, results: Iterable[Result], verb: str) -> Document:
        """Everything but `metadata`. dbt has no results of sources; one that failed is told all the same."""
        told = [each for each in results if not isinstance(each.step.compiled.node, Source) or each.status == "failed"]
        ends = [each.ended_at for each in told if each.ended_at]
        elapsed = max(ends) - min(each.ended_at - each.seconds for each in told if each.ended_at) if ends else 0.0
        return {"results": [self._result(each) for each in told], "elapsed_time": elapsed, "args": {"which": verb}}

    def _result(self, result: Result) -> Document:
        compiled, node = result.step.compiled, result.step.compiled.node
        ran = bool(compiled.sql) and result.status != "unchanged"
        is_test, words = isinstance(node, DataTest), constants()["statuses"]
        status = "error" if result.error else words["test" if is_test else "node"][result.status]
        began, ended = _moment(result.ended_at - result.seconds), _moment(result.ended_at)
        return {
            **constants()["result"],
            "unique_id": self._ids[result.step.name], "status": status, "message": _message(result),
            "timing": [{"name": "execute", "started_at": began, "completed_at": ended}] if result.ended_at else [],
            "failures": result.failures if is_test and result.error is None else None,
            "adapter_response": {} if result.rows is None else {"rows_affected": result.rows},
            "compiled": ran or None, "execution_time": result.seconds,
            "compiled_code": compiled_code(compiled, self.manifest, self._database) if ran else None,
            "relation_name": relation_name(node, self._database) if isinstance(node, Table) else None,
        }  # fmt: skip

    def _catalog(self, cursor: Cursor, columns: Mapping[Relation, Iterable[ColumnType]]) -> Document:
        """What stands in the database, commented by what YAML says of it."""
        kinds = cursor.relations()
        sizes = "select schema_name, table_name, estimated_size from duckdb_tables() where not internal"
        rows = {Relation(schema, name): count for schema, name, count in cursor.rows(sizes)}
        told: Document = {"nodes": {}, "sources": {}, "errors": None}
        for name, node in self.manifest.tables.items():
            if node.relation in kinds:
                told["sources" if isinstance(node, Source) else "nodes"][self._ids[name]] = {
                    "unique_id": self._ids[name],
                    "metadata": {
                        "type": constants()["kinds"][kinds[node.relation]], "database": self._database, "owner": None,
                        **vars(node.relation), "comment": node.description or None,
                    },
                    "columns": _columns(node, columns[node.relation]),
                    "stats": _stats(rows.get(node.relation)),
                }  # fmt: skip
        return told

    @cached_property
    def _ids(self) -> dict[str, str]:
        return unique_ids(self.manifest)

    @property
    def _database(self) -> str:
        """As DuckDB names a file that it opens."""
        return self.target.warehouse.stem

    def _write_manifest(self, columns: Columns) -> None:
        document = dbt_manifest.ManifestDocument(self.manifest, self._ids, columns, self._database)
        self._write("manifest", document.told(self.exposed))

    def _write(self, name: str, document: Document) -> None:
        text = json.dumps({"metadata": self._metadata(name), **document}, default=str, separators=(",", ":"))
        text = hidden(text, {json.dumps(each)[1:-1]: MASK for each in self.manifest.project.secrets})
        path = self.target.home / f"{name}.json"
        draft = path.with_name(f".{path.name}-{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        except OSError as e:
            hint = "free disk space, or choose another folder with --target-dir"
            raise WorldError(f"cannot write {path}: {e.strerror}", hint=hint) from e

    def _metadata(self, name: str) -> Document:
        project, form = self.manifest.project.file.name, constants()["versions"][name]
        told: Document = {
            "dbt_schema_version": f"https://schemas.getdbt.com/dbt/{name.replace('_', '-')}/{form}.json",
            "dbt_version": constants()["dbt_version"], "generated_at": _moment(datetime.now(UTC).timestamp()),
            "invocation_id": str(uuid4()), "env": {"COTERIE_FINGERPRINT": self._fingerprint},
        }  # fmt: skip
        if name == "manifest":
            project_id = md5(project.encode(), usedforsecurity=False).hexdigest()
            told |= {"project_name": project, "project_id": project_id, **constants()["metadata"]}
        return told

    def _is_current(self, name: str) -> bool:
        """Was the file written from the same project? Its first words say so."""
        with suppress(OSError), (self.target.home / f"{name}.json").open(encoding="utf-8") as file:
            return self._fingerprint in file.read(HEAD)
        return False

    @cached_property
    def _fingerprint(self) -> str:
        """Changes with anything that the manifest tells, but for columns that only a build can change."""
        project = self.manifest.project
        nodes = [*self.manifest.tables.values(), *project.tests.values(), *project.models.values()]
        paths = {each.path for each in nodes} | {each.place.path for each in (project.file, *project.files)}
        paths |= {dbt_manifest.__file__, __file__, *project.macro_files} - {*BUILTIN}
        texts = [each.sql for each in self.manifest.compiled.values()]
        return digest(*texts, self._database, repr(dict(project.vars)), *map(_as_written, sorted(paths)))


def artifacts(manifest: Manifest, target: Target) -> Artifacts:
    """Raises Problems with every exposure that dbt would refuse, or that names what is not there."""
    compiler = Compiler(manifest.project)
    found: dict[str, Exposed] = {}
    wrong: list[CoterieError] = []
    declared = [each for file in manifest.project.files for each in file.exposures]
    for shape in (each for each in declared if each.config.get("enabled") is not False):
        try:
            if shape.name in found:
                message = f"the exposure `{shape.name}` is already declared at {found[shape.name][0].place}"
                raise AuthorError(message, place=shape.place, hint="rename one of the two")
            found[shape.name] = _exposed(shape, compiler)
        except CoterieError as e:
            wrong.append(e)
    raise_all(wrong)
    return Artifacts(manifest, target, tuple(found.values()))


def _exposed(shape: Exposure, compiler: Compiler) -> Exposed:
    refuse_unknown(shape.type, TYPES, f"an exposure cannot be a `{shape.type}`", shape.at("type"))
    if not {"name", "email"} & set(shape.owner):
        hint = "owner: {name: …, email: …}, one of them is enough"
        raise AuthorError(f"the exposure `{shape.name}` has no owner", place=shape.at("owner"), hint=hint)
    reading = Reading()
    scope = replace(compiler.project.scope, resolver=compiler)
    for call, place in zip(shape.depends_on, shape.depends_on.places()) if shape.depends_on else ():
        if not str(call).startswith(("ref(", "source(")):
            message = f"an exposure depends on ref(…) or source(…), not on `{call}`"
            raise AuthorError(message, place=place, hint="write ref('…') around the model's name")
        with blamed_on(place):
            reading.add(compiler.templates.render("", f"{{{{ {call} }}}}", scope).reading)
    return shape, reading


def _message(result: Result) -> str | None:
    told = verdict(result)
    if not told.message:
        return "unchanged" if result.status == "unchanged" else None
    return errors.masked(f"{told.place}: {told.message}" if told.is_error else told.message)


def _columns(node: Table, columns: Iterable[ColumnType]) -> Document:
    comments = {column.name.lower(): column.description or None for column in node.columns}
    return {
        each.name: {"name": each.name, "type": each.type, "index": at, "comment": comments.get(each.name.lower())}
        for at, each in enumerate(columns, start=1)
    }


def _stats(rows: int | None) -> Document:
    """In the form that dbt's documentation shows."""
    values = {"has_stats": rows is not None} | ({} if rows is None else {"num_rows": float(rows)})
    return {key: {**constants()["stats"][key], "value": value} for key, value in values.items()}


def sources_document(project: str, ages: Iterable[SourceAge]) -> Document:
    """Everything but `metadata`. A source without a row has no age: a runtime error, as in dbt."""
    return {"results": [_freshness(each, f"source.{project}.{each.source}") for each in ages], "elapsed_time": 0.0}


def _freshness(age: SourceAge, unique_id: str) -> Document:
    if age.max_loaded_at is None:
        return {"unique_id": unique_id, "status": "runtime error", "error": "no row says when it was loaded"}
    limits = {"warn_after": age.limits.warn_after, "error_after": age.limits.error_after}
    criteria = {key: {"count": each and each.count, "period": each and each.period} for key, each in limits.items()}
    return {
        **constants()["result"],
        "unique_id": unique_id, "status": age.status, "max_loaded_at": _moment(age.max_loaded_at.timestamp()),
        "snapshotted_at": _moment(age.snapshotted_at.timestamp()), "execution_time": 0.0,
        "max_loaded_at_time_ago_in_s": age.age.total_seconds(),
        "criteria": criteria | {"filter": age.limits.filter or None},
    }  # fmt: skip


def _as_written(path: str) -> str:
    """What tells that a file was written again."""
    stat = Path(path).stat()
    return f"{path} {stat.st_size} {stat.st_mtime_ns}"


def _moment(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
