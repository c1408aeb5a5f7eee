"""The report of several runs side by side: what was asked and what is decided differently, and what it is worth."""

from collections.abc import Sequence

from portfolioopt.report.content import Page, Paragraph, Section, Tone
from portfolioopt.report.run import Run
from portfolioopt.report.sections.beside_answers import beside_answers
from portfolioopt.report.sections.beside_decisions import decisions_beside, road_maps_beside
from portfolioopt.report.sections.beside_facts import asked_differently, the_runs
from portfolioopt.report.sections.beside_limits import limits_beside
from portfolioopt.report.sections.beside_money import capital_beside, cash_beside, partnerships_beside, value_beside
from portfolioopt.report.sides import side_names, sides_of
from portfolioopt.report.single import source

MOST = 6
"""Runs that are drawn; tables hold all."""


def comparison_page(runs: Sequence[Run]) -> Page:
    """What runs have to say of each other; the first is what the others are compared with."""
    names, sides = side_names(runs), sides_of(runs)
    outlines = [run.result.outline for run in runs]
    instances = dict.fromkeys(outline.instance for outline in outlines)
    title = f"{len(runs)} runs of {next(iter(instances))}" if len(instances) == 1 else f"{len(runs)} runs"
    currencies = dict.fromkeys(outline.currency for outline in outlines)
    tone: Tone = ""
    said = f"Compared with {names[0]}; figures in {next(iter(currencies))}."
    if len(currencies) > 1:
        said, tone = f"Figures are in different currencies: {', '.join(currencies)}. Differences mean little.", "warn"
    found: list[Section | None] = [the_runs(names, runs), asked_differently(names, runs)]
    if len(sides) > 1:
        drawn = sides[:MOST]
        found += [
            decisions_beside(sides),
            road_maps_beside(drawn),
            value_beside(drawn),
            cash_beside(drawn),
            capital_beside(drawn),
            limits_beside(sides),
            partnerships_beside(drawn),
        ]
    sources = [f"{name}: {line}" for name, run in zip(names, runs, strict=True) for line in source(run)]
    return Page(
        title,
        ", ".join(names),
        Paragraph(said, tone),
        beside_answers(names, runs, sides),
        tuple(section for section in found if section is not None),
        source=tuple(sources),
    )
