"""Levels: one number that says how far a plan goes in something; the same names stand in `formulation.levels` (the rows
of a condition on it) and `audit.levels` (what a plan comes to, exactly).

Of most levels less is the more cautious; of worth and cover, more is.
"""

from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.language.model import Objective


@dataclass(frozen=True)
class Outlay:
    """The most that is laid out at any time: capital drawn less proceeds, added up from the first year, in the scenario
    and year in which that is most; never below 0.

    With `totals` (money by scenario) what is laid out beyond the total of its scenario instead, which may be below 0;
    of proceeds only the share `recycled` is counted.
    """

    recycled: Fraction = Fraction(1)
    totals: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True)
class Exposed:
    """The most at risk under the tag of an exposure limit in any scenario and year."""

    limit: str


@dataclass(frozen=True)
class Covered:
    """The least share of a requirement that is provided in any scenario and year in which it asks for something."""

    requirement: str


@dataclass(frozen=True)
class Worth:
    """What a plan is worth under another objective: (1 − weight)·E[NPV] + weight·risk, less penalties and changes."""

    objective: Objective


Level = Outlay | Exposed | Covered | Worth
LEVELS: tuple[type[Level], ...] = (Outlay, Exposed, Covered, Worth)
MORE_IS_CAUTIOUS: tuple[type[Level], ...] = (Covered, Worth)


def direction(level: Level) -> int:
    """1 where more of it is the more cautious, −1 where less is."""
    return 1 if isinstance(level, MORE_IS_CAUTIOUS) else -1
