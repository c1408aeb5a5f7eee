"""The draft of a model: columns, rows and values as arrays, written by the families one after the other.

The letters and names of the algebra are those of `formulation.symbols`. Everything stands in natural units; scaling
belongs to the solution.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike

from portfolioopt.formulation.algebra import Written, algebra
from portfolioopt.language.model import Model
from portfolioopt.language.values import series_at
from portfolioopt.networks.portfolio import Portfolio
from portfolioopt.networks.tree import Floats, Ints

TIMING = {"start": 0.0, "mid": 0.5, "end": 1.0}
INFINITY = float("inf")
HAIR = 1e-9
"""Relative difference below which floats decide nothing."""
ROUNDING = 1e-14
"""Relative size of what rounding leaves of a difference that is 0 in decimals (0.3 − 3·0.1)."""
Term = tuple[Ints, Floats | float]
"""Columns, [rows, k] or [k] for a single row (a row of the tree: a node), and k coefficients or one for all."""


@dataclass(frozen=True)
class ColumnGroup:
    """Columns of one kind, as one variable of the Pyomo model."""

    name: str
    start: int
    lower: Floats
    upper: Floats
    binary: bool

    @property
    def size(self) -> int:
        return len(self.lower)


@dataclass(frozen=True)
class Row:
    """One linear row: lower ≤ Σ coefficient·column ≤ upper, and the limit it stands for."""

    family: str
    limit: str
    year: int
    group: int
    """Node of the year, or history of capital."""
    columns: Ints
    coefficients: Floats
    lower: float
    upper: float


@dataclass(frozen=True)
class Rows:
    """Rows alike but for their columns, one for each group: lower ≤ Σ_k coefficient[k]·column[group,k] ≤ upper."""

    family: str
    limit: str
    year: int
    groups: Ints
    """Nodes of the year, or histories of capital."""
    columns: Ints
    """[groups, k], ascending"""
    coefficients: Floats
    """[k]"""
    lower: float
    upper: float

    @property
    def size(self) -> int:
        return len(self.groups)

    def single(self) -> list[Row]:
        """The same as rows of their own."""
        return [
            Row(self.family, self.limit, self.year, group, columns, self.coefficients, self.lower, self.upper)
            for group, columns in zip(self.groups.tolist(), self.columns, strict=True)
        ]


@dataclass(frozen=True)
class Level:
    """Where the level of risk of the best plan lies, and the most that |NPV| is in any scenario."""

    lowest: float
    highest: float
    most: float


@dataclass
class Draft:
    """What the families write on."""

    portfolio: Portfolio
    model: Model
    apart: Level | None = None
    """Where the one scenario is one of several that are formulated apart: what these share."""
    groups: list[ColumnGroup] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    width: int = 0
    take_start: list[int] = field(default_factory=list)
    """first take column of every year"""
    earned: list[tuple[int, Ints, Floats]] = field(default_factory=list)
    """(year, columns [nodes, k], discounted money [k]): what columns other than take add to NPV"""
    charged: list[tuple[Ints, Floats]] = field(default_factory=list)
    """(columns, expected money): penalties and changes, which are no part of NPV"""
    hired: dict[tuple[str, int, int], int] = field(default_factory=dict)
    """(skill, year, node) → column of the engineers hired"""
    constant: float = 0.0
    """money of the objective that no decision changes"""
    written: dict[str, Written] = field(default_factory=dict)
    """by function: how much it has written"""
    noted: tuple[int, int] = (0, 0)
    """columns that marked functions within the one at work have written, and those of them that are excess"""

    def __post_init__(self) -> None:
        tree = self.portfolio.tree
        for year, arcs in enumerate(self.portfolio.years):
            self.take_start.append(self.width)
            self.width += tree.nodes.count[year] * arcs.size
        self.groups.append(ColumnGroup("take", 0, np.zeros(self.width), np.ones(self.width), True))
        self._most: dict[int, Ints] = {}

    @property
    def size(self) -> tuple[int, int, int]:
        """Rows, columns, and charges so far."""
        return sum(rows.size for rows in self.rows), self.width, len(self.charged)

    @property
    def takes(self) -> int:
        return self.groups[0].size

    @property
    def years(self) -> int:
        return self.portfolio.tree.years

    def discount(self, year: int) -> float:
        """(1+r)^−(y+o) with o = 0, ½ or 1 for cash at the start, the middle or the end of a year."""
        instance = self.portfolio.instance
        return float((1 + float(instance.discount_rate)) ** -(year + TIMING[instance.cash_timing]))

    def nodes(self, year: int) -> range:
        return range(self.portfolio.tree.nodes.count[year])

    def probability(self, year: int, node: int) -> float:
        return float(self.portfolio.tree.nodes.probability[year][node])

    def take(self, year: int, node: int, arcs: Ints) -> Ints:
        """Columns of these arcs at a node."""
        columns: Ints = self.take_start[year] + node * self.portfolio.years[year].size + arcs
        return columns

    def along(self, year: int, node: int, flow: Floats) -> tuple[Ints, Floats]:
        """Columns and coefficients of a flow along the arcs of a node."""
        arcs = np.flatnonzero(flow)
        return self.take(year, node, arcs), flow[arcs]

    def takes_at_nodes(self, year: int, arcs: Ints) -> Ints:
        """Columns of these arcs at every node of a year; [nodes, arcs]."""
        nodes = np.arange(self.portfolio.tree.nodes.count[year], dtype=np.int64)
        columns: Ints = self.take_start[year] + nodes[:, None] * self.portfolio.years[year].size + arcs
        return columns

    def along_nodes(self, year: int, flow: Floats) -> tuple[Ints, Floats]:
        """Columns [nodes, k] and coefficients [k] of a flow along the arcs of every node of a year."""
        arcs = np.flatnonzero(flow)
        return self.takes_at_nodes(year, arcs), flow[arcs]

    def most(self, year: int, flow: Floats) -> float:
        """The most that a flow can come to in a year: every partnership on its best arc."""
        if not len(flow):
            return 0.0
        if year not in self._most:
            owner = self.portfolio.years[year].partnership
            self._most[year] = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
        return float(np.maximum.reduceat(flow, self._most[year]).sum())

    def least(self, year: int, flow: Floats) -> float:
        """The least that a flow can come to in a year."""
        return -self.most(year, -flow)

    def columns(self, name: str, lower: ArrayLike, upper: ArrayLike, *, binary: bool = False) -> Ints:
        """New columns with these bounds."""
        low, high = np.atleast_1d(np.asarray(lower, dtype=float)), np.atleast_1d(np.asarray(upper, dtype=float))
        low, high = np.broadcast_arrays(low, high)
        self.groups.append(ColumnGroup(name, self.width, low.copy(), high.copy(), binary))
        fresh = np.arange(self.width, self.width + len(low))
        self.width += len(low)
        return fresh

    def columns_at_nodes(
        self, year: int, name: str, lower: Floats | float, upper: Floats | float, *, binary: bool = False
    ) -> Ints:
        """New columns with these bounds at every node of a year; [nodes, k]."""
        low, high = np.broadcast_arrays(np.atleast_1d(lower), np.atleast_1d(upper))
        nodes = self.portfolio.tree.nodes.count[year]
        return self.columns(name, np.tile(low, nodes), np.tile(high, nodes), binary=binary).reshape(nodes, len(low))

    def earn(self, year: int, columns: Ints, money: ArrayLike) -> None:
        """Columns ([nodes, k]) that add money (undiscounted, of that year) to NPV in the scenarios of their node."""
        discounted = np.broadcast_to(np.asarray(money, dtype=float) * self.discount(year), columns.shape[1:])
        self.earned.append((year, columns, discounted))

    def row(
        self,
        family: str,
        limit: str,
        year: int,
        terms: Sequence[Term],
        *,
        group: int | None = None,
        lower: float = -INFINITY,
        upper: float = INFINITY,
    ) -> None:
        """lower ≤ Σ terms ≤ upper, at every node of the year or for one group only.

        Columns that stand in several terms are added up.
        """
        columns = np.concatenate([np.atleast_2d(part) for part, _ in terms], axis=1)
        values = np.concatenate(
            [np.broadcast_to(np.asarray(value, dtype=float), np.atleast_2d(part).shape[1:]) for part, value in terms]
        )
        # every row has the columns of the first one, moved on: what is sorted or equal in one is so in all
        order = np.argsort(columns[0], kind="stable")
        columns, values = columns[:, order], values[order]
        if np.any(columns[0, 1:] == columns[0, :-1]):
            first = np.unique(columns[0], return_index=True)[1]
            columns, values = columns[:, first], np.add.reduceat(values, first)
        kept = values != 0
        groups = np.arange(len(columns)) if group is None else np.array([group])
        if not kept.all():
            columns, values = columns[:, kept], values[kept]
        self.rows.append(Rows(family, limit, year, groups, columns, values, lower, upper))

    def limit(
        self,
        family: str,
        limit: str,
        year: int,
        terms: Sequence[Term],
        *,
        group: int | None = None,
        probability: Floats | float | None = None,
        at_most: float | None = None,
        at_least: float | None = None,
        reach: float,
    ) -> None:
        """A limit that the model makes hard or soft; see `exceeded`.

        At every node of the year, or for one group with its probability. `reach` is the most by which the limit can
        be exceeded.
        """
        price = self.model.price(family, limit)
        bound = at_most if at_most is not None else at_least
        if price is not None and not clearly(reach, bound or 0.0):
            return  # a hair beyond a soft limit costs next to nothing; the audit charges it exactly
        extended = list(terms)
        if price is not None:
            excess = exceeded(self, family, year, float(price), reach, None if group is None else probability)
            extended.append((excess, -1.0 if at_most is not None else 1.0))
        self.row(
            family,
            limit,
            year,
            extended,
            group=group,
            lower=-INFINITY if at_least is None else at_least,
            upper=INFINITY if at_most is None else at_most,
        )

    def charge(self, columns: Ints, money: ArrayLike) -> None:
        """Expected money that enters the objective but not NPV (negative: a price)."""
        self.charged.append((columns, np.broadcast_to(np.asarray(money, dtype=float), columns.shape)))


@algebra
def exceeded(
    draft: Draft, family: str, year: int, price: float, reach: float, probability: Floats | float | None
) -> Ints:
    """A soft limit may be exceeded at its price: the one place where excess is priced.

        Σ_{p,a} use[p,n,a]·take[p,n,a] − excess[n] ≤ bound(y)    instead of ≤ bound(y); a least amount: + excess[n] ≥
        0 ≤ excess[n] ≤ reach
        penalties: Σ_n π[n]·discount(y)·price·excess[n]    over the nodes n of every year y

    Capital has an excess in every history h instead: money added in that year.
    """
    if probability is None:
        excess = draft.columns_at_nodes(year, f"{family}_excess", 0.0, reach)
        probability = draft.portfolio.tree.nodes.probability[year]
    else:
        excess = draft.columns(f"{family}_excess", 0, reach)[:, None]
    draft.charge(excess[:, 0], -price * draft.discount(year) * np.asarray(probability, dtype=float))
    return excess


def clearly(reach: float, bound: float) -> bool:
    """Whether a limit can be exceeded by more than rounding may come to."""
    return reach > HAIR * max(abs(bound), 1e-6)


def perhaps(reach: float, bound: float) -> bool:
    """Whether a limit can be exceeded, if only by a hair that floats do not show: exactness is the audit's to judge,
    but it needs a row to name.
    """
    return reach > -HAIR * max(abs(bound), 1e-6)


def difference(one: Floats, other: Floats) -> Floats:
    """one − other, and 0 where rounding alone is left of it."""
    rest = one - other
    kept: Floats = np.where(np.abs(rest) > ROUNDING * np.maximum(np.abs(one), np.abs(other)), rest, 0.0)
    return kept


def at(series: Decimal | tuple[Decimal, ...], year: int) -> float:
    """Value of a series in a year as the solver's float."""
    return float(series_at(series, year))
