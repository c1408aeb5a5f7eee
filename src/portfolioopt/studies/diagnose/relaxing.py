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
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit import Audit, Auditor
from portfolioopt.audit.futures import Futures
from portfolioopt.errors import EngineFault
from portfolioopt.formulation.build import formulate
from portfolioopt.formulation.draft import Row
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model, Objective
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import Plan
from portfolioopt.solution.cuts import Breach, cuts_for
from portfolioopt.solution.decisions import arcs_taken, plan_of
from portfolioopt.solution.highs import Run, Settings, Stop, run
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.search import MOST_CUTS
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.diagnose.givable import Giving, Number, hard_limits, let_give, number_of, prices_of
from portfolioopt.studies.diagnose.loosening import Change, changes_of, loosened, nearest, outward

AGREE = 1e-6
"""Relative difference of costs that counts as none."""
LEAST = 1e-9
"""Amounts below this, relative to the largest, are what a solver leaves of nothing."""
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
    ways: list[WayOut] = field(default_factory=list)
    conflicts: list[NoWay] = field(default_factory=list)
    _cuts: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instance: Instance = self.desk.instance
        # what is maximized does not matter for what is feasible
        self.model: Model = self.desk.model.model_copy(update={"objective": Objective(), "changes": None})
        self.limits = hard_limits(self.instance, self.model)
        self.prices = prices_of(self.instance, self.limits, self.given, self.keep)
        self.giving: Giving = let_give(formulate(lay_out(self.instance), self.model), self.limits, self.prices)
        self._auditor = Auditor(self.instance, self.model)
        self._futures = Futures(self.instance)

    @property
    def may_give(self) -> Limits:
        """Limits that may give way at all."""
        return frozenset(limit for limit, family in self.limits.items() if self.prices.of(family, limit) is not None)

    def cheapest_ways(self, due: Callable[[], bool]) -> Iterator[WayOut]:
        """Ways out from the cheapest on, none of which contains another; stops when due."""
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
                if due():
                    return
                entered.add(kept)
                next_way = self.keeping(kept)
                if isinstance(next_way, WayOut):
                    heapq.heappush(heap, (next_way.cost, sorted(next_way.limits), len(entered), next_way))
                elif next_way is None:
                    return

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
        """Two runs that agree, under different settings; one where that is all that is asked for or possible."""
        self.desk.doing("the cheapest way out" if not kept else f"the cheapest way out that keeps {_few(kept)}")
        seed = self.desk.seed
        best: WayOut | None = None
        bound = 0.0
        refused = 0
        runs: tuple[Settings, ...] = (
            Settings("presolve on", True, seed),
            Settings("presolve off, another seed", False, seed + 1),
            Settings("presolve off, a third seed", False, seed + 2),
            Settings("presolve on, a fourth seed", True, seed + 3),
        )
        if not cheapest:
            runs = tuple(replace(settings, gap=1.0) for settings in runs)
        said: list[float] = []
        for settings in runs:
            ended, way = self._run(kept, settings)
            if ended is None:
                break
            if ended.ending == "infeasible":
                refused += 1
                if best is None and refused >= (2 if self.desk.means.verify else 1):
                    return NoWay(kept, verified=refused >= 2)
                continue
            bound = max(bound, -ended.bound) if math.isfinite(ended.bound) else bound
            if way is not None and (best is None or way.cost < best.cost):
                best = way
            if best is not None and (not cheapest or not self.desk.means.verify):
                break
            if ended.gap_reached and way is not None:
                said.append(float(way.cost))
                if best is not None and _agreeing(said, float(best.cost)) >= 2:
                    break
            if self.desk.due:
                break
        if best is None:
            return NoWay(kept, verified=False) if refused else None
        return replace(best, bound=min(bound, float(best.cost)), verified=_agreeing(said, float(best.cost)) >= 2)

    def _run(self, kept: Limits, settings: Settings) -> tuple[Run | None, WayOut | None]:
        """One run, repeated while the audit finds that its plan breaks a kept limit."""
        for _ in range(MOST_CUTS):
            if self.desk.due:
                return None, None
            formulation = self.giving.formulation
            cuts = [row for limit, rows in self._cuts.items() if limit in kept for row in rows]
            if cuts:
                formulation = formulation.with_rows(cuts)
            mask = self.giving.columns(kept)
            program = hand_over(formulation, mask, hair=settings.hair)
            settings = replace(settings, threads=self.desk.means.threads or self.model.solver.threads)
            ended = run(program, settings, self._stop())
            self.desk.worked(ended.seconds)
            if ended.x is None:
                return (ended if ended.ending == "infeasible" else None), None
            x = program.whole(ended.x)
            plan = plan_of(self.giving.formulation, x)
            audit = self._auditor.audit(plan, tables=False)
            breaches = [
                Breach(one.family, one.id, one.scenario, one.year - self.instance.horizon.first_year)
                for one in audit.findings
                if one.id in kept or one.id not in self.may_give
            ]
            if not breaches:
                amounts = {
                    number: float(x[self.giving.first + position])
                    for position, number in enumerate(self.giving.numbers)
                    if number.limit not in kept
                }
                return ended, self._way(kept, plan, audit, amounts)
            rows = cuts_for(self.giving.formulation, arcs_taken(self.giving.formulation, x), breaches)
            for breach, row in zip(breaches, rows, strict=False):
                # a cut holds for every plan that keeps the limit
                self._cuts.setdefault(breach.limit, []).append(row)
        raise EngineFault("the audit refuses every way out that the solver finds")

    def _stop(self) -> Stop:
        each = self.desk.means.solve_limit or float(self.model.solver.time_limit)
        return self.desk.stop.within(each)

    def _way(self, kept: Limits, plan: Plan, audit: Audit, solved: dict[Number, float]) -> WayOut:
        """Exact amounts for a plan: what the audit finds in the way; of a budget, what the solver adds and when."""
        amounts = {number: outward(excess) for number, excess in self._missing(audit).items() if not _money(number)}
        largest = max(solved.values(), default=0.0)
        amounts |= {
            number: nearest(value) for number, value in solved.items() if _money(number) and value > LEAST * largest
        }
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


def _agreeing(said: list[float], cost: float) -> int:
    """How many runs ended with that cost."""
    return sum(abs(one - cost) <= AGREE * max(cost, AGREE) for one in said)


def _few(limits: Limits) -> str:
    names = sorted(limits)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
