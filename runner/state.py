"""What earlier builds made: a record per node in the warehouse, and whose shop this is.

A node's key stands for everything its rows depend on: SQL, parents' keys, source files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from runner.compile import Compiled, Manifest
from runner.errors import AuthorError
from runner.nodes import DataTest, Seed, Source
from runner.relation import Relation
from runner.sources import SourceState
from runner.warehouse import Cursor

SCHEMA = "_coterie"


def node_keys(manifest: Manifest, states: Mapping[str, SourceState]) -> dict[str, str]:
    """By node: a key that changes with anything its result depends on."""
    keys: dict[str, str] = {}
    for name in manifest.graph.order:
        compiled = manifest.compiled[name]
        parts = [_own_state(compiled, states.get(name))]
        parts += [keys[parent] for parent in compiled.parents]
        keys[name] = sha256("\n".join(parts).encode()).hexdigest()
    return keys


def _own_state(compiled: Compiled, state: SourceState | None) -> str:
    node = compiled.node
    if isinstance(node, Source):
        columns = ",".join(f"{each.name}:{each.data_type}" for each in node.columns)
        return f"source {node.relation} {columns} {state.fingerprint if state else ''}"
    if isinstance(node, Seed):
        content = sha256(Path(node.path).read_bytes()).hexdigest()
        return f"seed {node.relation} {dict(node.column_types)} {content}"
    if isinstance(node, DataTest):
        rules = (node.severity, node.warn_if, node.error_if, node.limit, node.fail_calc, node.stores_failures)
        return f"test {compiled.sql} {rules}"
    return f"{node.materialized} {node.relation} {compiled.sql}"


def recorded(cursor: Cursor) -> dict[str, str]:
    """By node that was built, or test that passed: the key it was made from. Nothing in a new warehouse."""
    if Relation(SCHEMA, "records") not in cursor.relations():
        return {}
    return dict(cursor.rows(f"select name, key from {SCHEMA}.records"))


class Records:
    """The records in one warehouse."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        cursor.create_schemas({SCHEMA})
        cursor.run(
            f"create table if not exists {SCHEMA}.records (name varchar primary key, key varchar, run_id varchar)"
        )
        cursor.run(f"create table if not exists {SCHEMA}.shop (store varchar, store_path varchar)")

    def forget(self, names: Iterable[str]) -> None:
        """Before anything is rebuilt: a killed build must not leave a record that lies."""
        wanted = list(names)
        self._cursor.run(f"delete from {SCHEMA}.records where name in (select unnest(?))", [wanted])

    def keep(self, keys: Mapping[str, str], run_id: str) -> None:
        self._cursor.run(
            f"insert or replace into {SCHEMA}.records select unnest($1), unnest($2), $3",
            [list(keys), list(keys.values()), run_id],
        )

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
