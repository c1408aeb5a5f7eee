"""The road map: where each partnership stands in each year, by domain; and the lives that branches lead differently."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from portfolioopt.report.branches import Branching
from portfolioopt.report.charts.roadmap import Row
from portfolioopt.report.charts.roadmap import roadmap as drawn
from portfolioopt.report.content import Block, Cell, Chart, Form, Paragraph, Section, Table
from portfolioopt.report.lives import LEAD, NOTICE, Life, distinct_lives, life
from portfolioopt.report.run import Run
from portfolioopt.result.figures import decimals_for, figure, percent
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.outline import PartnershipOutline
from portfolioopt.result.sentences import clause
from portfolioopt.result.wording import some

MOST = 60
"""Partnerships on the map: of more, those whose worth is furthest from 0."""
MOST_LIVES, MOST_ROWS = 6, 48
"""Of one partnership, and in all, where branches differ."""
NO_DOMAIN = "no domain"


def roadmaps(run: Run, lookup: Lookup, branching: Branching) -> Section:
    """A chart for each domain, on the most probable branch, and one of what branches do differently."""
    shown, active = mapped(run, lookup)
    likeliest = lookup.likeliest()
    outline = lookup.outline
    blocks: list[Block] = []
    words = "Where each partnership stands in each year"
    if likeliest != lookup.everywhere:
        share = percent(sum(lookup.probability[name] for name in likeliest))
        words += f" on the most probable branch: {some(likeliest)} ({share})"
    blocks.append(Paragraph(f"{words}. NPV is what each earns itself{_over(lookup)}."))
    left_out = (
        [f"{len(outline.partnerships) - active:,} that are never in force"]
        if active < len(outline.partnerships)
        else []
    )
    if len(shown) < active:
        left_out.append(f"{active - len(shown):,} whose worth is closest to 0")
    if left_out:
        said = f"Shown {len(shown)} of {len(outline.partnerships):,} partnerships; not shown: {' and '.join(left_out)}."
        blocks.append(Paragraph(said, "quiet"))
    if not shown:
        blocks.append(Paragraph("No partnership is in force in any year."))
    differing = {each.id: distinct_lives(lookup, each.id) for each in shown} if branching.partings else {}
    groups: dict[str, list[PartnershipOutline]] = {}
    for each in shown:
        groups.setdefault(each.domain or NO_DOMAIN, []).append(each)
    for domain, members in groups.items():
        title = domain.capitalize() if len(groups) > 1 or domain != NO_DOMAIN else "Road map"
        blocks.append(_of_domain(run, lookup, title, domain, members, differing))
    other = _where_branches_differ(run, lookup, branching, differing)
    return Section("road-map", "Road map", (*blocks, *other))


def mapped(run: Run, lookup: Lookup) -> tuple[list[PartnershipOutline], int]:
    """The partnerships on the map, in the order of the instance, and how many could be: active or decided on."""
    active = {standing.partnership for standing in lookup.audit.standings if standing.active}
    active |= {decision.partnership for decision in lookup.plan.decisions}
    worth = {name: lookup.expected(earned) for name, earned in lookup.audit.worth.items() if name in active}
    kept = set(sorted(active, key=lambda name: (-abs(worth.get(name, Fraction(0))), name))[:MOST])
    return [each for each in run.result.outline.partnerships if each.id in kept], len(active)


def _over(lookup: Lookup) -> str:
    return ", expected over scenarios" if len(lookup.probability) > 1 else ""


def _of_domain(
    run: Run, lookup: Lookup, title: str, domain: str, members: list[PartnershipOutline],
    differing: dict[str, list[tuple[Life, tuple[str, ...]]]],
) -> Chart:  # fmt: skip
    scenario = lookup.likeliest()[0]
    worths = {each.id: lookup.expected(lookup.audit.worth[each.id]) for each in members}
    decimals = decimals_for(worths.values())
    rows = []
    for each in members:
        own = life(lookup, each.id, scenario)
        others = (other for other, _ in differing.get(each.id, []))
        rows.append(
            Row(
                title=each.title,
                life=own,
                key=run.keys[each.id],
                worth=figure(worths[each.id], decimals),
                differs=_years_apart(own, others),
                told=told(own, lookup),
            )
        )
    years, reviews = list(lookup.outline.calendar), lookup.outline.review_years

    def draw(form: Form) -> dict[str, Any]:
        return drawn(rows, years, reviews if len(reviews) < len(years) else (), form)

    table = life_table(f"{title}: state by year, and NPV", rows, years)
    changes = sum(1 for row in rows if row.life.decisions)
    says = f"Road map of {len(rows)} partnerships ({title}), {years[0]} to {years[-1]}; {changes} of them change."
    return Chart(f"road-map-{domain.replace(' ', '-')}", title, says, draw, table, domain=domain)


def told(own: Life, lookup: Lookup) -> tuple[str, ...]:
    """Each decision of a life in words."""
    return tuple(clause(decision, lookup.outline) for decision in own.decisions)


def _years_apart(own: Life, others: Iterable[Life]) -> frozenset[int]:
    """Years in which some other life stands elsewhere or decides something else."""
    mine = _by_year(own)
    return frozenset(year for other in others for year, place in _by_year(other).items() if place != mine[year])


def _by_year(own: Life) -> dict[int, tuple[str, str, str]]:
    decided = {decision.year: decision.action for decision in own.decisions}
    return {
        year: (span.state, span.phase, decided.get(year, ""))
        for span in own.spans
        for year in range(span.first, span.last + 1)
    }


def life_table(caption: str, rows: list[Row], years: list[int]) -> Table:
    """The same as words: a line for each row, a column for each year; years that a life does not reach stay empty."""
    cells = []
    for row in rows:
        places = _by_year(row.life)
        kinds = {decision.year: decision.kind for decision in row.life.decisions}
        cells.append(
            (
                Cell(f"{row.of}: {row.title}" if row.of else row.title, key=row.key),
                *(
                    _cell(places[year], kinds.get(year, ""), year in row.differs) if year in places else ""
                    for year in years
                ),
                *([row.worth] if row.worth else []),
            )
        )
    columns = ("partnership", *map(str, years), *(["NPV"] if rows and rows[0].worth else []))
    note = "In brackets what is decided in the year. Lead: being prepared. *: other branches do something else."
    return Table(caption, columns, tuple(cells), note=note, words=True)


def _cell(place: tuple[str, str, str], kind: str, differs: bool) -> Cell:
    state, phase, _ = place
    text = {LEAD: f"{state} (lead)", NOTICE: f"{state} (notice)"}.get(phase, "-" if state == "none" else state)
    return Cell(f"{text}{f' [{kind}]' if kind else ''}{'*' if differs else ''}", "strong" if kind else "")


def _where_branches_differ(
    run: Run, lookup: Lookup, branching: Branching, differing: dict[str, list[tuple[Life, tuple[str, ...]]]]
) -> list[Block]:
    """The lives of those partnerships that do not do the same in every branch."""
    several = {name: lives for name, lives in differing.items() if len(lives) > 1}
    if not several:
        return []
    rows: list[Row] = []
    for name, lives in several.items():
        if len(rows) >= MOST_ROWS:
            break
        title = lookup.outline.partnership(name).title
        for number, (own, scenarios) in enumerate(lives[:MOST_LIVES]):
            share = percent(sum(lookup.probability[each] for each in scenarios))
            label = f"{share}  {branching.letters(scenarios)}"
            rows.append(Row(label, own, run.keys[name], told=told(own, lookup), head=number == 0, of=title))
        hidden = len(lives) - MOST_LIVES
        if hidden > 0:
            rows[-1] = replace(rows[-1], title=f"{rows[-1].title}; {hidden} more lives not drawn")
    drawn_names = len(dict.fromkeys(row.key for row in rows))
    years, reviews = list(lookup.outline.calendar), lookup.outline.review_years
    note = "Letters name the branches of the tree below."
    if drawn_names < len(several):
        note += f" Shown {drawn_names} of {len(several)} partnerships that differ."
    chart = Chart(
        "road-map-branches",
        "Where branches differ",
        f"Lives of {drawn_names} partnerships that do not do the same in every branch.",
        lambda form: drawn(rows, years, reviews if len(reviews) < len(years) else (), form),
        life_table("Where branches differ: state by year", rows, years),
        note,
    )
    return [chart]
