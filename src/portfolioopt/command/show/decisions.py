"""Decisions in words: what changes this year, and what each branch does differently from which review on."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from portfolioopt.command.show.layout import bullet, heading, paragraph
from portfolioopt.plan import Decision
from portfolioopt.result import Outline
from portfolioopt.result.figures import amount, percent
from portfolioopt.result.lookup import Branch, Lookup
from portfolioopt.result.sentences import clause, sentence
from portfolioopt.result.wording import some

MOST_BRANCHES, MOST_DECISIONS = 8, 8


def this_year(lookup: Lookup) -> Iterable[RenderableType]:
    """The decisions of the first year, which are the same in every scenario, and its hiring."""
    first = lookup.outline.first_year
    scenario = next(iter(lookup.probability))
    yield heading(f"This year: what changes in {first}")
    decided = lookup.decided(scenario, first, first)
    for decision in decided:
        yield bullet(sentence(decision, lookup.outline))
    for hired in lookup.plan.hiring:
        if (hired.scenario, hired.year) == (scenario, first) and hired.engineers:
            yield bullet(f"Hire {amount(float(hired.engineers))} {hired.skill} for {first}")
    if not decided:
        later = sorted({decision.year for decision in lookup.plan.decisions})
        following = f" The next decision is due in {later[0]}." if later else " Nor does any change later."
        yield paragraph(f"Nothing: every partnership keeps its state.{following}")


def branches(lookup: Lookup) -> Iterable[RenderableType]:
    """At each review at which scenarios part: what all decide until the next one, and what each adds."""
    parting = lookup.branchings()
    if not parting:
        if len(lookup.probability) > 1:
            yield paragraph("The same decisions are taken in every scenario.")
        return
    shown = set(lookup.likeliest())
    yield heading("Branches", "what is decided once more is known")
    for review, parts in parting:
        yield paragraph(Text(f"Review {review}", style="bold"))
        shared = set.intersection(*(_acts(branch) for branch in parts))
        every = [decision for decision in parts[0].decisions if _act(decision) in shared]
        if every:
            yield bullet(f"{'all' if _whole(lookup, parts) else 'all of these'}")
            yield from _clauses(every, lookup.outline)
        for branch in parts[:MOST_BRANCHES]:
            own = [decision for decision in branch.decisions if _act(decision) not in shared]
            head = Text(f"{some(branch.scenarios)} ({percent(branch.probability)})")
            head.append(", as in the road map" if set(branch.scenarios) >= shown else "", style="dim")
            yield bullet(head if own else head.append(": nothing more" if every else ": keep everything as it is"))
            yield from _clauses(own, lookup.outline)
        if len(parts) > MOST_BRANCHES:
            yield bullet(f"… and {len(parts) - MOST_BRANCHES} more branches: see tables/actions.csv of the run")


def _clauses(decisions: list[Decision], outline: Outline) -> Iterable[RenderableType]:
    for decision in decisions[:MOST_DECISIONS]:
        yield bullet(clause(decision, outline), mark=">", indent=4)
    if len(decisions) > MOST_DECISIONS:
        yield bullet(f"… and {len(decisions) - MOST_DECISIONS} more", mark=" ", indent=4)


def _act(decision: Decision) -> tuple[str, int, str]:
    """A decision whatever its scenario."""
    return decision.partnership, decision.year, decision.action


def _acts(branch: Branch) -> set[tuple[str, int, str]]:
    return {_act(decision) for decision in branch.decisions}


def _whole(lookup: Lookup, parts: list[Branch]) -> bool:
    return sum(len(branch.scenarios) for branch in parts) == len(lookup.probability)
