"""Prices of limits are what solving the edited instance says, and no loosened limit hurts."""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form
from engine_samples import EXACT, Written
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, Means, Model, UnknownOption, cases, price_limits, read_instance
from portfolioopt.language.writing import plain
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.limits import every_limit, every_name, ignored
from portfolioopt.studies.price_limits import PriceLimits

INSTANCES = Path(__file__).parents[2] / "instances"


def priced(written: Written, choices: Written | None = None, **options: Any) -> PriceLimits:
    facts, model = Instance.model_validate(written), Model.model_validate(choices or {})
    return price_limits(facts, model, Means(gap=1e-9), **options)


def is_about(value: Interval | None, expected: Fraction | float) -> bool:
    assert value is not None
    slack = 10 * float(EXACT) * max(abs(float(expected)), 1.0)
    return value.low - slack <= float(expected) <= value.high + slack and value.width <= 4 * slack


@cache
def limited(number: int) -> list[tuple[int, Written, Written]]:
    """Random feasible instances with several limits."""
    found: list[tuple[int, Written, Written]] = []
    seed = 71_000
    while len(found) < number:
        seed += 1
        written, choices = random_instance(seed)
        risky = choices.get("objective", {}).get("risk")
        many = 3 <= len(every_limit(Instance.model_validate(written))) <= 9
        if many and not risky and "changes" not in choices and best_plan(written, choices).feasible:
            found.append((seed, written, choices))
    return found


@pytest.mark.parametrize(("seed", "written", "choices"), limited(6), ids=lambda one: str(one)[:5])
def test_prices_are_those_of_the_edited_instances(seed: int, written: Written, choices: Written) -> None:
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    found = priced(written, choices, step=Decimal("0.25"))
    best = best_plan(written, choices).objective
    assert best is not None

    def gain(change: cases.Change | None) -> Fraction | None:
        if change is None:
            return None
        edited, chosen = cases.apply(cases.case("edited", change), instance, model)
        objective = best_plan(plain(edited), plain(chosen)).objective
        assert objective is not None
        return objective - best

    prices = {(one.id, one.year, one.unit): one for one in found.prices}
    for limit in every_limit(instance):
        unit, step = gain(limit.by(Decimal(1))), gain(limit.share(Decimal("0.25")))
        one = prices.get((limit.id, limit.year, limit.unit))
        if unit is None and step is None:
            assert one is None
            continue
        assert one is not None
        assert one.one_unit is None if unit is None else is_about(one.one_unit, unit)
        assert one.one_step is None if step is None else is_about(one.one_step, step)
    costs = {one.id: one.cost for one in found.costs}
    for _, name in every_name(instance):
        expected = gain(ignored(name))
        assert expected is not None
        assert costs[name].low >= 0
        assert is_about(costs[name], expected)


def test_two_limits_that_bind_together_gain_only_together() -> None:
    """The deal needs 2 engineers of either skill; one more of a single skill does not help, of both it would."""
    effort = {"a": 2, "b": 2}
    written = case(
        deal("deal", {"on": {"benefit": 5, "effort": effort}}, (form(),)),
        skills={name: {"capacity": 1} for name in "ab"},
    )
    found = priced(written)
    assert [one.one_unit for one in found.prices] == [Interval(0.0, 0.0)] * 2


def test_a_unit_of_capital_in_the_right_year_is_worth_the_deal() -> None:
    written = case(
        deal("deal", {"on": {"benefit": [0, 9], "capital": [0, 4]}}, (form(window=[2026, 2026]),)),
        years=2,
        capital={"budget": [0, 3]},
    )
    found = priced(written)
    assert {one.year: one.one_unit for one in found.prices} == {2026: Interval(0.0, 0.0), 2027: Interval(5.0, 5.0)}
    assert found.costs[0].cost == Interval(5.0, 5.0)


def test_a_rule_costs_its_owner_what_it_forbids() -> None:
    never = {"id": "never", "partnership": "deal", "states": ["on"], "must": "never", "owner": "Board"}
    found = priced(case(deal("deal", {"on": {"benefit": 5}}, (form(),)), rules=[never]))
    (one,) = found.costs
    assert (one.id, one.owner, one.cost) == ("never", "Board", Interval(5.0, 5.0))


def test_a_limit_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownOption, match="no limit called nothing"):
        priced(case(deal()), limits=["nothing"])


def test_limits_that_gain_nothing_together_need_no_solve_of_their_own() -> None:
    found = price_limits(read_instance(INSTANCES / "five_deals"), means=Means(gap=1e-9))
    assert {one.id for one in found.costs if one.cost.high > 0} == {"cells", "software_engineer"}
    assert found.costs[0].cost.low == pytest.approx(43.55, abs=0.01)
    assert found.spared > 20
    assert from_json(to_json(found)) == found
