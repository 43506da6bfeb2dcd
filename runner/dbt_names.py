"""dbt's own names in a template that need no database: `dbt.dateadd`, `adapter.dispatch`, `tojson`, `log`.

What would need one is refused by name.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from runner.errors import AuthorError, Mistake
from runner.relation import quoted

MACRO_NAME = re.compile(r"{% macro (\w+)")
FILTERS = dict.fromkeys(("as_bool", "as_native", "as_number", "as_text"), lambda value: value)
"""They matter where a template makes no text."""
Refusal = Callable[[str, str], AuthorError | None]


class Waiting:
    """Macros of a file that is parsed when the first of them is called: few projects do."""

    def __init__(self, text: str, load: Callable[[], Mapping[str, Any]]) -> None:
        self._load, self._macros = load, cast(Mapping[str, Any], {})
        self.calls = {name: partial(self._call, name) for name in MACRO_NAME.findall(text)}

    def _call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        self._macros = self._macros or self._load()
        return self._macros[name](*arguments, **keywords)


class CrossDatabase:
    """`dbt.<macro>`: the macros that come with the runner."""

    def __init__(self, macros: Mapping[str, Any], refusal: Refusal) -> None:
        self._macros, self._refusal = macros, refusal

    def __getattr__(self, name: str) -> Any:
        if name not in self._macros:
            raise _not_supported("dbt", name, self._refusal)
        return self._macros[name]


class Adapter:
    """One engine: `dispatch` finds the project's macro for it, or for any."""

    def __init__(self, macros: Mapping[str, Any], refusal: Refusal) -> None:
        self._macros, self._refusal = macros, refusal

    def dispatch(self, macro_name: str, macro_namespace: str | None = None) -> Any:
        names = [f"duckdb__{macro_name}", f"default__{macro_name}"]
        for name in names:
            if name in self._macros:
                return self._macros[name]
        raise Mistake(f"no macro `{names[0]}` or `{names[1]}` to dispatch to", "dispatch", "define one of them")

    @staticmethod
    def quote(identifier: str) -> str:
        return quoted(identifier)

    def __getattr__(self, name: str) -> Any:
        raise _not_supported("adapter", name, self._refusal)


def _not_supported(owner: str, name: str, refusal: Refusal) -> Mistake:
    known = refusal("template_names", name) or refusal("template_names", owner)
    feature = str(known).partition(": ")[2]
    return Mistake(f"`{owner}.{name}` is not supported: {feature}", name, "docs/dbt.md lists what of dbt is supported")


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
