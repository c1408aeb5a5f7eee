"""Better plans nearby: most of the best plan is held, a part of it is freed and solved again, part after part.

Parts are the branches of the tree from each review on (with the years before them held, branches do not touch each
other unless a risk measure joins them), the years up to a review, and groups of partnerships, which grow while they
are solved quickly and shrink where they are not.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from portfolioopt.formulation.part import Mask
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.solution.decisions import arcs_taken
from portfolioopt.solution.highs import Settings, Stop
from portfolioopt.solution.search import Search

SHARE = 0.3
"""Share of the partnerships that is freed at first..."""
GROUP = 60
"""...and at most so many..."""
SMALLEST_GROUP = 8
"""...and at least so many at any time."""
WIDE, WIDE_EACH = 6_500, 10
"""Arcs of least loss besides the best lives from which a freed part may choose: in all, and by partnership."""
SECONDS = 4.0
"""Most that one part may take."""
QUICK = 0.7
"""Seconds within which a group counts as solved quickly."""
FINER = 0.01
"""Gap of a part, relative to the gap of the whole: what a part can add is a small share of what is open."""
PATIENCE = 5
"""An audit is put off until so many times its own seconds have gone into the search since the last one."""


def improve(search: Search, stop: Stop) -> None:
    """Goes through the parts, again and again while one of them brings a better plan, until it is time to stop."""
    walk = _Walk(search)
    rng = np.random.default_rng(search.options.seed)
    fruitless = 0
    while not stop.due and search.gap > search.options.gap and fruitless < 2:
        before = walk.value
        for name, freed in walk.parts(rng):
            if stop.due:
                break
            walk.solve(name, freed, stop)
        walk.audit()
        fruitless = 0 if walk.value > before + search.tolerance(1e-5) else fruitless + 1


@dataclass
class _Found:
    """A better plan that is not audited yet."""

    solution: Floats
    """[columns of the formulation]"""
    by: str


class _Walk:
    """From plan to better plan. The plan walked on is audited from time to time and at the end of every round."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._found: _Found | None = None
        self._last_audit = time.perf_counter()
        count = len(search.formulation.portfolio.partnerships)
        self._size = float(max(min(SHARE * count, GROUP), min(count, SMALLEST_GROUP)))
        self._start_from_best()

    def _start_from_best(self) -> None:
        search = self._search
        taken = search.arcs_of_best()
        self.value = search.value
        self._taken = np.zeros(0, dtype=np.int64) if taken is None else taken
        arcs = max(WIDE, WIDE_EACH * len(search.formulation.portfolio.partnerships))
        self._open = (search.could_be_better() & search.kept_within(search.loss_of(arcs)))[: search.formulation.takes]

    def parts(self, rng: np.random.Generator) -> Iterator[tuple[str, Mask]]:
        """Names and arcs of the parts to be freed, one round of them."""
        search = self._search
        portfolio = search.formulation.portfolio
        tree = portfolio.tree
        splits = [year for year in range(1, tree.years) if tree.nodes.count[year] > tree.nodes.count[year - 1]]
        for year in splits:
            for node in range(tree.nodes.count[year]):
                yield f"branch {node} from year {year}", _where(search, year, tree.nodes.members(year, node))
        everything = np.arange(len(tree.scenarios))
        for year in splits:
            yield f"years before {year}", ~_where(search, year, everything)
        order = rng.permutation(len(portfolio.partnerships))
        start = 0
        while start < len(order):
            chosen = order[start : start + max(round(self._size), SMALLEST_GROUP)]
            start += len(chosen)
            began = time.perf_counter()
            yield f"{len(chosen)} partnerships", _of(search, chosen)
            seconds = time.perf_counter() - began
            if seconds < QUICK:
                self._size = min(1.15 * self._size, len(order))
            elif seconds > 0.9 * SECONDS:
                self._size *= 0.7

    def solve(self, name: str, freed: Mask, stop: Stop) -> None:
        """Solves a part again with everything else held."""
        search, options = self._search, self._search.options
        kept = np.ones(len(search.formulation.lower), dtype=bool)
        kept[: search.formulation.takes] = freed & self._open
        kept[self._taken] = True
        gap = min(options.gap / 2, FINER * search.gap)
        settings = Settings(name, True, options.seed, options.threads, gap, start=self._taken)
        program = search.program(kept, hair=settings.hair)
        ended = search.run(program, settings, "neighbourhoods", stop.within(SECONDS), proves=False)
        if ended.x is None or ended.value <= self.value + search.tolerance():
            return
        self._found = _Found(program.whole(ended.x), name)
        self._taken, self.value = arcs_taken(search.formulation, self._found.solution), ended.value
        if time.perf_counter() - self._last_audit >= PATIENCE * search.audit_seconds:
            self.audit()

    def audit(self) -> None:
        """Has the plan walked on audited; if it is refused, goes back to the best one."""
        if self._found is None:
            return
        if not self._search.accept(self._found.solution, self._found.by):
            self._start_from_best()
        self._found = None
        self._last_audit = time.perf_counter()


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
