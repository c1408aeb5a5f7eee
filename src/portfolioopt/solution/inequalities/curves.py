"""Curves: what a total earns, bounded by what each partnership can add to it.

With one level of each partnership p taken, a pool earns g(Σ_p w_p), g its curve; so do coordination, engineers hired,
shortfalls and priced excess, all of which cost. Put the partnerships in any order and let each have a level to compare
with, v_p. Going from v to w one partnership after the other,

    g(Σ_p w_p) = g(Σ_p v_p) + Σ_p [g(A_p + w_p + R_p) − g(A_p + v_p + R_p)]

with A_p what the ones before p provide and R_p what those after p provide at v. The sum A_p lies among those that the
levels of the ones before can make, so each bracket is at most its largest value over them:

    g(Σ_p w_p) ≤ g(Σ_p v_p) + Σ_p Σ_levels D_p(level)·[p at level],   D_p(w) = max_A g(A + w + R_p) − g(A + v_p + R_p)

For a convex g these are the inequalities of the extended polymatroid (Edmonds 1970; Lovász 1983); here the curve may
have any shape. They are tight where the ones put first are undecided and all others at v.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.solution.inequalities.choices import Choices

MOST_SUMS = 500
"""Sums told apart; more are taken for the whole range between the least and the most of them."""
FINE = 1e-13
"""Relative to all that may be provided, sums that count as one. What that and rounding may leave of an inequality lies
far below the tolerances of the solver, and within the allowance of a bound from prices; sides that were loosened by as
little have led HiGHS 1.15 to wrong answers, sides of 0 have not."""
SAME = 1e-12
"""Relative difference of two curves that counts as none."""
BROKEN = 1e-5
"""Relative to the most that the pool earns, the least violation worth a row."""
DECIDED = 1e-6
"""A partnership with no more than that apart from one level counts as decided."""


@dataclass(frozen=True)
class Curve:
    """A curve g: its breakpoints and what is earned there; flat before the first and beyond the last."""

    at: Floats
    worth: Floats

    @staticmethod
    def of(lengths: Floats, slopes: Floats) -> "Curve":
        """From 0 on, piece by piece."""
        return Curve(np.concatenate(([0.0], np.cumsum(lengths))), np.concatenate(([0.0], np.cumsum(lengths * slopes))))

    @staticmethod
    def beyond(sign: int, limit: float, least: float, most: float) -> "Curve":
        """−max(0, sign·total − limit), for totals from the least to the most."""
        at = np.unique(np.clip([least, sign * limit, most], least, most))
        return Curve(at, -np.maximum(sign * at - limit, 0.0))

    def __call__(self, total: Floats) -> Floats:
        """g."""
        earned: Floats = np.interp(total, self.at, self.worth)
        return earned

    def agrees(self, other: "Curve") -> bool:
        """Whether another curve, over no wider a range, is the same there."""
        if other.at[0] < self.at[0] - SAME * self.width or other.at[-1] > self.at[-1] + SAME * self.width:
            return False
        inside = self.at[(self.at > other.at[0]) & (self.at < other.at[-1])]
        at = np.concatenate((inside, other.at))
        return bool((np.abs(self(at) - other(at)) <= SAME * max(self.reach, other.reach)).all())

    @property
    def width(self) -> float:
        """From the first breakpoint to the last."""
        return float(self.at[-1] - self.at[0])

    @property
    def concave(self) -> bool:
        """Whether no piece is steeper than the one before: then the LP relaxation knows it, but for who adds what."""
        slopes = np.diff(self.worth) / np.diff(self.at)
        return bool((np.diff(slopes) <= 1e-12 * np.abs(slopes[:-1])).all())

    @property
    def reach(self) -> float:
        """The largest |g|."""
        return float(np.abs(self.worth).max())


def steps(curve: Curve, choices: Choices, shares: Floats, earned: float) -> tuple[Floats, float] | None:
    """The inequality that shares ([levels], of one node) and what is earned there break most, of those tried:
    earned ≤ Σ coefficient·share + side. None where they keep all.
    """
    best: tuple[Ints, Ints] | None = None
    furthest = BROKEN * curve.reach
    tried: set[bytes] = set()
    for order, compared in _tries(choices, shares):
        key = order.tobytes() + compared.tobytes()
        if key in tried:
            continue
        tried.add(key)
        apart = 1.0 - shares[compared] > DECIDED
        last = int(np.flatnonzero(apart[order])[-1]) + 1 if apart.any() else 0
        # whoever is at what it is compared with adds nothing here: those behind all others need not be looked at
        coefficients, side = bound_by_steps(curve, choices, order[:last], compared)
        broken = earned - float(coefficients @ shares) - side
        if broken > furthest:
            best, furthest = (order, compared), broken
    return None if best is None else bound_by_steps(curve, choices, *best)


def bound_by_steps(curve: Curve, choices: Choices, order: Ints, compared: Ints) -> tuple[Floats, float]:
    """Coefficients [levels] and side of the inequality for an order of the partnerships and a level of each; those not
    in the order are left at their level.
    """
    coefficients = np.zeros(len(choices.weight))
    after = float(choices.weight[compared].sum())
    side = float(curve(np.array(after)))
    sums = np.zeros(1)
    fine = FINE * max(float(np.maximum(np.abs(choices.least), np.abs(choices.most)).sum()), 1e-300)
    exact = True
    for partnership in order.tolist():
        span = choices.levels(partnership)
        weights, level = choices.weight[span], choices.weight[compared[partnership]]
        after -= float(level)
        bases = sums + after if exact else _corners(curve, sums, after, np.append(weights, level))
        gains = curve(bases[:, None] + np.append(weights, level))
        coefficients[span] = (gains[:, :-1] - gains[:, -1:]).max(axis=0)
        if exact:
            sums = _distinct(np.round((sums[:, None] + weights).ravel() / fine)) * fine
            if len(sums) > MOST_SUMS:
                exact, sums = False, np.array([sums[0], sums[-1]])
        else:
            sums = sums + np.array([weights.min(), weights.max()])
    return coefficients, side


def _distinct(values: Floats) -> Floats:
    """As `np.unique`, which takes twice as long for so few."""
    values.sort()
    fresh = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return values[fresh]


def _corners(curve: Curve, between: Floats, after: float, weights: Floats) -> Floats:
    """Where the differences of a piecewise linear curve are largest for sums anywhere between two: at its corners."""
    corners = (curve.at[:, None] - weights).ravel() - after
    inside = corners[(corners > between[0]) & (corners < between[1])]
    return np.concatenate((between, inside)) + after


def _tries(choices: Choices, shares: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Orders and levels to compare with, near what the shares say."""
    provided = np.add.reduceat(shares * choices.weight, choices.start)
    width = np.maximum(choices.most - choices.least, 1e-12)
    full = (provided - choices.least) / width
    commonest = np.array(
        [span.start + int(np.argmax(shares[span])) for span in map(choices.levels, range(choices.partnerships))]
    )
    decided = 1.0 - shares[commonest] <= DECIDED
    lowest, highest = choices.start, choices.highest
    fullest, emptiest = np.argsort(-full, kind="stable"), np.argsort(full, kind="stable")
    undecided_full = np.lexsort((-full, decided))
    undecided_empty = np.lexsort((full, decided))
    undecided_most = np.lexsort((shares[commonest], decided))
    for order in (undecided_full, undecided_empty, undecided_most):
        yield order, commonest
    yield fullest, lowest
    yield undecided_full, lowest
    yield emptiest, highest
    yield undecided_empty, highest
