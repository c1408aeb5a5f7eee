"""What is settled beforehand leaves the rows as it stands in every plan."""

import numpy as np

from audit.cases import case, deal, form, owned
from engine_samples import formulated
from portfolioopt.solution.settled import settled


def test_a_partnership_with_one_life_left_is_folded_into_bounds_and_constant() -> None:
    # one deal that can only go on, and one that may be signed in either year
    written = case(
        owned("kept", benefit=3, capital=2), deal("open", {"on": {"capital": 1}}, (form(),)), years=2,
        capital={"budget": 5},
    )  # fmt: skip
    formulation = formulated(written)
    rest, taken = settled(formulation, np.ones(len(formulation.lower), dtype=bool))
    assert len(taken) == 2  # one arc a year
    assert rest.constant - formulation.constant == 2 * (3 - 2)
    budgets = [formulation.paths + number for number, label in enumerate(rest.labels) if label.limit == "capital"]
    left = np.abs(formulation.row_upper[budgets] - rest.row_upper[budgets])
    assert np.all(left[np.isfinite(left)] > 0)


def test_nothing_is_settled_where_every_partnership_has_a_choice() -> None:
    formulation = formulated(case(deal("open", {"on": {}}, (form(),)), years=2))
    rest, taken = settled(formulation, np.ones(len(formulation.lower), dtype=bool))
    assert len(taken) == 0
    assert rest.constant == formulation.constant
    assert np.array_equal(rest.row_upper, formulation.row_upper)
