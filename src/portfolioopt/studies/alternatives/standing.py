"""How firmly each decision stands: what the other choice costs, and whether any near-optimal plan makes it.

For a decision that the best plan takes in some scenario, the other choice is the best plan that never takes it; for one
that it does not take, the best plan that takes it in some scenario. Each is an optimum of its own:

    core          the best plan takes it, and no near-optimal plan goes without it
    out           the best plan goes without it, and no near-optimal plan takes it
    borderline    some near-optimal plan takes it, and some does not
    open          time ended the solve before it was known

In a large model what prices prove already (no near-optimal life passes through any arc that takes it) is not solved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.plan import Plan
from portfolioopt.solution.conditions import Condition, Taken
from portfolioopt.solution.prices import Priced
from portfolioopt.solution.request import Request
from portfolioopt.solution.strategies import SMALL
from portfolioopt.studies.alternatives.apart import Act, Pattern, Yardstick
from portfolioopt.studies.alternatives.near import NearPlan
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.interval import UNKNOWN, Interval

Kind = Literal["core", "borderline", "out", "open"]


@dataclass(frozen=True)
class Standing:
    """A decision (partnership, action), whenever it is taken."""

    partnership: str
    action: str
    best: Fraction
    """Probability that the best plan takes it."""
    index: Fraction
    """Core index: the mean of that over the near-optimal plans told, the best one included."""
    standing: Kind
    other: Interval
    """The optimum with the other choice; −∞ where none keeps all limits."""
    loss: Interval
    """What the other choice costs."""
    years: tuple[int, ...]
    """In which the near-optimal plans told take it."""


def standings(
    desk: Desk,
    formulation: Formulation,
    yardstick: Yardstick,
    plans: list[NearPlan],
    best: Interval,
    threshold: Fraction,
    against: Plan,
    priced: Priced | None,
) -> Iterator[Standing]:
    """Of every decision that counts, one after the other; those without a solve are told from the plans at hand."""
    proven = _never_near(formulation, priced, threshold) if formulation.takes > SMALL else frozenset()
    first = plans[0].pattern
    for partnership, action in sorted(yardstick.acts):
        act = (partnership, action)
        takes = any(key[1:] == act for key in first)
        at_hand = [one for one in plans if any(key[1:] == act for key in one.pattern) != takes]
        low = float(max((one.value for one in at_hand), default=Fraction(-1))) if at_hand else -float("inf")
        if act in proven and not takes:
            other = Interval(low, float(threshold))
            standing: Kind = "out"
        else:
            other = UNKNOWN if desk.due else _other(desk, yardstick, act, takes, at_hand, against)
            other = other.within(low=low, high=best.high)
            standing = _kind(takes, other, float(threshold))
        share = [_share(yardstick, one.pattern, act) for one in plans]
        years = {year for one in plans for key, year in one.pattern.items() if key[1:] == act}
        yield Standing(
            partnership,
            action,
            share[0],
            sum(share, Fraction(0)) / len(share),
            standing,
            other,
            (best - other).within(low=0.0),
            tuple(sorted(years)),
        )


def _other(desk: Desk, yardstick: Yardstick, act: Act, takes: bool, at_hand: list[NearPlan], against: Plan) -> Interval:
    weigh = Taken(frozenset({act}), frozenset(yardstick.chances))
    name = f"{act[0]} {act[1]}"
    if takes:
        asked, condition = f"without {name}", Condition("without", weigh, at_most=Fraction(0))
    else:
        asked, condition = f"with {name}", Condition("with", weigh, at_least=Fraction(1))
    starts = tuple(one.plan for one in at_hand[:1])
    return desk.optimum(asked, request=Request((condition,), against=against, starts=starts)).value


def _kind(takes: bool, other: Interval, threshold: float) -> Kind:
    if other.low >= threshold:
        return "borderline"
    if other.high < threshold:
        return "core" if takes else "out"
    return "open"


def _share(yardstick: Yardstick, pattern: Pattern, act: Act) -> Fraction:
    return sum((yardstick.chances[scenario] for scenario, *own in pattern if tuple(own) == act), Fraction(0))


def _never_near(formulation: Formulation, priced: Priced | None, threshold: Fraction) -> frozenset[Act]:
    """Decisions that no near-optimal plan takes, as prices prove."""
    if priced is None:
        return frozenset()
    portfolio = formulation.portfolio
    least = np.full(len(portfolio.actions) + 1, np.inf)
    for year, arcs in enumerate(portfolio.years):
        loss = priced.loss[formulation.year_columns(year)].reshape(-1, arcs.size).min(axis=0)
        np.minimum.at(least, arcs.decided, loss)
    room = priced.bound - float(threshold)
    return frozenset(
        (portfolio.partnerships[owner].id, action.id)
        for (owner, action), loss in zip(portfolio.actions, least[:-1].tolist(), strict=True)
        if loss > room
    )
