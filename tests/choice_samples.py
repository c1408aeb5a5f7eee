"""Small sums over choices, every way to choose, and shares that no plan has."""

from itertools import product

import numpy as np

from portfolioopt.networks.tree import Floats
from portfolioopt.solution.inequalities.choices import Choices


def choices_of_levels(levels: list[list[float]]) -> Choices:
    """Partnerships with these levels, each on an arc of its own."""
    levels = [sorted(each) for each in levels]
    weight = np.array([one for each in levels for one in each])
    owner = np.repeat(np.arange(len(levels)), [len(each) for each in levels])
    start = np.searchsorted(owner, np.arange(len(levels)))
    arcs = np.arange(len(weight))
    return Choices(0, arcs, arcs, weight, owner, start, np.full(len(levels), -1))


def selections(choices: Choices) -> list[Floats]:
    """[levels] 1 where taken, for every way to take one level of each partnership."""
    spans = [range(choices.levels(one).start, choices.levels(one).stop) for one in range(choices.partnerships)]
    return [np.isin(np.arange(len(choices.weight)), taken).astype(float) for taken in product(*spans)]


def shares_at_random(choices: Choices, seed: int) -> Floats:
    """Shares of every partnership that add up to 1."""
    rng = np.random.default_rng(seed)
    drawn = rng.random(len(choices.weight)) ** 3
    return drawn / np.add.reduceat(drawn, choices.start)[choices.owner]
