"""Recoveries are the best that can still be done, and what cannot be met is told."""

from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form, leave, owned, take
from engine_samples import EXACT, Written
from enumeration.enumerator import assess, best_plan, count_plans
from enumeration.generators import random_instance
from portfolioopt import Instance, InvalidInput, Means, Model, Plan, UnknownOption, read_instance, security, solve
from portfolioopt.language.writing import plain
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.security import Security, disturbed

INSTANCES = Path(__file__).parents[2] / "instances"


def secured(written: Written, choices: Written | None = None, plan: Plan | None = None, **options: Any) -> Security:
    facts, model = Instance.model_validate(written), Model.model_validate(choices or {})
    return security(facts, plan, model, Means(gap=1e-9), **options)


def cost(found: Security, year: int, partner: str = "Volta") -> float:
    (one,) = (one for one in found.losses if (one.partner, one.year) == (partner, year))
    assert one.cost.settled
    return one.cost.low


def test_a_partner_lost_costs_what_it_would_still_earn_and_the_way_out() -> None:
    on = {"on": {"benefit": 5}}
    exits = leave(at_effect={"cost": 2, "proceeds": 1}, notice_years=1)
    found = secured(case(deal("deal", on, (exits,), start={"state": "on"}, partners=["Volta"]), years=3))
    assert [cost(found, year) for year in (2026, 2027, 2028)] == [17, 12, 7]
    assert found.single_points_of_failure == ()


def test_one_without_a_way_out_loses_what_a_breakdown_does() -> None:
    found = secured(case({**owned(benefit=5, breakdown_loss=[3, 4]), "partners": ["Volta"]}, years=2))
    assert [cost(found, year) for year in (2026, 2027)] == [14, 9]


def test_one_that_is_being_entered_is_lost_as_soon_as_it_is_in_force() -> None:
    own = deal("deal", {"on": {"benefit": 5}}, (form(lead_years=1, window=[2026, 2026]),), partners=["Volta"])
    found = secured(case(own, years=4))
    assert [cost(found, year) for year in range(2026, 2030)] == [15, 10, 10, 5]


def test_another_deal_takes_its_place_from_then_on() -> None:
    both = [
        deal(name, {"on": {"benefit": gain, "effort": {"engineer": 1}}}, (form(),), partners=[partner])
        for name, gain, partner in (("deal", 5, "Volta"), ("other", 4, "Watt"))
    ]
    found = secured(case(*both, years=2, skills={"engineer": {"capacity": 1}}))
    assert [cost(found, year) for year in (2026, 2027)] == [2, 1]
    assert [cost(found, year, "Watt") for year in (2026, 2027)] == [0, 0]
    assert found.spared == 2


def test_what_can_no_longer_be_met_is_told_and_its_partner_is_a_single_point_of_failure() -> None:
    cells = {"id": "cells", "capability": "gwh", "at_least": 6}
    own = {**owned(benefit=5, provides={"gwh": 8}), "partners": ["Volta"]}
    small = deal("small", {"on": {"cost": 1, "provides": {"gwh": 2}}}, (form(),))
    found = secured(case(own, small, years=2, requirements=[cells]))
    assert found.single_points_of_failure == ("Volta",)
    assert [(one.lost_in, one.id, one.years, one.excess) for one in found.unmet] == [
        (2026, "cells", (2026, 2027), 4.0),
        (2027, "cells", (2027,), 4.0),
    ]
    assert cost(found, 2027) == 6  # and the small one is signed to lose less


def test_a_plan_of_ones_own_is_disturbed_as_it_is() -> None:
    own = deal("deal", {"on": {"benefit": 5}}, (form(),), partners=["Volta"])
    written = case(own, years=3)
    found = secured(written, plan=Plan.of([take("form", 2027)]))
    assert found.value == 10
    assert [cost(found, year) for year in (2026, 2027, 2028)] == [10, 10, 5]
    with pytest.raises(InvalidInput, match="the plan cannot be kept"):
        secured(written, plan=Plan.of([take("leave", 2026)]))


def test_recoveries_are_the_best_by_enumeration() -> None:
    checked = 0
    for seed in range(99_000, 99_200):
        written, choices = random_instance(seed)
        own = next((one for one in written["partnerships"] if one.get("actions") and one.get("states")), None)
        if own is None or checked >= 5 or choices.get("changes") or count_plans(written) > 300:
            continue
        written["partnerships"] = [
            {**one, "partners": ["Volta"] if one["id"] == own["id"] else []} for one in written["partnerships"]
        ]
        if (
            any("partners" in limit for limit in written.get("activity", ()))
            or not best_plan(written, choices).feasible
        ):
            continue
        instance, model = Instance.model_validate(written), Model.model_validate(choices)
        after = plain(disturbed(instance, {own["id"]}))
        if count_plans(after) > 3_000:
            continue
        result = solve(instance, model, gap=1e-9)
        assert result.chosen is not None
        year = instance.horizon.first_year + instance.horizon.years // 2
        found = security(instance, result.chosen, model, Means(gap=1e-9), years=[year])
        (one,) = found.losses
        best = best_recovery(after, choices, result.chosen, own["id"], year)
        if not one.secure:
            assert best is None
        elif one.partnerships:
            assert best is not None
            slack = 10 * float(EXACT) * max(abs(float(best)), 1.0)
            assert one.recovery.low - slack <= float(best) <= one.recovery.high + slack
            unrestrained = best_plan(after, choices).objective
            assert unrestrained is not None
            assert one.recovery.low <= float(unrestrained) + slack
        checked += 1
    assert checked >= 5


def best_recovery(after: Written, choices: Written, plan: Plan, name: str, year: int) -> Fraction | None:
    """By looking at every plan that holds what was decided before, and the loss as soon as it can be."""
    plans = assess(after, choices)
    feasible = plans.feasible()
    before = {(one.partnership, one.action, one.year, one.scenario) for one in plan.decisions if one.year < year}
    best: Fraction | None = None
    own = next(one for one in after["partnerships"] if one["id"] == name)
    for position in product(*map(range, plans.portfolios.shape)):
        if not feasible[position]:
            continue
        decisions = plans.portfolios.decisions(list(position))
        if {one for one in decisions if one[2] < year} != before:
            continue
        later = {one for one in decisions if one[0] == name and one[2] >= year}
        if any(one[1] != "partner_lost" for one in later) or not as_early_as_can_be(own, decisions, later, after, year):
            continue
        objective = plans.at(position).objective
        if objective is not None and (best is None or objective > best):
            best = objective
    return best


def as_early_as_can_be(own: Written, decisions: Any, later: Any, after: Written, year: int) -> bool:
    """Whether in each scenario the loss comes in the first year from `year` on in which it can."""
    last = after["horizon"]["first_year"] + after["horizon"]["years"] - 1
    scenarios = [one["name"] for one in after.get("scenarios", ())] or ["base"]
    actions = {one["id"]: one for one in own["actions"]}
    for scenario in scenarios:
        state, free = own.get("start", {}).get("state", "none"), year
        for _, action, when, _ in sorted(
            (o for o in decisions if o[0] == own["id"] and o[3] == scenario), key=lambda o: o[2]
        ):
            if when < year:
                state = actions[action]["to"]
                taken = actions[action].get("notice_years", 0) + actions[action].get("lead_years", 0)
                free = max(year, when + taken + 1)
        expected = [free] if state not in ("none", "exited") and free <= last else []
        if [one[2] for one in later if one[3] == scenario] != expected:
            return False
    return True


def test_names_that_are_none_are_refused() -> None:
    written = case({**owned(), "partners": ["Volta"]})
    for options in ({"partners": ["Nobody"]}, {"years": [1999]}):
        with pytest.raises(UnknownOption):
            secured(written, **options)


def test_five_deals_cannot_lose_its_cells() -> None:
    found = security(read_instance(INSTANCES / "five_deals"), means=Means(gap=1e-9), years=[2028])
    assert found.single_points_of_failure == ("Ampera",)
    assert {one.id for one in found.unmet} == {"cells"}
    assert all(one.recovery.high <= 1245.938168 + 1e-4 for one in found.losses)
    assert found.worst("Vectra").cost == Interval(0.0, 0.0)
    assert from_json(to_json(found)) == found
