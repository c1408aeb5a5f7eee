"""Several plans: which limits bind when, where that is not the same in all."""

from collections.abc import Sequence

from portfolioopt.report.content import Cell, Paragraph, Section, Table, TableRow
from portfolioopt.report.sides import Side
from portfolioopt.result.capital_account import capital_account
from portfolioopt.result.figures import years_text
from portfolioopt.result.limit_shares import limit_years

FAMILIES = (
    ("skills", "at_most"),
    ("exposures", "at_most"),
    ("requirements", "at_least"),
    ("activity", "at_most"),
    ("activity", "at_least"),
    ("moves", "at_most"),
)
"""Families and senses in which a limit may bind."""
MOST = 60


def binding_years(side: Side) -> dict[str, tuple[int, ...]]:
    """By limit, the years in which it binds in some scenario; limits that never do are left out."""
    capital = tuple(year for year, row in capital_account(side.lookup).items() if row.binds)
    found = {"capital": capital} if capital else {}
    for family, sense in FAMILIES:
        found |= {one.name: one.binding for one in limit_years(side.lookup.audit, family, sense) if one.binding}
    return found


def limits_beside(sides: Sequence[Side]) -> Section:
    """A line for each limit that binds in other years, or not at all."""
    found = [binding_years(side) for side in sides]
    every = dict.fromkeys(name for each in found for name in each)
    apart = [name for name in every if len({each.get(name, ()) for each in found}) > 1]
    said = Paragraph(f"{len(apart)} limits bind in other years, {len(every) - len(apart)} in the same years in all.")
    if not apart:
        return Section("limits", "What binds", (said,))
    rows: tuple[TableRow, ...] = tuple(
        (name, *(Cell(years_text(each[name])) if name in each else Cell("-", "quiet") for each in found))
        for name in apart[:MOST]
    )
    note = f"Shown {MOST} of {len(apart)}." if len(apart) > MOST else ""
    table = Table("Years in which limits bind", ("limit", *(side.name for side in sides)), rows, note=note, words=True)
    return Section("limits", "What binds", (said, table))
