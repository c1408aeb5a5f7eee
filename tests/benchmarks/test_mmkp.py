"""Published knapsacks are read as they stand and solved to the optima that others proved."""

from pathlib import Path

import pytest
from mmkp import DATA, OPTIMA, copied, instance_of, read_knapsack

from portfolioopt import Instance, solve


@pytest.mark.parametrize(("name", "optimum"), OPTIMA.items())
def test_a_published_optimum_is_reached(name: str, optimum: int) -> None:
    result = solve(Instance.model_validate(copied(name)))
    assert (result.status, result.verified, result.objective) == ("optimal", True, optimum)


def test_every_group_takes_exactly_one_item_within_the_capacities() -> None:
    knapsack = read_knapsack(DATA / "I01")
    result = solve(Instance.model_validate(instance_of(knapsack, "one")))
    assert result.plan is not None
    taken = {one.partnership: int(one.action.removeprefix("take_")) for one in result.plan.decisions}
    assert len(taken) == len(result.plan.decisions) == len(knapsack.groups)
    rows = [knapsack.groups[int(group.removeprefix("group_"))][item] for group, item in taken.items()]
    assert sum(value for value, _ in rows) == OPTIMA["I01"]
    for resource, capacity in enumerate(knapsack.capacities):
        assert sum(weights[resource] for _, weights in rows) <= capacity


def test_a_file_is_read_whole() -> None:
    knapsack = read_knapsack(DATA / "I02")
    assert knapsack.capacities == (50,) * 5
    assert [len(group) for group in knapsack.groups] == [5] * 10
    assert knapsack.groups[0][1] == (17, (1, 4, 9, 9, 3))


def test_a_file_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    cut.write_text("2 2 1\n 5\n 1\n 3 1\n 4 2\n 2\n 1", encoding="utf-8")
    with pytest.raises(ValueError, match="ends too early"):
        read_knapsack(cut)
