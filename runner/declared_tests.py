"""The data tests that YAML declares beside models, seeds and sources: `- unique` becomes a node.

Refuses to render them: compile.py does, exactly as it renders a singular test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.config import Block
from runner.errors import AuthorError, Place, did_you_mean
from runner.folders import FolderConfig, keys, said
from runner.nodes import DataTest
from runner.shapes import Explained, Properties, SourceTable, as_tags
from runner.templates import Templates

RESERVED = frozenset({"name", "config", "arguments", "description", "test_name", "meta"})
BESIDE = keys("data_tests") - {"meta", "description"}
"""Settings that dbt's older notation puts among the arguments."""


class DeclaredTests:
    """Makes the tests of one project: those declared in YAML, and the singular ones."""

    def __init__(self, templates: Templates, folders: FolderConfig) -> None:
        self._templates, self._folders = templates, folders
        self._own: dict[str, tuple[Mapping[str, Any], Place]] = {}
        """By kind: what the generic test says of itself, and where."""

    def of(self, call: str, node: str, words: Properties | SourceTable) -> Iterator[DataTest]:
        """The tests of one node; `call` is how a template refers to it, `ref('orders')`."""
        folders = Path(words.place.path).parent.parts[1:]
        subjects = [("", words.data_tests), *((each.name, each.data_tests) for each in words.columns)]
        for column, tests in subjects:
            about: dict[str, Any] = {"column_name": column} if column else {}
            for entry, place in zip(tests, tests.places()) if tests else ():
                kind, given = _kind_and_keys(entry, place)
                more = {key: value for key, value in given.items() if key not in RESERVED | BESIDE}
                arguments = about | (given.get("arguments") or {}) | more
                name = str(given.get("name") or test_name(kind, node, arguments))
                config = self._config(kind, given, [*folders, name], place)
                if config.get("enabled") is not False:
                    yield DataTest(
                        name=name, path=place.path, place=place, macro=f"test_{kind}",
                        arguments={"model": call, **arguments}, **_settings(config),
                    )  # fmt: skip

    def singular(self, root: Path, path: Path, text: str, words: Explained | None) -> Iterator[DataTest]:
        """A query of its own; what YAML says of it counts less than its own `config()`."""
        steps = [*path.relative_to(root).parent.parts, path.stem]
        config = self._folders.of("data_tests", steps, Place(str(path)), *said(words), self._folders.inline(path, text))
        if config.get("enabled") is not False:
            yield DataTest(name=path.stem, path=str(path), place=Place(str(path)), text=text, **_settings(config))

    def _config(self, kind: str, given: Mapping[str, Any], steps: list[str], place: Place) -> Mapping[str, Any]:
        """What the folders say, the test of itself, dbt's older notation beside the arguments, and `config:`."""
        places = given.place if isinstance(given, Block) else lambda key: place
        beside = [({key: value}, places(key)) for key, value in given.items() if key in BESIDE]
        layers = (self._says_of_itself(kind, place), *beside, (given.get("config") or {}, place))
        return self._folders.of("data_tests", steps, place, *layers)

    def _says_of_itself(self, kind: str, place: Place) -> tuple[Mapping[str, Any], Place]:
        macro, macros = f"test_{kind}", self._templates.places
        if macro not in macros:
            known = [name.removeprefix("test_") for name in macros if name.startswith("test_")]
            hint = did_you_mean(kind, known, "known tests: " + ", ".join(sorted(known)))
            raise AuthorError(f"unknown data test `{kind}`", place=place, hint=hint)
        if kind not in self._own:
            self._own[kind] = self._templates.says_of_itself(macro), macros[macro]
        return self._own[kind]


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """What both kinds of tests may say; dbt's defaults."""
    return {
        "severity": config.get("severity", "error"),
        "where": str(config.get("where") or ""),
        "warn_if": str(config.get("warn_if") or "<> 0"),
        "error_if": str(config.get("error_if") or "<> 0"),
        "limit": config.get("limit"),
        "fail_calc": str(config.get("fail_calc") or "count(*)"),
        "stores_failures": config.get("store_failures", False),
        "tags": as_tags(config.get("tags")),
        "meta": config.get("meta") or {},
    }


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


def test_name(kind: str, node: str, arguments: Mapping[str, Any]) -> str:
    """dbt's naming: kind, node, then the arguments' words."""
    words = [kind, node.replace(".", "_"), *(_words(each) for each in arguments.values())]
    return "_".join(word for word in words if word)[:120]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "__".join(_words(each) for each in value)
    text = "".join(each if each.isalnum() else "_" for each in str(value))
    return "_".join(part for part in text.split("_") if part)
