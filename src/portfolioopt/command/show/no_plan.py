"""A result without a plan: which limits contradict each other, or that the search ended too early."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from portfolioopt.command.show.layout import bullet, heading, paragraph
from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.result import Result
from portfolioopt.result.figures import seconds
from portfolioopt.result.sentences import broken, way_on


def no_plan(result: Result) -> Iterable[RenderableType]:
    """What is known, and what to do about it."""
    if result.status == "infeasible":
        yield from _infeasible(result)
    else:
        yield paragraph(Text("No plan was found", style="bold yellow").append(f"; stopped by: {result.stop_reason}."))
        yield paragraph("That does not mean that there is none: nothing has been proven either way.")
        if result.bound is not None:
            yield paragraph(f"No plan can be worth more than {result.bound:,.1f}.")
        yield paragraph(
            f"Next: {way_on(result.stop_reason)}, or let a limit bend at a price in a model file (--model).",
            style="dim",
        )
    yield Text()
    yield paragraph(f"{result.verification.said} Took {seconds(result.seconds)}.")


def _infeasible(result: Result) -> Iterable[RenderableType]:
    yield paragraph(Text("Infeasible", style="bold red").append(": no plan satisfies all limits."))
    today = result.do_nothing
    if today is not None and not today.ok:
        yield paragraph(f"Doing nothing would break {broken(today)}.")
    if not result.conflict:
        yield paragraph("Which limits contradict each other was not found out in the time given.")
        return
    yield heading("What contradicts itself")
    for name in result.conflict:
        text = Text(name, style="bold")
        words = result.outline.words(name)
        yield bullet(text if words == name else text.append(f": {words}", style="not bold"))
    yield Text()
    if len(result.conflict) == 1:
        yield paragraph("No plan satisfies this limit, whatever becomes of the others.")
    elif result.conflict_is_smallest:
        yield paragraph(f"These {len(result.conflict)} cannot all hold; without any one of them the others can.")
    else:
        yield paragraph(
            f"These {len(result.conflict)} cannot all hold. There may be a smaller set that contradicts itself: "
            "the search for it did not come to its end."
        )
    one = "it" if len(result.conflict) == 1 else "one of them"
    soft = next((name for name in result.conflict if name not in FAMILY_NAMES), result.conflict[0])
    yield paragraph(
        f"Next: portfolioopt diagnose names the cheapest ways out. Or change {one}, or let it bend at a price in a "
        f"model file (--model): limits: {{{soft}: {{price: 1}}}}",
        style="dim",
    )
