"""The data tests that YAML declares beside models, seeds and sources: `- unique` becomes a node.

Refuses to render them: compile.py does, exactly as it renders a singular test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.config import Block
from runner.errors import AuthorError, Place, did_you_mean
from runner.folders import TEST_KEYS, FolderConfig, as_tags
from runner.nodes import DataTest
from runner.shapes import Explained, Properties, SourceTable
from runner.templates import Templates

RESERVED = frozenset({"name", "config", "arguments", "description", "test_name", "meta"})
BESIDE = TEST_KEYS - {"meta", "description"}
"""Settings that dbt's older notation puts among the arguments."""


@dataclass(frozen=True)
class Subject:
    """What a test is declared on, and the folders of the file that declares it."""

    call: str
    node: str
    column: str
    folders: tuple[str, ...]


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
            for entry, place in zip(tests, tests.places()) if tests else ():
                yield from self._declared(Subject(call, node, column, folders), entry, place)

    def singular(self, root: Path, path: Path, text: str, words: Explained | None) -> Iterator[DataTest]:
        """A query of its own; what YAML says of it counts less than its own `config()`."""
        said = [(words.config, words.place)] if words else []
        inline = self._folders.inline(path, text)
        config = self._folders.test(path.relative_to(root).parent.parts, path.stem, *said, inline)
        if config.get("enabled") is not False:
            yield DataTest(name=path.stem, path=str(path), place=Place(str(path)), text=text, **_settings(config))

    def _declared(self, subject: Subject, entry: Any, place: Place) -> Iterator[DataTest]:
        kind, given = _kind_and_keys(entry, place)
        arguments = dict(given.get("arguments") or {})
        arguments |= {k: v for k, v in given.items() if k not in RESERVED | BESIDE}
        arguments = ({"column_name": subject.column} if subject.column else {}) | arguments
        name = str(given.get("name") or _test_name(kind, subject.node, arguments))
        said = [self._says_of_itself(kind, place)]
        said += [({key: value}, _place(given, key, place)) for key, value in given.items() if key in BESIDE]
        said.append((given.get("config") or {}, place))
        config = self._folders.test(subject.folders, name, *said)
        if config.get("enabled") is not False:
            arguments = {"model": subject.call, **arguments}
            more: dict[str, Any] = {
                "macro": f"test_{kind}",
                "arguments": arguments,
                "where": str(config.get("where") or ""),
            }
            yield DataTest(name=name, path=place.path, place=place, **more, **_settings(config))

    def _says_of_itself(self, kind: str, place: Place) -> tuple[Mapping[str, Any], Place]:
        macro, macros = f"test_{kind}", self._templates.places
        if macro not in macros:
            known = [name.removeprefix("test_") for name in macros if name.startswith("test_")]
            hint = did_you_mean(kind, known, "known tests: " + ", ".join(sorted(known)))
            raise AuthorError(f"unknown data test `{kind}`", place=place, hint=hint)
        if kind not in self._own:
            self._own[kind] = self._templates.says_of_itself(macro), macros[macro]
        return self._own[kind]


def _place(given: Mapping[str, Any], key: str, otherwise: Place) -> Place:
    return given.place(key) if isinstance(given, Block) else otherwise


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """What both kinds of tests may say; dbt's defaults."""
    return {
        "severity": config.get("severity", "error"),
        "warn_if": str(config.get("warn_if") or "<> 0"),
        "error_if": str(config.get("error_if") or "<> 0"),
        "limit": config.get("limit"),
        "fail_calc": str(config.get("fail_calc") or "count(*)"),
        "stores_failures": config.get("store_failures", False),
        "tags": as_tags(config.get("tags")),
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


def _test_name(kind: str, node: str, arguments: Mapping[str, Any]) -> str:
    """dbt's naming: kind, node, then the arguments' words."""
    words = [kind, node.replace(".", "_"), *(_words(each) for each in arguments.values())]
    return "_".join(word for word in words if word)[:120]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "__".join(_words(each) for each in value)
    text = "".join(each if each.isalnum() else "_" for each in str(value))
    return "_".join(part for part in text.split("_") if part)
