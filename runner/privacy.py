"""The consent firewall at compile time: no direct identifier, and no key of one, reaches a reader.

Follows every column through the graph. What cannot be followed is refused, not trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner import sql
from runner.compile import Compiled, Manifest
from runner.errors import AuthorError, CoterieError, Place
from runner.nodes import Model, Seed, Source
from runner.publish import published
from runner.shapes import Column
from runner.warehouse import ColumnType

KEY_MACRO = "identity_key"
HARMLESS_TYPES = (
    "BOOLEAN",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "DOUBLE",
    "DATE",
    "TIMESTAMP",
    "DECIMAL",
)
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
    if not any(tracer.carried.values()):
        return ()
    for name in manifest.graph.order:
        node = manifest.compiled[name].node
        if isinstance(node, Model):
            tracer.follow(node, manifest.compiled[name])
    return tuple(tracer.errors)


class _Tracer:
    def __init__(self, manifest: Manifest, columns: Columns) -> None:
        self.columns = columns
        self.errors: list[CoterieError] = []
        serve = manifest.project.file.serve
        self.published = {node.name for node in published(manifest, serve)} if serve else set()
        self.carried: dict[tuple[str, str], dict[str, Carried]] = {}
        self.names: dict[tuple[str, str], str] = {}
        for name, compiled in manifest.compiled.items():
            if isinstance(compiled.node, (Source, Seed, Model)):
                self.names[_address(compiled.node)] = name
        for source in manifest.project.sources.values():
            self.carried[_address(source)] = _declared(source)

    def follow(self, model: Model, compiled: Compiled) -> None:
        parents = [address for address, name in self._parents(compiled)]
        if not any(self.carried.get(address) for address in parents):
            self.carried[_address(model)] = {}
            return
        origins = sql.column_origins(compiled.sql, self._schema(compiled))
        words = {column.name.lower(): column for column in model.columns}
        held: dict[str, Carried] = {}
        for column in self.columns[model.name]:
            name = column.name.lower()
            flows = origins.get(name, frozenset({sql.UNKNOWN}))
            carried = self._verdict(model, compiled, column, words.get(name), flows)
            if carried is not None:
                held[name] = carried
        self.carried[_address(model)] = held

    def _parents(self, compiled: Compiled) -> list[tuple[tuple[str, str], str]]:
        return [(at, name) for at, name in self._addresses(compiled)]

    def _addresses(self, compiled: Compiled) -> list[tuple[tuple[str, str], str]]:
        by_name = {name: at for at, name in self.names.items() if name in compiled.parents}
        return [(at, name) for name, at in sorted(by_name.items())]

    def _schema(self, compiled: Compiled) -> dict[str, dict[str, dict[str, str]]]:
        schema: dict[str, dict[str, dict[str, str]]] = {}
        for (db, table), name in self._addresses(compiled):
            types = {each.name: "varchar" for each in self.columns[name]}
            schema.setdefault(db, {})[table] = types
        return schema

    def _verdict(
        self,
        model: Model,
        compiled: Compiled,
        column: ColumnType,
        words: Column | None,
        flows: frozenset[sql.Origin],
    ) -> Carried | None:
        """What the column holds from here on; adds an error where it must not hold it."""
        may_hold = bool(model.meta.get("may_hold_identifiers"))
        facts = words.facts if words else {}
        declared = facts.get("pii")
        if sql.UNKNOWN in flows:
            self._untraced(model, column)
            return None
        direct, key = self._held(flows, "direct"), self._held(flows, "key")
        if declared == "key":
            if direct and KEY_MACRO not in compiled.reading.macros:
                hint = f"keys are made by the macro {KEY_MACRO}() alone"
                self._refuse(model, column, words, direct, "is declared a key", hint)
            return Carried("key", (direct or key or Carried("", ())).path + (_at(model, column),))
        if declared == "coarse" and may_hold:
            return None
        allowed = set(facts.get("declassifies") or ())
        if direct and not allowed & set(direct.path):
            if may_hold:
                return Carried("direct", (*direct.path, _at(model, column)))
            hint = "keep it in staging or the vault, or derive a key or a coarse value there"
            self._refuse(model, column, words, direct, "would show a direct identifier", hint)
            return None
        if key and not column.type.startswith(HARMLESS_TYPES):
            if model.name in self.published and not allowed & set(key.path):
                hint = "keys are never published; compare them and publish the answer"
                self._refuse(model, column, words, key, "would publish an identity key", hint)
                return None
            return Carried("key", (*key.path, _at(model, column)))
        return None

    def _held(self, flows: frozenset[sql.Origin], kind: str) -> Carried | None:
        for origin in sorted(flows):
            carried = self.carried.get((origin.schema, origin.table), {}).get(origin.column)
            if carried is not None and carried.kind == kind:
                return carried
        return None

    def _untraced(self, model: Model, column: ColumnType) -> None:
        if not model.meta.get("may_hold_identifiers"):
            message = (
                f"`{model.name}.{column.name}` cannot be traced, "
                "and the model reads direct identifiers"
            )
            hint = "name the columns; no whole rows, no COLUMNS(), no query()"
            self.errors.append(AuthorError(message, place=model.place, hint=hint))

    def _refuse(
        self,
        model: Model,
        column: ColumnType,
        words: Column | None,
        carried: Carried,
        what: str,
        hint: str,
    ) -> None:
        path = " -> ".join([*carried.path, _at(model, column)])
        message = f"`{model.name}.{column.name}` {what}: {path}"
        place = words.place if words else _mention(model, column.name)
        self.errors.append(AuthorError(message, place=place, hint=hint))


def _address(node: Source | Seed | Model) -> tuple[str, str]:
    return node.relation.schema.lower(), node.relation.name.lower()


def _declared(source: Source) -> dict[str, Carried]:
    return {
        column.name.lower(): Carried("direct", (f"{source.name}.{column.name}",))
        for column in source.columns
        if column.facts.get("pii") == "direct"
    }


def _at(model: Model, column: ColumnType) -> str:
    return f"{model.name}.{column.name}"


def _mention(model: Model, word: str) -> Place:
    """The last line of the model that names the column."""
    lines = model.text.split("\n")
    for number in range(len(lines), 0, -1):
        at = lines[number - 1].find(word)
        if at >= 0:
            return Place(model.path, number, at + 1, lines[number - 1])
    return Place(model.path, 1, 1, lines[0])
