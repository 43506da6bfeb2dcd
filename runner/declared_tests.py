"""The data tests that YAML declares beside models, seeds and sources: `- unique` becomes a node.

Refuses to render them: compile.py does, exactly as it renders a singular test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.config import Block, place_of
from runner.errors import AuthorError, Place, did_you_mean
from runner.nodes import DataTest
from runner.shapes import Properties, SourceTable

CONFIG_KEYS = frozenset({"severity", "warn_if", "error_if", "where", "tags", "enabled", "meta"})
RESERVED = frozenset({"name", "config", "arguments", "description", "test_name", "meta"})
LEGACY_CONFIG = CONFIG_KEYS - {"meta"}


def declared_tests(
    call: str, node: str, words: Properties | SourceTable, macros: Mapping[str, Place]
) -> Iterator[DataTest]:
    """The tests of one node; `call` is how a template refers to it, `ref('orders')`."""
    subjects = [(None, words.data_tests), *((each.name, each.data_tests) for each in words.columns)]
    for column, tests in subjects:
        for entry, place in zip(tests, tests.places()) if tests else ():
            test = _declared((call, node, column), entry, place, macros)
            if test is not None:
                yield test


def _declared(
    subject: tuple[str, str, str | None], entry: Any, place: Place, macros: Mapping[str, Place]
) -> DataTest | None:
    call, node, column = subject
    kind, given = _kind_and_keys(entry, place)
    if f"test_{kind}" not in macros:
        known = [name.removeprefix("test_") for name in macros if name.startswith("test_")]
        hint = did_you_mean(kind, known, "known tests: " + ", ".join(sorted(known)))
        raise AuthorError(f"unknown data test `{kind}`", place=place, hint=hint)
    config = _config(given, place)
    arguments = dict(given.get("arguments") or {})
    arguments |= {k: v for k, v in given.items() if k not in RESERVED | LEGACY_CONFIG}
    arguments = ({"column_name": column} if column else {}) | arguments
    name = given.get("name") or test_name(kind, node, arguments)
    tags = config.get("tags") or ()
    if config.get("enabled") is False:
        return None
    return DataTest(
        name=str(name),
        path=place.path,
        place=place,
        severity=severity(config.get("severity", "error"), place_of("severity", place, given.get("config"), given)),
        warn_if=str(config.get("warn_if") or "<> 0"),
        error_if=str(config.get("error_if") or "<> 0"),
        where=str(config.get("where") or ""),
        macro=f"test_{kind}",
        arguments={"model": call, **arguments},
        tags=(tags,) if isinstance(tags, str) else tuple(tags),
        meta=config.get("meta") or {},
    )


def _kind_and_keys(entry: Any, place: Place) -> tuple[str, Mapping[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    if isinstance(entry, Block) and "test_name" in entry:
        return str(entry["test_name"]), entry
    if isinstance(entry, Block) and len(entry) == 1:
        kind, given = next(iter(entry.items()))
        if given is None or isinstance(given, Block):
            return kind, given or {}
    raise AuthorError(
        "a data test is a name, or a name with its arguments below it",
        place=place,
        hint="for example `- unique`, or `- accepted_values:` with `arguments:` indented below",
    )


def _config(given: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    config = {key: given[key] for key in LEGACY_CONFIG if key in given}
    config |= given.get("config") or {}
    for key in config:
        if key not in CONFIG_KEYS:
            hint = did_you_mean(key, CONFIG_KEYS, "known: " + ", ".join(sorted(CONFIG_KEYS)))
            where = place_of(key, place, given.get("config"), given)
            raise AuthorError(f"unknown test setting `{key}`", place=where, hint=hint)
    return config


def severity(value: Any, place: Place) -> str:
    if str(value).lower() not in ("error", "warn"):
        hint = did_you_mean(str(value), ("error", "warn"))
        raise AuthorError(f"severity is error or warn, not `{value}`", place=place, hint=hint)
    return str(value).lower()


def test_name(kind: str, node: str, arguments: Mapping[str, Any]) -> str:
    """dbt's naming: kind, node, then the arguments' words."""
    words = [kind, node.replace(".", "_"), *(_words(each) for each in arguments.values())]
    return "_".join(word for word in words if word)[:120]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "__".join(_words(each) for each in value)
    text = "".join(each if each.isalnum() else "_" for each in str(value))
    return "_".join(part for part in text.split("_") if part)
