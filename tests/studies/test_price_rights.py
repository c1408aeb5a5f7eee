"""Rights are worth what the optimum drops by without them, and a set of them at least as much as any part of it."""

from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form, leave, owned
from engine_samples import EXACT, Written
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, Means, Model, UnknownOption, price_rights, read_instance
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.price_rights import PriceRights, every_right

INSTANCES = Path(__file__).parents[2] / "instances"


def priced(written: Written, choices: Written | None = None, **options: Any) -> PriceRights:
    facts, model = Instance.model_validate(written), Model.model_validate(choices or {})
    return price_rights(facts, model, Means(gap=1e-9), **options)


def is_about(value: Interval, expected: Fraction) -> bool:
    slack = 10 * float(EXACT) * max(abs(float(expected)), 1.0)
    return value.low - slack <= float(expected) <= value.high + slack and value.width <= 4 * slack


@cache
def with_rights(number: int) -> list[tuple[int, Written, Written]]:
    """Random feasible instances with two to five rights."""
    found: list[tuple[int, Written, Written]] = []
    seed = 91_000
    while len(found) < number:
        seed += 1
        written, choices = random_instance(seed)
        if 2 <= len(every_right(Instance.model_validate(written))) <= 5 and best_plan(written, choices).feasible:
            found.append((seed, written, choices))
    return found


def taken_away(written: Written, names: tuple[str, ...]) -> Written:
    """The same facts without these rights."""
    partnerships = [
        {**one, "actions": [act for act in one.get("actions", ()) if f"{one['id']}.{act['id']}" not in names]}
        for one in written["partnerships"]
    ]
    first, years = written["horizon"]["first_year"], written["horizon"]["years"]
    reviews = written.get("review_years") or range(first, first + years)
    return {**written, "partnerships": partnerships, "review_years": [y for y in reviews if str(y) not in names]}


@pytest.mark.parametrize(("seed", "written", "choices"), with_rights(6), ids=lambda one: str(one)[:5])
def test_values_are_those_of_enumeration_and_grow_with_the_set(seed: int, written: Written, choices: Written) -> None:
    names = [one.name for one in every_right(Instance.model_validate(written))][:3]
    sets = [chosen for size in (2, 3) for chosen in combinations(names, size)]
    found = priced(written, choices, rights=names, together=sets)
    best = best_plan(written, choices).objective
    assert best is not None
    every = {one.members: one.value for one in (*found.rights, *found.groups)}
    for members, value in every.items():
        without = best_plan(taken_away(written, members), choices).objective
        assert value.low >= 0
        if without is None:
            assert value.low == float("inf")
        else:
            assert is_about(value, best - without)
    for small in every:
        for large in every:
            if set(small) <= set(large):
                assert every[small].low <= every[large].low
                assert every[small].high <= every[large].high


def test_two_exits_that_stand_in_for_each_other_are_worth_nothing_alone() -> None:
    doors = (leave(), {**leave(), "id": "quit"})
    found = priced(
        case(deal("deal", {"on": {"cost": 4}}, doors, start={"state": "on"})), together=[["deal.leave", "deal.quit"]]
    )
    assert [one.value for one in found.rights] == [Interval(0.0, 0.0)] * 2
    assert [one.value for one in found.groups] == [Interval(4.0, 4.0)] * 2  # all exits, and the group asked for


def test_signing_is_no_right() -> None:
    assert priced(case(deal("deal", {"on": {"benefit": 4}}, (form(),)))).rights == ()


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownOption, match="no right called nothing"):
        priced(case(owned()), rights=["nothing"])


def test_five_deals_as_its_comments_tell() -> None:
    found = price_rights(read_instance(INSTANCES / "five_deals"), means=Means(gap=1e-9))
    values = {one.name: one.value.low for one in (*found.rights, *found.groups)}
    assert values["platform_swap.expand"] == pytest.approx(165.15, abs=0.01)
    assert values["battery_jv.sell_to_partner"] == pytest.approx(57.84, abs=0.01)
    assert values["robotaxi.close"] == pytest.approx(459.57, abs=0.01)
    assert values["flexibility"] == pytest.approx(85.83, abs=0.01)
    assert values["sdv_stack.leave"] == 0
    assert values["all exits"] >= values["robotaxi.close"]
    assert from_json(to_json(found)) == found
