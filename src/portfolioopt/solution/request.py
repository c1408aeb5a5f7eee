"""What a re-solve asks beyond an instance and a model."""

import math
from dataclasses import dataclass

from portfolioopt.plan import Plan
from portfolioopt.solution.conditions import AtLevel, Condition, Reached
from portfolioopt.solution.cuts import Breach
from portfolioopt.solution.stop import Stop


@dataclass(frozen=True)
class Request:
    """Conditions on the plan, what it may know, what it is compared with, and where to start looking."""

    conditions: tuple[Condition | AtLevel, ...] = ()
    """That the plan keeps beside the limits."""
    known: frozenset[str] = frozenset()
    """Drivers whose whole paths are known from the start: decisions may differ by them in every year."""
    against: Plan | None = None
    """The plan that the model's `changes` are counted from, instead of the one that it names."""
    starts: tuple[Plan, ...] = ()
    """Plans to start from; each is audited, and one that breaks a limit or condition is left aside."""
    bound: float = math.inf
    """No plan is worth more, as whoever asks has proven."""
    ties: bool = True
    """Whether, of plans worth the same, the one with the fewest decisions is sought: not where only worth counts."""
    explain: bool = True
    """Whether to find out, where nothing is feasible, which limits contradict each other."""
    stop: Stop | None = None
    """A wish to stop, and a deadline, that this solve shares with others."""

    def breaches(self, plan: Plan, scenario: str, reached: Reached) -> list[Breach]:
        """The conditions that a plan does not keep; `scenario` is any one of the tree, `reached` its audit's word."""
        return [
            breach
            for condition in self.conditions
            for breach in (
                condition.breaches(reached(condition.level), scenario)
                if isinstance(condition, AtLevel)
                else condition.breaches(plan, scenario)
            )
        ]

    def asks_no_less_than(self, other: "Request") -> bool:
        """Whether every plan that answers this request answers the other one too, and is worth the same."""
        return (
            self.known <= other.known
            and self.against == other.against
            and all(any(mine.implies(theirs) for mine in self.conditions) for theirs in other.conditions)
        )


PLAIN = Request()
