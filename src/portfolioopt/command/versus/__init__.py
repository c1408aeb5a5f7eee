"""Comparisons as a planner wants to read them: what is edited, what it is worth, what is decided otherwise, and why."""

from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.text import Text

from portfolioopt.command.show import report_console
from portfolioopt.command.show.layout import bullet, heading, paragraph
from portfolioopt.command.versus import tables
from portfolioopt.command.versus.edited import edits
from portfolioopt.command.versus.steps import steps
from portfolioopt.comparison import Bridge, Comparison, DecisionChange, WhatIf
from portfolioopt.result.figures import decimals_for, figure, percent
from portfolioopt.result.wording import some

MOST_DECISIONS = 40
MARKS = {"added": "+", "dropped": "-", "shifted": "~"}


def show_what_if(found: WhatIf, *, every: bool = False, console: Console | None = None) -> None:
    """Print a what-if: its edits, and what they change."""
    console = console or report_console()
    _show(_what_if(found, console, every=every), console)


def show_comparison(
    comparison: Comparison, bridges: "dict[str, Bridge]", *, every: bool = False, console: Console | None = None
) -> None:
    """Print results side by side, and the bridges from the first to others, by name."""
    console = console or report_console()
    _show(_comparison(comparison, bridges, console, every=every), console)


def _show(parts: Iterable[RenderableType], console: Console) -> None:
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def _what_if(found: WhatIf, console: Console, *, every: bool) -> Iterable[RenderableType]:
    outline = found.base.outline
    yield Text(outline.instance, style="bold").append(f"  what if: {found.case.name}", style="not bold")
    if found.case.description:
        yield paragraph(found.case.description, style="dim")
    yield heading("What is edited")
    yield from edits(found.differences, found.before, found.edited, every=every)
    yield from tables.legend(found.comparison)
    yield from tables.outcomes(found.comparison, every=every)
    if found.base_could_be is not None:
        worth = figure(found.base_could_be, decimals_for([found.base_could_be]))
        yield paragraph(
            f"The plan of {found.comparison.names[1]} is open in base too, and worth {worth} there, more than the plan "
            "of base: solve base again, for longer.",
            style="yellow",
        )
    yield from _changes(found.comparison, every=every)
    if found.bridge is not None:
        yield from steps(found.bridge, console, (found.comparison.names[0], found.comparison.names[1]))
    yield from _rest(found.comparison, every=every)


def _comparison(
    comparison: Comparison, bridges: "dict[str, Bridge]", console: Console, *, every: bool
) -> Iterable[RenderableType]:
    names = dict.fromkeys(result.instance_name for result in comparison.results)
    yield Text(some(names), style="bold").append(f"  {len(comparison.results)} compared", style="not bold")
    yield from tables.legend(comparison)
    yield from tables.outcomes(comparison, every=every)
    if len(comparison.results) == 2:
        yield from _changes(comparison, every=every)
    else:
        yield from tables.decisions(comparison, every=every)
    for name, bridge in bridges.items():
        yield from steps(bridge, console, (comparison.names[0], name))
    yield from _rest(comparison, every=every)


def _rest(comparison: Comparison, *, every: bool) -> Iterable[RenderableType]:
    if sum(1 for result in comparison.results if result.audit is not None) < 2:
        return  # there is nothing to compare with
    yield from tables.figures(comparison, "scenarios", "Scenarios", "NPV", every=every)
    yield from tables.figures(comparison, "worth", "Partnerships", "expected NPV", every=every)
    yield from tables.figures(comparison, "money", "Money", "expected, discounted", every=every)
    yield from tables.limits(comparison, every=every)
    alone = _only_in_one(comparison)
    if alone:
        yield Text()
        yield paragraph(f"Scenarios that not all of them have: {some(alone)}; decisions there are not compared.")


def _changes(comparison: Comparison, *, every: bool) -> Iterable[RenderableType]:
    """What the second plan decides otherwise than the first."""
    if comparison.results[1].chosen is None or comparison.results[0].chosen is None:
        return
    changes = comparison.changes()
    yield heading("Decisions", "+ added  - dropped  ~ shifted")
    if not changes:
        yield paragraph("The same in both.")
    for change in changes[: None if every else MOST_DECISIONS]:
        yield bullet(_change(change, len(comparison.results[1].outline.scenarios)), mark=MARKS[change.happening])
    if len(changes) > MOST_DECISIONS and not every:
        yield paragraph(f"… and {len(changes) - MOST_DECISIONS} more (--all shows them).", style="dim")
    if every:
        yield from tables.decisions(comparison, every=True)


def _change(change: DecisionChange, scenarios: int) -> Text:
    text = Text(change.partnership, style="bold")
    text.append(f" {change.action} ", style="not bold")
    years = {
        "added": str(change.after),
        "dropped": str(change.before),
        "shifted": f"{change.before} -> {change.after}",
    }
    text.append(years[change.happening], style="not bold")
    if len(change.scenarios) < scenarios:
        text.append(f"  in {some(change.scenarios)} ({percent(change.probability)})", style="dim not bold")
    return text


def _only_in_one(comparison: Comparison) -> list[str]:
    names = [{future.name for future in result.outline.scenarios} for result in comparison.results]
    return sorted({name for own in names for name in own if not all(name in others for others in names)})
