"""Every limit below, at and above it, exactly; and the money of pools, coordination, synergies, hiring, shortfall."""

from fractions import Fraction
from typing import Any

import pytest

from portfolioopt.audit import LimitUse

from .cases import Written, audited, broken, case, deal, form, futures, hire, leave, messages, owned, take, value

F = Fraction
TWO_STATES = {"a": {}, "b": {}}


def uses(written: Written, limit_id: str, *acts: Any, **more: Any) -> list[LimitUse]:
    return [use for use in audited(written, *acts, **more).limits if use.id == limit_id]


def in_state(name: str, state: str) -> Written:
    return deal(name, TWO_STATES, start={"state": state})


# ---- capital --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "excess"), [(0.4, 0), (0.3, 0), (0.299999999999, F(1, 10**12)), (0.2, F("0.1")), (-1, F("1.3"))]
)
def test_capital_is_held_in_decimals_as_written(budget: float, excess: Fraction) -> None:
    written = case(owned("a", capital=0.1), owned("b", capital=0.2), capital={"budget": budget})
    found = audited(written)
    assert broken(found) == ([("capital", "capital", 2026)] if excess else [])
    assert [finding.excess for finding in found.findings] == ([excess] if excess else [])


def test_capital_left_over_is_carried_in_part_and_proceeds_are_recycled_in_part() -> None:
    partnership = deal(
        states={"on": {"capital": [40, 0, 100]}},
        actions=(leave(at_effect={"proceeds": 50, "capital": 3}),),
        start={"state": "on"},
    )
    capital = {"budget": [100, 10, 20, 30], "carry_over": 0.5, "recycle": 0.8}
    found = uses(case(partnership, years=4, capital=capital), "capital", take("leave", 2028))
    assert [use.use for use in found] == [40, 0, 3, 0]
    # left 60; 10 + 30 = 40; 20 + 20 + 40 = 80, 77 left; 30 + 38.5
    assert [use.limit for use in found] == [100, 40, 80, F("68.5")]
    assert [use.headroom for use in found] == [60, 40, 77, F("68.5")]


def test_every_scenario_has_its_own_capital() -> None:
    scenarios = futures(("one", 0.5, {"d": 1}), ("two", 0.5, {"d": 2}))
    written = case(owned(capital=0), years=2, capital={"budget": [5, 0], "carry_over": 1}, **scenarios)
    assert [use.limit for use in uses(written, "capital")] == [5, 5, 5, 5]


def test_without_carry_over_and_recycle_nothing_is_carried_or_recycled() -> None:
    written = case(owned(capital=[0, 11]), years=2, capital={"budget": 10})
    assert broken(audited(written)) == [("capital", "capital", 2027)]


def test_an_overdraft_is_reported_in_its_own_year_only() -> None:
    written = case(owned(capital=[15, 0, 11]), years=3, capital={"budget": [10, 0, 11], "carry_over": 1})
    assert broken(audited(written)) == [("capital", "capital", 2026)]


def test_the_budget_capital_and_proceeds_follow_their_drivers_in_each_scenario() -> None:
    partnership = deal(
        states={"on": {"capital": 10, "sensitivity": {"capital": {"steel": 1}}}},
        actions=(form(at_effect={"proceeds": 4, "sensitivity": {"proceeds": {"steel": -1}}}),),
    )
    capital = {"budget": 8, "recycle": 1, "sensitivity": {"budget": {"liquidity": 0.5}}}
    scenarios = futures(("dear", 0.5, {"steel": 1.5, "liquidity": 2}), ("cheap", 0.5, {"steel": 0.5, "liquidity": 0}))
    written = case(partnership, capital=capital, **scenarios)
    dear, cheap = uses(written, "capital", *(take("form", 2026, scenario=name) for name in ("dear", "cheap")))
    assert (dear.use, dear.limit, dear.excess) == (15, 12 + 2, 1)
    assert (cheap.use, cheap.limit, cheap.excess) == (5, 4 + 6, 0)


# ---- skills ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("capacity", "ok"), [(0.4, True), (0.3, True), (0.29, False)])
def test_effort_stays_within_capacity(capacity: float, ok: bool) -> None:
    efforts = [owned(name, effort={"engineer": amount}) for name, amount in (("a", 0.1), ("b", 0.2))]
    found = audited(case(*efforts, skills={"engineer": {"capacity": capacity}}))
    assert broken(found) == ([] if ok else [("skills", "engineer", 2026)])


@pytest.mark.parametrize(("engineers", "ok"), [("2.9", False), ("3", True), ("4", True)])
def test_those_hired_add_to_capacity_and_cost_money(engineers: str, ok: bool) -> None:
    skills = {"engineer": {"capacity": [9, 10], "hire": {"cost": [7, 0.5], "at_most": [0, 4]}}}
    written = case(owned(effort={"engineer": [9, 13]}), years=2, skills=skills, discount_rate=1, cash_timing="end")
    found = audited(written, hire(engineers, 2027))
    assert found.ok is ok
    assert found.expected_npv == -F(engineers) / 2 / 4
    assert [(line.year, line.line, line.amount) for line in found.money] == [(2027, "hiring", -F(engineers) / 2)]
    assert [use.limit for use in found.limits] == [9, 10 + F(engineers)]


@pytest.mark.parametrize(
    ("hiring", "message"),
    [
        (hire("4.000001"), "there are at most 4"),
        (hire("-1"), "must be 0 or more"),
        (hire("NaN"), "must be 0 or more"),
        (hire("Infinity"), "must be 0 or more"),
        (hire(1, 2030), "the horizon has no year 2030"),
        (hire(1, scenario="never"), "there is no scenario called never"),
        (hire(1, skill="poet"), "there is no skill called poet"),
        (hire(1, skill="pilot"), "not for hire"),
    ],
)
def test_hiring_that_may_not_be_is_reported_and_left_out(hiring: Any, message: str) -> None:
    skills = {"engineer": {"capacity": 1, "hire": {"cost": 1, "at_most": 4}}, "pilot": {"capacity": 1}}
    found = audited(case(owned(), skills=skills), hiring)
    assert broken(found) == [("skills", hiring.skill, hiring.year)]
    assert message in messages(found)
    assert found.objective == 0


def test_hiring_twice_is_reported() -> None:
    skills = {"engineer": {"capacity": 1, "hire": {"cost": 1, "at_most": 4}}}
    found = audited(case(owned(), skills=skills), hire(1), hire(2))
    assert broken(found) == [("skills", "engineer", 2026)]
    assert found.expected_npv == -1


def test_at_most_of_hiring_is_reached_exactly() -> None:
    skills = {"engineer": {"capacity": 1, "hire": {"cost": 1, "at_most": 0.3}}}
    assert audited(case(owned(), skills=skills), hire("0.3")).ok
    assert not audited(case(owned(), skills=skills), hire("0.3000000000001")).ok


def test_effort_of_state_lead_and_effect_adds_up() -> None:
    action = form(lead_years=1, during={"effort": {"engineer": 5}}, at_effect={"effort": {"engineer": 3}})
    partnership = deal(states={"on": {"effort": {"engineer": [10, 20]}}}, actions=(action,))
    written = case(partnership, years=4, skills={"engineer": {"capacity": 20}})
    assert [use.use for use in uses(written, "engineer", take("form", 2026))] == [5, 13, 20, 20]


# ---- exposures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at_most", "ok"), [(0.4, True), (0.3, True), (0.2999, False)])
def test_exposure_stays_within_its_limit(at_most: float, ok: bool) -> None:
    owners = [owned(name, exposure={"china": amount}) for name, amount in (("a", 0.1), ("b", 0.2))]
    found = audited(case(*owners, exposures=[{"id": "cap", "tag": "china", "at_most": at_most}]))
    assert broken(found) == ([] if ok else [("exposures", "cap", 2026)])


@pytest.mark.parametrize(("china", "ok"), [(2.9, True), (3, True), (3.0001, False)])
def test_an_exposure_share_is_of_the_tags_it_names(china: float, ok: bool) -> None:
    exposures = [{"id": "share", "tag": "china", "at_most_share": [0.6, 0.6], "of": ["china", "europe"]}]
    owners = [owned("a", exposure={"china": [0, china], "america": 100}), owned("b", exposure={"europe": 2})]
    found = audited(case(*owners, years=2, exposures=exposures))
    assert broken(found) == ([] if ok else [("exposures", "share", 2027)])
    assert [use.limit for use in found.limits] == [F("1.2"), F("0.6") * (2 + F(str(china)))]


def test_no_exposure_at_all_keeps_every_share() -> None:
    exposures = [{"id": "share", "tag": "china", "at_most_share": 0, "of": ["china"]}]
    assert audited(case(owned(), exposures=exposures)).ok


# ---- requirements ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at_least", "ok"), [(0.2, True), (0.3, True), (0.3001, False)])
def test_what_must_be_met_is_met(at_least: float, ok: bool) -> None:
    owners = [owned(name, provides={"cells": amount}) for name, amount in (("a", 0.1), ("b", 0.2))]
    found = audited(case(*owners, requirements=[{"id": "need", "capability": "cells", "at_least": at_least}]))
    assert broken(found) == ([] if ok else [("requirements", "need", 2026)])
    assert found.limits[0].sense == "at_least"


def test_a_shortfall_with_a_cost_is_money_and_no_excess() -> None:
    requirement = {"id": "need", "capability": "cells", "at_least": [5, 10, 20], "shortfall_cost": [1, 2, 3]}
    written = case(owned(provides={"cells": [6, 8, 8]}), years=3, requirements=[requirement])
    found = audited(written, model={"limits": {"requirements": {"price": 100}}})
    assert found.ok
    assert found.npv == {"base": -4 - 36}
    assert found.penalties == 0
    assert [(use.headroom, use.excess, use.price) for use in found.limits] == [
        (1, 0, None),
        (-2, 0, None),
        (-12, 0, None),
    ]


# ---- pools and coordination -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provided", "benefit"), [(0, 0), (5, 20), (10, 40), (15, 35), (20, 30), (25, 80), (30, 130), (99, 130)]
)
def test_a_pool_may_fall_and_keeps_its_last_value(provided: int, benefit: int) -> None:
    pool = {"id": "pool", "capability": "volume", "curve": [[0, 0], [10, 40], [20, 30], [30, 130]]}
    assert value(case(owned(provides={"volume": provided}), pools=[pool])) == benefit


def test_pools_of_one_capability_each_pay() -> None:
    pools = [{"id": name, "capability": "volume", "curve": [[0, 0], [3, 1]]} for name in ("one", "two")]
    owners = [owned(name, provides={"volume": 1}) for name in ("a", "b")]
    assert value(case(*owners, pools=pools)) == F(4, 3)


@pytest.mark.parametrize(("interfaces", "cost"), [(0, 0), (4, 2), (8, 4), (12, 12), (16, 20), (20, 28)])
def test_coordination_goes_on_along_its_last_slope(interfaces: int, cost: int) -> None:
    owners = [owned(name, interfaces=interfaces / 2) for name in ("a", "b")]
    assert value(case(*owners, coordination={"curve": [[0, 0], [8, 4], [16, 20]]})) == -cost


def test_a_curve_of_one_point_is_flat() -> None:
    assert value(case(owned(interfaces=3), coordination={"curve": [[0, 0]]})) == 0


# ---- activity -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at_most", "at_least", "expected"), [(2, 2, 0), (3, 1, 0), (1, None, 1), (None, 3, 1), (1.5, 2.5, 2)]
)
def test_activity_counts_those_active_at_once(at_most: Any, at_least: Any, expected: int) -> None:
    limit = {"id": "few", "at_most": at_most, "at_least": at_least}
    activity = [{key: each for key, each in limit.items() if each is not None}]
    partnerships = [in_state("one", "a"), in_state("two", "b"), in_state("three", "none"), in_state("four", "exited")]
    found = audited(case(*partnerships, activity=activity))
    assert broken(found) == [("activity", "few", 2026)] * expected
    assert len(found.limits) == len(limit) - 1 - [at_most, at_least].count(None)


@pytest.mark.parametrize(
    ("selectors", "count"),
    [
        ({}, 3),
        ({"domains": ["software"]}, 2),
        ({"domains": ["software", "autonomy"]}, 3),
        ({"types": ["joint_venture"], "domains": ["software"]}, 1),
        ({"partners": ["Y"]}, 2),
        ({"partners": ["X", "W"]}, 2),
        ({"partners": ["X", "W"], "ids": ["b", "c"]}, 1),
    ],
)
def test_activity_selectors_hold_together_and_any_value_within_each(selectors: Written, count: int) -> None:
    partnerships = [
        {**owned("a"), "domain": "software", "type": "joint_venture", "partners": ["X", "Y"]},
        {**owned("b"), "domain": "software", "type": "codevelopment", "partners": ["Y"]},
        {**owned("c"), "domain": "autonomy", "type": "joint_venture", "partners": ["W"]},
    ]
    activity = [{"id": "few", "at_most": 9, **selectors}]
    assert [use.use for use in uses(case(*partnerships, activity=activity), "few")] == [count]


def test_lead_years_towards_a_live_state_are_active_and_towards_the_exit_are_not() -> None:
    partnership = deal(states={"on": {}}, actions=(form(lead_years=1), leave(notice_years=1, lead_years=1)))
    written = case(partnership, years=7, activity=[{"id": "few", "at_most": [9] * 7}])
    found = uses(written, "few", take("form", 2027), take("leave", 2029))
    # none, lead, on, notice, lead towards exited, exited, exited
    assert [use.use for use in found] == [0, 1, 1, 1, 0, 0, 0]


# ---- moves ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"at_most": [2, 1, 0]}, []),
        ({"at_most": 1}, [2026]),
        ({"at_most": 2, "kinds": ["form"], "total": True}, []),
        ({"at_most": 2, "total": True}, [2028]),
        ({"at_most": 0, "kinds": ["exit"]}, [2027]),
        ({"at_most": 0, "kinds": ["expand"]}, []),
    ],
)
def test_moves_are_counted_by_kind_in_the_year_of_decision_or_over_the_horizon(
    limit: Written, expected: list[int]
) -> None:
    partnerships = [deal(name, {"on": {}}, (form(lead_years=1), leave())) for name in ("a", "b")]
    on = deal("c", {"on": {}}, (leave(),), start={"state": "on"})
    written = case(*partnerships, on, years=3, moves=[{"id": "busy", **limit}])
    found = audited(written, take("form", 2026, "a"), take("form", 2026, "b"), take("leave", 2027, "c"))
    assert [finding.year for finding in found.findings] == expected
    assert len(found.limits) == (1 if limit.get("total") else 3)


# ---- links ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "needs", "ok"),
    [("a", "a", True), ("a", "b", False), ("b", "b", True), ("a", "none", False), ("exited", "b", True)],
)
def test_requires_holds_while_both_are_in_their_states(when: str, needs: str, ok: bool) -> None:
    link = {
        "id": "first",
        "kind": "requires",
        "when": {"partnership": "x", "states": ["a"]},
        "needs": {"partnership": "y", "states": ["a"]},
    }
    found = audited(case(in_state("x", when), in_state("y", needs), links=[link]))
    assert broken(found) == ([] if ok else [("links", "first", 2026)])
    assert len(found.limits) == (when == "a")


@pytest.mark.parametrize(
    ("states", "at_most", "ok"),
    [
        ("aaa", 3, True),
        ("aaa", 2, False),
        ("aab", 2, True),
        ("aab", None, False),
        ("abb", None, True),
        ("aab", 1.9, False),
    ],
)
def test_excludes_lets_so_many_members_hold(states: str, at_most: Any, ok: bool) -> None:
    names = ("x", "y", "z")
    link = {"id": "one", "kind": "excludes", "members": [{"partnership": name, "states": ["a"]} for name in names]}
    link |= {} if at_most is None else {"at_most": at_most}
    found = audited(case(*(in_state(name, state) for name, state in zip(names, states, strict=True)), links=[link]))
    assert broken(found) == ([] if ok else [("links", "one", 2026)])


def test_a_synergy_pays_in_the_years_in_which_all_members_hold() -> None:
    members = [{"partnership": name, "states": ["on", "exited"]} for name in ("x", "y")]
    link = {"id": "both", "kind": "synergy", "members": members, "benefit": [1, -10, 100, 1000, 10_000]}
    leaving = deal("x", {"on": {}}, (leave(notice_years=1, lead_years=1),), start={"state": "on"})
    written = case(leaving, owned("y"), years=5, links=[link])
    # on, notice (still on), lead (in no state), exited, exited
    assert value(written, take("leave", 2027, "x")) == 1 - 10 + 1000 + 10_000


# ---- rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("must", "years", "expected"),
    [
        ("always", [2026, 2027], []),
        ("always", None, [2028, 2029]),
        ("always", [2028, 2028], [2028]),
        ("always", [2029, 2050], [2029]),
        ("never", [2028, 2029], []),
        ("never", None, [2026, 2027]),
        ("never", [2000, 2026], [2026]),
        ("never", [2050, 2051], []),
    ],
)
def test_rules_hold_in_their_years_and_a_lead_year_is_in_no_state(must: str, years: Any, expected: list[int]) -> None:
    rule = {"id": "rule", "partnership": "deal", "states": ["on"], "must": must} | ({"years": years} if years else {})
    leaving = deal(states={"on": {}}, actions=(leave(notice_years=1, lead_years=1),), start={"state": "on"})
    found = audited(case(leaving, years=4, rules=[rule]), take("leave", 2027))
    assert broken(found) == [("rules", "rule", year) for year in expected]


def test_limits_hold_in_every_scenario_even_the_impossible_one() -> None:
    scenarios = futures(("sure", 1, {"d": 1}), ("never", 0, {"d": [0, 1]}))
    partnership = deal(states={"on": {"effort": {"engineer": 1}}}, actions=(form(),))
    written = case(partnership, years=2, skills={"engineer": {"capacity": 0}}, **scenarios)
    found = audited(written, take("form", 2027, scenario="never"))
    assert [(finding.scenario, finding.year) for finding in found.findings] == [("never", 2027)]
