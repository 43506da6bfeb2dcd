"""How old the sources are, by the clock of the project: `as_of` where it has one, else the moment it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runner.compile import Manifest
from runner.errors import AuthorError, CoterieError, ExitCode
from runner.nodes import Source
from runner.outlook import Request, chosen_names, clock
from runner.relation import literal
from runner.shapes import Freshness
from runner.sources import source_state, view_sql
from runner.targets import Target, readable
from runner.warehouse import Cursor, Warehouse

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SourceAge:
    """One source table at one moment; `status` is pass, warn or error."""

    source: str
    limits: Freshness
    max_loaded_at: datetime | None
    """None where no row counts: dbt and we take that for infinitely old."""
    snapshotted_at: datetime

    @property
    def age(self) -> timedelta:
        return self.snapshotted_at - self.max_loaded_at if self.max_loaded_at else timedelta.max

    @property
    def status(self) -> str:
        limits = (("error", self.limits.error_after), ("warn", self.limits.warn_after))
        return next((word for word, limit in limits if limit and self.age.total_seconds() > limit.seconds), "pass")

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.DATA if self.status == "error" else ExitCode.OK


def source_ages(manifest: Manifest, target: Target, request: Request) -> Iterator[SourceAge]:
    """The selected sources that declare how old they may be, in the order of their names."""
    chosen = chosen_names(manifest, target, request)
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")
    at = datetime.fromisoformat(clock(manifest, now)).replace(tzinfo=UTC)
    for name, source in sorted(manifest.project.sources.items()):
        if name in chosen and source.freshness is not None:
            with Warehouse(None) if source.location else readable(target)[0] as warehouse:
                conditions = [f"({source.freshness.filter})"] if source.freshness.filter else []
                if "as_of" in manifest.project.vars:  # what was loaded later is not there yet
                    conditions.append(f"{source.loaded_at} < timestamp {literal(f'{at:%Y-%m-%d %H:%M:%S.%f}')}")
                loaded = _loaded(source, source.freshness, conditions, warehouse.cursor())
            yield SourceAge(name, source.freshness, loaded, at)


def _loaded(source: Source, freshness: Freshness, conditions: list[str], cursor: Cursor) -> datetime | None:
    """When the latest row that counts was loaded."""
    if not source.loaded_at:
        hint = "name the column that says when a row was loaded"
        raise AuthorError(f"the source `{source.name}` has no `loaded_at_field`", place=freshness.place, hint=hint)
    table = f"(\n{view_sql(source_state(source, cursor, {}))}\n)" if source.location else str(source.relation)
    where = f" where {' and '.join(conditions)}" if conditions else ""
    try:
        microseconds = cursor.value(f"select epoch_us(max({source.loaded_at})) from {table}{where}")
    except CoterieError as e:
        e.hint = e.hint or "look at loaded_at_field and filter; a text has to be cast to a timestamp"
        raise e.at(source.place) from e
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)
