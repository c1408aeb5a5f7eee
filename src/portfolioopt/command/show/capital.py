"""Capital by year: budget, carried over, recycled, drawn, left; expected over scenarios, and the least left in any."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from portfolioopt.command.show.layout import columns, heading, indented
from portfolioopt.result.capital_account import ALWAYS, capital_account, entries
from portfolioopt.result.figures import decimals_for, figure
from portfolioopt.result.lookup import Lookup


def capital(lookup: Lookup) -> Iterable[RenderableType]:
    """The account of the capital budget; nothing where there is no budget."""
    account = capital_account(lookup)
    if not account:
        return
    names = entries(account)
    several = len(lookup.probability) > 1
    remark = "expected; least left: in the worst scenario" if several else ""
    yield heading("Capital by year", remark)
    decimals = decimals_for(value for row in account.values() for value in row.expected.values())
    table = columns("", *names, *(["least left"] if several else []), "")
    for year, row in account.items():
        amounts = row.expected
        cells = [figure(amounts[name], decimals) if amounts[name] or name in ALWAYS else "-" for name in names]
        if several:
            cells.append(figure(row.tightest.headroom, decimals))
        table.add_row(str(year), *cells, Text("binds" if row.binds else "", style="yellow"))
    yield indented(table)
