"""Decisions that one plan holds and another does not, a line for each act."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

    from portfolioopt.plan import Decision

MOST_LINES = 6


def changes(
    scenarios: "tuple[str, ...]",
    added: "tuple[Decision, ...]",
    dropped: "tuple[Decision, ...]",
    table: str = "changes",
) -> "Iterable[RenderableType]":
    """What is added and dropped, the first lines of it; `table` is where the rest is found."""
    from portfolioopt.command.show.layout import bullet

    lines = [*_lines(scenarios, added, "+"), *_lines(scenarios, dropped, "-")]
    for mark, line in lines[:MOST_LINES]:
        yield bullet(line, mark=mark, indent=4)
    if len(lines) > MOST_LINES:
        yield bullet(f"… and {len(lines) - MOST_LINES} more: see tables/{table}.csv of the study", mark=" ", indent=4)


def _lines(scenarios: "tuple[str, ...]", decisions: "tuple[Decision, ...]", mark: str) -> list[tuple[str, str]]:
    """A line for each act, with the scenarios where it is not in all of them."""
    from portfolioopt.result.wording import some

    by_act: dict[tuple[int, str, str], list[str]] = {}
    for one in decisions:
        by_act.setdefault((one.year, one.partnership, one.action), []).append(one.scenario)
    found = []
    for (year, partnership, action), where in sorted(by_act.items()):
        place = "" if len(where) == len(scenarios) else f" in {some(where)}"
        found.append((mark, f"{year} {partnership} {action}{place}"))
    return found
