"""Acting only on what is known: scenarios that cannot be told apart yet hold the same decisions and hiring."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from portfolioopt.audit.findings import Finding
from portfolioopt.audit.futures import Futures
from portfolioopt.plan import Plan

Acts = Mapping[str, tuple[object, ...]]
"""What is done in one scenario and year, by partnership or skill."""


def foresight(futures: Futures, plan: Plan) -> Iterator[Finding]:
    """A finding (family `tree`) for each partnership or skill on which a plan acts with knowledge it cannot have.

    Decisions and hiring in year y may differ between two scenarios only if some driver level differs between them in
    a year before the latest review year ≤ y. Scenarios are compared with the first of those they cannot be told from.
    """
    decided: dict[tuple[str, int], dict[str, tuple[object, ...]]] = defaultdict(dict)
    for decision in sorted(plan.decisions, key=lambda decision: decision.action):
        acts = decided[decision.scenario, decision.year]
        acts[decision.partnership] = (*acts.get(decision.partnership, ()), decision.action)
    hired: dict[tuple[str, int], dict[str, tuple[object, ...]]] = defaultdict(dict)
    for hiring in plan.hiring:
        if hiring.engineers:  # hiring nobody is the same as not hiring
            acts = hired[hiring.scenario, hiring.year]
            acts[hiring.skill] = (*acts.get(hiring.skill, ()), hiring.engineers)

    for year in range(futures.years):
        calendar = futures.first_year + year
        review = futures.first_year + futures.review_before(year)
        firsts: dict[int, str] = {}
        for number, scenario in enumerate(futures.names):
            first = firsts.setdefault(futures.known(number, year), scenario)
            why = f"although what is known at the review of {review} does not tell the two apart"
            for acts_by_moment in (decided, hired):
                own, others = acts_by_moment.get((scenario, calendar), {}), acts_by_moment.get((first, calendar), {})
                for name in _differing(own, others):
                    message = f"{_said(own, name)} here, {_said(others, name)} in {first}, {why}"
                    yield Finding("tree", name, scenario, calendar, message)


def _differing(own: Acts, others: Acts) -> list[str]:
    if own == others:
        return []
    return sorted(name for name in own.keys() | others.keys() if own.get(name) != others.get(name))


def _said(acts: Acts, name: str) -> str:
    return " and ".join(str(act) for act in acts.get(name, ())) or "nothing"
