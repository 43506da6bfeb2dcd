"""Names + recorded state → Plan: what *will* be done, in what order, and why. Never does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.compile import Compiled, Manifest
from runner.nodes import DataTest, Source


@dataclass(frozen=True)
class Step:
    """One thing to do. It waits for `waits`: its parents, and the tests that guard them."""

    compiled: Compiled
    key: str
    reason: str
    waits: tuple[str, ...]
    weight: int
    """How many steps depend on it, directly or not far: the heavier goes first."""

    @property
    def name(self) -> str:
        return self.compiled.node.name

    @property
    def kind(self) -> str:
        return self.compiled.node.kind


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(step.name for step in self.steps)


def make_plan(
    manifest: Manifest, selected: frozenset[str], keys: Mapping[str, str], recorded: Mapping[str, str]
) -> Plan:
    """Steps in build order for the selected nodes and the source views that they read."""
    graph = manifest.graph
    wanted = _without_sources(manifest, selected) | _sources_read(manifest, selected)
    guards = _guards(manifest, wanted)
    reasons: dict[str, str] = {}
    steps = []
    for name in graph.order:
        if name not in wanted:
            continue
        compiled = manifest.compiled[name]
        reasons[name] = _reason(name, compiled, keys, recorded, reasons)
        waits = {parent for parent in compiled.parents if parent in wanted}
        if not isinstance(compiled.node, DataTest):
            waits |= {test for parent in compiled.parents for test in guards.get(parent, ())}
        weight = sum(1 + len(graph.children[child]) for child in graph.children[name])
        steps.append(Step(compiled, keys[name], reasons[name], tuple(sorted(waits)), weight))
    return Plan(tuple(steps))


def _without_sources(manifest: Manifest, names: frozenset[str]) -> set[str]:
    """A source that no selected model reads is no step: another store's files need not be there."""
    return {name for name in names if not isinstance(manifest.compiled[name].node, Source)}


def _sources_read(manifest: Manifest, names: frozenset[str]) -> set[str]:
    """Views over views: a selected model may read its source through a view of an adapter."""
    compiled = manifest.compiled
    return {each for each in manifest.graph.all_ancestors(names) if isinstance(compiled[each].node, Source)}


def _guards(manifest: Manifest, wanted: set[str]) -> dict[str, list[str]]:
    """By table: the error tests whose last table it is. They stop what reads that table."""
    position = {name: at for at, name in enumerate(manifest.graph.order)}
    guards: dict[str, list[str]] = {}
    for name in sorted(wanted):
        compiled = manifest.compiled[name]
        if not isinstance(compiled.node, DataTest) or compiled.severity != "error":
            continue
        last = max(compiled.parents, key=position.__getitem__, default=None)
        if last is not None:
            guards.setdefault(last, []).append(name)
    return guards


def _reason(
    name: str, compiled: Compiled, keys: Mapping[str, str], recorded: Mapping[str, str], reasons: Mapping[str, str]
) -> str:
    record = recorded.get(name)
    if record is None:
        return "new"
    if record == keys[name]:
        return "unchanged"
    changed = [parent for parent in compiled.parents if reasons.get(parent, "unchanged") != "unchanged"]
    if isinstance(compiled.node, Source):
        return "files changed"
    return f"upstream changed: {changed[0]}" if changed else "changed"
