"""What a total earns is bounded by steps wherever a level of each partnership is taken, and without slack at the one
compared with."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from choice_samples import choices_of_levels, selections, shares_at_random
from portfolioopt.solution.inequalities import curves
from portfolioopt.solution.inequalities.curves import Curve, bound_by_steps, steps

LEVELS = st.lists(st.lists(st.integers(0, 9).map(float), min_size=1, max_size=3, unique=True), min_size=2, max_size=5)
PIECES = st.lists(st.tuples(st.integers(1, 8), st.integers(-6, 6)), min_size=1, max_size=5)


def curve_of(pieces: list[tuple[int, int]]) -> Curve:
    lengths, slopes = np.array(pieces, dtype=float).T
    return Curve.of(lengths, slopes)


@given(LEVELS, PIECES, st.randoms(use_true_random=False))
@settings(max_examples=400, deadline=None)
def test_steps_hold_for_every_choice_in_any_order(
    levels: list[list[float]], pieces: list[tuple[int, int]], random: Random
) -> None:
    choices, curve = choices_of_levels(levels), curve_of(pieces)
    rng = np.random.default_rng(random.randrange(2**32))
    order = rng.permutation(choices.partnerships)
    compared = np.array(
        [rng.integers(choices.levels(one).start, choices.levels(one).stop) for one in range(len(order))]
    )
    coefficients, side = bound_by_steps(curve, choices, order, compared)
    for taken in selections(choices):
        assert float(curve(np.array(choices.weight @ taken))) <= coefficients @ taken + side + 1e-9
    at = np.isin(np.arange(len(choices.weight)), compared).astype(float)
    assert np.isclose(coefficients @ at + side, float(curve(np.array(choices.weight @ at))))


@given(LEVELS, PIECES, st.integers(0, 9))
@settings(max_examples=200, deadline=None)
def test_what_is_found_is_broken_and_holds(levels: list[list[float]], pieces: list[tuple[int, int]], seed: int) -> None:
    choices, curve = choices_of_levels(levels), curve_of(pieces)
    shares = shares_at_random(choices, seed)
    earned = float(curve.worth.max())
    found = steps(curve, choices, shares, earned)
    if found is not None:
        coefficients, side = found
        assert earned > coefficients @ shares + side
        for taken in selections(choices):
            assert float(curve(np.array(choices.weight @ taken))) <= coefficients @ taken + side + 1e-9


def test_too_many_sums_to_tell_apart_leave_steps_that_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    choices, curve = choices_of_levels([[0, 1, 3], [0, 2, 7], [0, 5], [1, 4]]), curve_of([(4, 0), (3, 5), (9, 1)])
    order, compared = np.arange(4), choices.start
    exact = bound_by_steps(curve, choices, order, compared)
    monkeypatch.setattr(curves, "MOST_SUMS", 1)
    rough = bound_by_steps(curve, choices, order, compared)
    assert (rough[0] >= exact[0] - 1e-9).all()
    for taken in selections(choices):
        assert float(curve(np.array(choices.weight @ taken))) <= rough[0] @ taken + rough[1] + 1e-9


def test_one_undecided_partnership_earns_between_its_two_totals_and_not_along_the_curve() -> None:
    choices, curve = choices_of_levels([[0, 4], [6.0]]), curve_of([(6, 0), (2, 1), (2, 3)])
    found = steps(curve, choices, np.array([0.5, 0.5, 1.0]), earned=5.0)
    assert found is not None
    assert found[0] @ [0.5, 0.5, 1.0] + found[1] == 4.0  # half of g(6) = 0 and half of g(10) = 8


def test_a_curve_agrees_with_itself_cut_short_and_with_no_other() -> None:
    curve = curve_of([(2, 1), (3, 4), (5, 2)])
    assert curve.agrees(curve_of([(2, 1), (2, 4)]))
    assert not curve.agrees(curve_of([(2, 1), (2, 3)]))
    assert not curve_of([(2, 1)]).agrees(curve)
