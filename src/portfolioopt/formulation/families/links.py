"""Links between partnerships: one requires another, some exclude each other, some are worth more together."""

from collections.abc import Sequence

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Term, at, perhaps
from portfolioopt.formulation.symbols import Symbol
from portfolioopt.language.families.links import Excludes, Occupancy, Requires, Synergy
from portfolioopt.networks.tree import Floats, Ints

FAMILY = "links"
SYMBOLS = (
    Symbol("when", "", "the states that need others", "Requires.when", "links.*.when"),
    Symbol("needs", "", "the states that they need", "Requires.needs", "links.*.needs"),
    Symbol("members", "", "how many members a link has", "Synergy.members", "links.*.members"),
    Symbol("links.at_most", "", "how many members may hold at once", "Excludes.at_most", "links.*.at_most"),
    Symbol("synergy", "(y)", "what the members are worth together", "Synergy.benefit", "links.*.benefit"),
    Symbol("together", "[n]", "1 where all members hold", "links_together"),
)


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    for link in sorted(draft.portfolio.instance.links, key=lambda link: link.id):
        if isinstance(link, Requires):
            _requires(draft, link)
        elif isinstance(link, Excludes):
            _excludes(draft, link)
        else:
            _synergy(draft, link)


@algebra
def _requires(draft: Draft, link: Requires) -> None:
    """While one partnership is in its states, another must be in its own.

    occupied[when,n] ≤ occupied[needs,n]    at every node n, for every link that requires
    """
    for year in range(draft.years):
        few = _Few(draft, year, (link.when, link.needs))
        flow = few.occupied(link.when) - few.occupied(link.needs)
        if few.most(flow) <= 0:
            continue
        draft.limit(FAMILY, link.id, year, [few.along_nodes(flow)], at_most=0.0, reach=1.0)


@algebra
def _excludes(draft: Draft, link: Excludes) -> None:
    """At most so many members are in their states at once.

    Σ_s occupied[s,n] ≤ links.at_most    at every node n, for every link that excludes; s: its members
    """
    bound = float(link.at_most)
    for year in range(draft.years):
        few = _Few(draft, year, link.members)
        flow = few.together(link.members)
        reach = few.most(flow) - bound
        if not perhaps(reach, bound):
            continue
        draft.limit(FAMILY, link.id, year, [few.along_nodes(flow)], at_most=bound, reach=reach)


@algebra
def _synergy(draft: Draft, link: Synergy) -> None:
    """All members together are worth more, or less.

    joint(n): synergy(y)·together[n]    0 ≤ together[n] ≤ 1, at every node n, for every synergy
    together[n] ≤ occupied[s,n]    for every member s, where synergy(y) > 0
    together[n] ≥ Σ_s occupied[s,n] − (members − 1)    where synergy(y) < 0
    """
    # in one order, whatever the file's
    ordered = sorted(link.members, key=lambda member: (member.partnership, sorted(member.states)))
    for year in range(draft.years):
        benefit = at(link.benefit, year)
        few = _Few(draft, year, ordered)
        flows = [few.occupied(member) for member in ordered]
        if not benefit or min(few.most(flow) for flow in flows) <= 0:
            continue
        together = draft.columns_at_nodes(year, "links_together", 0.0, 1.0)
        draft.earn(year, together, benefit)
        if benefit > 0:
            for flow in flows:
                terms: list[Term] = [few.along_nodes(flow), (together, -1.0)]
                draft.row(FAMILY, link.id, year, terms, lower=0.0)
        else:
            terms = [few.along_nodes(few.together(ordered)), (together, -1.0)]
            draft.row(FAMILY, link.id, year, terms, upper=len(flows) - 1.0)


class _Few:
    """The arcs of a year of the partnerships that a link joins: a link costs no more where there are many others."""

    def __init__(self, draft: Draft, year: int, members: Sequence[Occupancy]) -> None:
        portfolio = draft.portfolio
        self._draft = draft
        self._year = year
        numbers = sorted({portfolio.number(member.partnership) for member in members})
        spans = [portfolio.years[year].of(number) for number in numbers]
        self._arcs = np.concatenate([np.arange(span.start, span.stop) for span in spans])
        self._firsts = np.cumsum([0, *(span.stop - span.start for span in spans[:-1])])

    def occupied(self, member: Occupancy) -> Floats:
        """1 along the arcs on which the member is in one of its states."""
        portfolio = self._draft.portfolio
        held = portfolio.in_states(self._year, portfolio.number(member.partnership), member.states)
        flow: Floats = np.isin(self._arcs, held).astype(float)
        return flow

    def together(self, members: Sequence[Occupancy]) -> Floats:
        """How many members hold along each arc."""
        flow: Floats = np.sum([self.occupied(member) for member in members], axis=0)
        return flow

    def most(self, flow: Floats) -> float:
        """The most that a flow can come to: every partnership on its best arc."""
        return float(np.maximum.reduceat(flow, self._firsts).sum())

    def along_nodes(self, flow: Floats) -> tuple[Ints, Floats]:
        """Columns [nodes, k] and coefficients [k] of a flow along the arcs of every node."""
        some = np.flatnonzero(flow)
        return self._draft.takes_at_nodes(self._year, self._arcs[some]), flow[some]
