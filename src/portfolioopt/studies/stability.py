"""Re-planning against a published plan: what is lost by changing little, and what each change more is worth.

    V(k) = max objective over the plans with  Σ_w π_w·|decisions(w) Δ published(w)| ≤ k

A change is a decision (partnership, action, year) that one of the two plans holds and the other does not, by
probability, as in the model's `changes`: a decision put off by a year counts twice, one that differs in a scenario of
15 % counts 0.15. V is a staircase that never falls. It is solved at multiples of a step, coarse to fine, or stair by
stair: the next plan must have fewer changes than the last one (ε-constraint method: Haimes, Lasdon and Wismer 1971),
which ends with the fewest changes that keep all limits. Engineers are hired anew for every plan: hiring is no decision.

With a price for each change the re-plan is the one that the model's `changes` asks for, solved by itself.
"""

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit import Auditor
from portfolioopt.errors import UnknownOption
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Changes, Model
from portfolioopt.plan import Decision, Plan
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, Frontier, FrontierPoint, PlainTable, Value
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import some
from portfolioopt.solution.conditions import Condition, Differing
from portfolioopt.solution.request import Request
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import end, exhibit
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.optimum import Optimum
from portfolioopt.studies.pace import Watch

PUBLISHED = "the published plan"
LEVEL = 1e-9
"""Relative rise below which two points lie on one stair."""


@dataclass(frozen=True)
class Point:
    """The best that can be done with so many changes."""

    at_most: Fraction
    """Changes allowed, by probability."""
    value: Interval
    """V(at_most): −∞ at both ends where so few changes cannot keep all limits."""
    status: Status
    changes: Fraction | None
    """Of the plan found; None without one."""
    added: tuple[Decision, ...]
    """Decisions that the published plan does not hold."""
    dropped: tuple[Decision, ...]
    """Decisions that only the published plan holds."""


@dataclass(frozen=True)
class RePlan:
    """The best plan where each change has a price."""

    price: Decimal
    status: Status
    value: Interval
    """Less the price of its changes."""
    worth: float | None
    """The objective of the plan found without that price."""
    changes: Fraction | None
    added: tuple[Decision, ...]
    dropped: tuple[Decision, ...]


@dataclass(frozen=True)
class Stability:
    """The curve of value against changes, from fewest to most; values are of the objective, changes not charged."""

    about: About
    status: Status
    """Of the plan that may change as it likes."""
    free: Interval
    points: tuple[Point, ...]
    fewest: Interval
    """Between what the fewest changes lie that keep all limits."""
    broken: tuple[str, ...]
    """Limits that the published plan, just as it is, would break now; empty if it still holds."""
    exact: bool
    """Whether the points are all the stairs of the curve, not only those at multiples of a step."""
    replan: RePlan | None
    scenarios: tuple[str, ...]

    def tables(self) -> dict[str, Table]:
        """`curve`, one row per point; `changes`, one row per decision added or dropped at a point."""
        rows = [
            (float(point.at_most), side, one.partnership, one.action, one.kind, one.year, one.scenario)
            for point in self.points
            for side, decisions in (("added", point.added), ("dropped", point.dropped))
            for one in decisions
        ]
        return {
            "curve": Table(
                ("at_most", "changes", "value_low", "value_high", "status"),
                tuple(
                    (
                        float(point.at_most),
                        None if point.changes is None else float(point.changes),
                        point.value.low,
                        point.value.high,
                        point.status,
                    )
                    for point in self.points
                ),
            ),
            "changes": Table(("at_most", "side", "partnership", "action", "kind", "year", "scenario"), tuple(rows)),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """Value against changes of the published plan, and the list of changes that the best plan makes."""
        told = [one for one in self.points if one.changes is not None and math.isfinite(one.value.low)]
        if not told:
            return {}
        last = told[-1]
        points = tuple(
            FrontierPoint(
                "as published" if not one.changes else f"at most {float(one.at_most):g} changes",
                float(one.changes or 0),
                one.value.low,
                end(one.value.high),
                "plan" if one is last else "",
            )
            for one in told
        )
        said = [f"The published plan, as it is, would now break {some(self.broken)}."] if self.broken else []
        curve = exhibit(
            self.about,
            "Value against changes of the published plan",
            Frontier("decisions changed", "value", points),
            "A change is a decision that only one of the two plans holds, counted by its probability.",
            *said,
        )
        rows: list[tuple[Value, ...]] = []
        for side, decisions in (("new", last.added), ("dropped", last.dropped)):
            acts: dict[tuple[int, str, str], list[str]] = {}
            for one in decisions:
                acts.setdefault((one.year, one.partnership, one.action), []).append(one.scenario)
            for (year, partnership, action), scenarios in sorted(acts.items()):
                where = "all" if len(scenarios) == len(self.scenarios) else some(scenarios)
                rows.append((side, str(year), partnership, action, where))
        changes = exhibit(
            self.about,
            "Changes of the published plan",
            PlainTable(("", "year", "partnership", "decision", "in scenarios"), tuple(rows)),
            "What the best plan decides otherwise than the published one.",
        )
        return {"": curve} | ({"changes": changes} if rows else {})


ANSWER = Stability


def stability(
    instance: Instance,
    published: Plan,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    price: Decimal | float | None = None,
    step: Decimal | float = 1,
    watch: Watch | None = None,
) -> Stability:
    """The curve of value against the number of decisions that differ from a published plan.

    price    money, undiscounted, for each change: solves also the re-plan that this asks for; the model's if it has one
    step     number of changes between points; 0 for every stair of the curve

    Raises `InvalidInstance`, `InvalidModel` and `UnknownOption`; Ctrl-C ends it with what is known by then.
    """
    desk = Desk("stability", instance, model, means or Means(), watch)
    pace = Fraction(str(step))
    charged = None if price is None else Decimal(str(price))
    if pace < 0 or (charged is not None and (not charged.is_finite() or charged < 0)):
        raise UnknownOption("step and price must be 0 or more")
    if charged is None and desk.model.changes is not None:
        charged = desk.model.changes.price
    with desk.at_work():
        return _Study(desk, published, pace, charged).answer()


@dataclass(frozen=True)
class _Solved:
    """V at a limit (None: none), which is V at every number from the changes of its plan up to the limit."""

    limit: Fraction | None
    found: Optimum
    changes: Fraction | None

    def covers(self, changes: Fraction) -> bool:
        """Whether it tells V at that number."""
        below = self.limit is None or changes <= self.limit
        if self.found.infeasible:
            return below
        return changes == self.limit or (below and self.changes is not None and self.changes <= changes)


class _Study:
    def __init__(self, desk: Desk, published: Plan, step: Fraction, price: Decimal | None) -> None:
        self.desk = desk
        self.published = published
        self.step = step
        self.price = price
        self.model = desk.model.model_copy(update={"changes": None})
        chances = [(future.name, Fraction(future.probability)) for future in desk.instance.futures]
        self.differing = Differing.of(published, chances)
        self.unit = Fraction(1, math.lcm(*(chance.denominator for _, chance in chances)))
        self.solved: list[_Solved] = []

    def answer(self) -> Stability:
        desk = self.desk
        free = self.solve(None)
        replan, points, complete = None, [], free.changes is not None or free.found.infeasible
        if free.changes is not None:
            if self.price is not None:
                replan = self.replan(self.price)
            complete = self.stairs(free) if not self.step else self.grid(free.changes)
            points = self.by_stair() if not self.step else self.by_step(free.changes)
        audit = Auditor(desk.instance, self.model).audit(self.published, tables=False)
        return Stability(
            about=About.of(desk, complete=complete),
            status=free.found.status,
            free=free.found.value,
            points=tuple(_monotone(points, free.found.value)),
            fewest=self.fewest(),
            broken=tuple(dict.fromkeys(f"{finding.id} {finding.year}" for finding in audit.findings)),
            exact=not self.step,
            replan=replan,
            scenarios=tuple(future.name for future in desk.instance.futures),
        )

    def count(self, plan: Plan) -> Fraction:
        """Changes of a plan, by probability."""
        return self.differing.constant + Condition("", self.differing).count(plan)

    def solve(self, limit: Fraction | None) -> _Solved:
        """V at a limit; from the best plan known that keeps it."""
        asked = "a plan that may change as it likes"
        conditions: tuple[Condition, ...] = ()
        if limit is not None:
            asked = f"at most {float(limit):g} changes"
            conditions = (Condition("changes", self.differing, at_most=limit - self.differing.constant),)
        known = [
            one
            for one in self.solved
            if one.changes is not None and (limit is None or one.changes <= limit) and one.found.plan is not None
        ]
        best = max(known, key=lambda one: one.found.value.low, default=None)
        starts = (self.published,) if best is None or best.found.plan is None else (best.found.plan, self.published)
        found = self.desk.optimum(asked, model=self.model, request=Request(conditions, starts=starts))
        solved = _Solved(limit, found, None if found.plan is None else self.count(found.plan))
        self.solved.append(solved)
        return solved

    def stairs(self, free: _Solved) -> bool:
        """Every stair, from the most changes down; False if time ended it."""
        last = free
        while last.changes is not None and last.changes > 0:
            if self.desk.due:
                return False
            last = self.solve(last.changes - self.unit)
        return last.changes is not None or last.found.infeasible

    def grid(self, most: Fraction) -> bool:
        """V at the multiples of the step, coarse to fine; False if time ended it."""
        while missing := [at for at in self.multiples(most) if self.covering(at) is None]:
            if self.desk.due:
                return False
            self.desk.expect(len(missing))
            self.solve(_next_of(missing, self.step))
        # how few changes will do may lie between two multiples
        fewest = min((one for one in self.solved if one.changes is not None), key=lambda one: one.changes or 0)
        return not self.fewest().low or self.stairs(fewest)

    def multiples(self, most: Fraction) -> list[Fraction]:
        """Multiples of the step up to the first one that allows all changes."""
        return [number * self.step for number in range(math.ceil(most / self.step) + 1)]

    def covering(self, changes: Fraction) -> _Solved | None:
        """The solve that tells most of V at that number."""
        telling = [one for one in self.solved if one.covers(changes)]
        return max(telling, key=lambda one: (one.found.value.low, -one.found.value.high), default=None)

    def by_step(self, most: Fraction) -> list[Point]:
        """Points at the multiples of the step, as far as they are known."""
        told = [(at, self.covering(at)) for at in self.multiples(most)]
        return [self.point(at, one) for at, one in told if one is not None]

    def by_stair(self) -> list[Point]:
        """The stairs: the fewest changes at which each value is reached."""
        by_changes = sorted((one for one in self.solved if one.changes is not None), key=lambda one: one.changes or 0)
        kept: list[_Solved] = []
        for one in by_changes:
            if not kept or one.found.value.low > kept[-1].found.value.low + LEVEL * abs(kept[-1].found.value.low):
                kept.append(one)
        return [self.point(one.changes or Fraction(0), one) for one in kept]

    def point(self, at_most: Fraction, one: _Solved) -> Point:
        added, dropped = ((), ()) if one.found.plan is None else self.difference(one.found.plan)
        return Point(at_most, one.found.value, one.found.status, one.changes, added, dropped)

    def fewest(self) -> Interval:
        """Between what the fewest changes lie that keep all limits."""
        never = [float(one.limit + self.unit) for one in self.solved if one.found.infeasible and one.limit is not None]
        plans = [float(one.changes) for one in self.solved if one.changes is not None]
        return Interval(max(never, default=0.0), min(plans, default=math.inf))

    def replan(self, price: Decimal) -> RePlan:
        """The best plan where every change is charged."""
        model = self.model.model_copy(update={"changes": Changes(price=price, against=PUBLISHED)})
        starts = [one.found.plan for one in self.solved if one.found.plan is not None]
        request = Request(against=self.published, starts=(*starts, self.published))
        found = self.desk.optimum(f"the re-plan at {price} for each change", model=model, request=request)
        if found.plan is None or found.audit is None:
            return RePlan(price, found.status, found.value, None, None, (), ())
        added, dropped = self.difference(found.plan)
        worth = float(found.audit.objective + found.audit.changes)
        return RePlan(price, found.status, found.value, worth, self.count(found.plan), added, dropped)

    def difference(self, plan: Plan) -> tuple[tuple[Decision, ...], tuple[Decision, ...]]:
        """Decisions that only the plan holds, and that only the published one does."""
        own, others = set(plan.decisions), set(self.published.decisions)
        return tuple(sorted(own - others)), tuple(sorted(others - own))


def _next_of(missing: list[Fraction], step: Fraction) -> Fraction:
    """No changes first; then the middle of the longest run of points that are missing."""
    if missing[0] == 0:
        return missing[0]
    runs: list[list[Fraction]] = []
    for at in missing:
        if runs and runs[-1][-1] + step == at:
            runs[-1].append(at)
        else:
            runs.append([at])
    longest = max(runs, key=len)
    return longest[len(longest) // 2]


def _monotone(points: list[Point], free: Interval) -> list[Point]:
    """What a curve that never falls tells of its points: each at least the one before, at most the one after."""
    values = [point.value for point in points]
    for place in range(1, len(values)):
        values[place] = values[place].within(low=values[place - 1].low)
    highest = free.high
    for place in reversed(range(len(values))):
        values[place] = values[place].within(high=highest)
        highest = values[place].high
    return [replace(point, value=value) for point, value in zip(points, values, strict=True)]
