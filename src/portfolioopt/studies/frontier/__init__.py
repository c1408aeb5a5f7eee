"""Frontiers: what the best plan is worth at each level of risk, capital, an exposure or a requirement.

    V(t) = max value over the plans that keep all limits and reach level t, or lie on its cautious side

From the most valuable plan (of all those, the most cautious) to the most cautious one (of all those, the most valuable)
in even steps of the level, each point an exact solve under a condition (ε-constraint) with its own bound; a plan is
counted at the level that its audit finds. Both ends are lexicographic and every point takes the best plan found at its
level or beyond, so no point is dominated by another, and V never rises towards caution, whatever time there was.

Without yearly budgets, one budget for all years holds instead: in every scenario what is drawn up to any year is at
most the sum of its yearly budgets and of the proceeds that may be spent again. The difference is the price of phasing.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path as FilePath

from portfolioopt.audit import Auditor
from portfolioopt.errors import UnknownOption
from portfolioopt.language.instance import Instance
from portfolioopt.language.levels import Worth
from portfolioopt.language.model import Model, Objective
from portfolioopt.language.plans import compared_with
from portfolioopt.plan import TODAY, Decision, Plan
from portfolioopt.result import Status
from portfolioopt.result import exhibit as shapes
from portfolioopt.result.figures import decimals_for, figure, percent
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words
from portfolioopt.solution.conditions import AtLevel
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import end, exhibit
from portfolioopt.studies.frontier.curve import Curve, Stand
from portfolioopt.studies.frontier.yardsticks import Yardstick, pooled, yardstick
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch

POINTS = 9
ENDS = 4
"""Solves for the two ends."""
MIXTURES = (Decimal("0.8"), Decimal("0.5"))
"""Weights of the tail, where maximizing it alone found nothing in its time."""


@dataclass(frozen=True)
class Point:
    """The best plan at a level."""

    level: Fraction
    """Asked for: the plan reaches it, or is beyond it on the cautious side."""
    reached: Fraction
    """By the audit of the plan."""
    value: Interval
    """V(level): the plan proves the low end, a bound the high one."""
    proven: bool
    """Whether no plan there is better, within the asked gap."""
    plan: Plan
    pooled: Interval | None
    """V(level) without yearly budgets; None where that was not asked for."""

    @property
    def phasing(self) -> Interval | None:
        """What yearly budgets cost at this level."""
        return None if self.pooled is None else (self.pooled - self.value).within(low=0.0)


@dataclass(frozen=True)
class Mark:
    """A plan to compare with: doing nothing, or the plan of a run."""

    name: str
    value: Fraction
    reached: Fraction
    broken: tuple[str, ...]
    """Limits that it breaks; empty if it is feasible."""


@dataclass(frozen=True)
class Frontier:
    """Points from the most valuable plan to the most cautious one; none is dominated by another."""

    about: About
    status: Status
    """Of the most valuable plan."""
    against: str
    title: str
    value_title: str
    risk: str
    """The measure of the bad cases that value counts, in words; empty without one."""
    share: bool
    """Whether levels are shares, told as percentages."""
    more: bool
    """Whether more of the level is the more cautious."""
    points: tuple[Point, ...]
    extreme: Interval
    """Between what the most cautious level lies."""
    pooled_best: Interval | None
    """The most valuable plan without yearly budgets."""
    today: Mark
    own: Mark | None
    """The plan of the run that the study was asked for."""
    now: Fraction | None
    """The level that the limit asks for as it is; None where it asks for none, or for several."""
    scenarios: tuple[str, ...]

    def tables(self) -> dict[str, Table]:
        """`points`; `decisions`, those that a point adds or drops against the one before; `marks`, plans to compare."""
        rows = [
            (
                float(one.level),
                float(one.reached),
                one.value.low,
                one.value.high,
                one.proven,
                None if one.pooled is None else one.pooled.low,
                None if one.pooled is None else one.pooled.high,
            )
            for one in self.points
        ]
        changed = [
            (number, side, one.scenario, one.year, one.partnership, one.action, one.kind)
            for number, added, dropped in self.steps()
            for side, decisions in (("added", added), ("dropped", dropped))
            for one in decisions
        ]
        marks = [self.today, *([self.own] if self.own is not None else [])]
        return {
            "points": Table(
                ("level", "reached", "value_low", "value_high", "proven", "pooled_low", "pooled_high"), tuple(rows)
            ),
            "decisions": Table(("point", "side", "scenario", "year", "partnership", "action", "kind"), tuple(changed)),
            "marks": Table(
                ("plan", "reached", "value", "feasible"),
                tuple((one.name, float(one.reached), float(one.value), not one.broken) for one in marks),
            ),
        }

    @property
    def settled(self) -> bool:
        """Whether both ends are what they are called, within the asked gap."""
        return self.extreme.settled and all(one.proven for one in self.points)

    def steps(self) -> Iterator[tuple[int, tuple[Decision, ...], tuple[Decision, ...]]]:
        """By number of the point, what its plan adds and drops against that of the point before."""
        for number in range(1, len(self.points)):
            before, here = set(self.points[number - 1].plan.decisions), set(self.points[number].plan.decisions)
            if before != here:
                yield number, tuple(sorted(here - before)), tuple(sorted(before - here))

    def exhibits(self) -> dict[str, shapes.Exhibit]:
        """The points, today, and the plan of the run that it was asked of."""
        if not self.points:
            return {}
        scale = 100.0 if self.share else 1.0
        names = {0: "most valuable", len(self.points) - 1: "most cautious"}
        spots = dict.fromkeys((one.reached, one.plan) for one in self.points)
        shown: list[shapes.FrontierPoint] = []
        for number, one in enumerate(self.points):
            if (one.reached, one.plan) in spots:
                del spots[one.reached, one.plan]
                name = names.get(number, f"point {number + 1}")
                bound = None if one.value.settled else end(one.value.high)
                shown.append(shapes.FrontierPoint(name, scale * float(one.reached), one.value.low, bound, ""))
        if not self.today.broken:
            spot = scale * float(self.today.reached)
            shown.append(shapes.FrontierPoint("today", spot, float(self.today.value), None, "today"))
        if self.own is not None and not self.own.broken:
            spot = scale * float(self.own.reached)
            shown.append(shapes.FrontierPoint("the plan of the run", spot, float(self.own.value), None, "plan"))
        unit = f"{self.title}, %" if self.share else self.title
        curve = shapes.Frontier(unit, self.value_title, tuple(shown))
        name = self.against.replace(":", "-")
        return {name: exhibit(self.about, f"Value against {self.title}", curve, *self._said())}

    def _said(self) -> Iterator[str]:
        if len(self.points) < 2:
            yield (
                "The most valuable plan is also the most cautious one." if self.settled else "No other plan was found."
            )
            return
        first, last = self.points[0], self.points[-1]
        decimals = decimals_for(float(one.value.low) for one in (first, last))
        gives = figure(first.value.low - last.value.low, decimals)
        yield (
            f"From the most valuable plan to the most cautious one, {self.title} goes from "
            f"{self.level_text(first.reached)} to {self.level_text(last.reached)}; that costs {gives} of "
            f"{self.value_title}."
        )

    def level_text(self, level: Fraction | float, decimals: int | None = None) -> str:
        """A level as a reader expects it."""
        if self.share:
            return percent(level, 1)
        chosen = decimals_for(float(one.reached) for one in self.points) if decimals is None else decimals
        return figure(level, chosen)


ANSWER = Frontier


def frontier(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    against: str = "cvar",
    points: int = POINTS,
    tail: Decimal | float | None = None,
    without_yearly_budgets: bool = False,
    plan: Plan | None = None,
    folder: FilePath | str | None = None,
    watch: Watch | None = None,
) -> Frontier:
    """What the best plan is worth at each level of risk, capital, an exposure or a requirement.

    against     cvar (mean of the worst `tail` share; value is then expected NPV, whatever the model's attitude to
                risk), capital (the most laid out at any time, net of proceeds), exposure:ID (the most at risk),
                requirement:ID (the least share provided)
    points      how many, the two ends included: at even levels in between, and the level of the limit as it is
    tail        share of the future that counts as bad; the model's own, or a tenth
    without_yearly_budgets   also with one capital budget for all years: what phasing it by year costs
    plan        a plan of one's own, to start from and to mark
    folder      where each solve is stored as soon as it is made; what is stored there is not solved again

    A solve that fails is told in `about.failed`, and ends nothing.

    Raises `InvalidInstance`, `InvalidModel` and `UnknownOption`; Ctrl-C ends it with the points known by then.
    """
    desk = Desk("frontier", instance, model, means or Means(), watch, going_on=True, folder=folder)
    if points < 2:
        raise UnknownOption("a frontier has at least its two ends: ask for 2 points or more")
    chosen = yardstick(desk.instance, desk.model, against, tail)
    study = _Study(desk, chosen, points, plan, without_yearly_budgets=without_yearly_budgets)
    with desk.at_work():
        return study.answer()


class _Study:
    def __init__(
        self, desk: Desk, chosen: Yardstick, points: int, plan: Plan | None, *, without_yearly_budgets: bool
    ) -> None:
        self.desk, self.chosen, self.points, self.plan = desk, chosen, points, plan
        self.against = compared_with(desk.model, desk.instance)
        self.curve = Curve(desk, desk.instance, chosen.model, chosen.level, self.against)
        self.pooled: Curve | None = None
        if without_yearly_budgets:
            instance, level = pooled(desk.instance, chosen.model)
            always = (AtLevel("one budget for all years", level, Fraction(0)),)
            self.pooled = Curve(desk, instance, chosen.model, chosen.level, self.against, always)
        self.left = ENDS + points - 2 + (points + 1 if without_yearly_budgets else 0)

    def answer(self) -> Frontier:
        desk, curve = self.desk, self.curve
        desk.expect(self.left)
        if self.plan is not None:
            curve.stand(self.plan)
        best = curve.solve("the most valuable plan", None, self.seconds())
        if best.plan is None and not curve.stands:
            return self.put_together(best.status, [], Interval(-float("inf"), float("inf")), complete=best.infeasible)
        first = self.end(curve.best(None), "of the most valuable plans the most cautious")
        extreme = self.cautious("the most cautious plan", None)
        self.mixed(first, extreme)
        last = max(curve.stands, key=lambda one: (curve.sign * one.reached, one.value))
        if last.reached != first.reached:
            curve.solve("of the most cautious plans the most valuable", last.reached, self.seconds())
        again = curve.best(None)
        if not curve.answered(None) and again is not None and again.value > first.value:
            # the search for caution came upon a better plan: from there the first search gets further
            curve.solve("the most valuable plan, again", None, self.seconds())
            first = curve.best(None) or first
        self.left = min(self.left, self.points - 2 + (self.points + 1 if self.pooled else 0))
        levels = self.levels(first.reached, last.reached)
        complete = self.between(levels)
        if self.pooled is not None:
            complete = self.without_budgets(self.pooled, levels) and complete
        return self.put_together(best.status, levels, extreme, complete=complete)

    def end(self, best: Stand | None, asked: str) -> Stand:
        """Of the plans worth as much as the best one the most cautious."""
        assert best is not None
        self.cautious(asked, best.value)
        found = self.curve.best(None)
        assert found is not None
        return found

    def cautious(self, asked: str, least: Fraction | None) -> Interval:
        share = 1 / max(self.left, 1)
        self.left -= 1
        return self.curve.as_cautious_as_can_be(asked, least, self.chosen.cautious, share)

    def mixed(self, first: Stand, extreme: Interval) -> None:
        """Where the search for caution alone found nothing within its time, mixtures of both do better on large
        instances: they lead to plans that lie between the ends.
        """
        model = self.chosen.cautious
        if model is None or not isinstance(self.chosen.level, Worth) or extreme.settled:
            return
        for share in MIXTURES:
            if self.desk.due or any(self.curve.sign * (one.reached - first.reached) > 0 for one in self.curve.stands):
                return
            risk = self.chosen.level.objective.risk
            assert risk is not None
            objective = Objective(risk=risk.model_copy(update={"weight": share}))
            self.left += 1
            self.curve.look(
                f"a plan that weighs caution by {share}",
                model.model_copy(update={"objective": objective}),
                self.seconds(),
            )

    def seconds(self) -> float:
        """A fair share of the time left for the next solve."""
        share = math.inf if self.desk.counted else self.desk.stop.left / max(self.left, 1)
        self.left -= 1
        return share

    def levels(self, first: Fraction, last: Fraction) -> list[Fraction]:
        """Even levels from the most valuable plan to the most cautious one, and that of the limit as it is."""
        if first == last:
            return [first]
        found = [first + (last - first) * Fraction(step, self.points - 1) for step in range(self.points)]
        now = self.chosen.now
        if now is not None and min(first, last) < now < max(first, last) and now not in found:
            found.append(now)
        return sorted(found, reverse=self.curve.sign < 0)

    def between(self, levels: list[Fraction]) -> bool:
        """Solves the levels between the ends, coarse to fine; False if time ended it."""
        for number in coarse_to_fine(len(levels)):
            if self.curve.answered(levels[number]):
                self.left -= 1
                continue
            if self.desk.due:
                return False
            self.desk.expect(max(self.left, 1))
            self.curve.solve(f"the best plan at {self.shown(levels[number])}", levels[number], self.seconds())
        return True

    def without_budgets(self, curve: Curve, levels: list[Fraction]) -> bool:
        """The same with one budget for all years, and without any level; False if time ended it."""
        for stand in self.curve.stands:
            curve.stand(stand.plan)
        sides = [None, *(levels[number] for number in (0, len(levels) - 1, *coarse_to_fine(len(levels))))]
        for side in dict.fromkeys(sides):
            if curve.answered(side):
                self.left -= 1
                continue
            if self.desk.due:
                return False
            self.desk.expect(max(self.left, 1))
            where = "" if side is None else f" at {self.shown(side)}"
            curve.solve(f"one budget for all years{where}", side, self.seconds())
        return True

    def shown(self, level: Fraction) -> str:
        return percent(level, 1) if self.chosen.share else figure(level, decimals_for([level]))

    def put_together(self, status: Status, levels: list[Fraction], extreme: Interval, *, complete: bool) -> Frontier:
        desk, curve, chosen = self.desk, self.curve, self.chosen
        points = []
        for level in levels:
            best = curve.best(level)
            if best is None or (len(levels) > 1 and curve.value(level).high == float("inf")):
                continue  # never asked
            wide = None if self.pooled is None else self.pooled.value(level)
            if wide is not None and wide.known:
                wide = wide.within(low=float(best.value))
            points.append(Point(level, best.reached, curve.value(level), curve.answered(level), best.plan, wide))
        pooled_best = None if self.pooled is None else self.pooled.value(None)
        model = self.chosen.model
        return Frontier(
            about=About.of(desk, complete=complete),
            status=status,
            against=chosen.name,
            title=chosen.title,
            value_title=chosen.value_title,
            risk=risk_words(model.objective.risk) if chosen.value_title == "objective" else "",
            share=chosen.share,
            more=curve.sign > 0,
            points=tuple(points),
            extreme=extreme,
            pooled_best=pooled_best,
            today=self.mark("today", TODAY),
            own=None if self.plan is None else self.mark("own", self.plan),
            now=chosen.now,
            scenarios=tuple(future.name for future in desk.instance.futures),
        )

    def mark(self, name: str, plan: Plan) -> Mark:
        """Where a plan stands; whether it keeps the limits is asked of the model as it is."""
        value, reached, _ = self.curve.measured(plan)
        own = Auditor(self.desk.instance, self.desk.model, self.against).audit(plan, tables=False)
        broken = tuple(dict.fromkeys(f"{finding.id} {finding.year}" for finding in own.findings))
        return Mark(name, value, reached, broken)


def coarse_to_fine(count: int) -> list[int]:
    """Numbers 1 … count − 2, the middle first, so that whatever is done when time ends lies well spread."""
    found: list[int] = []
    spans = [(0, count - 1)]
    while spans:
        low, high = spans.pop(0)
        if high - low > 1:
            middle = (low + high) // 2
            found.append(middle)
            spans += [(low, middle), (middle, high)]
    return found
