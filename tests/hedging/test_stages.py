"""The engine's tree as stages and nodes."""

from typing import Any

import pytest

from audit.cases import case, deal, form
from portfolioopt import Instance, read_instance
from portfolioopt.hedging.stages import Stages, stages_of
from portfolioopt.networks.tree import grow


def staged(levels: dict[str, list[float]], reviews: list[int] | None = None) -> Stages:
    """The stages of scenarios of equal probability that differ in one driver."""
    futures = [{"name": name, "probability": 1 / len(levels), "drivers": {"d": path}} for name, path in levels.items()]
    written: dict[str, Any] = case(deal("a", {"on": {}}, (form(),))) | {"drivers": ["d"], "scenarios": futures}
    years = len(next(iter(levels.values())))
    written["horizon"] = {"first_year": 2026, "years": years}
    if reviews is not None:
        written["review_years"] = reviews
    return stages_of(grow(Instance.model_validate(written)))


def test_years_in_which_the_same_can_be_told_apart_are_one_stage() -> None:
    stages = stages_of(grow(read_instance("instances/five_deals")))
    assert [(node.name, node.years) for node in stages.nodes] == [("ROOT", (0, 1, 2))]
    assert stages.names == ["ROOT"]
    assert sorted(stages.scenarios) == ["slow_ev", "steady", "tariff_wall", "wall_and_slow"]


def test_nodes_are_named_after_the_node_above_and_leaves_hang_below_the_last() -> None:
    stages = staged({"a": [1, 1, 1, 1], "b": [1, 2, 1, 1], "c": [1, 1, 2, 1], "d": [1, 2, 2, 1]})
    assert [node.name for node in stages.nodes] == ["ROOT", "ROOT_0", "ROOT_1"]
    assert stages.names[3:] == ["ROOT_0_0", "ROOT_0_1", "ROOT_1_0", "ROOT_1_1"]
    assert [[stages.scenarios[place] for place in node.scenarios] for node in stages.nodes[1:]] == [
        ["a", "c"],
        ["b", "d"],
    ]
    assert [node.years for node in stages.nodes] == [(0, 1), (2,), (2,)]
    assert [node.chance for node in stages.nodes] == [1.0, pytest.approx(0.5), pytest.approx(0.5)]


def test_a_scenario_that_parts_early_has_nodes_of_its_own_down_to_the_last_stage() -> None:
    stages = staged({"a": [1, 1, 1, 1], "b": [1, 1, 2, 1], "early": [2, 1, 1, 1]})
    assert {len(path) for path in stages.path} == {stages.count}
    lonely = stages.path[stages.scenarios.index("early")][-1]
    assert (lonely.scenarios, lonely.chance) == ((stages.scenarios.index("early"),), pytest.approx(1 / 3))
    assert [node.stage for node in stages.nodes] == [1, 2, 2]


def test_scenarios_of_a_node_stand_side_by_side_and_chances_multiply_to_their_probability() -> None:
    stages = staged(
        {str(number): [1, number % 3, number % 2, 1, number // 4, 1] for number in (5, 2, 9, 11, 0, 7, 4)},
        [2026, 2028, 2030],
    )
    for node in stages.nodes:
        assert list(node.scenarios) == list(range(node.scenarios[0], node.scenarios[-1] + 1))
    for position, path in enumerate(stages.path):
        chance = 1.0
        for node in path:
            chance *= node.chance
        last = sum(stages.probability[other] for other in path[-1].scenarios)
        assert chance == pytest.approx(last)
        assert stages.probability[position] == pytest.approx(1 / 7)


def test_scenarios_that_can_never_be_told_apart_agree_in_all_years() -> None:
    stages = staged({"a": [1, 1, 2], "b": [1, 1, 3]}, [2026])
    assert [(node.name, node.years) for node in stages.nodes] == [("ROOT", (0, 1, 2))]
