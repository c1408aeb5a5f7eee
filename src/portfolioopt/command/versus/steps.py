"""The bridge as a table: what each group of changes moves, by the facts and by deciding anew."""

import textwrap
from collections.abc import Iterable, Sequence
from fractions import Fraction

from rich.console import Console, RenderableType
from rich.text import Text

from portfolioopt.command.show.layout import heading, paragraph
from portfolioopt.comparison import Bridge, Step
from portfolioopt.result.figures import decimals_for, difference, figure
from portfolioopt.result.wording import some

FIGURE_WIDTH = 11
HEADS = ("facts", "decisions", "step", "value")
NARROWEST_NAME = 20


def steps(bridge: Bridge, console: Console, names: tuple[str, str]) -> Iterable[RenderableType]:
    """Where value starts, each step with what is odd about it, and where it ends."""
    yield heading("Why it moved", f"from {names[0]} to {names[1]}")
    decimals = decimals_for([bridge.before, *(step.after for step in bridge.steps)])
    width = max(NARROWEST_NAME, console.width - 2 - len(HEADS) * FIGURE_WIDTH)
    yield Text(_row("", HEADS, width), style="dim")
    yield Text(_row(names[0], ("", "", "", figure(bridge.before, decimals)), width))
    for step in bridge.steps:
        *above, name = textwrap.wrap(step.name, width - 1) or [step.name]
        for line in above:
            yield Text(f"  {line}")
        yield Text(_row(name, (*_cells(step, decimals), figure(step.after, decimals)), width))
        for remark in _remarks(step, decimals):
            for line in textwrap.wrap(remark, console.width - 6):
                yield Text(f"    {line}", style="dim")
    if len(bridge.steps) > 1:
        total = difference(bridge.after, bridge.before, decimals)
        yield Text(_row("together", ("", "", total, ""), width), style="bold")
    if bridge.closed:
        first, *others = (group.name for group in bridge.closed)
        text = f"With {first} there is no plan that keeps all limits"
        if bridge.reason != "infeasible":
            text = f"With {first} no plan was found in the time given"
        text += f", nor with what comes behind it: {'; '.join(others)}." if others else "."
        yield paragraph(Text(text, style="yellow"))
    if bridge.steps:
        yield paragraph(
            "facts: what the change does to the plan before if nobody reacts; decisions: what deciding anew is worth "
            "then. Every value is audited.",
            style="dim",
        )


def _row(name: str, cells: Sequence[str], width: int) -> str:
    return f"  {name:<{width}}" + "".join(f"{cell:>{FIGURE_WIDTH}}" for cell in cells)


def _cells(step: Step, decimals: int) -> list[str]:
    """Facts, decisions and step, taken from the values as shown, so that a reader who adds up finds the same."""
    effect = difference(step.after, step.before, decimals)
    if step.held is None:
        return ["", "", effect]
    return [difference(step.held, step.before, decimals), difference(step.after, step.held, decimals), effect]


def _remarks(step: Step, decimals: int) -> Iterable[str]:
    if step.held is None:
        yield f"the plan before cannot be carried out any more: {some(step.broken, 3)}"
    elif step.broken:
        yield f"the plan before would break {some(step.broken, 3)}"
    if step.least is not None and step.most is not None and step.most - step.least >= Fraction(1, 10**decimals):
        low, high = figure(step.least, decimals, signed=True), figure(step.most, decimals, signed=True)
        yield f"the step from optimum to optimum lies between {low} and {high}"
