"""The serving file and Parquet: copied aside, checked, swapped in by a symlink, old ones kept.

Publishes all or nothing. Readers never wait and never see a mixture.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runner.compile import Manifest
from runner.config import stored
from runner.errors import CoterieError, DataError, WorldError
from runner.nodes import Model, Seed, Snapshot
from runner.relation import Relation, literal, quoted
from runner.shapes import ServeConfig
from runner.state import SCHEMA, keep_bytes, keep_publication
from runner.targets import PARQUET, SERVED, point_readers, retire, sync
from runner.warehouse import Cursor, Settings, Warehouse

E_MAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


About = Mapping[str, str | None]
"""The one row of `main.about`: what this version is."""
Publishable = Model | Seed | Snapshot


@dataclass(frozen=True)
class Version:
    """What is published: the run that made it, what stands for its content, what it says of itself."""

    run_id: str
    publication: str
    about: About
    texts: Mapping[str, str]
    """Compiled SQL, by model, of those whose rules a reader may ask for."""


def published(manifest: Manifest, serve: ServeConfig) -> list[Publishable]:
    """The tables that leave the warehouse, in build order."""
    found = []
    for name in manifest.graph.order:
        node = manifest.compiled[name].node
        if isinstance(node, Publishable) and _is_included(node, serve):
            found.append(node)
    return found


def _is_included(node: Publishable, serve: ServeConfig) -> bool:
    if isinstance(node, Model) and node.materialized == "external":
        return False
    if node.meta.get("published") is False or node.meta.get("may_hold_identifiers"):
        return False
    return node.relation.schema in serve.include or node.relation.address in serve.include


def publish(manifest: Manifest, serve: ServeConfig, cursor: Cursor, version: Version) -> tuple[Path, dict[str, int]]:
    """The path readers open, and the bytes of each table. Raises DataError where a value must not be published."""
    folder = Path(serve.path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(folder)
        fresh = folder / f".build-{os.getpid()}.duckdb"  # a name that no reader knows
        counts, sizes = _copy(published(manifest, serve), cursor, fresh, serve, version)
        _verify(fresh, counts)
        _swap(folder, fresh, version.run_id)
        keep_publication(cursor, version.run_id, version.publication)
        retire(serve)
    except OSError as e:
        raise WorldError(f"cannot publish to {folder}: {e.strerror}", hint=LAST_STAYS) from e
    except WorldError as e:
        e.hint = LAST_STAYS
        raise
    finally:
        with suppress(OSError):
            _remove_unfinished(folder)
    return folder / SERVED, sizes


LAST_STAYS = "free disk space or correct the permissions; the last version stays as it was"


def _copy(
    nodes: list[Publishable], cursor: Cursor, fresh: Path, serve: ServeConfig, version: Version
) -> tuple[dict[Relation, int], dict[str, int]]:
    """Every table into a new file, and beside it as Parquet. Returns rows by table, and bytes by name."""
    storage = literal(serve.storage_version)
    cursor.run(f"attach {literal(str(fresh))} as serving (storage_version {storage})")
    try:
        fresh.with_suffix(".parquet").mkdir()
        counts = {node.relation: _copy_table(node, cursor, fresh.with_suffix(".parquet")) for node in nodes}
        sizes = _sizes(nodes, fresh.with_suffix(".parquet"))
        keep_bytes(cursor, version.run_id, sizes)
        _write_about(cursor, version)
        cursor.run("checkpoint serving")
    except CoterieError:
        with suppress(CoterieError):  # the first error is the one to tell
            cursor.run("detach serving")
        raise
    cursor.run("detach serving")
    return counts, sizes


def _copy_table(node: Publishable, cursor: Cursor, parquet: Path) -> int:
    _refuse_identifiers(node, cursor)
    relation = node.relation
    cursor.run(f"create schema if not exists serving.{quoted(relation.schema)}")
    count = cursor.value(f"create table serving.{relation} as select * from {relation}")
    _comment(node, cursor)
    (parquet / relation.schema).mkdir(parents=True, exist_ok=True)
    file = parquet / relation.schema / f"{relation.name}.parquet"
    cursor.copy(f"select * from {relation}", str(file), "format parquet, compression zstd")
    return int(count)


def _refuse_identifiers(node: Publishable, cursor: Cursor) -> None:
    """The last proof, on the data itself: nothing that looks like an e-mail address leaves."""
    columns = cursor.columns(f"select * from {node.relation}")
    texts = [each.name for each in columns if "VARCHAR" in each.type or each.type.startswith(("JSON", "ENUM"))]
    if not texts:
        return
    tests = ", ".join(
        f"count(*) filter (regexp_matches(cast({quoted(name)} as varchar), {literal(E_MAIL)}))" for name in texts
    )
    for name, found in zip(texts, cursor.rows(f"select {tests} from {node.relation}")[0]):
        if found:
            raise DataError(
                f"{node.relation.address}.{name} holds {found:,} values that look like "
                "e-mail addresses; nothing was published",
                place=node.place,
                hint="identifiers stay in staging and the vault",
            )


def _comment(node: Publishable, cursor: Cursor) -> None:
    target = f"serving.{node.relation}"
    if node.description:
        cursor.run(f"comment on table {target} is {literal(node.description)}")
    for column in node.columns:
        if column.description:
            words = literal(column.description)
            cursor.run(f"comment on column {target}.{quoted(column.name)} is {words}")


def _write_about(cursor: Cursor, version: Version) -> None:
    values = ", ".join(
        f"cast({literal(value) if value is not None else 'null'} as varchar) as {name}"
        for name, value in version.about.items()
    )
    cursor.run(f"create table serving.main.about as select {values}")
    cursor.run(f"create schema serving.{SCHEMA}")
    cursor.run(
        f"create table serving.{SCHEMA}.models as select unnest($1::varchar[]) as name, unnest($2::varchar[]) as sql",
        [list(version.texts), list(version.texts.values())],
    )
    for name, query in stored("records.yml")["published"].items():
        cursor.run(f"create table serving.{SCHEMA}.{name} as {query}", [version.run_id] if "$1" in query else [])


def _sizes(nodes: list[Publishable], parquet: Path) -> dict[str, int]:
    """Bytes as Parquet, by name: what a table weighs where everybody can see it."""
    files = {node.name: parquet / node.relation.schema / f"{node.relation.name}.parquet" for node in nodes}
    return {name: file.stat().st_size for name, file in files.items()}


def _verify(building: Path, counts: Mapping[Relation, int]) -> None:
    """Open the file as a reader will, count again, make it read-only and durable."""
    if Path(f"{building}.wal").exists():
        raise WorldError(f"{building} still has a log beside it; not published")
    with Warehouse(building, Settings(), read_only=True) as reader:
        cursor = reader.cursor()
        for relation, expected in counts.items():
            found = cursor.value(f"select count(*) from {relation}")
            if found != expected:
                raise WorldError(f"{relation.address}: {expected} rows written, {found} read back")
    building.chmod(0o444)
    sync(building)


def _swap(folder: Path, fresh: Path, run_id: str) -> None:
    """The moment of publishing is the last line; before it nothing has changed for readers."""
    version = folder / f"coterie-{run_id}.duckdb"
    columns = folder / f"{PARQUET}-{run_id}"
    fresh.with_suffix(".parquet").rename(columns)
    fresh.rename(version)
    point_readers(folder, run_id)


def _remove_unfinished(folder: Path) -> None:
    """What killed builds left. The warehouse's lock guarantees that no other build runs."""
    for left in [*folder.glob(".build-*"), *folder.glob(".link-*")]:
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
