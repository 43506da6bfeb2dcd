"""The consent firewall at compile time: no direct identifier, and no key of one, reaches a reader.

Follows every column through the graph. What cannot be followed is refused, not trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner import sql
from runner.compile import Compiled, Manifest
from runner.declared import COLUMNS
from runner.errors import AuthorError, CoterieError, Place, place_in
from runner.nodes import Model, Snapshot
from runner.publish import published
from runner.warehouse import ColumnType

KEY_MACRO = "identity_key"
HARMLESS_TYPES = ("BOOLEAN", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "DATE", "TIMESTAMP", "DECIMAL")
"""A key is text: a comparison or a count of keys cannot hold one."""

Columns = Mapping[str, tuple[ColumnType, ...]]


@dataclass(frozen=True)
class Carried:
    """What a column holds: a `direct` identifier or a `key` of one; `path` tells from where."""

    kind: str
    path: tuple[str, ...]


def leaks(manifest: Manifest, columns: Columns) -> tuple[CoterieError, ...]:
    """Every column that would show an identifier, with the path it came by."""
    tracer = _Tracer(manifest, columns)
    for compiled in (manifest.compiled[name] for name in manifest.graph.order):
        if isinstance(compiled.node, (Model, Snapshot)) and any(map(tracer.carried.get, compiled.parents)):
            tracer.follow(compiled, compiled.node)
    return tuple(tracer.errors)


class _Tracer:
    def __init__(self, manifest: Manifest, columns: Columns) -> None:
        self.columns = columns
        self.errors: list[CoterieError] = []
        serve = manifest.project.file.serve
        self.published = {node.name for node in published(manifest, serve)} if serve else set()
        self.tables, self.owners = manifest.tables, manifest.owners
        self.carried: dict[str, dict[str, Carried]] = {}
        for source in manifest.project.sources.values():
            direct = [each.name for each in source.columns if each.facts.get("pii") == "direct"]
            self.carried[source.name] = {each.lower(): Carried("direct", (f"{source.name}.{each}",)) for each in direct}

    def follow(self, compiled: Compiled, model: Model | Snapshot) -> None:
        read = {self.tables[each].relation: [column.name for column in self.columns[each]] for each in compiled.parents}
        origins = sql.column_origins(compiled.sql, read)
        if isinstance(model, Snapshot):
            origins |= _version_origins(origins, model)
        for column in self.columns[model.name]:
            carried = self._verdict(compiled, model, column, origins.get(column.name.lower(), sql.UNTRACED))
            if carried is not None:
                self.carried.setdefault(model.name, {})[column.name.lower()] = carried

    def _verdict(
        self, compiled: Compiled, model: Model | Snapshot, column: ColumnType, flows: frozenset[sql.Origin]
    ) -> Carried | None:
        """What the column holds from here on; notes an error where it must not hold it."""
        here = f"{model.name}.{column.name}"
        may_hold = bool(model.meta.get("may_hold_identifiers"))
        words = next((each for each in model.columns if each.name == column.name), None)
        facts = words.facts if words else {}
        place = words.place if words else _mention(model, column.name)
        if sql.UNKNOWN in flows:
            if not may_hold:
                message = f"`{here}` cannot be traced, and the model reads direct identifiers"
                self.errors.append(AuthorError(message, place=place, hint=_NAME_THEM))
            return None
        direct, key = self._held(flows, "direct"), self._held(flows, "key")
        allowed = set(facts.get("declassifies") or ())
        if facts.get("pii") == "key":
            if direct and KEY_MACRO not in compiled.reading.macros:
                self._refuse(here, place, direct, "is declared a key but", _KEYS_ARE_MADE)
            return Carried("key", (*(direct or key or Carried("key", ())).path, here))
        if facts.get("pii") == "coarse" and may_hold:
            return None
        if direct and not allowed & set(direct.path):
            if may_hold:
                return Carried("direct", (*direct.path, here))
            self._refuse(here, place, direct, "would show a direct identifier:", _KEEP_IT)
        elif key and not column.type.startswith(HARMLESS_TYPES) and not allowed & set(key.path):
            if model.name not in self.published:
                return Carried("key", (*key.path, here))
            self._refuse(here, place, key, "would publish an identity key:", _COMPARE_KEYS)
        return None

    def _held(self, flows: frozenset[sql.Origin], kind: str) -> Carried | None:
        owned = [(self.owners.get((each.schema, each.table), ""), each.column) for each in sorted(flows)]
        found = [self.carried.get(owner, {}).get(column) for owner, column in owned]
        return next((each for each in found if each and each.kind == kind), None)

    def _refuse(self, here: str, place: Place, carried: Carried, what: str, hint: str) -> None:
        path = " -> ".join([*carried.path, here])
        self.errors.append(AuthorError(f"`{here}` {what} {path}", place=place, hint=hint))


def _version_origins(origins: Mapping[str, frozenset[sql.Origin]], snapshot: Snapshot) -> sql.Origins:
    """A snapshot's own columns hold times, and a digest of the unique key."""
    rule = snapshot.versioning
    names = {name: rule.names.get(name, name).lower() for name in COLUMNS}
    keys = frozenset().union(*(origins.get(key.lower(), sql.UNTRACED) for key in rule.unique_key))
    return {name: keys if standard == "dbt_scd_id" else frozenset() for standard, name in names.items()}


_NAME_THEM = "name the columns; no whole rows, no COLUMNS(), no query()"
_KEYS_ARE_MADE = f"keys are made by the macro {KEY_MACRO}() alone"
_KEEP_IT = "keep it in staging or the vault, or derive a key or a coarse value there"
_COMPARE_KEYS = "keys are never published; compare them and publish the answer"


def _mention(model: Model | Snapshot, word: str) -> Place:
    """In the last line of the model that names the column."""
    last_line = model.text.rfind("\n", 0, max(0, model.text.rfind(word))) + 1
    return place_in(model.path, model.text, model.text.find(word, last_line))
