"""What a project is made of: Source, Seed, Model, Snapshot, DataTest, UnitTest. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from runner.errors import Place
from runner.relation import Relation
from runner.shapes import Column, Freshness, Properties, UnitTestShape, Value


class Named(Value):
    """Anything that can be selected."""

    kind: ClassVar[str]
    name: str
    path: str
    place: Place
    tags: tuple[str, ...] = ()

    @property
    def grows(self) -> bool:
        """Does it add to what stands, in one transaction with its record, instead of replacing it?"""
        return isinstance(self, Snapshot) or (isinstance(self, Model) and self.materialized == "incremental")

    @property
    def is_view(self) -> bool:
        """Does it hand on what it reads, and hold nothing itself?"""
        return isinstance(self, Model) and self.materialized == "view"


class Table(Named):
    """Anything that has an address."""

    relation: Relation
    columns: tuple[Column, ...] = ()
    """What YAML says of them; not all of them, and no types unless promised."""
    description: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    """All settings, wherever they were said."""
    words: Properties | None = field(default=None, repr=False)
    """What YAML says of it."""
    event_time: str = ""
    """The column that says when a row happened: microbatch models read such a table batch by batch."""


class Source(Table):
    """One raw table; its name is group.table. `location` is where its files lie, if it has any."""

    kind = "source"
    location: str | None
    is_required: bool
    loaded_at: str = ""
    """The column, or an expression, that says when a row was loaded."""
    freshness: Freshness | None = None


class Seed(Table):
    kind = "seed"
    column_types: Mapping[str, str]
    delimiter: str = ","


@dataclass(frozen=True)
class Increment:
    """How an incremental model takes in new rows."""

    strategy: str
    """append, delete+insert or merge."""
    unique_key: tuple[str, ...] = ()
    on_schema_change: str = ""
    """ignore, fail, append_new_columns or sync_all_columns; empty where the author leaves it to us."""
    merge_update_columns: tuple[str, ...] = ()
    merge_exclude_columns: tuple[str, ...] = ()
    keeps_history: bool = False
    """`full_refresh: false`: what stands is never thrown away."""


@dataclass(frozen=True)
class Batching:
    """How a microbatch model is cut along its event time."""

    size: str
    """hour, day, month or year."""
    begin: str
    """The first batch holds this moment (UTC)."""
    lookback: int = 0
    """So many batches before the last are made again whenever the model is."""


@dataclass(frozen=True)
class Trail:
    """From a changed row of an input to the keys it concerns: `column` says the key, or what `via` holds beside it."""

    column: str
    """A column or an expression."""
    via: str = ""
    """An input whose rows with the same in `via_column` say the keys. The input itself: those are made together."""
    via_column: str = ""
    condition: str = ""
    """Which of those rows: both inputs are known by their names in it."""


@dataclass(frozen=True)
class Follows:
    """A table whose rows of a key are made of its inputs' rows of that key: only changed ones are made again."""

    key: str
    trails: Mapping[str, tuple[Trail, ...]]
    """By input. What is not among them is read whole: when it changes, the table is made anew."""
    moments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By input: what is compared with as_of."""
    unsettled: str = ""
    """Holds for rows of the table that another day may change, though no moment passes."""
    place: Place = field(default=Place(""), repr=False, compare=False)

    def said_by(self, name: str) -> str:
        """What of an input's row says its key; empty where none of its columns does."""
        return next((each.column for each in self.trails.get(name, ()) if not each.via), "")

    def is_cut(self, name: str) -> bool:
        """Do rows of an input concern no other keys than their own, and those that are made together with them?"""
        return bool(self.said_by(name)) and all(each.via in ("", name) for each in self.trails[name])


class Model(Table):
    kind = "model"
    text: str
    materialized: str
    increment: Increment | None = None
    batching: Batching | None = None
    follows: Follows | None = None

    @property
    def file(self) -> Path:
        """Where an external model writes."""
        return Path(str(self.config["location"]).replace("{name}", self.name))


@dataclass(frozen=True)
class Versioning:
    """How a snapshot tells that a row is another one now (SCD2)."""

    strategy: str
    """timestamp: `updated_at` moved on. check: one of `check_columns` differs."""
    unique_key: tuple[str, ...]
    updated_at: str = ""
    check_columns: tuple[str, ...] = ()
    """Empty: all of them."""
    hard_deletes: str = "ignore"
    """ignore, invalidate or new_record: what becomes of a row that is gone from the input."""
    valid_to_current: str = ""
    """An SQL expression for the end of what is still valid; empty is NULL."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Other names for dbt's columns, by dbt's name."""


class Snapshot(Table):
    """The history of another table: a row per version of a row."""

    kind = "snapshot"
    text: str
    versioning: Versioning


class DataTest(Named):
    """A query that returns failing rows: `macro` and arguments (declared), or `text`."""

    kind = "test"
    severity: str = "error"
    warn_if: str = "!= 0"
    error_if: str = "!= 0"
    where: str = ""
    limit: int | None = None
    """At most so many failing rows are counted."""
    fail_calc: str = "count(*)"
    stores_failures: bool = False
    text: str = ""
    macro: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def audit(self) -> Relation:
        """Where its failing rows are stored, if they are."""
        return Relation("dbt_test__audit", self.name)


class UnitTest(Named):
    kind = "unit_test"
    model: str
    shape: UnitTestShape


Buildable = Source | Seed | Model | Snapshot | DataTest
