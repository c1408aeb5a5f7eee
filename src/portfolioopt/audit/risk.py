"""Measures of the bad cases, in exact rationals; the same names stand in `language.risk` and `formulation.risk`."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from portfolioopt.audit.rationals import ZERO, rational
from portfolioopt.language.risk import Cvar, Risk

Measure = Callable[[Sequence[Fraction], Sequence[Fraction], Risk], Fraction]
"""From NPV and probability by scenario, and what the model says of the measure, to its value."""


def cvar(npv: Sequence[Fraction], probabilities: Sequence[Fraction], risk: Risk) -> Fraction:
    """The mean of the worst `tail` share: (1/tail)·Σ_w inside_w·NPV(w), worst scenarios first.

    inside_w is the probability of w as far as the tail has room for it, so that the scenario at the edge counts by
    the part of it that lies inside. Where probabilities sum to less than the tail (by up to 1e-9), the tail is as
    large as they are.
    """
    if not isinstance(risk, Cvar):
        raise TypeError("the mean of the worst tail needs a tail")
    tail = min(rational(risk.tail), sum(probabilities, ZERO))
    room, gathered = tail, ZERO
    for value, probability in sorted(zip(npv, probabilities, strict=True)):
        inside = min(room, probability)
        gathered += inside * value
        room -= inside
    return gathered / tail


def worst_case(npv: Sequence[Fraction], probabilities: Sequence[Fraction], _risk: Risk) -> Fraction:
    """min NPV(w) over the scenarios that can happen: π_w > 0."""
    return min(value for value, probability in zip(npv, probabilities, strict=True) if probability > 0)


MEASURES: dict[str, Measure] = {"cvar": cvar, "worst_case": worst_case}
