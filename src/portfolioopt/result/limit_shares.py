"""How far each limit is used and each requirement met, year by year, in the scenario that comes closest to it."""

from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.audit.findings import Audit, LimitUse

BEYOND = Fraction(10**6)
"""Anything at all of a limit of nothing is far beyond it."""


@dataclass(frozen=True, slots=True)
class LimitYears:
    """One limit over the years."""

    name: str
    closest: dict[int, LimitUse]
    """By year, the use in the scenario that comes closest; years in which nothing is used, or needed, are left out."""
    binding: tuple[int, ...]
    """Years in which it binds in some scenario."""

    @property
    def shares(self) -> dict[int, Fraction]:
        """By year, the share of the limit used, or of the requirement met."""
        return {year: share(use) for year, use in self.closest.items()}


def limit_years(audit: Audit, family: str, sense: str) -> list[LimitYears]:
    """The limits of a family that something uses, or that need something."""
    uses: dict[str, dict[int, list[LimitUse]]] = {}
    for use in audit.limits:
        if use.family == family and use.sense == sense:
            uses.setdefault(use.id, {}).setdefault(use.year, []).append(use)
    found = []
    for name, by_year in uses.items():
        closest = {year: nearest for year, own in by_year.items() if (nearest := _closest(own, sense)) is not None}
        binding = tuple(year for year, own in by_year.items() if any(binds(use) for use in own))
        if closest:
            found.append(LimitYears(name, closest, binding))
    return found


def binds(use: LimitUse) -> bool:
    """A limit that is used whole, or exceeded at its price; a requirement just met. What nothing uses does not bind."""
    return use.use > 0 and (use.headroom == 0 or (use.sense == "at_most" and use.headroom < 0))


def share(use: LimitUse) -> Fraction:
    """What is used or met, of the limit."""
    return use.use / use.limit if use.limit > 0 else BEYOND


def share_words(value: Fraction | None) -> str:
    """A percentage in three digits; 99.6% of a limit must not look like all of it, nor 100.4% of it like no excess."""
    if value is None:
        return "-"
    whole = round(100 * value)
    if whole == 100 and value != 1:
        whole = 99 if value < 1 else 101
    return f"{min(whole, 999)}"


def _closest(uses: list[LimitUse], sense: str) -> LimitUse | None:
    """The scenario that comes closest to the limit or is furthest beyond it; None if nothing is used or needed."""
    if sense == "at_least":
        return min((use for use in uses if use.limit > 0), key=share, default=None)
    return max((use for use in uses if use.use > 0), key=share, default=None)
