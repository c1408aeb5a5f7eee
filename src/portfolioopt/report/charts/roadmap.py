"""Lives side by side: a bar for each span of years, lettered with the state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portfolioopt.report.charts.colours import FAINT, GREY, GRID, INK, KIND_WORDS, KINDS, PAPER, PURPLE, QUIET
from portfolioopt.report.charts.lettering import SMALL, fitted
from portfolioopt.report.charts.sheet import Sheet
from portfolioopt.report.charts.years import year_labels
from portfolioopt.report.content import Form
from portfolioopt.report.lives import EXITED, LEAD, NOTICE, Life, Span

ROW, BAR = 26, 18
TITLE = 18
"""Height of a title above its bar, where there is no room beside it."""
LABELS, WORTHS = 268, 62


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the map."""

    title: str
    life: Life
    key: str = ""
    worth: str = ""
    differs: frozenset[int] = frozenset()
    """Years in which other branches do something else."""
    told: tuple[str, ...] = ()
    """Beside `life.decisions`, each in words."""
    head: bool = False
    """Whether a bold line stands above it, `of`."""
    of: str = ""


def roadmap(rows: Sequence[Row], years: Sequence[int], reviews: Iterable[int], form: Form) -> dict[str, Any]:
    """The map of some partnerships."""
    sheet = Sheet(form.width)
    worths = WORTHS if any(row.worth for row in rows) and not form.narrow else 0
    left = 0 if form.narrow else LABELS
    step = (form.width - left - worths) / len(years)
    top = sheet.legend(_legend(rows, set(reviews) & set(years[1:]))) + 6
    for position, text in year_labels(years, step).items():
        sheet.text(left + (position + 0.5) * step, top + 6, text, size=SMALL, colour=QUIET, anchor="middle")
    if worths:
        sheet.text(form.width, top + 6, "NPV", size=SMALL, colour=QUIET, anchor="end")
    y = top + 18
    marked = [left + (review - years[0]) * step for review in reviews if review in years[1:]]
    for row in rows:
        if row.head:
            sheet.text(0, y + TITLE / 2 + 2, row.of, bold=True, room=form.width if form.narrow else form.width - worths)
            y += TITLE + 4
        if form.narrow:
            sheet.text(0, y + TITLE / 2, row.title, room=form.width - (WORTHS if row.worth else 0))
            sheet.text(form.width, y + TITLE / 2, row.worth, size=SMALL, colour=QUIET, anchor="end")
            y += TITLE
        else:
            sheet.text(0, y + ROW / 2, row.title, room=left - 10)
            sheet.text(form.width, y + ROW / 2, row.worth, anchor="end")
        inset = 1 if form.narrow else (ROW - BAR) / 2
        for x in marked:
            sheet.grid_line(x, y, x, y + inset + BAR + 2, FAINT, dash="dashed")
        _bars(sheet, row, years, left, step, y + inset)
        y += BAR + 6 if form.narrow else ROW
        sheet.line(0, y, form.width, y, GRID)
    return sheet.document()


def _legend(rows: Sequence[Row], reviews: set[int]) -> list[tuple[str, str, str]]:
    spans = [span for row in rows for span in row.life.spans if not span.idle]
    items = [
        ("area", colour, KIND_WORDS[kind]) for kind, colour in KINDS.items() if any(span.kind == kind for span in spans)
    ]
    if any(span.phase == LEAD for span in spans):
        items.append(("dashed frame", INK, "being prepared"))
    if any(span.phase == NOTICE for span in spans):
        items.append(("solid", INK, "under notice"))
    if any(row.life.decisions for row in rows):
        items.append(("triangle-right", INK, "decided"))
    if any(row.differs for row in rows):
        items.append(("solid", PURPLE, "other branches differ"))
    if reviews:
        items.append(("dashed", FAINT, "review"))
    return items or [("area", GREY, "nothing in force")]


def _bars(sheet: Sheet, row: Row, years: Sequence[int], left: float, step: float, y: float) -> None:
    first = years[0]
    for span in row.life.spans:
        x, width = left + (span.first - first) * step, (span.last - span.first + 1) * step
        if span.idle:
            if span.state == EXITED:
                indent = 12 if any(decision.year == span.first for decision in row.life.decisions) else 5
                sheet.text(x + indent, y + BAR / 2, EXITED, size=SMALL, colour=QUIET, room=width - indent)
            continue
        _bar(sheet, row, span, x, y, width)
    for decision, told in zip(row.life.decisions, row.told, strict=True):
        x = left + (decision.year - first) * step
        sheet.symbol(x + 5, y + BAR / 2, "triangle-right", INK, size=52, said=told, key=row.key)
    for year in sorted(row.differs):
        x = left + (year - first) * step
        sheet.line(x, y + BAR + 1.5, x + step, y + BAR + 1.5, PURPLE, thick=2)


def _bar(sheet: Sheet, row: Row, span: Span, x: float, y: float, width: float) -> None:
    colour = KINDS[span.kind]
    title = row.of or row.title
    sheet.area(
        x + 0.5, y, width - 1, BAR, PAPER if span.phase == LEAD else colour, said=f"{title}: {span.said}", key=row.key
    )
    if span.phase == LEAD:
        sheet.frame(x + 0.5, y, width - 1, BAR, QUIET, thick=1.5, dash="dashed")
    if span.phase == NOTICE:
        sheet.line(x + 1, y + BAR - 1.5, x + width - 1, y + BAR - 1.5, INK, thick=3)
    begins = any(decision.year == span.first for decision in row.life.decisions)
    indent = 12 if begins else 5
    label = fitted(span.state, width - indent - 3, SMALL)
    sheet.text(x + indent, y + BAR / 2, label, size=SMALL)
