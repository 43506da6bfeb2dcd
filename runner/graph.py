"""Who depends on whom: order, ancestors, descendants. Pure; knows names only."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping


class Cycle(Exception):  # noqa: N818 - a value more than a fault
    """The names of a circle of dependencies, first name repeated at the end."""

    def __init__(self, path: list[str]) -> None:
        super().__init__(" -> ".join(path))
        self.path = path


class Graph:
    """An immutable directed graph without cycles."""

    def __init__(self, parents: Mapping[str, Iterable[str]]) -> None:
        self.parents = {name: tuple(sorted(set(above))) for name, above in parents.items()}
        self.children: dict[str, tuple[str, ...]] = _reversed(self.parents)
        self.order = _topological(self.parents, self.children)

    def ancestors(self, name: str, depth: int | None = None) -> set[str]:
        return _reachable(name, self.parents, depth)

    def descendants(self, name: str, depth: int | None = None) -> set[str]:
        return _reachable(name, self.children, depth)


def _reversed(parents: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    children: dict[str, list[str]] = {name: [] for name in parents}
    for name in sorted(parents):
        for parent in parents[name]:
            children[parent].append(name)
    return {name: tuple(below) for name, below in children.items()}


def _topological(
    parents: Mapping[str, tuple[str, ...]], children: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Parents first; among equals by name, so that the order never depends on anything else."""
    waiting = {name: len(above) for name, above in parents.items()}
    ready = [name for name, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        name = heapq.heappop(ready)
        order.append(name)
        for child in children[name]:
            waiting[child] -= 1
            if waiting[child] == 0:
                heapq.heappush(ready, child)
    if len(order) < len(parents):
        raise Cycle(_a_cycle(parents, set(parents) - set(order)))
    return tuple(order)


def _a_cycle(parents: Mapping[str, tuple[str, ...]], stuck: set[str]) -> list[str]:
    """Walk upwards inside the stuck part until a name comes back."""
    path = [min(stuck)]
    seen = {path[0]: 0}
    while True:
        above = next(parent for parent in parents[path[-1]] if parent in stuck)
        if above in seen:
            circle = path[seen[above] :]
            return [above, *reversed(circle)]
        seen[above] = len(path)
        path.append(above)


def _reachable(name: str, edges: Mapping[str, tuple[str, ...]], depth: int | None) -> set[str]:
    seen: set[str] = set()
    frontier = {name}
    while frontier and (depth is None or depth > 0):
        frontier = {near for far in frontier for near in edges[far]} - seen
        seen |= frontier
        depth = None if depth is None else depth - 1
    return seen
