"""How far limits are used and requirements met, year by year, and which of them bind."""

from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from portfolioopt.command.show.beyond import hiring, shortfall
from portfolioopt.command.show.layout import columns, heading, indented, paragraph
from portfolioopt.result.figures import years_text
from portfolioopt.result.limit_shares import LimitYears, limit_years, share_words
from portfolioopt.result.lookup import Lookup

USED = {"skills": "Skills", "exposures": "Exposures", "activity": "Active at once", "moves": "Decisions"}
MET = {"requirements": "Capabilities", "activity": "Active at once", "moves": "Decisions"}
NAME_WIDTH, BINDS_WIDTH = 22, 12
LONG_CELL, SHORT_CELL = 5, 4
"""Under 2026, and under '26."""
MOST_LINES = 12
"""Of a family with more limits, those that come closest are shown."""


def limits(lookup: Lookup, console: Console) -> Iterable[RenderableType]:
    """What is used of limits, what is met of requirements; year by year where that fits, else the closest year."""
    room = (console.width - 2 - NAME_WIDTH - BINDS_WIDTH) // len(lookup.outline.calendar)

    def show(groups: list[tuple[str, list[LimitYears]]], binds: str) -> Iterable[RenderableType]:
        if room >= SHORT_CELL:
            yield indented(_by_year(lookup, groups, binds, min(room, LONG_CELL)))
        else:
            yield indented(_closest_years(groups, binds))
        hidden = sum(max(0, len(lines) - MOST_LINES) for _, lines in groups)
        if hidden:
            yield paragraph(f"{hidden} limits further from binding: see tables/limits.csv of the run.", style="dim")

    used = [(title, limit_years(lookup.audit, family, "at_most")) for family, title in USED.items()]
    if any(lines for _, lines in used):
        yield heading("Bandwidth and exposure", "% of each limit, highest over scenarios")
        yield from show(used, "binds")
        yield from hiring(lookup)
    met = [(title, limit_years(lookup.audit, family, "at_least")) for family, title in MET.items()]
    if any(lines for _, lines in met):
        yield heading("Requirements", "% provided of what is needed, lowest over scenarios")
        yield from show(met, "just met")
        yield from shortfall(lookup)


def _by_year(lookup: Lookup, groups: list[tuple[str, list[LimitYears]]], binds: str, cell: int) -> Table:
    """A column for each year, and the years in which a limit binds."""
    years = lookup.outline.calendar
    table = Table.grid()
    table.add_column(width=NAME_WIDTH, no_wrap=True, overflow="ellipsis")
    for _ in years:
        table.add_column(width=cell, justify="right", no_wrap=True)
    table.add_column(width=BINDS_WIDTH, no_wrap=True)
    heads = [str(year) if cell == LONG_CELL else f"'{year % 100:02d}" for year in years]
    table.add_row("", *(Text(head, style="dim") for head in heads), Text(f"  {binds}", style="dim"))
    for title, lines in groups:
        if lines:
            table.add_row(Text(title, style="bold"))
        for line in _nearest(lines):
            cells = [
                Text(share_words(line.shares.get(year)), style="bold yellow" if year in line.binding else "")
                for year in years
            ]
            runs = Text("\n".join(f"  {run}" for run in years_text(line.binding).split(", ")))
            table.add_row(Text(f"  {line.name} "), *cells, runs)
    return table


def _closest_years(groups: list[tuple[str, list[LimitYears]]], binds: str) -> Table:
    """For a long horizon: the closest share, when, and when it binds."""
    lowest = binds == "just met"
    table = columns("", "lowest" if lowest else "highest")
    table.add_column(Text("in"), max_width=24)
    table.add_column(Text(binds), max_width=24)
    for title, lines in groups:
        if lines:
            table.add_row(Text(title, style="bold"))
        for line in _nearest(lines):
            extreme = min(line.shares.values()) if lowest else max(line.shares.values())
            when = years_text(year for year, share in line.shares.items() if share == extreme)
            table.add_row(f"  {line.name}", share_words(extreme), when, Text(years_text(line.binding), style="yellow"))
    return table


def _nearest(lines: list[LimitYears]) -> list[LimitYears]:
    """The lines to show, in their own order."""
    kept = sorted(lines, key=lambda line: (not line.binding, -max(line.shares.values())))[:MOST_LINES]
    return [line for line in lines if line in kept]
