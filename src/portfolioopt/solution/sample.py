"""A sample of a portfolio, its limits cut down to the same share: its prices are near those of the whole."""

from dataclasses import replace

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.networks.portfolio import YearArcs
from portfolioopt.networks.tree import Ints


def sample_of(formulation: Formulation, chosen: Ints) -> Formulation:
    """The partnerships at these positions (ascending), and of all sides and other columns their share.

    Only good for prices: a row that joins single partnerships (a link) may have lost some of its columns.
    """
    portfolio = formulation.portfolio
    count = portfolio.tree.nodes.count
    place = np.full(len(portfolio.partnerships), -1)
    place[chosen] = np.arange(len(chosen))
    share = len(chosen) / len(portfolio.partnerships)
    before = place
    years: list[YearArcs] = []
    columns: list[Ints] = []
    starts: list[int] = []
    width = 0
    for year, arcs in enumerate(portfolio.years):
        mine = np.flatnonzero(place[arcs.partnership] >= 0)
        here = place[arcs.slot_partnership]
        slots = np.flatnonzero(here >= 0)
        after = np.full(arcs.slots, -1)
        after[slots] = np.arange(len(slots))
        years.append(
            YearArcs(
                source=before[arcs.source[mine]],
                target=after[arcs.target[mine]],
                place=arcs.place[mine],
                decided=arcs.decided[mine],
                effect=arcs.effect[mine],
                partnership=place[arcs.partnership[mine]],
                slot_partnership=here[slots],
            )
        )
        before = after
        nodes = formulation.take_start[year] + arcs.size * np.arange(count[year])
        columns.append((nodes[:, None] + mine[None, :]).ravel())
        starts.append(width)
        width += count[year] * len(mine)
    kept = np.concatenate([*columns, np.arange(formulation.takes, len(formulation.objective))])
    coupling = formulation.by_column[:, kept].tocsr()[formulation.paths :]
    other = np.concatenate((np.ones(width), np.full(len(kept) - width, share)))
    return replace(
        formulation,
        portfolio=replace(portfolio, partnerships=tuple(portfolio.partnerships[p] for p in chosen), years=tuple(years)),
        take_start=tuple(starts),
        takes=width,
        paths=0,
        objective=formulation.objective[kept],
        constant=share * formulation.constant,
        matrix=coupling,
        row_lower=share * formulation.row_lower[formulation.paths :],
        row_upper=share * formulation.row_upper[formulation.paths :],
        lower=other * formulation.lower[kept],
        upper=other * formulation.upper[kept],
        binary=formulation.binary[kept],
    )
