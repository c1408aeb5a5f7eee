"""Where inequalities come from: the limits and pools of a formulation, year by year, with their columns at every node.

An inequality is found at one node, from a solution of the LP relaxation, and holds at all nodes of its year:

    earned[n] ≤ Σ coefficient·share[n, level] + side

`earned` is what a pool earns there, 0 for a limit. The shares are sums of take[p,n,a].
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from portfolioopt.formulation.build import Formulation, RowLabel
from portfolioopt.formulation.draft import INFINITY, Row
from portfolioopt.formulation.part import Mask
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.solution.cuts import CUT, VALUED
from portfolioopt.solution.inequalities.choices import Choices, choices_of
from portfolioopt.solution.inequalities.covers import VIOLATED, Knapsack, cover
from portfolioopt.solution.inequalities.curves import BROKEN, Curve, steps

DECIDED = 1e-7
"""A partnership with no more than that apart from one level is at that level."""


@dataclass(frozen=True)
class Inequality:
    """See above; coefficients by level."""

    coefficients: Floats
    side: float


Separate = Callable[[Floats, float], Inequality | None]
"""The inequality that shares and what is earned break most, if they break one."""
Suspect = Callable[[Floats, Floats], Mask]
"""[nodes] Whether an inequality may be broken where totals lie between these, as far as anybody is undecided."""


@dataclass
class Source:
    """A limit, or the curve of a pool, in one year: its rows are alike but for their columns."""

    limit: str
    rule: str
    """what the inequalities follow from: which rows of the limit, and how"""
    choices: Choices
    nodes: Ints
    """[places] numbers of the nodes"""
    columns: Ints
    """[places, k] of the arcs"""
    fills: Ints
    """[places, i] of what earns"""
    money: Floats
    """[i] what it earns"""
    least: float
    """violation worth a row"""
    separate: Separate
    suspect: Suspect
    capacity: float = INFINITY
    """of a limit: the larger, the less is ruled out"""
    curve: Curve | None = None
    known: list[Inequality] = field(default_factory=list)
    written: set[tuple[int, int]] = field(default_factory=set)
    """(inequality, place) of all rows written"""
    kept: dict[int, bytes] = field(default_factory=dict)
    """by place, the shares and earnings that were last seen to keep all"""

    def broken(self, x: Floats) -> Iterator[tuple[int, int]]:
        """(inequality, place) of those that a solution ([columns of the formulation]) breaks and that have no row yet:
        at every place one of those known, or else a new one.
        """
        choices = self.choices
        shares, earned = choices.shares(x[self.columns]), x[self.fills] @ self.money
        held = shares > DECIDED
        least = np.minimum.reduceat(np.where(held, choices.weight, np.inf), choices.start, axis=1).sum(axis=1)
        most = np.maximum.reduceat(np.where(held, choices.weight, -np.inf), choices.start, axis=1).sum(axis=1)
        for place in np.flatnonzero(self.suspect(least, most)).tolist():
            number = self._known(shares[place], earned[place], place)
            if number is None:
                seen = shares[place].tobytes() + earned[place].tobytes()
                fresh = None if self.kept.get(place) == seen else self.separate(shares[place], float(earned[place]))
                if fresh is None:
                    self.kept[place] = seen
                    continue
                number = len(self.known)
                self.known.append(fresh)
            self.written.add((number, place))
            yield number, place

    def _known(self, shares: Floats, earned: float, place: int) -> int | None:
        """The inequality broken most of those that have no row at a place."""
        worst, furthest = None, self.least
        for number, one in enumerate(self.known):
            broken = earned - float(one.coefficients @ shares) - one.side
            if broken > furthest and (number, place) not in self.written:
                worst, furthest = number, broken
        return worst

    def row(self, number: int, place: int) -> Row:
        """An inequality at a place, as a row of the formulation."""
        one = self.known[number]
        on_arcs, constant = self.choices.on_arcs(one.coefficients)
        columns = np.concatenate((self.columns[place], self.fills[place]))
        values = np.concatenate((-on_arcs, self.money))
        order = np.argsort(columns)
        order = order[values[order] != 0]
        node = int(self.nodes[place])
        return Row(
            VALUED, self.limit, self.choices.year, node, columns[order], values[order],
            -INFINITY, one.side + constant,
        )  # fmt: skip


def sources(formulation: Formulation) -> list[Source]:
    """All limits and curves of a formulation that inequalities may be found for."""
    money = {int(columns[0, 0]): each for _, columns, each in formulation.earned if columns.size}
    found: list[Source] = []
    for rows in _alike(formulation):
        split = int(np.searchsorted(rows.columns[0], formulation.takes))
        arcs = _arcs(formulation, rows, split)
        if arcs is None:
            continue
        choices = choices_of(formulation.portfolio, rows.label.year, arcs, rows.values[:split])
        others = rows.columns.shape[1] - split
        if rows.lower == rows.upper == 0 and others and bool((rows.values[split:] == -1).all()):
            slopes = money.get(int(rows.columns[0, split]))
            if slopes is not None and len(slopes) == others:
                # by the steepest, so that an inequality does not depend on the year's discount
                slopes = slopes / np.abs(slopes).max()
                curve = Curve.of(formulation.upper[rows.columns[0, split:]], slopes)
                found.append(_curve(rows, split, choices, curve, slopes))
        elif others <= 1:
            for side in _sides(rows):
                found += _limit(formulation, rows, split, choices, side)
    return found


@dataclass(frozen=True)
class _Rows:
    """Rows one after the other that differ by their columns only."""

    label: RowLabel
    columns: Ints
    """[rows, k] ascending"""
    values: Floats
    """[k]"""
    lower: float
    upper: float
    nodes: Ints


def _alike(formulation: Formulation) -> Iterator[_Rows]:
    """The rows after the paths, those of one limit and year together, but for those that have no arcs."""
    matrix, first = formulation.matrix, formulation.paths
    same = groupby(formulation.labels, key=lambda label: (label.family, label.limit, label.year))
    for (family, _, _), labels in same:
        nodes = np.array([label.group for label in labels], dtype=np.int64)
        numbers = np.arange(len(nodes))
        ends = np.flatnonzero(np.diff(nodes) <= 0) + 1
        for part in [] if family in (CUT, VALUED) else np.split(numbers, ends):
            start, after = matrix.indptr[first + part[0]], matrix.indptr[first + part[-1] + 1]
            each, odd = divmod(int(after - start), len(part))
            lengths = np.diff(matrix.indptr[first + part[0] : first + part[-1] + 2])
            if not odd and each and bool((lengths == each).all()):
                columns = matrix.indices[start:after].reshape(len(part), each).astype(np.int64)
                values = matrix.data[start:after].reshape(len(part), each)
                span = slice(first + int(part[0]), first + int(part[-1]) + 1)
                lower, upper = formulation.row_lower[span], formulation.row_upper[span]
                alike = all(bool((one == one[0]).all()) for one in (values, lower, upper))
                if alike and columns[0, 0] < formulation.takes:
                    label = formulation.labels[span.start - formulation.paths]
                    yield _Rows(label, columns, values[0], float(lower[0]), float(upper[0]), nodes[part])
        first += len(nodes)


def _arcs(formulation: Formulation, rows: _Rows, split: int) -> Ints | None:
    """Arcs of the year that the rows hold, each row at its node; None if they reach further."""
    size = formulation.portfolio.years[rows.label.year].size
    arcs = rows.columns[:, :split] - formulation.take_start[rows.label.year] - rows.nodes[:, None] * size
    within = bool((arcs == arcs[0]).all()) and arcs[0, 0] >= 0 and arcs[0, -1] < size
    return arcs[0] if within else None


@dataclass(frozen=True)
class _Side:
    """One side of rows: sign·(Σ weight + other columns) ≤ limit."""

    name: str
    sign: int
    limit: float


def _sides(rows: _Rows) -> Iterator[_Side]:
    for side in (_Side("at most", 1, rows.upper), _Side("at least", -1, -rows.lower)):
        if np.isfinite(side.limit):
            yield side


def _limit(formulation: Formulation, rows: _Rows, split: int, choices: Choices, side: _Side) -> Iterator[Source]:
    """Covers of a limit. Where it gives way: what that comes to at least, and covers of its utmost."""
    room = 0.0
    for column, value in zip(rows.columns[0, split:].tolist(), rows.values[split:].tolist(), strict=True):
        if side.sign * value > 0 or formulation.lower[column] != 0 or formulation.binary[column]:
            return  # not what the limit gives way by
        room = -side.sign * value * float(formulation.upper[column])
        most, least = float(choices.most.sum()), float(choices.least.sum())
        curve = Curve.beyond(side.sign, side.limit, least, most)
        if curve.reach > 0:
            yield _curve(rows, split, choices, curve, -np.abs(rows.values[split:]))
    knapsack = Knapsack.of(choices, side.sign, side.limit + room)
    if knapsack is None:
        return

    def separate(shares: Floats, _earned: float) -> Inequality | None:
        found = cover(knapsack, shares)
        return None if found is None else Inequality(-found[0], found[1])

    def suspect(least: Floats, most: Floats) -> Mask:
        exceeded: Mask = (most if side.sign > 0 else -least) > side.limit + room
        return exceeded

    nothing = np.zeros((len(rows.nodes), 0), dtype=np.int64)
    which, least = f"{rows.label.family}, {side.name}", VIOLATED
    source = Source(
        rows.label.limit, which, choices, rows.nodes, rows.columns[:, :split], nothing, np.zeros(0), least,
        separate, suspect, side.limit + room,
    )  # fmt: skip
    if knapsack.impossible.any():
        source.known.append(Inequality(-knapsack.impossible, 0.0))
    yield source


def _curve(rows: _Rows, split: int, choices: Choices, curve: Curve, money: Floats) -> Source:
    """What other columns earn, bounded by a curve of the sum over the arcs."""

    def separate(shares: Floats, earned: float) -> Inequality | None:
        found = steps(curve, choices, shares, earned)
        return None if found is None else Inequality(*found)

    concave = curve.concave

    def suspect(least: Floats, most: Floats) -> Mask:
        bent: Mask = np.searchsorted(curve.at, least, "right") < np.searchsorted(curve.at, most, "left")
        return bent if concave else np.ones_like(bent)

    label, least = rows.label, BROKEN * curve.reach
    return Source(
        label.limit, f"{label.family}, curve", choices, rows.nodes, rows.columns[:, :split],
        rows.columns[:, split:], money, least, separate, suspect, curve=curve,
    )  # fmt: skip
