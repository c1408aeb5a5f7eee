"""Walk-away prices are differences of optima: exactly what looking at every plan says."""

import math
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form, leave, owned
from engine_samples import EXACT, Written
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, Means, Model, UnknownOption, price_deals, read_instance
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.interval import NEVER, Interval
from portfolioopt.studies.price_deals import DealPrice, PriceDeals, least_to_get, most_to_pay

INSTANCES = Path(__file__).parents[2] / "instances"
OUT = ("none", "exited")


def priced(written: Written, choices: Written | None = None, **options: Any) -> PriceDeals:
    return price_deals(
        Instance.model_validate(written), Model.model_validate(choices or {}), Means(gap=1e-9), **options
    )


def of(found: PriceDeals, name: str = "deal") -> DealPrice:
    return next(one for one in found.deals if one.partnership == name)


def is_about(value: Interval | None, expected: Fraction | float) -> bool:
    assert value is not None
    slack = 10 * float(EXACT) * max(abs(float(expected)), 1.0)
    return value.low - slack <= float(expected) <= value.high + slack and value.width <= 4 * slack


def entering(partnership: Written) -> list[str]:
    def origins(action: Written) -> list[str]:
        return [action["from"]] if isinstance(action["from"], str) else action["from"]

    return [
        one["id"]
        for one in partnership.get("actions", ())
        if one["to"] not in OUT and any(origin in OUT for origin in origins(one))
    ]


def possible(written: Written) -> list[Written]:
    return [one for one in written["partnerships"] if one.get("start", {}).get("state", "none") in OUT]


def never_entered(written: Written, name: str) -> Written:
    """The same facts where nothing leads into a partnership."""
    partnerships = [
        {**one, "actions": [action for action in one.get("actions", ()) if action["id"] not in entering(one)]}
        if one["id"] == name
        else one
        for one in written["partnerships"]
    ]
    return {**written, "partnerships": partnerships}


@cache
def feasible(number: int) -> list[tuple[int, Written, Written]]:
    """Random feasible instances with a possible partnership."""
    found: list[tuple[int, Written, Written]] = []
    seed = 61_000
    while len(found) < number:
        seed += 1
        written, choices = random_instance(seed)
        if any(map(entering, possible(written))) and best_plan(written, choices).feasible:
            found.append((seed, written, choices))
    return found


@pytest.mark.parametrize(("seed", "written", "choices"), feasible(10), ids=lambda one: str(one)[:5])
def test_a_price_is_what_the_optimum_drops_by_when_the_deal_is_forbidden(
    seed: int, written: Written, choices: Written
) -> None:
    found = priced(written, choices)
    best = best_plan(written, choices).objective
    assert best is not None
    assert is_about(found.base, best)
    for partnership in possible(written):
        one = of(found, partnership["id"])
        without = best_plan(never_entered(written, partnership["id"]), choices)
        assert one.price is not None
        assert one.price.low >= 0
        if without.objective is None:
            assert one.price.low == float("inf")
        else:
            assert is_about(one.price, best - without.objective)
        if not one.chance:
            assert one.price.low == 0
            assert one.missing is None or one.missing.low >= 0


def test_a_deal_that_is_left_alone_misses_what_it_loses() -> None:
    found = priced(case(deal("deal", {"on": {"benefit": 3, "cost": 5}}, (form(),)), years=2))
    one = of(found)
    assert (one.price, one.chance) == (Interval(0.0, 0.0), 0)
    assert is_about(one.missing, 2)  # entered in the last year it costs least
    assert found.spared == 1


def test_one_in_force_is_priced_against_leaving_and_against_its_going_on() -> None:
    """On: 5 a year; left in 2026 at a cost of 1; expanded in 2026 it earns 8."""
    states = {"on": {"benefit": 5}, "big": {"benefit": 8}}
    grow = {"id": "grow", "kind": "expand", "from": "on", "to": "big"}
    exits = leave(origin=["on", "big"], at_effect={"cost": 1})
    one = of(priced(case(deal("deal", states, (grow, exits), start={"state": "on"}), years=2)))
    assert one.in_force
    assert is_about(one.price, 16 + 1)
    assert is_about(one.acting, 16 - 10)
    assert one.missing == Interval(0.0, 0.0)


def test_one_that_cannot_be_left_has_no_price() -> None:
    one = of(priced(case(owned(benefit=5), years=2)))
    assert (one.without, one.price, one.acting) == (None, None, None)


def test_one_that_a_hard_limit_needs_is_priceless() -> None:
    cells = {"id": "cells", "capability": "gwh", "at_least": 1}
    written = case(deal("deal", {"on": {"provides": {"gwh": 1}, "cost": 1}}, (form(),)), requirements=[cells])
    one = of(priced(written))
    assert one.price == Interval(float("inf"), float("inf"))


def budgeted(budget: int) -> Written:
    """Two deals that earn 10 and 6; the first draws 3 of capital, the second 2."""
    first = deal("deal", {"on": {"benefit": 13, "capital": [3, 0]}}, (form(window=[2026, 2026]),))
    other = deal("other", {"on": {"benefit": 8, "capital": [2, 0]}}, (form(window=[2026, 2026]),))
    return case(first, other, capital={"budget": budget})


@pytest.mark.parametrize(("budget", "expected"), [(5, 2), (8, 4), (20, 10)])
def test_a_price_paid_from_a_budget_counts_what_the_payment_crowds_out(budget: int, expected: int) -> None:
    """Without it 6. Paid 2 of 5: the deal alone, 10 − 2 ≥ 6; any more and it is not afforded at all. With 8, up to 3
    beside both; up to 5 beside the deal alone, 10 − 5 < 6: then 4 at most. With 20 nothing is crowded out."""
    found = priced(budgeted(budget), deals=["deal"], paid_in=[2026], tolerance=1e-6)
    (paid,) = found.paid
    assert paid.price is not None
    assert paid.price.low - 1e-5 <= expected <= paid.price.high + 1e-5
    assert paid.price.width <= 1e-4


NEEDED = [{"id": "cells", "capability": "gwh", "at_least": 1}]


def needed(**more: Any) -> Written:
    """A deal that nothing can do without draws 3 of capital; another one, worth 6, draws 2."""
    first = deal("deal", {"on": {"provides": {"gwh": 1}, "cost": 1, "capital": [3, 0]}}, (form(window=[2026, 2026]),))
    other = deal("other", {"on": {"benefit": 8, "capital": [2, 0]}}, (form(window=[2026, 2026]),))
    return case(first, other, requirements=NEEDED, **more)


def test_what_nothing_can_do_without_is_paid_all_that_the_budget_leaves() -> None:
    (paid,) = priced(needed(capital={"budget": 5}), deals=["deal"], paid_in=[2026], tolerance=1e-6).paid
    assert is_within(paid.price, 2)


def test_a_budget_may_grow_with_drivers() -> None:
    """To 4,500, which is far more than all that is written down; 3 of it are drawn."""
    written = needed(
        drivers=["market"],
        scenarios=[{"name": "one", "probability": 1, "drivers": {"market": 900}}],
        capital={"budget": 5, "sensitivity": {"budget": {"market": 1}}},
    )
    (paid,) = priced(written, deals=["deal"], paid_in=[2026], tolerance=1e-6).paid
    assert is_within(paid.price, 4497)


@pytest.mark.parametrize("price", [None, 2])
def test_without_a_hard_budget_there_is_no_end_to_it(price: int | None) -> None:
    more = {} if price is None else {"capital": {"budget": 5}}
    choices = {} if price is None else {"limits": {"capital": {"price": price}}}
    (paid,) = priced(needed(**more), choices, deals=["deal"], paid_in=[2026]).paid
    assert paid.price == Interval(float("inf"), float("inf"))


def test_nothing_is_promised_of_a_price_where_the_optimum_without_it_is_not_known() -> None:
    """At time 0 the price is 4 or more; but all the budget leaves is 2."""

    def falling(amount: float) -> Interval:
        return Interval.exactly(10.0) if amount <= 2 else NEVER

    paid = most_to_pay(falling, Interval(4.0, math.inf), Interval(-math.inf, 6.0), 1.0, 1e-6, 50.0)
    assert paid.low <= 2 + 1e-5
    assert paid.high == pytest.approx(2, abs=1e-4)


def test_a_payment_counts_in_no_limit_on_activity() -> None:
    few = [{"id": "few", "domains": ["autonomy"], "types": ["joint_venture"], "at_most": 0}]
    kind = {"domain": "software", "type": "in_house"}
    own = deal("deal", {"on": {"benefit": 5, "capital": 1}}, (form(),), **kind)
    found = priced(case(own, activity=few, capital={"budget": 3}), paid_in=[2026], tolerance=1e-6)
    assert is_within(found.paid[0].price, 2)  # 2 are left when it is signed


def test_what_is_missing_may_be_less_where_it_also_eases_the_budget() -> None:
    """With 3 of budget the first is taken, 10; the other forced in leaves 6 of the 10. Given 2, both are: 16 + 2."""
    found = priced(budgeted(3), deals=["other"], paid_in=[2026], tolerance=1e-6)
    one, (paid,) = of(found, "other"), found.paid
    assert is_about(one.missing, 4)
    assert paid.missing is not None
    assert paid.missing.low - 1e-5 <= 2 <= paid.missing.high + 1e-5


@pytest.mark.parametrize("step", [0.0, 3.0, 7.5])
def test_bisections_close_in_on_steps(step: float) -> None:
    """v falls from 10 to 4 at the step; without it 1, discount a half: paid is 6 at most before it, 18 in all."""

    def falling(amount: float) -> Interval:
        return Interval.exactly(10.0 if amount <= step else 4.0)

    paid = most_to_pay(falling, Interval.exactly(9.0), Interval.exactly(1.0), 0.5, 1e-6, 50.0)
    assert paid.low - 1e-5 <= max(step, 6.0) <= paid.high + 1e-5

    def rising(amount: float) -> Interval:
        return Interval.exactly(10.0 if amount >= step else 4.0)

    got = least_to_get(rising, Interval.exactly(8.0), Interval.exactly(12.0), 0.5, 1e-6, 100.0)
    assert got.low - 1e-5 <= max(step, 4.0) <= got.high + 1e-5


def test_options_that_make_no_sense_are_refused() -> None:
    written = case(owned())
    for options in ({"deals": ["nobody"]}, {"paid_in": [1999]}, {"tolerance": 0.0}):
        with pytest.raises(UnknownOption):
            priced(written, **options)


def test_five_deals_as_its_comments_tell() -> None:
    found = price_deals(read_instance(INSTANCES / "five_deals"), means=Means(gap=1e-9))
    assert {one.partnership: round(one.price.low, 2) for one in found.deals if one.price and one.price.low < 1e9} == {
        "sdv_stack": 374.24,
        "driver_assist": pytest.approx(254.5, abs=0.1),
        "platform_swap": 165.15,
        "battery_jv": 88.69,
        "robotaxi": 0.0,
    }
    assert is_within(of(found, "robotaxi").missing, 459.57)
    assert is_within(of(found, "cell_plant").acting, 671.47)
    assert from_json(to_json(found)) == found


def is_within(value: Interval | None, expected: float) -> bool:
    return value is not None and abs(value.low - expected) < 0.01 and value.width < 1e-3


def test_a_study_without_time_tells_that_it_is_partial() -> None:
    found = price_deals(read_instance(INSTANCES / "five_deals"), means=Means(time_limit=0.3))
    assert not found.about.complete
    assert found.about.stopped_by == "time limit"
