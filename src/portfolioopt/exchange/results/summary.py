"""The first sheet of a workbook of results: what the plan is worth, how sure that is, and whether all sums agree."""

from collections.abc import Sequence
from typing import Any

from portfolioopt.exchange.results.account import Account, Check
from portfolioopt.exchange.results.page import Number, ResultPage, at, shape_of

SUMMARY = "Summary"
CLOSE = "1E-6"
"""Relative difference up to which two sums agree: a workbook computes with 15 digits."""
SHEETS = (
    ("Decisions", "What to decide, when, and in which scenarios."),
    ("RoadMap", "The state of each partnership by year and scenario."),
    ("Money", "Every line of money by scenario and year."),
    ("ExpectedMoney", "The same, weighed by probability."),
    ("Scenarios", "What the plan is worth in each future, and against doing nothing."),
    ("Partnerships", "What each partnership earns itself."),
    ("Capital", "Budget, carried over, recycled, drawn and left."),
    ("Limits", "What is used of each limit; headroom 0 binds."),
    ("Hiring", "Engineers hired."),
    ("Assumptions", "Rates and discount factors: change them to see what the same plan would be worth."),
)


class Summary:
    """Made first, so that it stands first; written last, when it is known what can be compared."""

    def __init__(self, book: Any, formats: Any, account: Account) -> None:
        self._page = ResultPage(book, formats, SUMMARY, "#333333")
        self._account = account
        self._book = book
        self._formats = formats
        self._objective = ""

    def write(self, checks: Sequence[Check]) -> None:
        """Writes the sheet; the first check is of the expected NPV, one of them of penalties."""
        page, account = self._page, self._account
        page.page.hide_gridlines(2)
        for column, width in enumerate((46, 20, 20, 14, 10)):
            page.page.set_column(column, column, width)
        page.text(0, 0, account.outline.instance, bold=True, font_size=16)
        page.text(1, 0, f"model {account.outline.model}; money in {account.outline.currency}", font_color="#555555")
        row = self._facts(3)
        row = self._value(row + 1, checks)
        row = self._agreement(row + 1, checks)
        self._sheets(row + 1)

    def _facts(self, row: int) -> int:
        result = self._account.result
        outline = self._account.outline
        horizon = f"{outline.first_year} to {outline.first_year + outline.years - 1}"
        said = [("status", f"{result.status} ({result.stop_reason})"), ("horizon", horizon)]
        said.append(("verified", result.verification.said if result.verified else "no"))
        said.append(("decisions", str(len({(d.partnership, d.action, d.year) for d in self._account.plan.decisions}))))
        for name, text in said:
            self._page.text(row, 0, name)
            self._page.text(row, 1, text)
            row += 1
        return row

    def _value(self, row: int, checks: Sequence[Check]) -> int:
        """The objective, put together from its parts."""
        account, audit = self._account, self._account.audit
        shape = shape_of([audit.objective, audit.expected_npv])
        self._page.text(row, 0, "Value", bold=True, bottom=1)
        penalties = next((check.formula for check in checks if "penalties" in check.figure), "0")
        places: dict[str, int] = {}

        def line(name: str, value: Number, formula: str = "", note: str = "", **shown: Any) -> None:
            nonlocal row
            row += 1
            places[name] = row
            self._page.text(row, 0, name, **shown)
            if formula:
                self._page.formula(row, 1, formula, value, shape, **shown)
            else:
                self._page.number(row, 1, value, shape, **shown)
            self._page.text(row, 2, note, font_color="#777777")

        line("expected NPV", audit.expected_npv, checks[0].formula)
        line("penalties of soft limits", audit.penalties, penalties)
        line("price of changes", audit.changes, note="undiscounted, as audited" if audit.changes else "")
        expected, less, changes = (
            at(places[name], 1) for name in ("expected NPV", "penalties of soft limits", "price of changes")
        )
        whole = f"{expected}-{less}-{changes}"
        if audit.risk is not None:
            line("measure of the bad cases", audit.risk, note=account.outline.risk)
            line("its weight", account.risk_weight)
            whole += f"+{at(places['its weight'], 1)}*({at(places['measure of the bad cases'], 1)}-{expected})"
        line("objective", audit.objective, whole, bold=True)
        nothing = account.result.do_nothing
        if nothing is not None:
            line("doing nothing", nothing.objective)
            gain = f"{at(places['objective'], 1)}-{at(places['doing nothing'], 1)}"
            line("gain over doing nothing", audit.objective - nothing.objective, gain, bold=True)
        if account.result.bound is not None:
            line("no plan is worth more than", account.result.bound)
        self._objective = at(places["objective"], 1)
        return row

    def _agreement(self, row: int, checks: Sequence[Check]) -> int:
        """Each figure as audited and as this workbook computes it."""
        row += 1
        for column, title in enumerate(("Do the sums agree?", "audited", "in this workbook", "difference", "agrees")):
            self._page.text(row, column, title, bold=True, bottom=1)
        first = row + 1
        every = [*checks, Check("objective", self._account.audit.objective, self._objective)]
        for check in every:
            row += 1
            shape = shape_of([check.audited])
            self._page.text(row, 0, check.figure)
            self._page.number(row, 1, check.audited, shape)
            self._page.formula(row, 2, check.formula, check.audited, shape)
            self._page.formula(row, 3, f"{at(row, 2)}-{at(row, 1)}", 0, "0.000000;-0.000000;0")
            near = f"ABS({at(row, 3)})<={CLOSE}*MAX(1,ABS({at(row, 1)}))"
            self._page.formula(row, 4, f'IF({near},"yes","no")', "yes")
        wrong = self._book.add_format({"bg_color": "#F6C9C0", "bold": True})
        rule = {"type": "cell", "criteria": "==", "value": '"no"', "format": wrong}
        self._page.page.conditional_format(first, 4, row, 4, rule)
        return row

    def _sheets(self, row: int) -> None:
        written = {sheet.get_name() for sheet in self._book.worksheets()}
        link = self._formats.of(font_color="#1F5A8A", underline=1)
        row += 1
        self._page.text(row, 0, "Sheets", bold=True, bottom=1)
        for name, about in SHEETS:
            if name in written:
                row += 1
                self._page.page.write_url(row, 0, f"internal:{name}!A1", link, name)
                self._page.text(row, 1, about)
        self._page.text(row + 2, 0, "Green cells are formulas. The plan itself does not change with them.", italic=True)
