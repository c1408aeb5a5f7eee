"""The rows say of every plan what the enumerator says: what it is worth, and whether it keeps all hard limits."""

from dataclasses import replace

import numpy as np
import pytest

from audit.cases import case, deal, form, futures, owned
from engine_samples import Written, formulated, plan_from, same
from enumeration.draw import Draw
from enumeration.enumerator import assess
from enumeration.generators import random_instance, random_plan
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import Row, difference
from portfolioopt.plan import Plan
from portfolioopt.solution.decisions import arcs_of
from portfolioopt.solution.highs import Run, Settings, run
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.stop import Stop


def held(formulation: Formulation, plan: Plan) -> Run:
    """The formulation solved with every take column at what the plan takes."""
    x = np.zeros(formulation.takes)
    x[arcs_of(formulation, plan)] = 1
    lower, upper = formulation.lower.copy(), formulation.upper.copy()
    lower[: formulation.takes] = upper[: formulation.takes] = x
    return run(hand_over(replace(formulation, lower=lower, upper=upper)), Settings(), Stop())


@pytest.mark.parametrize("seed", range(40))
def test_any_plan_is_worth_and_breaks_what_the_enumerator_says(seed: int) -> None:
    written, choices = random_instance(seed)
    plans = assess(written, choices)
    formulation = formulated(written, choices)
    draw = Draw(seed)
    positions = [tuple(draw.randrange(size) for size in plans.portfolios.shape) for _ in range(4)]
    best = plans.best()
    if best.feasible:
        positions.append(plans.portfolios.position(best.decisions))
    for position in positions:
        answer = plans.at(position)
        found = held(formulation, plan_from(written, answer.decisions))
        assert (found.ending == "infeasible") is not answer.feasible, (answer.broken, found.ending)
        if answer.feasible:
            assert answer.objective is not None
            assert found.value == pytest.approx(float(answer.objective), rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_changes_are_charged_against_another_plan(seed: int) -> None:
    written, choices = random_instance(seed)
    choices = {key: value for key, value in choices.items() if key != "limits"} | {
        "changes": {"price": 7, "against": "plan.json"}
    }
    before = random_plan(seed, written)
    free = {key: value for key, value in written.items() if key in FACTS}
    formulation = formulated(free, choices, plan_from(written, before))
    plans = assess(free, choices, before)
    draw = Draw(seed)
    for _ in range(5):
        answer = plans.at(tuple(draw.randrange(size) for size in plans.portfolios.shape))
        assert answer.objective is not None
        found = held(formulation, plan_from(written, answer.decisions))
        assert found.value == pytest.approx(float(answer.objective), rel=1e-7, abs=1e-6)


FACTS = {
    "format", "name", "horizon", "discount_rate", "cash_timing", "partnerships", "readiness", "drivers", "scenarios",
    "review_years",
}  # fmt: skip
"""Keys of an instance without limits."""


def test_columns_and_rows_are_grouped_and_named_by_the_limit_they_stand_for() -> None:
    written = case(
        deal("a", {"on": {"benefit": 5, "effort": {"engineer": 4}, "capital": 3}}, (form(),)),
        owned("b", effort={"engineer": 4}),
        years=2,
        capital={"budget": 2, "carry_over": 0.5},
        skills={"engineer": {"capacity": 6, "hire": {"cost": 1, "at_most": 1}}},
    )
    formulation = formulated(written, {"limits": {"capital": {"price": 2}}})
    assert [(group.name, group.size, group.binary) for group in formulation.groups if group.size] == [
        ("take", formulation.takes, True),
        ("capital_left", 1, False),
        ("capital_excess", 1, False),
        ("capital_excess", 1, False),
        ("skills_hired", 1, False),
        ("skills_hired", 1, False),
    ]
    assert [(label.family, label.limit, label.year) for label in formulation.labels] == [
        ("capital", "capital", 0),
        ("capital", "capital", 1),
        ("skills", "engineer", 0),
        ("skills", "engineer", 1),
    ]
    assert len(formulation.group("capital_excess")) == 2
    assert formulation.group("nothing").tolist() == []
    assert formulation.matrix.shape == (formulation.paths + 4, formulation.takes + 5)


def test_rows_that_cannot_bind_are_not_written() -> None:
    written = case(
        deal("a", {"on": {"effort": {"engineer": 4}, "exposure": {"x": 1}}}, (form(),)),
        capital={"budget": 1},
        skills={"engineer": {"capacity": 5}},
        exposures=[{"id": "cap", "tag": "x", "at_most": 2}],
        activity=[{"id": "few", "at_most": 2}],
        moves=[{"id": "pace", "at_most": 9}, {"id": "all", "at_most": 9, "total": True}],
        coordination={"curve": [[0, 0], [1, 1]]},
        pools=[{"id": "pool", "capability": "y", "curve": [[0, 0], [1, 1]]}],
    )
    assert formulated(written).labels == ()


def test_take_columns_stand_by_year_then_node_then_arc() -> None:
    written = case(
        deal("a", {"on": {}}, (form(),)), years=3, **futures(("x", 0.5, {"d": 1}), ("y", 0.5, {"d": [2, 1, 1]}))
    )
    formulation = formulated(written)
    sizes = [arcs.size for arcs in formulation.portfolio.years]
    nodes = formulation.portfolio.tree.nodes.count
    assert nodes == (1, 2, 2)
    assert [formulation.year_columns(year).start for year in range(3)] == [0, sizes[0], sizes[0] + 2 * sizes[1]]
    assert formulation.takes == formulation.year_columns(2).stop


def test_more_rows_go_to_the_end() -> None:
    formulation = formulated(case(deal("a", {"on": {}}, (form(),))))
    more = formulation.with_rows([Row("cut", "plan", 0, 0, np.array([1]), np.array([2.0]), 1.0, np.inf)])
    assert more.matrix.shape == (formulation.matrix.shape[0] + 1, formulation.matrix.shape[1])
    assert more.matrix[[-1]].toarray().tolist() == [[0, 2]]
    assert (more.row_lower[-1], more.row_upper[-1], more.labels[-1].family) == (1.0, np.inf, "cut")
    assert formulation.labels == ()


@pytest.mark.parametrize(
    ("one", "other", "rest"), [(0.3, 0.1 * 3, 0.0), (0.57, 0.57, 0.0), (1e15, 1e15 - 1, 0.0), (0.3, 0.299, 0.001)]
)
def test_a_difference_is_0_where_rounding_alone_is_left_of_it(one: float, other: float, rest: float) -> None:
    found = float(difference(np.array([one]), np.array([other]))[0])
    assert found == 0 if rest == 0 else same(round(found, 12), rest)


@pytest.mark.parametrize("seed", range(10))
def test_the_formulation_of_a_weight_of_nothing_is_the_risk_neutral_one(seed: int) -> None:
    written, choices = random_instance(seed)
    neutral = {key: value for key, value in choices.items() if key != "objective"}
    for measure in ({"measure": "cvar", "tail": 0.3}, {"measure": "worst_case"}):
        formulation = formulated(written, neutral | {"objective": {"risk": measure | {"weight": 0}}})
        expected = formulated(written, neutral)
        assert np.array_equal(formulation.objective, expected.objective)
        assert formulation.matrix.shape == expected.matrix.shape


def scaled_by_price(written: Written, price: float) -> Formulation:
    return formulated(written, {"limits": {"capital": {"price": price}}})


def test_the_price_of_an_excess_stands_in_the_objective_and_nowhere_else() -> None:
    written = case(deal("a", {"on": {"capital": 5, "benefit": 9}}, (form(),)), capital={"budget": 2})
    cheap, dear = scaled_by_price(written, 1), scaled_by_price(written, 3)
    excess = cheap.group("capital_excess")
    assert cheap.objective[excess].tolist() == [-1]
    assert dear.objective[excess].tolist() == [-3]
    assert np.array_equal(cheap.matrix.toarray(), dear.matrix.toarray())
