"""The sources that YAML declares: a group and a table become a node. The table's word counts before the group's.

Refuses to look at the data: sources.py and freshness.py do.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.config import place_of, read_shape
from runner.errors import AuthorError, Place, refuse_unknown
from runner.folders import FolderConfig
from runner.nodes import Source
from runner.relation import Relation
from runner.shapes import PERIODS, Freshness, SourceGroup, SourceTable


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
    said: dict[str, Any] = {}
    for block in (group.block, group.config, table.block, table.config):
        given = block.get("freshness")
        if given is not None:
            freshness = read_shape(Freshness, given, place_of("freshness", table.place, block))
            _refuse_unclear(freshness)
            said |= {key: getattr(freshness, key) for key in given} | {"block": given}
        elif "freshness" in block:
            said = {}
    freshness = Freshness(**said)
    if not (freshness.warn_after or freshness.error_after):
        return None
    return replace(freshness, filter=folders.rendered(freshness.filter, freshness.place))


def _loaded_at(group: SourceGroup, table: SourceTable) -> tuple[str, Place]:
    """The table's own `loaded_at_field`, or its group's; and where it stands."""
    for block in (table.config, table.block, group.config, group.block):
        if "loaded_at_field" in block:
            return str(block["loaded_at_field"] or ""), place_of("loaded_at_field", table.place, block)
    return "", table.place


def _refuse_unclear(freshness: Freshness) -> None:
    for name, age in (("warn_after", freshness.warn_after), ("error_after", freshness.error_after)):
        if age is not None and (age.count is None or not age.period):
            hint = f"for example `{name}: {{count: 2, period: day}}`"
            raise AuthorError(f"`{name}` needs a `count` and a `period`", place=freshness.at(name), hint=hint)
        if age is not None:
            refuse_unknown(age.period, PERIODS, f"unknown period `{age.period}`", age.at("period"))
