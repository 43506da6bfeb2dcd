"""What earlier builds made: a record per node in the warehouse, the files they read, the runs.

The records tell what is complete. A build marks what it is about to do before it does it, so that a
killed one never leaves a record that lies.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.config import stored
from runner.errors import AuthorError, WorldError
from runner.identity import Identity
from runner.relation import Relation
from runner.sources import FileState, SourceState
from runner.warehouse import Cursor, Row

SCHEMA = "_coterie"
VERSION = 1
RECORDS = Relation(SCHEMA, "records")
RULES = Relation(SCHEMA, "rules")
"""What stands for the rule of every model: the one table of ours that models may read, as a source."""


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
        good = ("ok", "warned")
        return {name: each.identity.key for name, each in self.records.items() if each.status in good}

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
    if RECORDS not in relations:
        return Past({}, relations, {})
    known = {column.name for column in cursor.columns(f"select * from {SCHEMA}.records")}
    if "status" not in known:  # an older version of ours wrote it: nothing in it is known
        return Past({}, relations, {})
    shown = ", ".join(name if name in known else "''" for name, _ in _columns("records"))
    rows = cursor.rows(f"select {shown} from {RECORDS}")
    files: dict[str, FileState] = {}
    if Relation(SCHEMA, "files") in relations:
        for path, size, mtime, digest, columns, count in cursor.rows(f"select * from {SCHEMA}.files"):
            files[path] = FileState(path, size, mtime, digest, tuple(json.loads(columns)), count)
    stamps: dict[str, str] = {}
    if Relation(SCHEMA, "stamps") in relations:
        stamps = dict(cursor.rows(f"select name, as_of::varchar from {SCHEMA}.stamps"))
    return Past({row[0]: _record(row) for row in rows}, relations, files, stamps)


def _record(row: Sequence[Any]) -> Record:
    name, status, shape, text, clock, asked, own, key, rule, run_id, row_count = row
    identity = Identity(shape, text, clock, json.loads(asked or "{}"), own, key, rule)
    return Record(name, status, identity, run_id, row_count)


class Records:
    """The records in one warehouse, to write."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        cursor.create_schemas({SCHEMA})
        if RECORDS in cursor.relations() and "status" not in {each.name for each in cursor.columns(f"from {RECORDS}")}:
            cursor.run(f"drop table {RECORDS}")
        forms = {table: ", ".join(map(" ".join, _columns(table))) for table in stored("records.yml")["tables"]}
        cursor.run("; ".join(f"create table if not exists {SCHEMA}.{name} ({form})" for name, form in forms.items()))

    def begin(self, run: Run, names: Iterable[str]) -> None:
        """Before anything is made: what is about to be made is not what its record says any more."""
        with self._cursor.transaction():
            self._cursor.run(
                f"insert into {SCHEMA}.runs values (?, ?, null, ?, ?, ?, 'running', false, null, ?)",
                [run.run_id, run.started_at, run.git_commit, run.as_of, run.selection, run.accepted],
            )
            self._cursor.run(
                f"update {SCHEMA}.records set status = 'started' where name in (select unnest(?))", [list(names)]
            )

    def keep(self, records: Iterable[Record]) -> None:
        keep_records(self._cursor, records)

    def keep_files(self, states: Iterable[SourceState], known: Mapping[str, FileState]) -> None:
        fresh = [each for state in states for each in state.files if known.get(each.path) != each]
        rows = [
            (each.path, each.size, each.mtime_ns, each.digest, json.dumps(each.columns), each.rows) for each in fresh
        ]
        _replace(self._cursor, "files", rows)

    def finish(self, run: Run, status: str, finished_at: str, steps: Iterable[Row]) -> None:
        """`steps` are rows of run_steps without the run."""
        with self._cursor.transaction():
            self._cursor.run(
                f"update {SCHEMA}.runs set status = ?, finished_at = ? where run_id = ?",
                [status, finished_at, run.run_id],
            )
            _insert(self._cursor, "run_steps", [(run.run_id, *step) for step in steps])

    def keep_rules(self, rules: list[tuple[str, str]]) -> None:
        if self._cursor.rows(f"select model, rule from {RULES} order by model") != sorted(rules):
            self._cursor.run(f"delete from {RULES}")
            _insert(self._cursor, "rules", rules)

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
            raise AuthorError(
                f"this target folder holds the shop `{known[0][0]}` ({known[0][1]}), not `{store}` ({store_path})",
                hint="give each shop its own --target-dir, or delete this one",
            )


def keep_records(cursor: Cursor, records: Iterable[Record]) -> None:
    """In whatever transaction the cursor is: a growing table and its record change together."""
    _replace(cursor, "records", list(map(_values, records)))  # no primary key: keeping one costs more than all the rest


def _replace(cursor: Cursor, table: str, rows: Sequence[Row]) -> None:
    """Rows in place of those that have the same first column."""
    first = _columns(table)[0][0]
    if rows:
        cursor.run(f"delete from {SCHEMA}.{table} where {first} in (select unnest(?))", [[row[0] for row in rows]])
        _insert(cursor, table, rows)


def _insert(cursor: Cursor, table: str, rows: Sequence[Row]) -> None:
    """Column by column: a thousand rows cost as much as one."""
    if rows:
        unnested = ", ".join(f"unnest(${at}::{kind}[])" for at, (_, kind) in enumerate(_columns(table), start=1))
        cursor.run(f"insert into {SCHEMA}.{table} select {unnested}", list(map(list, zip(*rows))))


def _columns(table: str) -> list[tuple[str, str]]:
    """Name and type of each column of one of our tables."""
    return list(stored("records.yml")["tables"][table].items())


def keep_stamp(cursor: Cursor, name: str, as_of: str) -> None:
    """How far a growing table was brought; never back."""
    cursor.run(f"delete from {SCHEMA}.stamps where name = ? and as_of <= ?::timestamp", [name, as_of])
    cursor.run(
        f"insert into {SCHEMA}.stamps select $1, $2::timestamp "
        f"where not exists (select 1 from {SCHEMA}.stamps where name = $1)",
        [name, as_of],
    )


def _values(record: Record) -> tuple[Any, ...]:
    each = record.identity
    asked = json.dumps(each.asked, ensure_ascii=False)
    own = (each.shape, each.text, each.clock, asked, each.own, each.key, each.rule)
    return (record.name, record.status, *own, record.run_id, record.row_count)


def keep_bytes(cursor: Cursor, run_id: str, sizes: Mapping[str, int]) -> None:
    """How much each table of a run weighs, once it is written for readers."""
    cursor.run(
        f"update {SCHEMA}.run_steps set bytes = sizes.bytes "
        "from (select unnest($1) as name, unnest($2) as bytes) as sizes "
        "where run_steps.name = sizes.name and run_id = $3",
        [list(sizes), list(sizes.values()), run_id],
    )


def keep_publication(cursor: Cursor, run_id: str, publication: str) -> None:
    cursor.run(f"update {SCHEMA}.runs set published = true, publication = ? where run_id = ?", [publication, run_id])


def write_copy(path: Path, records: Mapping[str, Record]) -> None:
    """The records as JSON beside the warehouse: enough to tell elsewhere what is modified."""
    names = [name for name, _ in _columns("records")]
    rows = [dict(zip(names, _values(each))) for _, each in sorted(records.items())]
    fresh = path.with_name(f".{path.name}")
    fresh.write_text(json.dumps({"version": VERSION, "records": rows}, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def read_copy(path: Path) -> dict[str, Record]:
    """Raises WorldError where there is no copy, or none that can be read."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        rows = stored["records"] if stored["version"] == VERSION else None
    except OSError as e:
        hint = "--state names the target folder of another build; `coterie build` leaves state.json there"
        raise WorldError(f"cannot read {path}: {e.strerror}", hint=hint) from e
    except (ValueError, KeyError, TypeError) as e:
        raise WorldError(f"{path} is no copy of a build's records", hint="build there again") from e
    if rows is None:
        raise WorldError(f"{path} was written by another version of Coterie", hint="build there again")
    return {row["name"]: _record([row[name] for name, _ in _columns("records")]) for row in rows}
