"""From what age on a source is too old: what YAML says of it, for the group and for the table.

Refuses to look at the data: freshness.py does.
"""

from __future__ import annotations

from typing import Any

from runner.config import place_of, read_shape
from runner.errors import AuthorError, Place, did_you_mean
from runner.shapes import PERIODS, Freshness, SourceGroup, SourceTable


def freshness_of(group: SourceGroup, table: SourceTable) -> Freshness | None:
    """dbt's merge: the table's word counts before the group's, key by key; `null` switches off."""
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
    return freshness if freshness.warn_after or freshness.error_after else None


def loaded_at(group: SourceGroup, table: SourceTable) -> tuple[str, Place]:
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
        if age is not None and age.period not in PERIODS:
            hint = did_you_mean(age.period, PERIODS, "known: " + ", ".join(PERIODS))
            raise AuthorError(f"unknown period `{age.period}`", place=age.at("period"), hint=hint)
