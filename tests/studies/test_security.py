"""Recoveries are the best that can still be done, and what cannot be met is told."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form, leave, owned, take
from engine_samples import EXACT, Written
from enumeration.enumerator import assess, best_plan, count_plans
from enumeration.exact import exact
from enumeration.generators import random_instance
from enumeration.lives import Life, Step
from enumeration.portfolios import Portfolios
from portfolioopt import Instance, InvalidInput, Means, Model, Plan, UnknownOption, read_instance, security, solve
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.security import Security

OUT = ("none", "exited")
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


def test_one_without_a_way_out_of_its_state_does_not_pay_that_of_another() -> None:
    """Leaving costs 9 from the large state; the small one, of which there is no way out, breaks down for 2."""
    states = {"small": {"benefit": 5, "breakdown_loss": 2}, "large": {"benefit": 1}}
    own = deal("deal", states, (leave(origin="large", at_effect={"cost": 9}),), start={"state": "small"})
    assert cost(secured(case({**own, "partners": ["Volta"]})), 2026) == 7


def test_one_that_is_being_entered_is_cut_short() -> None:
    """Two years of preparation at 1 a year, then 5 a year; leaving costs 3, whenever it is lost."""
    enter = form(lead_years=2, window=[2026, 2026], during={"cost": 1})
    own = deal("deal", {"on": {"benefit": 5}}, (enter, leave(at_effect={"cost": 3})), partners=["Volta"])
    found = secured(case(own, years=5))
    assert found.value == 13
    # before it is decided; in the second year of preparation; as it takes effect; and a year later
    assert [cost(found, year) for year in range(2026, 2030)] == [13, 13 + 1 + 3, 13 + 2 + 3, 10 + 3]


def test_one_that_has_given_notice_is_lost_at_once_and_without_proceeds() -> None:
    exits = leave(notice_years=2, at_effect={"proceeds": 20}, window=[2026, 2026])
    own = deal("deal", {"on": {"benefit": 5}}, (exits,), start={"state": "on"}, partners=["Volta"])
    found = secured(case(own, years=4))
    assert found.value == 30
    assert [cost(found, year) for year in range(2026, 2030)] == [30, 25, 20, 0]


def test_the_years_of_preparation_before_a_loss_still_count_as_active() -> None:
    busy = {"id": "busy", "at_least": [1, 1, 0]}
    own = deal("deal", {"on": {"benefit": 5}}, (form(lead_years=2, window=[2026, 2026]),), partners=["Volta"])
    found = secured(case(own, years=3, activity=[busy]), years=[2028])
    assert found.single_points_of_failure == ()
    assert cost(found, 2028) == 5


def test_a_limit_on_moves_counts_what_was_decided_and_no_loss() -> None:
    own = deal("deal", {"on": {"benefit": 5}}, (form(lead_years=2, window=[2026, 2026]), leave()), partners=["Volta"])
    other = deal("other", {"on": {"benefit": 1}}, ())
    for limit in ({"at_most": 1, "total": True}, {"at_most": 1, "ids": ["deal"]}, {"at_least": 1, "total": True}):
        found = secured(case(own, other, years=4, moves=[{"id": "few", **limit}]), years=[2027, 2029])
        assert found.single_points_of_failure == ()


def test_changes_are_not_charged_for_a_loss() -> None:
    own = deal("deal", {"on": {"benefit": 5}}, (form(lead_years=1, window=[2026, 2026]),), partners=["Volta"])
    choices = {"changes": {"price": 2, "against": "today"}}
    found = secured(case(own, years=3), choices)
    assert found.value == 8
    assert [cost(found, year) for year in (2026, 2027, 2028)] == [8, 10, 5]


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
    checked = hit = 0
    for seed in range(99_000, 99_200):
        written, choices = random_instance(seed)
        choices.pop("changes", None)
        if checked >= 8:
            break
        if not any(one.get("actions") for one in written["partnerships"]) or count_plans(written) > 2_000:
            continue
        if not best_plan(written, choices).feasible or any("partners" in one for one in written.get("activity", ())):
            continue
        checked += 1
        hit += compare(written, choices, seed)
    assert hit >= 8


def test_an_action_under_way_straight_out_of_nothing_ends_with_its_partner() -> None:
    written, choices = random_instance(301_000)
    choices.pop("changes", None)
    assert compare(written, choices, 301_000)


def compare(written: Written, choices: Written, seed: int) -> int:
    """Compares the losses of one partner in all years with enumeration; how many of them hit something."""
    names = [one["id"] for one in written["partnerships"]]
    own = {names[seed % len(names)], names[seed // 7 % len(names)]}
    written["partnerships"] = [
        {**one, "partners": ["Volta"] if one["id"] in own else ["Watt"]} for one in written["partnerships"]
    ]
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    chosen = solve(instance, model, gap=1e-9).chosen
    assert chosen is not None
    found = security(instance, chosen, model, Means(gap=1e-9), partners=["Volta"])
    for one in found.losses:
        best = recovery(written, choices, chosen, own, one.year)
        assert one.secure == (best is not None)
        if best is not None:
            slack = 10 * float(EXACT) * max(abs(float(best)), abs(found.value), 1.0)
            assert one.recovery.low - slack <= float(best) <= one.recovery.high + slack
            assert one.recovery.width <= 4 * slack
    return sum(bool(one.partnerships) for one in found.losses)


def recovery(written: Written, choices: Written, plan: Plan, names: set[str], year: int) -> Fraction | None:
    """The best of all plans that go on from the plan's years before, with the partnerships lost: whole lives."""
    facts = {
        **written,
        "partnerships": [{**one, "actions": [*one.get("actions", ())]} for one in written["partnerships"]],
    }
    every = Portfolios(facts)
    position = every.position((one.partnership, one.action, one.year, one.scenario) for one in plan.decisions)
    lives = []
    for axis, partnership in enumerate(every.partnerships):
        planned = every.lives[axis][position[axis]]
        if partnership.id in names:
            lives.append([lost_life(every, facts["partnerships"][axis], planned, year)])
            continue
        early = [
            number for number, node in enumerate(every.futures.nodes) if every.futures.first_year + node.year < year
        ]
        lives.append([life for life in every.lives[axis] if all(life[n] == planned[n] for n in early)])
    plans = assess(facts, choices, portfolios=Portfolios(facts, lives))
    return plans.best().objective


def lost_life(every: Portfolios, own: Written, planned: Life, year: int) -> Life:
    """A life that is as planned up to a year and then over, its last terms those of the dearest way out."""
    futures, first = every.futures, every.futures.first_year
    found = list(planned)
    for w in range(len(futures.names)):
        state, under_way = own.get("start", {}).get("state", "none"), None
        for y in range(year - first):
            step = planned[futures.path[w][y]]
            if step.decided:
                action = next(one for one in own["actions"] if one["id"] == step.decided)
                over = first + y + action.get("notice_years", 0) + action.get("lead_years", 0) >= year
                under_way = (state, action["to"]) if over else None
                state = action["to"]
        stood = [one for one in under_way or (state,) if one not in OUT]
        for y in range(year - first, futures.years):
            after = y + first - year
            # one that did not stand stays out, where it has no flows of its own
            lost = Step("exited", after, effect=lost_in(own, stood) if stood and not after else None)
            found[futures.path[w][y]] = lost if stood else Step(state, y)
    return tuple(found)


def lost_in(own: Written, states: list[str]) -> str:
    """The id of an action, added where it is missing, with the dearest terms of these states."""

    def terms(state: str) -> Written:
        ways = [one for one in own["actions"] if state in _list(one["from"]) and one["to"] in OUT and "lost" not in one]
        if ways:
            dearest = max((one.get("at_effect", {}) for one in ways), key=dear)
            return {key: value for key, value in dearest.items() if key != "proceeds"}
        flows = own.get("states", {}).get(state) or {}
        loss = flows.get("breakdown_loss", 0)
        drivers = flows.get("sensitivity", {}).get("breakdown_loss", {})
        return {"cost": max(loss) if isinstance(loss, list) else loss, "sensitivity": {"cost": drivers}}

    name = f"lost_{'_'.join(states)}"
    if not any(one["id"] == name for one in own["actions"]):
        effect = max(map(terms, states), key=dear)
        own["actions"].append({"id": name, "kind": "exit", "from": [], "to": "exited", "at_effect": effect, "lost": 1})
    return name


def dear(terms: Written) -> Fraction:
    return exact(terms.get("cost", 0)) + exact(terms.get("capital", 0)) - exact(terms.get("benefit", 0))


def _list(origin: str | list[str]) -> list[str]:
    return [origin] if isinstance(origin, str) else origin


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
