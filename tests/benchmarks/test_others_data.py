"""Published problems are read as they stand, and the best values known of them are reached."""

import pytest

from benchmarks import knapsacks, logos
from portfolioopt import Instance, solve


@pytest.mark.parametrize("name", ["I01", "I02"])
def test_a_published_knapsack_optimum_is_reached(name: str) -> None:
    result = solve(Instance.model_validate(knapsacks.published(knapsacks.DATA / name)))
    assert (result.status, result.verified, result.objective) == ("optimal", True, knapsacks.KNOWN[name])


@pytest.mark.parametrize("name", logos.KNOWN)
def test_a_capital_budgeting_case_is_solved_to_its_gold_result(name: str) -> None:
    raw = logos.instance_of(logos.read_budgeting(logos.DATA / f"{name}.xml"), name)
    result = solve(Instance.model_validate(raw))
    assert (result.status, result.verified, result.objective) == ("optimal", True, logos.KNOWN[name])


def test_a_made_knapsack_is_the_same_from_the_same_seed_and_looks_like_the_published_ones() -> None:
    made = knapsacks.made_knapsack(1, 5, 4, 3)
    assert made == knapsacks.made_knapsack(1, 5, 4, 3) != knapsacks.made_knapsack(2, 5, 4, 3)
    assert made.capacities == (25, 25, 25)
    assert all(list(group) == sorted(group) for group in made.groups)
