"""What a template may ask for, what it may not, and what it asked. No Jinja here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

from runner.errors import AuthorError, Mistake, did_you_mean
from runner.relation import Relation, quoted


class Resolver(Protocol):
    """Who knows the address of a table."""

    def address(self, name: str) -> str: ...
    def source_address(self, group: str, table: str) -> str: ...


BATCH_START, BATCH_END = "getvariable('batch_start')", "getvariable('batch_end')"
"""Variables of the connection: one text serves all batches, and the engine still prunes by them."""


@dataclass(frozen=True)
class Scope:
    """What a template may ask for. Without a resolver, outside a model, a ref is just its name."""

    vars: Mapping[str, Any]
    env: Mapping[str, str]
    this: Relation | None = None
    is_incremental: bool = False
    resolver: Resolver | None = None
    project: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What a unit test wants macros to return instead."""
    event_times: Mapping[str, str] = field(default_factory=dict)
    """By table: the column that tells its batches apart. Of such a table only the rows of one batch are read."""

    def ref(self, name: str) -> str:
        return self._batch(name, self.resolver.address(name)) if self.resolver else name

    def source(self, group: str, table: str) -> str:
        if self.resolver is None:
            return table
        return self._batch(f"{group}.{table}", self.resolver.source_address(group, table))

    def _batch(self, name: str, address: str) -> str:
        if name not in self.event_times:
            return address
        column = quoted(self.event_times[name])
        return f"(select * from {address} where {column} >= {BATCH_START} and {column} < {BATCH_END})"


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
        return str(getattr(self._ask() or Relation("", ""), "name" if name in ("identifier", "table") else name))


TARGET = {"name": "prod", "schema": "main", "type": "duckdb"}
"""dbt's `target`; there is one."""


class Returned(Exception):  # noqa: N818
    """A value on its way, its only argument."""


class Asking:
    """The names that every template may use. `scope` answers for the render that goes on, `reading` notes it."""

    def __init__(self) -> None:
        self.scope = Scope({}, {})
        self.reading = Reading()
        self.env_read: set[str] = set()
        """Names of environment variables that anything rendered asked for."""

    def names(self) -> dict[str, Any]:
        return {
            **{name: getattr(self, f"_{name}") for name in ("ref", "source", "var", "env_var", "config")},
            "is_incremental": lambda: self.scope.is_incremental,
            "return": _return,
            "this": This(lambda: self.scope.this),
            "target": TARGET,
            "exceptions": {"raise_compiler_error": _raise},
        }

    def _ref(self, name: Any, *more: Any, **options: Any) -> str:
        if options:
            raise Mistake("`ref` with a version is not supported: model versions", "ref", "rename the model")
        if len(more) > 1 or (more and name != self.scope.project):
            hint = f"write ref('{more[0]}')" if len(more) == 1 else "name the model"
            raise Mistake(f"`ref` into the project `{name}` is not supported: packages", str(name), hint)
        name = str(more[0] if more else name)
        self.reading.refs.append(name)
        return self.scope.ref(name)

    def _source(self, group: Any, table: Any) -> str:
        self.reading.sources.append(f"{group}.{table}")
        return self.scope.source(str(group), str(table))

    def _var(self, name: str, *default: Any) -> Any:
        self.reading.vars.add(name)
        known = self.scope.vars
        if name not in known and not default:
            hint = did_you_mean(name, known, "declare it under `vars:` in project.yml")
            raise Mistake(f"the var `{name}` is not defined", name, hint)
        value = known[name] if name in known else default[0]
        return deepcopy(value) if isinstance(value, (list, dict)) else value

    def _env_var(self, name: str, default: str | None = None) -> str:
        self.env_read.add(name)
        value = self.scope.env.get(name, default)
        if value is None:
            hint = f"export {name}=…, or give env_var a default"
            raise Mistake(f"the environment variable {name} is not set", name, hint)
        return value

    def _config(self, *blocks: Mapping[str, Any], **keys: Any) -> str:
        for block in (*blocks, keys):
            self.reading.config.update(deepcopy(block))
        return ""


def _return(value: Any = None) -> None:
    raise Returned(value)


def _raise(message: str) -> None:
    raise Mistake(message, "raise_compiler_error")


FILTERS = dict.fromkeys(("as_bool", "as_native", "as_number", "as_text"), lambda value: value)
"""They matter where a template makes no text."""
Refusal = Callable[[str, str], AuthorError | None]


class Names:
    """`dbt.<macro>` or `adapter.<method>`: what is `known` of them; anything else is refused."""

    def __init__(self, owner: str, known: Mapping[str, Any], refusal: Refusal) -> None:
        self._owner, self._known, self._refusal = owner, known, refusal

    def __getattr__(self, name: str) -> Any:
        if name in self._known:
            return self._known[name]
        refused = self._refusal("template_names", name) or self._refusal("template_names", self._owner)
        message = f"`{self._owner}.{name}` is not supported: {str(refused).partition(': ')[2]}"
        raise Mistake(message, name, "docs/dbt.md lists what of dbt is supported")


def dispatch(macros: Mapping[str, Any], macro_name: str, macro_namespace: str | None = None) -> Any:
    """One engine: the project's macro for it, or for any."""
    names = [f"duckdb__{macro_name}", f"default__{macro_name}"]
    for name in names:
        if name in macros:
            return macros[name]
    raise Mistake(f"no macro `{names[0]}` or `{names[1]}` to dispatch to", "dispatch", "define one of them")


def or_default(action: Callable[..., Any], *faults: type[Exception]) -> Callable[..., Any]:
    """dbt's way: what does not convert is the default."""

    def convert(value: Any, default: Any = None, **options: Any) -> Any:
        try:
            return action(value, **options)
        except faults:
            return default

    return convert


def _zip(*values: Any, default: Any = None) -> Any:
    try:
        return list(zip(*values))
    except TypeError:
        return default


def _silent(*_: Any, **__: Any) -> str:
    """Rendering is pure, and happens more than once."""
    return ""


PURE: dict[str, Any] = {
    "execute": True,
    "fromjson": or_default(json.loads, ValueError),
    "local_md5": lambda value: hashlib.md5(value.encode(), usedforsecurity=False).hexdigest(),
    "log": _silent,
    "print": _silent,
    "set": or_default(set, TypeError),
    "set_strict": set,
    "tojson": or_default(json.dumps, ValueError),
    "zip": _zip,
    "zip_strict": lambda *values: list(zip(*values)),
}
