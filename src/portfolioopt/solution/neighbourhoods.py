"""Better plans nearby: most of the best plan is held, a part of it is freed and solved again, part after part.

Parts are the branches of the tree from each review on (with the years before them held, branches do not touch each
other unless a risk measure joins them), the years up to a review, and groups of partnerships.
"""

from collections.abc import Iterator

import numpy as np

from portfolioopt.formulation.part import Mask
from portfolioopt.networks.tree import Ints
from portfolioopt.solution.highs import Settings, Stop
from portfolioopt.solution.search import Search

SHARE = 0.3
"""Share of the partnerships freed at once."""
WIDE = 6_500
"""Arcs of least loss besides the best lives from which a freed part may choose."""
SECONDS = 4.0
"""Most that one part may take."""


def improve(search: Search, stop: Stop) -> None:
    """Goes through the parts, again and again while one of them brings a better plan, until it is time to stop."""
    rng = np.random.default_rng(search.options.seed)
    fruitless = 0
    while not stop.due and search.gap > search.options.gap and fruitless < 2:
        before = search.value
        for name, freed in _parts(search, rng):
            if stop.due:
                return
            settings = Settings(
                name,
                True,
                search.options.seed,
                search.options.threads,
                search.options.gap / 2,
                start=search.arcs_of_best(),
            )
            search.solve(settings, "neighbourhoods", _kept(search, freed), stop.within(SECONDS), skip_worse=True)
        fruitless = 0 if search.value > before + search.tolerance(1e-5) else fruitless + 1


def _kept(search: Search, freed: Mask) -> Mask:
    """Everything but the arcs not taken by the best plan, outside the freed part; there, all of little loss."""
    kept = search.could_be_better() & search.kept_within(search.loss_of(WIDE))
    held = np.zeros(search.formulation.takes, dtype=bool)
    taken = search.arcs_of_best()
    if taken is not None:
        held[taken] = True
    takes = slice(0, search.formulation.takes)
    kept[takes] = np.where(freed, kept[takes], False) | held
    return kept


def _parts(search: Search, rng: np.random.Generator) -> Iterator[tuple[str, Mask]]:
    portfolio = search.formulation.portfolio
    tree = portfolio.tree
    splits = [year for year in range(1, tree.years) if tree.nodes.count[year] > tree.nodes.count[year - 1]]
    for year in splits:
        for node in range(tree.nodes.count[year]):
            yield f"branch {node} from year {year}", _where(search, year, tree.nodes.members(year, node))
    everything = np.arange(len(tree.scenarios))
    for year in splits:
        yield f"years before {year}", ~_where(search, year, everything)
    count = len(portfolio.partnerships)
    size = max(round(SHARE * count), min(count, 8))
    order = rng.permutation(count)
    for start in range(0, count, size):
        chosen = order[start : start + size]
        yield f"partnerships {start} to {start + len(chosen)}", _of(search, chosen)


def _where(search: Search, year: int, scenarios: Ints) -> Mask:
    """Arcs from a year on at nodes of these scenarios."""
    formulation = search.formulation
    tree = formulation.portfolio.tree
    freed = np.zeros(formulation.takes, dtype=bool)
    for later in range(year, tree.years):
        inside = np.isin(np.arange(tree.nodes.count[later]), tree.nodes.of[later, scenarios])
        freed[formulation.year_columns(later)] = np.repeat(inside, formulation.portfolio.years[later].size)
    return freed


def _of(search: Search, partnerships: Ints) -> Mask:
    """All arcs of these partnerships."""
    formulation = search.formulation
    tree = formulation.portfolio.tree
    freed = np.zeros(formulation.takes, dtype=bool)
    for year, arcs in enumerate(formulation.portfolio.years):
        freed[formulation.year_columns(year)] = np.tile(np.isin(arcs.partnership, partnerships), tree.nodes.count[year])
    return freed
