"""The cheapest ways out: by how much which limits must give way, the cheapest first.

With some limits kept, the cheapest way out is a mixed-integer program (`givable.py`). The next cheapest ones that do
not contain it are found by keeping, one after the other, each limit that it lets give way: a best-first search in a
tree of kept limits (Reiter's hitting-set tree, 1987, with costs), so that ways come in the order of their costs and
none contains another one found before. What has to be kept and cannot be, whatever else gives way, is a conflict.

No run of a solver is believed by itself. The plan of a way is audited, and amounts are what the audit finds: rounded
outward and applied to the instance, they are audited again. That none is cheaper is the solver's word, given twice
under different settings; where a plan breaks a kept limit by a hair, it is cut off and the program solved again.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from portfolioopt.audit import Audit, Auditor
from portfolioopt.audit.futures import Futures
from portfolioopt.cases import Applied
from portfolioopt.errors import EngineFault
from portfolioopt.formulation.build import formulate
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model, Objective
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import Plan
from portfolioopt.solution.conditions import Condition
from portfolioopt.solution.cuts import Breach
from portfolioopt.solution.judgement import Verdict
from portfolioopt.solution.memory import Memory
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.diagnose.givable import AT_MOST, Giving, Number, hard_limits, let_give, number_of, prices_of
from portfolioopt.studies.diagnose.loosening import Change, changes_of, loosened, nearest, outward

GAP = 1e-7
"""Relative gap at which a cost counts as the least: amounts are rounded in their ninth digit."""
ANY = 2.0
"""Relative gap at which any way out will do: costs are never below 0."""
AGREE = 1e-6
"""Relative difference of costs that counts as none."""
LEAST = 1e-9
"""Amounts below this, relative to the money at hand, are what a solver leaves of nothing."""
ROUNDS = 60
Limits = frozenset[str]


@dataclass(frozen=True)
class WayOut:
    """What gives way so that a plan is feasible, while some limits are kept."""

    kept: Limits
    """That were not allowed to give way."""
    changes: tuple[Change, ...]
    cost: Fraction
    bound: float
    """Nothing that keeps those limits costs less, as far as is proven."""
    verified: bool
    """Whether a second, different run says the same."""
    plan: Plan

    @property
    def limits(self) -> Limits:
        """That give way."""
        return frozenset(change.limit for change in self.changes)

    @property
    def proven(self) -> bool:
        """Whether nothing that keeps those limits is cheaper."""
        return float(self.cost) - self.bound <= AGREE * max(float(self.cost), AGREE)


@dataclass(frozen=True)
class NoWay:
    """These limits cannot be kept together, whatever else gives way."""

    kept: Limits
    verified: bool


@dataclass
class Relaxing:
    """Finds ways out of one instance; remembers all that it has found."""

    desk: Desk
    given: dict[str, Decimal]
    keep: frozenset[str]
    case: Applied | None = None
    """Of another instance and model than the desk's."""
    conditions: tuple[Condition, ...] = ()
    """That all plans keep, besides limits."""
    starts: tuple[Plan, ...] = ()
    """Plans to start from."""
    ways: list[WayOut] = field(default_factory=list)
    conflicts: list[NoWay] = field(default_factory=list)
    _memory: Memory | None = None

    def __post_init__(self) -> None:
        facts, choices = self.case or Applied(self.desk.instance, self.desk.model)
        self.instance: Instance = facts
        # what is maximized does not matter for what is feasible
        self.model: Model = choices.model_copy(update={"objective": Objective(), "changes": None})
        self.limits = hard_limits(self.instance, self.model)
        self.prices = prices_of(self.instance, self.limits, self.given, self.keep)
        giving = let_give(formulate(lay_out(self.instance), self.model), self.limits, self.prices)
        for condition in self.conditions:
            giving = replace(giving, formulation=condition.applied(giving.formulation))
        self.giving: Giving = giving
        self._auditor = Auditor(self.instance, self.model)
        self._futures = Futures(self.instance)

    @property
    def may_give(self) -> Limits:
        """Limits that may give way at all."""
        return frozenset(limit for limit, family in self.limits.items() if self.prices.of(family, limit) is not None)

    def cheapest_ways(self) -> Iterator[WayOut]:
        """Ways out from the cheapest on, none of which contains another; ends when it is time to stop."""
        root = self.keeping(frozenset())
        if not isinstance(root, WayOut):
            return
        found: list[WayOut] = []
        entered = {root.kept}
        heap = [(root.cost, sorted(root.limits), 0, root)]
        while heap:
            *_, way = heapq.heappop(heap)
            if not any(other.limits <= way.limits for other in found):
                found.append(way)
                yield way
            for limit in sorted(way.limits):
                kept = way.kept | {limit}
                if kept in entered:
                    continue
                if self.desk.due:
                    return
                entered.add(kept)
                next_way = self.keeping(kept)
                if isinstance(next_way, WayOut):
                    heapq.heappush(heap, (next_way.cost, sorted(next_way.limits), len(entered), next_way))
                elif next_way is None:
                    return

    def fewest(self) -> WayOut | None:
        """A way out that lets few limits give way: the cheapest one, and as long as keeping one of its limits leaves
        fewer that give way, the cheapest that keeps it. None where time ends the search, or nothing is a way out.
        """
        way = self.keeping(frozenset())
        if not isinstance(way, WayOut):
            return None
        tried: set[Limits] = set()
        while untried := [limit for limit in sorted(way.limits) if way.kept | {limit} not in tried]:
            kept = way.kept | {untried[0]}
            tried.add(kept)
            other = None if self.desk.due else self.keeping(kept)
            if isinstance(other, WayOut) and len(other.limits) < len(way.limits):
                way = other
        return way

    def keeping(self, kept: Limits, *, cheapest: bool = True) -> WayOut | NoWay | None:
        """The cheapest way out that keeps these limits (or just any); None where time ends the search without one."""
        known = self._known(kept, cheapest=cheapest)
        if known is not None:
            return known
        found = self._solved(kept, cheapest=cheapest)
        if isinstance(found, WayOut):
            self.ways.append(found)
        elif isinstance(found, NoWay):
            self.conflicts.append(found)
        return found

    def _known(self, kept: Limits, *, cheapest: bool) -> WayOut | NoWay | None:
        """What follows from what has been found: a way that does not need these limits, or a conflict among them."""
        for conflict in self.conflicts:
            if conflict.kept <= kept:
                return NoWay(kept, conflict.verified)
        fitting = [way for way in self.ways if not way.limits & kept]
        if cheapest:
            # a way that was the cheapest with fewer limits kept, and keeps these too
            sure = [way for way in fitting if way.proven and (way.verified or not self.desk.means.verify)]
            fitting = [way for way in sure if way.kept <= kept]
        best = min(fitting, key=lambda way: way.cost, default=None)
        return None if best is None else replace(best, kept=kept)

    def _solved(self, kept: Limits, *, cheapest: bool) -> WayOut | NoWay | None:
        """A search of its own; `verified` where a second run under different settings, or prices, confirm the first."""
        asked = "the cheapest way out" if not kept else f"the cheapest way out that keeps {_few(kept)}"
        found: dict[Plan, WayOut] = {}

        def judge(plan: Plan) -> Verdict:
            """An audit's word on a plan: what it needs to give way, or the kept limits that it breaks."""
            audit = self._auditor.audit(plan, tables=False)
            breaches = [
                Breach(one.family, one.id, one.scenario, one.year - self.instance.horizon.first_year)
                for one in audit.findings
                if one.id in kept or one.id not in self.may_give
            ]
            breaches += [one for each in self.conditions for one in each.breaches(plan, self._futures.names[0])]
            if breaches:
                return Verdict(-audit.objective, tuple(breaches))
            way = found[plan] = self._way(kept, plan, audit)
            return Verdict(-way.cost)

        near = sorted((way for way in self.ways if not way.limits & kept), key=lambda way: way.cost)
        search = self.desk.search(
            asked,
            self.giving.keeping(kept),
            judge,
            gap=GAP if cheapest else ANY,
            starts=[*self.starts, *(way.plan for way in near[:1])],
            memory=self._memory,
        )
        self._memory = Memory.of(search)
        verified = len(search.agreeing) >= 2 or (cheapest and search.proven_by_prices)
        if search.best is None:
            return NoWay(kept, verified) if search.infeasible else None
        way = found[search.best.plan]
        return replace(way, bound=max(0.0, -search.bound), verified=verified and search.gap_reached)

    def _way(self, kept: Limits, plan: Plan, audit: Audit) -> WayOut:
        """What has to give way for a plan, and by how much: what the audit finds in the way, rounded outward."""
        amounts = {number: outward(excess) for number, excess in self._missing(audit).items() if not _money(number)}
        if any(one.family == "capital" and one.excess and one.price is None for one in audit.limits):
            amounts |= self._money_for(audit)
        aside: set[str] = set()
        for _ in range(ROUNDS):
            changes = changes_of(self.instance, amounts, self._shares(plan, amounts), aside)
            applied = Auditor(*loosened(self.instance, self.model, changes)).audit(plan, tables=False)
            if applied.ok:
                prices = {number: self.prices.of(number.family, number.limit) or Fraction(0) for number in amounts}
                cost = sum((prices[number] * Fraction(amount) for number, amount in amounts.items()), Fraction(0))
                return WayOut(kept, changes, cost, 0.0, verified=False, plan=plan)
            missing = self._missing(applied)
            for number, excess in missing.items():
                amounts[number] = outward(Fraction(amounts.get(number, 0)) + excess)
            if not missing:
                aside.add("capital")
        raise EngineFault("a way out could not be rounded so that its plan is feasible")

    def _money_for(self, audit: Audit) -> dict[Number, Decimal]:
        """The least by which budgets must grow for a plan, whatever scenario comes.

        What is added in a year is there in all scenarios, and what is left of it is carried over. As carrying over
        gains nothing, money is best added in the year in which it is missing, as much as the scenario that misses
        most needs: year after year. Where the budget varies with drivers a year's money may be worth more in another
        year; then a linear program tells when.
        """
        capital = self.instance.capital
        assert capital is not None
        net = self._left_a_year(audit)
        if capital.sensitivity.budget:
            return self._money_by_program(net)
        carry = Fraction(capital.carry_over)
        left = [Fraction(0)] * len(net)
        amounts: dict[Number, Decimal] = {}
        for year in range(self.instance.horizon.years):
            left = [carry * before + own[year] for before, own in zip(left, net, strict=True)]
            missing = -min(left)
            if missing > 0:
                amount = amounts[number_of(self.instance, "capital", "capital", AT_MOST, year)] = outward(missing)
                left = [one + Fraction(amount) for one in left]
        return amounts

    def _left_a_year(self, audit: Audit) -> list[list[Fraction]]:
        """[scenario][year] budget and recycled proceeds less what is drawn, without what is carried over."""
        capital = self.instance.capital
        assert capital is not None
        carry, first = Fraction(capital.carry_over), self.instance.horizon.first_year
        uses = {(one.scenario, one.year - first): one for one in audit.limits if one.family == "capital"}
        net: list[list[Fraction]] = []
        for scenario in self._futures.names:
            own, left = [], Fraction(0)
            for year in range(self.instance.horizon.years):
                use = uses[scenario, year]
                own.append(use.limit - carry * left - use.use)
                left = max(Fraction(0), use.limit - use.use)
            net.append(own)
        return net

    def _money_by_program(self, net: list[list[Fraction]]) -> dict[Number, Decimal]:
        """min Σ_y g_y,   left(w,y) ≤ carry·left(w,y−1) + net(w,y) + factor(w,y)·g_y,   g, left ≥ 0."""
        from scipy.optimize import linprog  # slow to import, and only budgets that vary need it

        capital = self.instance.capital
        assert capital is not None
        years, scenarios = self.instance.horizon.years, len(net)
        carry = float(capital.carry_over)
        rows = np.zeros((scenarios * years, years * (1 + scenarios)))
        for w in range(scenarios):
            for year in range(years):
                row, left = w * years + year, years + w * years + year
                factor = float(self._futures.factor(capital.sensitivity.budget, w, year))
                if not self._budget_helps(w, year):
                    factor = 1.0
                rows[row, year], rows[row, left] = -factor, 1.0
                if year:
                    rows[row, left - 1] = -carry
        sides = np.array([float(amount) for own in net for amount in own])
        unit = max(float(np.abs(sides).max(initial=0.0)), 1.0)
        cost = np.concatenate((np.ones(years), np.zeros(years * scenarios)))
        found = linprog(cost, A_ub=rows, b_ub=sides / unit)
        if found.x is None:
            return {}  # the audit tells what is missing all the same, year by year
        added = unit * np.asarray(found.x)[:years]
        return {
            number_of(self.instance, "capital", "capital", AT_MOST, year): nearest(value)
            for year, value in enumerate(added.tolist())
            if value > LEAST * unit
        }

    def _budget_helps(self, scenario: int, year: int) -> bool:
        """Whether some budget up to a year reaches it in a scenario."""
        capital = self.instance.capital
        assert capital is not None
        reached = range(year + 1) if capital.carry_over else (year,)
        return any(self._futures.factor(capital.sensitivity.budget, scenario, one) > 0 for one in reached)

    def _missing(self, audit: Audit) -> dict[Number, Fraction]:
        """By how much each number would have to give way for the plan audited, in its own unit."""
        instance = self.instance
        missing: dict[Number, Fraction] = {}
        for one in audit.limits:
            if one.price is not None or not one.excess:
                continue
            year, excess = one.year - instance.horizon.first_year, one.excess
            if one.family == "capital":
                helping = self._budget_for(one.scenario, year, excess)
                if helping is None:
                    continue
                year, excess = helping
            number = number_of(instance, one.family, one.id, one.sense, year)
            missing[number] = max(missing.get(number, Fraction(0)), excess)
        return missing

    def _budget_for(self, scenario: str, year: int, excess: Fraction) -> tuple[int, Fraction] | None:
        """The year in which the budget must grow, and by how much, where it varies with drivers: a budget of which
        nothing comes in that scenario cannot help, one of an earlier year may. None where none can.
        """
        capital = self.instance.capital
        assert capital is not None
        position = self._futures.names.index(scenario)
        for earlier in range(year, -1, -1):
            factor = Fraction(self._futures.factor(capital.sensitivity.budget, position, earlier))
            if factor > 0:
                return earlier, excess / factor
            if not capital.carry_over:
                break
            excess /= Fraction(capital.carry_over)
        return None

    def _shares(self, plan: Plan, amounts: Mapping[Number, Decimal]) -> dict[Number, Fraction | None]:
        """The shares that share limits must become; None where the amounts that they are shares of are nothing."""
        shares = {one.id: one for one in self.instance.exposures if one.at_most_share is not None}
        wanted = {(number.limit, number.year) for number in amounts if number.limit in shares}
        if not wanted:
            return {}
        # with a share of one, the limit that the audit tells is the amount that it is a share of
        whole = tuple(
            one.model_copy(update={"at_most_share": Decimal(1)}) if one.id in shares else one
            for one in self.instance.exposures
        )
        audit = Auditor(self.instance.model_copy(update={"exposures": whole}), self.model).audit(plan, tables=False)
        found: dict[Number, Fraction | None] = {}
        for one in audit.limits:
            year = one.year - self.instance.horizon.first_year
            if one.family != "exposures" or (one.id, year) not in wanted or not one.use:
                continue
            number = number_of(self.instance, "exposures", one.id, one.sense, year)
            share = one.use / one.limit if one.limit else None
            before = found.get(number, Fraction(0))
            found[number] = None if share is None or before is None else max(before, share)
        return found


def _money(number: Number) -> bool:
    return number.family == "capital"


def _few(limits: Limits) -> str:
    names = sorted(limits)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
