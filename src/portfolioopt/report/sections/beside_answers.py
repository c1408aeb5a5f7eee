"""The first screen of a comparison: what is decided now, what it is worth, what may go wrong, what binds."""

from collections.abc import Sequence
from fractions import Fraction

from portfolioopt.report.content import Answer, Block, Cell, Item, Listing, Paragraph, Table, Tone
from portfolioopt.report.run import Run
from portfolioopt.report.sections.beside_decisions import acts_of
from portfolioopt.report.sections.beside_limits import binding_years
from portfolioopt.report.sections.scenarios import worse_than_nothing
from portfolioopt.report.sides import Side, title_of
from portfolioopt.result.figures import decimals_for, difference, figure, percent, years_text
from portfolioopt.result.wording import some

MOST = 8


def beside_answers(names: Sequence[str], runs: Sequence[Run], sides: Sequence[Side]) -> tuple[Answer, ...]:
    """The four; of runs without a plan only that they have none."""
    without = [
        Item(f"{name}: {'infeasible' if run.result.status == 'infeasible' else 'no plan was found'}", tone="bad")
        for name, run in zip(names, runs, strict=True)
        if run.lookup is None
    ]
    missing: tuple[Block, ...] = (Listing(tuple(without)),) if without else ()
    if not sides:
        said = Paragraph("None of the runs has a plan; a report of one run says why it has none.")
        return (Answer("What is there to compare?", "No plans", "bad", (*missing, said), "runs"),)
    return _now(sides), _value(sides, missing), _risks(sides), _binding(sides)


def _now(sides: Sequence[Side]) -> Answer:
    question = "What do we decide now?"
    first = {side.lookup.outline.first_year for side in sides}
    if len(sides) < 2:
        said = Paragraph("There is one plan only, with nothing to compare it with.")
        return Answer(question, f"One plan: {sides[0].name}", "", (said,), "runs")
    if len(first) > 1:
        said = Paragraph(f"The plans begin in different years: {some(map(str, sorted(first)))}.")
        return Answer(question, "Not comparable", "warn", (said,), "decisions")
    year = first.pop()
    acts = [{act for act in acts_of(side) if act[0] == year} for side in sides]
    shared = set.intersection(*acts)
    apart = sorted(set.union(*acts) - shared)
    items = []
    for act in apart[:MOST]:
        where = [side.name for side, own in zip(sides, acts, strict=True) if act in own]
        _, partnership, kind, action = act
        items.append(Item(f"{kind.capitalize()} {title_of(sides, partnership)} ({action}): only in {some(where)}"))
    blocks: list[Block] = [Listing(tuple(items))] if items else []
    if len(apart) > MOST:
        blocks.append(Paragraph(f"and {len(apart) - MOST} more, listed below", "quiet"))
    same = "1 decision of {} is" if len(shared) == 1 else f"{len(shared)} decisions of {{}} are"
    blocks.append(Paragraph(f"{same.format(year)} the same in all.", "quiet"))
    headline = f"{len(apart)} decision{'s' if len(apart) != 1 else ''} of {year} differ{'s' if len(apart) == 1 else ''}"
    return Answer(question, headline if apart else f"The same in {year}", "", tuple(blocks), "decisions")


def _value(sides: Sequence[Side], missing: tuple[Block, ...]) -> Answer:
    base = sides[0].lookup.audit.expected_npv
    npvs = [side.lookup.audit.expected_npv for side in sides]
    decimals = decimals_for(npvs)
    rows = []
    for side, npv in zip(sides, npvs, strict=True):
        today = side.lookup.result.do_nothing
        over = "-" if today is None else difference(npv, today.expected_npv, decimals)
        against = "" if side is sides[0] else difference(npv, base, decimals)
        rows.append((side.name, figure(npv, decimals), over, against))
    columns = ("", "expected NPV", "over doing nothing", f"against {sides[0].name}")
    currency = sides[0].lookup.outline.currency
    table = Table(f"Value, {currency}", columns, tuple(rows))
    best = max(range(len(sides)), key=lambda number: (npvs[number], -number))
    others = [number for number in range(len(sides)) if number != best]
    if not others:
        headline = f"{figure(base, decimals)} {currency}"
    elif len(set(npvs)) == 1:
        headline = "Worth the same"
    else:
        reference = 0 if best else others[0]
        ahead = difference(npvs[best], npvs[reference], decimals)
        headline = f"{ahead} {currency}: {sides[best].name} over {sides[reference].name}"
    return Answer("What is it worth?", headline, "", (table, *missing), "value")


def _risks(sides: Sequence[Side]) -> Answer:
    npvs = [side.lookup.audit.npv for side in sides]
    decimals = decimals_for(value for npv in npvs for value in npv.values())
    rows = []
    lowest: list[Fraction] = []
    for side, npv in zip(sides, npvs, strict=True):
        worst = min(npv, key=lambda name: (npv[name], name))
        lowest.append(npv[worst])
        share = worse_than_nothing(side.lookup)
        rows.append(
            (side.name, figure(npv[worst], decimals), worst, Cell(percent(share), "bad" if share else ""),
             "yes" if side.run.result.verified else Cell("no", "warn"))
        )  # fmt: skip
    columns = ("", "worst scenario", "which", "below doing nothing", "verified")
    table = Table("NPV in the worst scenario", columns, tuple(rows))
    safest = max(range(len(sides)), key=lambda number: (lowest[number], -number))
    headline = f"{sides[safest].name} is worth most in its worst scenario"
    if len(set(lowest)) == 1:
        headline = "The same in the worst scenario" if len(sides) > 1 else f"{figure(lowest[0], decimals)} at worst"
    return Answer("What could go wrong?", headline, "", (table,), "value")


def _binding(sides: Sequence[Side]) -> Answer:
    found = [binding_years(side) for side in sides]
    every = dict.fromkeys(name for each in found for name in each)
    apart = [name for name in every if len({each.get(name, ()) for each in found}) > 1]
    items = []
    for name in apart[:MOST]:
        said = [
            f"{side.name} {years_text(each[name]) if name in each else 'never'}"
            for side, each in zip(sides, found, strict=True)
        ]
        items.append(Item(f"{name}: {'; '.join(said)}"))
    blocks: list[Block] = [Listing(tuple(items))] if items else []
    if len(apart) > MOST:
        blocks.append(Paragraph(f"and {len(apart) - MOST} more, listed below", "quiet"))
    same = len(every) - len(apart)
    binding = "1 limit binds" if same == 1 else f"{same} limits bind"
    blocks.append(Paragraph(f"{binding} in the same years in all.", "quiet"))
    tone: Tone = ""
    headline = f"{len(apart)} limit{'s' if len(apart) != 1 else ''} bind{'s' if len(apart) == 1 else ''} differently"
    return Answer("What binds?", headline if apart else "The same limits bind", tone, tuple(blocks), "limits")
