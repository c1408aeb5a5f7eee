"""A result as a workbook: the plan, the money by year and scenario, the limits; totals are formulas that reconcile.

Figures of years are the audit's. What follows from them (totals, present values, expectations, capital left, headroom)
is computed in the workbook again, beside the value that the audit found, and the first sheet compares the two.
"""

from pathlib import Path

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.exchange.results.account import Account
from portfolioopt.exchange.results.money import write_assumptions, write_expected, write_money, write_scenarios
from portfolioopt.exchange.results.plan import write_decisions, write_hiring, write_road_map
from portfolioopt.exchange.results.summary import Summary
from portfolioopt.exchange.results.use import write_capital, write_limits, write_partnerships
from portfolioopt.exchange.saving import new_file
from portfolioopt.exchange.workbook.writing import MOST_COLUMNS, MOST_ROWS, Formats
from portfolioopt.result import Result


def write_results(result: Result, path: Path) -> None:
    """Writes the workbook of a result, whole or not at all; one that is there is replaced.

    Raises `InvalidInput` where there is no plan, where it is beyond what a workbook holds, or cannot be written.
    """
    import xlsxwriter

    if result.audit is None or result.plan is None:
        message = f"the run holds no plan ({result.status}), so there is nothing to put into a workbook"
        raise InvalidInput([Fault((), message, "portfolioopt show tells why")])
    account = Account(result, result.audit, result.plan)
    _check_size(account, path)
    with new_file(path) as draft, xlsxwriter.Workbook(str(draft), {"in_memory": True}) as book:
        book.set_properties({"title": f"{account.outline.instance}: result", "comments": "Result of portfolioopt"})
        formats = Formats(book)
        summary = Summary(book, formats, account)
        write_decisions(book, formats, account)
        write_road_map(book, formats, account)
        money = write_money(book, formats, account)
        checks = [
            write_expected(book, formats, account, money),
            *write_scenarios(book, formats, account, money),
            *write_partnerships(book, formats, account, money),
            *write_capital(book, formats, account, money),
            *write_limits(book, formats, account),
        ]
        write_hiring(book, formats, account)
        write_assumptions(book, formats, account)
        summary.write(checks)


def _check_size(account: Account, path: Path) -> None:
    """Raises `InvalidInput` where the sheets would be larger than a workbook holds."""
    scenarios = len(account.scenarios)
    rows = max(
        scenarios * len(account.outline.partnerships),
        5 * len({(use.family, use.id, use.scenario) for use in account.audit.limits}),
    )
    if rows >= MOST_ROWS or scenarios + 5 > MOST_COLUMNS:
        message = f"{scenarios:,} scenarios are more than a workbook holds"
        raise InvalidInput([Fault((), message, "the tables of the run are CSV", file=str(path))])
