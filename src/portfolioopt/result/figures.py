"""Numbers as a reader expects them: thousands separators, as many decimals as matter, no minus zero."""

import math
from collections.abc import Iterable
from fractions import Fraction

Figure = Fraction | float | int
NO_PLAN, UNBOUNDED, NOT_KNOWN = "no plan", "unlimited", "not known"


def decimals_for(values: Iterable[Figure]) -> int:
    """Decimals that suit all of the values of one table: none from ten thousand, one from ten, else two."""
    largest = max((abs(float(value)) for value in values), default=0.0)
    return 0 if largest >= 10_000 else 1 if largest >= 10 or largest == 0 else 2


def figure(value: Figure, decimals: int = 0, *, signed: bool = False) -> str:
    """A number: 1,234.5; with `signed` a plus before gains."""
    rounded = round(float(value), decimals)
    text = f"{abs(rounded):,.{decimals}f}"
    return f"-{text}" if rounded < 0 else f"+{text}" if signed and rounded > 0 else text


def amount(value: Figure) -> str:
    """A count or a quantity in a sentence: 30, 7.5, 1,200."""
    return figure(value, 1).removesuffix(".0")


def difference(value: Figure, other: Figure, decimals: int = 0) -> str:
    """What one number has over another, taken from the two as shown, so that a reader who subtracts finds the same."""
    return figure(round(float(value), decimals) - round(float(other), decimals), decimals, signed=True)


def between(low: float, high: float, decimals: int, *, signed: bool = False) -> str:
    """What is known of a value between the two: 12.3, or 12.3 to 12.9; either end may be infinite."""
    if low == high == -math.inf:
        return NO_PLAN
    if low == high == math.inf:
        return UNBOUNDED
    if not math.isfinite(low):
        return NOT_KNOWN if not math.isfinite(high) else f"at most {figure(high, decimals, signed=signed)}"
    least = figure(low, decimals, signed=signed)
    if not math.isfinite(high):
        return f"at least {least}"
    most = figure(high, decimals, signed=signed)
    return least if least == most else f"{least} to {most}"


def percent(share: Figure, decimals: int = 0) -> str:
    """A share as a percentage; a small one keeps enough decimals not to look like 0."""
    hundred = 100 * float(share)
    if hundred >= 1000:
        return ">1,000%"
    if 0 < abs(hundred) < 0.5 * 10**-decimals:
        return f"{hundred:.2f}%" if abs(hundred) >= 0.005 else "<0.01%"
    return f"{hundred:,.{decimals}f}%"


def seconds(value: float) -> str:
    """A duration: <0.1 s, 0.3 s, 42 s, 3 min 20 s."""
    if value < 0.05:
        return "<0.1 s"
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def years_text(years: Iterable[int]) -> str:
    """Years as ranges: 2026, 2028-2030."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
