"""How a model is brought up to date where it is not simply made anew: by new rows, by batches, by keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from runner.config import read_shape
from runner.errors import AuthorError, Place
from runner.folders import Layers
from runner.nodes import Batching, Follows, Increment, Trail
from runner.shapes import FollowsShape, as_tags

TRAIL = re.compile(
    r"(?P<column>(?:(?!->).)+?)(?:\s*->\s*(?P<via>\w+)\.(?P<via_column>.+?)(?:\s+where\s+(?P<condition>.+))?)?",
    re.DOTALL | re.IGNORECASE,
)
"""From a column to the key that it is, or to what another input has beside it."""
Render = Callable[[Any, Place], Any]


def increment(settings: Layers) -> Increment | None:
    """None for a microbatch model, which has a Batching."""
    unique_key = settings.words("unique_key")
    strategy = settings.word("incremental_strategy", "delete+insert" if unique_key else "append")
    if strategy == "microbatch":
        return None
    if strategy != "append" and not unique_key:
        settings.needed("unique_key", f"`{strategy}` needs to know which row is replaced by which")
    updated, excluded = settings.words("merge_update_columns"), settings.words("merge_exclude_columns")
    if updated and excluded:
        hint = "name the columns to update, or those to leave, not both"
        raise settings.error("merge_exclude_columns", "`merge_update_columns` stands there too", hint)
    change, is_kept = settings.word("on_schema_change"), settings.get("full_refresh") is False
    return Increment(strategy, unique_key, change, updated, excluded, keeps_history=is_kept)


def batching(settings: Layers) -> Batching | None:
    """None for any other strategy than microbatch."""
    if settings.get("incremental_strategy") != "microbatch":
        return None
    settings.needed("event_time", "a microbatch model names the column of its own rows that says when they happened")
    settings.needed("batch_size", "one of hour, day, month, year")
    size = settings.word("batch_size")
    begin = str(settings.needed("begin", "the day of the first batch, for example 2024-01-01"))
    try:
        datetime.fromisoformat(begin)
    except ValueError as e:
        raise settings.error("begin", f"`begin: {begin}` is not a date", "for example 2024-01-01") from e
    lookback = settings.get("lookback", 0)
    if not isinstance(lookback, int) or isinstance(lookback, bool) or lookback < 0:
        raise settings.error("lookback", f"`lookback: {lookback}` is not a number of batches", "0, 1, 2, …")
    return Batching(size, begin, lookback)


def follows(meta: Mapping[str, Any], kind: str, place: Place, render: Render) -> Follows | None:
    """What `meta: {follows: …}` says of a model, its templates filled in; None where it says nothing."""
    if "follows" not in meta:
        return None
    shape = read_shape(FollowsShape, meta["follows"], place)
    if kind != "table":
        message, hint = f"a model that is no table cannot follow a key, and this is `{kind}`", "materialized: table"
        raise AuthorError(message, place=shape.place, hint=hint)

    def rendered(told: Any) -> list[Any]:
        return [render(each, shape.place) for each in (told if isinstance(told, list) else [told])]

    trails = {name: tuple(_trails(name, rendered(told), shape)) for name, told in shape.inputs.items()}
    moments = {name: as_tags(rendered(columns)) for name, columns in shape.moments.items()}
    if empty := [name for name, columns in moments.items() if not all(columns) or not columns]:
        hint = "for example `moments: {orders: [ordered_at]}`"
        raise AuthorError(f"no column is named for `{empty[0]}`", place=shape.at("moments"), hint=hint)
    return Follows(shape.key, trails, moments, render(shape.unsettled, shape.place), shape.place)


def _trails(name: str, texts: list[Any], shape: FollowsShape) -> Iterator[Trail]:
    found = [TRAIL.fullmatch(each.strip()) if isinstance(each, str) else None for each in texts]
    if not found or not all(found) or sum(not each["via"] for each in found if each) > 1:
        hint = "one column, `product_id -> order_lines.product_id`, or a list with at most one that has no arrow"
        raise AuthorError(f"it is not clear which keys a row of `{name}` concerns", place=shape.at("inputs"), hint=hint)
    if any(each["via"] == name and each["condition"] for each in found if each):
        hint = "a row and those of its own table that are made together with it are not told apart"
        raise AuthorError(f"a condition cannot stand on the way from `{name}` to itself", shape.at("inputs"), hint=hint)
    yield from (Trail(**each.groupdict("")) for each in found if each)
