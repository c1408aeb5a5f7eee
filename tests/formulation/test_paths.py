"""Path rows made for all nodes of a year at once are those that one writes place by place."""

import numpy as np
import pytest

from engine_samples import formulated
from enumeration.generators import random_instance
from portfolioopt.formulation.draft import Draft
from portfolioopt.language.model import Model


@pytest.mark.parametrize("seed", range(25))
def test_every_row_joins_the_arcs_into_a_place_with_those_out_of_it(seed: int) -> None:
    written, _ = random_instance(seed)
    formulation = formulated(written)
    portfolio, tree = formulation.portfolio, formulation.portfolio.tree
    takes = Draft(portfolio, Model())
    rows = formulation.matrix[: formulation.paths].toarray()
    right = formulation.row_lower[: formulation.paths]
    number = 0
    for year, arcs in enumerate(portfolio.years):
        slots = portfolio.years[year - 1].slots if year else len(portfolio.partnerships)
        for node in range(tree.nodes.count[year]):
            for slot in range(slots):
                expected = np.zeros(rows.shape[1])
                expected[takes.take(year, node, np.flatnonzero(arcs.source == slot))] = 1
                if year:
                    before = portfolio.years[year - 1]
                    parent = int(tree.nodes.parent[year][node])
                    expected[takes.take(year - 1, parent, np.flatnonzero(before.target == slot))] = -1
                assert np.array_equal(rows[number], expected)
                assert right[number] == (0 if year else 1)
                number += 1
    assert number == formulation.paths
    assert formulation.matrix.has_canonical_format


def test_columns_that_stand_in_several_terms_are_added_up_at_every_node() -> None:
    portfolio = formulated(random_instance(1)[0]).portfolio
    draft = Draft(portfolio, Model())
    year = len(portfolio.years) - 1
    arcs = np.array([0, 1])
    both = draft.takes_at_nodes(year, arcs)
    draft.row("family", "limit", year, [(both, np.array([2.0, 1.0])), (both[:, 1:], -1.0), (both[:, :1], 3.0)], upper=4)
    (rows,) = draft.rows
    assert rows.size == portfolio.tree.nodes.count[year]
    assert rows.columns.tolist() == both[:, :1].tolist()
    assert rows.coefficients.tolist() == [5]
