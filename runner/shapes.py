"""The shapes of our YAML as frozen values: what keys there are, and what they default to.

config.py reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, ClassVar, dataclass_transform

from runner.config import Block, Items, stored
from runner.errors import Place

Values = dict[str, Any]


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Value:
    """Whoever inherits is a frozen dataclass, made with keywords."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True)(cls)


class Shape(Value):
    """`block` is the mapping that was read; it knows where each key stands."""

    block: Block = field(default_factory=lambda: Block("project.yml", [], (1, 1)), repr=False)

    @property
    def place(self) -> Place:
        return self.block.place()

    def at(self, key: str) -> Place:
        return self.block.place(key)


class Described(Shape):
    """What dbt lets us say of anything that has a name."""

    name: str
    description: str = ""
    config: Values = field(default_factory=dict)
    meta: Values = field(default_factory=dict)
    tags: Any = None
    docs: Any = None

    @property
    def facts(self) -> Values:
        """`meta`, wherever dbt allows it to stand."""
        return {**self.meta, **(self.config.get("meta") or {})}

    @property
    def labels(self) -> tuple[str, ...]:
        """`tags`, wherever dbt allows them to stand."""
        return as_tags(self.tags) + as_tags(self.config.get("tags"))


class Tested(Described):
    data_tests: Items | None = field(default=None, metadata={"alias": "tests"})


class Constraint(Shape):
    ignored: ClassVar = frozenset({"name", "expression", "warn_unenforced", "warn_unsupported"})
    type: str


class Column(Tested):
    data_type: str | None = None
    constraints: tuple[Constraint, ...] = ()
    quote: bool = False


class Properties(Tested):
    """What YAML says of a model or a seed."""

    columns: tuple[Column, ...] = ()


PERIODS = {"minute": 60, "hour": 3_600, "day": 86_400}
"""In seconds; dbt knows no others."""


class Age(Shape):
    count: int | None = None
    period: str = ""

    @property
    def seconds(self) -> int:
        return (self.count or 0) * PERIODS[self.period]

    def __str__(self) -> str:
        return f"{self.count} {self.period}{'' if self.count == 1 else 's'}"


class Freshness(Shape):
    """From what age on a source is too old; `filter` says which rows count."""

    warn_after: Age | None = None
    error_after: Age | None = None
    filter: str = ""


class FollowsShape(Shape):
    """`meta: {follows: …}` of a model: its key, and what names the keys of it that something changed for."""

    key: str
    inputs: Values
    moments: Values = field(default_factory=dict)
    unsettled: str = ""


class SnapshotShape(Properties):
    """`relation` is what is watched: ref('…') or source('…', '…')."""

    relation: str = ""


class SourceTable(Properties):
    identifier: str | None = None
    loaded_at_field: str | None = None
    freshness: Any = None


class SourceGroup(Described):
    schema: str | None = None
    tables: tuple[SourceTable, ...] = ()
    loader: str = ""
    loaded_at_field: str | None = None
    freshness: Any = None


class Rows(Shape):
    """`given` or `expect` of a unit test: rows as dicts, CSV or SQL, inline or from a fixture."""

    input: str = ""
    rows: Any = None
    format: str = "dict"
    fixture: str | None = None


class Overrides(Shape):
    vars: Values = field(default_factory=dict)
    macros: Values = field(default_factory=dict)
    env_vars: Values = field(default_factory=dict)


class UnitTestShape(Described):
    model: str
    expect: Rows
    given: tuple[Rows, ...] = ()
    overrides: Overrides = field(default_factory=Overrides)


class Exposure(Described):
    type: str = ""
    label: str = ""
    url: str = ""
    maturity: str = ""
    owner: Values = field(default_factory=dict)
    depends_on: Items | None = None


class Explained(Described):
    """A macro or a singular test that YAML describes; only the words count."""

    arguments: Any = None


class PropertiesFile(Shape):
    version: int = 2
    models: tuple[Properties, ...] = ()
    seeds: tuple[Properties, ...] = ()
    snapshots: tuple[SnapshotShape, ...] = ()
    sources: tuple[SourceGroup, ...] = ()
    unit_tests: tuple[UnitTestShape, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    macros: tuple[Explained, ...] = ()
    data_tests: tuple[Explained, ...] = ()


class WarehouseConfig(Shape):
    path: str = "target/warehouse.duckdb"
    threads: int | None = None
    memory_limit: str | None = None
    temp_directory: str | None = None
    max_temp_directory_size: str | None = None


class ServeConfig(Shape):
    path: str = "target/serve"
    storage_version: str = "v1.4.0"
    keep: int = 3
    min_age_hours: float = 24
    include: tuple[str, ...] = ("marts", "segments")
    audiences: tuple[str, ...] = ()
    """Names or patterns of models whose rows are people to write to: their sizes are guarded."""
    summary: str = ""
    """The model whose rows are printed after a build."""


class ProjectFile(Shape):
    name: str
    ignored: ClassVar = frozenset(stored("settings.yml")["ignored"].split())
    """Keys of dbt_project.yml that change nothing here."""
    version: Any = None
    vars: Values = field(default_factory=dict)
    model_paths: tuple[str, ...] = ("models",)
    seed_paths: tuple[str, ...] = ("seeds",)
    macro_paths: tuple[str, ...] = ("macros",)
    test_paths: tuple[str, ...] = ("tests",)
    snapshot_paths: tuple[str, ...] = ("snapshots",)
    docs_paths: tuple[str, ...] = ()
    models: Values = field(default_factory=dict)
    seeds: Values = field(default_factory=dict)
    snapshots: Values = field(default_factory=dict)
    sources: Values = field(default_factory=dict)
    data_tests: Values = field(default_factory=dict, metadata={"alias": "tests"})
    warehouse: WarehouseConfig = field(default_factory=WarehouseConfig)
    serve: ServeConfig | None = None

    @property
    def folders(self) -> tuple[str, ...]:
        return (*self.model_paths, *self.seed_paths, *self.snapshot_paths, *self.test_paths, *self.macro_paths)

    def below(self, path: str) -> tuple[str, ...]:
        """A path by its parts, without the folder that project.yml names."""
        root = next((root for root in self.folders if path.startswith(f"{root}/")), "")
        return PurePath(path).relative_to(root).parts


def as_tags(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value or ())
