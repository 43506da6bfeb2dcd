"""Whether what was built is published, and what is said of it. publish.py does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from pathlib import Path

from runner.compile import Manifest
from runner.errors import AuthorError, CoterieError
from runner.execute import Result
from runner.guard import Held, audiences, held_back
from runner.identity import Identity, digest
from runner.nodes import DataTest
from runner.publish import About, Version, publish, published
from runner.relation import literal, quoted
from runner.shapes import ServeConfig
from runner.state import SCHEMA, Run, past
from runner.targets import Target, current_run
from runner.warehouse import Cursor


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
    manifest: Manifest,
    target: Target,
    results: Iterable[Result],
    now: Mapping[str, Identity],
    cursor: Cursor,
    run: Run,
    accepted: Iterable[str] = (),
) -> Published:
    """Publishes if everything that readers would see was made from the present state, and is good."""
    serve = target.serve
    if serve is None:
        return Published(None, "no `serve:` in project.yml")
    if not all(each.is_good for each in results):
        return Published(None, "not everything succeeded; the last published version stays")
    keys = past(cursor).keys
    stale = stale_tables(manifest, serve, now, keys)
    if stale:
        because = "these tables are of another state; build them too (or build everything)"
        return Published(None, because, tuple(stale))
    publication = _publication(manifest, serve, keys)
    if publication == _current_publication(serve, cursor):
        return Published(Path(serve.path), is_fresh=False)
    held = tuple(held_back(manifest, serve, target.served, accepted, cursor))
    if any(each.severity == "error" for each in held):
        return Published(None, "an audience moved further than it may; the last published version stays", held=held)
    started = datetime.now(UTC)
    version = Version(run.run_id, publication, _about(manifest, run, started, cursor), _texts(manifest, serve))
    path, sizes = publish(manifest, serve, cursor, version)
    return Published(path, seconds=(datetime.now(UTC) - started).total_seconds(), sizes=sizes, held=held)


def stale_tables(
    manifest: Manifest, serve: ServeConfig, now: Mapping[str, Identity], keys: Mapping[str, str]
) -> list[str]:
    """Published tables, and error tests on them, that were not made from the present state."""
    stale = []
    for node in published(manifest, serve):
        needed = [node.name]
        for child in manifest.graph.children[node.name]:
            compiled = manifest.compiled[child]
            if isinstance(compiled.node, DataTest) and compiled.node.severity == "error":
                needed.append(child)
        if any(keys.get(name) != now[name].key for name in needed):
            stale.append(node.relation.address)
    return stale


def _publication(manifest: Manifest, serve: ServeConfig, keys: Mapping[str, str]) -> str:
    """Stands for all that readers would see: rows, words, the day."""
    words = [f"{node.name} {keys[node.name]} {_words(node)}" for node in published(manifest, serve)]
    return digest(str(manifest.project.vars.get("as_of")), serve.storage_version, *words)


def _words(node: object) -> str:
    columns = [(each.name, each.description) for each in getattr(node, "columns", ())]
    return f"{getattr(node, 'description', '')} {columns}"


def _texts(manifest: Manifest, serve: ServeConfig) -> dict[str, str]:
    """The rules of the audiences and of what they read: to say later what moved one."""
    names = [each.name for each in audiences(manifest, serve)]
    names += [parent for name in names for parent in manifest.compiled[name].parents]
    return {name: manifest.project.without_secrets(manifest.compiled[name].sql) for name in sorted(set(names))}


def _current_publication(serve: ServeConfig, cursor: Cursor) -> str | None:
    """Of the version that readers open now, wherever the link points after a rollback."""
    run_id = current_run(serve)
    rows = cursor.rows(f"select publication from {SCHEMA}.runs where run_id = ? and published", [run_id])
    return rows[0][0] if rows else None


def refuse_unknown_storage(serve: ServeConfig, cursor: Cursor) -> None:
    """Before anything is built: does DuckDB know this storage version?"""
    try:
        cursor.run(f"attach ':memory:' as probe (storage_version {literal(serve.storage_version)})")
    except CoterieError as e:
        hint = "for example v1.4.0, which DuckDB 1.4 and later can read"
        message = e.message.partition(", valid options")[0]
        raise AuthorError(message, place=serve.at("storage_version"), hint=hint) from e
    cursor.run("detach probe")


def _about(manifest: Manifest, run: Run, now: datetime, cursor: Cursor) -> About:
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
    clocks = [
        (source.relation, quoted(column.name))
        for source in manifest.project.sources.values()
        if source.is_required and manifest.graph.children[source.name]
        for column in source.columns
        if column.facts.get("clock") == "event"
    ]
    if not clocks or as_of is None:
        return None
    times = " union all ".join(f"select max({name}) as latest from {table} where {name} < $1" for table, name in clocks)
    latest = cursor.value(f"select max(latest) from ({times})", [str(as_of)])
    return str(latest) if latest else None
