"""The paths of the partnerships through their networks."""

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft
from portfolioopt.networks.tree import Floats, Ints


@algebra
def path_rows(draft: Draft) -> tuple[tuple[Ints, Ints, Floats], Floats]:
    """Every partnership lives exactly one life.

        take[p,n,a] ∈ {0, 1}
        Σ_a take[p,root,a] = 1    for every p
        Σ_a take[p,parent(n),a] = Σ_a take[p,n,a]    for every p, n and place q: left arcs into q, right arcs out of q

    Alone these lives are integral: all difficulty is in what couples partnerships.

    Returns the rows one after the other as (length of every row, columns, values), and their right-hand sides. Nodes of
    a year have the same rows but for their columns, so the order within them is found once.
    """
    portfolio = draft.portfolio
    tree = portfolio.tree
    lengths, columns, values, right = [], [], [], []
    for year, arcs in enumerate(portfolio.years):
        nodes = tree.nodes.count[year]
        slots = len(portfolio.partnerships) if year == 0 else portfolio.years[year - 1].slots
        leaving = draft.takes_at_nodes(year, np.arange(arcs.size))
        if year == 0:
            # arcs are sorted by source
            rows, entries, signs = arcs.source, leaving, np.ones(arcs.size)
        else:
            before = portfolio.years[year - 1]
            coming = draft.takes_at_nodes(year - 1, np.arange(before.size))[tree.nodes.parent[year]]
            rows = np.concatenate((before.target, arcs.source))
            order = np.argsort(rows, kind="stable")
            signs = np.concatenate((np.full(before.size, -1.0), np.ones(arcs.size)))[order]
            entries = np.concatenate((coming, leaving), axis=1)[:, order]
        lengths.append(np.tile(np.bincount(rows, minlength=slots), nodes))
        columns.append(entries.ravel())
        values.append(np.tile(signs, nodes))
        right.append(np.full(nodes * slots, 0.0 if year else 1.0))
    return (np.concatenate(lengths), np.concatenate(columns), np.concatenate(values)), np.concatenate(right)
