"""Rolling: the years replayed along every scenario, planning again at each review with what is known by then.

At a review the scenarios that agree with all that has been seen are still possible, with their probabilities given that
one of them comes. What has been decided before stands and runs on; a planner decides anew, what it decides up to the
next review is done, and so on to the end. Four of them are compared:

    policy       the one plan on the tree: never plans again
    rolling      plans again on the tree of the scenarios still possible
    expected     plans again as if the drivers went on at their mean over the scenarios still possible: without a tree
    hindsight    knows the scenario from the start: what nobody could have earned more than

Where only the mean counts, what a policy does after a review is the best that can be done from there (Bellman 1957), so
rolling earns what the policy earns, to the gap of the solves; plans may differ where several are worth the same, so a
re-plan keeps to the plan at hand unless another one is worth more. What a planner does along all scenarios is itself a
plan that could have been made today: where it earns more, the search for the policy had stopped short, and the better
plan is the policy. A measure of risk is not consistent in time: what
was the tail at the start is another one once some of the scenarios can no longer come. Rolling then earns less by the
objective of today, never more, and by how much is told (Rudloff, Street and Valladão 2014).

A planner without a tree may find itself where no plan keeps all limits, or break one without having seen it coming; it
then goes on with the plan at hand, and the limits that this breaks are told instead of a value.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path as FilePath
from typing import Literal

from portfolioopt.audit import Audit, Auditor
from portfolioopt.errors import EngineFault
from portfolioopt.language.instance import Instance, Scenario
from portfolioopt.language.model import Model
from portfolioopt.language.plans import compared_with
from portfolioopt.networks.tree import grow
from portfolioopt.plan import Decision, Plan
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, PlainTable
from portfolioopt.result.figures import decimals_for, figure, percent
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words
from portfolioopt.solution.conditions import Condition, SameUntil, held
from portfolioopt.solution.request import Request
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import exhibit, told
from portfolioopt.studies.interval import UNKNOWN, Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.optimum import Optimum
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.scenarios import Group, mean_path, only, restricted, together

Planner = Literal["rolling", "expected"]
HAIR = 1e-7
"""Relative difference of values below which planners earn the same."""
EXPECTED = "expected"
"""The one scenario of a planner without a tree."""


@dataclass(frozen=True)
class Review:
    """One re-plan."""

    planner: Planner
    year: int
    possible: tuple[str, ...]
    """Scenarios that agree with all that has been seen."""
    status: Status
    value: Interval
    """What it then expects of the whole horizon, by the objective over the scenarios still possible."""
    changed: int
    """Decisions of this or later years that it adds to the plan at hand or drops from it, each scenario counted."""


@dataclass(frozen=True)
class Earned:
    """What each planner earns in a scenario: NPV less penalties and changes; None where it breaks limits."""

    scenario: str
    probability: Decimal
    hindsight: Interval
    policy: float
    rolling: float
    expected: float | None
    broken: tuple[str, ...]
    """Limits that planning without a tree breaks in this scenario."""

    @property
    def regret(self) -> Interval:
        """What hindsight earns more than the policy."""
        return (self.hindsight - Interval.exactly(self.policy)).within(low=0.0)


@dataclass(frozen=True)
class Difference:
    """A decision that a planner takes and the policy does not (added), or the other way round (dropped)."""

    planner: Planner
    side: Literal["added", "dropped"]
    scenario: str
    year: int
    partnership: str
    action: str
    kind: str


@dataclass(frozen=True)
class Rolling:
    """Values are of the objective at the start, in the instance's currency."""

    about: About
    status: Status
    """Of the policy."""
    risk: str
    """The measure of the bad cases in words; empty without one."""
    policy: Interval
    rolling: float | None
    """None where there is no policy."""
    expected: float | None
    """None where planning without a tree breaks a limit."""
    hindsight: Interval
    """Mean over the scenarios; under a measure of risk it is no bound on the objective."""
    earned: tuple[Earned, ...]
    reviews: tuple[Review, ...]
    differences: tuple[Difference, ...]
    scenarios: tuple[str, ...]
    improved: bool = False
    """Whether planning again came upon a better plan than the search for the policy; it is the policy told here."""

    @property
    def lost(self) -> float | None:
        """What planning again earns less than the policy: above 0 only under a measure of risk, or within the gap."""
        return None if self.rolling is None else self.policy.low - self.rolling

    @property
    def tree(self) -> float | None:
        """What planning on the tree is worth more than on the expected scenario."""
        return None if self.expected is None else self.policy.low - self.expected

    def tables(self) -> dict[str, Table]:
        """`scenarios`, one row each; `reviews`, one row per re-plan; `decisions`, those unlike the policy's."""
        return {
            "scenarios": Table(
                (
                    "scenario",
                    "probability",
                    "hindsight_low",
                    "hindsight_high",
                    "policy",
                    "rolling",
                    "expected",
                    "regret_low",
                    "regret_high",
                    "broken_by_expected",
                ),
                tuple(
                    (
                        one.scenario,
                        float(one.probability),
                        one.hindsight.low,
                        one.hindsight.high,
                        one.policy,
                        one.rolling,
                        one.expected,
                        one.regret.low,
                        one.regret.high,
                        "; ".join(one.broken),
                    )
                    for one in self.earned
                ),
            ),
            "reviews": Table(
                ("planner", "year", "possible", "status", "value_low", "value_high", "changed"),
                tuple(
                    (
                        one.planner,
                        one.year,
                        ", ".join(one.possible),
                        one.status,
                        one.value.low,
                        one.value.high,
                        one.changed,
                    )
                    for one in self.reviews
                ),
            ),
            "decisions": Table(
                ("planner", "side", "scenario", "year", "partnership", "action", "kind"),
                tuple(
                    (one.planner, one.side, one.scenario, one.year, one.partnership, one.action, one.kind)
                    for one in self.differences
                ),
            ),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """What the planners earn, and regret by scenario."""
        if self.rolling is None or not math.isfinite(self.policy.low):
            return {}
        decimals = decimals_for([self.policy.low, self.rolling])
        scale = max(abs(self.policy.low), abs(self.rolling))
        rows = [] if self.risk else [("with hindsight", told(self.hindsight, decimals, scale))]
        rows += [
            ("the policy: one plan, made today", told(self.policy, decimals, scale)),
            ("planning again at each review", figure(self.rolling, decimals)),
        ]
        if self.expected is not None:
            rows.append(("planning again without a tree", figure(self.expected, decimals)))
        regrets = PlainTable(
            ("scenario", "probability", "with hindsight", "policy", "planning again", "regret of the policy"),
            tuple(
                (
                    one.scenario,
                    percent(float(one.probability)),
                    told(one.hindsight, decimals, scale),
                    figure(one.policy, decimals),
                    figure(one.rolling, decimals),
                    told(one.regret, decimals, scale),
                )
                for one in self.earned
            ),
        )
        values = PlainTable(("", self.risk or "expected NPV"), tuple(rows))
        said = "At each review what has been seen is known, and what was decided before stands."
        return {
            "": exhibit(self.about, "Planning again at each review", values, said),
            "scenarios": exhibit(self.about, "Planning again, by scenario", regrets, "What hindsight would earn more."),
        }


ANSWER = Rolling


def rolling(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    plan: Plan | None = None,
    folder: FilePath | str | None = None,
    watch: Watch | None = None,
) -> Rolling:
    """Plans again at each review along every scenario, on the tree and without one; beside the policy and hindsight.

    plan    a plan to start the search for the policy from
    folder  where each solve is stored as soon as it is made; what is stored there is not solved again

    A solve that fails is told in `about.failed`, and ends nothing: a planner goes on with the plan at hand.

    Raises `InvalidInstance`, `InvalidModel` and `UnknownOption`; Ctrl-C ends it with what is known by then: a planner
    that is no longer asked goes on with the plan at hand.
    """
    desk = Desk("rolling", instance, model, means or Means(), watch, going_on=True, folder=folder)
    with desk.at_work():
        return _Study(desk, plan).answer()


@dataclass
class _Study:
    desk: Desk
    start: Plan | None
    reviews: list[Review] = field(default_factory=list)
    complete: bool = True
    improved: bool = False

    def __post_init__(self) -> None:
        instance = self.desk.instance
        self.first_year = instance.horizon.first_year
        self.against = compared_with(self.desk.model, instance)
        self.futures = {future.name: future for future in instance.futures}
        years = instance.horizon.calendar if instance.review_years is None else instance.review_years
        self.years = sorted({self.first_year, *years})
        self.nodes = grow(instance)

    def answer(self) -> Rolling:
        desk = self.desk
        splits = sum(len(self.groups(year)) for year in self.years[1:])
        desk.expect(2 + 2 * splits + len(self.futures))
        request = Request(against=self.against, starts=() if self.start is None else (self.start,))
        policy = desk.optimum("the policy", request=request)
        if policy.plan is None:
            return self.put_together(policy, None, None, {})
        desk.start_from_here()
        expected = self.without_a_tree(policy.plan)
        policy = self.policy_from(policy, expected)
        assert policy.plan is not None
        rolled = self.replayed("rolling", policy.plan, self.on_the_tree)
        hindsight = {name: self.knowing(name, policy.plan) for name in self.futures}
        found = self.no_worse_than(policy, rolled)
        self.improved = found.value.low - policy.value.low > HAIR * max(abs(policy.value.low), 1.0)
        return self.put_together(found, rolled, expected, hindsight)

    def policy_from(self, policy: Optimum, expected: Plan | None) -> Optimum:
        """The policy, sought again from what planning without a tree has done, where that earns more: it is a plan like
        any other, so the search for the policy had stopped short.
        """
        if expected is None or self.no_worse_than(policy, expected) is policy or policy.plan is None:
            return policy
        self.desk.expect(1)
        request = Request(against=self.against, starts=(expected, policy.plan))
        again = self.desk.optimum("the policy, again", request=request)
        if again.plan is not None:
            high = min(policy.value.high, again.value.high)
            policy = replace(again, value=Interval(again.value.low, max(again.value.low, high)))
            self.desk.start_from_here()
        return self.no_worse_than(policy, expected)

    def no_worse_than(self, policy: Optimum, plan: Plan) -> Optimum:
        """The policy, or a plan that keeps all limits and earns more by the objective of today."""
        audit = self.audited(plan)
        if not audit.ok or policy.exact is None or audit.objective <= policy.exact:
            return policy
        low = float(audit.objective)
        return replace(policy, plan=plan, audit=audit, value=Interval(low, max(low, policy.value.high)))

    def groups(self, year: int) -> list[Group]:
        """What may still come at a review of that year, where something new has been seen since the one before."""
        before = self.told_apart(self.years[self.years.index(year) - 1]) if year > self.first_year else set()
        return sorted(self.told_apart(year) - before, key=sorted)

    def told_apart(self, year: int) -> set[Group]:
        """Scenarios by what is known at a review."""
        of = self.nodes.nodes.of[year - self.first_year]
        by_node: dict[int, set[str]] = {}
        for name, node in zip(self.nodes.scenarios, of.tolist(), strict=True):
            by_node.setdefault(node, set()).add(name)
        return {frozenset(group) for group in by_node.values()}

    def replayed(
        self, planner: Planner, plan: Plan, replan: Callable[[Group, int, Plan], tuple[Optimum, Plan | None]]
    ) -> Plan:
        """What is done to the end by a planner that begins with a plan. Where nothing new has been seen since the last
        re-plan its plan is still the best, and where there is no time to plan again it goes on.
        """
        at_hand = {name: restricted(plan, (name,)) for name in self.futures}
        for year in self.years[1:]:
            for group in self.groups(year):
                current = together(at_hand[name] for name in sorted(group))
                if self.desk.due:
                    self.complete = False
                    continue
                found, new = replan(group, year, current)
                changed = 0
                if new is not None:
                    changed = len(set(new.decisions) ^ set(current.decisions))
                    at_hand |= {name: restricted(new, (name,)) for name in group}
                elif not found.infeasible:
                    self.complete = False
                possible = tuple(sorted(group))
                self.reviews.append(Review(planner, year, possible, found.status, found.value, changed))
        return together(at_hand.values())

    def on_the_tree(self, group: Group, year: int, current: Plan) -> tuple[Optimum, Plan | None]:
        """Plans again on the scenarios still possible, with what has been decided before held."""
        part = only(self.desk.instance, group)
        request = Request(
            (decided_until(current, year - 1),),
            against=restricted(self.against, group),
            starts=(current,),
            ties=False,
        )
        found = self.desk.optimum(f"planning again in {year}{_among(group)}", part, request=request)
        return found, None if found.plan is None else _with_past_of(current, found.plan, year)

    def without_a_tree(self, policy: Plan) -> Plan | None:
        """What is done by a planner that sees the expected scenario only, and plans again at each review."""
        everything = frozenset(self.futures)
        found, plan = self.on_the_mean(everything, self.first_year, policy)
        self.reviews.append(
            Review("expected", self.first_year, tuple(sorted(everything)), found.status, found.value, 0)
        )
        if plan is None:
            self.complete = self.complete and found.infeasible
            return None
        return self.replayed("expected", plan, self.on_the_mean)

    def on_the_mean(self, group: Group, year: int, current: Plan) -> tuple[Optimum, Plan | None]:
        """Plans again as if drivers went on at their mean over the scenarios still possible."""
        instance = self.desk.instance
        futures = [self.futures[name] for name in sorted(group)]
        levels: dict[str, Decimal | tuple[Decimal, ...]] = {
            driver: mean_path(instance, futures, driver) for driver in instance.drivers
        }
        mean = Scenario(name=EXPECTED, probability=Decimal(1), drivers=levels)
        one = instance.model_copy(update={"scenarios": (mean,)})
        member = futures[0].name
        own = _moved(restricted(current, (member,)), EXPECTED)
        conditions = () if year == self.first_year else (decided_until(own, year - 1),)
        against = _moved(restricted(self.against, (member,)), EXPECTED)
        request = Request(conditions, against=against, starts=() if year == self.first_year else (own,))
        found = self.desk.optimum(f"planning without a tree in {year}{_among(group)}", one, request=request)
        if found.plan is None:
            return found, None
        plans = [_moved(found.plan, name) for name in sorted(group)]
        return found, _with_past_of(current, together(plans), year)

    def knowing(self, name: str, policy: Plan) -> Optimum:
        group = frozenset({name})
        request = Request(against=restricted(self.against, group), starts=(restricted(policy, group),), ties=False)
        return self.desk.optimum(f"hindsight: {name} comes", only(self.desk.instance, group), request=request)

    def audited(self, plan: Plan) -> Audit:
        return Auditor(self.desk.instance, self.desk.model, self.against).audit(plan, tables=False)

    def earns(self, plan: Plan, name: str) -> Fraction:
        """What a plan earns in one scenario: the objective if that one is sure to come."""
        group = frozenset({name})
        auditor = Auditor(only(self.desk.instance, group), self.desk.model, restricted(self.against, group))
        return auditor.audit(restricted(plan, group), tables=False).objective

    def put_together(
        self, policy: Optimum, rolled: Plan | None, expected: Plan | None, hindsight: dict[str, Optimum]
    ) -> Rolling:
        desk = self.desk
        rolling_audit = None if rolled is None else self.audited(rolled)
        if rolling_audit is not None and not rolling_audit.ok:
            raise EngineFault(f"plans made at reviews do not fit together: {rolling_audit.findings[0]}")
        expected_audit = None if expected is None else self.audited(expected)
        broken: dict[str, dict[str, None]] = {}
        for finding in () if expected_audit is None else expected_audit.findings:
            broken.setdefault(finding.scenario, {})[f"{finding.id} {finding.year}"] = None
        earned: list[Earned] = []
        mean = Interval(0.0, 0.0) if rolled is not None else UNKNOWN
        if rolled is not None and policy.plan is not None:
            for name, future in self.futures.items():
                own, again = float(self.earns(policy.plan, name)), float(self.earns(rolled, name))
                without = None if expected is None or name in broken else float(self.earns(expected, name))
                value = hindsight[name].value.within(low=max(own, again, without or own))
                mean += value.times(float(future.probability))
                said = tuple(broken.get(name, ()))
                earned.append(Earned(name, future.probability, value, own, again, without, said))
        return Rolling(
            about=About.of(desk, complete=self.complete),
            status=policy.status,
            risk=risk_words(desk.model.objective.risk),
            policy=policy.value,
            rolling=None if rolling_audit is None else float(rolling_audit.objective),
            expected=None if expected_audit is None or broken else float(expected_audit.objective),
            hindsight=mean,
            earned=tuple(earned),
            reviews=tuple(sorted(self.reviews, key=lambda one: one.planner, reverse=True)),
            differences=tuple(
                one
                for planner, plan in (("rolling", rolled), ("expected", expected))
                if plan is not None and policy.plan is not None
                for one in _differences(planner, plan, policy.plan)  # type: ignore[arg-type]
            ),
            scenarios=tuple(self.futures),
            improved=self.improved,
        )


def decided_until(plan: Plan, last_year: int) -> Condition:
    """That the decisions of a plan up to a year, and no others, are taken in those years."""
    decided = frozenset(key for key in map(held, plan.decisions) if key[1] <= last_year)
    return Condition("decided before", SameUntil(decided, last_year), at_least=Fraction(len(decided)))


def _with_past_of(current: Plan, new: Plan, year: int) -> Plan:
    """A new plan from a year on; whoever was hired before has been hired."""
    return Plan.of(
        new.decisions,
        (
            *(one for one in current.hiring if one.year < year),
            *(one for one in new.hiring if one.year >= year),
        ),
    )


def _moved(plan: Plan, scenario: str) -> Plan:
    """What a plan for one scenario does, done in another."""
    return Plan.of(
        (replace(one, scenario=scenario) for one in plan.decisions),
        (replace(one, scenario=scenario) for one in plan.hiring),
    )


def _differences(planner: Planner, plan: Plan, policy: Plan) -> Iterator[Difference]:
    own, others = set(plan.decisions), set(policy.decisions)
    sides: tuple[tuple[Literal["added", "dropped"], set[Decision]], ...] = (
        ("added", own - others),
        ("dropped", others - own),
    )
    for side, decisions in sides:
        for one in sorted(decisions):
            yield Difference(planner, side, one.scenario, one.year, one.partnership, one.action, one.kind)


def _among(group: Group) -> str:
    names = sorted(group)
    return f", when only {names[0]} can come" if len(names) == 1 else f", when one of {len(names)} scenarios can come"
