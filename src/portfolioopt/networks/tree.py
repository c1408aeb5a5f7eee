"""The scenario tree: which scenarios can be told apart in which year.

Decisions in year y may differ between two scenarios only if some driver level differs between them in a year before
the latest review year ≤ y. So a node of year y is a set of scenarios that agree in every level of every year before
that review; decisions are indexed by node, and non-anticipativity needs no rows.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from portfolioopt.language.instance import Instance
from portfolioopt.language.values import series_at

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Partition:
    """For every year a grouping of the scenarios, each finer than the one of the year before.

    of[y, w] is the group of scenario w in year y; groups of a year are numbered 0 … count[y] − 1 by their first
    scenario, and parent[y][g] is the group of year y − 1 that holds group g.
    """

    of: Ints
    count: tuple[int, ...]
    parent: tuple[Ints, ...]
    probability: tuple[Floats, ...]

    def first_scenario(self, year: int) -> Ints:
        """The first scenario of every group of a year."""
        return np.unique(self.of[year], return_index=True)[1]

    def members(self, year: int, group: int) -> Ints:
        return np.flatnonzero(self.of[year] == group)


@dataclass(frozen=True)
class Tree:
    """Scenarios in the order of their names, their probabilities, driver levels and information nodes."""

    scenarios: tuple[str, ...]
    probability: Floats
    nodes: Partition
    drivers: tuple[str, ...]
    levels: Floats
    """[unique level vectors, drivers]"""
    level_of: Ints
    """[years, scenarios] → row of `levels`"""
    exact_levels: tuple[tuple[tuple[Decimal, ...], ...], ...]
    """[scenario][year] → levels of all drivers, as written"""
    known: frozenset[str] = frozenset()
    """Drivers whose whole paths are known from the start; then the first year has a node for each of them."""

    @property
    def years(self) -> int:
        return len(self.nodes.count)

    def histories(self, drivers: frozenset[str]) -> Partition:
        """Groups of scenarios with the same node and the same levels of these drivers up to and including each year."""
        chosen = [self.drivers.index(name) for name in sorted(drivers)]

        def history(year: int, scenario: int) -> Hashable:
            past = self.exact_levels[scenario][: year + 1]
            return int(self.nodes.of[year, scenario]), tuple(tuple(levels[d] for d in chosen) for levels in past)

        return partition(self.years, self.probability, history)


def partition(years: int, probability: Floats, key: Callable[[int, int], Hashable]) -> Partition:
    """Scenarios grouped by a key of (year, scenario) whose groups only ever split."""
    scenarios = len(probability)
    of = np.zeros((years, scenarios), dtype=np.int64)
    count: list[int] = []
    parent: list[Ints] = []
    weight: list[Floats] = []
    for year in range(years):
        seen: dict[Hashable, int] = {}
        for scenario in range(scenarios):
            of[year, scenario] = seen.setdefault(key(year, scenario), len(seen))
        count.append(len(seen))
        first = np.unique(of[year], return_index=True)[1]
        parent.append(of[year - 1, first] if year else np.zeros(len(seen), dtype=np.int64))
        weight.append(np.bincount(of[year], weights=probability, minlength=len(seen)).astype(np.float64))
    return Partition(of, tuple(count), tuple(parent), tuple(weight))


def grow(instance: Instance, known: frozenset[str] = frozenset()) -> Tree:
    """The tree of an instance; decisions of all years may also differ where paths of the `known` drivers do."""
    years = instance.horizon.years
    drivers = tuple(sorted(instance.drivers))
    futures = sorted(instance.futures, key=lambda future: future.name)
    one = Decimal(1)
    exact = tuple(
        tuple(tuple(series_at(future.drivers.get(name, one), year) for name in drivers) for year in range(years))
        for future in futures
    )
    rows: dict[tuple[Decimal, ...], int] = {}
    level_of = np.array(
        [[rows.setdefault(exact[w][year], len(rows)) for w in range(len(futures))] for year in range(years)],
        dtype=np.int64,
    )
    levels = np.array([[float(level) for level in row] for row in rows], dtype=float).reshape(len(rows), len(drivers))
    reviews = sorted({0, *(year - instance.horizon.first_year for year in instance.review_years or ())})
    if instance.review_years is None:
        reviews = list(range(years))
    seen_until = [max(review for review in reviews if review <= year) for year in range(years)]
    probability = np.array([float(future.probability) for future in futures])
    chosen = [number for number, name in enumerate(drivers) if name in known]
    paths = [tuple(tuple(row[number] for number in chosen) for row in exact[w]) for w in range(len(futures))]
    nodes = partition(years, probability, lambda year, w: (paths[w], exact[w][: seen_until[year]]))
    names = tuple(future.name for future in futures)
    return Tree(names, probability, nodes, drivers, levels, level_of, exact, known & frozenset(drivers))
