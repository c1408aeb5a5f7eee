"""The money of a result by line, scenario and year, and what follows from it, computed in the workbook."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portfolioopt.exchange.results.account import TERMINAL, Account, Check
from portfolioopt.exchange.results.page import Number, ResultPage, across, at, down, shape_of

ZERO = Fraction(0)
ASSUMPTIONS, MONEY, SCENARIOS = "Assumptions", "Money", "Scenarios"
RATE, OFFSET, YEARS, CARRY_OVER, RECYCLE = range(5)
"""Rows of the assumptions."""
CALENDAR, FACTORS, AT_THE_END = 6, 7, 8
FIRST_YEAR = 4
"""Column of the first year in Money."""


def assumption(row: int) -> str:
    """An assumption as formulas name it."""
    return at(row, 1, sheet=ASSUMPTIONS)


def factors(account: Account) -> str:
    """The discount factors of all years as formulas name them."""
    return across(FACTORS, 1, len(account.calendar), sheet=ASSUMPTIONS)


def write_assumptions(book: Any, formats: Any, account: Account) -> None:
    """Rates and discount factors; changing them here changes what follows, not the plan."""
    page = ResultPage(book, formats, ASSUMPTIONS, "#5B6770")
    page.page.set_column(0, 0, 34)
    page.page.set_column(1, len(account.calendar), 10)
    capital = account.outline.capital
    rows: list[tuple[int, str, Number]] = [
        (RATE, "discount rate a year", Fraction(account.outline.discount_rate)),
        (OFFSET, "money flows in its year at (0 start, 1 end)", account.offset),
        (YEARS, "years", len(account.calendar)),
        (CARRY_OVER, "share of unspent capital carried over", Fraction(capital.carry_over) if capital else ZERO),
        (RECYCLE, "share of proceeds spent again", Fraction(capital.recycle) if capital else ZERO),
    ]
    for row, said, value in rows:
        page.text(row, 0, said)
        page.number(row, 1, value, "General", bold=True)
    page.text(CALENDAR, 0, "year", bold=True)
    page.text(FACTORS, 0, "discount factor")
    page.text(AT_THE_END, 0, "discount factor at the end of the horizon")
    growth = 1 + float(account.outline.discount_rate)
    for column, year in enumerate(account.calendar, start=1):
        page.number(CALENDAR, column, year, "0", bold=True)
        since = f"{at(CALENDAR, column)}-{at(CALENDAR, 1)}+{at(OFFSET, 1)}"
        value = account.discount(column - 1)
        page.formula(FACTORS, column, f"1/(1+{at(RATE, 1)})^({since})", value, "0.0000")
    page.formula(AT_THE_END, 1, f"1/(1+{at(RATE, 1)})^{at(YEARS, 1)}", growth ** -len(account.calendar), "0.0000")
    page.page.freeze_panes(0, 1)


@dataclass(frozen=True, slots=True)
class Book:
    """Where the money stands, for the formulas of other sheets."""

    rows: int
    years: int

    def column(self, column: int) -> str:
        """A column of all its rows."""
        return down(column, 1, self.rows, sheet=MONEY)

    def year(self, number: int) -> str:
        """A year of all its rows, counted from 0."""
        return self.column(FIRST_YEAR + number)

    @property
    def present(self) -> str:
        """The present values of all its rows."""
        return self.column(FIRST_YEAR + self.years + 1)

    def of(self, cells: str, scenario: str, line: str = "") -> str:
        """The sum of such cells for a scenario (a cell with its number), and for one line of money."""
        asked = f"{self.column(0)},{scenario}"
        return f"SUMIFS({cells},{asked}" + (f',{self.column(3)},"{line}")' if line else ")")


def write_money(book: Any, formats: Any, account: Account) -> Book:
    """Every line of money by scenario and year as audited; totals and present values are formulas."""
    page = ResultPage(book, formats, MONEY)
    years = len(account.calendar)
    titles = ("no.", "scenario", "probability", "line", *account.calendar, "total", "present value")
    page.header(titles, (6, 18, 12, 14, *(11 for _ in account.calendar), 12, 14), FIRST_YEAR)
    shape = shape_of(account.amounts.values())
    row = 0
    for number, scenario in enumerate(account.scenarios, start=1):
        for line in account.lines:
            row += 1
            page.number(row, 0, number, "0")
            page.text(row, 1, scenario)
            page.number(row, 2, account.probability[scenario], "0.####")
            page.text(row, 3, line)
            own = [account.amounts.get((scenario, line, year), ZERO) for year in account.calendar]
            for column, amount in enumerate(own, start=FIRST_YEAR):
                page.number(row, column, amount, shape)
            cells = f"{at(row, FIRST_YEAR, fixed=False)}:{at(row, FIRST_YEAR + years - 1, fixed=False)}"
            page.formula(row, FIRST_YEAR + years, f"SUM({cells})", sum(own, ZERO), shape)
            total = at(row, FIRST_YEAR + years, fixed=False)
            ends = at(AT_THE_END, 1, sheet=ASSUMPTIONS)
            worth = f"{total}*{ends}" if line == TERMINAL else f"SUMPRODUCT({cells},{factors(account)})"
            present = account.present.get((scenario, line), ZERO)
            page.formula(row, FIRST_YEAR + years + 1, worth, present, shape)
    page.filter(row, len(titles))
    return Book(row, years)


def write_expected(book: Any, formats: Any, account: Account, money: Book) -> Check:
    """The same, weighed by probability, and how it adds up over the years."""
    page = ResultPage(book, formats, "ExpectedMoney")
    years = len(account.calendar)
    titles = ("line", *account.calendar, "total", "present value")
    page.header(titles, (20, *(11 for _ in account.calendar), 12, 14), 1)
    shape = shape_of(account.amounts.values())
    sums = [ZERO] * (years + 2)
    for row, line in enumerate(account.lines, start=1):
        page.text(row, 0, line)
        own = [
            account.expected(lambda name, line=line, year=year: account.amounts.get((name, line, year), ZERO))  # type: ignore[misc]
            for year in account.calendar
        ]
        present = account.expected(lambda name, line=line: account.present.get((name, line), ZERO))  # type: ignore[misc]
        own += [sum(own, ZERO), present]
        for column, value in enumerate(own, start=1):
            cells = money.column(FIRST_YEAR + column - 1)
            formula = f"SUMPRODUCT(({money.column(3)}={at(row, 0)})*{money.column(2)}*{cells})"
            page.formula(row, column, formula, value, shape)
            sums[column - 1] += value
    last = len(account.lines)
    page.text(last + 1, 0, "money of the year", bold=True)
    page.text(last + 2, 0, "up to the year", bold=True)
    running = ZERO
    for column, value in enumerate(sums, start=1):
        page.formula(last + 1, column, f"SUM({down(column, 1, last)})", value, shape, bold=True)
        if column <= years:
            running += value
            before = f"{at(last + 2, column - 1)}+" if column > 1 else ""
            page.formula(last + 2, column, f"{before}{at(last + 1, column)}", running, shape, bold=True)
    cell = at(last + 1, years + 2, sheet=page.name)
    return Check("expected NPV, line by line", account.audit.expected_npv, cell)


def write_scenarios(book: Any, formats: Any, account: Account, money: Book) -> list[Check]:
    """What the plan is worth in each future, as audited and from the money, and against doing nothing."""
    page = ResultPage(book, formats, SCENARIOS)
    titles = (
        "no.",
        "scenario",
        "probability",
        "NPV (audited)",
        "NPV from Money",
        "difference",
        "doing nothing",
        "gain",
    )
    page.header(titles, (6, 24, 12, 16, 16, 12, 16, 14), 2)
    audit, nothing = account.audit, account.result.do_nothing
    shape = shape_of(audit.npv.values())
    for row, name in enumerate(account.scenarios, start=1):
        page.number(row, 0, row, "0")
        page.text(row, 1, name)
        page.number(row, 2, account.probability[name], "0.####")
        page.number(row, 3, audit.npv[name], shape)
        page.formula(row, 4, money.of(money.present, at(row, 0)), audit.npv[name], shape)
        page.formula(row, 5, f"{at(row, 4)}-{at(row, 3)}", 0, "0.00;-0.00;-")
        if nothing is not None:
            page.number(row, 6, nothing.npv[name], shape)
            page.formula(row, 7, f"{at(row, 4)}-{at(row, 6)}", audit.npv[name] - nothing.npv[name], shape)
    last = len(account.scenarios)
    weights = down(2, 1, last)
    page.text(last + 1, 1, "expected", bold=True)
    page.formula(last + 1, 2, f"SUM({weights})", 1, "0.####", bold=True)
    columns = [(3, audit.expected_npv), (4, audit.expected_npv)]
    if nothing is not None:
        columns += [(6, nothing.expected_npv), (7, audit.expected_npv - nothing.expected_npv)]
    for column, value in columns:
        page.formula(last + 1, column, f"SUMPRODUCT({weights},{down(column, 1, last)})", value, shape, bold=True)
    total = sum(audit.npv.values(), ZERO)
    return [
        Check("expected NPV, scenario by scenario", audit.expected_npv, at(last + 1, 4, sheet=SCENARIOS)),
        Check("NPV of all scenarios together", total, f"SUM({down(4, 1, last, sheet=SCENARIOS)})"),
    ]
