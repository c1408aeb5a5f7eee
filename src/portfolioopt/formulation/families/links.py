"""Links between partnerships, at every node; occupied[x,n] is a sum of arcs.

requires    occupied[when,n] ≤ occupied[needs,n]
excludes    Σ_x occupied[x,n] ≤ at_most
synergy     NPV + benefit(y)·z[n],   z ≤ occupied[x,n] for every member   where benefit > 0
                                     z ≥ Σ_x occupied[x,n] − (members − 1)  where benefit < 0
"""

import numpy as np

from portfolioopt.formulation.draft import Draft, Term, at, perhaps
from portfolioopt.language.families.links import Excludes, Occupancy, Requires, Synergy
from portfolioopt.networks.tree import Floats

FAMILY = "links"


def occupied(draft: Draft, occupancy: Occupancy) -> Floats:
    """[places] 1 where the partnership is in one of the states."""
    return draft.portfolio.in_states(draft.portfolio.number(occupancy.partnership), occupancy.states)


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    for link in sorted(draft.portfolio.instance.links, key=lambda link: link.id):
        if isinstance(link, Requires):
            _requires(draft, link)
        elif isinstance(link, Excludes):
            _excludes(draft, link)
        else:
            _synergy(draft, link)


def _along(draft: Draft, year: int, places: Floats) -> Floats:
    flow: Floats = places[draft.portfolio.years[year].place]
    return flow


def _requires(draft: Draft, link: Requires) -> None:
    difference = occupied(draft, link.when) - occupied(draft, link.needs)
    for year in range(draft.years):
        flow = _along(draft, year, difference)
        if draft.most(year, flow) <= 0:
            continue
        for node in draft.nodes(year):
            terms: list[Term] = [draft.along(year, node, flow)]
            draft.limit(FAMILY, link.id, year, node, draft.probability(year, node), terms, at_most=0.0, reach=1.0)


def _excludes(draft: Draft, link: Excludes) -> None:
    together = sum((occupied(draft, member) for member in link.members), np.zeros_like(draft.portfolio.active))
    bound = float(link.at_most)
    for year in range(draft.years):
        flow = _along(draft, year, together)
        reach = draft.most(year, flow) - bound
        if not perhaps(reach, bound):
            continue
        for node in draft.nodes(year):
            terms: list[Term] = [draft.along(year, node, flow)]
            draft.limit(FAMILY, link.id, year, node, draft.probability(year, node), terms, at_most=bound, reach=reach)


def _synergy(draft: Draft, link: Synergy) -> None:
    # in one order, whatever the file's
    ordered = sorted(link.members, key=lambda member: (member.partnership, sorted(member.states)))
    members = [occupied(draft, member) for member in ordered]
    for year in range(draft.years):
        benefit = at(link.benefit, year)
        flows = [_along(draft, year, member) for member in members]
        if not benefit or min(draft.most(year, flow) for flow in flows) <= 0:
            continue
        for node in draft.nodes(year):
            together = draft.columns("links_together", 0, 1)
            draft.earn(year, node, together, benefit)
            if benefit > 0:
                for flow in flows:
                    terms: list[Term] = [draft.along(year, node, flow), (together, -1.0)]
                    draft.row(FAMILY, link.id, year, node, terms, lower=0.0)
            else:
                every = [draft.along(year, node, flow) for flow in flows]
                terms = [*every, (together, -1.0)]
                draft.row(FAMILY, link.id, year, node, terms, upper=len(flows) - 1.0)
