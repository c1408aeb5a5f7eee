"""A result as a workbook: the plan, the money by year and scenario, the limits; totals are formulas that reconcile.

Figures of years are the audit's. What follows from them (totals, present values, expectations, capital left, headroom)
is computed in the workbook again, beside the value that the audit found, and the first sheet compares the two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from portfolioopt.audit.findings import MONEY_LINES, Audit
from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.plan import Plan
from portfolioopt.result import Outline, Result

TERMINAL = "terminal"
OF_PARTNERSHIPS = ("benefit", "cost", "breakdown", "capital", "proceeds", TERMINAL)
OF_THE_PORTFOLIO = tuple(line for line in MONEY_LINES if line not in OF_PARTNERSHIPS)
"""Money that no single partnership earns."""


@dataclass(frozen=True)
class Account:
    """A result that holds a plan, looked up by scenario, line and year."""

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
        return tuple(future.name for future in self.outline.scenarios)

    @cached_property
    def probability(self) -> dict[str, Fraction]:
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
        """The lines of money that are not nought everywhere."""
        present = {one.line for one in self.audit.money}
        return tuple(line for line in MONEY_LINES if line in present)

    def expected(self, value: Callable[[str], Fraction]) -> Fraction:
        """Mean by probability of a value by scenario."""
        return sum((self.probability[name] * value(name) for name in self.scenarios), Fraction(0))

    @cached_property
    def offset(self) -> Fraction:
        """When in its year money flows, told from its discounts: 0, 1/2 or 1."""
        yearly = 1 / (1 + Fraction(self.outline.discount_rate))
        for one in self.audit.money:
            if one.line != TERMINAL and one.amount and yearly != 1:
                discount = one.discounted / one.amount
                year = one.year - self.outline.first_year
                return Fraction(0) if discount == yearly**year else Fraction(1 if discount == yearly ** (year + 1) else 0.5)
        return Fraction(0)

    @cached_property
    def risk_weight(self) -> Fraction:
        """The weight of the measure of risk, told from the objective."""
        audit = self.audit
        if audit.risk is None or audit.risk == audit.expected_npv:
            return Fraction(0)
        neutral = audit.expected_npv - audit.penalties - audit.changes
        return (audit.objective - neutral) / (audit.risk - audit.expected_npv)


def write_results(result: Result, path: Path) -> None:
    """Writes the workbook of a result, whole or not at all; one that is there is replaced.

    Raises `InvalidInput` where there is no plan, or where it cannot be written.
    """
    import xlsxwriter

    from portfolioopt.exchange import results_sheets as sheets
    from portfolioopt.exchange.saving import new_file
    from portfolioopt.exchange.workbook_writing import Formats

    if result.audit is None or result.plan is None:
        message = f"the run holds no plan ({result.status}), so there is nothing to put into a workbook"
        raise InvalidInput([Fault((), message, "portfolioopt show tells why")])
    account = Account(result, result.audit, result.plan)
    with new_file(path) as draft, xlsxwriter.Workbook(str(draft), {"in_memory": True}) as book:
        book.set_properties({"title": f"{account.outline.instance}: result", "comments": "Result of portfolioopt"})
        formats = Formats(book)
        summary = sheets.Summary(book, formats, account)
        sheets.write_decisions(book, formats, account)
        sheets.write_road_map(book, formats, account)
        discount = sheets.write_discounts(book, formats, account)
        money = sheets.write_money(book, formats, account, discount)
        sheets.write_expected(book, formats, account, money, discount)
        checks = [
            sheets.write_scenarios(book, formats, account, money),
            *sheets.write_partnerships(book, formats, account, money),
            *sheets.write_capital(book, formats, account, money),
            *sheets.write_limits(book, formats, account, discount),
        ]
        sheets.write_hiring(book, formats, account)
        summary.write(checks)
