"""A result without a plan: which limits contradict each other, or that the search ended early; and what there is."""

from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.report.content import Answer, Block, Cell, Item, Listing, Paragraph, Section, Table
from portfolioopt.report.lives import EXITED, NONE
from portfolioopt.report.run import Run
from portfolioopt.result import Result
from portfolioopt.result.figures import decimals_for, figure, seconds
from portfolioopt.result.sentences import broken, way_on

MOST, MOST_FINDINGS = 100, 6
"""Partnerships and limits that are listed, and what doing nothing would break."""


def no_plan_answers(run: Run) -> tuple[Answer, ...]:
    """What is known, and what to do about it."""
    result = run.result
    infeasible = result.status == "infeasible"
    return (_conflict(result) if infeasible else _stopped(result), _today(result), _next(result))


def no_plan_sections(run: Run) -> tuple[Section, ...]:
    """Today's portfolio and all limits, so that a reader finds what the conflict speaks of."""
    outline = run.result.outline
    standing = [each for each in outline.partnerships if each.start_state not in (NONE, EXITED)]
    rows = tuple(
        (Cell(each.title, key=run.keys[each.id]), each.domain or "-", each.start_state) for each in standing[:MOST]
    )
    note = f"Shown {len(rows)} of {len(standing)}." if len(rows) < len(standing) else ""
    said = (
        f"{len(standing)} of {len(outline.partnerships)} partnerships are in force today; the others could be formed."
    )
    today: list[Block] = [Paragraph(said)]
    if rows:
        today.append(
            Table("Partnerships in force today", ("partnership", "domain", "state"), rows, note=note, words=True)
        )
    conflict = set(run.result.conflict)
    order = sorted(outline.limits, key=lambda limit: limit.id not in conflict)
    limits = tuple(
        (limit.id, limit.family, Cell(limit.words, "bad" if limit.id in conflict else "")) for limit in order[:MOST]
    )
    note = "Those in the conflict stand first." if conflict else ""
    if len(limits) < len(order):
        note += f" Shown {len(limits)} of {len(order)}."
    sections = [Section("today", "Today's portfolio", tuple(today))]
    if limits:
        table = Table(
            "Limits, links and rules", ("id", "family", "asks for"), limits, names=2, note=note.strip(), words=True
        )
        sections.append(Section("limits", "What is asked for", (table,)))
    said = f"{run.result.verification.said} Took {seconds(run.result.seconds)}."
    sections.append(Section("checks", "How sure this is", (Paragraph(said),)))
    return tuple(sections)


def _conflict(result: Result) -> Answer:
    if not result.conflict:
        unknown = Paragraph("Which limits contradict each other was not found out in the time given.")
        return Answer("Why is there no plan?", "The limits contradict each other", "bad", (unknown,), "limits")
    items = tuple(
        Item(name, () if (words := result.outline.words(name)) == name else (Item(words, tone="quiet"),))
        for name in result.conflict
    )
    count = len(result.conflict)
    if count == 1:
        said = "No plan satisfies this limit, whatever becomes of the others."
    elif result.conflict_is_smallest:
        said = f"These {count} cannot all hold; without any one of them the others can."
    else:
        said = f"These {count} cannot all hold. There may be a smaller set that contradicts itself."
    headline = "One limit cannot be satisfied" if count == 1 else f"{count} limits contradict each other"
    return Answer("Why is there no plan?", headline, "bad", (Listing(items), Paragraph(said)), "limits")


def _stopped(result: Result) -> Answer:
    blocks: list[Block] = [
        Paragraph("That does not mean that there is none: nothing has been proven either way."),
    ]
    if result.bound is not None:
        bound = figure(result.bound, decimals_for([result.bound]))
        blocks.append(Paragraph(f"No plan can be worth more than {bound} {result.currency}."))
    return Answer("Why is there no plan?", f"Stopped by: {result.stop_reason}", "warn", tuple(blocks), "checks")


def _today(result: Result) -> Answer:
    today = result.do_nothing
    if today is None:
        return Answer(
            "What of doing nothing?", "Not computed", "", (Paragraph("Today's plan was not audited."),), "today"
        )
    value = f"{figure(today.expected_npv, decimals_for([today.expected_npv]))} {result.currency}"
    if today.ok:
        said = "Today's portfolio, left as it is, keeps every limit."
        return Answer("What of doing nothing?", f"Worth {value}", "", (Paragraph(said),), "today")
    # one for each limit: which years and scenarios there are more of is told above
    first = {finding.id: finding for finding in reversed(today.findings)}
    found = tuple(Item(str(finding)) for finding in list(first.values())[::-1][:MOST_FINDINGS])
    more = len(first) - len(found)
    blocks: list[Block] = [Paragraph(f"It would break {broken(today)}."), Listing(found)]
    if more:
        blocks.append(Paragraph(f"and {more} more", "quiet"))
    return Answer("What of doing nothing?", "Not open either", "bad", tuple(blocks), "today")


def _next(result: Result) -> Answer:
    if result.status == "infeasible":
        name = next(
            (each for each in result.conflict if each not in FAMILY_NAMES), next(iter(result.conflict), "LIMIT")
        )
        items: tuple[Item, ...] = (
            Item("Ask for the cheapest ways out: portfolioopt diagnose; they are shown here once they are known"),
            Item("Change one of the limits named: --set path=value tries it without touching the file"),
            Item(f"Or let one bend at a price, in a model file: limits: {{{name}: {{price: 1}}}}"),
        )
    else:
        items = (
            Item(way_on(result.stop_reason).capitalize()),
            Item("Or let a limit bend at a price in a model file (--model)"),
        )
    return Answer(
        "What to do next?",
        "Make room, or more time" if result.status != "infeasible" else "Make room",
        "",
        (Listing(items),),
    )
