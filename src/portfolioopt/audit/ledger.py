"""The books of a plan: in each scenario and year, what all partnerships together earn and use.

Limit families read them and write their own entries: how far a limit is used, money that no single partnership earns.
"""

from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.audit.findings import Finding, LimitUse, MoneyLine
from portfolioopt.audit.futures import Futures
from portfolioopt.audit.money import INTERFACES, NOTHING, TERMINAL, Cash, Discounting, Key, Sums, add
from portfolioopt.audit.rationals import ZERO, plus, rational
from portfolioopt.audit.replay import Life, Lives
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import Plan

Entry = LimitUse | MoneyLine | Finding


@dataclass(frozen=True, slots=True)
class Ledger:
    """Facts, choices and decisions of one audit, and the totals of its partnerships by [scenario][year]."""

    instance: Instance
    model: Model
    plan: Plan
    futures: Futures
    discounting: Discounting
    lives: Lives
    totals: tuple[tuple[dict[Key, Fraction], ...], ...]
    worth: dict[str, dict[str, Fraction]]

    @property
    def moments(self) -> list[tuple[int, int]]:
        """Every scenario and year, in order."""
        return [(scenario, year) for scenario in range(len(self.futures.names)) for year in range(self.futures.years)]

    def money(self, line: str, scenario: int, year: int) -> Fraction:
        """What partnerships earn in a line, with its sign."""
        return self.totals[scenario][year].get((line, ""), ZERO)

    def total(self, flow: str, label: str, scenario: int, year: int) -> Fraction:
        """Total `effort` of a skill, `exposure` under a tag, or what `provides` a capability."""
        return self.totals[scenario][year].get((flow, label), ZERO)

    def interfaces(self, scenario: int, year: int) -> Fraction:
        """Live interfaces between companies."""
        return self.totals[scenario][year].get(INTERFACES, ZERO)

    def occupancy(self, partnership: str, states: tuple[str, ...], scenario: int, year: int) -> Fraction:
        """1 if the partnership is in one of the states (notice years included, lead years not), else 0."""
        return Fraction(self.lives[partnership][scenario].places[year].occupies in states)

    def earned(self, line: str, scenario: int, year: int, amount: Fraction) -> MoneyLine:
        """An entry of money, with its sign."""
        discount = self.discounting.terminal if line == "terminal" else self.discounting.cash[year]
        calendar = self.futures.first_year + year
        return MoneyLine(self.futures.names[scenario], calendar, line, amount, amount * discount)

    def at_most(self, family: str, limit_id: str, scenario: int, year: int, use: Fraction, limit: Fraction) -> LimitUse:
        """use ≤ limit; what goes beyond it is excess."""
        return self._limit_use(family, limit_id, scenario, year, use, limit, limit - use, "at_most")

    def at_least(
        self, family: str, limit_id: str, scenario: int, year: int, use: Fraction, limit: Fraction
    ) -> LimitUse:
        """use ≥ limit; what it falls short is excess."""
        return self._limit_use(family, limit_id, scenario, year, use, limit, use - limit, "at_least")

    def _limit_use(
        self,
        family: str,
        limit_id: str,
        scenario: int,
        year: int,
        use: Fraction,
        limit: Fraction,
        headroom: Fraction,
        sense: str,
    ) -> LimitUse:
        price = self.model.price(family, limit_id)
        return LimitUse(
            id=limit_id,
            family=family,
            scenario=self.futures.names[scenario],
            year=self.futures.first_year + year,
            use=use,
            limit=limit,
            headroom=headroom,
            excess=max(ZERO, -headroom),
            price=None if price is None else rational(price),
            sense=sense,
        )


def keep_books(instance: Instance, model: Model, plan: Plan, futures: Futures, lives: Lives) -> Ledger:
    """Adds up every partnership in every scenario and year."""
    discounting = Discounting(instance)
    books = [_Book(futures, number, discounting) for number in range(len(futures.names))]
    worth: dict[str, dict[str, Fraction]] = {}
    for partnership in instance.partnerships:
        cash = Cash(partnership, instance.readiness)
        posted = zip(futures.names, books, lives[partnership.id], strict=True)
        worth[partnership.id] = {name: book.post(cash, life) for name, book, life in posted}
    totals = tuple(
        tuple({key: rational(amount) for key, amount in sums.items()} for sums in book.totals) for book in books
    )
    return Ledger(instance, model, plan, futures, discounting, lives, totals, worth)


class _Book:
    """The running totals of one scenario, by year."""

    def __init__(self, futures: Futures, scenario: int, discounting: Discounting) -> None:
        self._futures = futures
        self._scenario = scenario
        self._discounting = discounting
        self.totals: list[Sums] = [{} for _ in range(futures.years)]

    def post(self, cash: Cash, life: Life) -> Fraction:
        """Adds the flows of one life; returns what it is worth: its discounted money, terminal value included."""
        amounts = []
        terminal = NOTHING
        last = self._futures.years - 1
        for year, place in enumerate(life.places):
            flows = cash.at(place)
            totals = self.totals[year]
            amount = NOTHING
            for line, part in flows.money(self._futures, self._scenario, year).items():
                if line != TERMINAL:
                    amount = plus(amount, part)
                elif year == last:
                    terminal = part
                else:
                    continue
                add(totals, line, part)
            amounts.append(amount)
            for key, used in flows.quantities.items():
                add(totals, key, used)
        return self._discounting.worth(amounts, terminal)
