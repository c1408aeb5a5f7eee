"""The first lines: what the plan is worth against doing nothing, and how sure that is."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from portfolioopt.command.show.layout import columns, indented, paragraph
from portfolioopt.result import Result
from portfolioopt.result.figures import decimals_for, difference, figure, percent, seconds
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.sentences import broken


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
        yield paragraph(Text(_nothing_changes(lookup), style="bold"))
    yield paragraph(proof(lookup.result))


def _nothing_changes(lookup: Lookup) -> str:
    """A plan without decisions, said in so many words: is today's portfolio the best, or was no better one found?"""
    what = "The plan changes no partnership, it only hires" if lookup.plan.hiring else "The plan is to change nothing"
    optimal = lookup.result.status == "optimal"
    return f"{what}: {'no change makes it better' if optimal else 'no better plan was found yet'}."


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
    text.append(f"; {seconds(total_seconds(result))}.")
    return text


def total_seconds(result: Result) -> float:
    """Seconds of the whole solve."""
    return result.timings.get("total", sum(result.timings.values()))


def _values(lookup: Lookup) -> Table:
    """Expected NPV, risk and whatever else was maximized: plan, doing nothing, difference."""
    audit, today = lookup.audit, lookup.result.do_nothing
    rows = [("Expected NPV", audit.expected_npv, None if today is None else today.expected_npv)]
    if audit.risk is not None:
        measure = lookup.outline.risk.partition(", weight")[0]
        rows.append((_sentence(measure) or "Risk measure", audit.risk, None if today is None else today.risk))
    if audit.penalties or (today is not None and today.ok and today.penalties):
        rows.append(("Price of exceeded limits", -audit.penalties, None if today is None else -today.penalties))
    if audit.changes:
        against = "today" if lookup.outline.changes_against == "today" else "the plan compared with"
        rows.append((f"Price of changes against {against}", -audit.changes, None if today is None else -today.changes))
    if audit.objective != audit.expected_npv:
        rows.append(("Objective", audit.objective, None if today is None else today.objective))
    decimals = decimals_for(value for row in rows for value in row[1:] if value is not None)
    table = columns("", "plan", *(() if today is None else ("doing nothing", "gained")))
    for name, plan, nothing in rows:
        cells = [figure(plan, decimals)]
        if today is not None:
            cells += ["", ""] if nothing is None else [figure(nothing, decimals), difference(plan, nothing, decimals)]
        style = "bold" if name == "Expected NPV" else ""
        table.add_row(*(Text(cell, style=style) for cell in (name, *cells)))
    return table


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
