"""A bound from single scenarios: it never lies below the best plan, and never above what prices alone prove."""

import math

import numpy as np
import pytest

from benchmarks.portfolios import realistic
from engine_samples import Written, formulated, objective_of, solved
from enumeration.generators import random_instance
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import Row
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.futures import Apart, agreeing, apart, shared
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.stop import Stop

CAUTIOUS = {"objective": {"risk": {"measure": "cvar", "tail": 0.3, "weight": 0.5}}, "limits": {"skills": {"price": 1}}}


def prices_of(formulation: Formulation) -> Floats:
    """Prices of the coupling rows in the LP relaxation."""
    program = hand_over(formulation)
    ended = run(program, Settings(relaxed=True), Stop())
    assert ended.row_dual is not None
    prices = np.zeros(len(formulation.row_lower))
    np.add.at(prices, program.rows, ended.row_dual * program.row_scale * program.objective_scale)
    coupling: Floats = prices[formulation.paths :]
    return coupling


def most(part: Apart) -> tuple[float, Floats]:
    """What a scenario is worth at most by itself, and its arcs."""
    program = hand_over(part.formulation, part.columns, hair=Settings.hair)
    ended = run(program, Settings(), Stop())
    assert ended.x is not None
    return ended.bound, program.whole(ended.x)[: part.formulation.takes]


def parts_of(formulation: Formulation, prices: Floats) -> list[Apart]:
    return apart(formulation, prices, shared(formulation))


SEVERAL = [(realistic(seed, 4, 5, 5), choices) for seed in (1, 2) for choices in ({}, CAUTIOUS)]


@pytest.mark.parametrize(("written", "choices"), SEVERAL)
def test_the_worths_of_the_scenarios_add_up_to_those_of_the_whole(written: Written, choices: Written) -> None:
    formulation = formulated(written, choices)
    prices = prices_of(formulation)
    parts = parts_of(formulation, prices)
    together = np.sum([part.formulation.objective for part in parts], axis=0)
    assert together == pytest.approx(formulation.objective, abs=1e-9)
    assert sum(part.formulation.constant for part in parts) == pytest.approx(formulation.constant)


@pytest.mark.parametrize(("written", "choices"), SEVERAL)
def test_prices_prove_as_much_of_single_scenarios_as_of_the_whole(written: Written, choices: Written) -> None:
    formulation = formulated(written, choices)
    prices = prices_of(formulation)
    whole = PriceList(formulation).evaluate(prices).bound
    assert sum(part.bound for part in parts_of(formulation, prices)) == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize(("written", "choices"), SEVERAL)
def test_single_scenarios_prove_at_least_as_much_and_never_too_much(written: Written, choices: Written) -> None:
    formulation = formulated(written, choices)
    prices = prices_of(formulation)
    parts = parts_of(formulation, prices)
    best = float(objective_of(solved(written, choices, gap=0)))
    bounds = [most(part)[0] for part in parts]
    assert best * (1 - 1e-9) <= sum(bounds) <= PriceList(formulation).evaluate(prices).bound * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(25))
def test_whatever_the_prices_no_plan_is_worth_more_than_its_scenarios(seed: int) -> None:
    written, choices = random_instance(seed)
    best = solved(written, choices, gap=0)
    if best.status != "optimal":
        return
    formulation = formulated(written, choices)
    rng = np.random.default_rng(seed)
    prices = rng.normal(scale=5.0, size=len(formulation.labels))
    lower, upper = formulation.row_lower[formulation.paths :], formulation.row_upper[formulation.paths :]
    prices = np.where(np.isneginf(lower), np.maximum(prices, 0), prices)
    prices = np.where(np.isposinf(upper), np.minimum(prices, 0), prices)
    total = sum(min(part.bound, most(part)[0]) for part in parts_of(formulation, prices))
    value = float(objective_of(best))
    assert total >= value - 1e-6 * max(abs(value), 1.0)


def test_worths_moved_against_disagreement_still_add_up() -> None:
    formulation = formulated(realistic(3, 4, 5, 5))
    split = shared(formulation)
    parts = apart(formulation, prices_of(formulation), split)
    differences = agreeing(split, [most(part)[1] for part in parts])
    assert np.abs(np.sum(differences, axis=0)).max() < 1e-9
    moved = [part.moved(-0.5 * by) for part, by in zip(parts, differences, strict=True)]
    together = np.sum([part.formulation.objective for part in moved], axis=0)
    assert together == pytest.approx(formulation.objective, abs=1e-9)
    assert all(part.bound == math.inf for part in moved)


def test_a_row_that_joins_scenarios_keeps_its_price_and_binds_nobody() -> None:
    written = realistic(1, 4, 5, 5)
    plain = formulated(written)
    last = plain.year_columns(len(plain.portfolio.years) - 1)
    columns = np.arange(last.start, last.stop)
    joined = plain.with_rows([Row("cut", "plan", 4, 0, columns, np.ones(len(columns)), -math.inf, 7.0)])
    split = shared(joined)
    assert not split.rows[-1].any()
    prices = np.append(prices_of(plain), 0.25)
    parts = apart(joined, prices, split)
    # without the row there is more to be had: its price gives that back
    assert sum(part.bound for part in parts) == pytest.approx(PriceList(joined).evaluate(prices).bound, rel=1e-9)
