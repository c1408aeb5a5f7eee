"""Flows, driver factors, readiness and discounting, against values computed by hand."""

from fractions import Fraction
from typing import Any

import pytest

from .cases import SCORES, Written, audited, case, deal, form, futures, leave, owned, ready, take, value

F = Fraction


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        ("start", F(110) + F(110) / F("1.1") + F(121) / F("1.21")),
        ("end", F(110) / F("1.1") + F(110) / F("1.21") + F(121) / F("1.21")),
    ],
)
def test_money_is_discounted_by_its_timing_and_the_terminal_by_the_horizon(timing: str, expected: Fraction) -> None:
    written = case(owned(benefit=110, terminal=121), years=2, discount_rate=0.1, cash_timing=timing)
    assert value(written) == expected


def test_mid_year_is_the_default_and_good_to_fifty_digits() -> None:
    found = value(case(owned(benefit=1), discount_rate=0.08))
    # (1.08)^(-1/2) squared is 1/1.08
    assert abs(found * found * F("1.08") - 1) < F(1, 10**50)


def test_mid_year_is_exact_where_the_root_is_rational() -> None:
    assert value(case(owned(benefit=11), years=1, discount_rate=0.21)) == 10


def test_mid_year_discounts_the_second_year_by_one_and_a_half() -> None:
    assert value(case(owned(benefit=[0, 1.331]), years=2, discount_rate=0.21)) == 1


@pytest.mark.parametrize("years", [1, 2, 3, 4])
def test_a_profile_is_read_by_years_completed_and_repeats_its_last_value(years: int) -> None:
    assert value(case(owned(benefit=[1, 10, 100]), years=years)) == sum([1, 10, 100, 100][:years])


def test_years_already_completed_move_the_profile() -> None:
    partnership = deal(states={"on": {"benefit": [1, 10, 100]}}, start={"state": "on", "years": 1})
    assert value(case(partnership, years=2)) == 110


def test_none_and_exited_may_have_flows() -> None:
    states = {"none": {"benefit": 1}, "on": {"benefit": 10}, "exited": {"benefit": 100}}
    written = case(deal(states=states, actions=(form(), leave())), years=3)
    assert value(written, take("form", 2027), take("leave", 2028)) == 111


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ({"benefit": 7}, 7),
        ({"cost": 7}, -7),
        ({"cost": -7}, 7),
        ({"capital": 7}, -7),
        ({"terminal": 7}, 7),
        ({"breakdown_loss": 7}, 0),  # no readiness: no breakdown
        ({"effort": {"a": 7}, "exposure": {"b": 7}, "provides": {"c": 7}, "interfaces": 7}, 0),
    ],
)
def test_each_flow_of_a_state_counts_with_its_sign(flows: Written, expected: int) -> None:
    assert value(case(owned(**flows))) == expected


def test_notice_keeps_the_old_flows_lead_has_only_its_own_and_the_effect_comes_once() -> None:
    change = {
        "id": "change",
        "kind": "restructure",
        "from": "old",
        "to": "new",
        "notice_years": 2,
        "lead_years": 2,
        "during": {"benefit": [100, 200, 300], "cost": [1, 2]},
        "at_effect": {"benefit": 5_000, "cost": 10, "capital": 20, "proceeds": 40},
    }
    states = {"old": {"benefit": [1, 2, 3, 4], "terminal": 9}, "new": {"benefit": [10_000, 20_000], "terminal": [7, 8]}}
    written = case(deal(states=states, actions=(change,), start={"state": "old"}), years=7)
    found = audited(written, take("change", 2027, kind="restructure"))
    assert found.ok
    by_year = [sum(line.amount for line in found.money if line.year == 2026 + year) for year in range(7)]
    # old, notice, notice, lead, lead, effect in 2031, new with its terminal
    assert by_year == [1, 2, 3, 99, 198, 10_000 + 5_000 - 10 - 20 + 40, 20_000 + 8]


def test_the_terminal_of_an_effect_counts_in_the_last_year_only() -> None:
    written = case(deal(states={"on": {"terminal": [1, 2]}}, actions=(form(at_effect={"terminal": 10}),)), years=2)
    assert value(written, take("form", 2027)) == 11
    assert value(written, take("form", 2026)) == 2


def test_the_terminal_of_a_state_under_notice_does_not_count_once_it_is_left() -> None:
    written = case(
        deal(states={"on": {"terminal": 50}}, actions=(leave(notice_years=1),), start={"state": "on"}), years=2
    )
    assert value(written) == 50
    assert value(written, take("leave", 2026)) == 0


@pytest.mark.parametrize(
    ("scores", "realization", "breakdown_rate"),
    [
        ((1,), F("0.6"), F("0.12")),
        ((5,), F(1), F("0.02")),
        ((3,), F("0.8"), F("0.07")),
        ((1, 2, 3, 4, 5), F("0.8"), F("0.07")),
        ((2, 2, 2, 2, 3), F("0.72"), F("0.09")),  # g = 0.2·(4·1/4 + 2/4) = 0.3
    ],
)
def test_readiness_scales_benefit_and_sets_the_breakdown_rate(
    scores: tuple[int, ...], realization: Fraction, breakdown_rate: Fraction
) -> None:
    partnership = {**owned(benefit=1000, breakdown_loss=100), "readiness": ready(*scores)}
    assert value(case(partnership)) == realization * 1000 - breakdown_rate * 100


def test_weights_and_both_scales_of_readiness_are_inputs() -> None:
    scale = {
        "weights": dict(zip(SCORES, [0.5, 0.5, 0, 0, 0], strict=True)),
        "realization": [0.5, 1.5],
        "breakdown_rate": [0.4, 0],
    }
    partnership = {**owned(benefit=1000, breakdown_loss=100), "readiness": ready(5, 3, 1, 1, 1)}
    # g = 0.5·1 + 0.5·0.5 = 0.75: realization 1.25, breakdown rate 0.1
    assert value(case(partnership, readiness=scale)) == 1250 - 10


def test_a_state_may_raise_or_lower_single_elements() -> None:
    states = {"on": {"benefit": 1000, "readiness": {"governance": 5, "culture": 1}}}
    partnership = deal(states=states, start={"state": "on"}, readiness=ready(1, 1, 1, 5, 1))
    assert value(case(partnership)) == F("0.6") * 1000 + F("0.4") * F("0.2") * 1000


def test_an_actions_flows_use_the_readiness_of_the_state_it_leads_to_but_not_for_proceeds_and_terminal() -> None:
    states = {"on": {"terminal": 500, "readiness": dict(ready(5))}}
    action = form(
        lead_years=1,
        during={"benefit": 100, "breakdown_loss": 1000},
        at_effect={"benefit": 10, "breakdown_loss": 2000, "proceeds": 4, "terminal": 3},
    )
    aligned = case(deal(states=states, actions=(action,), readiness=ready(1)), years=2)
    assert value(aligned, take("form", 2026)) == 100 - 20 + 10 - 40 + 4 + 3 + 500
    weak = case(deal(states={"on": {"terminal": 500}}, actions=(action,), readiness=ready(1)), years=2)
    assert value(weak, take("form", 2026)) == 60 - 120 + 6 - 240 + 4 + 3 + 500


@pytest.mark.parametrize(
    ("flow", "sign"), [("benefit", 1), ("cost", -1), ("capital", -1), ("terminal", 1), ("breakdown_loss", F("-0.02"))]
)
@pytest.mark.parametrize("level", [0, 0.7, 1, 1.3])
def test_each_flow_of_a_state_follows_its_driver(flow: str, sign: Any, level: float) -> None:
    flows = {flow: 1000, "sensitivity": {flow: {"demand": 0.5}}}
    written = case({**owned(**flows), "readiness": ready(5)}, **futures(("base", 1, {"demand": level})))
    assert value(written) == sign * 1000 * (1 + F("0.5") * (F(str(level)) - 1))


@pytest.mark.parametrize("flow", ["benefit", "cost", "capital", "proceeds", "terminal", "breakdown_loss"])
def test_each_flow_of_an_effect_follows_its_driver(flow: str) -> None:
    effect = {flow: 1000, "sensitivity": {flow: {"demand": 2}}}
    partnership = deal(actions=(form(at_effect=effect),), states={"on": {}}, readiness=ready(5))
    written = case(partnership, **futures(("base", 1, {"demand": 1.25})))
    sign = {"cost": -1, "capital": -1, "breakdown_loss": F("-0.02")}.get(flow, 1)
    assert value(written, take("form", 2026)) == sign * 1500


@pytest.mark.parametrize("flow", ["benefit", "cost", "capital", "breakdown_loss"])
def test_each_flow_of_lead_years_follows_its_driver(flow: str) -> None:
    during = {flow: [1000, 1000], "sensitivity": {flow: {"demand": 1}}}
    partnership = deal(actions=(form(lead_years=2, during=during),), states={"on": {}}, readiness=ready(5))
    written = case(partnership, years=3, **futures(("base", 1, {"demand": [1, 0.5, 3]})))
    sign = {"cost": -1, "capital": -1, "breakdown_loss": F("-0.02")}.get(flow, 1)
    assert value(written, take("form", 2026)) == sign * 1500


def test_drivers_add_up_and_the_factor_stops_at_zero() -> None:
    flows = {"benefit": 100, "sensitivity": {"benefit": {"demand": 2, "tariff": -0.5}}}
    levels = {"demand": [1, 1.1, 0.5], "tariff": [1, 1.2, 1]}
    # 1; 1 + 0.2 − 0.1; 1 − 1 = 0
    assert value(case(owned(**flows), years=3, **futures(("base", 1, levels)))) == 100 + 110
    levels = {"demand": [0.4, 0, 1], "tariff": [1, 1, 9]}
    assert value(case(owned(**flows), years=3, **futures(("base", 1, levels)))) == 0


def test_state_and_effect_keep_their_own_sensitivity() -> None:
    effect = {"benefit": 10, "sensitivity": {"benefit": {"demand": 1}}}
    states = {"on": {"benefit": 100, "sensitivity": {"benefit": {"demand": -1}}}}
    written = case(deal(states=states, actions=(form(at_effect=effect),)), **futures(("base", 1, {"demand": 1.5})))
    assert value(written, take("form", 2026)) == 15 + 50


def test_a_terminal_uses_the_levels_of_the_last_year() -> None:
    flows = {"terminal": 100, "sensitivity": {"terminal": {"demand": 1}}}
    assert value(case(owned(**flows), years=2, **futures(("base", 1, {"demand": [3, 0.5]})))) == 50


def test_numbers_of_any_length_are_exact() -> None:
    tiny, huge = 1e-12, 999_999_999_999_999
    flows = {"benefit": [huge, tiny], "sensitivity": {"benefit": {"demand": 0.123456789}}}
    written = case(
        owned(**flows), years=2, discount_rate=0.0875, cash_timing="end", **futures(("base", 1, {"demand": 1.7}))
    )
    factor = 1 + F("0.123456789") * F("0.7")
    assert value(written) == factor * (F(huge) / F("1.0875") + F(1, 10**12) / F("1.0875") ** 2)


@pytest.mark.parametrize("timing", ["start", "mid", "end"])
def test_worth_is_what_a_partnership_earns_itself_terminal_included(timing: str) -> None:
    written = case(
        owned("a", benefit=[30, 90], terminal=180, provides={"volume": 1}),
        owned("b", cost=9),
        years=2,
        discount_rate=8,  # 1 + rate is 9, a square: mid-year factors are 1/3 and 1/27
        cash_timing=timing,
        pools=[{"id": "pool", "capability": "volume", "curve": [[0, 0], [1, 100]]}],
    )
    found = audited(written)
    first, second = {"start": (F(1), F(1, 9)), "mid": (F(1, 3), F(1, 27)), "end": (F(1, 9), F(1, 81))}[timing]
    assert found.worth["a"] == {"base": 30 * first + 90 * second + F(180, 81)}
    assert found.worth["b"] == {"base": -9 * (first + second)}
    assert found.npv["base"] == found.worth["a"]["base"] + found.worth["b"]["base"] + 100 * (first + second)


def test_money_lines_have_their_sign_and_sum_to_npv() -> None:
    partnership = deal(
        states={"on": {"benefit": 100, "cost": 1, "capital": 2, "breakdown_loss": 100, "terminal": 50}},
        actions=(leave(at_effect={"proceeds": 7}),),
        start={"state": "on"},
        readiness=ready(5),
    )
    found = audited(case(partnership, years=2, discount_rate=0.1), take("leave", 2027))
    lines = {(line.year, line.line): line.amount for line in found.money}
    assert lines == {
        (2026, "benefit"): 100,
        (2026, "cost"): -1,
        (2026, "breakdown"): -2,
        (2026, "capital"): -2,
        (2027, "proceeds"): 7,
    }
    assert sum(line.discounted for line in found.money) == found.npv["base"]
