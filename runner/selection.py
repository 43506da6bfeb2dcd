"""What a selection means: `+seg_at_risk`, `tag:nightly`, `2+orders,path:models/marts` → names.

dbt's grammar: a space unites, a comma intersects, `@` adds all parents of all children.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
Marked = Mapping[str, frozenset[str]]
"""What `state:modified` and `state:new` mean, where somebody compared."""


@dataclass(frozen=True)
class Criterion:
    """One word of a selection, taken apart."""

    method: str
    value: str
    ancestors: int | None
    """How many generations upwards; None for all."""
    descendants: int | None
    with_parents_of_children: bool


def select(
    manifest: Manifest, words: Iterable[str], excluded: Iterable[str] = (), marked: Marked | None = None
) -> frozenset[str]:
    """Names in the graph, with the tests that touch a selected table. No words mean all."""
    given = [word for each in words for word in each.split()]
    chosen = _union(manifest, given, marked or {}) if given else set(manifest.compiled)
    refused = [word for each in excluded for word in each.split()]
    if refused:
        chosen -= _union(manifest, refused, marked or {})
    return frozenset(chosen)


def unit_test_words(words: Iterable[str], *, asked: bool) -> tuple[str, ...] | None:
    """Which unit tests are meant, if they are: because they are asked for, or each word says `test_type:unit`."""
    given = [word.split(",") for each in words for word in each.split()]
    if not asked and (not given or any(UNIT_TESTS not in parts for parts in given)):
        return None
    return tuple(",".join(part for part in parts if part != UNIT_TESTS) for parts in given if parts != [UNIT_TESTS])


def _union(manifest: Manifest, words: list[str], marked: Marked) -> set[str]:
    chosen: set[str] = set()
    for word in words:
        found = [_matched(manifest, _criterion(part), word, marked) for part in word.split(",")]
        parts = [_with_tests(manifest, each) for each in found]
        chosen |= set.intersection(*parts)
    return chosen


def _with_tests(manifest: Manifest, names: set[str]) -> set[str]:
    below = {child for name in names for child in manifest.graph.children[name]}
    return names | {name for name in below if name not in manifest.tables}


def _criterion(part: str) -> Criterion:
    text, with_parents = part.removeprefix("@"), part.startswith("@")
    before, plus, rest = text.partition("+")
    ancestors: int | None = 0
    if plus and (before == "" or before.isdigit()):
        ancestors, text = (int(before) if before else None), rest
    descendants: int | None = 0
    body, plus, after = text.rpartition("+")
    if plus and (after == "" or after.isdigit()):
        descendants, text = (int(after) if after else None), body
    method, colon, value = text.partition(":")
    if not colon:
        method, value = _default_method(text), text
    return Criterion(method, value, ancestors, descendants, with_parents)


def _default_method(text: str) -> str:
    if "/" in text:
        return "path"
    return "file" if text.lower().endswith((".sql", ".csv")) else "name"


def _matched(manifest: Manifest, criterion: Criterion, word: str, marked: Marked) -> set[str]:
    if f"{criterion.method}:{criterion.value}" == UNIT_TESTS:
        raise AuthorError(f"`{word}` also selects what is no unit test", hint="unit tests: coterie test --unit")
    if criterion.method.partition(".")[0] not in (*METHODS, "name"):
        if refusal("selection_methods", criterion.method):
            hint = "known: " + ", ".join(f"{method}:" for method in METHODS)
            raise AuthorError(f"`{criterion.method}:` is not supported in a selection", hint=hint)
        refuse_unknown(criterion.method, METHODS, f"unknown selection method `{criterion.method}:`")
    if criterion.method == "state":
        found = _in_state(criterion, marked)
    else:
        found = {name for name in manifest.compiled if _is_match(manifest, name, criterion)}
    if not found and criterion.method != "state":  # nothing modified is an answer
        known = {tag for each in manifest.compiled.values() for tag in each.node.tags}
        known |= {*manifest.compiled, *manifest.project.unit_tests}
        paths = [PurePath(each.node.path) for each in manifest.compiled.values()]
        known |= {str(folder) for path in paths for folder in path.parents}
        known |= {source.partition(".")[0] for source in manifest.project.sources}
        hint = did_you_mean(criterion.value, known, "`coterie ls` shows all names")
        raise AuthorError(f"the selection `{word}` matches nothing", hint=hint)
    graph = manifest.graph
    chosen = set(found)
    if criterion.with_parents_of_children:
        chosen |= {below for name in found for below in graph.descendants(name)}
        chosen |= {above for name in set(chosen) for above in graph.ancestors(name)}
    for name in found:
        if criterion.ancestors != 0:
            chosen |= graph.ancestors(name, criterion.ancestors)
        if criterion.descendants != 0:
            chosen |= graph.descendants(name, criterion.descendants)
    return chosen


def _in_state(criterion: Criterion, marked: Marked) -> set[str]:
    known = ("modified", "new")
    if criterion.value not in known:
        hint = did_you_mean(criterion.value, known, "known: state:modified, state:new")
        raise AuthorError(f"unknown state `{criterion.value}`", hint=hint)
    if criterion.value not in marked:
        raise AuthorError("`state:` needs something to compare with", hint="name a target folder: --state DIR")
    return set(marked[criterion.value])


def _is_match(manifest: Manifest, name: str, criterion: Criterion) -> bool:
    node, value = manifest.compiled[name].node, criterion.value
    method, _, key = criterion.method.partition(".")
    match method:
        case "name":
            return not isinstance(node, Source) and (fnmatch(name, value) or _is_below(_fqn(manifest, node), value))
        case "fqn":
            return not isinstance(node, Source) and (name == value or _is_below(_fqn(manifest, node), value))
        case "tag":
            return any(fnmatch(tag, value) for tag in node.tags)
        case "path":
            path = PurePath(node.path)
            wanted = PurePath(value)
            return path.is_relative_to(wanted) or path.match(value)
        case "file":
            return fnmatch(PurePath(node.path).name, value) or fnmatch(PurePath(node.path).stem, value)
        case "resource_type":
            return node.kind == value
        case "config":
            return _says(node, key, value)
        case "test_name":
            return isinstance(node, DataTest) and fnmatch(node.macro.removeprefix("test_"), value)
        case "test_type":
            return isinstance(node, DataTest) and value in ("data", "generic" if node.macro else "singular")
        case _:
            return isinstance(node, Source) and (fnmatch(name, value) or name.partition(".")[0] == value)


def _fqn(manifest: Manifest, node: Named) -> list[str]:
    """The project, the folders and the name, as dbt counts them."""
    file = manifest.project.file
    return [file.name, *file.below(node.path)[:-1], node.name]


def _is_below(fqn: list[str], value: str) -> bool:
    """A dotted name is the start of the whole name, with the project or without."""
    wanted = value.split(".")
    return any(
        len(wanted) <= len(words) and all(fnmatch(word, each) for word, each in zip(words, wanted))
        for words in (fqn, fqn[1:])
    )


def _says(node: Named, key: str, value: str) -> bool:
    """Does the configuration say so? `config.meta.owner:sales` looks into a mapping."""
    said: Any = {"materialized": node.kind, **vars(node), **(node.config if isinstance(node, Table) else {})}
    for word in key.split("."):
        said = said.get(word) if isinstance(said, Mapping) else None
    listed = said if isinstance(said, (list, tuple)) else [said]
    return any(str(each).lower() == value.lower() for each in listed if each is not None)
