"""The demo shop: the project in demo/, built chunk by chunk into Parquet files.

Holds no SQL and no randomness; those are the demo project's. Replaces a shop only as a whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from runner.arrivals import Moment
from runner.compile import compile_project
from runner.errors import AuthorError, EngineFault, WorldError
from runner.execute import Result, Site, execute
from runner.plan import plan_all
from runner.project import files_in, load_project
from runner.targets import MOST_WORKERS
from runner.warehouse import Settings, Warehouse

PROJECT = Path("demo")
MARK = "_demo.json"


@dataclass(frozen=True)
class Shop:
    """Which shop: how many customers, the seed of its content, customers per file."""

    output: Path
    truth: Path
    customers: int
    seed: int
    chunk_size: int
    threads: int | None


def write(shop: Shop) -> Iterator[str]:
    """Yields a line of progress per chunk. The shop appears only when it is complete."""
    if not (PROJECT / "project.yml").is_file():
        hint = "run this in a clone of Coterie, or name it with --project-dir"
        raise AuthorError(f"no demo project in {PROJECT}/", hint=hint)
    folders, mark = [shop.output.absolute(), shop.truth.absolute()], _mark(shop)
    standing = [_is_marked(folder, mark) for folder in folders]
    if all(standing):
        yield "the shop is already there"
        return
    fresh = [folder.with_name(f".{folder.name}-{os.getpid()}") for folder in folders]
    try:
        for first in range(1, shop.customers + 1, shop.chunk_size):
            last = min(first + shop.chunk_size - 1, shop.customers)
            with chdir(PROJECT):
                _write_surely(shop, first, last, fresh)
            yield f"customers {first:,} to {last:,}"
        for temporary, folder in zip(fresh, folders):
            (temporary / MARK).write_text(mark, encoding="utf-8")
            _replace(temporary, folder)
    finally:
        for temporary in fresh:
            shutil.rmtree(temporary, ignore_errors=True)


def _mark(shop: Shop) -> str:
    """What makes two shops the same: their parameters and the generator's text."""
    texts = b"".join(path.read_bytes() for path in files_in([str(PROJECT)], ".sql", ".yml", ".csv"))
    told = {key: getattr(shop, key) for key in ("customers", "seed", "chunk_size")}
    return json.dumps(told | {"generator": sha256(texts).hexdigest()[:16]}, indent=2) + "\n"


def _is_marked(folder: Path, mark: str) -> bool:
    """Raises WorldError for what is no demo shop: nothing of it may be replaced."""
    path = folder / MARK
    if not path.is_file() and folder.is_dir() and any(folder.iterdir()):
        hint = "choose another --output, or empty the folder yourself"
        raise WorldError(f"{folder} holds something else than a demo shop", hint=hint)
    return path.is_file() and path.read_text(encoding="utf-8") == mark


def _write_surely(shop: Shop, first: int, last: int, folders: list[Path]) -> None:
    """DuckDB 2.0.0 loses a dictionary between two joins that run in parallel, once in many chunks."""
    try:
        _write_chunk(shop, first, last, folders)
    except EngineFault:
        _write_chunk(replace(shop, threads=1), first, last, folders)


def _write_chunk(shop: Shop, first: int, last: int, folders: list[Path]) -> None:
    given = {"seed": shop.seed, "first_customer": first, "last_customer": last}
    written = {"chunk": f"{(first - 1) // shop.chunk_size:05}", "out": str(folders[0]), "truth": str(folders[1])}
    manifest = compile_project(load_project({**given, **written}, os.environ))
    plan = plan_all(manifest, frozenset(manifest.compiled))
    workers = min(MOST_WORKERS, shop.threads or os.cpu_count() or 1)
    with Warehouse(None, Settings(threads=shop.threads)) as warehouse:
        warehouse.cursor().create_schemas({node.relation.schema for node in manifest.tables.values()})
        site = Site(manifest, warehouse, {}, {}, Moment("", "", {}, manifest))
        for event in execute(plan, site, workers, fail_fast=True):
            if isinstance(event, Result) and event.error is not None:
                raise event.error


def _replace(temporary: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}-old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    temporary.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
