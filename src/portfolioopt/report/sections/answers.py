"""The first screen: what is decided now, what it is worth, what could go wrong, what binds."""

from fractions import Fraction

from portfolioopt.audit.findings import LimitUse
from portfolioopt.report.cash import TERMINAL, cumulative_cash
from portfolioopt.report.content import Answer, Block, Item, Listing, Paragraph, Table, Tone
from portfolioopt.report.run import Run
from portfolioopt.report.sections.decisions import count_of, decided
from portfolioopt.report.sections.scenarios import worse_than_nothing
from portfolioopt.result import beyond
from portfolioopt.result.capital_account import capital_account
from portfolioopt.result.figures import decimals_for, difference, figure, percent, years_text
from portfolioopt.result.limit_shares import binds, limit_years
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.sentences import broken, nothing_changes
from portfolioopt.result.values import value_rows
from portfolioopt.result.wording import some

MOST_DECISIONS, MOST_BINDING = 9, 5
BINDING = (
    ("skills", "at_most", "skills"),
    ("exposures", "at_most", "exposures"),
    ("requirements", "at_least", "requirements"),
    ("activity", "at_most", "attention"),
    ("activity", "at_least", "attention"),
    ("moves", "at_most", "attention"),
)
"""Families and senses in which a limit may bind, and the section that says more."""


def answers(run: Run, lookup: Lookup) -> tuple[Answer, ...]:
    """The four."""
    return now(run, lookup), value(lookup), risks(run, lookup), binding(lookup)


def now(run: Run, lookup: Lookup) -> Answer:
    """The decisions of the first year, which are the same in every scenario."""
    first = lookup.outline.first_year
    question = "What do we decide now?"
    count = count_of(lookup, first)
    if not count:
        later = sorted({decision.year for decision in lookup.plan.decisions})
        said = f"The next decision is due in {later[0]}." if later else nothing_changes(lookup)
        block = Paragraph(f"Every partnership keeps its state. {said}")
        return Answer(question, f"Nothing changes in {first}", "", (block,), "decisions")
    items = decided(run, lookup, lookup.likeliest()[0], first, MOST_DECISIONS, brief=True)
    blocks: list[Block] = [Listing(items)]
    if count > len(items):
        blocks.append(Paragraph(f"and {count - len(items):,} more, of less worth", "quiet"))
    headline = f"{count:,} decision{'s' if count > 1 else ''} in {first}"
    return Answer(question, headline, "", tuple(blocks), "decisions")


def value(lookup: Lookup) -> Answer:
    """What was maximized, of the plan and of doing nothing."""
    today = lookup.result.do_nothing
    rows = value_rows(lookup)
    decimals = decimals_for(number for row in rows for number in row[1:] if number is not None)
    columns = ("", "plan", *(() if today is None else ("doing nothing", "gained")))
    cells = []
    for name, plan, nothing in rows:
        line = [name, figure(plan, decimals)]
        if today is not None:
            line += ["", ""] if nothing is None else [figure(nothing, decimals), difference(plan, nothing, decimals)]
        cells.append(tuple(line))
    blocks: list[Block] = [Table(f"Value, {lookup.outline.currency}", columns, tuple(cells))]
    if today is not None and not today.ok:
        blocks.append(Paragraph(f"Doing nothing is not open: it would break {broken(today)}.", "warn"))
    tone: Tone = ""
    if today is None:
        headline = f"{figure(lookup.audit.expected_npv, decimals)} {lookup.outline.currency}"
    else:
        gained = lookup.audit.expected_npv - today.expected_npv
        headline = f"{difference(lookup.audit.expected_npv, today.expected_npv, decimals)} {lookup.outline.currency}"
        tone = "good" if gained > 0 else "bad" if gained < 0 else ""
    return Answer("What is it worth against doing nothing?", headline, tone, tuple(blocks), "value")


def risks(run: Run, lookup: Lookup) -> Answer:
    """The worst scenario, the deepest money out, expected breakdowns, and what is not sure."""
    npv = lookup.audit.npv
    several = len(npv) > 1
    decimals = decimals_for(npv.values())
    worst = min(npv, key=lambda name: (npv[name], name))
    today = lookup.result.do_nothing
    items: list[Item] = []
    if several:
        share = worse_than_nothing(lookup)
        if today is not None:
            said = f"In {worst} doing nothing would be worth {figure(today.npv[worst], decimals)}"
            items.append(Item(said))
            if share:
                items.append(Item(f"Less than doing nothing with a probability of {percent(share)}", tone="bad"))
            else:
                items.append(Item("In no scenario is it worth less than doing nothing"))
    paths = cumulative_cash(lookup.audit, lookup.everywhere, list(lookup.outline.calendar))
    deepest, year, where = min(
        (amount, year, name)
        for name, path in paths.items()
        for year, amount in zip(lookup.outline.calendar, path, strict=True)
    )
    if deepest < 0:
        scenario = f" in {where}" if several else ""
        items.append(Item(f"Most money out at once: {figure(-deepest, decimals_for([deepest]))}, in {year}{scenario}"))
    terminal = sum(
        (lookup.probability[one.scenario] * one.discounted for one in lookup.audit.money if one.line == TERMINAL),
        Fraction(0),
    )
    if lookup.audit.expected_npv > 0 and terminal > 0:
        items.append(
            Item(
                f"{percent(terminal / lookup.audit.expected_npv)} of the NPV are terminal values, "
                f"after {lookup.outline.calendar[-1]}"
            )
        )
    lost = -sum(
        (lookup.probability[one.scenario] * one.discounted for one in lookup.audit.money if one.line == "breakdown"),
        Fraction(0),
    )
    if lost > 0:
        items.append(Item(f"Breakdowns are expected to cost {figure(lost, decimals_for([lost]))}, already taken off"))
    if missed := beyond.shortfall(lookup):
        items.append(Item(missed, tone="warn"))
    items += [Item(f"Soft limit {said}", tone="warn") for said in beyond.exceeded(lookup)]
    if not run.result.verified:
        items.append(Item("No second run has confirmed the plan", tone="warn"))
    if several:
        headline = (
            f"{figure(npv[worst], decimals)} in the worst scenario, {worst} ({percent(lookup.probability[worst])})"
        )
    else:
        headline = "One scenario only: no risk is told apart"
    bad = several and today is not None and npv[worst] < today.npv[worst]
    return Answer("What could go wrong?", headline, "bad" if bad else "", (Listing(tuple(items)),), "scenarios")


def binding(lookup: Lookup) -> Answer:
    """The limits that are used whole, those that bind in most years first."""
    found: list[tuple[int, str, str, str]] = []
    capital = tuple(year for year, row in capital_account(lookup).items() if row.binds)
    words = lookup.outline.words
    if capital:
        found.append((len(capital), f"capital in {years_text(capital)}", words("capital"), "capital"))
    for family, sense, section in BINDING:
        met = "just met: " if sense == "at_least" else ""
        found += [
            (len(one.binding), f"{met}{one.name} in {years_text(one.binding)}", words(one.name), section)
            for one in limit_years(lookup.audit, family, sense)
            if one.binding
        ]
    found.sort(key=lambda each: (-each[0], each[1]))
    blocks: list[Block] = []
    if found:
        items = tuple(Item(text, (Item(words, tone="quiet"),)) for _, text, words, _ in found[:MOST_BINDING])
        blocks.append(Listing(items))
        if len(found) > MOST_BINDING:
            blocks.append(Paragraph(f"and {len(found) - MOST_BINDING} more, marked below", "quiet"))
    else:
        said = "Every limit leaves room in every year; what is left may still be too little for one more deal."
        blocks.append(Paragraph(said))
    linked = sorted({use.id for use in lookup.audit.limits if use.family in ("links", "rules") and _chosen(use)})
    if linked:
        blocks.append(Paragraph(f"Links and rules used to the full: {some(linked, 6)}.", "quiet"))
    headline = f"{len(found)} limit{'s' if len(found) > 1 else ''} bind{'s' if len(found) == 1 else ''}"
    more = found[0][3] if found else ""
    return Answer("What binds?", headline if found else "No limit binds", "", tuple(blocks), more)


def _chosen(use: LimitUse) -> bool:
    """A choice between partnerships, or a rule, that leaves no room."""
    return binds(use) and use.limit > 0
