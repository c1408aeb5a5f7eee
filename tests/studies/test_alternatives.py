"""Alternatives are all that looking at every plan finds, the most different first; decisions stand as it says."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit.cases import case, deal, form, futures, leave, owned
from engine_samples import Written, plan_from, same
from enumeration.enumerator import assess
from enumeration.generators import random_instance
from portfolioopt import Instance, Means, Model, Plan, UnknownOption, alternatives, read_instance
from portfolioopt.audit import audit
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.studies.alternatives import Alternatives
from portfolioopt.studies.alternatives.apart import Pattern, Yardstick
from portfolioopt.studies.alternatives.perturbed import Errors, drawn, wilson
from portfolioopt.studies.answer import from_json, to_json

INSTANCES = Path(__file__).parents[2] / "instances"


def studied(written: Written, choices: Written | None = None, **asked: Any) -> Alternatives:
    instance, model = Instance.model_validate(written), Model.model_validate(choices or {})
    return alternatives(instance, model, Means(gap=1e-9), **{"draws": 0, **asked})


def yardstick_of(written: Written) -> Yardstick:
    return Yardstick.of(lay_out(Instance.model_validate(written)))


def near(written: Written, choices: Written, share: Fraction) -> tuple[list[tuple[Plan, Fraction]], Fraction]:
    """All near-optimal plans with their objectives, and the threshold."""
    plans = assess(written, choices)
    best = plans.best().objective
    assert best is not None
    threshold = best - share * abs(best)
    found = []
    for position in np.argwhere(plans.feasible()):
        answer = plans.at(tuple(int(number) for number in position))
        assert answer.objective is not None
        # what lies on the threshold to nine digits could be told either way
        if answer.objective >= threshold:
            found.append((plan_from(written, answer.decisions), answer.objective))
    return found, threshold


def some(number: int, first: int, *, again: bool = False) -> list[tuple[int, Written, Written]]:
    """Random instances with a few near-optimal plans; with `again`, some of their actions can be taken twice."""
    found: list[tuple[int, Written, Written]] = []
    seed = first
    while len(found) < number:
        seed += 1
        written, choices = random_instance(seed, tight=bool(seed % 2))
        choices.pop("changes", None)
        if not 2 < assess(written, choices).feasible().sum() < 400 or bool(yardstick_of(written).again) != again:
            continue
        if 1 < len(near(written, choices, Fraction(1, 5))[0]) < 60:
            found.append((seed, written, choices))
    return found


CASES = [*some(10, 95_000), *some(6, 96_000, again=True)]


def keys(pattern: Pattern) -> frozenset[tuple[str, str, str]]:
    return frozenset(pattern)


@pytest.mark.parametrize(("seed", "written", "choices"), CASES, ids=lambda one: str(one)[:5])
def test_near_optimal_plans_are_told_the_most_different_first(seed: int, written: Written, choices: Written) -> None:
    found = studied(written, choices, within=0.2, count=60)
    yardstick = yardstick_of(written)
    every, _ = near(written, choices, Fraction(1, 5))
    patterns = [yardstick.pattern(plan) for plan, _ in every]
    told = [yardstick.pattern(Plan(one.decisions)) for one in found.plans]
    assert found.exhausted
    assert {keys(one) for one in told} == {keys(one) for one in patterns}
    assert len(told) == len({keys(one) for one in told})
    for rank, one in enumerate(found.plans[1:], 1):
        chosen = told[:rank]
        left = [
            min(yardstick.distance(pattern, other) for other in chosen)
            for pattern in patterns
            if all(yardstick.distinct(pattern, other) for other in chosen)
        ]
        assert one.distance.low == pytest.approx(float(max(left)), abs=1e-9)
        assert one.distance.high == pytest.approx(float(max(left)), abs=1e-5)
        exact = audit(Instance.model_validate(written), Model.model_validate(choices), Plan(one.decisions))
        assert exact.objective is not None


@pytest.mark.parametrize(("seed", "written", "choices"), CASES[::2], ids=lambda one: str(one)[:5])
def test_decisions_stand_as_looking_at_every_plan_says(seed: int, written: Written, choices: Written) -> None:
    found = studied(written, choices, within=0.2, count=3)
    yardstick = yardstick_of(written)
    every, _ = near(written, choices, Fraction(10**6))
    close, _ = near(written, choices, Fraction(1, 5))
    best = max(value for _, value in every)
    for one in found.standings:
        act = (one.partnership, one.action)
        takes = one.best > 0

        def has(plan: Plan, act: tuple[str, str] = act) -> bool:
            return any(key[1:] == act for key in yardstick.pattern(plan))

        others = [value for plan, value in every if has(plan) != takes]
        assert (one.other.high == -math.inf) == (not others)
        if others:
            assert same(one.other.low, max(others))
            assert one.loss.high == pytest.approx(float(best - max(others)), rel=1e-6, abs=1e-6 * abs(float(best)))
        mixed = {has(plan) for plan, _ in close}
        expected = "borderline" if len(mixed) == 2 else "core" if takes else "out"
        assert one.standing == expected
    assert {(one.partnership, one.action) for one in found.standings} == yardstick.acts


def pair(**more: Any) -> Written:
    """Two deals of which one can be signed; both are worth 10."""
    deals = [deal(name, {"on": {"benefit": 10}}, (form(),)) for name in "ab"]
    members = [{"partnership": name, "states": ["on"]} for name in "ab"]
    return case(*deals, links=[{"id": "one", "kind": "excludes", "members": members}], **more)


def test_two_ways_to_the_same_value_are_both_told() -> None:
    found = studied(pair(), within=0)
    assert [{one.partnership for one in plan.decisions} for plan in found.plans] in ([{"a"}, {"b"}], [{"b"}, {"a"}])
    assert found.plans[1].distance.low == 2
    assert {one.side for one in found.plans[1].differences} == {"added", "dropped"}
    assert [one.standing for one in found.standings] == ["borderline", "borderline"]
    assert [one.index for one in found.standings] == [Fraction(1, 2)] * 2
    assert from_json(to_json(found)) == found


def test_idle_actions_and_impossible_scenarios_make_no_alternative() -> None:
    idle = deal("idle", {"on": {}}, (form(), leave()))
    never = deal("rare", {"on": {"benefit": -1, "sensitivity": {"benefit": {"luck": 1}}}}, (form(),))
    busy = deal("busy", {"on": {"benefit": 9}}, (form(),))
    chances = futures(("usual", 1, {"luck": [1, 1]}), ("hardly", 0, {"luck": [2, 1]}))
    found = studied(case(idle, never, busy, years=2, **chances), within=0.05)
    assert len(found.plans) == 1
    assert found.exhausted
    assert {one.partnership for one in found.standings} == {"rare", "busy"}


def test_an_action_that_others_count_is_not_idle() -> None:
    idle = deal("idle", {"on": {}}, (form(),))
    assert not yardstick_of(case(idle)).acts
    for more in (
        {"activity": [{"id": "few", "at_most": 3}]},
        {"rules": [{"id": "on", "partnership": "idle", "states": ["on"], "must": "never"}]},
        {"links": [{"id": "x", "kind": "excludes", "members": [{"partnership": "idle", "states": ["none"]}]}]},
    ):
        assert yardstick_of(case(idle, **more)).acts
    for flows in ({"cost": 1}, {"provides": {"cells": [0, 1]}}, {"interfaces": 1}):
        assert yardstick_of(case(deal("busy", {"on": flows}, (form(),)))).acts


def test_a_later_year_is_nearer_than_another_decision() -> None:
    yardstick = yardstick_of(pair(years=4))
    early, late, other = {("base", "a", "form"): 2026}, {("base", "a", "form"): 2028}, {("base", "b", "form"): 2026}
    assert yardstick.distance(early, late) == Fraction(2, 10)
    assert yardstick.distance(early, other) == 2
    assert not yardstick.distinct(early, late)
    assert yardstick.distance(early, {}) == 1


@pytest.mark.slow
def test_five_deals_stands_as_its_comments_say() -> None:
    found = alternatives(read_instance(INSTANCES / "five_deals"), means=Means(gap=1e-9), count=0, draws=0)
    loss = {(one.partnership, one.action): one.loss for one in found.standings}
    assert loss["battery_jv", "form"].low == pytest.approx(88.69, abs=0.005)
    assert loss["battery_jv", "sell_to_partner"].low == pytest.approx(57.84, abs=0.005)
    assert loss["platform_swap", "expand"].low == pytest.approx(165.15, abs=0.005)
    assert loss["robotaxi", "close"].low == pytest.approx(459.57, abs=0.005)
    assert {one.standing for one in found.standings} == {"core", "borderline", "out"}


def test_draws_are_seeded_and_a_partnership_keeps_its_own() -> None:
    both = Instance.model_validate(pair())
    one = both.model_copy(update={"partnerships": both.partnerships[1:]})
    errors = Errors(0.3, 0.3)
    assert drawn(both, errors, 1, 0) == drawn(both, errors, 1, 0)
    assert drawn(both, errors, 1, 0) != drawn(both, errors, 2, 0)
    assert drawn(both, errors, 1, 0) != drawn(both, errors, 1, 1)
    assert drawn(both, errors, 1, 0).partnership("b") == drawn(one, errors, 1, 0).partnership("b")


def benefits(draws: int, errors: Errors, seed: int = 0) -> np.ndarray:
    """[draws, deals] benefit as drawn."""
    facts = Instance.model_validate(pair())
    seen = [drawn(facts, errors, seed, draw) for draw in range(draws)]
    return np.array([[float(one.states["on"].benefit[0]) for one in each.partnerships] for each in seen])


def test_factors_have_mean_one_and_the_spread_that_was_asked_for() -> None:
    values = benefits(4_000, Errors(0.3, 0.3)).ravel() / 10
    assert values.mean() == pytest.approx(1, abs=0.02)
    assert values.std() == pytest.approx(0.3, abs=0.02)


def test_readiness_sets_the_error() -> None:
    ready = dict.fromkeys(("shared_goals", "complementary_strengths", "governance", "culture", "exit_path"), 5)
    facts = Instance.model_validate(
        case(deal("good", readiness=ready), deal("poor", readiness=dict.fromkeys(ready, 1)), deal("plain"))
    )
    errors = Errors(0.5, 0.1)
    assert [errors.of(facts, facts.partnership(name)) for name in ("good", "poor", "plain")] == pytest.approx(
        [0.1, 0.5, 0.1]
    )


def test_the_shortfall_is_what_choosing_the_better_looking_of_two_equals_costs() -> None:
    """In truth both earn 10: whatever the chosen one promises beyond that is error."""
    errors = Errors(0.4, 0.4)
    found = studied(pair(), count=0, draws=60, errors=errors)
    curse = found.curse
    assert curse is not None
    values = benefits(60, errors)
    first = 0 if found.plans[0].decisions[0].partnership == "a" else 1
    gain = np.maximum(values.max(axis=1), 0) - values[:, first]
    assert curse.flattered == pytest.approx(gain.mean(), rel=1e-9)
    assert curse.misled == 0
    assert curse.shortfall == pytest.approx(gain.mean(), rel=1e-9)
    assert curse.standard_error == pytest.approx(gain.std(ddof=1) / math.sqrt(60), rel=1e-9)
    assert curse.expected == pytest.approx(10 - gain.mean())
    chosen = {one.partnership: one.share for one in found.sureness}
    assert chosen["a"] + chosen["b"] == pytest.approx(1)
    assert 0 < chosen["a"] < 1


def test_under_a_measure_of_risk_the_errors_of_the_best_plan_itself_count_too() -> None:
    model = {"objective": {"risk": {"measure": "worst_case", "weight": 0.5}}}
    found = studied(pair(), model, count=0, draws=12, errors=Errors(0.4, 0.4))
    assert found.curse is not None
    values = benefits(12, Errors(0.4, 0.4))
    assert found.curse.shortfall == pytest.approx((values.max(axis=1) - 10).mean(), rel=1e-9)


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = wilson(0.5, 10)
    assert (low, high) == (pytest.approx(0.2693, abs=1e-3), pytest.approx(0.7307, abs=1e-3))
    assert wilson(0, 20)[0] == 0
    assert wilson(1, 20)[1] == pytest.approx(1)


def test_where_nothing_can_be_decided_there_is_no_other_plan() -> None:
    for written in (case(owned(benefit=1)), case(deal("a", {"on": {}}, (form(window=[2030, 2031]),)))):
        found = studied(written, draws=2)
        assert (len(found.plans), found.exhausted, found.about.complete) == (1, True, True)


def test_without_a_plan_there_is_no_other() -> None:
    never = {"id": "never", "partnership": "a", "states": ["none", "on"], "must": "never"}
    found = studied(pair(rules=[never]))
    assert (found.status, found.plans, found.standings) == ("infeasible", (), ())


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(UnknownOption):
        studied(pair(), within=-1)
    with pytest.raises(UnknownOption):
        Errors(-0.1, 0)


def test_a_study_without_time_tells_that_it_is_partial() -> None:
    found = alternatives(read_instance(INSTANCES / "five_deals"), means=Means(time_limit=1.5))
    assert not found.about.complete
