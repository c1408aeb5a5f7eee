"""What an edited input says otherwise, line by line; of a series only the years that change, limits in words."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from portfolioopt.cases import Applied
from portfolioopt.cases.changes import shown
from portfolioopt.cases.differences import Difference
from portfolioopt.command.show.layout import bullet, paragraph
from portfolioopt.language.families import SOFT_FAMILIES
from portfolioopt.language.faults import inside
from portfolioopt.language.instance import Instance
from portfolioopt.language.shapes import shape_of
from portfolioopt.result.wording import limit_words

MOST_LINES = 40
MOST_YEARS = 3
"""Years of a series that are told one by one; where more change, the whole series is shown."""


def edits(
    differences: Sequence[Difference], before: Applied, after: Applied, *, every: bool = False
) -> Iterable[RenderableType]:
    """One line for each difference."""
    if not differences:
        yield paragraph("Nothing: what is asked for is so already.", style="dim")
    listed = differences if every else differences[:MOST_LINES]
    for one in listed:
        yield bullet(_line(one, before.instance, after.instance))
    if len(listed) < len(differences):
        yield paragraph(f"… and {len(differences) - len(listed)} more (--all shows them).", style="dim")


def _line(one: Difference, before: Instance, after: Instance) -> Text:
    text = Text(one.path, style="bold")
    if one.kind == "added":
        return text.append(f"  added: {_told(one, one.after, after)}", style="not bold")
    if one.kind == "removed":
        return text.append(f"  removed: {_told(one, one.before, before)}", style="not bold")
    return text.append(f"  {_change(one, after)}", style="not bold")


def _told(one: Difference, value: Any, instance: Instance) -> str:
    """What was added or removed; a limit in words."""
    if len(one.words) == 2 and one.words[0] in SOFT_FAMILIES and isinstance(value, dict):
        synergy = value.get("kind") == "synergy"
        return shown(value) if synergy else limit_words(instance, str(one.words[0]), str(one.words[1]))
    return shown(value)


def _change(one: Difference, instance: Instance) -> str:
    if _is_series(one):
        years = _by_year(one.before, one.after, instance.horizon.first_year)
        if years and len(years) <= MOST_YEARS:
            return ", ".join(f"{year}: {shown(was)} -> {shown(becomes)}" for year, was, becomes in years)
    return f"{shown(one.before)} -> {shown(one.after)}"


def _is_series(one: Difference) -> bool:
    kinds: list[Any] = [Instance]
    for word in one.words:
        kinds = inside(kinds, word)
    return shape_of(kinds) == "series"


def _by_year(before: Any, after: Any, first_year: int) -> list[tuple[int, Any, Any]]:
    """The years in which a series changes; none if it is written as a number now."""
    if not isinstance(after, list):
        return []
    was = before if isinstance(before, list) else [before] * len(after)
    if len(was) != len(after):
        return []
    pairs = enumerate(zip(was, after, strict=True), first_year)
    return [(year, own, other) for year, (own, other) in pairs if own != other]
