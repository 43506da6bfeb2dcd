"""What is declared rather than written: sources, data tests and snapshots as nodes, contracts.

Of a source, the table's word counts before the group's. Refuses to look at the data, and to render a test: compile.py
does, exactly as it renders a singular one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from runner.config import Block, place_of, read_shape
from runner.errors import AuthorError, DataError, Place, refuse_unknown
from runner.folders import FolderConfig, Layers, keys, said
from runner.nodes import DataTest, Snapshot, Source, Table, Versioning
from runner.relation import Relation, quoted
from runner.shapes import PERIODS, Explained, Freshness, Properties, SnapshotShape, SourceGroup, SourceTable, as_tags
from runner.templates import Templates
from runner.warehouse import ColumnType, Cursor

COLUMNS = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to", "dbt_is_deleted")
"""What dbt adds to a snapshot."""
NOT_SUPPORTED = ("check", "custom", "foreign_key", "primary_key", "unique")
"""dbt's other constraints."""
RESERVED = frozenset({"name", "config", "arguments", "description", "test_name", "meta"})
BESIDE = keys("data_tests") - {"meta", "description"}
"""Settings that dbt's older notation puts among the arguments."""


def declared_source(group: SourceGroup, table: SourceTable, folders: FolderConfig) -> Source | None:
    """None for one that is switched off."""
    meta, steps = group.facts | table.facts, Path(table.place.path).parent.parts[1:]
    config = {**folders.of("sources", [*steps, group.name, table.name], table.place), **group.config, **table.config}
    if not folders.rendered(config.get("enabled", True), table.place):
        return None
    location = config.get("external_location") or meta.get("external_location")
    if location:
        place = place_of("external_location", group.place, table.meta, table.config, group.meta, group.config)
        location = str(folders.rendered(location, place)).replace("{name}", table.name)
    schema = folders.rendered(group.schema, group.place) or group.name
    return Source(
        name=f"{group.name}.{table.name}",
        path=table.place.path,
        place=table.place,
        relation=Relation(schema, folders.rendered(table.identifier, table.place) or table.name),
        location=location,
        is_required=bool(meta.get("required", False)),
        loaded_at=str(folders.rendered(*_loaded_at(group, table))),
        freshness=_freshness(group, table, folders),
        columns=folders.columns(table),
        description=folders.description(table),
        tags=group.labels + table.labels,
        meta=meta,
        event_time=str(config.get("event_time") or ""),
    )


def _freshness(group: SourceGroup, table: SourceTable, folders: FolderConfig) -> Freshness | None:
    """dbt's merge: key by key; `null` switches off."""
    told: dict[str, Any] = {}
    for block in (group.block, group.config, table.block, table.config):
        given = block.get("freshness")
        if given is not None:
            freshness = read_shape(Freshness, given, place_of("freshness", table.place, block))
            _refuse_unclear(freshness)
            told |= {key: getattr(freshness, key) for key in given} | {"block": given}
        elif "freshness" in block:
            told = {}
    freshness = Freshness(**told)
    if not (freshness.warn_after or freshness.error_after):
        return None
    return replace(freshness, filter=folders.rendered(freshness.filter, freshness.place))


def _loaded_at(group: SourceGroup, table: SourceTable) -> tuple[str, Place]:
    """The table's own `loaded_at_field`, or its group's; and where it stands."""
    blocks = [each for each in (table.config, table.block, group.config, group.block) if "loaded_at_field" in each]
    told = blocks[0]["loaded_at_field"] if blocks else None
    return str(told or ""), place_of("loaded_at_field", table.place, *blocks)


def _refuse_unclear(freshness: Freshness) -> None:
    for name, age in (("warn_after", freshness.warn_after), ("error_after", freshness.error_after)):
        if age is not None and (age.count is None or not age.period):
            hint = f"for example `{name}: {{count: 2, period: day}}`"
            raise AuthorError(f"`{name}` needs a `count` and a `period`", place=freshness.at(name), hint=hint)
        if age is not None:
            refuse_unknown(age.period, PERIODS, f"unknown period `{age.period}`", age.at("period"))


class DeclaredTests:
    """Makes the tests of one project: those declared in YAML, and the singular ones."""

    def __init__(self, templates: Templates, folders: FolderConfig) -> None:
        self._templates, self._folders = templates, folders
        self._own: dict[str, tuple[Mapping[str, Any], Place]] = {}
        """By kind: what the generic test says of itself, and where."""

    def of(self, call: str, node: str, words: Properties | SourceTable) -> Iterator[DataTest]:
        """The tests of one node; `call` is how a template refers to it, `ref('orders')`."""
        folders = Path(words.place.path).parent.parts[1:]
        for column, tests in [("", words.data_tests), *((each.name, each.data_tests) for each in words.columns)]:
            about: dict[str, Any] = {"column_name": column} if column else {}
            for entry, place in zip(tests, tests.places()) if tests else ():
                kind, given = _kind_and_keys(entry, place)
                more = {key: value for key, value in given.items() if key not in RESERVED | BESIDE}
                arguments = about | (given.get("arguments") or {}) | more
                name = str(given.get("name") or test_name(kind, node, arguments))
                config = self._config(kind, given, [*folders, name], place)
                if config.get("enabled") is not False:
                    yield DataTest(
                        name=name, path=place.path, place=place, macro=f"test_{kind}",
                        arguments={"model": call, **arguments}, **_settings(config),
                    )  # fmt: skip

    def singular(self, root: Path, path: Path, text: str, words: Explained | None) -> Iterator[DataTest]:
        """A query of its own; what YAML says of it counts less than its own `config()`."""
        steps = [*path.relative_to(root).parent.parts, path.stem]
        config = self._folders.of("data_tests", steps, Place(str(path)), *said(words), self._folders.inline(path, text))
        if config.get("enabled") is not False:
            yield DataTest(name=path.stem, path=str(path), place=Place(str(path)), text=text, **_settings(config))

    def _config(self, kind: str, given: Mapping[str, Any], steps: list[str], place: Place) -> Mapping[str, Any]:
        """What the folders say, the test of itself, dbt's older notation beside the arguments, and `config:`."""
        places = given.place if isinstance(given, Block) else lambda key: place
        beside = [({key: value}, places(key)) for key, value in given.items() if key in BESIDE]
        layers = (self._says_of_itself(kind, place), *beside, (given.get("config") or {}, place))
        return self._folders.of("data_tests", steps, place, *layers)

    def _says_of_itself(self, kind: str, place: Place) -> tuple[Mapping[str, Any], Place]:
        macro, macros = f"test_{kind}", self._templates.places
        if macro not in macros:
            known = sorted(name.removeprefix("test_") for name in macros if name.startswith("test_"))
            refuse_unknown(kind, known, f"unknown data test `{kind}`", place, "known tests: " + ", ".join(known))
        if kind not in self._own:
            self._own[kind] = self._templates.says_of_itself(macro), macros[macro]
        return self._own[kind]


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """What both kinds of tests may say, where it is said; the rest is dbt's default."""
    plain = {key: config[key] for key in ("severity", "limit", "meta") if config.get(key) is not None}
    texts = {key: str(config[key]) for key in ("where", "warn_if", "error_if", "fail_calc") if config.get(key)}
    return plain | texts | {"stores_failures": config.get("store_failures", False), "tags": as_tags(config.get("tags"))}


def _kind_and_keys(entry: Any, place: Place) -> tuple[str, Mapping[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    if isinstance(entry, Block) and "test_name" in entry:
        return str(entry["test_name"]), entry
    if isinstance(entry, Block) and len(entry) == 1:
        kind, given = next(iter(entry.items()))
        if given is None or isinstance(given, Block):
            return kind, given or {}
    hint = "for example `- unique`, or `- accepted_values:` with `arguments:` indented below"
    raise AuthorError("a data test is a name, or a name with its arguments below it", place=place, hint=hint)


def test_name(kind: str, node: str, arguments: Mapping[str, Any]) -> str:
    """dbt's naming: kind, node, then the arguments' words."""
    words = [kind, node.replace(".", "_"), *(_words(each) for each in arguments.values())]
    return "_".join(word for word in words if word)[:120]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "__".join(_words(each) for each in value)
    text = "".join(each if each.isalnum() else "_" for each in str(value))
    return "_".join(part for part in text.split("_") if part)


def history_sql(query: str, rule: Versioning) -> str:
    """The columns of a snapshot of `query`, without a row; for who wants to know them before there is one."""
    types = dict.fromkeys(COLUMNS, "timestamp") | {"dbt_scd_id": "varchar", "dbt_is_deleted": "varchar"}
    if rule.hard_deletes != "new_record":
        del types["dbt_is_deleted"]
    own = ", ".join(f"cast(null as {kind}) as {quoted(rule.names.get(name, name))}" for name, kind in types.items())
    return f"select *, {own} from (\n{query}\n) where false"


def versioning(settings: Layers) -> Versioning:
    settings.needed("strategy", "timestamp, or check")
    strategy = settings.word("strategy")
    settings.needed("unique_key", "the columns that say which row is the same one later")
    if strategy == "timestamp":
        settings.needed("updated_at", "`timestamp` needs the column that moves on when a row changes")
    checked = settings.words("check_cols")
    if strategy == "check" and not checked:
        settings.needed("check_cols", "`check` needs the columns to compare, or all")
    names = dict(settings.get("snapshot_meta_column_names") or {})
    for name in names:
        place = settings.place_of("snapshot_meta_column_names")
        refuse_unknown(name, COLUMNS, f"a snapshot has no column `{name}`", place)
    deletes = settings.word("hard_deletes", "invalidate" if settings.get("invalidate_hard_deletes") else "ignore")
    updated_at, current = (str(settings.get(key) or "") for key in ("updated_at", "dbt_valid_to_current"))
    compared = () if checked == ("all",) else checked
    return Versioning(strategy, settings.words("unique_key"), updated_at, compared, deletes, current, names)


def declared_snapshot(
    name: str, words: SnapshotShape | None, block: Place | None, folders: FolderConfig
) -> Snapshot | None:
    """A snapshot that YAML declares over a relation, or that stands in a `{% snapshot %}` block."""
    place = block or (words.place if words else Place("snapshots"))
    inline: Mapping[str, Any] = {}
    if block is not None:
        text = f"{{{{ snapshot_{name}() }}}}"
        inline = folders.asked("", text)
    elif words is not None and words.relation:
        text = f"select * from {{{{ {words.relation} }}}}"
    else:
        hint = "relation: ref('orders'), or a {% snapshot %} block of that name in snapshots/"
        raise AuthorError(f"the snapshot `{name}` has no `relation`", place=place, hint=hint)
    config = folders.of("snapshots", [*Path(place.path).parent.parts[1:], name], place, *said(words), (inline, place))
    table = folders.table("snapshot", words, config)
    return Snapshot(**table, text=text, versioning=versioning(config)) if table else None


def is_enforced(table: Table) -> bool:
    contract = table.config.get("contract")
    return isinstance(contract, dict) and bool(contract.get("enforced"))


def refuse_broken_contract(model: Table, columns: tuple[ColumnType, ...], cursor: Cursor) -> None:
    """An enforced contract names all columns, in order, with the engine's exact types."""
    if not is_enforced(model):
        return
    for constraint in (each for column in model.columns for each in column.constraints):
        place = constraint.at("type")
        if constraint.type in NOT_SUPPORTED:
            hint = "write a data test: `unique`, `relationships`, or one of your own"
            raise AuthorError(f"the constraint `{constraint.type}` is not supported", place=place, hint=hint)
        refuse_unknown(constraint.type, ("not_null",), f"unknown constraint `{constraint.type}`", place)
    for at, (wanted, found) in enumerate(zip_longest(_promised_types(model, cursor), columns)):
        if wanted != found:
            places = [each.place for each in (*model.columns[at:], *model.columns[-1:])]
            told = f"promised is {_typed(wanted)}, found {_typed(found)}"
            hint = "change the query, or the promise: dashboards depend on it"
            raise AuthorError(f"contract of `{model.name}`, column {at + 1}: {told}", (*places, model.place)[0], hint)


def keeps_nulls_out(table: Table) -> bool:
    return is_enforced(table) and any(column.constraints for column in table.columns)


def refuse_nulls(model: Table, rows: str, cursor: Cursor) -> None:
    """Of what was made and is not yet seen by anybody: `rows` is its address, or a query in parentheses."""
    places = {each.name: each.constraints[0].place for each in model.columns if each.constraints}
    counts = ", ".join(f"count(*) - count({quoted(name)})" for name in places)
    found = cursor.rows(f"select count(*), {counts} from {rows}")[0]
    for (name, place), count in zip(places.items(), found[1:]):
        if count:
            message = f"contract of `{model.name}`: `{name}` is null in {count:,} of {found[0]:,} rows"
            raise DataError(message, place=place, hint="the table that stood before stays; mend the query or the data")


def _promised_types(model: Table, cursor: Cursor) -> tuple[ColumnType, ...]:
    """The declared types in the engine's own spelling: int is INTEGER, text is VARCHAR."""
    casts = []
    for column in model.columns:
        if column.data_type is None:
            message = f"contract of `{model.name}`: `{column.name}` has no data_type"
            raise AuthorError(message, place=column.place, hint="promise a type")
        casts.append(f"cast(null as {column.data_type}) as {quoted(column.name)}")
    return cursor.columns("select " + ", ".join(casts)) if casts else ()


def _typed(column: ColumnType | None) -> str:
    return f"`{column.name}` {column.type}" if column else "no column"


def refuse_unknown_columns(table: Table, columns: tuple[ColumnType, ...]) -> None:
    """YAML that describes a column which the table does not have has gone stale."""
    names = {each.name.lower(): each.name for each in columns}
    for column in table.columns:
        if column.name.lower() not in names:
            message, listed = f"`{table.name}` has no column `{column.name}`", "columns: " + ", ".join(names.values())
            refuse_unknown(column.name, names.values(), message, column.place, listed)
