"""Who depends on whom: order, ancestors, descendants. Pure; knows names only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

Edges = Mapping[str, tuple[str, ...]]


class Graph:
    """An immutable directed graph. Raises graphlib's CycleError: its names are each read by the next."""

    def __init__(self, parents: Mapping[str, Iterable[str]]) -> None:
        self.parents: Edges = {name: tuple(sorted(set(parents[name]))) for name in sorted(parents)}
        sorter = TopologicalSorter(self.parents)
        sorter.prepare()
        order: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            order += ready
            sorter.done(*ready)
        self.order = tuple(order)
        """Parents first; among equals by name, so that the order never depends on anything else."""
        children: dict[str, list[str]] = {name: [] for name in self.parents}
        for name, above in self.parents.items():
            for parent in above:
                children[parent].append(name)
        self.children: Edges = {name: tuple(below) for name, below in children.items()}

    def ancestors(self, *names: str, depth: int | None = None) -> set[str]:
        """Of all names together, in one walk."""
        return _reachable(names, self.parents, depth)

    def descendants(self, *names: str, depth: int | None = None) -> set[str]:
        return _reachable(names, self.children, depth)


def _reachable(names: Iterable[str], edges: Edges, depth: int | None) -> set[str]:
    seen, frontier = set[str](), set(names)
    while frontier and (depth is None or depth > 0):
        frontier = {near for far in frontier for near in edges[far]} - seen
        seen |= frontier
        depth = None if depth is None else depth - 1
    return seen
