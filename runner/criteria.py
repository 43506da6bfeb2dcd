"""From what age on a source is too old: what YAML says of it, for the group and for the table.

Refuses to look at the data: freshness.py does.
"""

from __future__ import annotations

from typing import Any

from runner.config import Block, place_of, read_shape
from runner.errors import AuthorError, Place, did_you_mean
from runner.shapes import PERIODS, Age, Freshness, SourceGroup, SourceTable


def freshness_of(group: SourceGroup, table: SourceTable) -> Freshness | None:
    """dbt's merge: the table's word counts before the group's, key by key; `null` switches off."""
    said = Block(group.block.path, group.block.lines, group.block.start)
    for block in (group.block, group.config, table.block, table.config):
        if "freshness" in block:
            said = _merged(said, block["freshness"], place_of("freshness", table.place, block))
    freshness = read_shape(Freshness, said, table.place)
    for name, age in (("warn_after", freshness.warn_after), ("error_after", freshness.error_after)):
        if age is not None:
            _refuse_unclear(name, age, place_of(name, table.place, said))
    return freshness if freshness.warn_after or freshness.error_after else None


def loaded_at(group: SourceGroup, table: SourceTable) -> tuple[str, Place]:
    """The table's own `loaded_at_field`, or its group's; and where it stands."""
    for block in (table.config, table.block, group.config, group.block):
        if "loaded_at_field" in block:
            return str(block["loaded_at_field"] or ""), place_of("loaded_at_field", table.place, block)
    return "", table.place


def _merged(said: Block, given: Any, place: Place) -> Block:
    merged = Block(place.path, said.lines, (place.line, place.column))
    if given is None:
        return merged
    read_shape(Freshness, given, place)
    merged.lines = given.lines
    for each in (said, given):
        for key, value in each.items():
            both = isinstance(value, Block) and isinstance(merged.get(key), Block)
            merged[key] = _together(merged[key], value) if both else value
            merged.marks[key] = each.marks.get(key, each.start)
    return merged


def _together(first: Block, second: Block) -> Block:
    block = Block(second.path, second.lines, second.start)
    block.update({**first, **second})
    block.marks.update({**first.marks, **second.marks})
    return block


def _refuse_unclear(name: str, age: Age, place: Place) -> None:
    if age.count is None or age.period is None:
        hint = f"for example `{name}: {{count: 2, period: day}}`"
        raise AuthorError(f"`{name}` needs a `count` and a `period`", place=place, hint=hint)
    if age.period not in PERIODS:
        known = ", ".join(PERIODS)
        hint = did_you_mean(age.period, PERIODS, f"known: {known}")
        raise AuthorError(f"unknown period `{age.period}`", place=age.at("period"), hint=hint)
