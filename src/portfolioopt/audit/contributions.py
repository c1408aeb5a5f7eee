"""Who contributes to a total: what each partnership draws, uses or provides, from the same accounts as the audit."""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from fractions import Fraction

from portfolioopt.audit.accounts import Accounts, Factors
from portfolioopt.audit.futures import Futures
from portfolioopt.audit.money import NOTHING, grade
from portfolioopt.audit.rationals import EXACT, ZERO, rational
from portfolioopt.audit.replay import Lives, replay
from portfolioopt.language.instance import Instance
from portfolioopt.plan import Plan

Amounts = Mapping[str, Fraction]
"""By partnership, those without an amount left out."""


class Contributions:
    """The contributions of a plan's partnerships in each scenario and calendar year; totals are the audit's."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self._instance = instance
        self._futures = Futures(instance)
        self._accounts = Accounts(instance)
        self._lives: Lives = replay(instance, self._futures, plan, {})[0]
        # opened at once: the slots are all known only when every account is
        self._opened = {
            partnership.id: self._accounts.of(partnership, self._lives[partnership.id])
            for partnership in instance.partnerships
        }
        self._sums: dict[str, dict[str, list[Decimal]]] = {}

    def of(self, flow: str, label: str, scenario: str, year: int) -> Amounts:
        """`effort` of a skill, `exposure` under a tag, what `provides` a capability, or a line of money (no label)."""
        slot = self._accounts.slots.at((flow, label), year - self._futures.first_year)
        if slot is None:
            return {}
        if scenario not in self._sums:
            self._sums[scenario] = self._of_scenario(self._futures.names.index(scenario))
        return {name: rational(sums[slot]) for name, sums in self._sums[scenario].items() if sums[slot]}

    def over_horizon(self, *lines: str) -> dict[str, dict[str, Fraction]]:
        """By line and partnership, the money of all years, undiscounted, expected over scenarios."""
        slots = self._accounts.slots
        starts = {line: slots.row((line, "")) for line in lines}
        expected = {line: dict.fromkeys(self._opened, ZERO) for line in lines}
        for scenario, probability in enumerate(self._futures.probabilities):
            for name, sums in self._of_scenario(scenario).items():
                for line, first in starts.items():
                    total = sum(sums[first : first + slots.years], NOTHING)
                    if total:
                        expected[line][name] += probability * rational(total)
        return expected

    def readiness(self, partnership: str) -> Fraction | None:
        """Mean readiness g in [0, 1] over the years in which it is active, by probability; lead years count as the
        state that they lead to. None without a readiness, or where it is never active."""
        found = self._instance.partnership(partnership)
        if found.readiness is None:
            return None
        weight, total = ZERO, ZERO
        for probability, life in zip(self._futures.probabilities, self._lives[partnership], strict=True):
            for place in life.places:
                if place.active:
                    weight += probability
                    total += probability * rational(grade(found, place.state, self._instance.readiness))
        return total / weight if weight else None

    def _of_scenario(self, scenario: int) -> dict[str, list[Decimal]]:
        found = {}
        with localcontext(EXACT):
            for name, row in self._opened.items():
                sums = [NOTHING] * len(self._accounts.slots)
                row[scenario].post(sums, Factors(self._futures), scenario)
                found[name] = sums
        return found
