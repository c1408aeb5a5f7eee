"""What may happen: cumulative cash as a fan over the scenarios, and what the plan is worth in each."""

from fractions import Fraction

from portfolioopt.report.cash import cumulative_cash, expected_path, quantile
from portfolioopt.report.charts.bars import Dots, dot_rows
from portfolioopt.report.charts.fan import Band, Line, fan
from portfolioopt.report.content import Block, Cell, Chart, Paragraph, Section, Table
from portfolioopt.result.figures import decimals_for, difference, figure, percent
from portfolioopt.result.lookup import Lookup

MOST_LINES = 12
"""Scenarios drawn as lines of their own."""
FEWEST_FOR_BANDS = 5
MOST_DOTS = 24
SPREADS = ((Fraction(1, 10), Fraction(9, 10)), (Fraction(1, 4), Fraction(3, 4)))
"""From the wide to the narrow band: their lower and upper shares."""


def scenarios(lookup: Lookup) -> Section:
    """The fan; with several scenarios also what the plan is worth in each."""
    blocks: list[Block] = [
        Paragraph("Cumulative cash adds up all money of the plan, undiscounted and without terminal values."),
        _fan(lookup),
    ]
    if len(lookup.probability) > 1:
        blocks += _worth(lookup)
    return Section("scenarios", "Scenarios" if len(lookup.probability) > 1 else "Cash", tuple(blocks))


def _fan(lookup: Lookup) -> Chart:
    years = list(lookup.outline.calendar)
    paths = cumulative_cash(lookup.audit, lookup.everywhere, years)
    expected = expected_path(paths, lookup.probability)
    several = len(paths) > 1
    by_npv = sorted(paths, key=lambda name: (lookup.audit.npv[name], name))
    columns: dict[str, list[Fraction]] = {"expected" if several else "plan": expected}
    decimals = decimals_for(value for path in paths.values() for value in path)
    bands = []
    if len(paths) >= FEWEST_FOR_BANDS:
        for low, high in SPREADS:
            ends = [
                [
                    quantile(dict(zip(paths, now, strict=True)), lookup.probability, share)
                    for now in zip(*paths.values(), strict=True)
                ]
                for share in (low, high)
            ]
            name = f"{percent(low)} to {percent(high)}"
            bands.append(Band(name, [float(at) for at in ends[0]], [float(at) for at in ends[1]],
                              f"Between the {percent(low)} and the {percent(high)} quantile in each year"))  # fmt: skip
            columns[percent(low)], columns[percent(high)] = ends
    lines = []
    if several and len(paths) <= MOST_LINES:
        columns |= {name: paths[name] for name in paths}
        lines += [
            _line(name, paths[name], "one", f"{name} ({percent(lookup.probability[name])})", decimals)
            for name in by_npv[1:-1]
        ]
    today = lookup.result.do_nothing
    if today is not None:
        idle = expected_path(cumulative_cash(today, lookup.everywhere, years), lookup.probability)
        columns["doing nothing"] = idle
        lines.append(_line("doing nothing", idle, "today", "doing nothing, expected" if several else "", decimals))
    if several:
        best, worst = by_npv[-1], by_npv[0]
        columns |= {f"best, {best}": paths[best], f"worst, {worst}": paths[worst]} if len(paths) > MOST_LINES else {}
        lines.append(_line(f"best: {best}", paths[best], "best", "highest NPV", decimals))
        lines.append(_line(f"worst: {worst}", paths[worst], "worst", "lowest NPV", decimals))
    lines.append(_line("expected" if several else "plan", expected, "expected", "", decimals))
    rows = tuple(
        (str(year), *(figure(column[at], decimals) for column in columns.values())) for at, year in enumerate(years)
    )
    lowest = min(range(len(years)), key=lambda at: expected[at])
    says = f"Cumulative cash {years[0]} to {years[-1]}{' in ' + str(len(paths)) + ' scenarios' if several else ''}: "
    says += f"{'expected ' if several else ''}lowest in {years[lowest]} at {figure(expected[lowest], decimals)}, "
    says += f"{figure(expected[-1], decimals)} at the end."
    return Chart(
        "cash",
        "Cumulative cash",
        says,
        lambda form: fan(years, bands, lines, form),
        Table("Cumulative cash by year", ("year", *columns), rows),
        f"In {lookup.outline.currency}; best and worst are the scenarios of highest and lowest NPV."
        if several
        else f"In {lookup.outline.currency}.",
    )


def _line(name: str, path: list[Fraction], style: str, more: str, decimals: int) -> Line:
    said = f"{name}{f', {more}' if more and more != name else ''}: {figure(path[-1], decimals)} at the end, "
    said += f"lowest {figure(min(path), decimals)}"
    return Line(name, [float(at) for at in path], style, said)


def _worth(lookup: Lookup) -> list[Block]:
    npv = lookup.audit.npv
    today = None if lookup.result.do_nothing is None else lookup.result.do_nothing.npv
    order = sorted(npv, key=lambda name: (-npv[name], name))
    decimals = decimals_for([*npv.values(), *(today or {}).values()])
    rows = []
    for name in order:
        cells: list[Cell | str] = [name, percent(lookup.probability[name]), figure(npv[name], decimals)]
        if today is not None:
            loses = npv[name] < today[name]
            cells += [
                figure(today[name], decimals),
                Cell(difference(npv[name], today[name], decimals), "bad" if loses else ""),
            ]
        rows.append(tuple(cells))
    half = MOST_DOTS // 2
    kept = order if len(order) <= MOST_DOTS else [*order[:half], *order[-half:]]
    series = ("plan", *(() if today is None else ("doing nothing",)))
    dots = [
        Dots(
            f"{name} ({percent(lookup.probability[name])})",
            (float(npv[name]), *(() if today is None else (float(today[name]),))),
            f"{name}: plan {figure(npv[name], decimals)}"
            + ("" if today is None else f", doing nothing {figure(today[name], decimals)}"),
        )
        for name in kept
    ]
    note = "" if len(kept) == len(order) else f"Drawn {len(kept)} of {len(order)} scenarios, the best and the worst."
    columns = ("scenario", "probability", "plan", *(() if today is None else ("doing nothing", "gained")))
    says = f"NPV by scenario: {figure(npv[order[0]], decimals)} in {order[0]} to "
    says += f"{figure(npv[order[-1]], decimals)} in {order[-1]}."
    blocks: list[Block] = [
        Chart(
            "npv",
            "NPV by scenario",
            says,
            lambda form: dot_rows(dots, series, form),
            Table("NPV by scenario, best first", columns, tuple(rows)),
            note,
        )
    ]
    if today is not None and (worse := worse_than_nothing(lookup)):
        blocks.append(
            Paragraph(f"With a probability of {percent(worse)} the plan earns less than doing nothing.", "warn")
        )
    return blocks


def worse_than_nothing(lookup: Lookup) -> Fraction:
    """The probability of the scenarios in which the plan earns less than doing nothing."""
    today = lookup.result.do_nothing
    if today is None:
        return Fraction(0)
    npv = lookup.audit.npv
    return sum((lookup.probability[name] for name in npv if npv[name] < today.npv[name]), Fraction(0))
