"""How old the sources are, by the clock of the project: `as_of` where it has one, else the moment it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runner.building import Target, readable
from runner.compile import Manifest
from runner.config import place_of
from runner.errors import AuthorError, CoterieError, ExitCode, blamed_on
from runner.nodes import Source
from runner.relation import literal
from runner.selection import select
from runner.shapes import Age
from runner.sources import source_state, view_sql
from runner.warehouse import Cursor, Warehouse

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SourceAge:
    """One source table at one moment; `status` is pass, warn or error."""

    source: str
    max_loaded_at: datetime | None
    """None where no row counts: dbt and we take that for infinitely old."""
    snapshotted_at: datetime
    age_seconds: float | None
    status: str
    warn_after: Age | None
    error_after: Age | None

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.DATA if self.status == "error" else ExitCode.OK

    @property
    def told_age(self) -> str:
        return "no rows" if self.age_seconds is None else str(timedelta(seconds=int(self.age_seconds)))


def source_ages(
    manifest: Manifest, target: Target, words: Iterable[str], excluded: Iterable[str], now: datetime
) -> Iterator[SourceAge]:
    """The selected sources that declare how old they may be, in the order of their names."""
    chosen = select(manifest, words, excluded)
    as_of = _as_of(manifest)
    with Warehouse(None) as scratch:
        for name, source in sorted(manifest.project.sources.items()):
            if name not in chosen or source.freshness is None:
                continue
            if source.location is not None:
                table = f"(\n{view_sql(source_state(source, scratch.cursor()))}\n)"
                yield _age(source, table, scratch.cursor(), as_of, now)
            else:
                with readable(target)[0] as warehouse:
                    yield _age(source, str(source.relation), warehouse.cursor(), as_of, now)


def _as_of(manifest: Manifest) -> datetime | None:
    known = manifest.project.vars
    if known.get("as_of") is None:
        return None
    try:
        moment = datetime.fromisoformat(str(known["as_of"]))
    except ValueError as e:
        file = manifest.project.file
        place = place_of("as_of", file.place, file.vars)
        raise AuthorError(f"the var `as_of` is no date: {known['as_of']}", place=place) from e
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _age(source: Source, table: str, cursor: Cursor, as_of: datetime | None, now: datetime) -> SourceAge:
    freshness, clock = source.freshness, as_of or now
    assert freshness is not None
    if not source.loaded_at:
        hint = "name the column that says when a row was loaded"
        raise AuthorError(f"the source `{source.name}` has no `loaded_at_field`", place=freshness.place, hint=hint)
    conditions = [f"({freshness.filter})"] if freshness.filter else []
    if as_of is not None:  # what was loaded later is not there yet
        conditions.append(f"{source.loaded_at} < timestamp {literal(as_of.strftime('%Y-%m-%d %H:%M:%S.%f'))}")
    where = f" where {' and '.join(conditions)}" if conditions else ""
    with blamed_on(source.place):
        try:
            microseconds = cursor.value(f"select epoch_us(max({source.loaded_at})) from {table}{where}")
        except CoterieError as e:
            e.hint = e.hint or "look at loaded_at_field and filter; a text has to be cast to a timestamp"
            raise e.at(source.place) from e
    loaded = None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)
    seconds = None if loaded is None else (clock - loaded).total_seconds()
    status = "pass"
    for name, limit in (("warn", freshness.warn_after), ("error", freshness.error_after)):
        if limit is not None and (seconds is None or seconds > limit.seconds):
            status = name
    return SourceAge(source.name, loaded, clock, seconds, status, freshness.warn_after, freshness.error_after)
