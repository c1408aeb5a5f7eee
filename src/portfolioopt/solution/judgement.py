"""What the search is told about a plan: its exact objective, and the hard limits that it breaks."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.plan import Plan
from portfolioopt.solution.cuts import Breach


@dataclass(frozen=True)
class Verdict:
    """The audit's word on a plan."""

    objective: Fraction
    breaches: tuple[Breach, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.breaches


Judge = Callable[[Plan], Verdict]
"""Audits a plan; the solution never decides itself whether a plan holds."""


@dataclass(frozen=True)
class Candidate:
    """An audited plan within all hard limits."""

    plan: Plan
    objective: Fraction
    found_by: str

    @property
    def value(self) -> float:
        return float(self.objective)
