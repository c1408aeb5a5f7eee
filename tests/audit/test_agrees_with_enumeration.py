"""The audit of any plan, allowed or not, agrees with the independent enumerator of every plan."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from enumeration.draw import Draw
from enumeration.enumerator import Answer, Assessment, assess
from enumeration.generators import random_instance, random_plan
from portfolioopt.audit import Audit, audit
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import Decision, Hiring, Plan

Written = dict[str, Any]
NEARLY = Fraction(1, 10**30)
"""Relative to the numbers compared: mid-year factors are rational numbers near irrational ones."""

SHARED = ("synergies", "pools", "coordination", "hiring", "shortfall")
"""Money that no single partnership earns."""


def plan_of(instance: Instance, decisions: Iterable[tuple[str, str, int, str]]) -> Plan:
    kinds = {(one.id, action.id): action.kind for one in instance.partnerships for action in one.actions}
    return Plan.of(
        Decision(scenario, year, partnership, action, kinds[partnership, action])
        for partnership, action, year, scenario in decisions
    )


def with_hiring(instance: Instance, model: Model, plan: Plan) -> Plan:
    """The plan with those hired who are missing, may be hired, and are not dearer than exceeding a soft limit."""
    first_year = instance.horizon.first_year
    hiring = []
    for use in audit(instance, model, plan).limits:
        hire = instance.skills[use.id].hire if use.family == "skills" else None
        if hire is None or use.headroom >= 0:
            continue
        cost, at_most = (
            series[use.year - first_year] if isinstance(series, tuple) else series
            for series in (hire.cost, hire.at_most)
        )
        if use.price is None or use.price >= cost:
            missing = -use.headroom
            engineers = min(at_most, Decimal(missing.numerator) / Decimal(missing.denominator))
            hiring.append(Hiring(use.scenario, use.year, use.id, engineers))
    return Plan.of(plan.decisions, (each for each in hiring if each.engineers))


def assert_same(found: Audit, answer: Answer) -> None:
    assert answer.objective is not None
    assert answer.penalty is not None
    pairs = [(found.objective, answer.objective), (found.penalties, answer.penalty)]
    pairs += [(found.npv[scenario], npv) for scenario, npv in answer.npv.items()]
    for ours, theirs in pairs:
        assert abs(ours - theirs) <= NEARLY * max(abs(ours), abs(theirs))
    assert {finding.id for finding in found.findings} == answer.broken
    for scenario, npv in found.npv.items():
        own = [worth[scenario] for worth in found.worth.values()]
        shared = [line.discounted for line in found.money if line.scenario == scenario and line.line in SHARED]
        assert sum(own) + sum(shared) == npv


def check(written: Written, choices: Written, plans: Assessment, positions: Iterable[tuple[int, ...]]) -> None:
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    for position in positions:
        answer = plans.at(position)
        plan = with_hiring(instance, model, plan_of(instance, answer.decisions))
        assert_same(audit(instance, model, plan), answer)


@pytest.mark.parametrize("tight", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_best_plan_and_random_plans_have_the_enumerators_value_and_broken_limits(seed: int, tight: bool) -> None:
    written, choices = random_instance(seed, tight=tight)
    plans = assess(written, choices)
    draw = Draw(seed)
    positions = [tuple(draw.randrange(size) for size in plans.portfolios.shape) for _ in range(5)]
    best = plans.best()
    if best.feasible:
        positions.append(plans.portfolios.position(best.decisions))
    check(written, choices, plans, positions)


@pytest.mark.parametrize("seed", range(100, 110))
def test_changes_are_charged_as_the_enumerator_charges_them(seed: int) -> None:
    written, choices = random_instance(seed)
    choices = {**choices, "changes": {"price": 0.7, "against": "plan.yaml"}}
    before = random_plan(seed, written)
    plans = assess(written, choices, before)
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    answer = plans.at(tuple(size - 1 for size in plans.portfolios.shape))
    plan = with_hiring(instance, model, plan_of(instance, answer.decisions))
    assert_same(audit(instance, model, plan, plan_of(instance, before)), answer)
