"""What a template may ask for, what it may not, and what it asked. No Jinja here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from runner.errors import Mistake
from runner.relation import Relation


class Scope(Protocol):
    """What a template may ask for while it is rendered."""

    @property
    def vars(self) -> Mapping[str, Any]: ...
    @property
    def env(self) -> Mapping[str, str]: ...
    @property
    def this(self) -> Relation | None: ...
    @property
    def is_incremental(self) -> bool: ...
    @property
    def project(self) -> str: ...

    def ref(self, name: str) -> str: ...
    def source(self, group: str, table: str) -> str: ...


@dataclass
class Reading:
    """What one render asked for."""

    refs: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    vars: set[str] = field(default_factory=set)
    macros: set[str] = field(default_factory=set)
    config: dict[str, Any] = field(default_factory=dict)

    def add(self, other: Reading) -> None:
        self.refs += other.refs
        self.sources += other.sources
        self.vars |= other.vars
        self.macros |= other.macros


@dataclass(frozen=True)
class Rendered:
    sql: str
    reading: Reading


class This:
    """The address of what is rendered, looked up when it is used."""

    def __init__(self, ask: Callable[[], Relation | None]) -> None:
        self._ask = ask

    def __str__(self) -> str:
        return str(self._ask() or "")

    def __getattr__(self, name: str) -> str:
        word = "name" if name in ("identifier", "table") else name
        return str(getattr(self._ask() or Relation("", ""), word))


TARGET = {"name": "prod", "schema": "main", "type": "duckdb"}
"""dbt's `target`; there is one."""


class Exceptions:
    @staticmethod
    def raise_compiler_error(message: str) -> None:
        raise Mistake(message, "raise_compiler_error")


class Returned(Exception):  # noqa: N818 - a value on its way
    def __init__(self, value: Any) -> None:
        self.value = value


def return_(value: Any = None) -> None:
    raise Returned(value)
