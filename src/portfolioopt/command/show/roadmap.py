"""The road map: where each partnership stands in each year on the most probable branch, and what it is worth."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from portfolioopt.command.show.layout import cut, heading, indented, paragraph
from portfolioopt.command.show.marks import cells, legend, state_codes, styled
from portfolioopt.result.figures import decimals_for, figure, percent
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.outline import PartnershipOutline
from portfolioopt.result.wording import some

INDENT, NARROWEST_NAME, WIDEST_NAME = 2, 22, 52
MOST_ROWS = 30
"""Of portfolios with more partnerships, those that are never active are not shown."""
SHARED_LINES = ("synergies", "pools", "coordination", "hiring", "shortfall")


class Grid:
    """Cells, worths and widths of the table; a long horizon is cut into blocks of years."""

    def __init__(self, lookup: Lookup, scenario: str, width: int) -> None:
        self.codes = state_codes(standing.state for standing in lookup.audit.standings)
        self.cells = cells(lookup, scenario, self.codes)
        self.groups, self.hidden = _groups(lookup)
        self.worths = _worths(lookup)
        years = list(lookup.outline.calendar)
        longest = max((len(cell) for cell in self.cells.values()), default=1)
        self.worth_width = max(len(text) for text in self.worths.values()) + 1
        room = width - INDENT - self.worth_width
        self.year_width = 1 + max(longest, 4)
        self.short_years = self.year_width * len(years) > room - NARROWEST_NAME
        if self.short_years:
            self.year_width = 1 + max(longest, 3)
        fitting = max(1, (room - NARROWEST_NAME) // self.year_width)
        # blocks of about one length leave the most room for names
        length = -(-len(years) // -(-len(years) // fitting))
        self.blocks = [years[start : start + length] for start in range(0, len(years), length)]
        titles = max((len(member.title) + 3 for _, members in self.groups for member in members), default=0)
        widest = room - self.year_width * len(self.blocks[0])
        self.name_width = max(NARROWEST_NAME, min(WIDEST_NAME, widest, titles))
        self.names = _names(self.groups, self.name_width)

    def block(self, years: list[int]) -> Table:
        """One block of years; worths stand beside the last, where a reader looks for a total."""
        worths = self.worths if years is self.blocks[-1] else {}
        table = Table.grid()
        table.add_column(width=self.name_width, no_wrap=True, overflow="ellipsis")
        for _ in years:
            table.add_column(width=self.year_width, no_wrap=True)
        table.add_column(width=self.worth_width, justify="right", no_wrap=True)
        heads = [f"'{year % 100:02d}" if self.short_years else str(year) for year in years]
        table.add_row("", *(Text(head, style="dim") for head in heads), Text("NPV" if worths else "", style="dim"))
        for domain, members in self.groups:
            if domain:
                table.add_row(Text(domain, style="bold"))
            for member in members:
                title = f"{'  ' if domain else ''}{self.names[member.id]}"
                table.add_row(
                    Text(title), *(styled(self.cells[member.id, year]) for year in years), worths.get(member.id, "")
                )
        for name in ("together", "plan"):
            if name in worths:
                style = "bold" if name == "plan" else ""
                table.add_row(Text(name, style=style), *("" for _ in years), Text(worths[name], style=style))
        return table


def roadmap(lookup: Lookup, console: Console) -> Iterable[RenderableType]:
    """The grid and its legend."""
    shown = lookup.likeliest()
    share = percent(sum((lookup.probability[name] for name in shown), Fraction(0)))
    yield heading("Road map", "" if shown == lookup.everywhere else f"most probable branch: {some(shown)} ({share})")
    grid = Grid(lookup, shown[0], console.width)
    for years in grid.blocks:
        yield indented(grid.block(years))
        yield Text()
    if grid.hidden:
        yield paragraph(f"{grid.hidden} partnerships that are never active are not shown.")
    used = {grid.cells[member.id, year] for _, members in grid.groups for member in members for year in _years(grid)}
    for line in legend(used, grid.codes, console.width - INDENT):
        yield paragraph(line, style="dim")
    over = ", expected over scenarios" if len(lookup.probability) > 1 else ""
    shared = (
        "; together: synergies and pools less coordination, hiring, shortfalls" if "together" in grid.worths else ""
    )
    yield paragraph(f"NPV: what each earns itself{over}{shared}.", style="dim")


def _years(grid: Grid) -> Iterable[int]:
    return (year for block in grid.blocks for year in block)


def _groups(lookup: Lookup) -> tuple[list[tuple[str, list[PartnershipOutline]]], int]:
    """Partnerships by domain (without headings where none has one), and how many are left out."""
    members = list(lookup.outline.partnerships)
    if len(members) > MOST_ROWS:
        seen = {standing.partnership for standing in lookup.audit.standings if standing.active}
        seen |= {decision.partnership for decision in lookup.plan.decisions}  # such as one that is closed at once
        members = [member for member in members if member.id in seen]
    groups: dict[str, list[PartnershipOutline]] = {}
    for member in members:
        groups.setdefault(member.domain or "", []).append(member)
    named = [(domain or ("no domain" if len(groups) > 1 else ""), own) for domain, own in groups.items()]
    return named, len(lookup.outline.partnerships) - len(members)


def _names(groups: list[tuple[str, list[PartnershipOutline]]], width: int) -> dict[str, str]:
    """Titles that fit; the id where two would be cut to the same."""
    members = [(member, 3 if domain else 1) for domain, own in groups for member in own]
    titles = {member.id: cut(member.title, width - indent) for member, indent in members}
    often = Counter(titles.values())
    return {
        member.id: titles[member.id] if often[titles[member.id]] == 1 else cut(member.id, width - indent)
        for member, indent in members
    }


def _worths(lookup: Lookup) -> dict[str, str]:
    """Expected NPV by partnership, `together` and `plan`, as text."""
    values = {name: lookup.expected(earned) for name, earned in lookup.audit.worth.items()}
    shared = sum(
        (
            lookup.probability[line.scenario] * line.discounted
            for line in lookup.audit.money
            if line.line in SHARED_LINES
        ),
        Fraction(0),
    )
    if shared:
        values["together"] = shared
    values["plan"] = lookup.audit.expected_npv
    decimals = decimals_for(values.values())
    return {name: figure(value, decimals) for name, value in values.items()}
