"""What was known of a solve over time: the best plan so far and the bound."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Point:
    """The best value and the lowest bound known at some second; None where there was none."""

    seconds: float
    value: float | None
    bound: float | None

    @property
    def gap(self) -> float | None:
        return gap_of(self.value, self.bound)


Note = Callable[[float, float], None]
"""Takes a value and a bound; infinite, or beyond 1e29, where there is none."""
NOTHING = 1e29


def gap_of(value: float | None, bound: float | None) -> float | None:
    """(bound − value) / max(|value|, 1e-9), never negative: the same definition for every engine."""
    if value is None or bound is None:
        return None
    return max(bound - value, 0.0) / max(abs(value), 1e-9)


class Curve:
    """Collects points where value or bound got better; time runs from when it is made."""

    def __init__(self) -> None:
        self.began = perf_counter()
        self.points: list[Point] = []
        self._value, self._bound = -math.inf, math.inf

    def note(self, value: float, bound: float, seconds: float | None = None) -> None:
        """A point, unless nothing is better than before."""
        at = perf_counter() - self.began if seconds is None else seconds
        before = self._value, self._bound
        if abs(value) < NOTHING:
            self._value = max(self._value, value)
        if abs(bound) < NOTHING:
            self._bound = min(self._bound, bound)
        if (self._value, self._bound) != before:
            self.points.append(Point(round(at, 3), _known(self._value), _known(self._bound)))

    def closed(self) -> tuple[Point, ...]:
        """All points, and where it stood in the end."""
        last = Point(round(perf_counter() - self.began, 3), _known(self._value), _known(self._bound))
        return (*self.points, last)


def _known(amount: float) -> float | None:
    return amount if math.isfinite(amount) else None
