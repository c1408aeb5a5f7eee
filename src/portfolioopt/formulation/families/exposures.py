"""Exposures: the amount at risk under a tag, absolute or as a share of several tags."""

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, at, difference, perhaps
from portfolioopt.formulation.symbols import Symbol
from portfolioopt.language.families.exposures import Exposure
from portfolioopt.networks.tree import Floats

FAMILY = "exposures"
SYMBOLS = (
    Symbol("exposure", "[p,n,a]", "amount at risk under the tag along an arc", "Portfolio.carried",
           "partnerships.*.states.*.exposure"),
    Symbol("of_tags", "[p,n,a]", "amounts at risk under all the tags that the share is taken of", "Exposure.of",
           "exposures.*.of"),
    Symbol("exposures.at_most", "(y)", "most at risk", "Exposure.at_most", "exposures.*.at_most"),
    Symbol("at_most_share", "(y)", "most at risk as a share of the tags together", "Exposure.at_most_share",
           "exposures.*.at_most_share"),
)  # fmt: skip


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    for exposure in sorted(draft.portfolio.instance.exposures, key=lambda exposure: exposure.id):
        (_amount if exposure.at_most_share is None else _share)(draft, exposure)


@algebra
def _amount(draft: Draft, exposure: Exposure) -> None:
    """The amount at risk under a tag is limited.

    Σ_{p,a} exposure[p,n,a]·take[p,n,a] ≤ exposures.at_most(y)    at every node n, for every limit with at_most
    """
    carried = draft.portfolio.carried(("exposure", exposure.tag))
    for year in range(draft.years):
        most = 0.0 if exposure.at_most is None else at(exposure.at_most, year)
        _row(draft, exposure, year, draft.portfolio.along(year, carried), most)


@algebra
def _share(draft: Draft, exposure: Exposure) -> None:
    """The amount at risk under a tag is limited to a share of that under several tags.

    Σ_{p,a} (exposure[p,n,a] − at_most_share(y)·of_tags[p,n,a])·take[p,n,a] ≤ 0    at every node n
    """
    portfolio = draft.portfolio
    carried = portfolio.carried(("exposure", exposure.tag))
    together = [portfolio.carried(("exposure", tag)) for tag in sorted(exposure.of or ())]
    for year in range(draft.years):
        flow = portfolio.along(year, carried)
        whole = sum((portfolio.along(year, tag) for tag in together), np.zeros_like(flow))
        share = 1.0 if exposure.at_most_share is None else at(exposure.at_most_share, year)
        _row(draft, exposure, year, difference(flow, share * whole), 0.0)


def _row(draft: Draft, exposure: Exposure, year: int, flow: Floats, most: float) -> None:
    """At every node of a year, where the limit can be broken."""
    reach = draft.most(year, flow) - most
    if perhaps(reach, most):
        draft.limit(FAMILY, exposure.id, year, [draft.along_nodes(year, flow)], at_most=most, reach=reach)
