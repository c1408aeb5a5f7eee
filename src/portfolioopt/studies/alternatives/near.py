"""Near-optimal plans, the most different first, until none is left.

    max t    distance(x, chosen) ≥ t and x distinct from it, for every plan chosen so far;   objective(x) ≥ threshold

(modelling to generate alternatives: Brill, Chang and Hopkins 1982; max-min distance as in farthest-point sampling). The
plan found is audited: one that is worth less than the threshold by a hair, or breaks a limit, is cut off by itself.
Among plans that lie as far apart the best one is then solved for. When no plan is left, in two runs under different
settings, all near-optimal plans that differ in decisions have been told.

In a large model arcs through which no near-optimal life passes are left out first, as prices prove (`solution.prices`).
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from portfolioopt.audit import Auditor
from portfolioopt.errors import EngineFault
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import INFINITY, Row
from portfolioopt.formulation.part import Mask
from portfolioopt.plan import Plan
from portfolioopt.solution.conditions import CONDITION
from portfolioopt.solution.cuts import Breach, cuts_for
from portfolioopt.solution.decisions import arcs_of, arcs_taken, plan_of
from portfolioopt.solution.highs import Run, Settings, run
from portfolioopt.solution.judgement import Verdict
from portfolioopt.solution.prices import Priced
from portfolioopt.solution.pricing import price
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.search import MOST_CUTS, Options, Search
from portfolioopt.solution.strategies import SMALL
from portfolioopt.studies.alternatives.apart import Pattern, Yardstick
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.interval import Interval

SLACK = 1e-9
"""Relative shortfall of the objective within which the solver may look; the audit then asks for none."""
DISTANCE_GAP, VALUE_GAP = 1e-6, 1e-4


@dataclass(frozen=True)
class NearPlan:
    """A near-optimal plan, audited."""

    plan: Plan
    pattern: Pattern
    value: Fraction
    distance: Interval
    """Least distance to the plans chosen before: that of this one, and what no other can exceed."""


@dataclass
class Nearby:
    """The search for near-optimal plans of one instance."""

    desk: Desk
    formulation: Formulation
    yardstick: Yardstick
    threshold: Fraction
    against: Plan
    chosen: list[NearPlan]
    exhausted: bool = False

    def __post_init__(self) -> None:
        self._auditor = Auditor(self.desk.instance, self.desk.model, self.against)
        self._cuts: list[Row] = []
        self.small = self.formulation.takes <= SMALL
        self.priced = self._prices()
        self._kept = self._near_arcs()

    def next_plan(self) -> NearPlan | None:
        """The near-optimal plan that lies farthest from all chosen so far; None if there is none, or no time."""
        if not self.yardstick.takes:  # there is nothing to decide
            self.exhausted = True
            return None
        self.desk.doing(f"alternative {len(self.chosen)}")
        found = self._farthest()
        if found is None:
            return None
        if not self.desk.due:
            found = self._best_as_far(found)
        self.chosen.append(found)
        return found

    def _near_arcs(self) -> Mask:
        """[take columns] but those through which no near-optimal life passes."""
        kept = np.ones(self.formulation.takes, dtype=bool)
        if self.priced is not None:
            room = self.priced.bound - float(self.threshold)
            kept &= self.priced.loss <= room + SLACK * max(abs(self.priced.bound), 1.0)
        return kept

    def _prices(self) -> Priced | None:
        """Those of the solve of the best plan; a small model, which needed none there, is priced here."""
        priced = self.desk.priced(self.formulation)
        if priced is None:
            search = Search(self.formulation, self._judge, Options(0.0, seed=self.desk.seed), self.desk.stop)
            price(search)
            priced = search.priced
        return priced

    def _judge(self, plan: Plan) -> Verdict:
        return Verdict(self._auditor.audit(plan, tables=False).objective)

    def _farthest(self) -> NearPlan | None:
        """A run, and where it says that there is none, another one."""
        seed, threads = self.desk.seed, self.desk.means.threads or self.desk.model.solver.threads or 1
        start = arcs_of(self.formulation, self.chosen[0].plan) if not self.small else None
        first = Settings("most different", True, seed, threads, DISTANCE_GAP, start=start)
        second = replace(first, name="most different, other settings", presolve=False, seed=seed + 1)
        ended, found = self._run(first, None)
        if ended is None or ended.ending not in ("optimal", "infeasible") or not self.desk.means.verify:
            self.exhausted = ended is not None and ended.ending == "infeasible"
            return found
        again, other = self._run(second, None)
        self.exhausted = found is None and again is not None and again.ending == "infeasible"
        return max((one for one in (found, other) if one is not None), key=lambda one: one.distance.low, default=None)

    def _run(self, settings: Settings, least: Fraction | None) -> tuple[Run | None, NearPlan | None]:
        """A run for the farthest plan (or for the best one that lies at least so far), repeated while the audit refuses
        what it finds.
        """
        for _ in range(MOST_CUTS):
            if self.desk.due:
                return None, None
            formulation, most = self._formulation(least)
            kept = np.ones(len(formulation.lower), dtype=bool)
            kept[: formulation.takes] = self._kept
            program = hand_over(formulation, kept, hair=settings.hair)
            each = self.desk.means.solve_limit or float(self.desk.model.solver.time_limit)
            ended = run(program, settings, self.desk.stop.within(each))
            self.desk.worked(ended.seconds)
            if ended.x is None:
                return ended, None
            x = program.whole(ended.x)
            plan = plan_of(self.formulation, x)
            pattern = self.yardstick.pattern(plan)
            audit = self._auditor.audit(plan, tables=False)
            near = [one for one in self.chosen if not self.yardstick.distinct(pattern, one.pattern)]
            if audit.ok and audit.objective >= self.threshold and not near:
                far = min(self.yardstick.distance(pattern, one.pattern) for one in self.chosen)
                if least is not None and far < least:
                    return ended, None
                reach = ended.bound if ended.bound < float("inf") else most
                return ended, NearPlan(plan, pattern, audit.objective, Interval(float(far), max(reach, float(far))))
            first_year = self.desk.instance.horizon.first_year
            breaches = [Breach(one.family, one.id, one.scenario, one.year - first_year) for one in audit.findings] or [
                Breach(CONDITION, "", "", 0)
            ]
            if audit.findings:
                self._cuts += cuts_for(self.formulation, arcs_taken(self.formulation, x), breaches)
            else:
                taken = arcs_taken(self.formulation, x)
                self._cuts.append(Row(CONDITION, "", 0, 0, taken, -np.ones(len(taken)), 1.0 - len(taken), INFINITY))
        raise EngineFault("the audit refuses every alternative that the solver finds")

    def _formulation(self, least: Fraction | None) -> tuple[Formulation, float]:
        """Near-optimal plans that are distinct from all chosen; maximized is the distance, or the objective where
        the least distance is given. Also the most that any distance can be.
        """
        base = self.formulation
        worth = np.flatnonzero(base.objective)
        size = max(abs(float(self.threshold)), 1e-9)
        near = float(self.threshold) - base.constant - SLACK * size
        rows = [Row(CONDITION, "near-optimal", 0, 0, worth, base.objective[worth], near, INFINITY), *self._cuts]
        marked, columns_of = self.yardstick.marked(base)
        most = float(sum(self.yardstick.chances[key[0]] for key, *_ in self.yardstick.takes)) + 1.0
        wider, (column,) = marked.with_columns("distance", np.zeros(1), np.full(1, most))
        for one in self.chosen:
            rows.append(self.yardstick.row("distinct", one.pattern, columns_of, weighed=False, least=1.0)[0])
            far, _ = self.yardstick.row("apart", one.pattern, columns_of, weighed=True, least=0.0)
            columns, values = np.append(far.columns, column), np.append(far.coefficients, -1.0)
            rows.append(replace(far, columns=columns, coefficients=values))
        complete = wider.with_rows(rows)
        if least is not None:
            lower = complete.lower.copy()
            lower[column] = float(least) - SLACK
            return replace(complete, lower=lower), most
        objective = np.zeros(len(wider.objective))
        objective[column] = 1.0
        return replace(complete, objective=objective, constant=0.0), most

    def _best_as_far(self, found: NearPlan) -> NearPlan:
        """The plan worth most of all that lie as far apart from those chosen."""
        far = min(self.yardstick.distance(found.pattern, one.pattern) for one in self.chosen)
        start = arcs_of(self.formulation, found.plan)
        settings = Settings("the best as far", True, self.desk.seed, gap=VALUE_GAP, start=start)
        _, best = self._run(settings, far)
        if best is None or best.value <= found.value:
            return found
        return replace(best, distance=found.distance)
