"""What configuration says of models that grow and of snapshots, as values; every mistake at its key.

Knows dbt's words and their defaults; refuses to know how they are carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.errors import AuthorError, Place, refuse_unknown
from runner.folders import FolderConfig, Layers, said
from runner.nodes import Batching, Increment, Snapshot, Versioning
from runner.relation import quoted
from runner.shapes import SnapshotShape

COLUMNS = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to", "dbt_is_deleted")


def history_sql(query: str, rule: Versioning) -> str:
    """The columns of a snapshot of `query`, without a row; for who wants to know them before there is one."""
    types = dict.fromkeys(COLUMNS, "timestamp") | {"dbt_scd_id": "varchar", "dbt_is_deleted": "varchar"}
    if rule.hard_deletes != "new_record":
        del types["dbt_is_deleted"]
    own = ", ".join(f"cast(null as {kind}) as {quoted(rule.names.get(name, name))}" for name, kind in types.items())
    return f"select *, {own} from (\n{query}\n) where false"


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
    return Increment(
        strategy,
        unique_key,
        settings.word("on_schema_change"),
        updated,
        excluded,
        keeps_history=settings.get("full_refresh") is False,
    )


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


def versioning(settings: Layers) -> Versioning:
    settings.needed("strategy", "timestamp, or check")
    strategy = settings.word("strategy")
    settings.needed("unique_key", "the columns that say which row is the same one later")
    if strategy == "timestamp":
        settings.needed("updated_at", "`timestamp` needs the column that moves on when a row changes")
    checked = settings.words("check_cols")
    if strategy == "check" and not checked:
        settings.needed("check_cols", "`check` needs the columns to compare, or all")
    deletes = "invalidate" if settings.get("invalidate_hard_deletes") else "ignore"
    names = dict(settings.get("snapshot_meta_column_names") or {})
    for name in names:
        place = settings.place_of("snapshot_meta_column_names")
        refuse_unknown(name, COLUMNS, f"a snapshot has no column `{name}`", place)
    return Versioning(
        strategy,
        settings.words("unique_key"),
        str(settings.get("updated_at") or ""),
        () if checked == ("all",) else checked,
        settings.word("hard_deletes", deletes),
        str(settings.get("dbt_valid_to_current") or ""),
        names,
    )


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
    steps = [*Path(place.path).parent.parts[1:], name]
    config = folders.of("snapshots", steps, place, *said(words), (inline, place))
    table = folders.table("snapshot", words, config)
    if table is None:
        return None
    return Snapshot(**table, text=text, versioning=versioning(config))
