"""The scenario tree of the plan, and in words what each branch does differently."""

from portfolioopt.plan import Decision
from portfolioopt.report.branches import Branching
from portfolioopt.report.charts.branching import Leaf
from portfolioopt.report.charts.branching import branching as drawn
from portfolioopt.report.content import Block, Chart, Item, Listing, Paragraph, Section, Table
from portfolioopt.report.run import Run
from portfolioopt.result.figures import decimals_for, figure, percent
from portfolioopt.result.lookup import Branch, Lookup
from portfolioopt.result.sentences import clause
from portfolioopt.result.wording import some

MOST_LEAVES, MOST_GROUPS, MOST_DECISIONS = 16, 8, 12
MOST_NAMES = 8
"""Of the scenarios of a branch."""


def tree(run: Run, lookup: Lookup, branching: Branching) -> Section | None:
    """Nothing where there is one scenario only."""
    if len(lookup.probability) < 2:
        return None
    if not branching.partings:
        said = f"The same decisions are taken in all {len(lookup.probability)} scenarios."
        return Section("branches", "Branches", (Paragraph(said),))
    words = Paragraph(
        "At a review the plan may react to what has been seen. Branches part where it does; those that hold the road "
        "map above are the likelier side of every parting."
    )
    blocks: list[Block] = [words, _chart(lookup, branching)]
    for review, parts in branching.partings:
        blocks.append(Listing(_parting(run, lookup, branching, parts), title=f"Review {review}"))
    return Section("branches", "Branches", tuple(blocks))


def _chart(lookup: Lookup, branching: Branching) -> Chart:
    likeliest = sorted(branching.strands, key=lambda strand: -strand.probability)[:MOST_LEAVES]
    strands = [strand for strand in branching.strands if strand in likeliest]
    npv = lookup.audit.npv
    decimals = decimals_for(npv.values())
    worths = {
        strand.letter: sum(lookup.probability[name] * npv[name] for name in strand.scenarios) / strand.probability
        if strand.probability
        else sum(npv[name] for name in strand.scenarios) / len(strand.scenarios)
        for strand in branching.strands
    }
    leaves = [
        Leaf(
            strand.letter,
            float(strand.probability),
            percent(strand.probability),
            some(strand.scenarios, MOST_NAMES),
            strand.groups,
            f"Branch {strand.letter}: {some(strand.scenarios, MOST_NAMES)}, probability {percent(strand.probability)}, "
            f"NPV {figure(worths[strand.letter], decimals)} expected in it",
        )
        for strand in strands
    ]
    rows = tuple(
        (
            strand.letter,
            some(strand.scenarios, 30),
            percent(strand.probability),
            figure(worths[strand.letter], decimals),
        )
        for strand in branching.strands
    )
    columns = ("branch", "scenarios", "probability", "NPV")
    note = ""
    if len(strands) < len(branching.strands):
        held = percent(sum(strand.probability for strand in strands))
        note = f"Drawn {len(strands)} of {len(branching.strands)} branches, which hold {held} of the probability."
    says = f"Tree of {len(branching.strands)} branches that part in {some(map(str, branching.reviews))}."
    first = lookup.outline.first_year
    return Chart(
        "tree",
        "Scenario tree",
        says,
        lambda form: drawn(leaves, branching.reviews, first, form),
        Table("Branches of the plan", columns, rows, names=2),
        note,
    )


def _parting(run: Run, lookup: Lookup, branching: Branching, parts: tuple[Branch, ...]) -> tuple[Item, ...]:
    """What all decide until the next review, and what each group adds."""
    shared = set.intersection(*({_act(decision) for decision in part.decisions} for part in parts))
    every = [decision for decision in parts[0].decisions if _act(decision) in shared]
    likeliest = set(lookup.likeliest())
    whole = sum(len(part.scenarios) for part in parts) == len(lookup.probability)
    items = [Item("All" if whole else "All of these", _clauses(run, lookup, every))] if every else []
    for part in parts[:MOST_GROUPS]:
        own = [decision for decision in part.decisions if _act(decision) not in shared]
        head = f"{branching.letters(part.scenarios)}: {some(part.scenarios)} ({percent(part.probability)})"
        if set(part.scenarios) >= likeliest:
            head += ", as in the road map"
        if not own:
            head += ": nothing more" if every else ": everything is kept as it is"
        items.append(Item(head, _clauses(run, lookup, own)))
    if len(parts) > MOST_GROUPS:
        items.append(Item(f"… and {len(parts) - MOST_GROUPS} more groups: see tables/actions.csv", tone="quiet"))
    return tuple(items)


def _clauses(run: Run, lookup: Lookup, own: list[Decision]) -> tuple[Item, ...]:
    items = [
        Item(clause(decision, lookup.outline), key=run.keys[decision.partnership]) for decision in own[:MOST_DECISIONS]
    ]
    if len(own) > MOST_DECISIONS:
        items.append(Item(f"… and {len(own) - MOST_DECISIONS} more", tone="quiet"))
    return tuple(items)


def _act(decision: Decision) -> tuple[str, int, str]:
    """A decision whatever its scenario."""
    return decision.partnership, decision.year, decision.action
