"""A soft limit may be exceeded at its price: expected, discounted like a cost, apart from value."""

from fractions import Fraction
from typing import Any

import pytest

from .cases import Written, audited, broken, case, deal, form, futures, hire, owned, take

F = Fraction


def soft(**limits: Any) -> Written:
    return {"limits": {name: {"price": price} if price != "hard" else "hard" for name, price in limits.items()}}


def occupied(name: str) -> Written:
    return {"partnership": name, "states": ["on"]}


EXCEEDED: list[tuple[str, str, Any, int, int]] = [
    # family, id, section, excess in 2026 and in 2027
    ("skills", "engineer", {"engineer": {"capacity": [1, 3]}}, 3, 1),
    ("exposures", "cap", [{"id": "cap", "tag": "china", "at_most": [5, 4]}], 0, 1),
    ("exposures", "cap", [{"id": "cap", "tag": "china", "at_most_share": 0, "of": ["china"]}], 5, 5),
    ("requirements", "need", [{"id": "need", "capability": "cells", "at_least": [9, 4]}], 3, 0),
    ("activity", "few", [{"id": "few", "at_most": [0, 1]}], 1, 0),
    ("activity", "many", [{"id": "many", "at_least": [3, 4]}], 2, 3),
    ("links", "only", [{"id": "only", "kind": "excludes", "members": [occupied("deal")], "at_most": 0}], 1, 1),
    (
        "links",
        "first",
        [{"id": "first", "kind": "requires", "when": occupied("deal"), "needs": occupied("idle")}],
        1,
        1,
    ),
    ("rules", "out", [{"id": "out", "partnership": "deal", "states": ["on"], "must": "never"}], 1, 1),
    (
        "rules",
        "in",
        [{"id": "in", "partnership": "idle", "states": ["on"], "must": "always", "years": [2027, 2027]}],
        0,
        1,
    ),
]


@pytest.mark.parametrize(("family", "limit", "section", "first", "second"), EXCEEDED)
@pytest.mark.parametrize("named", ["family", "id", "both"])
def test_excess_is_charged_by_unit_and_year_and_discounted(
    family: str, limit: str, section: Any, first: int, second: int, named: str
) -> None:
    idle = deal("idle", {"on": {}})
    busy = owned(effort={"engineer": 4}, exposure={"china": 5}, provides={"cells": 6})
    written = case(busy, idle, years=2, discount_rate=1, cash_timing="end", **{family: section})
    limits = {"family": soft(**{family: 8}), "id": soft(**{limit: 8}), "both": soft(**{family: 99, limit: 8})}[named]
    found = audited(written, model=limits)
    assert found.ok
    assert found.penalties == 8 * (F(first, 2) + F(second, 4))
    assert (found.objective, found.expected_npv) == (-found.penalties, 0)
    assert [use.excess for use in found.limits if use.excess] == [excess for excess in (first, second) if excess]
    assert all(use.price == 8 for use in found.limits)
    years = [year for year, excess in ((2026, first), (2027, second)) if excess]
    assert broken(audited(written)) == [(family, limit, year) for year in years]


def test_a_hard_id_wins_over_its_soft_family() -> None:
    written = case(
        owned(effort={"engineer": 4, "pilot": 4}), skills={"engineer": {"capacity": 0}, "pilot": {"capacity": 0}}
    )
    found = audited(written, model=soft(skills=1, pilot="hard"))
    assert broken(found) == [("skills", "pilot", 2026)]
    assert found.penalties == 4


def test_a_price_of_zero_is_soft() -> None:
    found = audited(case(owned(capital=4), capital={"budget": 1}), model=soft(capital=0))
    assert (found.ok, found.penalties) == (True, 0)


def test_moves_in_total_are_charged_once_in_the_last_year() -> None:
    partnerships = [deal(name, {"on": {}}, (form(),)) for name in ("a", "b", "c")]
    limit = {"id": "busy", "at_most": 1, "total": True}
    written = case(*partnerships, years=2, discount_rate=1, cash_timing="start", moves=[limit])
    found = audited(written, *(take("form", 2026, name) for name in ("a", "b", "c")), model=soft(moves=10))
    assert found.penalties == 10 * 2 * F(1, 2)


def test_money_added_to_capital_is_little_and_late() -> None:
    written = case(
        owned(capital=[10, 40, 0, 30]),
        years=4,
        capital={"budget": [20, 20, 0, 10], "carry_over": 0.5},
        discount_rate=1,
        cash_timing="start",
    )
    found = audited(written, model=soft(capital=3))
    # left 10; 20 + 5 − 40: 15 added, 0 left; 0; 10 − 30: 20 added
    assert [use.excess for use in found.limits] == [0, 15, 0, 20]
    assert [use.headroom for use in found.limits] == [10, -15, 0, -20]
    assert found.penalties == 3 * (F(15, 2) + F(20, 8))


def test_those_hired_are_taken_off_the_excess_of_a_soft_skill() -> None:
    skills = {"engineer": {"capacity": 1, "hire": {"cost": 2, "at_most": 3}}}
    found = audited(case(owned(effort={"engineer": 9}), skills=skills), hire(3), model=soft(skills=10))
    assert (found.ok, found.penalties, found.expected_npv, found.objective) == (True, 50, -6, -56)


def test_penalties_are_expected_over_scenarios_and_no_part_of_risk() -> None:
    flows = {"capital": 10, "sensitivity": {"capital": {"steel": 1}}}
    scenarios = futures(("dear", 0.25, {"steel": 2}), ("cheap", 0.75, {"steel": 1}))
    written = case(owned(**flows), capital={"budget": 8}, **scenarios)
    model = soft(capital=1) | {"objective": {"risk": {"measure": "worst_case", "weight": 0.5}}}
    found = audited(written, model=model)
    assert found.penalties == F(12, 4) + F(2 * 3, 4)
    assert found.npv == {"dear": -20, "cheap": -10}
    assert found.risk == -20
    assert found.objective == F("-12.5") / 2 - F(20, 2) - found.penalties
