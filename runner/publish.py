"""Whether what was built is published, and what is said of it; checked and swapped in by a symlink, old ones kept.

Publishes all or nothing. Readers never wait and never see a mixture.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from pathlib import Path

from runner.compile import Manifest
from runner.errors import AuthorError, CoterieError, WorldError
from runner.execute import Result
from runner.guard import Held, audiences, held_back
from runner.identity import Identity, Meanings, digest
from runner.nodes import Model
from runner.relation import literal, quoted
from runner.serving import Content, Publishable, Version, verify, write_version
from runner.shapes import ServeConfig
from runner.state import SCHEMA, Past, Run, keep_publication, past
from runner.targets import PARQUET, SERVED, Target, current_run, point_readers, retire
from runner.warehouse import Cursor, Warehouse

LAST_STAYS = "free disk space or correct the permissions; the last version stays as it was"


@dataclass(frozen=True)
class Published:
    """What became of publishing: the path readers open, or why not."""

    path: Path | None
    because: str = ""
    stale: tuple[str, ...] = ()
    seconds: float = 0.0
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Bytes as Parquet, by table."""
    held: tuple[Held, ...] = ()
    """Audiences that swing: errors that hold publishing back, and warnings."""
    is_fresh: bool = True
    """False: what readers open was of this very state already."""


def published_version(
    manifest: Manifest, target: Target, results: Iterable[Result], now: Meanings, warehouse: Warehouse, run: Run
) -> Published:
    """Publishes if everything that readers would see was made from the present state, and is good."""
    serve, cursors = target.serve, [warehouse.cursor() for _ in range(target.workers)]
    cursor = cursors[0]
    if serve is None:
        return Published(None, "no `serve:` in project.yml")
    if not all(each.is_good for each in results):
        return Published(None, "not everything succeeded; the last published version stays")
    known = past(cursor)
    if stale := _stale_tables(manifest, serve, now, known):
        because = "these tables are of another state; build them too (or build everything)"
        return Published(None, because, tuple(stale))
    publication = _publication(manifest, serve, known)
    # of the version that readers open now, wherever the link points after a rollback
    query = f"select publication from {SCHEMA}.runs where run_id = ? and published"
    if cursor.rows(query, [current_run(serve)]) == [(publication,)]:
        return Published(Path(serve.path), is_fresh=False)
    held = tuple(held_back(manifest, target, run.accepted.split(), cursor))
    if any(each.severity == "error" for each in held):
        return Published(None, "an audience moved further than it may; the last published version stays", held=held)
    started = datetime.now(UTC)
    contents = _contents(published(manifest, serve), known, cursor)
    about, texts = _about(manifest, run, started, cursor), _texts(manifest, serve)
    version = Version(run.run_id, publication, about, texts, contents)
    path, sizes = _publish(manifest, serve, cursors, version)
    return Published(path, seconds=(datetime.now(UTC) - started).total_seconds(), sizes=sizes, held=held)


def _stale_tables(manifest: Manifest, serve: ServeConfig, now: Mapping[str, Identity], known: Past) -> list[str]:
    """Published tables that were not made from the present state, or rest on a table whose error test is not passed."""
    graph, keys = manifest.graph, known.keys
    guards = {name for name, test in manifest.project.tests.items() if test.severity == "error"}
    other = {name for name, each in now.items() if keys.get(name) != each.key}
    grown = ((name, each) for name in now for each in manifest.unsteady.intersection(graph.parents[name]))
    other |= {name for name, parent in grown if known.run_of(parent) > known.run_of(name)}
    failing = {parent for test in other & guards for parent in graph.parents[test]}
    nodes = ((node, {node.name, *graph.ancestors(node.name)}) for node in published(manifest, serve))
    return [node.relation.address for node, rests_on in nodes if node.name in other or failing & rests_on]


def _publication(manifest: Manifest, serve: ServeConfig, known: Past) -> str:
    """Stands for all that readers would see: rows, words, the day. The run, for the same key may have grown."""
    keys, words = known.keys, list[str]()
    for node in published(manifest, serve):
        columns = [(each.name, each.description) for each in node.columns]
        words.append(f"{node.name} {keys[node.name]} {known.run_of(node.name)} {node.description} {columns}")
    return digest(str(manifest.project.vars.get("as_of")), serve.storage_version, *words)


def _contents(nodes: list[Publishable], known: Past, cursor: Cursor) -> dict[str, Content]:
    """What stands for the rows of each table, by address."""
    versions = {
        name: Content(*words) for name, *words in cursor.rows(f"select name, word, before from {SCHEMA}.versions")
    }
    made = {node.name: Content(f"{known.keys[node.name]} {known.run_of(node.name)}") for node in nodes}
    return {node.relation.address: versions.get(node.name, made[node.name]) for node in nodes}


def _texts(manifest: Manifest, serve: ServeConfig) -> dict[str, str]:
    """The rules of the audiences and of what they read: to say later what moved one."""
    names = [each.name for each in audiences(manifest, serve)]
    names += [parent for name in names for parent in manifest.compiled[name].parents]
    return {name: manifest.project.without_secrets(manifest.compiled[name].sql) for name in sorted(set(names))}


def refuse_unknown_storage(serve: ServeConfig, cursor: Cursor) -> None:
    """Before anything is built: does DuckDB know this storage version?"""
    try:
        cursor.run(f"attach ':memory:' as probe (storage_version {literal(serve.storage_version)})")
    except CoterieError as e:
        hint = "for example v1.4.0, which DuckDB 1.4 and later can read"
        message = e.message.partition(", valid options")[0]
        raise AuthorError(message, place=serve.at("storage_version"), hint=hint) from e
    cursor.run("detach probe")


def _about(manifest: Manifest, run: Run, now: datetime, cursor: Cursor) -> dict[str, str | None]:
    known = manifest.project.vars
    return {
        "run_id": run.run_id,
        "project": manifest.project.file.name,
        "as_of": str(known.get("as_of", "")),
        "data_as_of": _data_as_of(manifest, cursor),
        "store": str(known.get("store", "")),
        "published_at": now.strftime("%Y-%m-%d %H:%M:%S"),
        "git_commit": run.git_commit,
        "coterie_version": package_version("coterie"),
        "duckdb_version": package_version("duckdb"),
    }


def _data_as_of(manifest: Manifest, cursor: Cursor) -> str | None:
    """The latest event that the required sources hold before `as_of`."""
    as_of = manifest.project.vars.get("as_of")
    required = (each for each in manifest.project.sources.values() if each.is_required)
    read = (each for each in required if manifest.graph.children[each.name])
    columns = ((source.relation, column) for source in read for column in source.columns)
    clocks = [(table, quoted(column.name)) for table, column in columns if column.facts.get("clock") == "event"]
    if not clocks or as_of is None:
        return None
    times = " union all ".join(f"select max({name}) as latest from {table} where {name} < $1" for table, name in clocks)
    latest = cursor.value(f"select max(latest) from ({times})", [str(as_of)])
    return str(latest) if latest else None


def published(manifest: Manifest, serve: ServeConfig) -> list[Publishable]:
    """The tables that leave the warehouse, in build order."""
    nodes = (manifest.compiled[name].node for name in manifest.graph.order)
    return [node for node in nodes if isinstance(node, Publishable) and _is_included(node, serve)]


def _is_included(node: Publishable, serve: ServeConfig) -> bool:
    is_private = node.meta.get("published") is False or node.meta.get("may_hold_identifiers")
    if is_private or (isinstance(node, Model) and node.materialized == "external"):
        return False
    return node.relation.schema in serve.include or node.relation.address in serve.include


def _publish(
    manifest: Manifest, serve: ServeConfig, cursors: list[Cursor], version: Version
) -> tuple[Path, dict[str, int]]:
    """The path readers open, and the bytes of each table. Raises DataError where a value must not be published."""
    folder = Path(serve.path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(folder)
        fresh = folder / f".build-{os.getpid()}.duckdb"  # a name that no reader knows
        nodes = published(manifest, serve)
        written = write_version(nodes, cursors, fresh, serve, version)
        counts = {node.relation: written[node.name].rows for node in nodes}
        verify(fresh, counts)
        _swap(folder, fresh, version.run_id)
        people = {each.name: counts[each.relation] for each in audiences(manifest, serve) if each.relation in counts}
        keep_publication(cursors[0], version.run_id, version.publication, people)
        retire(serve)
    except OSError as e:
        raise WorldError(f"cannot publish to {folder}: {e.strerror}", hint=LAST_STAYS) from e
    except WorldError as e:
        e.hint = LAST_STAYS
        raise
    finally:
        with suppress(OSError):
            _remove_unfinished(folder)
    return folder / SERVED, {name: each.size for name, each in written.items()}


def _swap(folder: Path, fresh: Path, run_id: str) -> None:
    """The moment of publishing is the last line; before it nothing has changed for readers."""
    fresh.with_suffix(".parquet").rename(folder / f"{PARQUET}-{run_id}")
    fresh.rename(folder / f"coterie-{run_id}.duckdb")
    point_readers(folder, run_id)


def _remove_unfinished(folder: Path) -> None:
    """What killed builds left. The warehouse's lock guarantees that no other build runs."""
    for left in [*folder.glob(".build-*"), *folder.glob(".link-*")]:
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
