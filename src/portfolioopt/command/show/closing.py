"""The last lines: what was checked and how, what is exceeded at a price, and what to do next."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from portfolioopt.command.show.beyond import exceeded
from portfolioopt.command.show.layout import bullet, heading, paragraph
from portfolioopt.result import Result
from portfolioopt.result.figures import seconds
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.sentences import way_on


def checks(lookup: Lookup) -> Iterable[RenderableType]:
    """Audit, verification and soft limits."""
    result = lookup.result
    yield heading("Checks")
    kind = "hard limit" if any(use.price is not None for use in lookup.audit.limits) else "limit"
    yield bullet(
        f"Audited: replayed from the instance alone in exact numbers, the plan keeps every {kind} to the last digit."
    )
    yield bullet(Text(result.verification.said, style="" if result.verified else "yellow"))
    yield from exceeded(lookup)
    yield bullet(f"Stopped: {result.stop_reason}, after {seconds(result.seconds)}{_phases(result)}.")


def _phases(result: Result) -> str:
    """The three longest phases, where there are several."""
    phases = sorted(((taken, phase) for phase, taken in result.timings.items() if phase != "total"), reverse=True)
    longest = [f"{phase} {seconds(taken)}" for taken, phase in phases[:3] if taken >= 0.1]
    return f" ({', '.join(longest)})" if longest else ""


def next_step(result: Result) -> Iterable[RenderableType]:
    """One hint, the most useful in the situation."""
    verify = result.options.get("verify", True)
    if result.status == "feasible":
        hint = f"Next: {way_on(result.stop_reason)} to close the gap, or accept it with a wider --gap."
    elif result.status == "optimal" and not result.verified and verify:
        hint = f"Next: {way_on(result.stop_reason)}, so that a second run can confirm it."
    elif result.status == "optimal" and not result.verified:
        hint = "Next: solve without --no-verify before the plan goes to a board."
    elif result.status == "optimal":
        hint = "Next: portfolioopt report makes a page of the run; try another budget or term with --set path=value."
    else:
        return
    yield Text()
    yield paragraph(hint, style="dim")
