"""The scenarios of an instance, its years, and the tree of what has been learned at each point of decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from .exact import exact, square_root

ONE = Fraction(1)


@dataclass(frozen=True)
class Node:
    """A year together with the scenarios (by position) that cannot yet be told apart when it is decided."""

    year: int
    scenarios: tuple[int, ...]


@dataclass(frozen=True)
class Futures:
    """What may happen, and when plans may react to it."""

    first_year: int
    years: int
    names: tuple[str, ...]
    probabilities: tuple[Fraction, ...]
    levels: tuple[Mapping[str, tuple[Fraction, ...]], ...]
    reviews: frozenset[int]
    discount_rate: Fraction
    cash_timing: str

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The tree, each node straight before its subtree; node 0 is the root."""
        found: list[Node] = []

        def visit(node: Node) -> None:
            found.append(node)
            for child in self._children(node):
                visit(child)

        visit(Node(0, tuple(range(len(self.names)))))
        return tuple(found)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """The positions in `nodes` of each node's children."""
        position = {node: number for number, node in enumerate(self.nodes)}
        return tuple(tuple(position[child] for child in self._children(node)) for node in self.nodes)

    @cached_property
    def path(self) -> tuple[tuple[int, ...], ...]:
        """path[scenario][year]: the position in `nodes` of the node that the scenario passes in that year."""
        where = {(w, node.year): number for number, node in enumerate(self.nodes) for w in node.scenarios}
        return tuple(tuple(where[w, y] for y in range(self.years)) for w in range(len(self.names)))

    @cached_property
    def discounts(self) -> tuple[Fraction, ...]:
        """(1+r)^-(y+o) by year. Mid-year factors are irrational: a 60-decimal root stands for (1+r)^-1/2."""
        growth = 1 + self.discount_rate
        offset = {"start": ONE, "mid": square_root(1 / growth), "end": 1 / growth}[self.cash_timing]
        return tuple(offset / growth**year for year in range(self.years))

    @cached_property
    def terminal_discount(self) -> Fraction:
        """(1+r)^-T, whatever the cash timing."""
        return 1 / (1 + self.discount_rate) ** self.years

    def factor(self, sensitivity: Mapping[str, Any], scenario: int, year: int) -> Fraction:
        """max(0, 1 + Σ_d β_d·(level_d − 1))."""
        moved = (exact(beta) * (self._level(scenario, driver, year) - 1) for driver, beta in sensitivity.items())
        return max(Fraction(0), ONE + sum(moved))

    def series(self, written: Any) -> tuple[Fraction, ...]:
        """A number for every year, or a list by calendar year."""
        if isinstance(written, list):
            assert len(written) == self.years
            return tuple(exact(number) for number in written)
        return (exact(written),) * self.years

    def _level(self, scenario: int, driver: str, year: int) -> Fraction:
        named = self.levels[scenario].get(driver)
        return ONE if named is None else named[year]

    def _known(self, scenario: int, year: int) -> tuple[object, ...]:
        """All that has been seen of a scenario when `year` is decided: the levels before the latest review."""
        review = max(reviewed for reviewed in self.reviews if reviewed <= year)
        drivers = sorted({driver for levels in self.levels for driver in levels})
        return tuple(self._level(scenario, driver, seen) for driver in drivers for seen in range(review))

    def _children(self, node: Node) -> list[Node]:
        if node.year + 1 == self.years:
            return []
        groups: dict[tuple[object, ...], list[int]] = {}
        for scenario in node.scenarios:
            groups.setdefault(self._known(scenario, node.year + 1), []).append(scenario)
        return [Node(node.year + 1, tuple(group)) for group in groups.values()]


def read_futures(instance: Mapping[str, Any]) -> Futures:
    """The futures of an instance; without scenarios one, in which every level is 1."""
    first_year, years = instance["horizon"]["first_year"], instance["horizon"]["years"]
    scenarios = instance.get("scenarios") or [{"name": "base", "probability": 1}]

    def levels(written: Any) -> tuple[Fraction, ...]:
        numbers = written if isinstance(written, list) else [written] * years
        assert len(numbers) == years
        return tuple(exact(number) for number in numbers)

    reviews = instance.get("review_years", range(first_year, first_year + years))
    return Futures(
        first_year=first_year,
        years=years,
        names=tuple(scenario["name"] for scenario in scenarios),
        probabilities=tuple(exact(scenario["probability"]) for scenario in scenarios),
        levels=tuple(
            {driver: levels(written) for driver, written in scenario.get("drivers", {}).items()}
            for scenario in scenarios
        ),
        reviews=frozenset({0, *(year - first_year for year in reviews)}),
        discount_rate=exact(instance["discount_rate"]),
        cash_timing=instance.get("cash_timing", "mid"),
    )
