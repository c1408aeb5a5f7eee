"""What a process is told before it begins, and what it has found out when all are done."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from portfolioopt.hedging.stages import Stages
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.plan import Plan
from portfolioopt.solution.highs import Settings
from portfolioopt.solution.judgement import Candidate, Judge
from portfolioopt.solution.stop import Stop

Told = Callable[[str, float, float], None]
"""(phase, value, bound)"""


SHORT = 1.0
"""Seconds that a run has at least."""


@dataclass
class Board:
    """One for each process."""

    stages: Stages
    first_year: int
    years: int
    columns: dict[str, Ints]
    """by node, the columns of the decisions that must agree"""
    levels: dict[str, int]
    """by node, how many variables beside these must agree: the level of risk, at the root"""
    measured: bool
    """whether there is a measure of risk, so that only an audit can tell what a plan is worth"""
    judge: Judge
    known: tuple[tuple[str, Plan], ...]
    """plans that there were before the search"""
    stop: Stop
    """for the search"""
    last: Stop
    """for what comes after it"""
    settings: Settings
    """of a scenario's run, at the finest gap that is worth it"""
    second: Settings | None
    """of the second proof of the bound; None: no second proof is asked for"""
    reach: dict[str, Floats]
    """by node, the most that its variables can be"""
    rho: dict[str, Floats]
    """by node, the weight of the proximal term of its variables"""
    rounds: int = 6
    """so many times at least all scenarios shall be gone through in the time there is"""
    progress: Told | None = None
    best: Candidate | None = None
    refused: int = 0
    """plans that the audit did not let pass"""
    tried: int = 0
    iterations: int = 0
    bound: float = math.inf
    proven: float = math.inf
    """the best bound that prices have proven"""
    again: float = math.inf
    """the same by the second proof"""
    worth_again: float = -math.inf
    """what the second proof's own solutions are worth at these prices"""
    seconds_again: float = 0.0
    infeasible: list[str] = field(default_factory=list)

    def run_settings(self, value: float, bound: float, most: float) -> Settings:
        """How fine a run need be while value and bound are so far apart: a tenth of that, `most` at first."""
        known = math.isfinite(value) and math.isfinite(bound)
        apart = (bound - value) / max(abs(value), 1e-9) if known else math.inf
        return replace(self.settings, gap=max(self.settings.gap, min(apart / 10, most)))

    def slice(self, scenarios: int) -> float:
        """Most seconds of a run, where a process has so many scenarios to go through."""
        return max(self.stop.left / (self.rounds * scenarios), SHORT)

    """scenarios without any plan of their own"""
