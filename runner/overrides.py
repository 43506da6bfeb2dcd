"""What the command line says of vars: --vars as YAML, and --as-of as a date, a time or `today`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from runner.config import read_yaml
from runner.errors import AuthorError, Place


def overrides(vars_text: str | None, as_of: str | None) -> dict[str, Any]:
    """Raises AuthorError for what is neither a mapping nor a date."""
    given = read_yaml("--vars", "{}" if vars_text is None else vars_text)
    if not isinstance(given, dict):
        hint = "write it as YAML: --vars '{store: online_retail, store_path: data}'"
        raise AuthorError("--vars must be keys and values", place=Place("--vars"), hint=hint)
    return given if as_of is None else {**given, "as_of": _moment(as_of)}


def _moment(text: str) -> str:
    if text == "today":
        return datetime.now(UTC).date().isoformat()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        hint = "for example 2026-11-01, or 2026-11-01T06:30, or today"
        raise AuthorError(f"`{text}` is not a date", place=Place("--as-of"), hint=hint) from e
    moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    is_date = not set("T: ") & set(text)
    return moment.date().isoformat() if is_date else moment.isoformat(sep=" ")
