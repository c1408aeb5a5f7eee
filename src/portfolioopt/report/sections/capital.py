"""The capital budget: what is there in each year, what comes back and is spent again, what is drawn, what is left."""

from fractions import Fraction

from portfolioopt.report.charts.colours import BLUE, FAINT, GREEN, INK, ORANGE, SKY, VERMILLION
from portfolioopt.report.charts.waterfall import Step, yearly_waterfall
from portfolioopt.report.content import Block, Cell, Chart, Paragraph, Section, Table
from portfolioopt.result.capital_account import ALWAYS, CapitalYear, capital_account, entries
from portfolioopt.result.figures import decimals_for, figure, percent, years_text
from portfolioopt.result.lookup import Lookup

FILLS = {
    "carried over": SKY,
    "budget": BLUE,
    "recycled": GREEN,
    "added": VERMILLION,
    "drawn": ORANGE,
    "left": FAINT,
}
"""In the order of the waterfall."""


def capital(lookup: Lookup) -> Section | None:
    """Nothing where there is no budget."""
    account = capital_account(lookup)
    outline = lookup.outline.capital
    if not account or outline is None:
        return None
    several = len(lookup.probability) > 1
    rules = f"Of what is left {percent(Fraction(outline.carry_over))} is carried over to the next year; "
    rules += f"of proceeds {percent(Fraction(outline.recycle))} may be spent again."
    binding = tuple(year for year, row in account.items() if row.binds)
    blocks: list[Block] = [Paragraph(rules)]
    recycled = sum((row.expected["recycled"] for row in account.values()), Fraction(0))
    drawn = sum((row.expected["drawn"] for row in account.values()), Fraction(0))
    if recycled:
        decimals = decimals_for((recycled, drawn))
        said = (
            f"Over the horizon {figure(drawn, decimals)} is drawn; recycled proceeds bring {figure(recycled, decimals)}"
        )
        blocks.append(Paragraph(f"{said}{' (both expected)' if several else ''}."))
    blocks.append(_chart(lookup, account, binding, several))
    return Section("capital", "Capital", tuple(blocks))


def _chart(lookup: Lookup, account: dict[int, CapitalYear], binding: tuple[int, ...], several: bool) -> Chart:
    names = [name for name in FILLS if name in entries(account)]
    decimals = decimals_for(value for row in account.values() for value in row.expected.values())
    groups = {year: _steps(year, row, names, decimals, several) for year, row in account.items()}
    legend = [("area", FILLS[name], name) for name in names]
    if several:
        legend.append(("solid", INK, "least left in any scenario"))
    binds = f"everything is drawn in {years_text(binding)}" if binding else "something is left in every year"
    return Chart(
        "capital",
        "Capital waterfall",
        f"Capital by year: budget, carried over, recycled, drawn and left{', expected' if several else ''}; {binds}.",
        lambda form: yearly_waterfall(groups, set(binding), legend, form),
        capital_table(account, decimals, several),
        f"In {lookup.outline.currency}{', expected over scenarios' if several else ''}.",
    )


def capital_table(account: dict[int, CapitalYear], decimals: int, several: bool) -> Table:
    """The account by year, as the terminal shows it."""
    names = entries(account)
    rows = []
    for year, row in account.items():
        cells: list[Cell | str] = [str(year)]
        cells += [
            figure(row.expected[name], decimals) if row.expected[name] or name in ALWAYS else "-" for name in names
        ]
        if several:
            cells.append(figure(row.tightest.headroom, decimals))
        cells.append(Cell("binds", "warn") if row.binds else "")
        rows.append(tuple(cells))
    columns = ("year", *names, *(["least left"] if several else []), "")
    note = "Expected; least left: in the worst scenario." if several else ""
    return Table("Capital by year", columns, tuple(rows), note=note)


def _steps(year: int, row: CapitalYear, names: list[str], decimals: int, several: bool) -> list[Step]:
    """What comes in stands on what came before, what is drawn hangs from all of it, what is left stands alone."""
    steps, level = [], Fraction(0)
    for name in names:
        amount = row.expected[name]
        start, end = level, level + amount
        if name == "drawn":
            end = level - amount
        elif name == "left":
            start, end = Fraction(0), amount
        level = end
        tick = float(row.tightest.headroom) if name == "left" and several else None
        least = (
            f", least in {row.tightest.scenario}: {figure(row.tightest.headroom, decimals)}" if tick is not None else ""
        )
        said = f"{year} {name}: {figure(amount, decimals)}{least}"
        steps.append(Step(float(start), float(end), FILLS[name], said, tick))
    return steps
