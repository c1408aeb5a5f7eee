"""Conditions beside the limits: what a study asks of the plans that it looks for.

    Condition    at_least ≤ Σ_d weight(d) ≤ at_most     over the decisions d (partnership, action, year, scenario)
    AtLevel      the plan reaches a level (of worth, capital, an exposure, a requirement), or lies on its cautious side

A decision in a scenario is one arc at the node that holds it, so a condition on decisions is one row of the
formulation, and what a plan comes to is counted exactly from its decisions. A level is bounded by rows of its own
(`formulation.levels`), and what a plan reaches is the audit's word.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import INFINITY, Row
from portfolioopt.formulation.levels import held as held_at
from portfolioopt.language.levels import Level, direction
from portfolioopt.plan import Decision, Plan
from portfolioopt.solution.cuts import Breach

CONDITION = "condition"
"""The family that rows of conditions are labelled with."""
Held = tuple[str, int, str, str]
"""Scenario, calendar year, partnership, action."""
ZERO = Fraction(0)


class Weigh(Protocol):
    """What each decision counts; instances must be frozen and comparable, so that conditions can be compared."""

    def __call__(self, scenario: str, year: int, partnership: str, action: str) -> Fraction: ...


@dataclass(frozen=True)
class Condition:
    """A count of decisions, and between what it must lie."""

    name: str
    weigh: Weigh
    at_most: Fraction | None = None
    at_least: Fraction | None = None

    def count(self, plan: Plan) -> Fraction:
        """What the plan comes to."""
        return sum((self.weigh(*held(decision)) for decision in plan.decisions), ZERO)

    def breaches(self, plan: Plan, scenario: str) -> list[Breach]:
        """The sides that the plan does not keep; `scenario` is any one of the tree."""
        count = self.count(plan)
        return [
            Breach(CONDITION, name, scenario, 0) for name, side, sign in self._sides() if sign * count > sign * side
        ]

    def rows(self, formulation: Formulation) -> list[Row]:
        """The condition as rows, one for each side."""
        columns, values = self._coefficients(formulation)
        return [
            Row(
                CONDITION,
                name,
                0,
                0,
                columns,
                values,
                lower=-INFINITY if sign > 0 else float(side),
                upper=float(side) if sign > 0 else INFINITY,
            )
            for name, side, sign in self._sides()
        ]

    def implies(self, other: "Condition | AtLevel") -> bool:
        """Whether every plan that keeps this condition keeps the other one."""
        if not isinstance(other, Condition):
            return False
        above = other.at_most is None or (self.at_most is not None and self.at_most <= other.at_most)
        below = other.at_least is None or (self.at_least is not None and self.at_least >= other.at_least)
        return self.weigh == other.weigh and above and below

    def applied(self, formulation: Formulation) -> Formulation:
        """The formulation of the plans that keep the condition."""
        return formulation.with_rows(self.rows(formulation))

    def _sides(self) -> list[tuple[str, Fraction, int]]:
        sides = [("at most", self.at_most, 1), ("at least", self.at_least, -1)]
        return [(f"{self.name}, {word}", side, sign) for word, side, sign in sides if side is not None]

    def _coefficients(self, formulation: Formulation) -> tuple[np.ndarray, np.ndarray]:
        """Take columns that count, and what they count."""
        portfolio = formulation.portfolio
        tree = portfolio.tree
        first_year = portfolio.instance.horizon.first_year
        columns, values = [], []
        for year, arcs in enumerate(portfolio.years):
            deciding = np.flatnonzero(arcs.decided >= 0)
            numbers, which = np.unique(arcs.decided[deciding], return_inverse=True)
            names = [(portfolio.partnerships[owner].id, action.id) for owner, action in portfolio.actions]
            for node in range(tree.nodes.count[year]):
                members = [tree.scenarios[w] for w in tree.nodes.members(year, node).tolist()]
                weights = np.array(
                    [
                        float(sum((self.weigh(w, first_year + year, *names[number]) for w in members), ZERO))
                        for number in numbers.tolist()
                    ]
                )
                by_arc = weights[which]
                counted = np.flatnonzero(by_arc)
                start = formulation.take_start[year] + node * arcs.size
                columns.append(start + deciding[counted])
                values.append(by_arc[counted])
        return np.concatenate(columns), np.concatenate(values)


@dataclass(frozen=True)
class AtLevel:
    """A level that the plan must reach (more of it: worth, cover) or must not exceed (outlay, exposure)."""

    name: str
    level: Level
    side: Fraction

    def keeps(self, reached: Fraction) -> bool:
        """Whether a plan that comes to so much keeps the condition."""
        return direction(self.level) * (reached - self.side) >= 0

    def breaches(self, reached: Fraction, scenario: str) -> list[Breach]:
        """What a plan that comes to so much does not keep: named otherwise than any row, as no row alone tells why."""
        return [] if self.keeps(reached) else [Breach(CONDITION, f"{self.name}, level", scenario, 0)]

    def implies(self, other: "Condition | AtLevel") -> bool:
        """Whether every plan that keeps this condition keeps the other one."""
        return isinstance(other, AtLevel) and self.level == other.level and other.keeps(self.side)

    def applied(self, formulation: Formulation) -> Formulation:
        """The formulation of the plans that keep the condition."""
        return held_at(formulation, self.name, self.level, float(self.side))


Reached = Callable[[Level], Fraction]
"""What a plan comes to in a level: the audit's word."""


def held(decision: Decision) -> Held:
    """A decision without its kind."""
    return decision.scenario, decision.year, decision.partnership, decision.action


@dataclass(frozen=True)
class Taken:
    """1 for every decision on one of these (partnership, action), in these scenarios and every year."""

    actions: frozenset[tuple[str, str]]
    scenarios: frozenset[str] | None = None
    """None: all."""

    def __call__(self, scenario: str, year: int, partnership: str, action: str) -> Fraction:  # noqa: ARG002
        here = self.scenarios is None or scenario in self.scenarios
        return Fraction(int(here and (partnership, action) in self.actions))


@dataclass(frozen=True)
class Differing:
    """By probability +1 for every decision that another plan does not hold, −1 for every one that it does.

    Σ weight + Σ_w π_w·|other(w)| is the expected number of decisions that one of the two plans holds and the other
    does not: what the model's `changes` are priced by.
    """

    other: frozenset[Held]
    probability: tuple[tuple[str, Fraction], ...]

    @staticmethod
    def of(other: Plan, probability: Iterable[tuple[str, Fraction]]) -> "Differing":
        """From a plan."""
        return Differing(frozenset(map(held, other.decisions)), tuple(probability))

    @property
    def constant(self) -> Fraction:
        """Σ_w π_w·|other(w)|."""
        chances = dict(self.probability)
        return sum((chances.get(scenario, ZERO) for scenario, *_ in self.other), ZERO)

    def __call__(self, scenario: str, year: int, partnership: str, action: str) -> Fraction:
        chance = dict(self.probability)[scenario]
        return -chance if (scenario, year, partnership, action) in self.other else chance


@dataclass(frozen=True)
class SameUntil:
    """Counts agreement with a plan in the first years: 1 for its decisions there, −1 for all others."""

    decided: frozenset[Held]
    last_year: int

    def __call__(self, scenario: str, year: int, partnership: str, action: str) -> Fraction:
        if year > self.last_year:
            return ZERO
        return Fraction(1 if (scenario, year, partnership, action) in self.decided else -1)
