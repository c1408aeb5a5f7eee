"""What is paid to go beyond a limit, in words: engineers hired, requirements missed, soft limits exceeded."""

from collections.abc import Iterator
from fractions import Fraction

from portfolioopt.audit.findings import LimitUse
from portfolioopt.result.figures import amount, figure, years_text
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.wording import some


def hired(lookup: Lookup) -> Iterator[str]:
    """Engineers hired: the most in a year and when, by skill."""
    for skill in dict.fromkeys(hired.skill for hired in lookup.plan.hiring if hired.engineers):
        own = [hired for hired in lookup.plan.hiring if hired.skill == skill and hired.engineers]
        count = amount(float(max(hired.engineers for hired in own)))
        scenarios = _where(lookup, [hired.scenario for hired in own])
        years = years_text(hired.year for hired in own)
        yield f"Hired: up to {count} {skill} ({years}{scenarios}), counted in the limit."


def shortfall(lookup: Lookup) -> str:
    """What missed requirements cost; empty where none is missed."""
    costs: dict[str, Fraction] = dict.fromkeys(lookup.probability, Fraction(0))
    for (scenario, _), line in lookup.money("shortfall").items():
        costs[scenario] -= line.discounted
    if not any(costs.values()):
        return ""
    missed = {use.id for use in lookup.audit.limits if use.family == "requirements" and use.headroom < 0}
    expected = figure(lookup.expected(costs), 1)
    highest = max(costs, key=lambda name: costs[name])
    alike = len(set(costs.values())) == 1
    most = "" if alike else f" expected, and {figure(costs[highest], 1)} in the worst scenario, {highest}"
    return f"Falling short of {some(sorted(missed))} costs {expected} of NPV{most}."


def exceeded(lookup: Lookup) -> Iterator[str]:
    """Soft limits that the plan exceeds: how far at most, where, at what price."""
    found: dict[str, list[LimitUse]] = {}
    for use in lookup.audit.limits:
        if use.excess > 0:
            found.setdefault(use.id, []).append(use)
    for name, uses in found.items():
        worst = max(uses, key=lambda use: use.excess)
        scenarios = _where(lookup, [use.scenario for use in uses])
        price = "" if worst.price is None else f", at {figure(worst.price, 2)} per unit and year"
        years = years_text(use.year for use in uses)
        yield f"{name}: up to {amount(worst.excess)} beyond it, {years}{scenarios}{price}"


def _where(lookup: Lookup, scenarios: list[str]) -> str:
    """In which scenarios, unless in all."""
    names = dict.fromkeys(scenarios)
    return "" if len(names) == len(lookup.probability) else f" in {some(names)}"
