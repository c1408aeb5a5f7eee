"""What limits, links, rules and attitudes to risk ask for, in words."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from portfolioopt.language.families.activity import Activity
from portfolioopt.language.families.exposures import Exposure
from portfolioopt.language.families.links import Excludes, Link, Occupancy, Requires
from portfolioopt.language.families.moves import ALL_KINDS, Moves
from portfolioopt.language.families.requirements import Requirement
from portfolioopt.language.families.rules import Rule
from portfolioopt.language.instance import Instance
from portfolioopt.language.risk import Cvar, Risk


def listed(items: Iterable[str], word: str = "and") -> str:
    """a, b and c."""
    names = list(items)
    return f" {word} ".join(part for part in (", ".join(names[:-1]), names[-1] if names else "") if part)


def some(items: Iterable[str], most: int = 4, word: str = "and") -> str:
    """a, b and c; a long list is cut: a, b, c and 9 more."""
    every = list(items)
    return listed(every if len(every) <= most else [*every[: most - 1], f"{len(every) - most + 1} more"], word)


def shown(value: Decimal) -> str:
    """A number as a reader expects it: 1,500 or 0.25."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def span_words(first: int, last: int) -> str:
    """The years, both included."""
    return f"in {first}" if first == last else f"from {first} to {last}"


def series_words(series: Decimal | tuple[Decimal, ...]) -> str:
    """One number, or the least and the greatest over the years."""
    values = series if isinstance(series, tuple) else (series,)
    low, high = min(values), max(values)
    return shown(low) if low == high else f"{shown(low)} to {shown(high)} by year"


def risk_words(risk: Risk | None) -> str:
    """The measure of the bad cases and its weight."""
    if risk is None:
        return ""
    weight = f"weight {shown(risk.weight)}"
    if isinstance(risk, Cvar):
        return f"mean of the worst {shown(100 * risk.tail)}% of outcomes, {weight}"
    return f"worst scenario, {weight}"


def limit_words(instance: Instance, family: str, name: str) -> str:
    """What one limit of a family asks for."""
    return WORDS[family](instance, name)


def _by_id(section: Iterable[Any], name: str) -> Any:
    return next(limit for limit in section if limit.id == name)


def _capital(instance: Instance, _name: str) -> str:
    assert instance.capital is not None
    return f"a capital budget of {series_words(instance.capital.budget)} ({instance.currency})"


def _skill(instance: Instance, name: str) -> str:
    skill = instance.skills[name]
    hired = "" if skill.hire is None else f", and at most {series_words(skill.hire.at_most)} hired"
    return f"at most {series_words(skill.capacity)} full-time {name}{hired}"


def _exposure(instance: Instance, name: str) -> str:
    limit: Exposure = _by_id(instance.exposures, name)
    if limit.at_most is not None:
        return f"exposure to {limit.tag} at most {series_words(limit.at_most)}"
    share = series_words(limit.at_most_share or Decimal(0))
    return f"exposure to {limit.tag} at most {share} of that to {listed(limit.of or ())}"


def _requirement(instance: Instance, name: str) -> str:
    limit: Requirement = _by_id(instance.requirements, name)
    cost = "" if limit.shortfall_cost is None else f" (each one missing costs {series_words(limit.shortfall_cost)})"
    return f"{limit.capability} provided at least {series_words(limit.at_least)}{cost}"


def _bounds(at_least: Decimal | tuple[Decimal, ...] | None, at_most: Decimal | tuple[Decimal, ...] | None) -> str:
    bounds = (("at least", at_least), ("at most", at_most))
    return listed(f"{side} {series_words(value)}" for side, value in bounds if value is not None)


def _activity(instance: Instance, name: str) -> str:
    limit: Activity = _by_id(instance.activity, name)
    who = [
        f"{key} {listed(values, 'or')}"
        for key, values in (
            ("domain", limit.domains),
            ("type", limit.types),
            ("partner", limit.partners),
            ("among", limit.ids),
        )
        if values is not None
    ]
    return f"{_bounds(limit.at_least, limit.at_most)} partnerships active at once" + (
        f" ({'; '.join(who)})" if who else ""
    )


def _moves(instance: Instance, name: str) -> str:
    limit: Moves = _by_id(instance.moves, name)
    kinds = "" if set(limit.kinds) == set(ALL_KINDS) else f" to {listed(limit.kinds, 'or')}"
    actions = "" if limit.actions is None else f" to {listed(limit.actions, 'or')}"
    who = "" if limit.ids is None else f" on {listed(limit.ids, 'or')}"
    when = "" if limit.years is None else f" {span_words(*limit.years)}"
    span = ("" if when else " over the horizon") if limit.total else " a year"
    bounds = _bounds(limit.at_least, limit.at_most)
    what = "decision" if bounds.endswith(" 1") else "decisions"
    return f"{bounds} {what}{kinds}{actions}{who}{span}{when}"


def _occupancy(member: Occupancy) -> str:
    return f"{member.partnership} in {listed(member.states, 'or')}"


def _link(instance: Instance, name: str) -> str:
    link: Link = _by_id(instance.links, name)
    if isinstance(link, Requires):
        return f"{_occupancy(link.when)} needs {_occupancy(link.needs)}"
    members = "; ".join(_occupancy(member) for member in link.members)
    if isinstance(link, Excludes):
        return f"at most {shown(link.at_most)} of: {members}"
    return f"{series_words(link.benefit)} a year while all hold: {members}"


def _rule(instance: Instance, name: str) -> str:
    rule: Rule = _by_id(instance.rules, name)
    when = "" if rule.years is None else f" {span_words(*rule.years)}"
    because = "; ".join(part for part in (rule.reason, rule.owner and f"owner {rule.owner}") if part)
    said = f"{rule.partnership} must {rule.must} be in {listed(rule.states, 'or')}{when}"
    return f"{said} ({because})" if because else said


WORDS: Mapping[str, Callable[[Instance, str], str]] = {
    "capital": _capital,
    "skills": _skill,
    "exposures": _exposure,
    "requirements": _requirement,
    "activity": _activity,
    "moves": _moves,
    "links": _link,
    "rules": _rule,
}
