"""A result's plan and audit, looked up by partnership, scenario and year, and its branches."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from portfolioopt.audit.findings import Audit, MoneyLine, Standing
from portfolioopt.plan import Decision, Plan
from portfolioopt.result import Outline, Result


@dataclass(frozen=True)
class Branch:
    """Scenarios that do the same from one review to the next, and what they decide in that time."""

    scenarios: tuple[str, ...]
    decisions: tuple[Decision, ...]
    """Of any one of the scenarios."""
    probability: Fraction


class Lookup:
    """What the sections of a report ask of a result that holds a plan."""

    def __init__(self, result: Result, audit: Audit, plan: Plan) -> None:
        self.result = result
        self.audit = audit
        self.plan = plan
        self.outline: Outline = result.outline
        self.probability = {future.name: Fraction(future.probability) for future in self.outline.scenarios}
        self.everywhere = tuple(self.probability)
        self.standings: dict[tuple[str, str, int], Standing] = {
            (standing.partnership, standing.scenario, standing.year): standing for standing in audit.standings
        }
        self.decisions: dict[tuple[str, str, int], Decision] = {
            (decision.partnership, decision.scenario, decision.year): decision for decision in plan.decisions
        }

    def expected(self, values: dict[str, Fraction]) -> Fraction:
        """Mean by probability of one value per scenario; a scenario left out counts 0."""
        return sum((self.probability[name] * value for name, value in values.items()), Fraction(0))

    def money(self, line: str) -> dict[tuple[str, int], MoneyLine]:
        """One line of money, by scenario and year."""
        return {(found.scenario, found.year): found for found in self.audit.money if found.line == line}

    def decided(self, scenario: str, first: int, last: int) -> tuple[Decision, ...]:
        """The decisions of a scenario from one year to another, by year and then in the instance's order."""
        return tuple(
            self.decisions[partnership.id, scenario, year]
            for year in range(first, last + 1)
            for partnership in self.outline.partnerships
            if (partnership.id, scenario, year) in self.decisions
        )

    def branchings(self) -> list[tuple[int, list[Branch]]]:
        """By review year at which scenarios part: the branches, the likelier first."""
        last_year = self.outline.calendar[-1]
        reviews = [*self.outline.review_years, last_year + 1]
        together = [tuple(self.probability)]
        found = []
        for review, following in pairwise(reviews):
            parted: list[Branch] = []
            still: list[tuple[str, ...]] = []
            for group in together:
                branches = self._branches(group, review, following - 1)
                still += [branch.scenarios for branch in branches]
                if len(branches) > 1:
                    parted += branches
            together = still
            if parted:
                found.append((review, parted))
        return found

    def _branches(self, group: tuple[str, ...], first: int, last: int) -> list[Branch]:
        """A group of scenarios parted by what is decided from `first` to `last`."""
        parts: dict[tuple[tuple[str, int, str], ...], list[str]] = {}
        for scenario in group:
            decided = self.decided(scenario, first, last)
            parts.setdefault(tuple((d.partnership, d.year, d.action) for d in decided), []).append(scenario)
        branches = [
            Branch(
                tuple(scenarios),
                self.decided(scenarios[0], first, last),
                sum((self.probability[name] for name in scenarios), Fraction(0)),
            )
            for scenarios in parts.values()
        ]
        return sorted(branches, key=lambda branch: -branch.probability)

    def likeliest(self) -> tuple[str, ...]:
        """The scenarios of the most probable branch: at each parting, the likelier side."""
        kept = tuple(self.probability)
        for _, branches in self.branchings():
            own = [branch for branch in branches if set(branch.scenarios) <= set(kept)]
            if own:
                kept = own[0].scenarios
        return kept
