"""What two plans decide otherwise: decisions added, dropped, and shifted in time."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portfolioopt.plan import Decision
from portfolioopt.result import Result

Happening = Literal["added", "dropped", "shifted"]


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """A decision that the second plan adds, drops or takes in another year, in some scenarios."""

    partnership: str
    action: str
    kind: str
    happening: Happening
    before: int | None
    """Calendar year in the first plan."""
    after: int | None
    """Calendar year in the second plan."""
    scenarios: tuple[str, ...]
    probability: Fraction
    """Of these scenarios, in the second run."""


def decision_changes(before: Result, after: Result) -> tuple[DecisionChange, ...]:
    """What the second plan decides otherwise in the scenarios that both have, in the order of its partnerships.

    In each scenario the years of an action are paired in their order; what is left over is added or dropped. A result
    without a plan decides nothing.
    """
    probability = {future.name: Fraction(future.probability) for future in after.outline.scenarios}
    known = {future.name for future in before.outline.scenarios}
    found: dict[tuple[str, str, str, Happening, int | None, int | None], list[str]] = defaultdict(list)
    own, other = _years(before), _years(after)
    for scenario in probability:
        if scenario not in known:
            continue
        for partnership, action, kind in own[scenario].keys() | other[scenario].keys():
            years = own[scenario][partnership, action, kind], other[scenario][partnership, action, kind]
            for happening, was, becomes in _paired(*years):
                found[partnership, action, kind, happening, was, becomes].append(scenario)
    place = {one.id: number for number, one in enumerate((*after.outline.partnerships, *before.outline.partnerships))}
    changes = [
        DecisionChange(*key, tuple(scenarios), sum((probability[name] for name in scenarios), Fraction(0)))
        for key, scenarios in found.items()
    ]
    return tuple(
        sorted(
            changes,
            key=lambda one: (place[one.partnership], one.after or one.before or 0, one.action, one.happening),
        )
    )


def _years(result: Result) -> defaultdict[str, defaultdict[tuple[str, str, str], list[int]]]:
    """By scenario, and partnership, action and kind: the years of decision."""
    found: defaultdict[str, defaultdict[tuple[str, str, str], list[int]]] = defaultdict(lambda: defaultdict(list))
    decisions: Iterable[Decision] = () if result.chosen is None else result.chosen.decisions
    for one in decisions:
        found[one.scenario][one.partnership, one.action, one.kind].append(one.year)
    return found


def _paired(own: list[int], other: list[int]) -> list[tuple[Happening, int | None, int | None]]:
    """Years of one action before and after: those that both have left out, the others paired in order."""
    first = sorted((Counter(own) - Counter(other)).elements())
    second = sorted((Counter(other) - Counter(own)).elements())
    pairs: list[tuple[Happening, int | None, int | None]] = [
        ("shifted", was, becomes) for was, becomes in zip(first, second, strict=False)
    ]
    pairs += [("dropped", was, None) for was in first[len(second) :]]
    return pairs + [("added", None, becomes) for becomes in second[len(first) :]]
