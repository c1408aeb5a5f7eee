"""Attitudes to risk: what the solver maximizes is the measure of the plan that it returns, and limiting cases hold."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from audit.cases import case, deal, form, futures
from engine_samples import Written, best_of, objective_of, same
from enumeration.generators import random_instance


def mean_of_worst(npv: dict[str, float], probability: dict[str, float], tail: float) -> float:
    """CVaR by numpy: worst scenarios first, that at the edge by the part of it inside."""
    names = sorted(npv, key=lambda name: npv[name])
    values = np.array([npv[name] for name in names])
    ends = np.cumsum([probability[name] for name in names])
    inside = np.diff(np.minimum(ends, tail), prepend=0.0)
    return float(values @ inside / tail)


def probabilities(written: Written) -> dict[str, float]:
    return {one["name"]: float(one["probability"]) for one in written.get("scenarios", [])} or {"base": 1.0}


def risk(weight: float, tail: float | None = None) -> Written:
    measure: Written = {"measure": "worst_case"} if tail is None else {"measure": "cvar", "tail": tail}
    return {"objective": {"risk": measure | {"weight": weight}}}


SEEDS = [0, 1, 7, 12, 13, 17, 19, 21, 25, 26, 31, 36]
"""Of instances with a plan whose NPV differs between scenarios."""


def instance(seed: int) -> Written:
    """A random instance whose limits are soft enough for a plan: without the families that demand something."""
    written, _ = random_instance(seed)
    return {key: value for key, value in written.items() if key not in ("requirements", "rules", "activity", "links")}


@pytest.mark.parametrize("tail", [0.1, 0.35, 0.7, 1])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_measure_of_the_plan_is_numpys(seed: int, tail: float) -> None:
    written = instance(seed)
    result = best_of(written, risk(0.4, tail))
    assert result.risk is not None
    assert result.risk == pytest.approx(mean_of_worst(result.npv, probabilities(written), tail), rel=1e-9, abs=1e-9)
    expected = sum(probabilities(written)[name] * value for name, value in result.npv.items())
    assert result.objective == pytest.approx(0.6 * expected + 0.4 * result.risk, rel=1e-9, abs=1e-9)
    assert result.bound == pytest.approx(result.objective, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_weight_is_risk_neutral_and_so_is_a_tail_of_everything(seed: int) -> None:
    written = instance(seed)
    neutral = best_of(written)
    for choices in (risk(0, 0.2), risk(0), risk(0.5, 1), risk(1, 1)):
        assert same(objective_of(best_of(written, choices)), objective_of(neutral))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tail_no_longer_than_the_least_likely_scenario_is_the_worst_case(seed: int) -> None:
    written = instance(seed)
    worst = best_of(written, risk(0.5))
    least = min(probabilities(written).values())
    for tail in (least, least / 2, 1e-6):
        assert objective_of(best_of(written, risk(0.5, tail))) == objective_of(worst)
    assert worst.risk == pytest.approx(min(worst.npv.values()))


@pytest.mark.parametrize("seed", SEEDS)
def test_more_weight_on_the_tail_trades_expectation_for_the_tail(seed: int) -> None:
    written = instance(seed)
    results = [best_of(written, risk(weight, 0.3)) for weight in (0.1, 0.5, 0.9)]
    expected = [result.audit.expected_npv for result in results if result.audit is not None]
    tails = [result.audit.risk for result in results if result.audit is not None and result.audit.risk is not None]
    slack = Fraction(1, 10**6)
    assert all(one >= other - slack for one, other in pairwise(expected))
    assert all(one <= other + slack for one, other in pairwise(tails))


def test_a_scenario_that_cannot_happen_is_not_the_worst_case() -> None:
    partnership = deal(states={"on": {"benefit": 10, "sensitivity": {"benefit": {"demand": 1}}}}, actions=(form(),))
    scenarios = futures(("likely", 1, {"demand": 1}), ("never", 0, {"demand": 0}))
    for choices in (risk(1), risk(1, 0.01), risk(1, 0.5)):
        assert objective_of(best_of(case(partnership, **scenarios), choices)) == 10


def test_the_scenario_at_the_edge_of_the_tail_counts_by_the_part_inside() -> None:
    partnership = deal(states={"on": {"sensitivity": {"benefit": {"demand": 1}}, "benefit": 10}}, start={"state": "on"})
    scenarios = futures(
        ("a", 0.04, {"demand": 2}), ("b", 0.16, {"demand": 5}), ("c", 0.8, {"demand": 10})
    )  # worth 20, 50, 100
    assert objective_of(best_of(case(partnership, **scenarios), risk(1, 0.1))) == 38
