"""A result that holds a plan, looked up as the sheets of a workbook need it."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from portfolioopt.audit.findings import MONEY_LINES, Audit
from portfolioopt.plan import Plan
from portfolioopt.result import Outline, Result

TERMINAL = "terminal"
OF_PARTNERSHIPS = ("benefit", "cost", "breakdown", "capital", "proceeds", TERMINAL)
OF_THE_PORTFOLIO = tuple(line for line in MONEY_LINES if line not in OF_PARTNERSHIPS)
"""Money that no single partnership earns."""


@dataclass(frozen=True, slots=True)
class Check:
    """A figure of the audit, and the formula by which the workbook comes to the same."""

    figure: str
    audited: Fraction
    formula: str


@dataclass(frozen=True)
class Account:
    """The plan, its audit, and its money by scenario, line and year."""

    result: Result
    audit: Audit
    plan: Plan

    @property
    def outline(self) -> Outline:
        return self.result.outline

    @property
    def calendar(self) -> range:
        return self.outline.calendar

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Names, in order."""
        return tuple(future.name for future in self.outline.scenarios)

    @cached_property
    def probability(self) -> dict[str, Fraction]:
        """By scenario."""
        return {future.name: Fraction(future.probability) for future in self.outline.scenarios}

    @cached_property
    def amounts(self) -> dict[tuple[str, str, int], Fraction]:
        """Undiscounted money by scenario, line and year."""
        return {(one.scenario, one.line, one.year): one.amount for one in self.audit.money}

    @cached_property
    def present(self) -> dict[tuple[str, str], Fraction]:
        """Discounted money by scenario and line."""
        found: dict[tuple[str, str], Fraction] = {}
        for one in self.audit.money:
            key = one.scenario, one.line
            found[key] = found.get(key, Fraction(0)) + one.discounted
        return found

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of money that are not nought everywhere; one at least."""
        present = {one.line for one in self.audit.money}
        return tuple(line for line in MONEY_LINES if line in present) or MONEY_LINES[:1]

    def expected(self, value: Callable[[str], Fraction]) -> Fraction:
        """Mean by probability of a value by scenario."""
        return sum((self.probability[name] * value(name) for name in self.scenarios), Fraction(0))

    @cached_property
    def offset(self) -> Fraction:
        """When in its year money flows, told from its discounts: 0, 1/2 or 1."""
        yearly = 1 / (1 + Fraction(self.outline.discount_rate))
        for one in self.audit.money:
            if one.line != TERMINAL and one.amount and yearly != 1:
                discount, year = one.discounted / one.amount, one.year - self.outline.first_year
                known = {yearly**year: Fraction(0), yearly ** (year + 1): Fraction(1)}
                return known.get(discount, Fraction(1, 2))
        return Fraction(0)

    def discount(self, year: int) -> float:
        """The factor of a year counted from 0."""
        return float((1 + float(self.outline.discount_rate)) ** -(year + float(self.offset)))

    @cached_property
    def risk_weight(self) -> Fraction:
        """The weight of the measure of risk, told from the objective."""
        audit = self.audit
        if audit.risk is None or audit.risk == audit.expected_npv:
            return Fraction(0)
        neutral = audit.expected_npv - audit.penalties - audit.changes
        return (audit.objective - neutral) / (audit.risk - audit.expected_npv)
