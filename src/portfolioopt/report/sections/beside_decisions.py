"""Several plans: the decisions that are not the same in all, and the lives that follow from them."""

from collections.abc import Sequence
from fractions import Fraction

from portfolioopt.report.charts.roadmap import Row, roadmap
from portfolioopt.report.content import Cell, Chart, Paragraph, Section, Table, TableRow
from portfolioopt.report.lives import Life, life
from portfolioopt.report.sections.roadmap import life_table, told
from portfolioopt.report.sides import Side, every_partnership, title_of
from portfolioopt.result.figures import percent

MOST_ACTS, MOST_LIVES = 100, 20
Act = tuple[int, str, str, str]
"""Year, partnership, kind and action of a decision."""


def decisions_beside(sides: Sequence[Side]) -> Section:
    """Each decision that differs, with its probability in each plan."""
    likely = [acts_of(side) for side in sides]
    every = sorted({act for each in likely for act in each})
    apart = [act for act in every if len({each.get(act, Fraction(0)) for each in likely}) > 1]
    same = len(every) - len(apart)
    said = f"{len(apart)} decisions differ, {same} are the same in all."
    if not apart:
        return Section("decisions", "Decisions", (Paragraph("All take the same decisions, equally likely."),))
    rows: tuple[TableRow, ...] = tuple(
        (
            f"{year} {kind} {title_of(sides, partnership)} ({action})",
            *(_cell(each.get((year, partnership, kind, action), Fraction(0))) for each in likely),
        )
        for year, partnership, kind, action in apart[:MOST_ACTS]
    )
    note = "Probability that the decision is taken; - where it is not."
    if len(apart) > MOST_ACTS:
        note += f" Shown {MOST_ACTS} of {len(apart)}, the earliest."
    columns = ("decision", *(side.name for side in sides))
    table = Table("Decisions that differ", columns, rows, note=note)
    return Section("decisions", "Decisions", (Paragraph(said), table))


def acts_of(side: Side) -> dict[Act, Fraction]:
    """The decisions of a plan by how likely they are."""
    found: dict[Act, Fraction] = {}
    for decision in side.lookup.plan.decisions:
        share = side.lookup.probability[decision.scenario]
        if share > 0:
            act = (decision.year, decision.partnership, decision.kind, decision.action)
            found[act] = found.get(act, Fraction(0)) + share
    return found


def _cell(share: Fraction) -> Cell:
    return Cell(percent(share), "strong") if share else Cell("-", "quiet")


def road_maps_beside(sides: Sequence[Side]) -> Section | None:
    """The partnerships whose lives on the most probable branches are not the same, one life under the other."""
    apart: list[tuple[str, list[tuple[Side, Life]]]] = []
    for name in every_partnership(sides):
        lives = [
            (side, life(side.lookup, name, side.lookup.likeliest()[0]))
            for side in sides
            if any(each.id == name for each in side.lookup.outline.partnerships)
        ]
        if len({own.shape for _, own in lives}) > 1:
            apart.append((name, lives))
    if not apart:
        return None
    rows = [
        Row(side.name, own, f"q{number}", told=told(own, side.lookup), head=position == 0, of=title_of(sides, name))
        for number, (name, lives) in enumerate(apart[:MOST_LIVES])
        for position, (side, own) in enumerate(lives)
    ]
    first = min(side.lookup.outline.calendar[0] for side in sides)
    last = max(side.lookup.outline.calendar[-1] for side in sides)
    years = list(range(first, last + 1))
    note = "On the most probable branch of each plan."
    if len(apart) > MOST_LIVES:
        note += f" Shown {MOST_LIVES} of {len(apart)} partnerships whose lives differ."
    chart = Chart(
        "road-maps",
        "Lives that differ",
        f"Lives of {min(len(apart), MOST_LIVES)} partnerships that differ between the plans.",
        lambda form: roadmap(rows, years, (), form),
        life_table("Lives that differ: state by year", rows, years),
        note,
    )
    return Section("road-map", "Road maps", (chart,))
