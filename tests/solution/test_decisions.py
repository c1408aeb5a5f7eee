"""From numbers to a plan and back: a plan's arcs give the plan, and hiring is exactly what is lacking."""

import random
from decimal import Decimal

import numpy as np
import pytest

from audit.cases import case, deal, form, owned
from engine_samples import Written, best_of, formulated, plan_from
from enumeration.generators import random_instance, random_plan
from portfolioopt import Plan
from portfolioopt.formulation.build import Formulation
from portfolioopt.plan import TODAY
from portfolioopt.solution.decisions import arcs_of, arcs_taken, plan_of


def taken(formulation: Formulation, plan: Plan) -> np.ndarray:
    x = np.zeros(formulation.matrix.shape[1])
    x[arcs_of(formulation, plan)] = 1
    return x


@pytest.mark.parametrize("tight", [False, True], ids=["loose", "tight"])
@pytest.mark.parametrize("seed", range(40))
def test_the_arcs_of_a_plan_give_the_plan_and_keep_every_path(seed: int, tight: bool) -> None:
    written, _ = random_instance(seed, tight=tight)
    formulation = formulated(written)
    for number in range(3):
        plan = plan_from(written, random_plan(number, written))
        x = taken(formulation, plan)
        assert plan_of(formulation, x).decisions == plan.decisions
        paths = formulation.matrix[: formulation.paths] @ x
        assert np.array_equal(paths, formulation.row_lower[: formulation.paths])
    assert plan_of(formulation, taken(formulation, TODAY)).decisions == ()


@pytest.mark.parametrize("seed", range(10))
def test_a_solution_that_is_whole_within_tolerance_is_read_as_the_whole_one(seed: int) -> None:
    written, _ = random_instance(seed)
    formulation = formulated(written)
    plan = plan_from(written, random_plan(seed, written))
    x = taken(formulation, plan)
    noise = np.array([random.Random(seed).uniform(-1e-6, 1e-6) for _ in x])
    assert np.array_equal(arcs_taken(formulation, x + noise), arcs_of(formulation, plan))


def hiring(at_most: object = 5, cost: object = 1, **more: object) -> Written:
    efforts = [owned("today", effort={"engineer": Decimal("0.1")})]
    efforts.append(deal("deal", {"on": {"benefit": 100, "effort": {"engineer": [Decimal("3.2"), 2]}}}, (form(),)))
    skills = {"engineer": {"capacity": [1, 2, 3], "hire": {"cost": cost, "at_most": at_most}}}
    return case(*efforts, years=3, skills=skills, **more)


def hired(written: Written, choices: Written | None = None) -> list[tuple[int, Decimal]]:
    result = best_of(written, choices)
    assert result.plan is not None
    return [(one.year, one.engineers) for one in result.plan.hiring]


def test_exactly_those_are_hired_who_are_lacking() -> None:
    assert hired(hiring()) == [(2026, Decimal("2.3")), (2027, Decimal("0.1"))]


def test_nobody_is_hired_who_is_not_lacking_even_for_nothing() -> None:
    assert hired(hiring(cost=0)) == [(2026, Decimal("2.3")), (2027, Decimal("0.1"))]


def test_no_more_are_hired_than_there_are() -> None:
    written = hiring(at_most=[5, 0, 0])
    assert hired(written, {"limits": {"engineer": {"price": 2}}}) == [(2026, Decimal("2.3"))]


@pytest.mark.parametrize(("price", "years"), [("0.5", []), (2, [2026, 2027])])
def test_where_the_limit_is_soft_the_cheaper_of_hiring_and_exceeding_is_chosen(price: object, years: list[int]) -> None:
    found = hired(hiring(), {"limits": {"skills": {"price": Decimal(str(price))}}})
    assert [year for year, _ in found] == years
