"""Levels as rows; the same names stand in `language.levels` and `audit.levels`.

A level t is bounded by rows a·x ≤ slope·t + offset: with t given they are a condition on the plan, with t a column
that is minimized (or maximized) they find the most cautious plan.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from portfolioopt.formulation.build import Formulation, objective_of
from portfolioopt.formulation.draft import INFINITY, Draft, Term, at, difference
from portfolioopt.language.levels import Covered, Exposed, Level, Outlay, Worth, direction
from portfolioopt.networks.tree import Floats, Ints

FAMILY, WORTH = "condition", "risk"
"""Families that the rows are labelled with; those of worth define a value, and are widened by no hair but their own."""
SLACK = 1e-8
"""By how much a condition on worth is widened, relative to its size: the audit asks for the rest exactly."""


@dataclass(frozen=True)
class Bound:
    """columns·coefficients ≤ slope·level + offset, in a year."""

    year: int
    columns: Ints
    coefficients: Floats
    slope: float
    offset: float = 0.0


def held(formulation: Formulation, name: str, level: Level, side: float) -> Formulation:
    """The formulation of the plans that reach the level `side`, or are beyond it on the cautious side."""
    draft = formulation.reopened(level.objective if isinstance(level, Worth) else None)
    family = WORTH if isinstance(level, Worth) else FAMILY
    for bound in BOUNDS[type(level)](draft, level):
        slack = SLACK * max(abs(side), abs(bound.offset), 1e-9) if isinstance(level, Worth) else 0.0
        upper = bound.slope * side + bound.offset + slack
        draft.row(family, name, bound.year, [(bound.columns, bound.coefficients)], group=0, upper=upper)
    return formulation.extended(draft)


def sought(formulation: Formulation, name: str, level: Outlay | Exposed | Covered) -> Formulation:
    """The same rows and columns, with the level as what is maximized (less of it where less is the more cautious)."""
    draft = formulation.reopened()
    bounds = list(BOUNDS[type(level)](draft, level))
    reach = max((_reach(draft, bound) for bound in bounds), default=0.0)
    (column,) = draft.columns("level", 0.0, max(reach, 1.0))
    for bound in bounds:
        terms: list[Term] = [(bound.columns, bound.coefficients), (np.array([column]), -bound.slope)]
        draft.row(FAMILY, name, bound.year, terms, group=0, upper=bound.offset)
    extended = formulation.extended(draft)
    objective = np.zeros(len(extended.objective))
    objective[column] = direction(level)
    return replace(extended, objective=objective, constant=0.0)


def outlay(draft: Draft, level: Outlay) -> Iterator[Bound]:
    """out[h] ≥ out[parent(h)] + capital(h) − recycled·proceeds(h),   out[h] ≤ t + total(w) for every w in h."""
    portfolio = draft.portfolio
    tree = portfolio.tree
    histories = portfolio.capital_histories()
    totals = dict(level.totals)
    before = np.zeros(0, dtype=np.int64)
    most = 0.0
    for year in range(draft.years):
        drawn, returned = portfolio.along(year, portfolio.capital), portfolio.along(year, portfolio.proceeds)
        net = difference(drawn, float(level.recycled) * returned)
        most += max(max(draft.most(year, row), -draft.least(year, row), 0.0) for row in net)
        first = histories.first_scenario(year)
        laid_out = draft.columns("outlay", -most, np.full(len(first), most))
        for h, w in enumerate(first.tolist()):
            own, node = laid_out[h : h + 1], int(tree.nodes.of[year, w])
            columns, values = draft.along(year, node, net[tree.level_of[year, w]])
            terms: list[Term] = [(columns, -values), (own, 1.0)]
            if len(before):
                terms.append((before[histories.parent[year][h]][None], np.array([-1.0])))
            draft.row(FAMILY, "outlay", year, terms, group=node, lower=0.0)
            members = [tree.scenarios[one] for one in histories.members(year, h).tolist()]
            offset = min((float(totals[name]) for name in members), default=0.0) if totals else 0.0
            yield Bound(year, own, np.ones(1), 1.0, offset)
        before = laid_out


def exposed(draft: Draft, level: Exposed) -> Iterator[Bound]:
    """Σ tag ≤ t at every node."""
    portfolio = draft.portfolio
    tag = next(one.tag for one in portfolio.instance.exposures if one.id == level.limit)
    for year in range(draft.years):
        flow = portfolio.use(year, ("exposure", tag))
        for node in draft.nodes(year):
            yield Bound(year, *draft.along(year, node, flow), 1.0)


def covered(draft: Draft, level: Covered) -> Iterator[Bound]:
    """Σ provided ≥ t·at_least(y) at every node of the years in which something is asked for."""
    portfolio = draft.portfolio
    requirement = next(one for one in portfolio.instance.requirements if one.id == level.requirement)
    for year in range(draft.years):
        least = at(requirement.at_least, year)
        if least <= 0:
            continue
        flow = portfolio.use(year, ("provides", requirement.capability))
        for node in draft.nodes(year):
            columns, values = draft.along(year, node, flow)
            yield Bound(year, columns, -values, -least)


def worth(draft: Draft, _level: Worth) -> Iterator[Bound]:
    """(1 − weight)·E[NPV] + weight·risk − penalties − changes ≥ t."""
    objective = objective_of(draft)
    columns = np.flatnonzero(objective)
    yield Bound(draft.years - 1, columns, -objective[columns], -1.0, draft.constant)


BOUNDS: dict[type[Level], Callable[[Draft, Any], Iterator[Bound]]] = {
    Outlay: outlay,
    Exposed: exposed,
    Covered: covered,
    Worth: worth,
}


def _reach(draft: Draft, bound: Bound) -> float:
    """The most that a level can come to by one of its bounds: every partnership on its best arc."""
    takes = bound.columns < draft.takes
    values = np.zeros(draft.portfolio.years[bound.year].size)
    arcs = (bound.columns[takes] - draft.take_start[bound.year]) % len(values)
    np.maximum.at(values, arcs, np.abs(bound.coefficients[takes]))
    upper = np.concatenate([np.maximum(abs(group.lower), abs(group.upper)) for group in draft.groups])
    rest = float((np.abs(bound.coefficients[~takes]) * upper[bound.columns[~takes]]).sum())
    total = draft.most(bound.year, values) + rest + abs(bound.offset)
    return total / abs(bound.slope) if np.isfinite(total) else INFINITY
