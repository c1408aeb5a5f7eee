"""What each partnership contributes adds up to what the audit says of all, exactly."""

from fractions import Fraction

import pytest

from enumeration.generators import random_instance, random_plan
from portfolioopt.audit import audit
from portfolioopt.audit.contributions import Contributions
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import Decision, Plan

from .cases import case, deal, form, futures, owned, ready, take

LINES = ("benefit", "cost", "breakdown", "capital", "proceeds", "terminal")


def contributions(written, *acts):
    return Contributions(Instance.model_validate(written), Plan.of(acts))


@pytest.mark.parametrize("seed", range(25))
def test_contributions_of_generated_portfolios_add_up_to_the_audit(seed):
    written, _ = random_instance(seed)
    instance = Instance.model_validate(written)
    kinds = {(one.id, action.id): action.kind for one in instance.partnerships for action in one.actions}
    plan = Plan.of(
        Decision(scenario, year, partnership, action, kinds[partnership, action])
        for partnership, action, year, scenario in random_plan(seed, written)
    )
    found, parts = audit(instance, Model(), plan), Contributions(instance, plan)
    flows = {each.id: ("exposure", each.tag) for each in instance.exposures}
    flows |= {each.id: ("provides", each.capability) for each in instance.requirements}
    flows |= {name: ("effort", name) for name in instance.skills}
    compared = 0
    for use in found.limits:
        if use.family in ("skills", "exposures", "requirements"):
            assert sum(parts.of(*flows[use.id], use.scenario, use.year).values(), Fraction(0)) == use.use
            compared += 1
    for entry in found.money:
        if entry.line in LINES:
            assert sum(parts.of(entry.line, "", entry.scenario, entry.year).values()) == entry.amount
            compared += 1
    share = {each.name: Fraction(each.probability) for each in instance.futures}
    over = parts.over_horizon(*LINES)
    for line in LINES:
        assert sum(over[line].values(), Fraction(0)) == sum(
            (share[entry.scenario] * entry.amount for entry in found.money if entry.line == line), Fraction(0)
        )
    assert compared


def test_who_contributes_nothing_is_left_out():
    parts = contributions(case(owned("a", effort={"e": 3}), owned("b"), skills={"e": {"capacity": 9}}))
    assert parts.of("effort", "e", "base", 2026) == {"a": Fraction(3)}
    assert parts.of("effort", "unheard of", "base", 2026) == {}


def test_money_over_the_horizon_is_expected_over_scenarios():
    world = futures(("up", 0.25, {"d": 3}), ("down", 0.75, {}))
    parts = contributions(
        case(owned("a", benefit=10, sensitivity={"benefit": {"d": 1}}), owned("b", benefit=1), years=2, **world)
    )
    assert parts.over_horizon("benefit") == {"benefit": {"a": Fraction(30), "b": Fraction(2)}}


def test_readiness_is_the_mean_over_active_years_by_probability():
    # g is 1 in full (all scores 5), ½ in pilot (all scores 3); a lead year counts as the state that it leads to
    states = {"pilot": {}, "full": {"readiness": dict(ready(5))}}
    grow = {"id": "grow", "kind": "expand", "from": "pilot", "to": "full"}
    written = case(deal("deal", states, (form("pilot", lead_years=1), grow), readiness=ready(3)), years=5)
    parts = contributions(written, take("form", 2027), take("grow", 2030, kind="expand"))
    # 2027 lead, 2028 and 2029 pilot, 2030 full
    assert parts.readiness("deal") == (3 * Fraction(1, 2) + 1) / 4


def test_there_is_no_readiness_without_scores_or_activity():
    written = case(deal("idle", {"on": {}}, (form(),), readiness=ready(3)), owned("plain"))
    parts = contributions(written)
    assert parts.readiness("idle") is None
    assert parts.readiness("plain") is None
