"""A lifted cover holds wherever the limit does, and rules out more than the limit says."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from choice_samples import choices_of_levels, selections, shares_at_random
from portfolioopt.solution.inequalities.choices import Choices
from portfolioopt.solution.inequalities.covers import Knapsack, cover

WEIGHTS = st.lists(
    st.lists(st.integers(-4, 12).map(float), min_size=1, max_size=3, unique=True), min_size=2, max_size=5
)


@given(WEIGHTS, st.integers(-10, 30), st.sampled_from([1, -1]), st.integers(0, 5))
@settings(max_examples=400, deadline=None)
def test_a_cover_holds_for_every_choice_within_the_limit(
    levels: list[list[float]], limit: int, sign: int, seed: int
) -> None:
    choices = choices_of_levels(levels)
    knapsack = Knapsack.of(choices, sign, float(limit))
    if knapsack is None:
        return
    within = [one for one in selections(choices) if sign * float(choices.weight @ one) <= limit]
    shares = shares_at_random(choices, seed)
    found = cover(knapsack, shares)
    assert all(knapsack.impossible @ one == 0 for one in within)
    if found is not None:
        coefficients, side = found
        assert coefficients @ shares > side
        assert all(coefficients @ one <= side for one in within)


def test_two_that_do_not_fit_together_are_not_taken_half_each() -> None:
    choices = choices_of_levels([[0, 6], [0, 7], [0, 1]])
    knapsack = Knapsack.of(choices, 1, 10.0)
    assert knapsack is not None
    found = cover(knapsack, np.array([0.2, 0.8, 0.4, 0.6, 0.0, 1.0]))
    assert found is not None
    assert found[0].tolist() == [0, 1, 0, 1, 0, 0]
    assert found[1] == 1


def test_the_linear_relaxation_needs_no_help_where_all_weights_are_alike() -> None:
    assert Knapsack.of(choices_of_levels([[0, 2], [0, 2], [0, 2]]), 1, 4.0) is None
    assert Knapsack.of(choices_of_levels([[0, 2], [0, 2], [0, 2]]), 1, 5.0) is not None
    assert Knapsack.of(choices_of_levels([[0, 2], [0, 5]]), 1, 7.0) is None


def test_what_lies_in_no_row_is_at_its_level_as_well() -> None:
    choices = Choices(0, np.array([1, 3]), np.array([1, 2]), np.array([0.0, 4, 5]), np.array([0, 0, 1]),
                      np.array([0, 2]), np.array([0, -1]))  # fmt: skip
    shares = choices.shares(np.array([[0.25, 1.0]]))
    assert shares.tolist() == [[0.75, 0.25, 1.0]]
    on_arcs, constant = choices.on_arcs(np.array([2.0, 3, 7]))
    assert constant + on_arcs @ [0.25, 1.0] == shares[0] @ [2.0, 3, 7]
