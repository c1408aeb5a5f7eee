"""A curve of the best value at every level: solves, what they prove of each other, and the plans that come of them.

    V(t) = max value over the plans that reach level t or lie on its cautious side   (ε-constraint; Haimes 1971)

V never rises towards caution. So a plan found at one level serves at every looser one, a bound proven at one holds at
every more cautious one, and where a plan lies beyond the level it was asked for, all levels up to there are answered.
"""

import math
from dataclasses import dataclass, field
from fractions import Fraction

from portfolioopt.audit import Audit, Auditor
from portfolioopt.audit.levels import level_of
from portfolioopt.formulation.build import Formulation, formulate
from portfolioopt.formulation.levels import sought
from portfolioopt.language.instance import Instance
from portfolioopt.language.levels import Level, Worth, direction
from portfolioopt.language.model import Model
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import Plan
from portfolioopt.solution.conditions import AtLevel
from portfolioopt.solution.cuts import Breach
from portfolioopt.solution.judgement import Verdict
from portfolioopt.solution.request import Request
from portfolioopt.solving import Solved
from portfolioopt.studies.desk import NOTHING_KNOWN, Desk
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.optimum import Optimum


@dataclass(frozen=True)
class Stand:
    """A plan within all limits: what it is worth, and where it stands."""

    plan: Plan
    value: Fraction
    reached: Fraction


@dataclass
class Curve:
    """V over the levels of one yardstick in one instance."""

    desk: Desk
    instance: Instance
    model: Model
    level: Level
    against: Plan
    always: tuple[AtLevel, ...] = ()
    """conditions at every level"""
    stands: list[Stand] = field(default_factory=list)
    bounds: list[tuple[Fraction | None, float]] = field(default_factory=list)
    """(level, the most that any plan there is worth); None: at any level"""

    def __post_init__(self) -> None:
        self.sign = direction(self.level)
        self._auditor = Auditor(self.instance, self.model, self.against)

    def condition(self, side: Fraction | None) -> tuple[AtLevel, ...]:
        """What a plan must keep to count at a level."""
        return self.always if side is None else (*self.always, AtLevel("level", self.level, side))

    def stand(self, plan: Plan) -> Stand | None:
        """Where a plan stands, and keeps it; None if it breaks a limit or condition."""
        known = next((one for one in self.stands if one.plan == plan), None)
        if known is not None:
            return known
        audit = self._auditor.audit(plan, tables=False)
        if self._breaches(audit, self.always):
            return None
        self.stands.append(Stand(plan, audit.objective, self._reached(audit)))
        return self.stands[-1]

    def measured(self, plan: Plan) -> tuple[Fraction, Fraction, Audit]:
        """Value and level of any plan, within the limits or not."""
        audit = self._auditor.audit(plan, tables=False)
        return audit.objective, self._reached(audit), audit

    def keeps(self, stand: Stand, side: Fraction | None) -> bool:
        """Whether a plan reaches a level."""
        return side is None or self.sign * (stand.reached - side) >= 0

    def best(self, side: Fraction | None) -> Stand | None:
        """The best plan known at a level; of equals the most cautious."""
        known = [one for one in self.stands if self.keeps(one, side)]
        return max(known, key=lambda one: (one.value, self.sign * one.reached), default=None)

    def value(self, side: Fraction | None) -> Interval:
        """Between what V lies at a level, from all that has been solved."""
        best = self.best(side)
        low = -math.inf if best is None else float(best.value)
        high = min((bound for at, bound in self.bounds if self._looser(at, side)), default=math.inf)
        return Interval(low, max(low, high))

    def answered(self, side: Fraction | None) -> bool:
        """Whether V is known at a level as well as a solve would tell it."""
        gap = self.desk.means.gap if self.desk.means.gap is not None else float(self.desk.model.solver.gap)
        known = self.value(side)
        return math.isfinite(known.low) and known.width <= max(gap, 1e-9) * max(abs(known.low), 1e-9)

    def solve(self, asked: str, side: Fraction | None, seconds: float) -> Optimum:
        """The best plan at a level, from the best one known there."""
        best = self.best(side)
        request = Request(self.condition(side), against=self.against, starts=() if best is None else (best.plan,))
        found = self.desk.optimum(asked, self.instance, self.model, request, seconds=seconds)
        if found.infeasible or found.value.known:
            self.bounds.append((side, found.value.high))
        if found.plan is not None:
            self.stand(found.plan)
        return found

    def look(self, asked: str, model: Model, seconds: float) -> None:
        """The best plan of another model of the same limits, from those known: for the plan alone."""
        request = Request(self.always, against=self.against, starts=tuple(one.plan for one in self.stands), ties=False)
        found = self.desk.optimum(asked, self.instance, model, request, seconds=seconds)
        if found.plan is not None:
            self.stand(found.plan)

    def as_cautious_as_can_be(
        self, asked: str, least: Fraction | None, cautious: Model | None, share: float
    ) -> Interval:
        """The most cautious plan, or of those worth at least so much; between what its level lies."""
        worth = (
            () if least is None else (AtLevel("worth", Worth(self.model.objective), least),)
        )  # fmt: skip
        starts = [one.plan for one in self.stands if least is None or one.value >= least]
        if cautious is not None:
            request = Request((*self.always, *worth), against=self.against, starts=tuple(starts))
            seconds = math.inf if self.desk.counted else share * self.desk.stop.left
            found = self.desk.optimum(asked, self.instance, cautious, request, seconds=seconds)
            if found.plan is not None:
                self.stand(found.plan)
            return found.value
        return self._sought(asked, (*self.always, *worth), starts, share)

    def _sought(self, asked: str, conditions: tuple[AtLevel, ...], starts: list[Plan], share: float) -> Interval:
        """A search whose objective is the level itself."""
        assert not isinstance(self.level, Worth)
        desk, level = self.desk, self.level

        def make() -> Formulation:
            formulation = formulate(lay_out(self.instance), self.model, self.against)
            for condition in conditions:
                formulation = condition.applied(formulation)
            return sought(formulation, "level", level)

        def judge(plan: Plan) -> Verdict:
            audit = self._auditor.audit(plan, tables=False)
            return Verdict(self.sign * self._reached(audit), tuple(self._breaches(audit, conditions)))

        gap = desk.means.gap if desk.means.gap is not None else float(desk.model.solver.gap)
        request = Request(conditions, against=self.against, starts=tuple(starts))
        case = Solved(self.instance, self.model, request, NOTHING_KNOWN)
        with desk.for_a_part(1.0 if desk.counted else share):
            found = desk.best_level(asked, case, level, make, judge, gap)
        if found is None:
            return Interval(-math.inf, math.inf)
        if found.plan is not None:
            self.stand(found.plan)
        low, high = found.value.low, found.value.high
        return Interval(low, high) if self.sign > 0 else Interval(-high, -low)

    def _reached(self, audit: Audit) -> Fraction:
        return level_of(self.level, audit, self.instance)

    def _breaches(self, audit: Audit, conditions: tuple[AtLevel, ...]) -> list[Breach]:
        first = self.instance.horizon.first_year
        found = [Breach(one.family, one.id, one.scenario, one.year - first) for one in audit.findings]
        for condition in conditions:
            reached = level_of(condition.level, audit, self.instance)
            found += condition.breaches(reached, self.instance.futures[0].name)
        return found

    def _looser(self, one: Fraction | None, other: Fraction | None) -> bool:
        """Whether all plans of the other level are plans of this one too."""
        if one is None or other is None:
            return one is None
        return self.sign * (other - one) >= 0
