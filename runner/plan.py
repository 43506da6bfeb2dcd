"""Names + what earlier builds made → Plan: what *will* be done, in what order, and why. Never does it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from runner.compile import Compiled, Manifest
from runner.identity import Identity
from runner.nodes import DataTest, Model, Snapshot, Source, Table
from runner.state import NOTHING, RULES, Past

UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Step:
    """One thing to do, or to leave as it is. It waits for its parents and the tests that guard them."""

    compiled: Compiled
    identity: Identity
    reason: str
    waits: tuple[str, ...]
    weight: int
    """How many steps depend on it, directly or not far: the heavier goes first."""
    is_due: bool = True
    starts_over: bool = False
    """A growing table is made anew, whatever stands."""
    row_count: int | None = None
    """Of what stands, where it is known."""

    @property
    def name(self) -> str:
        return self.compiled.node.name

    @property
    def kind(self) -> str:
        return self.compiled.node.kind

    @property
    def key(self) -> str:
        return self.identity.key


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(step.name for step in self.steps)

    @property
    def due(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.is_due)


def make_plan(
    manifest: Manifest, selected: frozenset[str], now: Mapping[str, Identity], past: Past, *, full_refresh: bool = False
) -> Plan:
    """Steps in build order for the selected nodes and the source views that they read."""
    graph = manifest.graph
    wanted = _without_sources(manifest, selected) | _sources_read(manifest, selected)
    reasons = _Reasons(manifest, now, past, full_refresh=full_refresh)
    steps = []
    for name in (each for each in graph.order if each in wanted):
        reason = reasons.why(name)
        record = past.records.get(name)
        steps.append(
            Step(
                manifest.compiled[name],
                now.get(name, Identity()),
                reason,
                (),
                sum(1 + len(graph.children[child]) for child in graph.children[name]),
                is_due=reason != UNCHANGED,
                starts_over=reasons.starts_over(name),
                row_count=record.row_count if record else None,
            )
        )
    return Plan(tuple(_with_waits(manifest, steps)))


def plan_all(manifest: Manifest, selected: frozenset[str]) -> Plan:
    """Everything selected, as if nothing had ever been built."""
    return make_plan(manifest, selected, {}, NOTHING)


def _with_waits(manifest: Manifest, steps: list[Step]) -> Iterable[Step]:
    """Only what is done can be waited for."""
    due = {step.name for step in steps if step.is_due}
    guards = _guards(manifest, due)
    for step in steps:
        waits = {parent for parent in step.compiled.parents if parent in due}
        if not isinstance(step.compiled.node, DataTest):
            waits |= {test for parent in step.compiled.parents for test in guards.get(parent, ())}
        yield replace(step, waits=tuple(sorted(waits)))


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
        if not isinstance(compiled.node, DataTest) or compiled.node.severity != "error":
            continue
        last = max(compiled.parents, key=position.__getitem__, default=None)
        if last is not None:
            guards.setdefault(last, []).append(name)
    return guards


class _Reasons:
    """Why each step is due, parents first."""

    def __init__(self, manifest: Manifest, now: Mapping[str, Identity], past: Past, *, full_refresh: bool) -> None:
        self.manifest, self.now, self.past, self.full_refresh = manifest, now, past, full_refresh
        self.told: dict[str, str] = {}
        self.remade: set[str] = set()
        """Growing tables made anew, and all that reads them: the same key need not mean the same rows."""

    def why(self, name: str) -> str:
        reason = self.told[name] = self._why(name)
        if reason != UNCHANGED and self.starts_over(name):
            self.remade.add(name)
        return reason

    def starts_over(self, name: str) -> bool:
        """Is a growing model made anew: because it is asked for, or because it is another model now?"""
        node = self.manifest.compiled[name].node
        if not isinstance(node, Model) or node.materialized != "incremental":
            return False
        keeps = bool(node.increment and node.increment.keeps_history)
        record = self.past.records.get(name)
        if record is None or self.full_refresh:
            return not keeps or record is None
        is_another = name in self.now and record.identity.own != self.now[name].own
        is_said = bool(node.increment and node.increment.on_schema_change)
        return is_another and not keeps and not is_said

    def _why(self, name: str) -> str:
        compiled, record = self.manifest.compiled[name], self.past.records.get(name)
        node = compiled.node
        if self.full_refresh and not isinstance(node, (Source, Snapshot)):
            return "--full-refresh" if record else "new"
        if record is None:
            return "new"
        if record.status in _UNFINISHED:
            return _UNFINISHED[record.status]
        if isinstance(node, Table) and self._is_gone(node):
            return "its table is gone"
        again = next((parent for parent in compiled.parents if parent in self.remade), "")
        if again:
            self.remade.add(name)
            return f"made anew: {again}"
        if record.identity.key == self.now[name].key:
            return UNCHANGED
        own = record.identity.difference(self.now[name])
        if own:
            return own
        changed = [parent for parent in compiled.parents if self._is_changed(parent)]
        is_ours = isinstance(node, Source) and node.relation == RULES
        return f"upstream changed: {changed[0]}" if changed else "rules changed" if is_ours else "files changed"

    def _is_changed(self, parent: str) -> bool:
        record = self.past.records.get(parent)
        return record is None or record.identity.key != self.now[parent].key

    def _is_gone(self, node: Table) -> bool:
        is_ours = not isinstance(node, Source) or node.location is not None
        return is_ours and node.relation not in self.past.relations


_UNFINISHED = {
    "started": "not finished last time",
    "failed": "failed last time",
    "warned": "warned last time",
    "deferred": "was copied from a published version",
}
