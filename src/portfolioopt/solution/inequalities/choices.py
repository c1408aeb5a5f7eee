"""What a row says of one node: every partnership takes exactly one of its arcs there, each with a weight.

Arcs of equal weight are one *level* of their partnership. Weights do not depend on the node, so that the rows of one
limit in one year differ by their columns only, and what is valid at one node is so at all of them.
"""

from dataclasses import dataclass

import numpy as np

from portfolioopt.networks.portfolio import Portfolio
from portfolioopt.networks.tree import Floats, Ints


@dataclass(frozen=True)
class Choices:
    """The levels of all partnerships in a weighted sum over the arcs of a year.

    Levels are numbered through, partnership by partnership, each in ascending weight.
    """

    year: int
    arcs: Ints
    """[k] arcs of the year that have a weight, ascending"""
    level_of: Ints
    """[k] their levels"""
    weight: Floats
    """[levels]"""
    owner: Ints
    """[levels] position of the partnership among those that have a weight"""
    start: Ints
    """[partnerships] first level of each"""
    rest: Ints
    """[partnerships] level of the arcs without a weight; −1 where every arc has one"""

    @property
    def partnerships(self) -> int:
        return len(self.start)

    @property
    def least(self) -> Floats:
        """[partnerships] lowest weight of each."""
        return self.weight[self.start]

    @property
    def most(self) -> Floats:
        """[partnerships] highest weight of each."""
        return self.weight[self.highest]

    @property
    def highest(self) -> Ints:
        """[partnerships] last level of each."""
        return np.append(self.start[1:], len(self.weight)) - 1

    def levels(self, partnership: int) -> slice:
        """The levels of a partnership."""
        after = self.start[partnership + 1] if partnership + 1 < len(self.start) else len(self.weight)
        return slice(int(self.start[partnership]), int(after))

    def shares(self, taken: Floats) -> Floats:
        """[nodes, levels] What of each partnership is at each level where this much of arcs is taken ([nodes, k])."""
        shares = np.zeros((len(taken), len(self.weight)))
        for arc, level in enumerate(self.level_of.tolist()):
            shares[:, level] += taken[:, arc]
        unlisted = np.flatnonzero(self.rest >= 0)
        listed = np.add.reduceat(shares, self.start, axis=1)
        shares[:, self.rest[unlisted]] += np.maximum(1.0 - listed[:, unlisted], 0.0)
        return shares

    def on_arcs(self, coefficients: Floats) -> tuple[Floats, float]:
        """Σ coefficient·share over the levels as a sum over arcs: coefficients [k], and a constant."""
        otherwise = np.where(self.rest >= 0, coefficients[self.rest], 0.0)
        return coefficients[self.level_of] - otherwise[self.owner[self.level_of]], float(otherwise.sum())


def choices_of(portfolio: Portfolio, year: int, arcs: Ints, weights: Floats) -> Choices:
    """The levels of a weighted sum over these arcs of a year (ascending)."""
    every = portfolio.years[year].partnership
    partnership = every[arcs]
    present, owner = np.unique(partnership, return_inverse=True)
    unlisted = np.bincount(every, minlength=int(present.max(initial=0)) + 1)[present] > np.bincount(owner)
    # the arcs without a weight as one more arc of their partnership
    free = np.flatnonzero(unlisted)
    all_owners = np.concatenate((owner, free))
    all_weights = np.concatenate((weights, np.zeros(len(free))))
    order = np.lexsort((all_weights, all_owners))
    sorted_owner, sorted_weight = all_owners[order], all_weights[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (sorted_owner[1:] != sorted_owner[:-1]) | (sorted_weight[1:] != sorted_weight[:-1])
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(fresh) - 1
    rest = np.full(len(present), -1, dtype=np.int64)
    rest[free] = number[len(arcs) :]
    levels_owner = sorted_owner[fresh]
    return Choices(
        year=year,
        arcs=arcs,
        level_of=number[: len(arcs)],
        weight=sorted_weight[fresh],
        owner=levels_owner,
        start=np.searchsorted(levels_owner, np.arange(len(present))),
        rest=rest,
    )
