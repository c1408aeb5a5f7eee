"""A plan: the decisions, for each partnership and each point of the scenario tree, and the engineers to hire."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

PLAN_FORMAT = "portfolioopt-plan/1"


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """An action taken at the start of a calendar year in one scenario."""

    scenario: str
    year: int
    partnership: str
    action: str
    kind: str


@dataclass(frozen=True, slots=True, order=True)
class Hiring:
    """Engineers of a skill hired for one calendar year in one scenario."""

    scenario: str
    year: int
    skill: str
    engineers: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """Decisions and hiring by scenario; scenarios that cannot be told apart yet hold the same."""

    decisions: tuple[Decision, ...] = ()
    hiring: tuple[Hiring, ...] = ()

    @staticmethod
    def of(decisions: Iterable[Decision], hiring: Iterable[Hiring] = ()) -> "Plan":
        """A plan in its one order: by scenario, year and partnership."""
        in_order = attrgetter("scenario", "year", "partnership", "action", "kind")
        return Plan(tuple(sorted(decisions, key=in_order)), tuple(sorted(hiring)))


TODAY = Plan()
"""No action at all: today's portfolio goes on as it is."""
