"""Inequalities of an earlier search, in words that another formulation understands, and where they still hold.

Levels are told by partnership and weight. An inequality holds for a limit that is no wider than the one it was found
for, or for the same curve, if every partnership has no more levels than then. A partnership that is no longer there is
one that provides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import Row
from portfolioopt.solution.inequalities.curves import Curve
from portfolioopt.solution.inequalities.rows import Inequality, Source, sources

SAME_WEIGHT = 1e-12
"""Relative difference of two weights that counts as none."""


@dataclass(frozen=True)
class Written:
    """An inequality that has become a row."""

    source: Source
    number: int
    place: int
    row: int
    """number among the coupling rows"""

    def made(self) -> Row:
        """The row."""
        return self.source.row(self.number, self.place)


@dataclass(frozen=True)
class Remembered:
    """An inequality at a node, and its price."""

    rule: str
    limit: str
    year: int
    node: int
    capacity: float
    """of a limit; +∞ of a curve"""
    curve: tuple[tuple[float, float], ...]
    """(total, earned) at its breakpoints; none of a limit"""
    levels: tuple[tuple[str, float, float], ...]
    """(partnership, weight, coefficient)"""
    side: float
    price: float

    @staticmethod
    def of(written: Written, formulation: Formulation, price: float) -> "Remembered":
        """What a row of a formulation says."""
        source, one = written.source, written.source.known[written.number]
        names = partnerships_of(source, formulation)
        levels = zip(
            source.choices.owner.tolist(), source.choices.weight.tolist(), one.coefficients.tolist(), strict=True
        )
        curve = source.curve
        return Remembered(
            rule=source.rule,
            limit=source.limit,
            year=source.choices.year,
            node=int(source.nodes[written.place]),
            capacity=source.capacity,
            curve=() if curve is None else tuple(zip(curve.at.tolist(), curve.worth.tolist(), strict=True)),
            levels=tuple((names[owner], weight, coefficient) for owner, weight, coefficient in levels),
            side=one.side,
            price=price,
        )

    def again(self, source: Source, names: list[str]) -> Inequality | None:
        """The same over the levels that there are now; None where it need not hold any more."""
        if self.capacity < source.capacity or (source.curve is None) != (not self.curve):
            return None
        if source.curve is not None and not Curve(*np.array(self.curve).T).agrees(source.curve):
            return None
        known: dict[str, list[tuple[float, float]]] = {}
        for partnership, weight, coefficient in self.levels:
            known.setdefault(partnership, []).append((weight, coefficient))
        coefficients = np.zeros(len(source.choices.weight))
        for level, (owner, weight) in enumerate(zip(source.choices.owner.tolist(), source.choices.weight, strict=True)):
            found = _at(known.get(names[owner], []), float(weight))
            if found is None:
                return None
            coefficients[level] = found
        side = self.side
        for gone in known.keys() - set(names):
            nothing = _at(known[gone], 0.0)
            if nothing is None:
                return None
            side += nothing
        return Inequality(coefficients, side)


def _at(levels: list[tuple[float, float]], weight: float) -> float | None:
    """The coefficient of a weight."""
    for known, coefficient in levels:
        if abs(known - weight) <= SAME_WEIGHT * max(abs(known), abs(weight)):
            return coefficient
    return None


def partnerships_of(source: Source, formulation: Formulation) -> list[str]:
    """Ids of the partnerships that a source is a sum over."""
    portfolio = formulation.portfolio
    present = np.unique(portfolio.years[source.choices.year].partnership[source.choices.arcs])
    return [portfolio.partnerships[number].id for number in present.tolist()]


def recalled(
    formulation: Formulation, remembered: Iterable[Remembered]
) -> tuple[Formulation, list[Written], list[float]]:
    """The formulation with those inequalities that still hold as rows at its end, and their prices."""
    by_name: dict[tuple[str, str, int], tuple[Source, list[str]]] = {}
    written: list[Written] = []
    prices: list[float] = []
    wanted = list(remembered)
    if not wanted:
        return formulation, written, prices
    for source in sources(formulation):
        by_name[source.rule, source.limit, source.choices.year] = source, partnerships_of(source, formulation)
    found: dict[tuple[str, str, int, tuple[tuple[str, float, float], ...], float], int | None] = {}
    for one in wanted:
        if (one.rule, one.limit, one.year) not in by_name:
            continue
        source, names = by_name[one.rule, one.limit, one.year]
        places = np.flatnonzero(source.nodes == one.node).tolist()
        if not places:
            continue
        key = (one.rule, one.limit, one.year, one.levels, one.side)
        if key not in found:
            again = one.again(source, names)
            found[key] = None if again is None else len(source.known)
            if again is not None:
                source.known.append(again)
        number = found[key]
        if number is None or (number, places[0]) in source.written:
            continue
        source.written.add((number, places[0]))
        written.append(Written(source, number, places[0], len(formulation.labels) + len(written)))
        prices.append(one.price)
    return formulation.with_rows([one.made() for one in written]), written, prices
