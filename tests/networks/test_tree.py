"""The scenario tree: who can be told apart when, and what that does not depend on."""

import random

import numpy as np
import pytest

from audit.cases import case, deal, futures
from engine_samples import Written, shuffled
from enumeration.futures import read_futures
from enumeration.generators import random_instance
from portfolioopt import Instance
from portfolioopt.networks.tree import Partition, Tree, grow, partition


def tree_of(written: Written) -> Tree:
    return grow(Instance.model_validate(written))


def groups(nodes: Partition, names: tuple[str, ...]) -> list[set[frozenset[str]]]:
    """By year, the sets of scenarios that are not told apart."""
    return [
        {frozenset(names[w] for w in nodes.members(year, group)) for group in range(count)}
        for year, count in enumerate(nodes.count)
    ]


def seen(*levels: list[float], **more: object) -> Written:
    """One driver with these levels in equally likely scenarios."""
    share = [0.5, 0.25, 0.25] if len(levels) == 3 else [1 / len(levels)] * len(levels)
    scenarios = [(f"w{number}", share[number], {"demand": list(own)}) for number, own in enumerate(levels)]
    return case(deal(), years=len(levels[0]), **futures(*scenarios), **more)


@pytest.mark.parametrize(
    ("reviews", "count"),
    [
        (None, (1, 2, 2, 2)),
        ([2026], (1, 1, 1, 1)),
        ([2027], (1, 2, 2, 2)),
        ([2026, 2028], (1, 1, 2, 2)),
        ([2029], (1, 1, 1, 2)),
        ([2029, 2026, 2028], (1, 1, 2, 2)),
    ],
)
def test_a_level_of_the_first_year_is_acted_on_from_the_next_review(reviews: list[int] | None, count: object) -> None:
    more = {} if reviews is None else {"review_years": reviews}
    assert tree_of(seen([1, 1, 1, 1], [2, 1, 1, 1], **more)).nodes.count == count


def test_a_level_of_the_year_of_a_review_is_not_known_at_the_review() -> None:
    assert tree_of(seen([1, 1, 1], [1, 2, 1], review_years=[2027])).nodes.count == (1, 1, 1)
    assert tree_of(seen([1, 1, 1], [1, 2, 1], review_years=[2028])).nodes.count == (1, 1, 2)


def test_a_level_of_the_last_year_is_never_acted_on() -> None:
    assert tree_of(seen([1, 1, 1], [1, 1, 2])).nodes.count == (1, 1, 1)


def test_branches_split_one_after_the_other_and_never_join_again() -> None:
    tree = tree_of(seen([1, 1, 1, 1], [1, 2, 1, 1], [2, 2, 1, 1]))
    assert groups(tree.nodes, tree.scenarios) == [
        {frozenset({"w0", "w1", "w2"})},
        {frozenset({"w0", "w1"}), frozenset({"w2"})},
        {frozenset({"w0"}), frozenset({"w1"}), frozenset({"w2"})},
        {frozenset({"w0"}), frozenset({"w1"}), frozenset({"w2"})},
    ]
    assert [parent.tolist() for parent in tree.nodes.parent] == [[0], [0, 0], [0, 0, 1], [0, 1, 2]]
    assert [probability.tolist() for probability in tree.nodes.probability] == [
        [1.0],
        [0.75, 0.25],
        [0.5, 0.25, 0.25],
        [0.5, 0.25, 0.25],
    ]


def test_levels_are_compared_in_the_decimals_as_written() -> None:
    assert tree_of(seen([1, 1], [1.0, 1])).nodes.count == (1, 1)
    assert tree_of(seen([1, 1], [1.000000000001, 1])).nodes.count == (1, 2)


def test_without_scenarios_there_is_one_with_every_level_at_1() -> None:
    tree = tree_of(case(deal(), years=2, drivers=["demand"]))
    assert (tree.scenarios, tree.probability.tolist(), tree.levels.tolist()) == (("base",), [1.0], [[1.0]])


def test_a_driver_not_named_stays_at_1() -> None:
    written = case(deal(), years=2, **futures(("a", 0.5, {"demand": 2}), ("b", 0.5, {"steel": [1, 3]})))
    tree = tree_of(written)
    levels = [[tree.levels[tree.level_of[year, w]].tolist() for year in range(2)] for w in range(2)]
    assert tree.drivers == ("demand", "steel")
    assert levels == [[[2, 1], [2, 1]], [[1, 1], [1, 3]]]


def test_histories_split_with_the_levels_of_the_year_itself_and_only_of_the_drivers_that_matter() -> None:
    tree = tree_of(seen([1, 1, 1], [1, 2, 1], review_years=[2026]))
    assert tree.nodes.count == (1, 1, 1)
    assert tree.histories(frozenset({"demand"})).count == (1, 2, 2)
    assert tree.histories(frozenset()).count == (1, 1, 1)


@pytest.mark.parametrize("seed", range(60))
def test_nodes_are_those_of_the_enumerator(seed: int) -> None:
    written, _ = random_instance(seed)
    tree, theirs = tree_of(written), read_futures(written)
    expected: list[set[frozenset[str]]] = [set() for _ in range(theirs.years)]
    for node in theirs.nodes:
        expected[node.year].add(frozenset(theirs.names[w] for w in node.scenarios))
    assert groups(tree.nodes, tree.scenarios) == expected


@pytest.mark.parametrize("seed", range(30))
def test_every_partition_only_splits_and_keeps_probability(seed: int) -> None:
    written, _ = random_instance(seed)
    tree = tree_of(written)
    for part in (tree.nodes, tree.histories(frozenset(tree.drivers))):
        assert np.allclose(part.probability[0].sum(), 1)
        for year in range(1, tree.years):
            inherited = np.bincount(part.parent[year], weights=part.probability[year], minlength=part.count[year - 1])
            assert np.allclose(inherited, part.probability[year - 1])
            assert np.array_equal(part.parent[year][part.of[year]], part.of[year - 1])
            assert np.array_equal(part.of[year, part.first_scenario(year)], np.arange(part.count[year]))


@pytest.mark.parametrize("seed", range(10))
def test_the_tree_does_not_depend_on_the_order_of_the_file(seed: int) -> None:
    written, _ = random_instance(seed)
    first, again = tree_of(written), tree_of(shuffled(written, random.Random(seed)))
    assert (first.scenarios, first.drivers, first.nodes.count) == (again.scenarios, again.drivers, again.nodes.count)
    assert np.array_equal(first.nodes.of, again.nodes.of)
    assert np.array_equal(first.levels[first.level_of], again.levels[again.level_of])


def test_a_partition_numbers_its_groups_by_their_first_member() -> None:
    part = partition(2, np.array([0.25, 0.5, 0.25]), lambda year, w: "z" if w == 0 or not year else "a")
    assert part.of.tolist() == [[0, 0, 0], [0, 1, 1]]
    assert [probability.tolist() for probability in part.probability] == [[1.0], [0.25, 0.75]]
