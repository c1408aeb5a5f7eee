"""The tree of a plan: where scenarios part because the plan goes on differently, and how likely each branch is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portfolioopt.report.charts.colours import BLUE, FAINT, INK, PAPER, QUIET
from portfolioopt.report.charts.lettering import SMALL, lines_of, width_of
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.content import Form

ROW, HEAD = 40, 24
LABELS, NARROW_LABELS = 400, 200
EDGE = 8
THICKEST, THINNEST = 12.0, 1.5
"""Pixels of a branch that is certain, and of one that is next to impossible."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One branch to its end. Leaves that part late stand side by side."""

    letter: str
    probability: float
    share: str
    """The probability in words."""
    scenarios: str
    groups: tuple[int, ...]
    """At each parting in turn, the number of the group that it goes on in."""
    said: str


def branching(leaves: Sequence[Leaf], reviews: Sequence[int], first: int, form: Form) -> dict[str, Any]:
    """From the first year to the leaves: branches part at the reviews, as thick as they are likely."""
    sheet = Sheet(form.width)
    right = form.width - (NARROW_LABELS if form.narrow else LABELS)
    places = [EDGE + number * (right - EDGE) / (len(reviews) + 1) for number in range(len(reviews) + 2)]
    _heads(sheet, places, reviews, first, HEAD + ROW * len(leaves))
    heights = [HEAD + ROW * (number + 0.5) for number in range(len(leaves))]
    parent = [0.0] * len(leaves)
    for depth in range(len(reviews) + 1):
        for members in _groups(leaves, depth):
            middle = sum(heights[number] for number in members) / len(members)
            likely = sum(leaves[number].probability for number in members)
            thick = THINNEST + (THICKEST - THINNEST) * min(likely, 1.0)
            if depth:
                sheet.line(places[depth], parent[members[0]], places[depth], middle, BLUE, thick=thick)
            sheet.line(places[depth], middle, places[depth + 1], middle, BLUE, thick=thick)
            sheet.symbol(places[depth], middle, "circle", INK, size=70)
            for number in members:
                parent[number] = middle
    for leaf, height, middle in zip(leaves, heights, parent, strict=True):
        if height != middle:  # leaves that never part from each other, as where too many are drawn as one
            sheet.line(right, middle, right, height, BLUE)
        sheet.symbol(right, height, "circle", BLUE, size=520, said=leaf.said)
        sheet.text(right, height, leaf.letter, size=SMALL, colour=PAPER, anchor="middle", bold=True)
        _label(sheet, leaf, right, height, form)
    return sheet.document()


def _groups(leaves: Sequence[Leaf], depth: int) -> list[list[int]]:
    """Numbers of the leaves that are still together after so many partings."""
    found: dict[tuple[int, ...], list[int]] = {}
    for number, leaf in enumerate(leaves):
        found.setdefault(leaf.groups[:depth], []).append(number)
    return list(found.values())


def _heads(sheet: Sheet, places: Sequence[float], reviews: Sequence[int], first: int, bottom: float) -> None:
    for number, year in enumerate((first, *reviews)):
        room = places[number + 1] - places[number] - 4
        text = f"review {year}" if number and room > width_of("review 2000", SMALL) else str(year)
        sheet.text(places[number], 8, text, size=SMALL, colour=QUIET, room=room)
        if number:
            sheet.grid_line(places[number], 18, places[number], bottom, FAINT, dash="dashed")


def _label(sheet: Sheet, leaf: Leaf, right: float, height: float, form: Form) -> None:
    sheet.text(right + 20, height, leaf.share, bold=True)
    lines = lines_of(leaf.scenarios, form.width - right - 66, SMALL)
    for position, text in enumerate(lines):
        offset = (position - (len(lines) - 1) / 2) * 14
        sheet.text(right + 66, height + offset, text, size=SMALL, colour=QUIET)
