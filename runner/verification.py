"""The proof on one's own data: built anew twice, in different ways, everything comes out as it stands."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from runner.building import build
from runner.compile import Manifest
from runner.diff import Compared, Difference, differences
from runner.errors import CoterieError, DataError, Problems
from runner.execute import Result
from runner.lint import known_keys
from runner.nodes import Model, Seed, Snapshot, Table
from runner.outlook import Request
from runner.relation import literal
from runner.targets import Target
from runner.warehouse import Warehouse

SCRAMBLED = "order by hash(each)"


def verify(manifest: Manifest, target: Target) -> tuple[int, list[CoterieError]]:
    """How many tables were compared, and an error for each that differs.

    Built with one thread; with all of them and every table filled in another order; and as the warehouse stands,
    incremental models included. What reads a snapshot is left out of the last: its history cannot be made anew.
    """
    home = target.home / "verify"
    ways = ((home / "one", 1, ""), (home / "other", os.cpu_count() or 2, SCRAMBLED))
    try:
        for folder, threads, order in ways:
            _built(manifest, _target(target, folder, threads), order)
        files = [target.warehouse, *(folder / "warehouse.duckdb" for folder, _, _ in ways)]
        return _compared(manifest, files)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _target(target: Target, home: Path, threads: int) -> Target:
    shutil.rmtree(home, ignore_errors=True)
    return Target(home, home / "warehouse.duckdb", None, replace(target.settings, threads=threads))


def _built(manifest: Manifest, target: Target, order: str) -> None:
    results = [each for each in build(manifest, target, Request(insertion_order=order)) if isinstance(each, Result)]
    errors = [each.error for each in results if each.error is not None]
    if errors:
        raise Problems(errors)


def _compared(manifest: Manifest, files: list[Path]) -> tuple[int, list[CoterieError]]:
    tables = [node for node in manifest.tables.values() if _is_table(node)]
    snapshots = set(manifest.project.snapshots)
    lasting = [each for each in tables if not snapshots & {each.name, *manifest.graph.ancestors(each.name)}]
    errors: list[CoterieError] = []
    with Warehouse(None) as memory:
        cursor = memory.cursor()
        for file, name in zip(files, ("standing", "one", "other")):
            cursor.run(f"attach {literal(str(file))} as {name} (read_only)")
        for first, second, compared, words in (
            ("one", "other", tables, "with one thread and with several, filled in another order"),
            ("standing", "one", lasting, "as it stands and made anew"),
        ):
            found = differences(cursor, first, second, _how(manifest, compared))
            errors += _told(found, tables, words)
    return len(tables), errors


def _is_table(node: Table) -> bool:
    is_made = isinstance(node, Model) and node.materialized in ("table", "incremental")
    return is_made or isinstance(node, (Seed, Snapshot))


def _how(manifest: Manifest, tables: Iterable[Table]) -> Iterator[Compared]:
    keys = known_keys(manifest)
    for each in tables:
        key = min(map(sorted, keys[each.name]), key=lambda names: (len(names), names), default=[])
        yield Compared(each.relation, tuple(key), tolerance=float(each.meta.get("tolerance", 0)))


def _told(found: Iterable[Difference], tables: Iterable[Table], words: str) -> Iterator[DataError]:
    places = {each.relation: each.place for each in tables}
    for each in found:
        diff = each.diff
        rows = f"{diff.added:,} rows added, {diff.removed:,} removed, {diff.changed:,} changed"
        named = f" ({', '.join(diff.columns_changed)})" if diff.columns_changed else ""
        examples = [*diff.examples.changed, *diff.examples.added, *diff.examples.removed][:3]
        message = f"{each.relation.address} differs {words}: {rows}{named}"
        hint = (
            "first keys: " + ", ".join(map(str, examples))
            if examples
            else "`coterie check` points at picks without a tie-break"
        )
        yield DataError(message, place=places[each.relation], hint=hint)
