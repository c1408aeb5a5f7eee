"""Covers of a limit over choices: what cannot all be taken at once, lifted to every other level.

With one level of each partnership p taken, the limit is Σ_p w(level of p) ≤ b, a multiple-choice knapsack. Let C be
partnerships, each with a threshold t_p, so that Σ_{p∈C} t_p > b. Then no plan has all of them at or above their
thresholds:

    Σ_{p∈C} [level of p ≥ t_p] ≤ |C| − 1

(Wolsey 1990; Gu, Nemhauser and Savelsbergh 1998). Lifting gives every other level the largest coefficient that keeps
this valid, partnership by partnership: with m(k) the least weight at which the sum so far reaches k,

    coefficient of weight w = |C| − 1 − max{k: m(k) ≤ b − w}

A level that fits in no plan (w > b even with everybody else at the least) is covered by itself: it is never taken.
"""

from dataclasses import dataclass

import numpy as np

from portfolioopt.networks.tree import Floats
from portfolioopt.solution.inequalities.choices import Choices

LOOSE = 1e-9
"""Relative to what is summed up, by how much more than the limit counts as too much: what exceeds it by less is for
the audit to judge."""
VIOLATED = 1e-3
"""Least violation worth a row, with coefficients of whole numbers."""
NONE = 1e-9
"""A share that counts as none."""
WIDTH = 60
"""Most partial covers kept while one is sought."""


@dataclass(frozen=True)
class Knapsack:
    """A limit over choices, weights counted from the least of each partnership: Σ weight ≤ capacity."""

    choices: Choices
    weight: Floats
    """[levels] ≥ 0"""
    capacity: float

    @staticmethod
    def of(choices: Choices, sign: int, limit: float) -> "Knapsack | None":
        """Of sign·Σ weight ≤ limit. None where everybody may be at their most, or where all weights are alike: then the
        LP needs no help.
        """
        least, most = (choices.least, choices.most) if sign > 0 else (-choices.most, -choices.least)
        size = float(np.maximum(np.abs(least), np.abs(most)).sum()) + abs(limit)
        capacity = limit - float(least.sum()) + LOOSE * size
        weight = sign * choices.weight - least[choices.owner]
        some = weight[weight > 0]
        if float((most - least).sum()) <= capacity or not len(some) or capacity < 0:
            return None
        if some.max() <= some.min() * (1 + 1e-12) and abs(limit - round(limit / some[0]) * some[0]) <= LOOSE * size:
            return None
        return Knapsack(choices, weight, capacity)

    @property
    def impossible(self) -> Floats:
        """[levels] 1 where a level fits in no plan."""
        return (self.weight > self.capacity).astype(float)


def cover(knapsack: Knapsack, shares: Floats) -> tuple[Floats, float] | None:
    """The lifted cover that shares ([levels], of one node) break most, as far as a narrow search finds it:
    Σ coefficient·share ≤ side. None where there is none that they break by much.
    """
    chosen = _cheapest_cover(knapsack, shares)
    if chosen is None:
        return None
    coefficients, side = _lifted(knapsack, shares, chosen)
    return (coefficients, side) if float(coefficients @ shares) > side + VIOLATED else None


def _cheapest_cover(knapsack: Knapsack, shares: Floats) -> dict[int, float] | None:
    """Thresholds by partnership that do not fit together, with Σ (1 − share at or above the threshold) least."""
    choices = knapsack.choices
    partial: list[tuple[float, float, tuple[tuple[int, float], ...]]] = [(0.0, 0.0, ())]
    dear: dict[tuple[int, float], float] = {}
    for partnership in range(choices.partnerships):
        span = choices.levels(partnership)
        weights = knapsack.weight[span]
        above = np.cumsum(shares[span][::-1])[::-1]
        options = [
            (weight, 1.0 - share)
            for weight, share in zip(weights.tolist(), above.tolist(), strict=True)
            if weight > 0 and share > NONE
        ]
        if not options:
            continue
        longer = list(partial)
        for weight, cost in options:
            dear[partnership, weight] = cost
            longer += [
                (whole + weight, costs + cost, (*members, (partnership, weight)))
                for whole, costs, members in partial
                if costs + cost < 1.0 - VIOLATED
            ]
        partial = _undominated(longer)
    enough = [(costs, whole, members) for whole, costs, members in partial if whole > knapsack.capacity]
    if not enough:
        return None
    _, whole, members = min(enough)
    chosen = dict(members)
    for member in sorted(members, key=lambda one: (-dear[one], one)):  # a smaller cover says more
        if whole - member[1] > knapsack.capacity:
            whole -= member[1]
            del chosen[member[0]]
    return chosen


Partial = tuple[float, float, tuple[tuple[int, float], ...]]


def _undominated(partial: list[Partial]) -> list[Partial]:
    """Without those that another one beats in weight and cost, thinned out where they are many."""
    partial.sort(key=lambda one: (-one[0], one[1]))
    kept: list[Partial] = []
    cheapest = np.inf
    for one in partial:
        if one[1] < cheapest - 1e-12:
            kept.append(one)
            cheapest = one[1]
    if len(kept) <= WIDTH:
        return kept
    return [kept[i] for i in np.unique(np.linspace(0, len(kept) - 1, WIDTH).round().astype(np.int64)).tolist()]


def _lifted(knapsack: Knapsack, shares: Floats, chosen: dict[int, float]) -> tuple[Floats, float]:
    """Coefficients of all levels, the members' own first, then those of the others from where most is at stake."""
    choices, side = knapsack.choices, len(chosen) - 1
    coefficients = np.zeros(len(knapsack.weight))
    for partnership, threshold in chosen.items():
        span = choices.levels(partnership)
        coefficients[span] = knapsack.weight[span] >= threshold
    stake = np.add.reduceat(shares * knapsack.weight, choices.start)
    for partnership in sorted(chosen, key=lambda one: (-stake[one], one)):
        span = choices.levels(partnership)
        others = _least_weights(knapsack, coefficients, [one for one in chosen if one != partnership], side)
        coefficients[span] = np.maximum(coefficients[span], _coefficients(knapsack, others, knapsack.weight[span]))
    least = _least_weights(knapsack, coefficients, list(chosen), side)
    others_in_turn = [one for one in np.argsort(-stake, kind="stable").tolist() if one not in chosen]
    for partnership in others_in_turn:
        span = choices.levels(partnership)
        lifted = np.maximum(_coefficients(knapsack, least, knapsack.weight[span]), 0.0)
        if lifted.any():
            coefficients[span] = lifted
            least = _with(least, lifted, knapsack.weight[span])
    return coefficients, float(side)


def _least_weights(knapsack: Knapsack, coefficients: Floats, partnerships: list[int], side: int) -> Floats:
    """[side + 2] Least weight at which the sum over these partnerships comes to k, or to more than k for the last."""
    least = np.full(side + 2, np.inf)
    least[0] = 0.0
    for partnership in partnerships:
        span = knapsack.choices.levels(partnership)
        least = _with(least, coefficients[span], knapsack.weight[span])
    return least


def _with(least: Floats, coefficients: Floats, weights: Floats) -> Floats:
    """The same with one more partnership, which has these levels to choose from."""
    top = len(least) - 1
    wider = np.full(len(least), np.inf)
    for coefficient in np.unique(coefficients):
        lightest = weights[coefficients == coefficient].min()
        at = np.minimum(np.arange(top + 1) + int(coefficient), top)
        np.minimum.at(wider, at, least + lightest)
    return np.minimum.accumulate(wider[::-1])[::-1]


def _coefficients(knapsack: Knapsack, least: Floats, weights: Floats) -> Floats:
    """The largest coefficients of these weights that the others leave room for; side + 1 for what fits in no plan."""
    side = len(least) - 2
    reached = np.searchsorted(least, knapsack.capacity - weights, side="right") - 1
    return (side - np.maximum(reached, -1)).astype(float)
