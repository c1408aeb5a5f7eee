"""What the plan is worth in each scenario, the best first, against doing nothing."""

from collections.abc import Iterable
from fractions import Fraction

from rich.console import RenderableType
from rich.text import Text

from portfolioopt.command.show.layout import columns, heading, indented, paragraph
from portfolioopt.result.figures import decimals_for, difference, figure, percent
from portfolioopt.result.lookup import Lookup

MOST_ROWS = 16


def scenarios(lookup: Lookup) -> Iterable[RenderableType]:
    """NPV by scenario; the middle of a long list is left out. Nothing where there is one scenario only."""
    npv = lookup.audit.npv
    if len(npv) < 2:
        return
    yield heading("Scenarios", "NPV, best first")
    today = None if lookup.result.do_nothing is None else lookup.result.do_nothing.npv
    order = sorted(npv, key=lambda name: -npv[name])
    hidden = len(order) - MOST_ROWS if len(order) > MOST_ROWS else 0
    head = order[: MOST_ROWS // 2] if hidden else order
    decimals = decimals_for([*npv.values(), *(today or {}).values()])
    table = columns("", "probability", "plan", *(() if today is None else ("doing nothing", "gained")))

    def add(name: str) -> None:
        cells = [percent(lookup.probability[name]), figure(npv[name], decimals)]
        if today is not None:
            cells += [figure(today[name], decimals), difference(npv[name], today[name], decimals)]
        loses = today is not None and npv[name] < today[name]
        table.add_row(*(Text(cell, style="yellow" if loses else "") for cell in (name, *cells)))

    for name in head:
        add(name)
    if hidden:
        table.add_row(Text(f"… {hidden} between …", style="dim"))
        for name in order[-MOST_ROWS // 2 :]:
            add(name)
    yield indented(table)
    if today is not None:
        worse = sum((lookup.probability[name] for name in npv if npv[name] < today[name]), Fraction(0))
        if worse:
            yield paragraph(f"With a probability of {percent(worse)} the plan earns less than doing nothing.")
