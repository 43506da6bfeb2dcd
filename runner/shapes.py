"""The shapes of our YAML as frozen values: what keys there are, and what they default to.

A field named `place` is filled with where the mapping stands. config.py reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from runner.config import Items
from runner.errors import Place


@dataclass(frozen=True)
class Column:
    name: str
    place: Place
    description: str = ""
    data_type: str | None = None
    data_tests: Items | None = field(default=None, metadata={"alias": "tests"})
    config: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    tags: Any = None
    constraints: Any = None
    quote: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        """`meta`, wherever dbt allows it to stand."""
        return {**self.meta, **(self.config.get("meta") or {})}


@dataclass(frozen=True)
class Properties:
    """What YAML says of a model or a seed."""

    name: str
    place: Place
    description: str = ""
    columns: tuple[Column, ...] = ()
    data_tests: Items | None = field(default=None, metadata={"alias": "tests"})
    config: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    tags: Any = None
    docs: Any = None


@dataclass(frozen=True)
class SourceTable:
    name: str
    place: Place
    identifier: str | None = None
    description: str = ""
    columns: tuple[Column, ...] = ()
    data_tests: Items | None = field(default=None, metadata={"alias": "tests"})
    config: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    tags: Any = None
    loaded_at_field: str | None = None
    freshness: Any = None


@dataclass(frozen=True)
class SourceGroup:
    name: str
    place: Place
    schema: str | None = None
    description: str = ""
    tables: tuple[SourceTable, ...] = ()
    config: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    tags: Any = None
    loader: str = ""
    loaded_at_field: str | None = None
    freshness: Any = None


@dataclass(frozen=True)
class Rows:
    """`given` or `expect` of a unit test: rows as dicts, CSV or SQL, inline or from a fixture."""

    place: Place
    input: str = ""
    rows: Any = None
    format: str = "dict"
    fixture: str | None = None


@dataclass(frozen=True)
class Overrides:
    place: Place
    vars: dict[str, Any] = field(default_factory=dict)
    macros: dict[str, Any] = field(default_factory=dict)
    env_vars: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitTestShape:
    name: str
    place: Place
    model: str
    expect: Rows
    given: tuple[Rows, ...] = ()
    overrides: Overrides | None = None
    description: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    tags: Any = None


@dataclass(frozen=True)
class Exposure:
    name: str
    place: Place
    type: str = ""
    label: str = ""
    description: str = ""
    url: str = ""
    maturity: str = ""
    owner: dict[str, Any] = field(default_factory=dict)
    depends_on: Items | None = None
    config: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    tags: Any = None


@dataclass(frozen=True)
class Described:
    """A macro or a singular test that YAML describes; only the words count."""

    name: str
    place: Place
    description: str = ""
    arguments: Any = None
    config: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    docs: Any = None


@dataclass(frozen=True)
class PropertiesFile:
    place: Place
    version: int = 2
    models: tuple[Properties, ...] = ()
    seeds: tuple[Properties, ...] = ()
    sources: tuple[SourceGroup, ...] = ()
    unit_tests: tuple[UnitTestShape, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    macros: tuple[Described, ...] = ()
    data_tests: tuple[Described, ...] = ()


@dataclass(frozen=True)
class WarehouseConfig:
    place: Place | None = None
    path: str = "target/warehouse.duckdb"
    threads: int | None = None
    memory_limit: str | None = None
    temp_directory: str | None = None


@dataclass(frozen=True)
class ServeConfig:
    place: Place
    path: str = "target/serve"
    storage_version: str = "v1.4.0"
    keep: int = 3
    min_age_hours: float = 24
    include: tuple[str, ...] = ("marts", "segments")
    summary: str = ""
    """The model whose rows are printed after a build."""


@dataclass(frozen=True)
class ProjectFile:
    name: str
    place: Place
    version: Any = None
    config_version: int = 2
    profile: str = ""
    vars: dict[str, Any] = field(default_factory=dict)
    model_paths: tuple[str, ...] = ("models",)
    seed_paths: tuple[str, ...] = ("seeds",)
    macro_paths: tuple[str, ...] = ("macros",)
    test_paths: tuple[str, ...] = ("tests",)
    models: dict[str, Any] = field(default_factory=dict)
    seeds: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    data_tests: dict[str, Any] = field(default_factory=dict, metadata={"alias": "tests"})
    warehouse: WarehouseConfig = field(default_factory=WarehouseConfig)
    serve: ServeConfig | None = None
