"""What only very large portfolios and trees need: samples, coarser trees, parts whose limits give way."""

import math

import numpy as np
import pytest

from benchmarks.portfolios import capacities, realistic
from engine_samples import formulated
from portfolioopt.solution import ascent
from portfolioopt.solution.ascent import ascend
from portfolioopt.solution.coarse import carried_over, coarser, standing_for
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.stop import Stop


def test_prices_of_a_sample_mended_on_all_prove_nearly_what_the_relaxation_proves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ascent, "SAMPLE", 100)
    formulation = formulated(capacities(3, 400, 6, 4))
    relaxed = run(hand_over(formulation), Settings(relaxed=True), Stop())
    seen: list[float] = []
    priced = ascend(formulation, lambda: False, seen.append)
    assert relaxed.value - 1e-6 * abs(relaxed.value) <= priced.bound <= min(seen)
    assert priced.bound == pytest.approx(relaxed.value, rel=5e-3)


def test_a_coarser_tree_keeps_all_probability_and_every_scenario_is_stood_for_by_one_that_stands_for_itself() -> None:
    formulation = formulated(realistic(1, 6, 6, 9))
    standing = standing_for(formulation, 4)
    small = coarser(formulation, standing)
    assert len(small.portfolio.tree.scenarios) == 4
    assert math.isclose(small.portfolio.tree.probability.sum(), 1.0)
    assert np.array_equal(standing[standing], standing)


def test_prices_carried_over_from_the_same_tree_are_the_same_prices() -> None:
    formulation = formulated(realistic(2, 6, 6, 5))
    prices = np.random.default_rng(0).uniform(0, 1, len(formulation.labels))
    standing = np.arange(5)
    assert np.allclose(carried_over(prices, coarser(formulation, standing), formulation, standing), prices)


def test_prices_carried_over_prove_a_bound_near_that_of_prices_sought_on_all() -> None:
    formulation = formulated(realistic(3, 8, 6, 12))
    standing = standing_for(formulation, 6)
    small = coarser(formulation, standing)
    carried = carried_over(ascend(small, lambda: False, lambda _: None).prices, small, formulation, standing)
    without = PriceList(formulation).evaluate(np.zeros(len(carried))).bound
    sought = ascend(formulation, lambda: False, lambda _: None).bound
    began = PriceList(formulation).evaluate(carried).bound
    assert began - sought <= 0.5 * (without - sought)
