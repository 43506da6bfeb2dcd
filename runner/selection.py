"""What a selection means: `+seg_at_risk`, `tag:nightly`, `2+orders,path:models/marts` → names.

dbt's grammar: a space unites, a comma intersects, `@` adds all parents of all children.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePath
from typing import Any

from runner.compile import Manifest
from runner.config import refusal
from runner.errors import AuthorError, did_you_mean, refuse_unknown
from runner.nodes import DataTest, Named, Source, Table

METHODS = ("tag", "path", "source", "state", "file", "fqn", "resource_type", "config", "test_type", "test_name")
UNIT_TESTS = "test_type:unit"
CRITERION = re.compile(r"(@?)(?:(\d*)\+)?(.*?)(?:\+(\d*))?")
"""`@`, generations above, what is meant, generations below; no number means all of them."""
Words = Iterable[str]
Marked = Mapping[str, frozenset[str]]
"""What `state:modified` and `state:new` mean, where somebody compared."""


def select(manifest: Manifest, words: Words, excluded: Words = (), marked: Marked | None = None) -> frozenset[str]:
    """Names in the graph, with the tests that touch a selected table. No words mean all."""
    selection = _Selection(manifest, marked or {})
    given, refused = ([word for each in said for word in each.split()] for said in (words, excluded))
    chosen = selection.union(given) if given else set(manifest.compiled)
    return frozenset(chosen - selection.union(refused))


def unit_test_words(words: Words, *, asked: bool) -> tuple[str, ...] | None:
    """Which unit tests are meant, if they are: because they are asked for, or each word says `test_type:unit`."""
    given = [word.split(",") for each in words for word in each.split()]
    if not asked and (not given or any(UNIT_TESTS not in parts for parts in given)):
        return None
    return tuple(",".join(part for part in parts if part != UNIT_TESTS) for parts in given if parts != [UNIT_TESTS])


@dataclass(frozen=True)
class _Selection:
    manifest: Manifest
    marked: Marked

    def union(self, words: list[str]) -> set[str]:
        parts = [[self._with_tests(self._chosen(part, word)) for part in word.split(",")] for word in words]
        return {name for each in parts for name in set.intersection(*each)}

    def _with_tests(self, names: set[str]) -> set[str]:
        below = {child for name in names for child in self.manifest.graph.children[name]}
        return names | (below - self.manifest.tables.keys())

    def _chosen(self, part: str, word: str) -> set[str]:
        """What matches, with as many generations above and below as the signs around it say."""
        matched = CRITERION.fullmatch(part)
        assert matched is not None  # anything matches
        at, up, text, down = matched.groups()
        graph, found = self.manifest.graph, self._matched(text, word)
        chosen = set(found)
        if at:
            chosen |= graph.descendants(*found)
            chosen |= graph.ancestors(*chosen)
        if up is not None:
            chosen |= graph.ancestors(*found, depth=int(up) if up else None)
        if down is not None:
            chosen |= graph.descendants(*found, depth=int(down) if down else None)
        return chosen

    def _matched(self, text: str, word: str) -> set[str]:
        method, colon, value = text.partition(":")
        if not colon:
            method, value = _default_method(text), text
        if text == UNIT_TESTS:
            raise AuthorError(f"`{word}` also selects what is no unit test", hint="unit tests: coterie test --unit")
        if refusal("selection_methods", method):
            hint = "known: " + ", ".join(f"{method}:" for method in METHODS)
            raise AuthorError(f"`{method}:` is not supported in a selection", hint=hint)
        kind, _, key = method.partition(".")
        if kind != "name":
            refuse_unknown(kind, METHODS, f"unknown selection method `{method}:`")
        if kind == "state":  # nothing modified is an answer
            return self._in_state(value)
        found = {name for name, each in self.manifest.compiled.items() if self._is_match(each.node, kind, key, value)}
        if not found:
            hint = did_you_mean(value, self._known(), "`coterie ls` shows all names")
            raise AuthorError(f"the selection `{word}` matches nothing", hint=hint)
        return found

    def _in_state(self, value: str) -> set[str]:
        refuse_unknown(value, ("modified", "new"), f"unknown state `{value}`", None, "known: state:modified, state:new")
        if value not in self.marked:
            raise AuthorError("`state:` needs something to compare with", hint="name a target folder: --state DIR")
        return set(self.marked[value])

    def _known(self) -> Iterator[str]:
        """What may be selected by a word."""
        project = self.manifest.project
        yield from project.unit_tests
        yield from (source.partition(".")[0] for source in project.sources)
        for name, compiled in self.manifest.compiled.items():
            yield from (name, *compiled.node.tags, *map(str, PurePath(compiled.node.path).parents))

    def _is_match(self, node: Named, kind: str, key: str, value: str) -> bool:
        path = PurePath(node.path)
        if kind in ("name", "fqn"):
            is_named = fnmatch(node.name, value) if kind == "name" else node.name == value
            return not isinstance(node, Source) and (is_named or self._is_below(node, value))
        if kind == "path":
            return path.is_relative_to(value) or path.match(value)
        if kind == "config":
            return _says(node, key, value)
        told: dict[str, Words] = {"tag": node.tags, "file": (path.name, path.stem), "resource_type": (node.kind,)}
        if isinstance(node, Source):
            told["source"] = (node.name, node.name.split(".")[0])
        if isinstance(node, DataTest):
            told["test_name"] = (node.macro.removeprefix("test_"),)
            told["test_type"] = ("data", "generic" if node.macro else "singular")
        return any(fnmatch(each, value) for each in told.get(kind, ()))

    def _is_below(self, node: Named, value: str) -> bool:
        """A dotted name is the start of the whole name as dbt counts it: the project (or not), folders, name."""
        file, wanted = self.manifest.project.file, value.split(".")
        fqn = [file.name, *file.below(node.path)[:-1], node.name]
        return any(len(wanted) <= len(words) and all(map(fnmatch, words, wanted)) for words in (fqn, fqn[1:]))


def _default_method(text: str) -> str:
    if "/" in text:
        return "path"
    return "file" if text.lower().endswith((".sql", ".csv")) else "name"


def _says(node: Named, key: str, value: str) -> bool:
    """Does the configuration say so? `config.meta.owner:sales` looks into a mapping."""
    said: Any = {"materialized": node.kind, **vars(node), **(node.config if isinstance(node, Table) else {})}
    for word in key.split("."):
        said = said.get(word) if isinstance(said, Mapping) else None
    listed = said if isinstance(said, (list, tuple)) else [said]
    return any(str(each).lower() == value.lower() for each in listed if each is not None)
