"""What a project is made of: Source, Seed, Model, DataTest, UnitTest. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.errors import Place
from runner.relation import Relation
from runner.shapes import Column, UnitTestShape


@dataclass(frozen=True)
class Source:
    """One raw table, as declared; `location` is where its files lie, if it has any."""

    name: str
    """group.table, as `source()` names it."""
    path: str
    place: Place
    relation: Relation
    location: str | None
    is_required: bool
    columns: tuple[Column, ...]
    description: str = ""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "source"


@dataclass(frozen=True)
class Seed:
    name: str
    path: str
    place: Place
    relation: Relation
    column_types: Mapping[str, str]
    delimiter: str = ","
    columns: tuple[Column, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "seed"


@dataclass(frozen=True)
class Model:
    name: str
    path: str
    place: Place
    text: str
    relation: Relation
    materialized: str
    config: Mapping[str, Any]
    columns: tuple[Column, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "model"


@dataclass(frozen=True)
class DataTest:
    """A query that returns failing rows: `macro` and arguments (declared), or `text`."""

    name: str
    path: str
    place: Place
    severity: str = "error"
    where: str = ""
    text: str = ""
    macro: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    kind: str = "test"


@dataclass(frozen=True)
class UnitTest:
    name: str
    path: str
    place: Place
    model: str
    shape: UnitTestShape
    tags: tuple[str, ...] = ()
    kind: str = "unit_test"


Buildable = Source | Seed | Model | DataTest
Node = Buildable | UnitTest
