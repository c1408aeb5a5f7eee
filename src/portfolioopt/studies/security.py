"""N-1 security: any one partner is lost at the start of any year; what is the best recovery, and what does it cost?

Until that year the plan's decisions stand, as nobody saw it coming. At its start every partnership with the partner
ends, in every scenario, in its worst way:

- at once, without notice, lead or window, on the terms of its dearest way out (largest cost and capital at effect);
  no proceeds are paid. One that has no way out costs its largest breakdown loss.
- One that is just executing an action is lost in the year after that takes effect; one that is leaving, leaves.
- None can be signed, expanded or restructured with that partner any more.

From then on all else is decided anew, by what is known in each scenario: an optimum of its own, with its own bounds.

    cost of a loss = what the plan is worth − the best recovery

It may be below 0 where one would rather be rid of a partnership than its terms allow. Where the plan has nothing with
the partner from that year on, nothing is lost, and nothing solved. Where no recovery keeps all hard limits, each of
them may be broken for a price that no plan would pay (what the plan is worth, at least 1, per unit and year): the plan
that breaks least at that price is the recovery, and what it breaks is told. A partner who can be lost so in some year
is a single point of failure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit import Auditor
from portfolioopt.audit.findings import Finding
from portfolioopt.cases import Applied
from portfolioopt.errors import Fault, InvalidInput, UnknownOption
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.families import SOFT_FAMILIES
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model, Price
from portfolioopt.language.partnership import Action, AtEffect, Partnership
from portfolioopt.plan import Decision, Plan
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, PlainTable
from portfolioopt.result.figures import decimals_for
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words, some
from portfolioopt.solution.conditions import Condition, Held, SameUntil, held
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import exhibit, told
from portfolioopt.studies.from_base import FromBase
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.price_deals import OUT

LOST = "partner_lost"


@dataclass(frozen=True)
class Unmet:
    """A hard limit that the recovery breaks."""

    partner: str
    lost_in: int
    id: str
    family: str
    years: tuple[int, ...]
    excess: float
    """The largest, in the limit's own unit."""


@dataclass(frozen=True)
class Loss:
    """One partner lost at the start of one year."""

    partner: str
    year: int
    partnerships: tuple[str, ...]
    """Those in force, or being entered, in some scenario just then."""
    recovery: Interval
    """What the best recovery is worth, on the whole."""
    cost: Interval
    secure: bool
    """Whether it keeps all hard limits."""


@dataclass(frozen=True)
class Security:
    """What the loss of any one partner in any year would cost."""

    about: About
    status: Status
    risk: str
    value: float
    """What the plan is worth undisturbed."""
    losses: tuple[Loss, ...]
    unmet: tuple[Unmet, ...]
    spared: int
    """Losses of nothing: the plan has nothing with the partner from then on."""

    @property
    def single_points_of_failure(self) -> tuple[str, ...]:
        """Partners after whose loss in some year no plan keeps all hard limits."""
        return tuple(dict.fromkeys(one.partner for one in self.losses if not one.secure))

    def worst(self, partner: str) -> Loss:
        """The loss of a partner in the year in which it costs most; one that breaks limits before any other."""
        own = [one for one in self.losses if one.partner == partner]
        return max(own, key=lambda one: (not one.secure, one.cost.low, -one.year))

    def tables(self) -> dict[str, Table]:
        """`losses`, one row per partner and year; `unmet`, one per loss and limit broken."""
        losses = [
            (
                one.partner,
                one.year,
                ", ".join(one.partnerships),
                one.secure,
                one.recovery.low,
                one.recovery.high,
                one.cost.low,
                one.cost.high,
            )
            for one in self.losses
        ]
        unmet = [
            (one.partner, one.lost_in, one.id, one.family, ", ".join(map(str, one.years)), one.excess)
            for one in self.unmet
        ]
        ends = ("recovery_low", "recovery_high", "cost_low", "cost_high")
        return {
            "losses": Table(("partner", "year", "partnerships", "secure", *ends), tuple(losses)),
            "unmet": Table(("partner", "lost_in", "limit", "family", "years", "excess"), tuple(unmet)),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """Each partner lost in the year in which that costs most."""
        if not self.losses:
            return {}
        decimals = decimals_for([self.value])
        worst = sorted(
            (self.worst(partner) for partner in dict.fromkeys(one.partner for one in self.losses)),
            key=lambda one: (one.secure, -one.cost.low, one.partner),
        )
        rows = []
        for one in worst:
            broken = [each.id for each in self.unmet if (each.partner, each.lost_in) == (one.partner, one.year)]
            cost = told(one.cost, decimals, abs(self.value))
            rows.append((one.partner, str(one.year), cost, "yes" if one.secure else f"no: {some(broken)}"))
        failing = self.single_points_of_failure
        said = (
            f"Single points of failure, after whose loss no plan keeps all limits: {some(failing, 10)}."
            if failing
            else "Whichever partner is lost, some recovery keeps all limits."
        )
        table = PlainTable(("partner lost", "worst in", "cost of the loss", "recovery keeps all limits"), tuple(rows))
        title = "Any one partner lost"
        return {"": exhibit(self.about, title, table, said, "Cost: what the plan is worth less its best recovery.")}


ANSWER = Security


def security(
    instance: Instance,
    plan: Plan | None = None,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    partners: Iterable[str] | None = None,
    years: Iterable[int] | None = None,
    watch: Watch | None = None,
) -> Security:
    """What the loss of each partner in each year would cost, and what could no longer be met.

    plan        the plan that is disturbed; the best one where none is given
    partners    names; all where none are given
    years       calendar years; all of the horizon where none are given

    Raises `InvalidInstance`, `InvalidModel`, `UnknownOption`, and `InvalidInput` for a plan that breaks a limit; Ctrl-C
    ends it with what is known by then.
    """
    desk = Desk("security", instance, model, means or Means(), watch)
    known = sorted({name for one in desk.instance.partnerships for name in one.partners})
    chosen = known if partners is None else list(dict.fromkeys(partners))
    for name in chosen:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UnknownOption(f"there is no partner called {name}" + (f" ({hint})" if hint else ""))
    when = sorted(set(desk.instance.horizon.calendar if years is None else years))
    for year in when:
        if year not in desk.instance.horizon.calendar:
            raise UnknownOption(f"{year} is not a year of the horizon")
    with desk.at_work():
        return _Study(desk, chosen, when).answer(plan)


@dataclass(frozen=True)
class Only:
    """1 for every decision that a loss brings about, −1 for every other one on these partnerships from a year on."""

    due: frozenset[Held]
    partnerships: frozenset[str]
    year: int

    def __call__(self, scenario: str, year: int, partnership: str, action: str) -> Fraction:
        if partnership not in self.partnerships or year < self.year:
            return Fraction(0)
        return Fraction(1 if (scenario, year, partnership, action) in self.due else -1)


@dataclass
class _Study:
    desk: Desk
    partners: list[str]
    years: list[int]

    def answer(self, given: Plan | None) -> Security:
        desk = self.desk
        desk.expect(1)
        work = FromBase.of(desk, start=given)
        plan = work.base.plan if given is None else Plan(given.decisions, given.hiring)
        losses: list[Loss] = []
        self.unmet: list[Unmet] = []
        self.spared = 0
        value = Fraction(0)
        wanted = [(partner, year) for partner in self.partners for year in self.years]
        if plan is not None:
            audit = Auditor(desk.instance, desk.model, work.against).audit(plan, tables=False)
            if not audit.ok:
                raise InvalidInput([Fault((), f"the plan cannot be kept: {audit.findings[0]}", "solve again")])
            value = audit.objective
            desk.expect(sum(self.touches(plan, partner, year) for partner, year in wanted))
            for partner, year in wanted:
                if not desk.due:
                    losses.append(self.lost(work, plan, value, partner, year))
        return Security(
            about=About.of(desk, complete=plan is None or len(losses) == len(wanted)),
            status=work.base.status if given is None else "feasible",
            risk=risk_words(desk.model.objective.risk),
            value=float(value),
            losses=tuple(losses),
            unmet=tuple(self.unmet),
            spared=self.spared,
        )

    def own(self, partner: str) -> list[Partnership]:
        """The partnerships with a partner."""
        return [one for one in self.desk.instance.partnerships if partner in one.partners]

    def touches(self, plan: Plan, partner: str, year: int) -> bool:
        """Whether the plan has anything with the partner from that year on."""
        names = {one.id for one in self.own(partner)}
        later = any(one.partnership in names and one.year >= year for one in plan.decisions)
        return later or any(self.stands(plan, one, year) for one in self.own(partner))

    def stands(self, plan: Plan, partnership: Partnership, year: int) -> dict[str, int]:
        """By scenario, the year in which a partnership that is in force, or being entered, is lost."""
        instance = self.desk.instance
        actions = {action.id: action for action in partnership.actions}
        found: dict[str, int] = {}
        for future in instance.futures:
            state, free = partnership.start.state, year
            for one in plan.decisions:  # in the order of years
                if (one.partnership, one.scenario) == (partnership.id, future.name) and one.year < year:
                    action = actions[one.action]
                    state = action.to
                    free = max(year, one.year + action.notice_years + action.lead_years + 1)
            if state not in OUT and free <= instance.horizon.last_year:
                found[future.name] = free
        return found

    def lost(self, work: FromBase, plan: Plan, value: Fraction, partner: str, year: int) -> Loss:
        own = self.own(partner)
        stands = {one.id: self.stands(plan, one, year) for one in own}
        hit = tuple(name for name, when in stands.items() if when)
        undisturbed = Interval.exactly(float(value))
        if not self.touches(plan, partner, year):
            self.spared += 1
            return Loss(partner, year, hit, undisturbed, Interval(0.0, 0.0), secure=True)
        due = [
            Decision(scenario, when, name, name_of_loss(self.desk.instance), "exit")
            for name, by_scenario in stands.items()
            for scenario, when in by_scenario.items()
        ]
        made = Applied(disturbed(self.desk.instance, {one.id for one in own}), work.case.model)
        before = frozenset(held(one) for one in plan.decisions if one.year < year)
        names = frozenset(one.id for one in own)
        conditions = [
            Condition("decided before", SameUntil(before, year - 1), at_least=Fraction(len(before))),
            Condition(f"{partner} is lost", Only(frozenset(map(held, due)), names, year), at_least=Fraction(len(due))),
        ]
        start = Plan.of(
            [one for one in plan.decisions if one.partnership not in names or one.year < year] + due, plan.hiring
        )
        asked = f"{partner} lost in {year}"
        found = work.solved(asked, made, starts=(start,), conditions=tuple(conditions))
        if not found.infeasible:
            return Loss(partner, year, hit, found.value, undisturbed - found.value, secure=True)
        soft = Applied(made.instance, softened(made.model, max(abs(value), Fraction(1))))
        least = work.solved(f"{asked}, limits broken", soft, starts=(start,), conditions=tuple(conditions))
        if least.plan is None:
            return Loss(
                partner, year, hit, Interval(-float("inf"), float("inf")), Interval(0.0, float("inf")), secure=False
            )
        audit = Auditor(made.instance, made.model, work.against).audit(least.plan, tables=False)
        self.unmet += _unmet(partner, year, audit.findings)
        recovery = Interval.exactly(float(audit.objective))
        return Loss(partner, year, hit, recovery, undisturbed - recovery, secure=False)


def disturbed(instance: Instance, names: set[str]) -> Instance:
    """The instance in which these partnerships can be lost at any time; limits on moves do not count that."""
    actions = sorted({action.id for one in instance.partnerships for action in one.actions})
    name = name_of_loss(instance)
    moves = tuple(
        limit.model_copy(update={"actions": tuple(actions)}) if limit.actions is None and actions else limit
        for limit in instance.moves
    )
    partnerships = tuple(
        one.model_copy(update={"actions": (*one.actions, loss_of(one, name))}) if one.id in names else one
        for one in instance.partnerships
    )
    return instance.model_copy(update={"partnerships": partnerships, "moves": moves})


def name_of_loss(instance: Instance) -> str:
    """An id that no action has."""
    taken = {action.id for one in instance.partnerships for action in one.actions}
    name = LOST
    while name in taken:
        name += "_"
    return name


def loss_of(partnership: Partnership, name: str) -> Action:
    """The action by which a partnership is lost: at once, at the price of its dearest way out, without proceeds."""
    states = [name for name in partnership.state_names if name not in OUT]
    ways = [action for action in partnership.actions if action.to in OUT and any(s not in OUT for s in action.from_)]
    if ways:
        dearest = max(ways, key=lambda action: action.at_effect.cost + action.at_effect.capital)
        effect = dearest.at_effect.model_copy(update={"proceeds": Decimal(0)})
    else:
        losses = [value for state in states for value in partnership.state(state).breakdown_loss]
        effect = AtEffect(cost=max(losses, default=Decimal(0)))
    return Action.model_validate({"id": name, "kind": "exit", "from": states or ["none"], "to": "exited"}).model_copy(
        update={"at_effect": effect}
    )


def softened(model: Model, price: Fraction) -> Model:
    """The model where every hard limit may be broken, at a price."""
    high = Price(price=Decimal(int(price) + 1))
    limits = {family: high for family in SOFT_FAMILIES if model.limits.get(family, "hard") == "hard"}
    limits |= {name: high for name, hardness in model.limits.items() if hardness == "hard"}
    return model.model_copy(update={"limits": {**model.limits, **limits}})


def _unmet(partner: str, year: int, findings: Iterable[Finding]) -> list[Unmet]:
    by_limit: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        by_limit.setdefault((one.id, one.family), []).append(one)
    return [
        Unmet(
            partner, year, name, family, tuple(sorted({one.year for one in own})), float(max(one.excess for one in own))
        )
        for (name, family), own in by_limit.items()
    ]
