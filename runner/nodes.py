"""What a project is made of: Source, Seed, Model, DataTest, UnitTest. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from runner.errors import Place
from runner.relation import Relation
from runner.shapes import Column, Freshness, UnitTestShape


@dataclass(frozen=True, kw_only=True)
class Named:
    """Anything that can be selected."""

    kind: ClassVar[str]
    name: str
    path: str
    place: Place
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table(Named):
    """Anything that has an address."""

    relation: Relation
    columns: tuple[Column, ...] = ()
    """What YAML says of them; not all of them, and no types unless promised."""
    description: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Source(Table):
    """One raw table; its name is group.table. `location` is where its files lie, if it has any."""

    kind = "source"
    location: str | None
    is_required: bool
    loaded_at: str = ""
    """The column, or an expression, that says when a row was loaded."""
    freshness: Freshness | None = None


@dataclass(frozen=True, kw_only=True)
class Seed(Table):
    kind = "seed"
    column_types: Mapping[str, str]
    delimiter: str = ","


@dataclass(frozen=True, kw_only=True)
class Model(Table):
    kind = "model"
    text: str
    materialized: str
    config: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DataTest(Named):
    """A query that returns failing rows: `macro` and arguments (declared), or `text`."""

    kind = "test"
    severity: str = "error"
    warn_if: str = "<> 0"
    error_if: str = "<> 0"
    where: str = ""
    limit: int | None = None
    """At most so many failing rows are counted."""
    fail_calc: str = "count(*)"
    stores_failures: bool = False
    text: str = ""
    macro: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class UnitTest(Named):
    kind = "unit_test"
    model: str
    shape: UnitTestShape


Buildable = Source | Seed | Model | DataTest
