"""What is decided: now, and later on the most probable branch."""

from fractions import Fraction

from portfolioopt.plan import Decision
from portfolioopt.report.content import Block, Item, Listing, Paragraph, Section
from portfolioopt.report.run import Run
from portfolioopt.result.figures import amount, percent
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.sentences import sentence
from portfolioopt.result.wording import some

MOST, FEWEST = 240, 12
"""Decisions that are listed in all, and of each year at least."""


def decisions(run: Run, lookup: Lookup) -> Section:
    """A list for each year in which something is decided."""
    likeliest = lookup.likeliest()
    scenario = likeliest[0]
    blocks: list[Block] = []
    if len(lookup.probability) > 1:
        share = percent(sum(lookup.probability[name] for name in likeliest))
        where = "in every scenario" if likeliest == lookup.everywhere else f"in {some(likeliest)} ({share})"
        blocks.append(Paragraph(f"What is decided {where}; the decisions of the first year are the same in all."))
    counts = {year: count for year in lookup.outline.calendar if (count := _count(lookup, scenario, year))}
    most = MOST if sum(counts.values()) <= MOST else max(FEWEST, MOST // len(counts))
    for year, count in counts.items():
        blocks.append(Listing(decided(run, lookup, scenario, year, most), title=str(year)))
        if count > most:
            said = f"Shown {most} of {count:,} in {year}, of the partnerships whose worth is furthest from 0."
            blocks.append(Paragraph(f"{said} All stand in tables/actions.csv of the run.", "quiet"))
    if not counts:
        blocks = [Paragraph("Every partnership keeps its state.")]
    return Section("decisions", "Decisions by year", tuple(blocks))


def decided(run: Run, lookup: Lookup, scenario: str, year: int, most: int, *, brief: bool = False) -> tuple[Item, ...]:
    """The decisions of a year and its hiring, in words; `brief` without ids.

    Of more than `most` those of the partnerships whose worth is furthest from 0.
    """
    found = list(lookup.decided(scenario, year, year))
    hired = [
        Item(f"Hire {amount(float(hired.engineers))} {hired.skill} for {year}")
        for hired in lookup.plan.hiring
        if (hired.scenario, hired.year) == (scenario, year) and hired.engineers
    ]
    if len(found) + len(hired) > most:
        found.sort(key=lambda decision: (-abs(_worth(lookup, decision)), decision.partnership))
    items = [
        Item(sentence(decision, lookup.outline, brief=brief), key=run.keys[decision.partnership])
        for decision in found[:most]
    ]
    return (*items, *hired)[:most]


def _count(lookup: Lookup, scenario: str, year: int) -> int:
    hired = [one for one in lookup.plan.hiring if (one.scenario, one.year) == (scenario, year) and one.engineers]
    return len(lookup.decided(scenario, year, year)) + len(hired)


def count_of(lookup: Lookup, year: int) -> int:
    """How much is decided in a year of the most probable branch, hiring by skill included."""
    return _count(lookup, lookup.likeliest()[0], year)


def _worth(lookup: Lookup, decision: Decision) -> Fraction:
    return lookup.expected(lookup.audit.worth.get(decision.partnership, {}))
