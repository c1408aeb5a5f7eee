"""Better plans nearby: most of the best plan is held, a part of it is freed and solved again, part after part.

Parts are the branches of the tree from each review on (with the years before them held, branches do not touch each
other unless a risk measure joins them), the years up to a review, and groups of partnerships, which grow while they
are solved quickly and shrink where they are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from portfolioopt.formulation.part import Mask
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.solution.branches import arcs_open_to, branches_from, most_of, of_least_loss, splits_of
from portfolioopt.solution.decisions import arcs_taken
from portfolioopt.solution.highs import Settings
from portfolioopt.solution.search import Search
from portfolioopt.solution.stop import Stop

SHARE = 0.3
"""Share of the partnerships that is freed at first..."""
GROUP = 60
"""...and at most so many..."""
SMALLEST_GROUP = 8
"""...and at least so many at any time."""
WIDE, WIDE_EACH = 6_500, 10
"""Arcs of least loss besides the best lives from which a freed part may choose: in all, and by partnership."""
SECONDS, SHARE_OF_TIME = 4.0, 0.02
"""Most that one part may take: so long, or that share of the time left where it is more."""
QUICK = 0.7
"""Seconds, or work, within which a group counts as solved quickly."""
FINER = 0.01
"""Gap of a part, relative to the gap of the whole: what a part can add is a small share of what is open."""
PATIENCE = 5
"""An audit is put off until so many times what it takes itself has gone into the search since the last one."""


def improve(search: Search, stop: Stop) -> None:
    """Goes through the parts, again and again while one of them brings a better plan, until it is time to stop."""
    walk = _Walk(search)
    rng = np.random.default_rng(search.options.seed)
    fruitless = 0
    while not stop.due and search.gap > search.options.gap and fruitless < 2:
        before = walk.value
        for name, arcs in walk.parts(rng, stop):
            if stop.due:
                break
            walk.solve(name, arcs, stop)
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
        self._last_audit = search.stop.now
        count = len(search.formulation.portfolio.partnerships)
        self._size = float(max(min(SHARE * count, GROUP), min(count, SMALLEST_GROUP)))
        self._start_from_best()

    def _start_from_best(self) -> None:
        search = self._search
        taken = search.arcs_of_best()
        self.value = search.value
        self._taken = np.zeros(0, dtype=np.int64) if taken is None else taken
        self._at: Floats | None = None
        arcs = max(WIDE, WIDE_EACH * len(search.formulation.portfolio.partnerships))
        self._open = (search.could_be_better() & search.kept_within(search.loss_of(arcs)))[: search.formulation.takes]

    def parts(self, rng: np.random.Generator, stop: Stop) -> Iterator[tuple[str, Ints]]:
        """Names and open arcs of the parts to be freed, one round of them."""
        formulation = self._search.formulation
        splits = splits_of(formulation)
        for year in splits:
            for number, branch in enumerate(branches_from(formulation, year)):
                if (at := self._solution(stop)) is None:
                    return
                arcs = arcs_open_to(formulation, branch, at)
                arcs = of_least_loss(self._search, arcs, most_of(formulation, branch), at)
                yield f"branch {number} from year {year}", arcs
        for year in splits:
            yield f"years before {year}", self._among(slice(0, formulation.take_start[year]))
        order = rng.permutation(len(formulation.portfolio.partnerships))
        start = 0
        while start < len(order):
            chosen = order[start : start + max(round(self._size), SMALLEST_GROUP)]
            start += len(chosen)
            began = stop.now
            yield f"{len(chosen)} partnerships", self._among(np.isin(formulation.partnership_of_arcs, chosen))
            took = stop.now - began
            if took < QUICK:
                self._size = min(1.15 * self._size, len(order))
            elif took > 0.9 * SECONDS:
                self._size *= 0.7

    def _among(self, freed: Mask | slice) -> Ints:
        """Of the arcs that are freed those that may be chosen, and those taken."""
        choice = self._open.copy()
        choice[self._taken] = True
        within = np.zeros(len(choice), dtype=bool)
        within[freed] = True
        return np.flatnonzero(choice & within)

    def solve(self, name: str, arcs: Ints, stop: Stop) -> None:
        """Solves a part again with everything else held."""
        search, options = self._search, self._search.options
        gap = min(options.gap / 2, FINER * search.gap)
        settings = Settings(name, True, options.seed, options.threads, gap, start=self._taken)
        part = (name, hash(arcs.tobytes()), hash(self._taken.tobytes()))
        if part in search.exhausted or (at := self._solution(stop)) is None:
            return
        program = search.program_around(arcs, at, hair=settings.hair)
        most = max(SECONDS, SHARE_OF_TIME * stop.left)
        ended = search.run(program, settings, "neighbourhoods", stop.within(most), proves=False, plans=False)
        if ended.x is None or ended.value <= self.value + search.tolerance():
            if ended.gap_reached:
                search.exhausted.add(part)
            return
        self._at = program.whole(ended.x)
        self._found = _Found(self._at, name)
        self._taken, self.value = arcs_taken(search.formulation, self._found.solution), ended.value
        if stop.now - self._last_audit >= PATIENCE * search.last_audit:
            self.audit()

    def _solution(self, stop: Stop) -> Floats | None:
        """The plan walked on with all that follows from it; None if the solver does not find that in time."""
        if self._at is None:
            self._at = self._search.completed(self._taken, "neighbourhoods", stop)
        return self._at

    def audit(self) -> None:
        """Has the plan walked on audited; if it is refused, goes back to the best one."""
        if self._found is None:
            return
        if not self._search.accept(self._found.solution, self._found.by):
            self._start_from_best()
        self._found = None
        self._last_audit = self._search.stop.now
