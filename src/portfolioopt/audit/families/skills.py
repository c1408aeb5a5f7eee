"""Skills: the effort of engineers, the capacity for it, and those hired beside it."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from portfolioopt.audit.findings import Finding
from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.audit.rationals import ZERO, rational, rational_at, shown
from portfolioopt.plan import Hiring

Hired = dict[tuple[str, str, int], Fraction]
"""Engineers by skill, scenario and calendar year."""


def replay(ledger: Ledger) -> Iterator[Entry]:
    """Σ effort ≤ capacity + hired, and hired engineers cost money by the year."""
    hired: Hired = {}
    yield from _read_hiring(ledger, hired)
    costs: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    for name, skill in ledger.instance.skills.items():
        for scenario, year in ledger.moments:
            moment = (name, ledger.futures.names[scenario], ledger.futures.first_year + year)
            engineers = hired.get(moment, ZERO)
            effort = ledger.total("effort", name, scenario, year)
            capacity = rational_at(skill.capacity, year)
            yield ledger.at_most("skills", name, scenario, year, effort, capacity + engineers)
            if engineers and skill.hire is not None:
                costs[scenario, year] += engineers * rational_at(skill.hire.cost, year)
    for (scenario, year), cost in costs.items():
        if cost:
            yield ledger.earned("hiring", scenario, year, -cost)


def _read_hiring(ledger: Ledger, hired: Hired) -> Iterator[Finding]:
    """0 ≤ hired ≤ at_most, once for each skill, scenario and year; what is not so is reported and left out."""
    for hiring in ledger.plan.hiring:
        moment = (hiring.skill, hiring.scenario, hiring.year)
        reason = _reason_against(ledger, hiring)
        if reason is None and moment in hired:
            reason = "the plan says so twice"
        if reason is None:
            hired[moment] = rational(hiring.engineers)
            continue
        message = f"{hiring.engineers} engineers may not be hired: {reason}"
        yield Finding("skills", hiring.skill, hiring.scenario, hiring.year, message)


def _reason_against(ledger: Ledger, hiring: Hiring) -> str | None:
    skill = ledger.instance.skills.get(hiring.skill)
    if skill is None:
        return f"there is no skill called {hiring.skill}"
    if hiring.scenario not in ledger.futures.names:
        return f"there is no scenario called {hiring.scenario}"
    if hiring.year not in ledger.instance.horizon.calendar:
        return f"the horizon has no year {hiring.year}"
    if not hiring.engineers.is_finite() or hiring.engineers < 0:
        return "their number must be 0 or more"
    if hiring.engineers == 0:
        return None
    if skill.hire is None:
        return "this skill is not for hire"
    most = rational_at(skill.hire.at_most, hiring.year - ledger.futures.first_year)
    if rational(hiring.engineers) > most:
        return f"there are at most {shown(most)}"
    return None
