"""The first lines: what the plan is worth against doing nothing, and how sure that is."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from portfolioopt.command.show.layout import columns, indented, paragraph
from portfolioopt.result import Result
from portfolioopt.result.figures import decimals_for, difference, figure, percent, seconds
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.sentences import broken, nothing_changes
from portfolioopt.result.values import value_rows


def title(result: Result) -> Text:
    """Instance, model, years and the one mention of the currency."""
    outline = result.outline
    text = Text(outline.instance, style="bold")
    model = "default model" if outline.model == "unnamed" else f"model {outline.model}"
    text.append(f"  {model}, {outline.first_year} to {outline.calendar[-1]}, figures in ")
    return text.append(outline.currency)


def headline(lookup: Lookup) -> Iterable[RenderableType]:
    """Value of the plan, why doing nothing may not be open, and the proof in one line."""
    yield indented(_values(lookup))
    yield Text()
    today = lookup.result.do_nothing
    if today is not None and not today.ok:
        yield paragraph(f"Doing nothing is not open: it would break {broken(today)}.")
    if not lookup.plan.decisions:
        yield paragraph(Text(nothing_changes(lookup), style="bold"))
    yield paragraph(proof(lookup.result))


def proof(result: Result) -> Text:
    """How good the plan is known to be, how it ended, whether it was checked, and how long that took."""
    text = Text()
    bound, gap = result.bound, result.gap
    better = "" if bound is None else f"no plan can be worth more than {figure(bound, decimals_for([bound]))}"
    if result.status == "optimal":
        text.append("Optimal", style="bold green")
        if better:
            text.append(f": {better} (gap {percent(gap or 0, 2)}).")
        else:
            text.append(".")
    else:
        text.append("Not proven optimal", style="bold yellow")
        text.append(f", stopped by: {result.stop_reason}; ")
        text.append(f"{better}, {percent(gap or 0, 2)} above this one." if better else "no bound is known.")
    text.append(" Audited")
    passed = " and verified" if result.status == "optimal" else ", not contradicted"
    text.append(passed if result.verified else ", not verified", style="" if result.verified else "yellow")
    text.append(f"; {seconds(result.seconds)}.")
    return text


def _values(lookup: Lookup) -> Table:
    """Expected NPV, risk and whatever else was maximized: plan, doing nothing, difference."""
    today, rows = lookup.result.do_nothing, value_rows(lookup)
    decimals = decimals_for(value for row in rows for value in row[1:] if value is not None)
    table = columns("", "plan", *(() if today is None else ("doing nothing", "gained")))
    for name, plan, nothing in rows:
        cells = [figure(plan, decimals)]
        if today is not None:
            cells += ["", ""] if nothing is None else [figure(nothing, decimals), difference(plan, nothing, decimals)]
        style = "bold" if name == "Expected NPV" else ""
        table.add_row(*(Text(cell, style=style) for cell in (name, *cells)))
    return table
