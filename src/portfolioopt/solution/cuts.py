"""Exact cuts: where the audit finds that a plan breaks a hard limit by a hair, that plan is cut off and no other.

A limit is linear in the arcs taken. If a plan breaks Σ a_j·x_j ≤ b, every plan that takes the same arcs with a_j > 0
and none of the others with a_j < 0 breaks it too, so

    Σ_{j taken, a_j > 0} (1 − x_j) + Σ_{j not taken, a_j < 0} x_j ≥ 1

holds for all plans within the limit (a cover inequality, Balas 1975). It is extended by every arc j with a_j no less
than the largest a_j taken, which could stand in for any of them: so that equal deals need one cut, not one for each
choice among them. For capital the arcs of all years up to the broken one count, since what is left is carried over.
"""

from dataclasses import dataclass

import numpy as np

from portfolioopt.errors import EngineFault
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import INFINITY, Row
from portfolioopt.networks.tree import Ints

CUT, VALUED = "cut", "cut of a value"
"""Families of rows that follow from others: what refused plans break, and inequalities for the sake of the bound."""


@dataclass(frozen=True)
class Breach:
    """A hard limit that a plan breaks: year counted from 0."""

    family: str
    limit: str
    scenario: str
    year: int


def cuts_for(formulation: Formulation, taken: Ints, breaches: list[Breach]) -> list[Row]:
    """Cuts that rule out the plan of these arcs."""
    cuts = [_cover(formulation, taken, breach) for breach in breaches[:20]]
    return [cut for cut in cuts if cut is not None] or [_no_good(taken)]


def _cover(formulation: Formulation, taken: Ints, breach: Breach) -> Row | None:
    rows = _rows_of(formulation, breach)
    if not rows:
        return None
    chosen = np.zeros(formulation.matrix.shape[1], dtype=bool)
    chosen[taken] = True
    capital = formulation.portfolio.instance.capital
    kept_a_year = float(capital.carry_over) if breach.family == "capital" and capital is not None else 1.0
    weights: dict[int, float] = {}
    for number in rows:
        span = slice(formulation.matrix.indptr[number], formulation.matrix.indptr[number + 1])
        columns = formulation.matrix.indices[span]
        # an upper limit suffers from positive coefficients, a lower one from negative ones
        sign = 1 if np.isfinite(formulation.row_upper[number]) else -1
        left = kept_a_year ** (breach.year - formulation.labels[number - formulation.paths].year)
        for column, value in zip(columns.tolist(), formulation.matrix.data[span].tolist(), strict=True):
            if column < formulation.takes:
                weights[column] = sign * left * value
    worsens = sorted(column for column, value in weights.items() if value > 0 and chosen[column])
    eases = sorted(column for column, value in weights.items() if value < 0 and not chosen[column])
    if not worsens and not eases:
        raise EngineFault(f"no plan can be within {breach.limit}, but the model finds one")
    most = max((weights[column] for column in worsens), default=np.inf)
    # arcs at least as heavy as all of these could stand in for any of them
    alike = sorted(column for column, value in weights.items() if value >= most and not chosen[column])
    cut_columns = np.array([*worsens, *alike, *eases], dtype=np.int64)
    signs = np.concatenate((-np.ones(len(worsens) + len(alike)), np.ones(len(eases))))
    return Row(CUT, breach.limit, breach.year, 0, cut_columns, signs, 1.0 - len(worsens), INFINITY)


def _no_good(taken: Ints) -> Row:
    """Any other plan than this one."""
    return Row(CUT, "plan", 0, 0, taken, -np.ones(len(taken)), 1.0 - len(taken), INFINITY)


def _rows_of(formulation: Formulation, breach: Breach) -> list[int]:
    """Rows of the limit in the breach's scenario: in its year, for capital in all years up to it."""
    portfolio = formulation.portfolio
    tree = portfolio.tree
    groups = tree.nodes
    years = {breach.year}
    capital = portfolio.instance.capital
    if breach.family == "capital" and capital is not None:
        groups = portfolio.capital_histories()
        if capital.carry_over:
            years = set(range(breach.year + 1))
    scenario = tree.scenarios.index(breach.scenario)
    return [
        formulation.paths + number
        for number, label in enumerate(formulation.labels)
        if label.family == breach.family
        and label.limit == breach.limit
        and label.year in years
        and groups.of[label.year, scenario] == label.group
    ]
