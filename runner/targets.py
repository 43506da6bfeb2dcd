"""Where the runner writes: the warehouse, the serving folder, the copy of the records; and what can be read."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from runner.compile import Manifest
from runner.errors import AuthorError, WorldError
from runner.shapes import ProjectFile, ServeConfig
from runner.warehouse import Settings, Warehouse

MOST_WORKERS = 4
SERVED = "coterie.duckdb"
"""The link that readers open, in the serving folder."""


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
    def state_copy(self) -> Path:
        return self.home / "state.json"

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
    try:
        return Warehouse(target.warehouse, target.settings)
    except AuthorError as e:
        raise e.at(manifest.project.file.warehouse.place) from e


def readable(target: Target) -> tuple[Warehouse, str]:
    """The warehouse; while a build holds it, the published version, and a note that says so."""
    if not target.warehouse.exists():
        raise WorldError(f"nothing is built yet: no {target.warehouse}", hint="coterie build")
    try:
        return Warehouse(target.warehouse, target.settings, read_only=True), ""
    except WorldError as e:
        if target.served is None:
            raise
        note = f"a build is running ({e.message}); this is the published version"
        return Warehouse(target.served, target.settings, read_only=True), note
