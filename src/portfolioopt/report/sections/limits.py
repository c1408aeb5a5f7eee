"""How far limits are used and requirements met: engineers, exposures, capabilities, and what else is limited."""

from collections.abc import Sequence
from fractions import Fraction

from portfolioopt.audit.findings import LimitUse
from portfolioopt.language.instance import Instance
from portfolioopt.report.charts.heat import HeatCell, HeatRow, heat_map
from portfolioopt.report.charts.multiples import Bar, Multiple, multiples
from portfolioopt.report.content import Block, Cell, Chart, Paragraph, Section, Table, TableRow
from portfolioopt.report.run import Run
from portfolioopt.result import beyond
from portfolioopt.result.figures import amount, decimals_for, figure, percent, years_text
from portfolioopt.result.limit_shares import LimitYears, binds, limit_years, share, share_words
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.wording import some

MOST_ROWS, MOST_MULTIPLES = 30, 18
"""Of families with more limits, those that come closest are drawn."""
MOST_USERS = 3


def skills(run: Run, lookup: Lookup) -> Section | None:
    """The heat map of skills by year, and who is hired."""
    found = limit_years(lookup.audit, "skills", "at_most")
    if not found:
        return None
    blocks: list[Block] = [
        Paragraph(f"Share of the engineers there are (those hired included){_over(lookup, 'highest')}."),
        heat(run, lookup, "skills", "Engineers by skill and year", found),
    ]
    blocks += map(Paragraph, beyond.hired(lookup))
    return Section("skills", "Engineering bandwidth", tuple(blocks))


def exposures(run: Run, lookup: Lookup) -> Section | None:
    """Each exposure against its limit."""
    found = limit_years(lookup.audit, "exposures", "at_most")
    if not found:
        return None
    words = {"within": "exposure", "binds": "all that is allowed", "beyond": "beyond the limit", "limit": "limit"}
    chart = _multiples(run, lookup, "exposures", "Exposures against their limits", found, words)
    said = Paragraph(f"Amounts at risk under each limit{_over(lookup, 'in the scenario that comes closest to it')}.")
    return Section("exposures", "Exposures", (said, chart))


def requirements(run: Run, lookup: Lookup) -> Section | None:
    """What is provided of what is needed."""
    found = limit_years(lookup.audit, "requirements", "at_least")
    if not found:
        return None
    words = {"within": "provided", "binds": "just met", "beyond": "falls short", "limit": "needed"}
    chart = _multiples(run, lookup, "requirements", "Capabilities against what is needed", found, words)
    said = Paragraph(
        f"What is provided of each capability{_over(lookup, 'in the scenario that provides least of it')}."
    )
    missed = beyond.shortfall(lookup)
    return Section("requirements", "Requirements", (said, chart, *([Paragraph(missed, "warn")] if missed else [])))


def attention(run: Run, lookup: Lookup) -> Section | None:
    """Partnerships active at once, and decisions."""
    most = [one for family in ("activity", "moves") for one in limit_years(lookup.audit, family, "at_most")]
    least = limit_years(lookup.audit, "activity", "at_least")
    if not (most or least):
        return None
    blocks: list[Block] = []
    if most:
        said = f"Partnerships active at once and decisions, as a share of what is allowed{_over(lookup, 'highest')}."
        blocks += [Paragraph(said), heat(run, lookup, "attention", "Activity and decisions by year", most)]
    if least:
        blocks.append(_table(lookup, "Least activity asked for: % of what is asked", least))
    return Section("attention", "Activity and decisions", tuple(blocks))


def heat(run: Run, lookup: Lookup, name: str, title: str, found: list[LimitYears]) -> Chart:
    """A heat map of limits."""
    kept = nearest(found, MOST_ROWS)
    rows = [
        HeatRow(one.name, {year: _cell(run, lookup, one, use) for year, use in one.closest.items()}) for one in kept
    ]
    years = list(lookup.outline.calendar)
    bound = [f"{one.name} in {years_text(one.binding)}" for one in kept if one.binding]
    says = f"{title}: {f'{some(bound)} bind' if bound else 'none of them binds'}."
    return Chart(
        name,
        title,
        says,
        lambda form: heat_map(rows, years, form, framed="binds", beyond="beyond the limit"),
        _table(lookup, f"{title}: % of the limit used", kept),
        _shown(len(kept), len(found)),
    )


def _cell(run: Run, lookup: Lookup, one: LimitYears, use: LimitUse) -> HeatCell:
    decimals = decimals_for((use.use, use.limit))
    said = _said(run, lookup, one, use, decimals)
    return HeatCell(float(share(use)), share_words(share(use)), use.year in one.binding, said)


def _multiples(
    run: Run, lookup: Lookup, name: str, title: str, found: list[LimitYears], words: dict[str, str]
) -> Chart:
    kept = nearest(found, MOST_MULTIPLES)
    outline = lookup.outline
    parts = []
    for one in kept:
        decimals = decimals_for(value for use in one.closest.values() for value in (use.use, use.limit))
        bars = {
            year: Bar(float(use.use), float(use.limit), _state(use), _said(run, lookup, one, use, decimals))
            for year, use in one.closest.items()
        }
        parts.append(Multiple(one.name, outline.words(one.name), bars))
    years = list(outline.calendar)
    bound = [f"{one.name} in {years_text(one.binding)}" for one in kept if one.binding]
    says = f"{title}: {some(bound) if bound else 'none'} {words['binds'] if bound else 'binds'}."
    return Chart(
        name,
        title,
        says,
        lambda form: multiples(parts, years, form, words),
        _amounts(lookup, title, kept),
        _shown(len(kept), len(found)),
    )


def _state(use: LimitUse) -> str:
    if use.headroom < 0:
        return "beyond"
    return "binds" if binds(use) else "within"


def nearest(found: Sequence[LimitYears], most: int) -> list[LimitYears]:
    """The limits to show, in their own order: those that bind, then those that come closest."""
    order = sorted(found, key=lambda one: (not one.binding, -max(one.shares.values())))
    kept = {id(one) for one in order[:most]}
    return [one for one in found if id(one) in kept]


def _shown(kept: int, found: int) -> str:
    return f"Shown {kept} of {found}, those closest to binding: see tables/limits.csv for all." if kept < found else ""


def _over(lookup: Lookup, which: str) -> str:
    if len(lookup.probability) < 2:
        return ""
    return f", {which}" if which.startswith("in ") else f", {which} over scenarios"


def _said(run: Run, lookup: Lookup, one: LimitYears, use: LimitUse, decimals: int) -> str:
    """What a mark tells: amounts, scenario, and who uses most."""
    words = "of" if use.sense == "at_most" else "provided of"
    said = f"{one.name} {use.year}: {figure(use.use, decimals)} {words} {figure(use.limit, decimals)}"
    said += f" ({percent(share(use))})" if use.limit > 0 else ""
    if len(lookup.probability) > 1:
        said += f" in {use.scenario}"
    users = _users(run, use)
    if users:
        names = [f"{lookup.outline.partnership(name).title} {amount(value)}" for name, value in users[:MOST_USERS]]
        more = len(users) - MOST_USERS
        said += f"; most by {'; '.join(names)}{f'; {more} others' if more > 0 else ''}"
    return said


def _users(run: Run, use: LimitUse) -> list[tuple[str, Fraction]]:
    """Who contributes to the use of a limit, the largest first; nobody where the facts are missing."""
    if run.instance is None or run.contributions is None:
        return []
    flow = flow_of(run.instance, use.family, use.id)
    if flow is None:
        return []
    found = run.contributions.of(*flow, use.scenario, use.year)
    return sorted(found.items(), key=lambda item: -item[1])


def flow_of(instance: Instance, family: str, name: str) -> tuple[str, str] | None:
    """The flow that a limit adds up: effort of a skill, exposure under a tag, what provides a capability."""
    if family == "skills":
        return "effort", name
    if family == "exposures":
        return next((("exposure", each.tag) for each in instance.exposures if each.id == name), None)
    if family == "requirements":
        return next((("provides", each.capability) for each in instance.requirements if each.id == name), None)
    return None


def _table(lookup: Lookup, caption: str, found: Sequence[LimitYears]) -> Table:
    years = lookup.outline.calendar
    rows: tuple[TableRow, ...] = tuple(
        (
            one.name,
            *(Cell(share_words(one.shares.get(year)), "warn" if year in one.binding else "") for year in years),
            years_text(one.binding),
        )
        for one in found
    )
    return Table(caption, ("", *map(str, years), "binds"), rows)


def _amounts(lookup: Lookup, caption: str, found: Sequence[LimitYears]) -> Table:
    """Use and limit by year, two lines for each."""
    years = lookup.outline.calendar
    rows: list[tuple[Cell | str, ...]] = []
    for one in found:
        decimals = decimals_for(value for use in one.closest.values() for value in (use.use, use.limit))
        least = next(iter(one.closest.values())).sense == "at_least"
        for word, part in (("provided", "use"), ("needed", "limit")) if least else (("use", "use"), ("limit", "limit")):
            rows.append(
                (
                    f"{one.name}, {word}",
                    *(
                        Cell(
                            figure(getattr(one.closest[year], part), decimals) if year in one.closest else "-",
                            "warn" if year in one.binding and part == "use" else "",
                        )
                        for year in years
                    ),
                    years_text(one.binding) if part == "use" else "",
                )
            )
    return Table(caption, ("", *map(str, years), "binds"), tuple(rows))
