"""What a microbatch model reads, batch by batch, at the price of what is new: a file is looked into once, a batch of a
parent that is cut alike is known by what it was made from. What cannot be told so is looked at row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from runner.compile import Compiled, Manifest
from runner.config import stored
from runner.identity import DAYS_APART, Identity, digest
from runner.nodes import Batching, Model, Table
from runner.relation import literal, quoted
from runner.sources import SourceState, types_of_files, view_sql
from runner.sql import batches_stay_apart, moment_by_moment
from runner.state import SCHEMA
from runner.warehouse import Cursor, Row


@dataclass(frozen=True)
class Moment:
    """When and for which run a growing table is brought up to date."""

    clock: str
    """as_of, as a timestamp (UTC); the start of the run in a project that has no as_of."""
    run_id: str
    identities: Mapping[str, Identity]
    manifest: Manifest
    states: Mapping[str, SourceState] = field(default_factory=dict)


class Arrivals:
    """What stands for the rows of each batch of one microbatch model's input."""

    def __init__(self, compiled: Compiled, model: Model, batching: Batching, cursor: Cursor, moment: Moment) -> None:
        self.sql, self.model, self.batching, self.cursor, self.moment = compiled.sql, model, batching, cursor, moment
        self.windowed, self.whole = _read_in_batches(compiled, moment.manifest)

    def by_batch(self, own: str) -> dict[str, str]:
        """By batch that has rows: one word for all it reads, and for what reads it. A late row changes that."""
        manifest, identities = self.moment.manifest, self.moment.identities
        # of a growing table the same key need not mean the same rows; the run that grew it tells
        grown = [name for name in self.whole if manifest.tables[name].grows]
        query = f"select run_id from {SCHEMA}.records where name in (select unnest(?::varchar[])) order by name"
        rest = [
            own,
            *(row[0] for row in self.cursor.rows(query, [grown])),
            *(identities[each].key for each in self.whole),
        ]
        found: dict[str, list[str]] = {}
        for address, name in self.windowed.items():
            rest.append(str(self.cursor.columns(f"select * from {address}")))
            for start, *words in self._told(address, manifest.project.tables[name]):
                found.setdefault(start, []).append(" ".join(map(str, (address, *words))))
        return {start: digest(*rest, *parts) for start, parts in found.items()}

    def stay_apart(self) -> bool:
        """Does one query over several batches make what it makes of each?"""
        times = [self.moment.manifest.project.tables[name].event_time for name in self.windowed.values()]
        return batches_stay_apart(self.sql, times[0], self.model.event_time, self.batching.size)

    def _told(self, address: str, table: Table) -> Iterable[Row]:
        """By batch: what stands for the rows of one input."""
        if isinstance(table, Model) and table.batching and table.batching.size == self.batching.size:
            return self.cursor.rows(self._asked("made"), [table.name])
        views, behind = self._views(table)
        state = self.moment.states.get(behind.name)
        if state is None or not state.files:
            return self.cursor.rows(self._asked("batches", address, table.event_time))
        size, begin = self.batching.size, self.batching.begin
        types = types_of_files(state, self.cursor)  # one more file may change the type of a column in all of them
        how = digest(self.moment.identities[behind.name].own, types, *views, table.event_time, size, begin)
        reader = f"{self.model.name} {table.name}"
        self._look_into(state, table.event_time, reader, how)
        digests = [each.digest for each in state.files]
        return ((*row, how) for row in self.cursor.rows(self._asked("arrived"), [reader, digests]))

    def _views(self, table: Table) -> tuple[list[str], Table]:
        """Views whose rows of a moment are made of their parent's rows of that moment, and what is behind them."""
        above: list[str] = []
        column, behind = table.event_time, table
        while behind.is_view:
            identity, parents = self.moment.identities[behind.name], self.moment.manifest.compiled[behind.name].parents
            ways = {moment_by_moment(each, column) for each in identity.text.split(DAYS_APART)}
            if len(parents) != 1 or len(ways) != 1 or "" in ways:
                return [], table
            above.append(identity.own)
            behind = self.moment.manifest.tables[parents[0]]
        return above, behind

    def _look_into(self, state: SourceState, column: str, reader: str, how: str) -> None:
        """Keeps, by batch, what stands for the rows of files that were not read in this way so far."""
        run, digests = self.cursor.run, [each.digest for each in state.files]
        gone = "how <> $2 or digest not in (select unnest($3::varchar[]))"
        run(f"delete from {SCHEMA}.arrivals where reader = $1 and ({gone})", [reader, how, digests])
        query = f"select distinct digest from {SCHEMA}.arrivals where reader = ?"
        known = {row[0] for row in self.cursor.rows(query, [reader])}
        for file in {each.digest: each for each in state.files if each.digest not in known}.values():
            rows = self._asked("batches", f"(\n{view_sql(replace(state, files=(file,)))}\n)", column, end="'infinity'")
            run(f"insert into {SCHEMA}.arrivals select ?, ?, ?, * from (\n{rows}\n)", [reader, how, file.digest])

    def _asked(self, query: str, address: str = "", column: str = "", end: str = "") -> str:
        asked: str = stored("records.yml")["queries"][query]
        size, begin = self.batching.size, literal(self.batching.begin)
        end = end or literal(self.moment.clock)
        return asked.format(address=address, column=quoted(column), size=size, begin=begin, end=end)


def _read_in_batches(compiled: Compiled, manifest: Manifest) -> tuple[dict[str, str], list[str]]:
    """What a microbatch model reads a batch at a time: its name, by what stands behind `from`. And what whole."""
    tables = manifest.project.tables
    windowed: dict[str, str] = {}
    whole: set[str] = set()
    for name in (*compiled.reading.refs, *compiled.reading.sources):
        inlined = manifest.ephemerals.get(name)
        if tables[name].event_time:
            windowed[f"(\n{inlined.sql}\n)" if inlined else str(tables[name].relation)] = name
        else:
            whole |= set(inlined.parents) if inlined else {name}
    return windowed, sorted(whole)
