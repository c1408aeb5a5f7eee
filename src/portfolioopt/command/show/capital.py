"""Capital by year: budget, carried over, recycled, drawn, left; expected over scenarios, and the least left in any."""

from collections.abc import Iterable
from fractions import Fraction

from rich.console import RenderableType
from rich.text import Text

from portfolioopt.audit.findings import LimitUse
from portfolioopt.command.show.figures import decimals_for, figure
from portfolioopt.command.show.layout import columns, heading, indented
from portfolioopt.command.show.lookup import Lookup
from portfolioopt.result.outline import CapitalOutline

COLUMNS = ("budget", "carried over", "recycled", "added", "drawn", "left")
ALWAYS = ("budget", "drawn", "left")


def capital(lookup: Lookup) -> Iterable[RenderableType]:
    """The account of the capital budget; nothing where there is no budget."""
    budget = lookup.outline.capital
    if budget is None:
        return
    uses = {(use.scenario, use.year): use for use in lookup.audit.limits if use.family == "capital"}
    account = {year: _expected(lookup, budget, uses, year) for year in lookup.outline.calendar}
    names = [name for name in COLUMNS if name in ALWAYS or any(row[name] for row in account.values())]
    several = len(lookup.probability) > 1
    remark = "expected; least left: in the worst scenario" if several else ""
    yield heading("Capital by year", remark)
    decimals = decimals_for(value for row in account.values() for value in row.values())
    table = columns("", *names, *(["least left"] if several else []), "")
    for year, row in account.items():
        least = min((use for use in uses.values() if use.year == year), key=lambda use: use.headroom, default=None)
        cells = [figure(row[name], decimals) if row[name] or name in ALWAYS else "-" for name in names]
        if several and least is not None:
            cells.append(figure(least.headroom, decimals))
        # a year without a budget binds in name only
        binds = least is not None and least.headroom <= 0 and (least.limit or least.use)
        table.add_row(str(year), *cells, Text("binds" if binds else "", style="yellow"))
    yield indented(table)


def _expected(
    lookup: Lookup, budget: CapitalOutline, uses: dict[tuple[str, int], LimitUse], year: int
) -> dict[str, Fraction]:
    """One year of the account, by the rule that the audit checks it with."""
    proceeds = lookup.money("proceeds")
    first = lookup.outline.first_year
    row = dict.fromkeys(COLUMNS, Fraction(0))
    for scenario, probability in lookup.probability.items():
        use = uses[scenario, year]
        before = uses.get((scenario, year - 1))
        returned = proceeds.get((scenario, year))
        amounts = {
            "budget": budget.budget[scenario][year - first],
            "carried over": Fraction(budget.carry_over) * _left(before),
            "recycled": Fraction(budget.recycle) * (Fraction(0) if returned is None else returned.amount),
            "added": use.excess,
            "drawn": use.use,
            "left": _left(use),
        }
        for name, amount in amounts.items():
            row[name] += probability * amount
    return row


def _left(use: LimitUse | None) -> Fraction:
    return Fraction(0) if use is None else max(Fraction(0), use.headroom)
