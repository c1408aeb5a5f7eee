"""Scenarios formulated apart say the same as all of them together."""

from dataclasses import replace

import numpy as np
import pytest

from engine_samples import Written, best_of, objective_of
from enumeration.generators import random_instance
from portfolioopt import Instance, Model, Plan, read_instance, solve
from portfolioopt.formulation.apart import alone, most_worth, plain, take_apart
from portfolioopt.formulation.draft import Level
from portfolioopt.plan import TODAY
from portfolioopt.solution.decisions import arcs_of
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.stop import Stop

FIVE_DEALS = "instances/five_deals"
MODELS: list[Written] = [
    {},
    {"limits": {"capital": {"price": 1.5}, "skills": {"price": 0.4}, "exposures": {"price": 0.2}}},
    {"changes": {"price": 2, "against": "today"}},
    {"objective": {"risk": {"measure": "cvar", "tail": 0.3, "weight": 0.4}}},
    {"objective": {"risk": {"measure": "worst_case", "weight": 0.5}}},
]
SEEDS = [1, 7, 12]


def instance(seed: int) -> Written:
    """A random instance without the families that demand something, so that there is a plan."""
    written, _ = random_instance(seed)
    return {key: value for key, value in written.items() if key not in ("requirements", "rules", "activity", "links")}


def worth_of(apart, plan: Plan, level: float | None) -> float:
    """What a plan is worth in a scenario formulated apart, its decisions and the level of risk held."""
    formulation = apart.formulation
    own = Plan.of(one for one in plan.decisions if one.scenario == apart.name)
    taken = np.zeros(formulation.takes)
    taken[arcs_of(formulation, own)] = 1
    lower, upper = formulation.lower.copy(), formulation.upper.copy()
    lower[: formulation.takes] = upper[: formulation.takes] = taken
    if apart.level is not None:
        lower[apart.level] = upper[apart.level] = level
    ended = run(hand_over(replace(formulation, lower=lower, upper=upper)), Settings(), Stop())
    assert ended.ending == "optimal"
    return ended.value


def level_of(npv: dict[str, float], probability: dict[str, float], tail: float) -> float:
    """The value at risk: the NPV at the edge of the worst share."""
    total = 0.0
    for name in sorted(npv, key=lambda name: npv[name]):
        total += probability[name]
        if total >= tail - 1e-12:
            return npv[name]
    raise AssertionError("probabilities sum to 1")


@pytest.mark.parametrize("choices", MODELS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_plan_is_worth_in_its_scenarios_adds_up_to_what_it_is_worth(seed: int, choices: Written) -> None:
    written = instance(seed)
    result = best_of(written, choices)
    facts, model = Instance.model_validate(written), Model.model_validate(choices)
    probability = {future.name: float(future.probability) for future in facts.futures}
    tail = choices.get("objective", {}).get("risk", {}).get("tail", 1e-9)
    level = level_of(result.npv, probability, tail)
    most = max(most_worth(plain(facts, model, name)) for name in probability)
    assert all(abs(npv) <= most * (1 + 1e-9) for npv in result.npv.values())
    total = 0.0
    for name in probability:
        apart = take_apart(facts, model, name, TODAY, level=Level(-most, most, most))
        assert (apart.level is not None) == ("objective" in choices)
        total += apart.probability * worth_of(apart, result.plan, level)
    assert total == pytest.approx(float(objective_of(result)), rel=1e-7, abs=1e-6)


def test_a_scenario_alone_is_the_deterministic_case() -> None:
    facts = read_instance(FIVE_DEALS)
    for future in facts.futures:
        ended = run(hand_over(take_apart(facts, Model(), future.name).formulation), Settings(), Stop())
        sure = solve(alone(facts, future.name), gap=0)
        assert ended.value == pytest.approx(sure.objective, rel=1e-9)
        assert future.name in sure.npv
