"""The books of a plan: in each scenario and year, what all partnerships together earn and use.

Limit families read them and write their own entries: how far a limit is used, money that no single partnership earns.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from portfolioopt.audit.accounts import INTERFACES, Accounts, Factors, Key
from portfolioopt.audit.findings import Finding, LimitUse, MoneyLine
from portfolioopt.audit.futures import Futures
from portfolioopt.audit.money import NOTHING, Discounting
from portfolioopt.audit.rationals import EXACT, ONE, ZERO, rational
from portfolioopt.audit.replay import Lives
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import Plan

Entry = LimitUse | MoneyLine | Finding


@dataclass(frozen=True, slots=True)
class Ledger:
    """Facts, choices and decisions of one audit, and the totals of its partnerships by [scenario][slot]."""

    instance: Instance
    model: Model
    plan: Plan
    futures: Futures
    accounts: Accounts
    lives: Lives
    totals: list[list[Decimal]]

    @property
    def discounting(self) -> Discounting:
        return self.accounts.discounting

    @property
    def moments(self) -> list[tuple[int, int]]:
        """Every scenario and year, in order."""
        return [(scenario, year) for scenario in range(len(self.futures.names)) for year in range(self.futures.years)]

    def money(self, line: str, scenario: int, year: int) -> Fraction:
        """What partnerships earn in a line, with its sign."""
        return self._sum((line, ""), scenario, year)

    def total(self, flow: str, label: str, scenario: int, year: int) -> Fraction:
        """Total `effort` of a skill, `exposure` under a tag, or what `provides` a capability."""
        return self._sum((flow, label), scenario, year)

    def interfaces(self, scenario: int, year: int) -> Fraction:
        """Live interfaces between companies."""
        return self._sum(INTERFACES, scenario, year)

    def _sum(self, key: Key, scenario: int, year: int) -> Fraction:
        slot = self.accounts.slots.at(key, year)
        amount = NOTHING if slot is None else self.totals[scenario][slot]
        return rational(amount) if amount else ZERO

    def occupancy(self, partnership: str, states: tuple[str, ...], scenario: int, year: int) -> Fraction:
        """1 if the partnership is in one of the states (notice years included, lead years not), else 0."""
        return ONE if self.lives[partnership][scenario].places[year].occupies in states else ZERO

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
            excess=-headroom if headroom.numerator < 0 else ZERO,
            price=None if price is None else rational(price),
            sense=sense,
        )


def keep_books(
    instance: Instance, model: Model, plan: Plan, futures: Futures, lives: Lives, accounts: Accounts
) -> Ledger:
    """Adds up every partnership in every scenario and year."""
    opened = [accounts.of(partnership, lives[partnership.id]) for partnership in instance.partnerships]
    totals = [[NOTHING] * len(accounts.slots) for _ in futures.names]
    with localcontext(EXACT):
        for row in opened:
            factors = Factors(futures)
            for scenario, (sums, account) in enumerate(zip(totals, row, strict=True)):
                account.post(sums, factors, scenario)
    return Ledger(instance, model, plan, futures, accounts, lives, totals)


def worth(ledger: Ledger) -> dict[str, dict[str, Fraction]]:
    """By partnership and scenario: the discounted money it earns itself, terminal value included."""
    found: dict[str, dict[str, Fraction]] = {}
    futures, accounts = ledger.futures, ledger.accounts
    with localcontext(EXACT):
        for partnership in ledger.instance.partnerships:
            factors = Factors(futures)
            row = accounts.of(partnership, ledger.lives[partnership.id])
            found[partnership.id] = {
                name: ledger.discounting.worth(*account.money(accounts.slots, factors, scenario))
                for scenario, (name, account) in enumerate(zip(futures.names, row, strict=True))
            }
    return found
