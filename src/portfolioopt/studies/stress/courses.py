"""Courses: what a plan does in one scenario, as arrays, and what comes of it at drawn driver levels and breakdowns.

The lives and the amounts at level 1 are those of the audit; what is made of them here are floats, thousands of draws at
once. A flow that drivers move is amount·max(0, 1 + Σ_d β_d·(level_d − 1)); flows that move alike share their factor, so
that a course is a few matrix products:

    worth[draw, p] = steady[p] + Σ_c factor_c[draw, y] · money_c[y, p] − Σ_y broken[draw, p, y] · loss[draw, p, y]
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from portfolioopt.audit import Audit
from portfolioopt.audit.accounts import Account, Accounts
from portfolioopt.audit.futures import Futures
from portfolioopt.audit.money import readiness
from portfolioopt.audit.replay import replay
from portfolioopt.language.instance import Instance
from portfolioopt.language.values import series_at
from portfolioopt.networks.tree import Floats
from portfolioopt.plan import Plan

Coefficients = tuple[tuple[str, float], ...]
"""Of one driver factor: driver and β."""
Factor = Callable[[Coefficients], Floats]
"""From coefficients to [draw, year] max(0, 1 + Σ_d β_d·(level_d − 1))."""
MONEY = ("benefit", "cost", "capital", "proceeds", "terminal")
HAIR = 1e-9
"""Relative size below which nothing is missing: floats of what is exactly enough."""


@dataclass(frozen=True)
class Course:
    """One scenario under a plan; p are the partnerships that earn or provide anything in some scenario."""

    scenario: str
    levels: Floats
    """[year, driver] as the scenario says"""
    steady: Floats
    """[p] discounted money that no driver moves, terminal included, breakdowns left out"""
    money: dict[Coefficients, Floats]
    """[year, p] discounted money at level 1"""
    capital: dict[Coefficients, Floats]
    """[year] drawn at level 1; that which no driver moves under ()"""
    proceeds: dict[Coefficients, Floats]
    rate: Floats
    """[p, year] chance of a breakdown"""
    loss: dict[Coefficients, Floats]
    """[p, year] discounted loss of a breakdown at level 1"""
    provides: dict[str, Floats]
    """[p, year] by capability"""
    beyond: float
    """Discounted money that no single partnership earns: synergies, pools, coordination, hiring, shortfalls"""
    replaced: float
    """Of that, pools and shortfalls, which a partnership that delivers nothing changes"""


@dataclass(frozen=True)
class Outcome:
    """What came of some draws of one course."""

    npv: Floats
    worth: Floats
    """[draw, p]"""
    beyond: Floats
    missing: Floats
    """[draw, year] capital drawn beyond what there is"""
    short: dict[str, Floats]
    """[draw, year] by requirement, what is not provided"""
    breakdowns: Floats
    """[draw, p] how many"""
    lost: Floats
    """[draw, p] by them, discounted"""


class Courses:
    """All scenarios of an instance under a plan."""

    def __init__(self, instance: Instance, plan: Plan, audit: Audit) -> None:
        self.instance = instance
        self.drivers = tuple(sorted(instance.drivers))
        self.years = instance.horizon.years
        self.futures = Futures(instance)
        self._accounts = Accounts(instance)
        lives, _ = replay(instance, self.futures, plan, {})
        opened = {one.id: self._accounts.of(one, lives[one.id]) for one in instance.partnerships}
        chosen = [one for one in instance.partnerships if any(_says(account) for account in opened[one.id])]
        self.partnerships = tuple(one.id for one in chosen)
        self._opened = [opened[one.id] for one in chosen]
        self._rates = [
            [
                [
                    float(readiness(one, place.state, instance.readiness)[1]) if place.active else -1.0
                    for place in life.places
                ]
                for life in lives[one.id]
            ]
            for one in chosen
        ]
        self._exact_rates = [
            [[readiness(one, place.state, instance.readiness)[1] for place in life.places] for life in lives[one.id]]
            for one in chosen
        ]
        self.discount = np.array([float(factor) for factor in self._accounts.discounting.cash])
        self._terminal = float(self._accounts.discounting.terminal)
        slots = self._accounts.slots
        self._lines = {slots.row((line, "")): line for line in (*MONEY, "breakdown")}
        self._capabilities = {
            slots.row(("provides", name)): name
            for name in {
                *(one.capability for one in instance.requirements),
                *(one.capability for one in instance.pools),
            }
        }
        self._beyond: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for line in audit.money:
            if line.line not in (*MONEY, "breakdown"):
                self._beyond[line.scenario][0] += float(line.discounted)
                if line.line in ("pools", "shortfall"):
                    self._beyond[line.scenario][1] += float(line.discounted)
        self.all = tuple(self._course(number) for number in range(len(self.futures.names)))

    def _course(self, scenario: int) -> Course:
        count, years = len(self.partnerships), self.years
        steady, rate = np.zeros(count), np.zeros((count, years))
        by_year: dict[str, defaultdict[Coefficients, Floats]] = {
            name: defaultdict(lambda: np.zeros(years)) for name in ("capital", "proceeds")
        }
        money: defaultdict[Coefficients, Floats] = defaultdict(lambda: np.zeros((years, count)))
        loss: defaultdict[Coefficients, Floats] = defaultdict(lambda: np.zeros((count, years)))
        provides: defaultdict[str, Floats] = defaultdict(lambda: np.zeros((count, years)))
        for p, accounts in enumerate(self._opened):
            account = accounts[scenario]
            flows = [(slot, amount, ()) for slot, amount in zip(account.slots, account.amounts, strict=True)]
            flows += [(slot, amount, _key(beta)) for slot, _, amount, beta in account.driven]  # type: ignore[misc]
            rate[p] = np.maximum(self._rates[p][scenario], 0.0)
            for slot, amount, key in flows:
                first, year = slot - slot % years, slot % years
                capability = self._capabilities.get(first)
                if capability is not None:
                    provides[capability][p, year] += float(amount)
                line = self._lines.get(first)
                if line is None:
                    continue
                worth = float(amount) * (self._terminal if line == "terminal" else self.discount[year])
                if line == "breakdown":
                    exact = self._exact_rates[p][scenario][year]
                    rate[p, year] = float(exact)
                    loss[key][p, year] -= worth / float(exact)
                elif key:
                    money[key][year, p] += worth
                else:
                    steady[p] += worth
                if line == "capital":
                    by_year[line][key][year] -= float(amount)
                elif line == "proceeds":
                    by_year[line][key][year] += float(amount)
        name = self.futures.names[scenario]
        future = next(one for one in self.instance.futures if one.name == name)
        levels = [
            [float(series_at(future.drivers.get(driver, Decimal(1)), year)) for driver in self.drivers]
            for year in range(years)
        ]
        beyond, replaced = self._beyond[name]
        return Course(
            name,
            np.array(levels).reshape(years, len(self.drivers)),
            steady,
            dict(money),
            dict(by_year["capital"]),
            dict(by_year["proceeds"]),
            rate,
            dict(loss),
            dict(provides),
            beyond,
            replaced,
        )

    def outcome(self, course: Course, levels: Floats, luck: Floats | None, *, outage: bool) -> Outcome:
        """What comes of a course at drawn levels ([draw, year, driver]) and luck ([draw, p, year], a breakdown where it
        is below its chance); without luck breakdowns are charged at what they cost on average. With `outage` a
        partnership provides nothing in the year of a breakdown.
        """
        draws = len(levels)
        factors: dict[Coefficients, Floats] = {(): np.ones((draws, self.years))}

        def factor(key: Coefficients) -> Floats:
            if key not in factors:
                moved = np.ones((draws, self.years))
                for driver, beta in key:
                    moved += beta * (levels[:, :, self.drivers.index(driver)] - 1)
                factors[key] = np.maximum(moved, 0.0)
            return factors[key]

        worth = np.tile(course.steady, (draws, 1))
        for key, amounts in course.money.items():
            worth += factor(key) @ amounts
        broken = course.rate[None] if luck is None else (luck < course.rate).astype(float)
        lost = np.zeros((draws, len(self.partnerships)))
        for key, amounts in course.loss.items():
            lost += np.einsum("dpy,dy,py->dp", np.broadcast_to(broken, (draws, *amounts.shape)), factor(key), amounts)
        worth -= lost
        down = broken if outage and luck is not None else np.zeros((1, *course.rate.shape))
        provided = {
            name: np.broadcast_to(amounts.sum(axis=0) - np.einsum("dpy,py->dy", down, amounts), (draws, self.years))
            for name, amounts in course.provides.items()
        }
        beyond = np.full(draws, course.beyond)
        short = self._short(provided, draws)
        if outage:
            beyond = beyond - course.replaced + self._pools(provided, draws) - self._costs(short)
        return Outcome(
            npv=worth.sum(axis=1) + beyond,
            worth=worth,
            beyond=beyond,
            missing=self._missing(course, factor, draws),
            short=short,
            breakdowns=np.broadcast_to(broken.sum(axis=2), lost.shape) if luck is not None else np.zeros(lost.shape),
            lost=lost,
        )

    def _missing(self, course: Course, factor: Factor, draws: int) -> Floats:
        """left = max(0, budget + carry_over·left before + recycle·proceeds − capital); what is missing is added."""
        missing = np.zeros((draws, self.years))
        capital = self.instance.capital
        if capital is None:
            return missing
        carry, recycle = float(capital.carry_over), float(capital.recycle)
        drawn = sum((factor(key) * amounts for key, amounts in course.capital.items()), np.zeros((draws, self.years)))
        back = sum((factor(key) * amounts for key, amounts in course.proceeds.items()), np.zeros((draws, self.years)))
        grown = factor(_key(capital.sensitivity.budget))
        left = np.zeros(draws)
        for year in range(self.years):
            there = float(series_at(capital.budget, year)) * grown[:, year] + carry * left + recycle * back[:, year]
            over = drawn[:, year] - there
            missing[:, year] = np.where(over > HAIR * np.maximum(np.abs(there), 1.0), over, 0.0)
            left = np.maximum(-over, 0.0)
        return missing

    def _short(self, provided: Mapping[str, Floats], draws: int) -> dict[str, Floats]:
        """What is missing of each requirement."""
        found = {}
        for one in self.instance.requirements:
            needed = np.array([float(series_at(one.at_least, year)) for year in range(self.years)])
            gap = needed - provided.get(one.capability, np.zeros((draws, self.years)))
            found[one.id] = np.where(gap > HAIR * np.maximum(needed, 1.0), gap, 0.0)
        return found

    def _costs(self, short: Mapping[str, Floats]) -> Floats:
        """What shortfalls that are paid for cost, discounted."""
        total: Floats = np.zeros(())
        for one in self.instance.requirements:
            if one.shortfall_cost is not None:
                price = np.array([float(series_at(one.shortfall_cost, year)) for year in range(self.years)])
                total = total + short[one.id] @ (price * self.discount)
        return total

    def _pools(self, provided: Mapping[str, Floats], draws: int) -> Floats:
        """What pools earn, discounted."""
        total = np.zeros(draws)
        for pool in self.instance.pools:
            at, values = (np.array([float(number) for number in row]) for row in zip(*pool.curve, strict=True))
            amounts = provided.get(pool.capability, np.zeros((draws, self.years)))
            total += np.interp(amounts, at, values) @ self.discount
        return total


def _says(account: Account) -> bool:
    """Whether a life earns, uses or provides anything."""
    return bool(account.slots or account.driven)


def _key(coefficients: Mapping[str, Decimal]) -> Coefficients:
    return tuple(sorted((driver, float(beta)) for driver, beta in coefficients.items()))
