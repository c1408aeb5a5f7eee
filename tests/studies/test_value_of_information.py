"""Knowing more is never worth less than nothing, and exactly what looking at every plan says."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form, futures, leave, owned
from engine_samples import EXACT, Written
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, Means, Model, read_instance, value_of_information
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.value_of_information import ValueOfInformation

INSTANCES = Path(__file__).parents[2] / "instances"


def studied(written: Written, choices: Written | None = None, **means: Any) -> ValueOfInformation:
    instance, model = Instance.model_validate(written), Model.model_validate(choices or {})
    return value_of_information(instance, model, Means(gap=1e-9, **means))


def is_about(value: Interval, expected: Fraction | float) -> bool:
    slack = float(EXACT) * max(abs(float(expected)), 1.0)
    return value.low - slack <= float(expected) <= value.high + slack and value.width <= 2 * slack


def uncertain(number: int, *, risky: bool) -> list[tuple[int, Written, Written]]:
    """Random feasible instances whose scenarios can be told apart, with or without a measure of risk."""
    found: list[tuple[int, Written, Written]] = []
    seed = 50_000
    while len(found) < number:
        seed += 1
        written, choices = random_instance(seed)
        if len(written.get("scenarios", ())) < 2 or ("risk" in choices.get("objective", {})) != risky:
            continue
        if best_plan(written, choices).feasible:
            found.append((seed, written, choices))
    return found


def only(written: Written, name: str) -> Written:
    """The instance in one of its scenarios."""
    (scenario,) = (one for one in written["scenarios"] if one["name"] == name)
    return {**written, "scenarios": [{**scenario, "probability": 1}]}


@pytest.mark.parametrize(("seed", "written", "choices"), uncertain(12, risky=False), ids=lambda one: str(one)[:5])
def test_what_a_study_says_is_what_enumeration_says(seed: int, written: Written, choices: Written) -> None:
    found = studied(written, choices)
    policy = best_plan(written, choices).objective
    first_year = written["horizon"]["first_year"]
    fixed = best_plan({**written, "review_years": [first_year]}, choices)
    hindsight = {one["name"]: best_plan(only(written, one["name"]), choices).objective for one in written["scenarios"]}
    assert policy is not None
    assert is_about(found.policy, policy)
    if found.regrets:
        assert fixed.objective is None or is_about(found.fixed, fixed.objective)
        assert fixed.feasible or found.fixed.high == -float("inf")
        assert all(is_about(one.hindsight, hindsight[one.scenario] or 0) for one in found.regrets)
        expected = sum(
            (Fraction(str(one["probability"])) * (hindsight[one["name"]] or 0) for one in written["scenarios"]),
            Fraction(0),
        )
        assert is_about(found.wait_and_see, expected)


@pytest.mark.parametrize("risky", [False, True])
def test_more_knowledge_is_never_worth_less(risky: bool) -> None:
    for _seed, written, choices in uncertain(10, risky=risky):
        found = studied(written, choices)
        slack = 1e-7 * max(abs(found.policy.low), 1.0)
        for known in found.drivers:
            assert found.wait_and_see.high + slack >= known.value.low
            assert known.value.high + slack >= found.policy.low
        assert found.policy.high + slack >= found.fixed.low
        if found.mean is not None:
            assert found.policy.high + slack >= found.mean.reacting.low
            assert found.fixed.high + slack >= found.mean.followed.low
            assert found.mean.reacting.high + slack >= found.mean.followed.low
        if not risky and found.regrets:
            regret = sum(float(one.probability) * one.regret.low for one in found.regrets)
            assert regret == pytest.approx(found.perfect.low, rel=1e-6, abs=slack)


def test_five_deals_as_its_comments_and_page_tell() -> None:
    found = value_of_information(read_instance(INSTANCES / "five_deals"), means=Means(gap=1e-9))
    assert found.policy.low == pytest.approx(1245.938168, abs=1e-6)
    assert found.flexibility.low == pytest.approx(85.827, abs=1e-3)
    assert found.perfect.settled
    assert [known.driver for known in found.drivers] == ["ev_demand", "tariff"]
    assert max(known.worth.high for known in found.drivers) <= found.perfect.high
    assert from_json(to_json(found)) == found


GAMBLE = futures(("high", 0.5, {"demand": [1, 2]}), ("low", 0.5, {"demand": [1, 0]}))


def test_a_plan_for_mean_levels_that_no_reaction_can_mend_is_infinitely_dear() -> None:
    """At mean levels the budget of 2027 just suffices; where it falls to nothing, what was begun cannot go on."""
    written = case(
        deal("d", {"on": {"benefit": [0, 9], "capital": [0, 2]}}, (form(),)),
        years=2,
        capital={"budget": [0, 2], "sensitivity": {"budget": {"demand": 1}}},
        **GAMBLE,
    )
    found = studied(written)
    assert found.mean is not None
    assert found.mean.broken == ("capital (low)",)
    assert found.mean.reacting.high == -float("inf")
    assert found.stochastic.low == float("inf")
    assert found.policy == Interval(0.0, 0.0)
    assert is_about(found.perfect, 0.5 * 7)


def test_a_review_lets_one_leave_where_demand_fails() -> None:
    gain = {"benefit": 4, "cost": 3, "sensitivity": {"benefit": {"demand": 1}}}
    found = studied(case(deal("d", {"on": gain}, (leave(),), start={"state": "on"}), years=3, **LONG))
    # on: 1 in 2026; then 5 a year if demand doubles, -3 if it fails; leaving in 2027 is early enough only if foreseen
    assert is_about(found.policy, 1 + 0.5 * 10 + 0.5 * (-3))
    assert is_about(found.wait_and_see, 1 + 0.5 * 10)
    assert is_about(found.fixed, 1 + 0.5 * 10 + 0.5 * (-6))


LONG = futures(("high", 0.5, {"demand": [1, 2, 2]}), ("low", 0.5, {"demand": [1, 0, 0]}))


def test_where_nothing_is_uncertain_knowing_is_worth_nothing() -> None:
    found = studied(case(owned(benefit=3), years=2))
    assert (found.perfect, found.flexibility, found.stochastic) == (Interval(0.0, 0.0),) * 3
    assert found.about.solves == 1


def test_where_nothing_is_feasible_there_is_nothing_to_know() -> None:
    never = {"id": "never", "partnership": "deal", "states": ["on"], "must": "never"}
    found = studied(case(owned(), rules=[never]))
    assert found.status == "infeasible"


def test_a_study_without_time_tells_that_it_is_partial() -> None:
    found = value_of_information(read_instance(INSTANCES / "five_deals"), means=Means(time_limit=0.3))
    assert not found.about.complete
    assert found.about.stopped_by == "time limit"
