"""What earlier builds made: a record per node in the warehouse, the files they read, the runs.

The records tell what is complete. A build marks what it is about to do before it does it, so that a
killed one never leaves a record that lies.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from runner.config import stored
from runner.errors import AuthorError, WorldError
from runner.identity import Identity
from runner.relation import Relation
from runner.sources import FileState, SourceState
from runner.warehouse import Cursor, Row

SCHEMA = "_coterie"
CHANGES = "_coterie_changes"
"""Schema of the rows that the last making of a followed table took away or brought, by the name of its node."""
VERSION = 2
RECORDS = Relation(SCHEMA, "records")
RULES = Relation(SCHEMA, "rules")
"""What stands for the rule of every model: the one table of ours that models may read, as a source."""

COLUMNS = ("name", "status", *(each.name for each in fields(Identity)), "run_id", "row_count")
"""Of a record."""


@dataclass(frozen=True)
class Record:
    """What an earlier build made of a node."""

    name: str
    status: str
    """ok, warned, failed; started, if it was never finished; deferred, if it was copied from elsewhere."""
    identity: Identity
    run_id: str = ""
    row_count: int | None = None


@dataclass(frozen=True)
class Past:
    """Everything earlier builds left that a plan needs to know."""

    records: Mapping[str, Record]
    relations: Mapping[Relation, str]
    files: Mapping[str, FileState]
    stamps: Mapping[str, str] = field(default_factory=dict)
    """By growing table: the as_of up to which it was brought."""

    @property
    def identities(self) -> dict[str, Identity]:
        return {name: each.identity for name, each in self.records.items()}

    @property
    def keys(self) -> dict[str, str]:
        """By node that is complete: the key it was made from."""
        return {name: each.identity.key for name, each in self.records.items() if each.status in ("ok", "warned")}

    def run_of(self, name: str) -> str:
        """The run that last recorded a node, if one did."""
        return self.records[name].run_id if name in self.records else ""


NOTHING = Past({}, {}, {})


@dataclass(frozen=True)
class Run:
    """One build, as it will stand in `runs`."""

    run_id: str
    started_at: str
    git_commit: str
    as_of: str
    selection: str
    accepted: str = ""
    """Audiences that were let through, however far they moved."""


def past(cursor: Cursor) -> Past:
    """Reads any file that holds records: a warehouse, or a published version, which holds less of each."""
    relations = cursor.relations()

    def kept(table: str, columns: str) -> list[Row]:
        there = Relation(SCHEMA, table) in relations
        return cursor.rows(f"select {columns} from {SCHEMA}.{table}") if there else []

    known = {each.name for each in cursor.columns(f"from {RECORDS}")} if RECORDS in relations else set()
    records = [_record(row) for row in kept("records", ", ".join(each if each in known else "''" for each in COLUMNS))]
    listed = ((*state, tuple(json.loads(columns)), count) for *state, columns, count in kept("files", "*"))
    files = (FileState(*each) for each in listed)
    stamps: dict[str, str] = dict(kept("stamps", "name, as_of::varchar"))
    return Past({each.name: each for each in records}, relations, {each.path: each for each in files}, stamps)


def _record(row: Sequence[Any]) -> Record:
    name, status, shape, text, today, clock, asked, own, key, rule, run_id, row_count = row
    identity = Identity(shape, text, today, clock, json.loads(asked or "{}"), own, key, rule)
    return Record(name, status, identity, run_id, row_count)


def _values(record: Record) -> Row:
    own = {**vars(record.identity), "asked": json.dumps(record.identity.asked, ensure_ascii=False)}
    return (record.name, record.status, *own.values(), record.run_id, record.row_count)


class Records:
    """The records in one warehouse, to write."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        cursor.create_schemas({SCHEMA, CHANGES})
        forms = {table: ", ".join(map(" ".join, _columns(table))) for table in stored("records.yml")["tables"]}
        cursor.run("; ".join(f"create table if not exists {SCHEMA}.{name} ({form})" for name, form in forms.items()))

    def begin(self, run: Run, names: Iterable[str], known: Collection[str], followed: Collection[str]) -> None:
        """Before anything is made: what is about to be made is not what its record says any more.

        Who is not `known` any more is forgotten: somebody else may have its address. And so is which rows a table had
        that is not `followed` now: nobody writes that down any more.
        """
        with self._cursor.transaction():
            for table, names_kept in (("versions", followed), ("followed", known), ("records", known)):
                forgotten = f"delete from {SCHEMA}.{table} where name not in (select unnest(?::varchar[]))"
                self._cursor.run(forgotten, [list(names_kept)])
            kept = self._cursor.rows("select table_name from duckdb_tables() where schema_name = ?", [CHANGES])
            for name in (row[0] for row in kept if row[0] not in followed):
                self._cursor.run(f"drop table {Relation(CHANGES, name)}")
            write(self._cursor, "run", *vars(run).values())
            write(self._cursor, "started", list(names))

    def keep_files(self, states: Iterable[SourceState], known: Mapping[str, FileState]) -> None:
        fresh = [each for state in states for each in state.files if known.get(each.path) != each]
        rows = [tuple({**vars(each), "columns": json.dumps(each.columns)}.values()) for each in fresh]
        _replace(self._cursor, "files", "path", rows)

    def finish(self, run: Run, status: str, finished_at: str, steps: Iterable[Row]) -> None:
        """`steps` are rows of run_steps without the run."""
        with self._cursor.transaction():
            write(self._cursor, "finished", status, finished_at, run.run_id)
            insert(self._cursor, "run_steps", [(run.run_id, *step) for step in steps])

    def keep_rules(self, rules: list[tuple[str, str]]) -> None:
        if self._cursor.rows(f"select model, rule from {RULES} order by model") != sorted(rules):
            self._cursor.run(f"delete from {RULES}")
            insert(self._cursor, "rules", rules)

    def is_proven(self, proof: str) -> bool:
        return bool(self._cursor.value(f"select count(*) from {SCHEMA}.proofs where proof = ?", [proof]))

    def keep_proof(self, proof: str) -> None:
        """What was proven of the models as they are; of no others."""
        self._cursor.run(f"delete from {SCHEMA}.proofs")
        self._cursor.run(f"insert into {SCHEMA}.proofs values (?)", [proof])

    def refuse_another_shop(self, store: str, store_path: str) -> None:
        """A target folder belongs to one shop; its tables must never mix with another's."""
        known = self._cursor.rows(f"select store, store_path from {SCHEMA}.shop")
        if not known:
            self._cursor.run(f"insert into {SCHEMA}.shop values (?, ?)", [store, store_path])
        elif known[0] != (store, store_path):
            told = f"this target folder holds the shop `{known[0][0]}` ({known[0][1]}), not `{store}` ({store_path})"
            raise AuthorError(told, hint="give each shop its own --target-dir, or delete this one")


def keep_records(cursor: Cursor, records: Iterable[Record]) -> None:
    """In whatever transaction the cursor is: a growing table and its record change together."""
    _replace(cursor, "records", "name", list(map(_values, records)))


def keep_passed(cursor: Cursor, rows: Sequence[Row]) -> None:
    """What tests were made from that found nothing, in place of what they were made from before."""
    _replace(cursor, "followed", "name", rows)


def _replace(cursor: Cursor, table: str, first: str, rows: Sequence[Row]) -> None:
    """Rows in place of those that have the same first column."""
    if rows:
        cursor.run(f"delete from {SCHEMA}.{table} where {first} in (select unnest(?))", [[row[0] for row in rows]])
        insert(cursor, table, rows)


def insert(cursor: Cursor, table: str, rows: Sequence[Row]) -> None:
    """Column by column: a thousand rows cost as much as one."""
    if rows:
        unnested = ", ".join(f"unnest(${at}::{kind}[])" for at, (_, kind) in enumerate(_columns(table), start=1))
        cursor.run(f"insert into {SCHEMA}.{table} select {unnested}", list(map(list, zip(*rows))))


def write(cursor: Cursor, statement: str, *values: object) -> None:
    """A statement of `records.yml`, carried out."""
    cursor.run(stored("records.yml")["statements"][statement], values)


def _columns(table: str) -> list[tuple[str, str]]:
    """Name and type of each column of one of our tables."""
    return list(stored("records.yml")["tables"][table].items())


def keep_stamp(cursor: Cursor, name: str, as_of: str) -> None:
    """How far a growing table was brought; never back."""
    write(cursor, "stamp", name, as_of)


def keep_bytes(cursor: Cursor, run_id: str, sizes: Mapping[str, int]) -> None:
    """How much each table of a run weighs, once it is written for readers."""
    write(cursor, "bytes", list(sizes), list(sizes.values()), run_id)


def keep_publication(cursor: Cursor, run_id: str, publication: str, sizes: Mapping[str, int]) -> None:
    """`sizes` are those of the audiences: the next ones are held against them."""
    insert(cursor, "sizes", [(run_id, name, people) for name, people in sizes.items()])
    write(cursor, "published", publication, run_id)


def write_copy(path: Path, records: Mapping[str, Record]) -> None:
    """The records as JSON beside the warehouse: enough to tell elsewhere what is modified."""
    rows = [dict(zip(COLUMNS, _values(each))) for _, each in sorted(records.items())]
    fresh = path.with_name(f".{path.name}")
    try:
        fresh.write_text(json.dumps({"version": VERSION, "records": rows}, ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)
    except OSError as e:
        raise WorldError(f"cannot write {path}: {e.strerror}", hint="free disk space, or remove what is there") from e


def read_copy(path: Path) -> dict[str, Record]:
    """Raises WorldError where there is no copy, or none that can be read."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["version"] != VERSION:
            raise WorldError(f"{path} was written by another version of Coterie", hint="build there again")
        return {row["name"]: _record([row[name] for name in COLUMNS]) for row in list(stored["records"])}
    except OSError as e:
        hint = "--state names the target folder of another build; `coterie build` leaves state.json there"
        raise WorldError(f"cannot read {path}: {e.strerror}", hint=hint) from e
    except (ValueError, KeyError, TypeError) as e:
        raise WorldError(f"{path} is no copy of a build's records", hint="build there again") from e
