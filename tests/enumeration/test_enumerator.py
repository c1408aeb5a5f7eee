"""The enumerator agrees with cases small enough to be worked out by hand; the working stands beside each."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from .enumerator import assess, best_plan, count_plans

Written = dict[str, Any]


def deal(
    name: str = "deal", *, states: Written | None = None, actions: list[Written] | None = None, **more: Any
) -> Written:
    """A partnership with the states and actions given."""
    described = {"name": name, "partners": ["Volta"], "type": "joint_venture", "domain": "electrification"}
    return {"id": name, **described, "states": states or {}, "actions": actions or [], **more}


def owned(name: str = "deal", **flows: Any) -> Written:
    """A partnership that is in the state `full` from the first year and can take no action."""
    return deal(name, states={"full": flows}, start={"state": "full"})


def form(window: list[int] | None = None, **more: Any) -> Written:
    """The action from none to full, by default possible in 2026 only."""
    return {"id": "form", "kind": "form", "from": "none", "to": "full", "window": window or [2026, 2026], **more}


def case(*partnerships: Written, years: int = 1, **more: Any) -> Written:
    """An instance from 2026 on, undiscounted unless it says otherwise."""
    head: Written = {"format": "portfolioopt-instance/1", "name": "case", "discount_rate": 0}
    head["horizon"] = {"first_year": 2026, "years": years}
    return {**head, "partnerships": list(partnerships), **more}


def futures(**levels: tuple[float, Any]) -> Written:
    """Scenarios with a probability and the levels of the driver `demand`."""
    scenarios = [
        {"name": name, "probability": probability, "drivers": {"demand": written}}
        for name, (probability, written) in levels.items()
    ]
    return {"drivers": ["demand"], "scenarios": scenarios}


def value(instance: Written, model: Written | None = None) -> Fraction:
    """The objective of the best plan, which must exist."""
    objective = best_plan(instance, model).objective
    assert objective is not None
    return objective


# Value


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        # 1 + r = 25/16: a year is worth 16/25 = 0.64 of the one before, half a year 4/5, two years 0.4096.
        ("start", "184.48"),  # 100 + 64 + 50·0.4096
        ("mid", "151.68"),  # 0.8·(100 + 64) + 50·0.4096
        ("end", "125.44"),  # 0.64·(100 + 64) + 50·0.4096: terminals are discounted by T years whatever the timing
    ],
)
def test_money_is_discounted_by_cash_timing_and_terminals_by_the_horizon(timing: str, expected: str) -> None:
    instance = case(owned(benefit=100, terminal=50), years=2, discount_rate=0.5625, cash_timing=timing)
    assert value(instance) == Fraction(expected)


def test_an_irrational_mid_year_factor_is_good_to_sixty_decimals() -> None:
    # 10 / √1.08, squared: 100 / 1.08
    root = value(case(owned(benefit=10), discount_rate=0.08))
    assert abs(root * root - Fraction(100) / Fraction("1.08")) < Fraction(1, 10**57)


def test_a_profile_is_read_by_years_completed_and_repeats_its_last_value() -> None:
    # One year completed at the start: indices 1, 2, 3, 4 of [1, 2, 4] are 2 + 4 + 4 + 4; terminal at index 4 is 9.
    partnership = owned(benefit=[1, 2, 4], terminal=[5, 6, 7, 8, 9])
    partnership["start"]["years"] = 1
    assert value(case(partnership, years=4)) == 14 + 9


def test_notice_keeps_the_old_flows_lead_has_only_its_own_and_the_effect_comes_once() -> None:
    # Decided in 2026 with notice 1 and lead 2, in effect in 2029:
    # 2026 old state, index 0: 10; 2027 lead 0: −1; 2028 lead 1: −2; 2029 new state 100 + 7 − 3; 2030 new state 200.
    action: Written = {"id": "turn", "kind": "restructure", "from": "old", "to": "new", "window": [2026, 2026]}
    action |= {"notice_years": 1, "lead_years": 2, "during": {"cost": [1, 2]}, "at_effect": {"proceeds": 7, "cost": 3}}
    states = {"old": {"benefit": [10, 20, 30]}, "new": {"benefit": [100, 200], "terminal": [0, 1000]}}
    instance = case(deal(states=states, actions=[action], start={"state": "old"}), years=5)
    best = best_plan(instance)
    assert best.objective == 10 - 1 - 2 + 104 + 200 + 1000
    assert best.decisions == {("deal", "turn", 2026, "base")}


def test_years_of_notice_count_in_the_old_state() -> None:
    # Notice of 2 years from an old state that pays [1, 10, 100]: 1 + 10, then the new state's 0.
    action = {"id": "leave", "kind": "exit", "from": ["old"], "to": "exited", "window": [2026, 2026], "notice_years": 2}
    instance = case(deal(states={"old": {"benefit": [1, 10, 100]}}, actions=[action], start={"state": "old"}), years=3)
    assert assess(instance).of([("deal", "leave", 2026, "base")]).objective == 11


def test_the_effect_is_paid_with_the_terminal_only_in_the_last_year() -> None:
    # Formed in the last year: its terminal 8 at index 0 and the action's own 5; formed a year earlier: index 1, 6.
    action = form([2026, 2027], at_effect={"terminal": 5})
    instance = case(deal(states={"full": {"terminal": [8, 6]}}, actions=[action]), years=2)
    plans = assess(instance)
    assert plans.of([("deal", "form", 2026, "base")]).objective == 6
    assert plans.of([("deal", "form", 2027, "base")]).objective == 13


@pytest.mark.parametrize(
    ("years", "plans"),
    [
        (1, 1),  # an action with lead 1 has no year to take effect in
        (2, 2),  # form in year 0, or not
        (
            3,
            4,
        ),  # not; in year 1; in year 0 and stay; in year 0 (in effect in year 1, one year completed at 2) and leave
    ],
)
def test_an_action_takes_effect_within_the_horizon_and_the_next_waits_for_it(years: int, plans: int) -> None:
    leave = {"id": "leave", "kind": "exit", "from": "full", "to": "exited", "after_years": 1}
    actions = [form([2020, 2040], lead_years=1), leave]
    assert count_plans(case(deal(actions=actions), years=years)) == plans


def test_after_years_counts_completed_years_only() -> None:
    # One year completed at the start, two asked for: possible in the second of two years, not in the first.
    leave = {"id": "leave", "kind": "exit", "from": "full", "to": "exited", "after_years": 2}
    instance = case(deal(actions=[leave], start={"state": "full", "years": 1}), years=2)
    assert count_plans(instance) == 2
    assert assess(instance).of([("deal", "leave", 2027, "base")]).feasible


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, 80 - 7),  # scores of 3: g = 0.5, realization 0.8, breakdown rate 0.07
        ({"readiness": {"governance": 5}}, 84 - 6),  # g = (4·0.5 + 1)/5 = 0.6: 0.84 and 0.06
    ],
)
def test_readiness_scales_benefit_and_sets_the_breakdown_rate(state: Written, expected: int) -> None:
    partnership = owned(benefit=100, breakdown_loss=100, **state)
    partnership["readiness"] = dict.fromkeys(
        ["shared_goals", "complementary_strengths", "governance", "culture", "exit_path"], 3
    )
    assert value(case(partnership)) == expected


def test_an_action_uses_the_readiness_of_the_state_it_leads_to_and_its_proceeds_none() -> None:
    # Own coefficients: g is culture alone, realization 0 … 1. The state it leads to has culture 5, the old one 1:
    # lead year: 1·10, then at the effect 1·100 + 7 beside the state's own 0; no readiness of the old state is seen.
    scores = dict.fromkeys(["shared_goals", "complementary_strengths", "governance", "exit_path"], 5) | {"culture": 1}
    weights = dict.fromkeys(scores, 0) | {"culture": 1}
    action = form(lead_years=1, during={"benefit": 10}, at_effect={"benefit": 100, "proceeds": 7})
    partnership = deal(states={"full": {"readiness": {"culture": 5}}}, actions=[action], readiness=scores)
    instance = case(partnership, years=2, readiness={"weights": weights, "realization": [0, 1]})
    assert value(instance) == 117


def test_a_driver_factor_is_linear_in_every_driver_and_stops_at_zero() -> None:
    # benefit: 1 + 3·(0.5 − 1) < 0, so 0. cost: 1 + 0.5·(0.5 − 1) + 2·(1.1 − 1) = 0.95 of 100.
    scenario = {"name": "one", "probability": 1, "drivers": {"demand": 0.5, "wages": [1.1]}}
    sensitivity = {"benefit": {"demand": 3}, "cost": {"demand": 0.5, "wages": 2}}
    partnership = owned(benefit=100, cost=100, sensitivity=sensitivity)
    assert value(case(partnership, drivers=["demand", "wages"], scenarios=[scenario])) == -95


def test_a_terminal_uses_the_levels_of_the_last_year() -> None:
    # 100·0.25
    partnership = owned(terminal=100, sensitivity={"terminal": {"demand": 1}})
    assert value(case(partnership, years=2, **futures(one=(1, [3, 0.25])))) == 25


# Limits


@pytest.mark.parametrize(("second", "feasible"), [(3, True), (3.01, False)])
def test_capital_left_over_is_carried_in_part(second: float, feasible: bool) -> None:
    # left: 10 − 4 = 6, then 0 + 0.5·6 − second
    instance = case(owned(capital=[4, second]), years=2, capital={"budget": [10, 0], "carry_over": 0.5})
    assert best_plan(instance).feasible is feasible


@pytest.mark.parametrize(("capital", "feasible"), [(4.5, True), (4.6, False)])
def test_proceeds_are_recycled_in_part_in_the_year_they_come_and_follow_their_driver(
    capital: float, feasible: bool
) -> None:
    # proceeds 10·(1 + 0.5·(0.8 − 1)) = 9, of which half: 4.5
    effect = {"proceeds": 10, "sensitivity": {"proceeds": {"demand": 0.5}}}
    sale = {"id": "sell", "kind": "exit", "from": "full", "to": "exited", "window": [2026, 2026], "at_effect": effect}
    seller = deal("seller", actions=[sale], start={"state": "full"})
    instance = case(seller, owned("buyer", capital=capital), capital={"budget": 0, "recycle": 0.5})
    assert best_plan(instance | futures(one=(1, 0.8))).feasible is feasible


def test_the_budget_follows_its_driver() -> None:
    capital = {"budget": 10, "sensitivity": {"budget": {"demand": 1}}}
    for level, feasible in ((0.5, True), (0.4, False)):  # 10·level against 5
        instance = case(owned(capital=5), capital=capital, **futures(one=(1, level)))
        assert best_plan(instance).feasible is feasible


def test_missing_capital_is_added_in_the_year_in_which_it_is_missing() -> None:
    # Budget 5 a year against 8, then 3, all carried over: 3 missing in the first year; 0 + 5 − 3 in the second.
    instance = case(owned(capital=[8, 3]), years=2, capital={"budget": 5, "carry_over": 1})
    best = best_plan(instance, {"limits": {"capital": {"price": 0.5}}})
    assert best.expected_npv == -11
    assert best.penalty == Fraction("1.5")
    assert best.objective == Fraction("-12.5")


def test_hard_limits_hold_in_decimals_as_written() -> None:
    # 0.1 + 0.2 is 0.3, not 0.30000000000000004
    pair = (owned("first", capital=0.1), owned("second", capital=0.2))
    assert best_plan(case(*pair, capital={"budget": 0.3})).feasible
    assert not best_plan(case(*pair, capital={"budget": 0.29999999999})).feasible


@pytest.mark.parametrize(("america", "feasible"), [(3, True), (3.1, False)])
def test_an_exposure_share_is_of_the_tags_it_names(america: float, feasible: bool) -> None:
    # 3 ≤ 0.6·(3 + 2) holds exactly; 3.1 ≤ 0.6·5.1 = 3.06 does not
    limit = {"id": "share", "tag": "america", "at_most_share": 0.6, "of": ["america", "europe"]}
    partnership = owned(exposure={"america": america, "europe": 2, "china": 50})
    assert best_plan(case(partnership, exposures=[limit])).feasible is feasible


@pytest.mark.parametrize(
    ("at_most", "limit", "expected"),
    [
        (3, "hard", -6),  # 13 − 10 are hired at 2
        (2, "hard", None),  # one too few
        (2, {"price": 5}, -4 - 5),  # two hired at 2, one missing at 5
        (3, {"price": 1}, -3),  # missing is cheaper than hiring
    ],
)
def test_effort_beyond_capacity_is_hired(at_most: int, limit: Any, expected: int | None) -> None:
    skill = {"capacity": 10, "hire": {"cost": 2, "at_most": at_most}}
    instance = case(owned(effort={"engineer": 13}), skills={"engineer": skill})
    assert best_plan(instance, {"limits": {"skills": limit}}).objective == expected


def test_a_shortfall_is_paid_where_it_has_a_cost_and_forbidden_where_it_has_none() -> None:
    requirement = {"id": "cells", "capability": "gwh", "at_least": [2, 5]}
    short = case(owned(provides={"gwh": 3}), years=2, requirements=[requirement | {"shortfall_cost": 4}])
    assert value(short) == -8  # nothing in the first year, 5 − 3 = 2 at 4 in the second
    assert not best_plan(short | {"requirements": [requirement]}).feasible
    soft = best_plan(short | {"requirements": [requirement]}, {"limits": {"cells": {"price": 1}}})
    assert soft.expected_npv == 0
    assert soft.penalty == 2


@pytest.mark.parametrize(("provided", "benefit"), [(5, 2), (10, 4), (15, 3), (30, 2)])
def test_a_pool_may_fall_and_keeps_its_last_value(provided: int, benefit: int) -> None:
    # up by 4 over 10, down by 2 over the next 10, then level
    pool = {"id": "pool", "capability": "volume", "curve": [[0, 0], [10, 4], [20, 2]]}
    pair = (owned("first", provides={"volume": provided - 1}), owned("second", provides={"volume": 1}))
    assert value(case(*pair, pools=[pool])) == benefit


@pytest.mark.parametrize(("interfaces", "cost"), [(4, 2), (8, 4), (12, 12), (20, 28)])
def test_coordination_goes_on_along_its_last_slope(interfaces: int, cost: int) -> None:
    # slope 1/2 up to 8, then 2 and on past 16: 4 + 2·12 = 28 at 20
    curve = {"curve": [[0, 0], [8, 4], [16, 20]]}
    assert value(case(owned(interfaces=interfaces), coordination=curve)) == -cost


def test_a_lead_year_towards_a_live_state_is_active_and_one_towards_the_exit_is_not() -> None:
    # With lead 1 only the first year, the lead year, is bounded: forming is active in it, leaving is not.
    leave = {"id": "leave", "kind": "exit", "from": "full", "to": "exited", "lead_years": 1, "window": [2026, 2026]}
    coming = deal("coming", states={"full": {}}, actions=[form(lead_years=1)])
    going = deal("going", states={"full": {}}, actions=[leave], start={"state": "full"})
    for partnership, action, bound in (
        (coming, "form", {"at_most": [0, 1]}),
        (going, "leave", {"at_least": [1, 0]}),
    ):
        limit = {"id": "count", "partners": ["Volta"], "domains": ["electrification"], **bound}
        plan = assess(case(partnership, years=2, activity=[limit])).of([(partnership["id"], action, 2026, "base")])
        assert plan.broken == {"count"}
    elsewhere = {"id": "count", "partners": ["Volta"], "domains": ["software"], "at_most": 0}  # selectors are an "and"
    assert assess(case(coming, years=2, activity=[elsewhere])).of([("coming", "form", 2026, "base")]).feasible


def test_moves_are_counted_in_the_year_of_decision_or_over_the_horizon() -> None:
    pair = [deal(name, states={"full": {"benefit": 1}}, actions=[form([2026, 2027])]) for name in ("first", "second")]
    assert value(case(*pair, years=2)) == 4  # both at once
    assert value(case(*pair, years=2, moves=[{"id": "pace", "at_most": 1}])) == 3  # one after the other
    assert value(case(*pair, years=2, moves=[{"id": "pace", "kinds": ["exit"], "at_most": 1}])) == 4
    total = [{"id": "pace", "kinds": ["form"], "at_most": 1, "total": True}]
    assert value(case(*pair, years=2, moves=total)) == 2  # only one
    # Beyond the total once, counted in the last year, which is worth 0.8: 2 + 2·0.8 − 0.5·0.8
    later = case(*pair, years=2, moves=total) | {"discount_rate": 0.25, "cash_timing": "start"}
    assert value(later, {"limits": {"pace": {"price": 0.5}}}) == Fraction("3.2")


def test_links_look_at_states_and_not_at_lead_years() -> None:
    # Both have lead 1 and pay 1 a year: in effect in 2027 if formed at once.
    pair = [
        deal(name, states={"full": {"benefit": 1}}, actions=[form([2026, 2027], lead_years=1)])
        for name in ("first", "second")
    ]
    members = [{"partnership": name, "states": ["full"]} for name in ("first", "second")]
    both = case(*pair, years=3)
    assert value(both) == 4
    excludes = {"id": "either", "kind": "excludes", "members": members}
    assert value(both | {"links": [excludes]}) == 2
    synergy = {"id": "stack", "kind": "synergy", "members": members, "benefit": [100, 5, -7]}
    assert value(both | {"links": [synergy]}) == 2  # together 4 + 5 − 7; one of them 2
    requires = {"id": "first_then", "kind": "requires", "when": members[0], "needs": members[1]}
    plans = assess(both | {"links": [requires]})
    early, late = (("first", "form", 2026, "base"), ("second", "form", 2027, "base"))
    assert plans.of([early, late]).broken == {"first_then"}  # in 2027 only the first is there
    assert plans.of([late]).feasible


def test_rules_hold_in_their_years_and_a_lead_year_is_in_no_state() -> None:
    rule = {"id": "keep", "partnership": "deal", "states": ["full"], "years": [2027, 2040], "must": "always"}
    partnership = deal(states={"full": {"cost": 1}}, actions=[form([2026, 2027], lead_years=1)])
    assert value(case(partnership, years=3, rules=[rule])) == -2  # formed at once, in effect in 2027 and 2028
    assert not best_plan(case(partnership, years=3, rules=[rule | {"years": [2026, 2026]}])).feasible
    assert value(case(partnership, years=3, rules=[rule | {"must": "never"}])) == 0
    # Never there, at 0.25 a year over the two years of the rule; being there would cost 2.
    assert value(case(partnership, years=3, rules=[rule]), {"limits": {"rules": {"price": 0.25}}}) == Fraction("-0.5")


# Scenarios, risk and changes


def test_cvar_weighs_the_scenario_at_the_edge_by_its_part_inside_the_tail() -> None:
    # NPV 100, 50, 0 at 0.5, 0.3, 0.2: E = 65. Worst 0.4: 0.2 at 0 and 0.2 of the 50s, mean 10/0.4 = 25.
    levels = futures(good=(0.5, 1), fair=(0.3, 0.5), poor=(0.2, 0))
    instance = case(owned(benefit=100, sensitivity={"benefit": {"demand": 1}}), **levels)
    assert value(instance, {"objective": {"risk": {"measure": "cvar", "tail": 0.4, "weight": 0.5}}}) == 45
    assert value(instance, {"objective": {"risk": {"measure": "cvar", "tail": 1, "weight": 1}}}) == 65
    assert value(instance, {"objective": {"risk": {"measure": "worst_case", "weight": 0.5}}}) == Fraction("32.5")


@pytest.mark.parametrize(
    ("reviews", "plans", "expected"),
    [
        (None, 4, 5),  # by default every year is a review year: what 2027 showed is known in 2028; 0.5·10
        ([2028], 4, 5),
        ([2027], 2, 3),  # the review of 2027 saw the levels of 2026 only: 0.5·10 + 0.5·(−4) for both
        ([2026], 2, 3),
    ],
)
def test_decisions_react_to_levels_seen_before_the_latest_review(
    reviews: list[int] | None, plans: int, expected: int
) -> None:
    # Formed in 2028 it earns 10 − 14·level: 10 in the boom, −4 in the slump. The levels differ from 2027 on.
    flows = {"benefit": 10, "cost": 14, "sensitivity": {"cost": {"demand": 1}}}
    partnership = deal(states={"full": flows}, actions=[form([2028, 2028])])
    levels = futures(boom=(0.5, [1, 0, 0]), slump=(0.5, [1, 1, 1]))
    instance = case(partnership, years=3, **levels) | ({"review_years": reviews} if reviews else {})
    assert count_plans(instance) == plans
    best = best_plan(instance)
    assert best.objective == expected
    formed = {"boom"} if plans == 4 else {"boom", "slump"}
    assert best.decisions == {("deal", "form", 2028, scenario) for scenario in formed}


def test_a_penalty_is_expected_and_stays_out_of_the_value() -> None:
    # Capital 10 at level 1, 20 at level 2, budget 12: 8 too much in one of two scenarios, at 0.5: 2.
    partnership = owned(capital=10, sensitivity={"capital": {"demand": 1}})
    instance = case(partnership, capital={"budget": 12}, **futures(low=(0.5, 1), high=(0.5, 2)))
    best = best_plan(instance, {"limits": {"capital": {"price": 0.5}}})
    assert best.expected_npv == -15
    assert best.penalty == 2
    assert best.objective == -17
    assert best.npv == {"low": -10, "high": -20}


def test_changes_are_charged_by_probability_against_today_or_a_plan() -> None:
    # Forming earns 3. Against today it costs 2; against a plan that forms in "a" (0.75) only, it costs 0.25·2.
    partnership = deal(states={"full": {"benefit": 3}}, actions=[form()])
    instance = case(partnership, **futures(a=(0.75, 1), b=(0.25, 1)))
    assert value(instance, {"changes": {"price": 2, "against": "today"}}) == 1
    plan = {"changes": {"price": 2, "against": "plan.yaml"}}
    reference = [("deal", "form", 2026, "a"), ("gone", "form", 2026, "a")]
    assert best_plan(instance, plan, against=reference[:1]).objective == Fraction("2.5")
    # A decision of a partnership that is no longer there is one that only the other plan holds: 0.75·2 more.
    assert best_plan(instance, plan, against=reference).objective == 1
    # At 100 the dropped decision would cost 75, the taken one 25: still formed.
    dear = {"changes": {"price": 100, "against": "plan.yaml"}}
    assert best_plan(instance, dear, against=reference[:1]).objective == 3 - 25


def test_ties_are_counted_and_an_impossible_instance_is_infeasible() -> None:
    pair = [deal(name, states={"full": {"benefit": 3}}, actions=[form()]) for name in ("first", "second")]
    one = [{"id": "pace", "at_most": 1}]
    assert best_plan(case(*pair, moves=one)).ties == 2
    answer = best_plan(case(*pair, activity=[{"id": "all", "at_least": 3}]))
    assert (answer.feasible, answer.objective, answer.ties) == (False, None, 0)


def test_the_best_selection_is_found_where_a_current_solver_is_wrong() -> None:
    # Seed 417 of the solver traps: ten projects, three yearly budgets, two prerequisites, two exclusive pairs.
    cost = [
        [18138900, 13790276, 7291162],
        [4310602561, 0, 0],
        [0, 0, 40833017],
        [3439083585, 399374534, 890005750],
        [0, 0, 454918174],
        [0, 0, 309446849],
        [2055432, 943411, 1522729],
        [0, 92924528, 54501577],
        [56895111, 23557171, 0],
        [0, 0, 57926031],
    ]
    npv = [35709168, 1242749076, 31552011, 1056591697, 639193682, 320767157, 4317051, 15189989, 55107561, 1368563]
    projects = [
        deal(
            f"p{number}", states={"full": {"capital": spent}}, actions=[form(at_effect={"benefit": sum(spent) + worth})]
        )
        for number, (spent, worth) in enumerate(zip(cost, npv, strict=True))
    ]

    def done(number: int) -> Written:
        return {"partnership": f"p{number}", "states": ["full"]}

    links: list[Written] = [
        {"id": f"r{a}", "kind": "requires", "when": done(a), "needs": done(b)} for a, b in ((4, 5), (8, 0))
    ]
    links += [{"id": f"x{a}", "kind": "excludes", "members": [done(a), done(b)]} for a, b in ((1, 9), (7, 1))]
    budget = {"budget": [4330796892, 107658215, 616990690]}
    assert value(case(*projects, years=3, links=links, capital=budget)) == 1630777412
