"""What it is worth to know more, and to be able to react: optima over nested sets of plans.

    wait-and-see    decisions may know the whole path of every driver from the start
    knowing d       decisions may know the whole path of driver d from the start, and see the others as they come
    policy          decisions see every driver as it comes: what `solve` finds
    fixed           the same decisions in every scenario: the best of such plans
    reacting        until scenarios can first be told apart the decisions of the best plan for mean levels, from then
                    on the best reaction (EEV); −∞ where no reaction keeps all limits
    followed        the best plan for mean levels to the end, whatever happens; −∞ where that breaks a limit

All are optima of one objective, each over a part of the plans of the one above it, so for every attitude to risk

    wait-and-see ≥ knowing d ≥ policy ≥ fixed ≥ followed        policy ≥ reacting ≥ followed

    value of perfect information (EVPI)         wait-and-see − policy;  of one driver: knowing d − policy
    value of the stochastic solution (VSS)      policy − reacting       (Birge 1982)
    value of flexibility                        policy − fixed
    regret of a scenario                        its optimum with hindsight − what the policy earns in it

Both E[NPV] and the measures of risk grow by as much as what is added to NPV in every scenario, so a difference of
objectives is the most to pay at time 0. What drivers are worth one by one does not add up to what all are worth.

Where only the mean counts, plans for scenarios that are told apart from the start have nothing to do with each other:
their values are solved one by one and weighed by probability, and expected regret equals EVPI. Under a measure of risk
they are solved together; wait-and-see then is no mean of scenario optima, but the objective of a plan that knows.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit import Auditor
from portfolioopt.audit.risk import MEASURES
from portfolioopt.errors import EngineFault
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.plans import compared_with
from portfolioopt.networks.tree import grow
from portfolioopt.plan import Plan
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
from portfolioopt.studies.interval import NEVER, UNKNOWN, Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.optimum import Optimum
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.scenarios import Group, mean_path, only, path_of, restricted, together


@dataclass(frozen=True)
class Known:
    """What knowing the whole path of one driver from the start is worth."""

    driver: str
    value: Interval
    """Optimum of the objective with that knowledge."""
    worth: Interval
    """The most to pay for it at time 0."""


@dataclass(frozen=True)
class MeanPlan:
    """The best plan for drivers at their mean levels, and what becomes of it."""

    promised: Interval
    """What it is worth if every driver takes its mean path."""
    reacting: Interval
    followed: Interval
    broken: tuple[str, ...]
    """Limits that following it to the end would break, with the scenarios in which."""
    last_year: int
    """Of the years in which scenarios cannot be told apart yet."""
    status: Status


@dataclass(frozen=True)
class Regret:
    """A scenario with hindsight beside what the policy earns in it: NPV less penalties and the price of changes."""

    scenario: str
    probability: Decimal
    hindsight: Interval
    earned: float
    regret: Interval


@dataclass(frozen=True)
class ValueOfInformation:
    """Values are of the objective, in the instance's currency; differences of them are worth that much at time 0."""

    about: About
    status: Status
    """Of the policy."""
    risk: str
    """The measure of the bad cases in words; empty without one."""
    policy: Interval
    wait_and_see: Interval
    perfect: Interval
    """EVPI: wait-and-see − policy."""
    drivers: tuple[Known, ...]
    fixed: Interval
    flexibility: Interval
    """policy − fixed"""
    mean: MeanPlan | None
    stochastic: Interval
    """VSS: policy − reacting; +∞ where no reaction to the mean plan's first decisions keeps all limits."""
    regrets: tuple[Regret, ...]

    def tables(self) -> dict[str, Table]:
        """`values` and `differences`, one row each with low and high; `regret`, one row per scenario."""
        mean = self.mean
        values = [("wait_and_see", "", self.wait_and_see)]
        values += [("knowing", known.driver, known.value) for known in self.drivers]
        values += [("policy", "", self.policy), ("fixed", "", self.fixed)]
        if mean is not None:
            values += [("mean_reacting", "", mean.reacting), ("mean_followed", "", mean.followed)]
        differences = [("perfect_information", "", self.perfect)]
        differences += [("information", known.driver, known.worth) for known in self.drivers]
        differences += [("flexibility", "", self.flexibility), ("stochastic_solution", "", self.stochastic)]
        columns = ("what", "driver", "low", "high")
        return {
            "values": Table(columns, tuple((what, driver, one.low, one.high) for what, driver, one in values)),
            "differences": Table(
                columns, tuple((what, driver, one.low, one.high) for what, driver, one in differences)
            ),
            "regret": Table(
                ("scenario", "probability", "hindsight_low", "hindsight_high", "earned", "low", "high"),
                tuple(
                    (
                        one.scenario,
                        float(one.probability),
                        one.hindsight.low,
                        one.hindsight.high,
                        one.earned,
                        one.regret.low,
                        one.regret.high,
                    )
                    for one in self.regrets
                ),
            ),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """What it is worth to know and to react, and regret by scenario."""
        scale = max(abs(self.policy.low), abs(self.policy.high))
        if not math.isfinite(scale) or not self.regrets:
            return {}
        decimals = decimals_for([scale])
        worth = [
            ("to know every driver from the start", self.perfect),
            *((f"to know {known.driver} from the start", known.worth) for known in self.drivers),
            ("to decide otherwise in other scenarios", self.flexibility),
            ("to plan for scenarios, not for mean levels", self.stochastic),
        ]
        values = PlainTable(("", "is worth"), tuple((name, told(value, decimals, scale)) for name, value in worth))
        regrets = PlainTable(
            ("scenario", "probability", "with hindsight", "earned", "regret"),
            tuple(
                (
                    one.scenario,
                    percent(float(one.probability)),
                    told(one.hindsight, decimals, scale),
                    figure(one.earned, decimals),
                    told(one.regret, decimals, scale),
                )
                for one in self.regrets
            ),
        )
        said = "The most to pay for it at time 0; what single drivers are worth does not add up."
        return {
            "": exhibit(self.about, "What it is worth to know, and to react", values, said),
            "regret": exhibit(self.about, "Regret by scenario", regrets, "What hindsight would earn more."),
        }


ANSWER = ValueOfInformation


def value_of_information(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    watch: Watch | None = None,
) -> ValueOfInformation:
    """What knowing each driver, and all of them, would be worth, what reacting is worth, and regret by scenario.

    Raises `InvalidInstance`, `InvalidModel` and `UnknownOption`; Ctrl-C ends it with what is known by then.
    """
    desk = Desk("value_of_information", instance, model, means or Means(), watch)
    with desk.at_work():
        return _Study(desk).answer()


@dataclass
class _Study:
    desk: Desk
    by_group: dict[Group, Optimum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        instance, model = self.desk.instance, self.desk.model
        self.against = compared_with(model, instance)
        self.scenarios = {future.name: future for future in instance.futures}
        risk = model.objective.risk
        self.mean_counts = risk is None or not risk.weight
        self.drivers = [driver for driver in sorted(instance.drivers) if len(self.told_apart([driver])) > 1]

    def told_apart(self, drivers: list[str]) -> list[Group]:
        """Groups of scenarios with equal paths of these drivers."""
        groups: dict[object, set[str]] = {}
        for name, future in self.scenarios.items():
            path = tuple(path_of(self.desk.instance, future, driver) for driver in drivers)
            groups.setdefault(path, set()).add(name)
        return [frozenset(group) for group in groups.values()]

    def answer(self) -> ValueOfInformation:
        desk = self.desk
        everything = self.told_apart(self.drivers)
        singles = [frozenset({name}) for name in self.scenarios]
        uncertain = len(everything) > 1
        desk.expect(1 + (len(singles) + 3 + len(self.drivers) if uncertain else 0))
        policy = desk.optimum("the policy")
        if policy.plan is None or not uncertain:
            return self.put_together(policy, policy.value, (), policy.value, None)
        hindsight = {group: self.of_group(group, policy.plan) for group in singles}
        fixed = self.fixed()
        mean = self.mean_plan(policy)
        whole = self.knowing(everything, self.drivers, policy.plan, hindsight)
        drivers = [(self.drivers[0], whole)]
        if len(self.drivers) > 1:
            drivers = [(one, self.knowing(self.told_apart([one]), [one], policy.plan)) for one in self.drivers]
        return self.put_together(policy, whole, tuple(drivers), fixed.value, mean, hindsight)

    def fixed(self) -> Optimum:
        """The best plan that decides the same in every scenario: one that never reviews."""
        instance = self.desk.instance
        first = instance.horizon.first_year
        never = instance.model_copy(update={"review_years": (first,)})
        return self.desk.optimum("the best fixed plan", never, request=Request(against=self.against))

    def mean_plan(self, policy: Optimum) -> MeanPlan:
        """The plan for mean levels, and its value where it meets the scenarios."""
        desk, instance = self.desk, self.desk.instance
        counts = grow(instance).nodes.count
        last = instance.horizon.first_year + sum(count == 1 for count in counts) - 1
        compared = Request(against=self.against)
        found = desk.optimum("the plan for mean levels", at_mean_levels(instance), request=compared)
        if found.plan is None:
            return MeanPlan(found.value, UNKNOWN, UNKNOWN, (), last, found.status)
        audit = Auditor(instance, desk.model, self.against).audit(found.plan, tables=False)
        followed = Interval.exactly(float(audit.objective)) if audit.ok else NEVER
        broken: dict[str, dict[str, None]] = {}
        for finding in audit.findings:
            broken.setdefault(finding.id, {})[finding.scenario] = None
        decided = frozenset(key for key in map(held, found.plan.decisions) if key[1] <= last)
        condition = Condition("the first decisions of the plan for mean levels", SameUntil(decided, last))
        condition = Condition(condition.name, condition.weigh, at_least=Fraction(len(decided)))
        assert policy.plan is not None
        reacting = desk.optimum(
            "reacting to the plan for mean levels",
            request=Request((condition,), against=self.against, starts=(policy.plan, found.plan)),
        )
        said = tuple(f"{limit} ({', '.join(scenarios)})" for limit, scenarios in broken.items())
        return MeanPlan(found.value, reacting.value, followed, said, last, found.status)

    def knowing(
        self, groups: list[Group], drivers: list[str], policy: Plan, hindsight: Mapping[Group, Optimum] | None = None
    ) -> Interval:
        """The optimum where these drivers, which tell the groups apart, are known from the start."""
        model = self.desk.model
        if self.mean_counts:
            parts = [self.of_group(group, policy) for group in groups]
            self.audited(parts, drivers)
            total = Interval(0.0, 0.0)
            for group, part in zip(groups, parts, strict=True):
                total += part.value.times(float(self.chance(group)))
            return total
        starts = [policy]
        if hindsight is not None:
            plans = [part.plan for part in hindsight.values() if part.plan is not None]
            starts.append(together(plans))
            if model.changes is None and all(model.price("", one) is None for one in model.limits):
                # nothing but NPV counts: the best of every scenario is the best of all at any attitude to risk
                return self.mixed(hindsight)
        asked = f"knowing {', '.join(drivers)}"
        request = Request(known=frozenset(drivers), against=self.against, starts=tuple(starts))
        return self.desk.optimum(asked, request=request).value

    def mixed(self, hindsight: Mapping[Group, Optimum]) -> Interval:
        """The objective of earning in every scenario what is earned there with hindsight."""

        def objective(end: Callable[[Interval], float]) -> float:
            values = [end(part.value) for part in hindsight.values()]
            risk = self.desk.model.objective.risk
            if risk is None or not all(abs(value) < float("inf") for value in values):
                return end(UNKNOWN)
            chances = [Fraction(self.scenarios[name].probability) for (name,) in hindsight]
            exact = [Fraction(value) for value in values]
            mean = sum((chance * value for chance, value in zip(chances, exact, strict=True)), Fraction(0))
            bad = MEASURES[risk.measure](exact, chances, risk)
            return float(mean + Fraction(risk.weight) * (bad - mean))

        return Interval(objective(lambda value: value.low), objective(lambda value: value.high))

    def of_group(self, group: Group, policy: Plan) -> Optimum:
        """The optimum where it is known from the start that one of these scenarios comes."""
        if group not in self.by_group:
            names = sorted(group)
            asked = f"knowing that {names[0]} comes" if len(names) == 1 else f"knowing that one of {len(names)} comes"
            part, own = only(self.desk.instance, group), restricted(policy, group)
            request = Request(against=restricted(self.against, group), starts=(own,))
            self.by_group[group] = self.desk.optimum(asked, part, request=request)
        return self.by_group[group]

    def chance(self, group: Group) -> Fraction:
        return sum((Fraction(self.scenarios[name].probability) for name in group), Fraction(0))

    def audited(self, parts: list[Optimum], drivers: list[str]) -> None:
        """Has the plans of all groups together audited as one that knows these drivers."""
        plans = [part.plan for part in parts if part.plan is not None]
        if len(plans) < len(parts):
            return
        auditor = Auditor(self.desk.instance, self.desk.model, self.against, frozenset(drivers))
        found = auditor.audit(together(plans), tables=False)
        if not found.ok:
            raise EngineFault(f"plans of scenarios known apart do not fit together: {found.findings[0]}")

    def put_together(
        self,
        policy: Optimum,
        whole: Interval,
        drivers: tuple[tuple[str, Interval], ...],
        fixed: Interval,
        mean: MeanPlan | None,
        hindsight: Mapping[Group, Optimum] | None = None,
    ) -> ValueOfInformation:
        """Each value within what the nesting of the plans tells of it; then the differences, none below 0."""
        best = policy.value
        low = max(best.low, fixed.low, -float("inf") if mean is None else mean.reacting.low)
        high = min(best.high, whole.high, *(value.high for _, value in drivers))
        best = best.within(low, high)
        whole = whole.within(low=max([best.low, *(value.low for _, value in drivers)]))
        knowing = [(driver, value.within(best.low, whole.high)) for driver, value in drivers]
        fixed = fixed.within(high=best.high)
        reacting = UNKNOWN if mean is None else mean.reacting.within(high=best.high)
        desk = self.desk
        return ValueOfInformation(
            about=About.of(desk, complete=True),
            status=policy.status,
            risk=risk_words(desk.model.objective.risk),
            policy=best,
            wait_and_see=whole,
            perfect=_gain(whole, best),
            drivers=tuple(Known(driver, value, _gain(value, best)) for driver, value in knowing),
            fixed=fixed,
            flexibility=_gain(best, fixed),
            mean=mean,
            stochastic=_gain(best, best if mean is None else reacting),
            regrets=tuple(self.regret(group, part, policy) for group, part in (hindsight or {}).items()),
        )

    def regret(self, group: Group, hindsight: Optimum, policy: Optimum) -> Regret:
        (name,) = group
        assert policy.plan is not None
        against = restricted(self.against, group)
        auditor = Auditor(only(self.desk.instance, group), self.desk.model, against)
        earned = float(auditor.audit(restricted(policy.plan, group), tables=False).objective)
        value = hindsight.value.within(low=earned)
        chance = self.scenarios[name].probability
        return Regret(name, chance, value, earned, _gain(value, Interval.exactly(earned)))


def at_mean_levels(instance: Instance) -> Instance:
    """The same with every driver at Σ_w π_w·level(w,y) in every scenario, so that nothing tells them apart."""
    levels = {driver: mean_path(instance, instance.futures, driver) for driver in instance.drivers}
    return instance.model_copy(
        update={"scenarios": tuple(future.model_copy(update={"drivers": levels}) for future in instance.scenarios)}
    )


def _gain(more: Interval, less: Interval) -> Interval:
    """What one optimum has over another that cannot be larger."""
    return (more - less).within(low=0.0)
