"""Unbuilt parents, copied from a published version: work on one model without building all before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runner.compile import Manifest
from runner.errors import WorldError
from runner.identity import Identity
from runner.nodes import Source
from runner.state import Past, Record, keep_records, past
from runner.warehouse import Cursor, Warehouse

PUBLISHED = "published"


@dataclass(frozen=True)
class Deferral:
    """Which tables are copied from which file, and what must be built all the same."""

    path: Path
    copied: tuple[str, ...]
    needed: frozenset[str]
    """Unbuilt parents that are not published either."""
    records: Mapping[str, Record]

    @property
    def told(self) -> str:
        """What a person should know of it."""
        some = ", ".join(self.copied[:5]) + (" …" if self.copied[5:] else "")
        return f"read from the published version: {some}" if self.copied else "nothing had to be read from elsewhere"


def deferral(manifest: Manifest, chosen: frozenset[str], before: Past, served: Path | None) -> Deferral:
    """Raises WorldError where nothing is published to defer to."""
    if served is None:
        raise WorldError("nothing is published to defer to", hint="--state names the target folder of another build")
    with Warehouse(served, read_only=True) as warehouse:
        there = past(warehouse.cursor())
    copied: set[str] = set()
    needed: set[str] = set()
    frontier = {parent for name in chosen for parent in manifest.graph.parents[name]}
    while frontier:
        unbuilt = {name for name in frontier - chosen - needed - copied if _is_unbuilt(manifest, name, before)}
        published = {name for name in unbuilt if manifest.tables[name].relation in there.relations}
        copied |= published
        needed |= unbuilt - published
        frontier = {parent for name in unbuilt - published for parent in manifest.graph.parents[name]}
    return Deferral(served, tuple(sorted(copied)), frozenset(needed), there.records)


def _is_unbuilt(manifest: Manifest, name: str, before: Past) -> bool:
    node = manifest.tables[name]
    return not isinstance(node, Source) and node.relation not in before.relations


def copy_deferred(
    manifest: Manifest, found: Deferral, now: Mapping[str, Identity], cursor: Cursor, run_id: str
) -> None:
    """The published rows; the record says whether they are of the present state or of another."""
    with cursor.attached(found.path, PUBLISHED):
        for name in found.copied:
            relation = manifest.tables[name].relation
            with cursor.transaction():
                rows = cursor.create("table", relation, f"select * from {PUBLISHED}.{relation}")
                keep_records(cursor, [_record(name, found.records, now, run_id, rows)])


def _record(
    name: str, records: Mapping[str, Record], now: Mapping[str, Identity], run_id: str, rows: int | None
) -> Record:
    known = records.get(name)
    is_present = known is not None and known.identity.key == now[name].key
    identity = replace(now[name], key=known.identity.key if known else "")
    return Record(name, "ok" if is_present else "deferred", identity, run_id, rows)
