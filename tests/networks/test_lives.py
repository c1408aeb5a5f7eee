"""Life-cycle networks: every life that the language allows is one path, and nothing else is."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from audit.cases import case, deal, form, leave, owned
from engine_samples import Written, best_of, objective_of, solved
from enumeration.futures import read_futures
from enumeration.generators import random_instance
from enumeration.lives import read_partnerships
from portfolioopt import Instance
from portfolioopt.networks import portfolio
from portfolioopt.networks.lives import Network, Shape, flow_length, network, shape_of
from portfolioopt.networks.tree import Tree, grow


def shapes(written: Written) -> list[Shape]:
    instance = Instance.model_validate(written)
    return [shape_of(partnership, instance.horizon) for partnership in instance.partnerships]


def network_of(partnership: Written, years: int) -> Network:
    return network(shapes(case(partnership, years=years))[0])


def lives(one: Network, tree: Tree) -> int:
    """How many paths lead through the network on the tree."""
    onward: list[int] = []
    for year in reversed(range(tree.years)):
        here = []
        for node in range(tree.nodes.count[year]):
            children = [] if year + 1 == tree.years else np.flatnonzero(tree.nodes.parent[year + 1] == node).tolist()
            slots = 1 if year == 0 else len(one.reached[year - 1])
            counts = [0] * slots
            for source, target in zip(one.source[year].tolist(), one.target[year].tolist(), strict=True):
                branches = 1
                for child in children:
                    branches *= onward[child][target]  # type: ignore[index]
                counts[source] += branches
            here.append(counts)
        onward = here  # type: ignore[assignment]
    return onward[0][0]  # type: ignore[index,no-any-return]


def decisions(one: Network) -> list[set[int]]:
    """By year, the actions that may be decided."""
    return [set(year[year >= 0].tolist()) for year in one.decided]


@pytest.mark.parametrize("tight", [False, True], ids=["loose", "tight"])
@pytest.mark.parametrize("seed", range(100))
def test_as_many_paths_as_the_enumerator_finds_lives(seed: int, tight: bool) -> None:
    written, _ = random_instance(seed, tight=tight)
    tree = grow(Instance.model_validate(written))
    theirs = read_partnerships(written, read_futures(written))
    assert [lives(network(shape), tree) for shape in shapes(written)] == [one.count_lives() for one in theirs]


def test_an_action_that_could_not_take_effect_within_the_horizon_is_not_made() -> None:
    late = deal(states={"on": {}}, actions=(form(lead_years=2, notice_years=1),))
    assert decisions(network_of(late, 3)) == [set(), set(), set()]
    assert decisions(network_of(late, 5)) == [{0}, {0}, set(), set(), set()]


def test_windows_and_after_years_decide_when_an_action_may_be_taken() -> None:
    partnership = deal(
        states={"on": {}, "full": {}},
        actions=(
            {"id": "grow", "kind": "expand", "from": "on", "to": "full", "after_years": 2},
            form(window=[2027, 2040]),
        ),
    )
    # in the order of their ids: form, grow
    assert decisions(network_of(partnership, 5)) == [set(), {0}, {0}, {0, 1}, {0, 1}]


def test_years_completed_before_today_count() -> None:
    partnership = owned() | {"start": {"state": "on", "years": 2}, "actions": [leave(after_years=2)]}
    assert decisions(network_of(partnership, 2)) == [{0}, {0}]
    partnership["start"]["years"] = 1
    assert decisions(network_of(partnership, 2)) == [set(), {0}]


def test_only_places_that_can_be_reached_from_today_are_made() -> None:
    partnership = deal(
        states={"on": {}, "never": {}},
        actions=(form(), {"id": "back", "kind": "restructure", "from": "never", "to": "on"}),
    )
    one = network_of(partnership, 3)
    reached = {one.places[place].state for places in one.reached for place in places.tolist()}
    assert reached == {0, 1}  # none and on
    assert len(one.places) == 2


def test_notice_stays_in_the_old_state_and_goes_on_counting_then_lead_then_effect() -> None:
    one = network_of(
        deal(
            states={"on": {"benefit": [1, 2, 3, 4, 5]}},
            actions=(leave(notice_years=1, lead_years=2, window=[2027, 2027]),),
            start={"state": "on"},
        ),
        5,
    )
    start = int(np.flatnonzero(one.decided[1] == 0)[0])
    slot, walked, effects = int(one.target[1][start]), [one.places[one.reached[1][one.target[1][start]]]], [-1]
    for year in (2, 3, 4):
        arc = int(np.flatnonzero(one.source[year] == slot)[0])
        slot = int(one.target[year][arc])
        walked.append(one.places[one.reached[year][slot]])
        effects.append(int(one.effect[year][arc]))
    assert [(place.state, place.at, place.step) for place in walked] == [(1, 1, 0), (-1, 0, 1), (-1, 1, 2), (2, 0, -1)]
    assert effects == [-1, -1, -1, 0]


def test_years_in_a_state_are_capped_where_its_profiles_and_waiting_times_have_become_constant() -> None:
    flat = network_of(owned(benefit=5), 20)
    assert len(flat.places) == 1
    rising = network_of(owned(benefit=[1, 2, 3], cost=[1, 2, 3, 4]), 20)
    assert len(rising.places) == 4
    waiting = owned() | {"actions": [leave(after_years=6)]}
    assert len([place for place in network_of(waiting, 20).places if place.state == 1]) == 6


@pytest.mark.parametrize(
    ("flows", "length"),
    [({}, 1), ({"benefit": [1, 2]}, 2), ({"effort": {"a": [1], "b": [1, 2, 3]}}, 3), ({"terminal": [0, 0, 0, 1]}, 4)],
)
def test_flows_are_as_long_as_their_longest_profile(flows: Written, length: int) -> None:
    instance = Instance.model_validate(case(owned(**flows)))
    assert flow_length(instance.partnerships[0].state("on")) == length


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_capping_changes_no_optimum(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written, choices = random_instance(seed, tight=bool(seed % 4))
    capped = solved(written, choices)

    def uncapped(*given: Any) -> Shape:
        shape = shape_of(*given)
        return shape._replace(caps=tuple(100 for _ in shape.caps))

    monkeypatch.setattr(portfolio, "shape_of", uncapped)
    whole = solved(written, choices)
    assert whole.status == capped.status
    if capped.plan is not None:
        assert objective_of(whole) == objective_of(capped)


def test_partnerships_of_the_same_timing_share_one_network() -> None:
    written = case(
        deal("a", {"on": {"benefit": [1, 2]}}, (form(),)), deal("b", {"off": {"cost": [5, 9]}}, (form("off"),)), years=4
    )
    first, second = shapes(written)
    assert first == second
    assert network(first) is network(second)


def sources_are_sorted(columns: Iterable[np.ndarray]) -> bool:
    return all(bool(np.all(np.diff(column) >= 0)) for column in columns)


@pytest.mark.parametrize("seed", range(20))
def test_every_place_reached_leads_on_and_arcs_are_sorted_by_source(seed: int) -> None:
    written, _ = random_instance(seed)
    for shape in shapes(written):
        one = network(shape)
        assert sources_are_sorted(one.source)
        for year in range(1, shape.years):
            assert set(one.source[year].tolist()) == set(range(len(one.reached[year - 1])))
            assert set(one.target[year].tolist()) == set(range(len(one.reached[year])))


def test_long_horizons_stay_small() -> None:
    written = case(owned(benefit=[1, 2, 3]) | {"actions": [leave(notice_years=2)]}, years=40)
    assert len(network(shapes(written)[0]).places) < 20
    assert objective_of(best_of(written)) == 1 + 2 + 3 * 38
