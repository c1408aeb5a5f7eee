"""Decisions of two plans side by side, by how probable each plan takes them."""

from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.plan import Plan
from portfolioopt.studies.from_base import FromBase


@dataclass(frozen=True)
class Taken:
    """A decision of one plan or both, and the probability that each of them takes it."""

    partnership: str
    action: str
    year: int
    now: Fraction
    """In the best plan."""
    then: Fraction
    """In the other one."""


def differing(work: FromBase, other: Plan | None) -> list[Taken]:
    """All decisions of two plans by how probable each plan takes them; those of the other one are not known of None."""
    chances: dict[tuple[int, str, str], list[Fraction]] = {}
    futures = {future.name: Fraction(future.probability) for future in work.desk.instance.futures}
    for number, plan in enumerate((work.plan, work.plan if other is None else other)):
        for one in plan.decisions:
            row = chances.setdefault((one.year, one.partnership, one.action), [Fraction(0), Fraction(0)])
            row[number] += futures[one.scenario]
    return [Taken(name, action, year, now, then) for (year, name, action), (now, then) in sorted(chances.items())]
