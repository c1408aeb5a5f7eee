"""Exposures, at every node.

Σ tag ≤ at_most(y)        or        Σ tag − share(y)·Σ_{of} ≤ 0
"""

import numpy as np

from portfolioopt.formulation.draft import Draft, at, difference, perhaps

FAMILY = "exposures"


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    portfolio = draft.portfolio
    for exposure in sorted(portfolio.instance.exposures, key=lambda exposure: exposure.id):
        carried = portfolio.carried(("exposure", exposure.tag))
        together = [portfolio.carried(("exposure", tag)) for tag in sorted(exposure.of or ())]
        for year in range(draft.years):
            flow = portfolio.along(year, carried)
            most = 0.0
            if exposure.at_most_share is not None:
                whole = sum((portfolio.along(year, tag) for tag in together), np.zeros_like(flow))
                flow = difference(flow, at(exposure.at_most_share, year) * whole)
            elif exposure.at_most is not None:
                most = at(exposure.at_most, year)
            reach = draft.most(year, flow) - most
            if not perhaps(reach, most):
                continue
            draft.limit(FAMILY, exposure.id, year, [draft.along_nodes(year, flow)], at_most=most, reach=reach)
