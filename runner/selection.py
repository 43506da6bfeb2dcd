"""What a selection means: `+seg_at_risk`, `tag:nightly`, `2+orders,path:models/marts` → names.

dbt's grammar: a space unites, a comma intersects, `@` adds all parents of all children.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePath

from runner.compile import Manifest
from runner.config import refusal
from runner.errors import AuthorError, did_you_mean
from runner.nodes import Source

METHODS = ("tag", "path", "source", "state")
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
    chosen = _with_tests(manifest, chosen)
    refused = [word for each in excluded for word in each.split()]
    if refused:
        dropped = _union(manifest, refused, marked or {})
        chosen -= _with_tests(manifest, dropped)
    return frozenset(chosen)


def _union(manifest: Manifest, words: list[str], marked: Marked) -> set[str]:
    chosen: set[str] = set()
    for word in words:
        parts = [_matched(manifest, _criterion(part), word, marked) for part in word.split(",")]
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
        method, value = ("path", text) if "/" in text else ("name", text)
    return Criterion(method, value, ancestors, descendants, with_parents)


def _matched(manifest: Manifest, criterion: Criterion, word: str, marked: Marked) -> set[str]:
    if criterion.method not in (*METHODS, "name"):
        if refusal("selection_methods", criterion.method):
            hint = "known: " + ", ".join(f"{method}:" for method in METHODS)
            raise AuthorError(f"`{criterion.method}:` is not supported in a selection", hint=hint)
        hint = did_you_mean(criterion.method, METHODS, "known: " + ", ".join(METHODS))
        raise AuthorError(f"unknown selection method `{criterion.method}:`", hint=hint)
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
    match criterion.method:
        case "name":
            return not isinstance(node, Source) and fnmatch(name, value)
        case "tag":
            return any(fnmatch(tag, value) for tag in node.tags)
        case "path":
            path = PurePath(node.path)
            wanted = PurePath(value)
            return path.is_relative_to(wanted) or path.match(value)
        case _:
            return isinstance(node, Source) and (fnmatch(name, value) or name.partition(".")[0] == value)
