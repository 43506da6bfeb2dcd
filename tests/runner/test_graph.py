"""Who depends on whom."""

from __future__ import annotations

import random
from graphlib import CycleError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.graph import Graph

SHOP = Graph(
    {
        "orders": [],
        "customers": [],
        "order_facts": ["orders", "customers"],
        "segments": ["order_facts"],
        "report": ["segments", "customers"],
    }
)


def test_parents_come_first_and_equals_by_name() -> None:
    assert SHOP.order == ("customers", "orders", "order_facts", "segments", "report")


def test_the_order_does_not_depend_on_how_the_parents_were_listed() -> None:
    shuffled = {name: list(reversed(SHOP.parents[name])) for name in reversed(SHOP.order)}
    assert Graph(shuffled).order == SHOP.order


def test_a_parent_named_twice_counts_once() -> None:
    graph = Graph({"orders": [], "pairs": ["orders", "orders"]})
    assert graph.parents["pairs"] == ("orders",)
    assert graph.children["orders"] == ("pairs",)


def test_ancestors_and_descendants_leave_out_the_name_itself() -> None:
    assert SHOP.ancestors("segments") == {"order_facts", "orders", "customers"}
    assert SHOP.descendants("orders") == {"order_facts", "segments", "report"}
    assert SHOP.ancestors("orders") == set()


@pytest.mark.parametrize(
    ("depth", "above"),
    [
        (0, set()),
        (1, {"segments", "customers"}),
        (2, {"segments", "customers", "order_facts"}),
        (3, {"segments", "customers", "order_facts", "orders"}),
        (9, {"segments", "customers", "order_facts", "orders"}),
    ],
)
def test_generations_are_counted_along_the_shortest_way(depth: int, above: set[str]) -> None:
    assert SHOP.ancestors("report", depth=depth) == above


def test_a_cycle_is_told_in_the_direction_of_the_rows() -> None:
    with pytest.raises(CycleError) as caught:
        Graph({"a": ["c"], "b": ["a"], "c": ["b"], "reader": ["a"], "apart": []})
    assert caught.value.args[1] == ["a", "b", "c", "a"]


def test_a_cycle_leaves_out_what_only_hangs_below_it() -> None:
    with pytest.raises(CycleError) as caught:
        Graph({"about": ["pair"], "pair": ["other"], "other": ["pair"]})
    assert caught.value.args[1][0] == caught.value.args[1][-1]
    assert set(caught.value.args[1]) == {"pair", "other"}


def test_a_name_that_needs_itself_is_the_shortest_cycle() -> None:
    with pytest.raises(CycleError) as caught:
        Graph({"orders": ["orders"]})
    assert caught.value.args[1] == ["orders", "orders"]


def test_a_long_chain_needs_no_recursion() -> None:
    names = [f"m{at:05}" for at in range(20_000)]
    graph = Graph({name: names[max(0, at - 1) : at] for at, name in enumerate(names)})
    assert graph.order == tuple(names)
    assert len(graph.ancestors(names[-1])) == 19_999


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, list[str]]:
    """Each name may need only names that were drawn before it; then all are shuffled."""
    size = draw(st.integers(0, 12))
    names = [f"n{at}" for at in range(size)]
    draw(st.randoms(use_true_random=False)).shuffle(names)
    return {
        name: draw(st.lists(st.sampled_from(names[:at]), unique=True)) if at else [] for at, name in enumerate(names)
    }


@given(acyclic(), st.randoms(use_true_random=False))
def test_every_order_is_complete_and_puts_parents_first(parents: dict[str, list[str]], chance: random.Random) -> None:
    graph = Graph(parents)
    position = {name: at for at, name in enumerate(graph.order)}
    assert sorted(graph.order) == sorted(parents)
    assert all(position[above] < position[name] for name in parents for above in parents[name])
    shuffled = list(parents)
    chance.shuffle(shuffled)
    assert Graph({name: parents[name] for name in shuffled}).order == graph.order


@given(acyclic())
def test_ancestors_are_the_mirror_of_descendants(parents: dict[str, list[str]]) -> None:
    graph = Graph(parents)
    for name in parents:
        assert graph.ancestors(name) == {each for each in parents if name in graph.descendants(each)}
