"""Laws that hold for every instance, whatever its numbers: the enumerator keeps them on random ones."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

import pytest

from .enumerator import Answer, assess, best_plan, count_plans
from .generators import random_instance, random_plan

SEEDS = range(6)
Written = dict[str, Any]


def objective(answer: Answer) -> Fraction:
    """The objective of a plan that must exist."""
    assert answer.objective is not None
    return answer.objective


def risk_neutral(model: Written) -> Written:
    return {key: written for key, written in model.items() if key != "objective"}


@pytest.fixture(params=[(seed, tight) for seed in SEEDS for tight in (False, True)], ids=str)
def drawn(request: pytest.FixtureRequest) -> tuple[Written, Written]:
    seed, tight = request.param
    return random_instance(seed, tight=tight)


def test_the_best_plan_is_found_again_by_its_decisions(drawn: tuple[Written, Written]) -> None:
    plans = assess(*drawn)
    best = plans.best()
    assert len(plans.feasible().ravel()) == count_plans(drawn[0])
    if best.feasible:
        again = plans.of(best.decisions)
        assert (again.objective, again.npv, again.broken) == (best.objective, best.npv, frozenset())
        assert best.ties >= 1


def test_dropping_a_limit_never_hurts(drawn: tuple[Written, Written]) -> None:
    instance, model = drawn
    best = best_plan(instance, model)
    for family in ("capital", "exposures", "activity", "moves", "rules"):
        freed = best_plan({key: written for key, written in instance.items() if key != family}, model)
        assert not best.feasible or objective(freed) >= objective(best)


def test_softening_every_limit_never_hurts_and_always_leaves_a_plan(drawn: tuple[Written, Written]) -> None:
    instance, model = drawn
    hard = risk_neutral(model) | {"limits": {}}
    families = ["capital", "skills", "exposures", "requirements", "activity", "moves", "links", "rules"]
    soft = hard | {"limits": {key: {"price": 0.5} for key in families}}
    best, softened = best_plan(instance, hard), best_plan(instance, soft)
    assert softened.feasible
    assert not best.feasible or objective(softened) >= objective(best)


def test_more_budget_never_hurts(drawn: tuple[Written, Written]) -> None:
    instance, model = drawn
    if "capital" not in instance or "sensitivity" in instance["capital"]:
        pytest.skip("more budget is not more in every scenario, or there is none")
    richer = copy.deepcopy(instance)
    budget = richer["capital"]["budget"]
    richer["capital"]["budget"] = [number + 1 for number in budget] if isinstance(budget, list) else budget + 1
    best = best_plan(instance, model)
    assert not best.feasible or objective(best_plan(richer, model)) >= objective(best)


def test_learning_never_hurts(drawn: tuple[Written, Written]) -> None:
    instance, model = drawn
    first_year = instance["horizon"]["first_year"]
    blind = best_plan({**instance, "review_years": [first_year]}, model)
    if blind.feasible:
        assert objective(best_plan(instance, model)) >= objective(blind)


def test_a_tail_of_everything_is_the_mean_and_no_measure_is_above_it(drawn: tuple[Written, Written]) -> None:
    instance, model = drawn
    hard = risk_neutral(model) | {"limits": {}}
    neutral = best_plan(instance, hard)
    if not neutral.feasible:
        return
    by_measure = [
        objective(best_plan(instance, hard | {"objective": {"risk": {"weight": 0.5, **risk}}}))
        for risk in (
            {"measure": "cvar", "tail": 1},
            {"measure": "cvar", "tail": 0.5},
            {"measure": "cvar", "tail": 0.05},  # no scenario is less likely than that: the worst alone
            {"measure": "worst_case"},
        )
    ]
    whole, half, least, worst = by_measure
    assert objective(neutral) == whole >= half >= least == worst


def test_at_a_high_price_of_changes_the_other_plan_is_kept_if_it_can_be(drawn: tuple[Written, Written]) -> None:
    instance, model = drawn
    reference = random_plan(1, instance)
    kept = assess(instance, model).of(reference)
    charged = model | {"changes": {"price": 10**14, "against": "plan.yaml"}}
    if kept.feasible:
        assert best_plan(instance, charged, against=reference).decisions == set(reference)
