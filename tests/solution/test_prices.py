"""Prices prove bounds by themselves: whatever they are, no plan is worth more; at the LP's they prove as much as it."""

from dataclasses import replace

import numpy as np
import pytest

from engine_samples import Written, formulated
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt.formulation.build import Formulation
from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.prices import PriceList, arc_starts, sweep
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.stop import Stop

NEARLY = 1e-7


def relaxed(formulation: Formulation) -> tuple[float, Floats]:
    """Value of the LP relaxation and the prices of all rows, in the units of the formulation."""
    program = hand_over(formulation)
    ended = run(program, Settings(relaxed=True), Stop())
    assert ended.ending == "optimal"
    assert ended.row_dual is not None
    prices = np.zeros(len(formulation.row_lower))
    np.add.at(prices, program.rows, ended.row_dual * program.row_scale * program.objective_scale)
    return ended.value, prices


def optimum(formulation: Formulation, forced: int | None = None) -> float:
    """The best value, −∞ if there is none; at will with one arc that must be taken."""
    if forced is not None:
        lower = formulation.lower.copy()
        lower[forced] = 1
        formulation = replace(formulation, lower=lower)
    return run(hand_over(formulation), Settings(), Stop()).value


def feasible(number: int, *, limits: bool = True) -> list[tuple[int, Written, Written]]:
    """Random instances with a plan, and their models."""
    found = []
    seed = 0
    while len(found) < number:
        written, choices = random_instance(seed, tight=bool(seed % 3 == 0))
        if not limits:
            written = {key: value for key, value in written.items() if key not in FAMILY_NAMES}
            choices = {}
        if best_plan(written, choices).feasible:
            found.append((seed, written, choices))
        seed += 1
    return found


INSTANCES = feasible(25)
FREE = feasible(10, limits=False)


@pytest.mark.parametrize(("seed", "written", "choices"), INSTANCES, ids=lambda value: str(value)[:5])
def test_at_any_prices_no_plan_is_worth_more_than_the_bound(seed: int, written: Written, choices: Written) -> None:
    formulation = formulated(written, choices)
    best = best_plan(written, choices).objective
    assert best is not None
    rng = np.random.default_rng(seed)
    coupling = formulation.matrix.shape[0] - formulation.paths
    prices = PriceList(formulation)
    scale = float(np.abs(formulation.objective).max(initial=1))
    for size in (0.0, 1e-3, 1.0, 1e3):
        given = rng.normal(size=coupling) * size * scale
        found = prices.evaluate(given)
        assert found.bound >= float(best) - NEARLY * abs(float(best))
        assert prices.evaluate(given, losses=False).bound == found.bound


@pytest.mark.parametrize(("seed", "written", "choices"), INSTANCES, ids=lambda value: str(value)[:5])
def test_at_the_prices_of_the_lp_the_bound_is_the_value_of_the_lp(
    seed: int, written: Written, choices: Written
) -> None:
    formulation = formulated(written, choices)
    value, prices = relaxed(formulation)
    found = PriceList(formulation).evaluate(prices[formulation.paths :])
    assert found.bound == pytest.approx(value, rel=1e-7, abs=1e-6)


@pytest.mark.parametrize(("seed", "written", "choices"), INSTANCES[:15], ids=lambda value: str(value)[:5])
def test_no_plan_through_an_arc_is_worth_more_than_the_bound_less_its_loss(
    seed: int, written: Written, choices: Written
) -> None:
    formulation = formulated(written, choices)
    rng = np.random.default_rng(seed)
    _, prices = relaxed(formulation)
    wild = rng.normal(size=len(prices)) * np.abs(formulation.objective).max()
    for given in (prices[formulation.paths :], wild[formulation.paths :]):
        found = PriceList(formulation).evaluate(given)
        assert found.loss.shape == (formulation.takes,)
        assert np.all(found.loss >= 0)
        for arc in rng.choice(formulation.takes, size=4, replace=False).tolist():
            most = found.bound - float(found.loss[arc])
            assert optimum(formulation, arc) <= most + NEARLY * max(abs(most), abs(found.bound), 1)


@pytest.mark.parametrize(("seed", "written", "choices"), FREE, ids=lambda value: str(value)[:5])
def test_where_nothing_couples_partnerships_bound_and_losses_are_exact(
    seed: int, written: Written, choices: Written
) -> None:
    formulation = formulated(written, choices)
    found = PriceList(formulation).evaluate(np.zeros(formulation.matrix.shape[0] - formulation.paths))
    best = best_plan(written, choices).objective
    assert best is not None
    assert found.bound == pytest.approx(float(best), rel=1e-9, abs=1e-9)
    rng = np.random.default_rng(seed)
    for arc in rng.choice(formulation.takes, size=6, replace=False).tolist():
        forced = optimum(formulation, arc)
        assert forced == pytest.approx(found.bound - float(found.loss[arc]), rel=1e-7, abs=1e-6)


@pytest.mark.parametrize(("seed", "written", "choices"), INSTANCES[:8], ids=lambda value: str(value)[:5])
def test_prices_of_the_wrong_sign_count_as_none(seed: int, written: Written, choices: Written) -> None:
    formulation = formulated(written, choices)
    lower = formulation.row_lower[formulation.paths :]
    upper = formulation.row_upper[formulation.paths :]
    wrong = np.where(np.isneginf(lower), -1.0, np.where(np.isposinf(upper), 1.0, 0.0))
    prices = PriceList(formulation)
    assert prices.evaluate(wrong).bound == prices.evaluate(np.zeros_like(wrong)).bound


def test_every_partnership_has_a_life_without_loss() -> None:
    for _, written, choices in INSTANCES[:10]:
        formulation = formulated(written, choices)
        starts, loss = sweep(formulation, formulation.objective[: formulation.takes])
        portfolio = formulation.portfolio
        assert len(starts) == len(portfolio.partnerships)
        for year, arcs in enumerate(portfolio.years):
            of_year = loss[formulation.year_columns(year)].reshape(-1, arcs.size)
            for node in of_year:
                least = np.full(len(portfolio.partnerships), np.inf)
                np.minimum.at(least, arcs.partnership, node)
                assert np.allclose(least, 0, atol=1e-6 * np.abs(formulation.objective).max(initial=1))


def test_arcs_of_a_slot_begin_where_the_source_changes() -> None:
    assert arc_starts(np.array([0, 0, 1, 1, 1, 2])).tolist() == [0, 2, 5]
