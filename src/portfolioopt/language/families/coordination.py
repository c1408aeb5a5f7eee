"""Coordination: live interfaces between companies cost money along a convex, non-decreasing curve."""

from fractions import Fraction

from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.values import Curve, Record


class Coordination(Record):
    """Cost a year = curve(Σ interfaces); beyond the last point along the last slope."""

    curve: Curve


def ids(_coordination: Coordination | None) -> list[tuple[Path, str]]:
    """Coordination is a cost, not a limit: nothing to name."""
    return []


def check(checker: Checker, coordination: Coordination | None) -> None:
    """Tells what does not fit together."""
    if coordination is None or not checker.curve(("coordination", "curve"), coordination.curve):
        return
    slope = Fraction(0)
    points = coordination.curve
    for position in range(1, len(points)):
        (x0, y0), (x1, y1) = points[position - 1], points[position]
        steeper = Fraction(y1 - y0) / Fraction(x1 - x0)
        if steeper < slope:
            checker.fault(
                ("coordination", "curve", position),
                "a coordination curve must be convex and non-decreasing",
                "each piece at least as steep as the one before, none falling",
            )
            return
        slope = steeper
