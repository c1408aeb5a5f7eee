"""Intervals in a report: one number where they are settled, two where they are not."""

import math
from typing import TYPE_CHECKING

from portfolioopt.studies.exhibiting import told

if TYPE_CHECKING:
    from portfolioopt.studies.interval import Interval


def span(value: "Interval", decimals: int, *, signed: bool = False, scale: float = 0.0) -> str:
    """12.3, or 12.3 to 12.9 where more is not proven; `scale` is the size of the numbers it is a difference of."""
    return told(value, decimals, scale, signed=signed)


def finite(*values: "Interval") -> list[float]:
    """The finite ends, to choose decimals by."""
    return [end for value in values for end in (value.low, value.high) if math.isfinite(end)]
