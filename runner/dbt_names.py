"""dbt's own names in a template that need no database: `dbt.dateadd`, `adapter.dispatch`, `tojson`, `log`.

What would need one is refused by name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from runner.errors import AuthorError, Mistake

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
