"""Where the runner writes: the warehouse, the serving folder, the copy of the records; and what can be read.

Published versions stand beside each other: which one readers open, the way back to an earlier one, which may go.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from runner.compile import Manifest
from runner.errors import AuthorError, WorldError, blamed_on, did_you_mean
from runner.shapes import ProjectFile, ServeConfig
from runner.warehouse import Row, Settings, Warehouse

MOST_WORKERS = 4
SERVED = "coterie.duckdb"
"""The link that readers open, in the serving folder."""
PARQUET = "parquet"
RELEASE = ("run", "as_of", "published_at", "megabytes", "")


@dataclass(frozen=True)
class Target:
    """One target folder. `serve` is None where the project publishes nothing."""

    home: Path
    warehouse: Path
    serve: ServeConfig | None
    settings: Settings

    @property
    def workers(self) -> int:
        return min(MOST_WORKERS, self.settings.threads or os.cpu_count() or 1)

    @property
    def served(self) -> Path | None:
        """The published version, if there is one."""
        path = Path(self.serve.path) / SERVED if self.serve else None
        return path if path is not None and path.exists() else None


def target_of(file: ProjectFile, folder: Path | None, threads: int | None) -> Target:
    """Paths of project.yml below `target/` move to another target folder with it."""
    home, warehouse = folder or Path("target"), file.warehouse
    spill = str(_moved(warehouse.temp_directory or "target/tmp", home))
    settings = Settings(threads or warehouse.threads, warehouse.memory_limit, spill, warehouse.max_temp_directory_size)
    serve = file.serve and replace(file.serve, path=str(_moved(file.serve.path, home)))
    return Target(home, _moved(warehouse.path, home), serve, settings)


def _moved(path: str, home: Path) -> Path:
    parts = Path(path).parts
    return home.joinpath(*parts[1:]) if parts[:1] == ("target",) else Path(path)


def opened(manifest: Manifest, target: Target) -> Warehouse:
    """The warehouse, to build in; its lock is the run lock."""
    with blamed_on(manifest.project.file.warehouse.place):
        return Warehouse(target.warehouse, target.settings)


def readable(target: Target) -> tuple[Warehouse, str]:
    """The warehouse; while a build holds it, the published version, and a note that says so."""
    if not target.warehouse.exists():
        raise WorldError(f"nothing is built yet: no {target.warehouse}", hint="coterie build")
    try:
        return Warehouse(target.warehouse, target.settings, read_only=True), ""
    except WorldError as e:
        if target.served is None or "is in use" not in e.message:
            raise
        note = f"a build is running ({e.message}); this is the published version"
        return Warehouse(target.served, target.settings, read_only=True), note


def releases(serve: ServeConfig) -> list[Row]:
    """Below RELEASE, the newest first; each version's file says of itself from when it is."""
    current, found = current_run(serve), []
    for run_id, file in reversed(_files(serve).items()):
        with Warehouse(file, read_only=True) as version:
            about = version.cursor().rows("select as_of, published_at from main.about")[0]
        megabytes = round(file.stat().st_size / 1_000_000, 1)
        found.append((run_id, *about, megabytes, "readers open this" if run_id == current else ""))
    return found


def current_run(serve: ServeConfig) -> str:
    """The run whose version readers open now; nothing where none is published."""
    link = Path(serve.path) / SERVED
    return _run_of(link.resolve()) if link.exists() else ""


def roll_back(serve: ServeConfig, run_id: str = "") -> str:
    """Points readers to an earlier version: the one named, or the one before. Returns its run.

    The next build that has something to publish moves on from it.
    """
    known = list(_files(serve))
    if run_id and run_id not in known:
        hint = did_you_mean(run_id, known, "kept: " + (", ".join(known) or "none"))
        raise AuthorError(f"no published version is of the run `{run_id}`", hint=hint)
    wanted = run_id or max((each for each in known if each < current_run(serve)), default="")
    if not wanted:
        raise AuthorError("no earlier version is kept", hint="`coterie publish --list` shows those that are")
    point_readers(Path(serve.path), wanted)
    return wanted


def point_readers(folder: Path, run_id: str) -> None:
    """Each link changes in one moment; readers that have a version open keep it."""
    try:
        if not (folder / f"{PARQUET}-{run_id}").is_dir():
            raise WorldError(f"the Parquet tables of {run_id} are not kept", hint="build that day again")
        _point(folder / PARQUET, f"{PARQUET}-{run_id}")
        _point(folder / SERVED, f"coterie-{run_id}.duckdb")
        sync(folder)
    except OSError as e:
        raise WorldError(f"cannot change {folder}: {e.strerror}", hint="correct the permissions") from e


def retire(serve: ServeConfig) -> None:
    """Keep the newest versions by count, and for a while those that a slow reader may be about to open."""
    folder, keep, age = Path(serve.path), max(1, serve.keep), serve.min_age_hours * 3600
    current, now = current_run(serve), time.time()
    for pattern, least in (("coterie-*.duckdb", min(age, 60)), (f"{PARQUET}-*", age)):  # a file is opened in a minute
        versions = sorted(folder.glob(pattern))
        for at, old in enumerate(versions[:-keep]):
            if versions[at + 1].stat().st_mtime <= now - least and _run_of(old) != current:
                old.unlink() if old.is_file() else shutil.rmtree(old, ignore_errors=True)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files(serve: ServeConfig) -> dict[str, Path]:
    """By run, the oldest first."""
    return {_run_of(file): file for file in sorted(Path(serve.path).glob("coterie-*.duckdb"))}


def _run_of(path: Path) -> str:
    return path.stem.partition("-")[2]


def _point(link: Path, target: str) -> None:
    fresh = link.with_name(f".link-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
