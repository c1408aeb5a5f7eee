"""The look of a report: one console, headings, and tables without lines that fit 80 columns."""

import re
from collections.abc import Iterable
from typing import IO, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.style import StyleType
from rich.table import Table
from rich.text import Text

NARROWEST, WIDEST = 60, 120
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ReportConsole(Console):
    """A console on which names out of a file can neither move the cursor nor hide text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            harmless = segment.control or not CONTROL.search(segment.text)
            yield segment if harmless else Segment(CONTROL.sub("?", segment.text), segment.style)


def report_console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console for reports: its terminal's width within reason, 80 columns where there is none; honours NO_COLOR."""
    console = ReportConsole(file=file, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if width is None:
        console.width = max(NARROWEST, min(console.width, WIDEST)) if console.is_terminal else 80
    return console


def print_report(parts: Iterable[RenderableType], console: Console) -> None:
    """Prints the parts of a report one after the other."""
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    # tables are padded to their width; a report that is saved or mailed need not be
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def heading(title: str, remark: str = "") -> Text:
    """A section's title; the remark says unit or scenario."""
    text = Text(f"\n{title}", style="bold cyan")
    if remark:
        text.append(f"  {remark}", style="dim")
    return text


def paragraph(text: str | Text, style: str = "") -> Padding:
    """Running text, indented like tables."""
    return Padding(text if isinstance(text, Text) else Text(text, style=style), (0, 0, 0, 2))


def bullet(text: str | Text, mark: str = "-", indent: int = 2) -> Table:
    """A line of a list, whose further lines are indented."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=indent)
    grid.add_column(width=len(mark), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("", Text(mark), text if isinstance(text, Text) else Text(text))
    return grid


def columns(*names: str, left: int = 1) -> Table:
    """A table without lines: the first `left` columns hold names, the others figures, right aligned.

    Where it is too wide names are cut, never figures.
    """
    table = _Columns(left, box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for position, name in enumerate(names):
        if position < left:
            table.add_column(Text(name))
        else:
            table.add_column(Text(name, justify="right"), justify="right", no_wrap=True)
    return table


class _Columns(Table):
    """Columns of names are those that may be wrapped, so rich makes them narrower first; but no name is wrapped."""

    def __init__(self, left: int, **options: Any) -> None:
        super().__init__(**options)
        self._left = left

    def add_row(self, *cells: RenderableType | None, style: StyleType | None = None, end_section: bool = False) -> None:
        shown = [
            _on_one_line(cell) if position < self._left and cell is not None else cell
            for position, cell in enumerate(cells)
        ]
        super().add_row(*shown, style=style, end_section=end_section)


def _on_one_line(cell: RenderableType) -> RenderableType:
    if isinstance(cell, str):
        return Text(cell, no_wrap=True, overflow="ellipsis")
    if isinstance(cell, Text):
        cell = cell.copy()
        cell.no_wrap, cell.overflow = True, "ellipsis"
    return cell


def facts(rows: Iterable[tuple[str, str]], indent: int = 2) -> Padding:
    """Names beside what is said of each, which goes on below itself where it is long."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, said in rows:
        grid.add_row(Text(name), Text(said))
    return Padding(grid, (0, 0, 0, indent))


def indented(renderable: RenderableType) -> Padding:
    """A table, indented like the rest of its section."""
    return Padding(renderable, (0, 0, 0, 2))


def cut(title: str, width: int) -> str:
    """A title that fits, cut after a word where that leaves most of it."""
    if len(title) <= width:
        return title
    whole_words = title[:width].rpartition(" ")[0].rstrip()
    return (whole_words if len(whole_words) > 0.6 * width else title[: width - 1]) + "…"
