"""The account of the capital budget by year, by the rule that the audit checks it with."""

from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.audit.findings import LimitUse
from portfolioopt.result.lookup import Lookup

ENTRIES = ("budget", "carried over", "recycled", "added", "drawn", "left")
"""Expected over scenarios: budget + carried over + recycled + added - drawn = left."""
ALWAYS = ("budget", "drawn", "left")
"""Entries told even where they are 0 in all years."""


@dataclass(frozen=True, slots=True)
class CapitalYear:
    """One year of the account."""

    expected: dict[str, Fraction]
    """By entry."""
    tightest: LimitUse
    """In the scenario that has least left."""

    @property
    def binds(self) -> bool:
        """Whether everything is drawn in some scenario; a year without a budget binds in name only."""
        return self.tightest.headroom <= 0 and bool(self.tightest.limit or self.tightest.use)


def capital_account(lookup: Lookup) -> dict[int, CapitalYear]:
    """The account by calendar year; empty where there is no budget."""
    budget = lookup.outline.capital
    if budget is None:
        return {}
    uses = {(use.scenario, use.year): use for use in lookup.audit.limits if use.family == "capital"}
    proceeds = lookup.money("proceeds")
    first = lookup.outline.first_year
    account = {}
    for year in lookup.outline.calendar:
        row = dict.fromkeys(ENTRIES, Fraction(0))
        for scenario, probability in lookup.probability.items():
            use = uses[scenario, year]
            returned = proceeds.get((scenario, year))
            amounts = {
                "budget": budget.budget[scenario][year - first],
                "carried over": Fraction(budget.carry_over) * _left(uses.get((scenario, year - 1))),
                "recycled": Fraction(budget.recycle) * (Fraction(0) if returned is None else returned.amount),
                "added": use.excess,
                "drawn": use.use,
                "left": _left(use),
            }
            for name, amount in amounts.items():
                row[name] += probability * amount
        tightest = min((uses[scenario, year] for scenario in lookup.probability), key=lambda use: use.headroom)
        account[year] = CapitalYear(row, tightest)
    return account


def entries(account: dict[int, CapitalYear]) -> list[str]:
    """The entries worth telling."""
    return [name for name in ENTRIES if name in ALWAYS or any(year.expected[name] for year in account.values())]


def _left(use: LimitUse | None) -> Fraction:
    return Fraction(0) if use is None else max(Fraction(0), use.headroom)
