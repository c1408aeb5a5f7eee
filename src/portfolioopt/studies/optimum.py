"""What a study learns of one solve: the best plan of a case, and between what its optimum lies."""

import math
from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.audit import Audit
from portfolioopt.plan import Plan
from portfolioopt.result import Result, Status
from portfolioopt.studies.interval import NEVER, UNKNOWN, Interval


@dataclass(frozen=True)
class Optimum:
    """The best plan of one re-solve, and between what the optimum lies."""

    asked: str
    value: Interval
    """In the units of the objective; −∞ at both ends where no plan keeps all limits and conditions."""
    status: Status
    stop_reason: str
    plan: Plan | None
    audit: Audit | None
    verified: bool
    seconds: float

    @staticmethod
    def of(asked: str, result: Result, seconds: float) -> "Optimum":
        """What a solve told."""
        if result.status == "infeasible":
            value = NEVER
        else:
            low = -math.inf if result.objective is None else result.objective
            high = math.inf if result.bound is None else result.bound
            value = Interval(low, max(low, high))
        return Optimum(
            asked,
            value,
            result.status,
            result.stop_reason,
            None if result.chosen is None else Plan(result.chosen.decisions, result.chosen.hiring),
            result.audit,
            result.verified,
            seconds,
        )

    @staticmethod
    def none(asked: str, reason: str, seconds: float = 0.0) -> "Optimum":
        """Where nothing became known."""
        return Optimum(asked, UNKNOWN, "no_plan", reason, None, None, verified=False, seconds=seconds)

    @property
    def infeasible(self) -> bool:
        return self.status == "infeasible"

    @property
    def exact(self) -> Fraction | None:
        """The audit's objective of the plan found."""
        return None if self.audit is None else self.audit.objective

    @property
    def gap(self) -> float:
        """Relative width of the value."""
        low, high = self.value.low, self.value.high
        return 0.0 if low == high else (high - low) / max(abs(low), 1e-9)
