"""Knapsacks of others are read whole, mean the same as instances, and are refused by line where they are wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from portfolioopt import Instance, solve
from portfolioopt.errors import InvalidInput
from portfolioopt.exchange.neighbours.mmkp import Item, instance_of, read_knapsacks

DATA = Path(__file__).parents[3] / "benchmarks" / "data" / "mmkp"


def test_a_knapsack_is_read_whole() -> None:
    (knapsack,) = read_knapsacks(DATA / "I02")
    assert knapsack.capacities == (50,) * 5
    assert [len(group) for group in knapsack.groups] == [5] * 10
    assert knapsack.groups[0][1] == Item(Decimal(17), tuple(map(Decimal, (1, 4, 9, 9, 3))))


def test_every_group_takes_exactly_one_item_within_the_capacities() -> None:
    (knapsack,) = read_knapsacks(DATA / "I01")
    result = solve(Instance.model_validate(instance_of(knapsack, "one")))
    assert result.plan is not None
    taken = {one.partnership: int(one.action.removeprefix("take_")) for one in result.plan.decisions}
    assert len(taken) == len(result.plan.decisions) == len(knapsack.groups)
    rows = [knapsack.groups[int(group.removeprefix("group_")) - 1][item - 1] for group, item in taken.items()]
    assert sum(row.value for row in rows) == result.objective == 173
    for resource, capacity in enumerate(knapsack.capacities):
        assert sum(row.weights[resource] for row in rows) <= capacity


WHOLE = "2 2 1\n 5\n 1\n 3 1\n 4 2\n 2\n 1 1\n 2 2\n"
WRONG = {
    "nothing": ("", "1:1", "is empty"),
    "too early": ("2 2 1\n 5\n 1\n 3 1\n 4 2\n 2\n 1 1", "7:5", "ends too early"),
    "a row cut short": ("2 2 1\n 5\n 1\n 3 1\n 4 2\n 2\n 1", "7:2", "has 1 numbers, and must have 2"),
    "a row too long": (WHOLE.replace("4 2", "4 2 7"), "5:6", "has 3 numbers, and must have 2"),
    "too few capacities": (WHOLE.replace("2 2 1\n", "2 2 2\n"), "2:2", "has 1 numbers, and must have 2"),
    "one group too many": (WHOLE + " 3\n 1 1\n 2 2\n", "9:2", "more numbers than the first line has announced"),
    "groups out of order": (WHOLE.replace("\n 2\n", "\n 3\n"), "6:2", "group 2 is next"),
    "a word": (WHOLE.replace("3 1", "3 one"), "4:4", "'one' is not a number"),
    "a decimal comma": (WHOLE.replace("3 1", "3,5 1"), "4:2", "'3,5' is not a number"),
    "a weight below 0": (WHOLE.replace("4 2", "4 -2"), "5:4", "which a weight cannot be"),
    "half a group": (WHOLE.replace("2 2 1", "2.5 2 1"), "1:1", "must be a whole number"),
    "no groups": (WHOLE.replace("2 2 1", "0 2 1"), "1:1", "must be a whole number of 1 or more"),
    "infinity": (WHOLE.replace("4 2", "inf 2"), "5:2", "is not a number"),
    "far too large": (WHOLE.replace("4 2", "1e30 2"), "5:2", "out of range"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_knapsack_that_is_wrong_is_refused_by_line_and_column(case: str, tmp_path: Path) -> None:
    text, place, said = WRONG[case]
    file = tmp_path / "wrong.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as told:
        read_knapsacks(file)
    assert str(told.value).startswith(f"{file}:{place}: ")
    assert said in str(told.value)


def test_what_the_wrong_ones_are_made_of_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "whole"
    file.write_text(WHOLE + "\nSolution: 2 1\n", encoding="utf-8")
    (knapsack,) = read_knapsacks(file)
    assert [[item.value for item in group] for group in knapsack.groups] == [[3, 4], [1, 2]]
