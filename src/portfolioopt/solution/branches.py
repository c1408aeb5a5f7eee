"""Branches of the tree: what is left to decide in them once the years before them are decided.

With the years before it held, a branch touches no other unless a risk measure or the hiring of its root joins them:
so a very large tree is decided stage by stage. The years up to the first split are decided in whole numbers with all
later ones relaxed; then, with those held, each branch the same way, down to the leaves (relax-and-fix; Pochet and
Wolsey, Production Planning by Mixed Integer Programming, 2006, section 3.6).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.solution.highs import Settings
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.search import EXACT, Search
from portfolioopt.solution.stop import Stop

STAGE_GAP = 0.002
"""Gap at which a stage counts as decided."""
ROOT, ONE, LEAST_SECONDS = 0.25, 0.05, 1.0
"""Most share of the time left for the years before the first split, and for one node after it, which has at least so
many seconds."""
AGAIN = 12
"""How often a node is decided, each time with more of what follows in whole numbers."""
PER_NODE = 2.0
"""Arcs of least loss from which a branch may choose, by partnership and node, besides those taken..."""
LEAST_CHOICE = 600
"""...and at least so many."""
LITTLE_LOSS = 30_000
"""Arcs of least loss from which the root may choose where no solution of the relaxation is known."""


@dataclass(frozen=True)
class Branch:
    """A node and all that follow from it."""

    year: int
    nodes: tuple[Ints, ...]
    """nodes of this year and of every later one"""

    @property
    def size(self) -> int:
        return sum(len(nodes) for nodes in self.nodes)

    def below(self, other: "Branch") -> bool:
        """Whether this branch is a part of another."""
        return bool(np.isin(self.nodes[0], other.nodes[self.year - other.year]).all())


def splits_of(formulation: Formulation) -> list[int]:
    """Years in which some node of the year before has more than one child."""
    count = formulation.portfolio.tree.nodes.count
    return [year for year in range(1, len(count)) if count[year] > count[year - 1]]


def branches_from(formulation: Formulation, year: int) -> Iterator[Branch]:
    """The branches whose first node lies in that year."""
    tree = formulation.portfolio.tree
    for node in range(tree.nodes.count[year]):
        scenarios = tree.nodes.members(year, node)
        yield Branch(year, tuple(np.unique(tree.nodes.of[later, scenarios]) for later in range(year, tree.years)))


def arcs_open_to(formulation: Formulation, branch: Branch, at: Floats) -> Ints:
    """Columns of the arcs of a branch that can be reached from where a solution is before it; ascending."""
    portfolio = formulation.portfolio
    reached = np.ones((1, len(portfolio.partnerships)), dtype=bool)
    above = np.zeros(1, dtype=np.int64)
    if branch.year:
        before = portfolio.years[branch.year - 1]
        above = portfolio.tree.nodes.parent[branch.year][branch.nodes[0]]
        start = formulation.take_start[branch.year - 1] + int(above[0]) * before.size
        reached = np.zeros((1, before.slots), dtype=bool)
        reached[0, before.target[at[start : start + before.size] > EXACT]] = True
    found: list[Ints] = []
    for year, nodes in enumerate(branch.nodes, start=branch.year):
        arcs = portfolio.years[year]
        parents = np.searchsorted(above, portfolio.tree.nodes.parent[year][nodes]) if year else np.zeros(1, dtype=int)
        row, arc = np.nonzero(reached[parents][:, arcs.source])
        found.append(formulation.take_start[year] + nodes[row] * arcs.size + arc)
        reached = np.zeros((len(nodes), arcs.slots), dtype=bool)
        reached[row, arcs.target[arc]] = True
        above = nodes
    return np.concatenate(found)


def of_least_loss(search: Search, arcs: Ints, most: int, at: Floats) -> Ints:
    """Of these arcs those that a solution takes, and so many of least loss besides; never one that cannot be better."""
    if search.priced is None:
        return arcs
    loss = search.priced.loss[arcs]
    chosen = at[arcs] > EXACT
    near = loss <= search.priced.bound - search.value + EXACT * max(abs(search.priced.bound), 1.0)
    if int(near.sum()) > most:
        near &= loss <= np.partition(loss, most)[most]
    kept: Ints = arcs[chosen | near]
    return kept


def most_of(formulation: Formulation, branch: Branch) -> int:
    """How many arcs of least loss a branch may choose from."""
    return max(LEAST_CHOICE, round(PER_NODE * branch.size * len(formulation.portfolio.partnerships)))


def decide_by_stages(search: Search, stop: Stop) -> bool:
    """Offers a plan decided stage by stage, around a solution of the LP relaxation; whether there was one."""
    splits = splits_of(search.formulation)
    at = np.zeros(len(search.formulation.lower))
    if not splits or not _decide_root(search, splits[0], at, stop.within(ROOT * stop.left)):
        return False
    if not all(_decide(search, branch, at, stop) for branch in branches_from(search.formulation, splits[0])):
        return False
    return search.accept(at, "decided stage by stage")


def _decide(search: Search, branch: Branch, at: Floats, stop: Stop) -> bool:
    """Writes the best decisions of a branch into the solution, from node to leaf; False if none are found in time.

    Where the decisions of a node leave a branch below without any that keep the limits, the node is decided again with
    that branch in whole numbers.
    """
    formulation = search.formulation
    after = min((year for year in splits_of(formulation) if year > branch.year), default=len(formulation.take_start))
    firm: list[Branch] = []
    for _ in range(AGAIN):
        if not _decide_node(search, branch, after, firm, at, stop.within(max(LEAST_SECONDS, ONE * stop.left))):
            return False
        if after == len(formulation.take_start):
            return True
        below = [child for child in branches_from(formulation, after) if child.below(branch)]
        stuck = [child for child in below if not _decide(search, child, at, stop)]
        if not stuck:
            return True
        firm += stuck
    return False


def _decide_node(search: Search, branch: Branch, after: int, firm: list[Branch], at: Floats, stop: Stop) -> bool:
    """The same for the years of a branch before the year `after`, with what comes later relaxed but for some."""
    reachable = arcs_open_to(search.formulation, branch, at)
    narrow = of_least_loss(search, reachable, most_of(search.formulation, branch), at)
    for arcs in (narrow, reachable):
        if stop.due:
            return False
        if _decided(search, search.program_around(arcs, at, hair=Settings.hair), after, firm, at, stop):
            return True
        if len(arcs) == len(reachable):
            break
    return False


def _decide_root(search: Search, after: int, at: Floats, stop: Stop) -> bool:
    """The same for the years before the first split: among the best lives, what the LP relaxation takes (where that is
    not known, arcs of little loss), and the best plan so far, so that there is a way to keep the limits.
    """
    kept = search.kept_within(search.loss_of(0 if len(search.relaxed) else LITTLE_LOSS))
    kept[search.relaxed] = True
    held = search.arcs_of_best()
    if held is not None:
        kept[held] = True
    return _decided(search, search.program(kept, hair=Settings.hair), after, [], at, stop)


def _decided(search: Search, program: Program, after: int, firm: list[Branch], at: Floats, stop: Stop) -> bool:
    """Solves a program with whole numbers before a year and in some branches; whether there was a solution."""
    settings = Settings(f"years before {after}", True, search.options.seed, search.options.threads, STAGE_GAP)
    formulation = search.formulation
    later = np.ones(program.width, dtype=bool)
    if after < len(formulation.take_start):
        later[: formulation.take_start[after]] = False
        later[formulation.takes :] = formulation.year_of_others >= after
        for branch in firm:
            for year, nodes in enumerate(branch.nodes, start=branch.year):
                level = later[formulation.year_columns(year)].reshape(-1, formulation.portfolio.years[year].size)
                level[nodes] = False
    else:
        later[:] = False
    relaxed = replace(program, integer=program.integer & ~later[program.columns])
    ended = search.run(relaxed, settings, "stages", stop, proves=False, plans=False)
    if ended.x is None:
        return False
    found = program.whole(ended.x)
    at[:] = found
    decided = program.columns[(program.columns < program.takes) & ~later[program.columns]]
    at[decided] = np.round(at[decided])
    return True
