"""Limits that may give way: every number that a planner wrote as a hard limit, and a column for by how much it moves.

A limit is changed for all scenarios at once, so its rows at all nodes of a year share one column:

    Σ terms − give[l,y] ≤ at_most(y)        Σ terms + give[l,y] ≥ at_least(y)        0 ≤ give[l,y]
    min Σ_{l,y} price(l)·give[l,y]

The budget varies with drivers as written: a budget raised by g gives factor·g in a scenario (where it gives nothing,
and nothing is carried over, the limit has to be set aside; what is missing is its amount all the same). Limits that
have one number for the whole horizon (excludes, total moves), and links, have one column. A rule gives way year by
year, a link as a whole.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.build import Formulation, RowLabel
from portfolioopt.language.families.links import Excludes, Requires
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.values import series_at
from portfolioopt.networks.flows import driver_factor
from portfolioopt.networks.tree import Floats, Ints

AT_MOST, AT_LEAST = "at_most", "at_least"


@dataclass(frozen=True, order=True)
class Number:
    """One number of a limit: of a year (counted from 0), or the one it has for the whole horizon."""

    family: str
    limit: str
    side: str
    """`at_most` or `at_least`: on which side it may give way."""
    year: int | None


def hard_limits(instance: Instance, model: Model) -> dict[str, str]:
    """Family by id of every limit, link and rule that is hard under the model."""
    found = {"capital": "capital"} if instance.capital is not None else {}
    found |= dict.fromkeys(instance.skills, "skills")
    found |= {one.id: "exposures" for one in instance.exposures}
    found |= {one.id: "requirements" for one in instance.requirements if one.shortfall_cost is None}
    found |= {one.id: "activity" for one in instance.activity}
    found |= {one.id: "moves" for one in instance.moves}
    found |= {one.id: "links" for one in instance.links if isinstance(one, Requires | Excludes)}
    found |= {one.id: "rules" for one in instance.rules}
    return {limit: family for limit, family in found.items() if model.price(family, limit) is None}


def number_of(instance: Instance, family: str, limit: str, side: str, year: int) -> Number:
    """The number that a row, or the audit's word on a year, belongs to."""
    whole = family == "links" or (family == "moves" and _total(instance, limit))
    return Number(family, limit, side, None if whole else year)


def _total(instance: Instance, limit: str) -> bool:
    return any(one.id == limit and one.total for one in instance.moves)


@dataclass(frozen=True)
class Prices:
    """What one unit of each limit costs."""

    instance: Instance
    given: Mapping[str, Decimal]
    """By id or family; an id wins. If any is given, only limits with a price may give way."""
    keep: frozenset[str]
    """Ids and families that may not give way."""
    size: Mapping[str, Fraction]
    """By id: the mean size of the limit, which counts as one."""

    def of(self, family: str, limit: str) -> Fraction | None:
        """Price of a unit; None where the limit must be kept."""
        if limit in self.keep or family in self.keep:
            return None
        if self.given:
            price = self.given.get(limit, self.given.get(family))
            return None if price is None else Fraction(price)
        return 1 / self.size[limit]


def prices_of(
    instance: Instance, limits: Mapping[str, str], given: Mapping[str, Decimal], keep: Collection[str]
) -> Prices:
    """The prices given; or, where none is, one over the mean size of each limit, which makes units comparable.

    The size of a share is that of the amounts it is a share of, at their largest; of a rule or link, and of a limit
    of nothing, 1.
    """
    size = {limit: _size(instance, family, limit) for limit, family in limits.items()}
    return Prices(instance, dict(given), frozenset(keep), size)


def _size(instance: Instance, family: str, limit: str) -> Fraction:
    years = instance.horizon.years
    written: list[Decimal | tuple[Decimal, ...] | None] = []
    if family == "capital" and instance.capital is not None:
        written = [instance.capital.budget]
    elif family == "skills":
        written = [instance.skills[limit].capacity]
    elif family == "exposures":
        exposure = next(one for one in instance.exposures if one.id == limit)
        if exposure.at_most_share is not None:
            tags = {exposure.tag, *(exposure.of or ())}
            return max(_mean([exposure.at_most_share], years) * _carried(instance, tags), Fraction(1))
        written = [exposure.at_most]
    elif family == "requirements":
        written = [one.at_least for one in instance.requirements if one.id == limit]
    elif family == "activity":
        activity = next(one for one in instance.activity if one.id == limit)
        written = [activity.at_most if activity.at_most is not None else activity.at_least]
    elif family == "moves":
        written = [one.at_most for one in instance.moves if one.id == limit]
    elif family == "links":
        written = [link.at_most for link in instance.links if link.id == limit and isinstance(link, Excludes)]
    return _mean(written, years) or Fraction(1)


def _mean(written: list[Decimal | tuple[Decimal, ...] | None], years: int) -> Fraction:
    """Mean of the sizes over the years in which there is any."""
    values = [abs(Fraction(series_at(one, year))) for one in written if one is not None for year in range(years)]
    some = [value for value in values if value]
    return sum(some, Fraction(0)) / len(some) if some else Fraction(0)


def _carried(instance: Instance, tags: set[str]) -> Fraction:
    """The most exposure to these tags that any state of every partnership carries, added up."""
    total = Fraction(0)
    for partnership in instance.partnerships:
        amounts = [
            sum((max(map(Fraction, state.exposure[tag])) for tag in tags & state.exposure.keys()), Fraction(0))
            for state in partnership.states.values()
        ]
        total += max(amounts, default=Fraction(0))
    return total


@dataclass(frozen=True)
class Giving:
    """A formulation of the hard limits alone, in which those with a price may give way."""

    formulation: Formulation
    """maximize −Σ price·give; rows of values and of soft limits are left out"""
    numbers: tuple[Number, ...]
    """of the columns of give, in order"""
    first: int
    """first column of give"""

    def keeping(self, kept: Collection[str]) -> Formulation:
        """The formulation in which these limits do not give way."""
        upper = self.formulation.upper.copy()
        for position, number in enumerate(self.numbers):
            if number.limit in kept:
                upper[self.first + position] = 0.0
        return replace(self.formulation, upper=upper)


def let_give(formulation: Formulation, limits: Mapping[str, str], prices: Prices) -> Giving:
    """The rows of these limits with a column by which each number may give way."""
    instance = formulation.portfolio.instance
    mine = [number for number, label in enumerate(formulation.labels) if limits.get(label.limit) == label.family]
    rows = np.concatenate((np.arange(formulation.paths), formulation.paths + np.array(mine, dtype=np.int64)))
    matrix = sp.csr_array(formulation.matrix[rows])
    lower, upper = formulation.row_lower[rows], formulation.row_upper[rows]
    labels = tuple(formulation.labels[number] for number in mine)
    most = _most_beyond(formulation, matrix, lower, upper)
    width = matrix.shape[1]
    columns: dict[Number, int] = {}
    reach: list[float] = []
    entries: list[tuple[int, int, float]] = []
    needs = 0.0
    for position, label in enumerate(labels):
        row = formulation.paths + position
        price = prices.of(label.family, label.limit)
        if price is None:
            continue
        side = AT_MOST if np.isfinite(upper[row]) else AT_LEAST
        factor = 1.0
        if label.family == "capital":
            factor, drawn_on = _budget_factors(formulation, label)
            if drawn_on <= 0:
                factor = drawn_on = 1.0  # no budget can help: the limit itself would have to be set aside
            needs += most[row] / drawn_on
        if factor <= 0:
            continue
        number = number_of(instance, label.family, label.limit, side, label.year)
        column = columns.setdefault(number, len(columns))
        if column == len(reach):
            reach.append(0.0)
        reach[column] = max(reach[column], most[row] / factor)
        entries.append((row, column, -factor if side == AT_MOST else factor))
    numbers = tuple(columns)
    where = ([row for row, _, _ in entries], [column for _, column, _ in entries])
    giving = sp.csr_array(([value for *_, value in entries], where), shape=(matrix.shape[0], len(numbers)))
    cost = [float(prices.of(number.family, number.limit) or 0) for number in numbers]
    # money may be added in one year for the needs of others, but never more than all of them together
    reach = [needs if number.family == "capital" else high for number, high in zip(numbers, reach, strict=True)]
    highest = formulation.upper.copy()
    highest[formulation.group("capital_left")] += needs * _most_factor(formulation)
    wider, fresh = formulation.with_columns("give", np.zeros(len(numbers)), np.array(reach))
    limits_alone = replace(
        wider,
        objective=np.concatenate((np.zeros(width), -np.array(cost))),
        constant=0.0,
        matrix=sp.csr_array(sp.hstack([matrix, giving], format="csr")),
        row_lower=lower,
        row_upper=upper,
        upper=np.concatenate((highest, reach)),
        labels=labels,
    )
    return Giving(limits_alone, numbers, int(fresh[0]) if len(fresh) else width)


def _budget_factors(formulation: Formulation, label: RowLabel) -> tuple[float, float]:
    """What one unit more of a year's budget adds in a history, and what one unit adds of the latest year of which
    anything comes (that year's, or an earlier one of which a share is carried over); 0 where nothing can help.
    """
    capital = formulation.portfolio.instance.capital
    assert capital is not None
    tree = formulation.portfolio.tree
    first = formulation.portfolio.capital_histories().first_scenario(label.year)[label.group]
    factors = driver_factor(dict(capital.sensitivity.budget), tree)
    by_year = [float(factors[tree.level_of[year, first]]) for year in range(label.year + 1)]
    left = 1.0
    for factor in reversed(by_year):
        if factor > 0 or not left:
            return by_year[-1], left * factor
        left *= float(capital.carry_over)
    return by_year[-1], 0.0


def _most_factor(formulation: Formulation) -> float:
    capital = formulation.portfolio.instance.capital
    if capital is None:
        return 1.0
    return max(1.0, float(driver_factor(dict(capital.sensitivity.budget), formulation.portfolio.tree).max()))


def _most_beyond(formulation: Formulation, matrix: sp.csr_array, lower: Floats, upper: Floats) -> Floats:
    """By row, the most by which it can be exceeded: every partnership on its worst arc at every node."""
    owner = _owners(formulation)
    most = np.zeros(matrix.shape[0])
    for row in range(formulation.paths, matrix.shape[0]):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns, values = matrix.indices[span], matrix.data[span]
        sign = 1.0 if np.isfinite(upper[row]) else -1.0
        takes = columns < formulation.takes
        by_owner = np.unique(owner[columns[takes]], return_inverse=True)[1]
        worst = np.zeros(int(by_owner.max(initial=-1)) + 1)
        np.maximum.at(worst, by_owner, sign * values[takes])
        side = upper[row] if sign > 0 else -lower[row]
        # other columns only help: engineers may be hired, money carried over, and none of it must be
        most[row] = max(float(worst.sum()) - side, 0.0)
    return most


def _owners(formulation: Formulation) -> Ints:
    """[take columns] a number for the partnership and the node of an arc."""
    portfolio = formulation.portfolio
    count = len(portfolio.partnerships)
    owners, node = [], 0
    for year, arcs in enumerate(portfolio.years):
        for _ in range(portfolio.tree.nodes.count[year]):
            owners.append(node * count + arcs.partnership)
            node += 1
    return np.concatenate(owners)
