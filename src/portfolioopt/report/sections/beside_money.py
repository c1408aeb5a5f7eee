"""Several plans: what their values are made of, their cash, their capital, and who earns it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from portfolioopt.report.cash import cumulative_cash, expected_path, value_by_line
from portfolioopt.report.charts.bars import Dots, dot_rows
from portfolioopt.report.charts.lines import Series, Spot, lines
from portfolioopt.report.content import Block, Cell, Chart, Form, Section, Table, TableRow
from portfolioopt.report.sections.worth import WORDS
from portfolioopt.report.sides import Side, every_partnership, title_of
from portfolioopt.result.capital_account import capital_account
from portfolioopt.result.figures import decimals_for, difference, figure, percent

MOST_ROWS, MOST_DOTS = 100, 24


def value_beside(sides: Sequence[Side]) -> Section:
    """Value line by line, and by scenario where the scenarios are the same."""
    worth = [value_by_line(side.lookup) for side in sides]
    names = [line for line in WORDS if any(line in each for each in worth)]
    amounts = [(WORDS[line], [each.get(line, Fraction(0)) for each in worth]) for line in names]
    amounts.append(("expected NPV", [side.lookup.audit.expected_npv for side in sides]))
    blocks: list[Block] = [_dots("value", "What value is made of", sides, amounts, "")]
    scenarios = sides[0].lookup.everywhere
    if len(scenarios) > 1 and all(set(side.lookup.everywhere) == set(scenarios) for side in sides):
        npv = [
            (f"{name} ({percent(sides[0].lookup.probability[name])})", [side.lookup.audit.npv[name] for side in sides])
            for name in scenarios
        ]
        npv.sort(key=lambda row: -row[1][0])
        blocks.append(_dots("npv", "NPV by scenario", sides, npv, "Probabilities are those of the first run."))
    return Section("value", "Value", tuple(blocks))


def partnerships_beside(sides: Sequence[Side]) -> Section:
    """What each partnership earns itself, those that differ most first."""
    worth = [{name: side.lookup.expected(earned) for name, earned in side.lookup.audit.worth.items()} for side in sides]
    rows = [
        (title_of(sides, name), [each.get(name, Fraction(0)) for each in worth]) for name in every_partnership(sides)
    ]
    rows = [row for row in rows if len(set(row[1])) > 1]
    rows.sort(key=lambda row: min(row[1]) - max(row[1]))
    if not rows:
        table = Table("Partnerships whose worth differs: none", ("partnership",), ())
        return Section("partnerships", "Partnerships", (table,))
    note = "What each earns itself, expected and discounted; the widest apart first."
    return Section(
        "partnerships", "Partnerships", (_dots("worth", "Partnerships whose worth differs", sides, rows, note),)
    )


def _dots(
    name: str, title: str, sides: Sequence[Side], amounts: Sequence[tuple[str, list[Fraction]]], note: str
) -> Chart:
    decimals = decimals_for(value for _, row in amounts for value in row)
    names = [side.name for side in sides]
    dots = [
        Dots(
            label,
            tuple(float(value) for value in row),
            f"{label}: "
            + ", ".join(f"{each} {figure(value, decimals)}" for each, value in zip(names, row, strict=True)),
        )
        for label, row in amounts[:MOST_DOTS]
    ]
    others = [f"{each} less {names[0]}" for each in names[1:]]
    rows: tuple[TableRow, ...] = tuple(
        (
            label,
            *(figure(value, decimals) for value in row),
            *(Cell(difference(value, row[0], decimals)) for value in row[1:]),
        )
        for label, row in amounts[:MOST_ROWS]
    )
    if len(amounts) > MOST_DOTS:
        note += f" Drawn {MOST_DOTS} of {len(amounts)}."
    says = f"{title} in {len(sides)} plans: {', '.join(names)}."
    return Chart(
        name,
        title,
        says,
        lambda form: dot_rows(dots, names, form),
        Table(title, ("", *names, *others), rows),
        note.strip(),
    )


def cash_beside(sides: Sequence[Side]) -> Section:
    """Expected cumulative cash."""
    paths = []
    for side in sides:
        years = list(side.lookup.outline.calendar)
        cash = cumulative_cash(side.lookup.audit, side.lookup.everywhere, years)
        paths.append(dict(zip(years, expected_path(cash, side.lookup.probability), strict=True)))
    note = "Undiscounted, expected over scenarios, without terminal values."
    return Section("cash", "Cash", (_yearly("cash", "Expected cumulative cash", sides, paths, note),))


def capital_beside(sides: Sequence[Side]) -> Section | None:
    """Capital drawn; nothing where no run has a budget."""
    accounts = [capital_account(side.lookup) for side in sides]
    if not any(accounts):
        return None
    drawn = [{year: row.expected["drawn"] for year, row in account.items()} for account in accounts]
    chart = _yearly("capital", "Capital drawn", sides, drawn, "Expected over scenarios.")
    return Section("capital", "Capital", (chart,))


def _yearly(name: str, title: str, sides: Sequence[Side], paths: Sequence[dict[int, Fraction]], note: str) -> Chart:
    decimals = decimals_for(value for path in paths for value in path.values())
    series = [
        Series(
            side.name,
            [
                Spot(year, float(value), f"{side.name} {year}: {figure(value, decimals)}")
                for year, value in path.items()
            ],
        )
        for side, path in zip(sides, paths, strict=True)
        if path
    ]
    years = sorted({year for path in paths for year in path})
    rows: tuple[TableRow, ...] = tuple(
        (str(year), *(figure(path[year], decimals) if year in path else "-" for path in paths)) for year in years
    )
    currency = sides[0].lookup.outline.currency

    def draw(form: Form) -> dict[str, Any]:
        return lines(series, "", currency, form, years=True)

    says = f"{title} by year in {len(series)} plans."
    return Chart(
        name, title, says, draw, Table(f"{title} by year", ("year", *(side.name for side in sides)), rows), note
    )
