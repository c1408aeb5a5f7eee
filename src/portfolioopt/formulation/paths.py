"""Every partnership lives exactly one life.

    Σ_a take[p,root,a] = 1                                                       for every p
    Σ_{a into q} take[p,parent(n),a] = Σ_{a out of q} take[p,n,a]                for every p, node n, place q

Alone this polytope is integral: all difficulty is in what couples partnerships.
"""

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.draft import Draft
from portfolioopt.networks.tree import Ints


def path_rows(draft: Draft) -> tuple[sp.csr_array, Ints]:
    """The rows as a matrix over all columns, and their right-hand sides (1 for starts, else 0)."""
    portfolio = draft.portfolio
    tree = portfolio.tree
    row_parts, column_parts, value_parts = [], [], []
    height = 0
    right = []
    for year, arcs in enumerate(portfolio.years):
        numbers = np.arange(arcs.size)
        slots = len(portfolio.partnerships) if year == 0 else portfolio.years[year - 1].slots
        for node in draft.nodes(year):
            row_parts.append(height + arcs.source)
            column_parts.append(draft.take(year, node, numbers))
            value_parts.append(np.full(arcs.size, 1.0))
            if year:
                before = portfolio.years[year - 1]
                parent = int(tree.nodes.parent[year][node])
                row_parts.append(height + before.target)
                column_parts.append(draft.take(year - 1, parent, np.arange(before.size)))
                value_parts.append(np.full(before.size, -1.0))
            right.append(np.full(slots, 0 if year else 1))
            height += slots
    matrix = sp.csr_array(
        (np.concatenate(value_parts), (np.concatenate(row_parts), np.concatenate(column_parts))),
        shape=(height, draft.width),
    )
    return matrix, np.concatenate(right).astype(np.int64)
