"""Names + what earlier builds made → Plan: what *will* be done, in what order, and why. Never does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.compile import Compiled, Manifest
from runner.config import stored
from runner.identity import Identity, Meanings
from runner.nodes import DataTest, Increment, Model, Snapshot, Source, Table
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


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]

    @property
    def due(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.is_due)


def make_plan(
    manifest: Manifest, selected: frozenset[str], now: Meanings, past: Past, *, full_refresh: bool = False
) -> Plan:
    """Steps in build order for the selected nodes and the source views that they read."""
    graph, sources = manifest.graph, manifest.project.sources.keys()
    # a source that no selected model reads is no step: another store's files need not be there
    wanted = (selected - sources) | (graph.ancestors(*selected) & sources)
    reasons = _Reasons(manifest, now, past, full_refresh=full_refresh)
    told = {name: reasons.why(name) for name in graph.order if name in wanted}
    due = {name for name, reason in told.items() if reason != UNCHANGED}
    guards = _guards(manifest, due)
    steps = (
        Step(
            manifest.compiled[name],
            now.get(name, Identity()),
            reason,
            _waits(name, manifest, due, guards),
            sum(1 + len(graph.children[child]) for child in graph.children[name]),
            is_due=name in due,
            starts_over=reasons.starts_over(name),
            row_count=past.records[name].row_count if name in past.records else None,
        )
        for name, reason in told.items()
    )
    return Plan(tuple(steps))


def plan_all(manifest: Manifest, selected: frozenset[str]) -> Plan:
    """Everything selected, as if nothing had ever been built."""
    return make_plan(manifest, selected, {}, NOTHING)


def _waits(name: str, manifest: Manifest, due: set[str], guards: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Only what is done can be waited for; behind a view that stays as it is, what it reads."""
    compiled, waits = manifest.compiled[name], set[str]()
    for parent in compiled.parents:
        node = manifest.compiled[parent].node
        if parent in due:
            waits.add(parent)
        elif node.is_view:
            waits.update(_waits(parent, manifest, due, guards))
    if not isinstance(compiled.node, DataTest):
        waits.update(*(guards.get(parent, ()) for parent in compiled.parents))
    return tuple(sorted(waits))


def _guards(manifest: Manifest, wanted: set[str]) -> dict[str, list[str]]:
    """By table: the error tests whose last table it is. They stop what reads that table."""
    position = {name: at for at, name in enumerate(manifest.graph.order)}
    guards: dict[str, list[str]] = {}
    for name in sorted(wanted):
        compiled = manifest.compiled[name]
        if isinstance(compiled.node, DataTest) and compiled.node.severity == "error" and compiled.parents:
            guards.setdefault(max(compiled.parents, key=position.__getitem__), []).append(name)
    return guards


class _Reasons:
    """Why each step is due, parents first."""

    def __init__(self, manifest: Manifest, now: Meanings, past: Past, *, full_refresh: bool) -> None:
        self.manifest, self.now, self.past, self.full_refresh = manifest, now, past, full_refresh
        self.before = past.identities
        self.due: set[str] = set()

    def why(self, name: str) -> str:
        reason = self._why(name)
        if reason != UNCHANGED:
            self.due.add(name)
        return reason

    def starts_over(self, name: str) -> bool:
        """Is a model made anew that need not be: because it is asked for, or because it is another one now?"""
        node, record = self.manifest.compiled[name].node, self.past.records.get(name)
        if isinstance(node, Model) and node.follows:
            return self.full_refresh
        if not isinstance(node, Model) or not node.grows:
            return False
        increment = node.increment or Increment("")
        if record is None or increment.keeps_history:
            return not increment.keeps_history
        is_another = record.identity.own != self.now[name].own
        return self.full_refresh or (is_another and not increment.on_schema_change)

    def _why(self, name: str) -> str:
        compiled, record = self.manifest.compiled[name], self.past.records.get(name)
        node = compiled.node
        is_of_others = isinstance(node, Source) and node.location is None
        if self.full_refresh and not isinstance(node, (Source, Snapshot)):
            return "--full-refresh" if record else "new"
        if record is None:
            return "new"
        if told := stored("records.yml")["unfinished"].get(record.status):
            return str(told)
        if isinstance(node, Table) and not is_of_others and not self._stands(node):
            return "its table is gone"
        if record.identity.key == self.now[name].key:
            grown = self.manifest.unsteady.intersection(compiled.parents)
            again = (each for each in sorted(grown) if each in self.due or self.past.run_of(each) > record.run_id)
            return next((f"made since: {each}" for each in again), UNCHANGED)
        if own := record.identity.difference(self.now[name]):
            return own
        was = {parent: self.before.get(parent, Identity()) for parent in compiled.parents}
        changed = [parent for parent, each in was.items() if each.key != self.now[parent].key]
        is_ours = isinstance(node, Source) and node.relation == RULES
        return f"upstream changed: {changed[0]}" if changed else "rules changed" if is_ours else "files changed"

    def _stands(self, node: Table) -> bool:
        """Is there what the node makes: a table or a view, and the file of an external model?"""
        kind = node.materialized if isinstance(node, Model) else "view" if isinstance(node, Source) else "table"
        found = self.past.relations.get(node.relation)
        if kind == "external" and isinstance(node, Model):
            return found == "view" and node.file.exists()
        return found == ("view" if kind == "view" else "table")
