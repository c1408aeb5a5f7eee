"""Value and limits that couple partnerships, each family a function from the instance to entries in the tally."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

from .exact import ExactArray, exact, total
from .futures import Node
from .lives import Partnership, Step
from .portfolios import Portfolios
from .tally import Tally

Instance = Mapping[str, Any]


def capital(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """left(y) = budget(y) + carry_over·left(y−1) + recycle·proceeds(y) − Σ capital(y) ≥ 0 in every scenario.

    Where the limit is soft, money is added in the year in which it is missing and no earlier.
    """
    if "capital" not in instance:
        return
    written, futures = instance["capital"], portfolios.futures
    budget = futures.series(written["budget"])
    carry_over, recycle = exact(written.get("carry_over", 0)), exact(written.get("recycle", 0))
    sensitivity = written.get("sensitivity", {}).get("budget", {})
    for scenario, path in enumerate(futures.path):
        left = ExactArray.constant(Fraction(0), portfolios.dimensions)
        for year, node in enumerate(path):
            available = budget[year] * futures.factor(sensitivity, scenario, year)
            change = portfolios.total(node, partial(_net_funding, scenario=scenario, year=year, recycle=recycle))
            before = left.times(carry_over).plus(available) + change
            missing = before.times(Fraction(-1))
            tally.limit("capital", "capital", year, [scenario], missing)
            left = before.positive_part()


def _net_funding(partnership: Partnership, step: Step, scenario: int, year: int, recycle: Fraction) -> Fraction:
    proceeds = partnership.driven(step, "proceeds", scenario, year)
    return recycle * proceeds - partnership.driven(step, "capital", scenario, year)


def skills(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """Σ effort ≤ capacity + hired, 0 ≤ hired ≤ at_most; what is hired is paid."""
    for skill, written in instance.get("skills", {}).items():
        capacity = portfolios.futures.series(written["capacity"])
        for number, node in _nodes(portfolios):
            missing = _flow(portfolios, number, "effort", skill).plus(-capacity[node.year])
            if "hire" in written:
                hired = _hired(written["hire"], portfolios, node.year, missing, tally.price("skills", skill))
                cost = portfolios.futures.series(written["hire"]["cost"])[node.year]
                tally.earn(node.year, node.scenarios, hired.times(-cost))
                missing -= hired
            tally.limit("skills", skill, node.year, node.scenarios, missing)


def _hired(
    hire: Mapping[str, Any], portfolios: Portfolios, year: int, missing: ExactArray, price: Fraction | None
) -> ExactArray:
    """As many as are missing and allowed; none where exceeding a soft limit is cheaper than hiring."""
    if price is not None and price < portfolios.futures.series(hire["cost"])[year]:
        return ExactArray.constant(Fraction(0), portfolios.dimensions)
    return missing.positive_part().smaller_of(portfolios.futures.series(hire["at_most"])[year])


def exposures(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """Σ tag ≤ at_most, or Σ tag ≤ at_most_share · Σ of."""
    for written in instance.get("exposures", []):
        for number, node in _nodes(portfolios):
            excess = _flow(portfolios, number, "exposure", written["tag"])
            if "at_most" in written:
                excess = excess.plus(-portfolios.futures.series(written["at_most"])[node.year])
            else:
                share = portfolios.futures.series(written["at_most_share"])[node.year]
                whole = [_flow(portfolios, number, "exposure", tag) for tag in written["of"]]
                excess -= total(whole, portfolios.dimensions).times(share)
            tally.limit("exposures", written["id"], node.year, node.scenarios, excess)


def requirements(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """Σ provided ≥ at_least; with a shortfall_cost what is missing is paid for instead."""
    for written in instance.get("requirements", []):
        at_least = portfolios.futures.series(written["at_least"])
        for number, node in _nodes(portfolios):
            provided = _flow(portfolios, number, "provides", written["capability"])
            missing = provided.times(Fraction(-1)).plus(at_least[node.year])
            if "shortfall_cost" in written:
                cost = portfolios.futures.series(written["shortfall_cost"])[node.year]
                tally.earn(node.year, node.scenarios, missing.positive_part().times(-cost))
            else:
                tally.limit("requirements", written["id"], node.year, node.scenarios, missing)


def pools(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """The benefit of the total provided, read from the curve; beyond its last point the last value."""
    for written in instance.get("pools", []):
        benefit = _curve(written["curve"], goes_on=False)
        for number, node in _nodes(portfolios):
            provided = _flow(portfolios, number, "provides", written["capability"])
            tally.earn(node.year, node.scenarios, provided.mapped(benefit))


def coordination(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """The cost of the total of interfaces, read from the curve; beyond its last point along its last slope."""
    if "coordination" not in instance:
        return
    cost = _curve(instance["coordination"]["curve"], goes_on=True)
    for number, node in _nodes(portfolios):
        interfaces = portfolios.total(number, lambda partnership, step: partnership.flow(step, "interfaces"))
        tally.earn(node.year, node.scenarios, interfaces.mapped(cost).times(Fraction(-1)))


def activity(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """at_least ≤ number of selected partnerships active at once ≤ at_most."""
    for written in instance.get("activity", []):
        count = partial(_active, selector=written)
        for number, node in _nodes(portfolios):
            active = portfolios.total(number, count)
            for key, sign in (("at_most", 1), ("at_least", -1)):
                if key in written:
                    bound = portfolios.futures.series(written[key])[node.year]
                    excess = active.plus(-bound).times(Fraction(sign))
                    tally.limit("activity", written["id"], node.year, node.scenarios, excess)


def _active(partnership: Partnership, step: Step, selector: Mapping[str, Any]) -> Fraction:
    described = partnership.written
    selected = (
        ("ids" not in selector or partnership.id in selector["ids"])
        and ("domains" not in selector or described["domain"] in selector["domains"])
        and ("types" not in selector or described["type"] in selector["types"])
        and ("partners" not in selector or bool({*selector["partners"]} & {*described.get("partners", [])}))
    )
    return Fraction(selected and partnership.is_active(step))


def moves(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """at_least ≤ number of decisions counted ≤ at_most in each year, or over the years of each scenario."""
    futures = portfolios.futures
    for written in instance.get("moves", []):
        count = partial(_decided, written=written)
        first, last = written.get("years", [0, 9999])
        years = [year for year in range(futures.years) if first <= instance["horizon"]["first_year"] + year <= last]
        for key, sign in (("at_most", 1), ("at_least", -1)):
            if key not in written:
                continue
            if written.get("total", False):
                for scenario, path in enumerate(futures.path):
                    taken = total([portfolios.total(path[year], count) for year in years], portfolios.dimensions)
                    excess = taken.plus(-exact(written[key])).times(Fraction(sign))
                    tally.limit("moves", written["id"], futures.years - 1, [scenario], excess)
            else:
                bound = futures.series(written[key])
                for number, node in _nodes(portfolios):
                    if node.year in years:
                        excess = portfolios.total(number, count).plus(-bound[node.year]).times(Fraction(sign))
                        tally.limit("moves", written["id"], node.year, node.scenarios, excess)


def _decided(partnership: Partnership, step: Step, written: Instance) -> Fraction:
    return Fraction(
        step.decided is not None
        and partnership.kind(step.decided) in written.get("kinds", [partnership.kind(step.decided)])
        and partnership.id in written.get("ids", [partnership.id])
        and step.decided in written.get("actions", [step.decided])
    )


def links(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """requires and excludes hold, and a synergy pays, year by year."""
    for written in instance.get("links", []):
        for number, node in _nodes(portfolios):
            if written["kind"] == "synergy":
                together = [portfolios.occupancy(member, number).numerators for member in written["members"]]
                both = together[0]
                for one in together[1:]:
                    both = both * one
                benefit = portfolios.futures.series(written["benefit"])[node.year]
                tally.earn(node.year, node.scenarios, ExactArray(both).times(benefit))
                continue
            if written["kind"] == "requires":
                excess = portfolios.occupancy(written["when"], number) - portfolios.occupancy(written["needs"], number)
            else:
                held = [portfolios.occupancy(member, number) for member in written["members"]]
                excess = total(held, portfolios.dimensions).plus(-exact(written.get("at_most", 1)))
            tally.limit("links", written["id"], node.year, node.scenarios, excess)


def rules(instance: Instance, portfolios: Portfolios, tally: Tally) -> None:
    """A partnership is always, or never, in the listed states in the given years."""
    for written in instance.get("rules", []):
        for number, node in _nodes(portfolios):
            calendar = portfolios.futures.first_year + node.year
            first, last = written.get("years", (calendar, calendar))
            if first <= calendar <= last:
                held = portfolios.occupancy(written, number)
                excess = held if written["must"] == "never" else held.times(Fraction(-1)).plus(Fraction(1))
                tally.limit("rules", written["id"], node.year, node.scenarios, excess)


FAMILIES: tuple[Callable[[Instance, Portfolios, Tally], None], ...] = (
    capital,
    skills,
    exposures,
    requirements,
    pools,
    coordination,
    activity,
    moves,
    links,
    rules,
)


def _nodes(portfolios: Portfolios) -> Iterator[tuple[int, Node]]:
    return enumerate(portfolios.futures.nodes)


def _flow(portfolios: Portfolios, node: int, key: str, name: str) -> ExactArray:
    return portfolios.total(node, lambda partnership, step: partnership.flow(step, key, name))


def _curve(written: list[list[Any]], *, goes_on: bool) -> Callable[[Fraction], Fraction]:
    """The piecewise linear function through the points; past the last one it goes on, or stays at its value."""
    points = [(exact(x), exact(y)) for x, y in written]

    def value(at: Fraction) -> Fraction:
        for (x0, y0), (x1, y1) in pairwise(points):
            if at <= x1 or (goes_on and x1 == points[-1][0]):
                return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
        return points[-1][1]

    return value
