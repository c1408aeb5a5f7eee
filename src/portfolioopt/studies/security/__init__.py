"""N-1 security: any one partner is lost at the start of any year; what is the best recovery, and what does it cost?

    losing.py       the instance in which a partner is lost: every partnership with it ends in its worst way

Until that year the plan's decisions stand, as nobody saw it coming. From then on nothing can be signed, expanded or
restructured with that partner any more, and all else is decided anew, by what is known in each scenario: an optimum of
its own, with its own bounds.

    cost of a loss = what the plan is worth − the best recovery

It may be below 0 where one would rather be rid of a partnership than its terms allow. Where the plan has nothing with
the partner from that year on, nothing is lost, and nothing solved. Losses are no decisions: `changes` do not charge
them.

Where no recovery keeps all hard limits, a way out that gives up few of them is found as `diagnose` finds it (each limit
weighed by its size): what it gives up can no longer be met, and the recovery is the best one that gives up no more. A
partner who can be lost so in some year is a single point of failure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from portfolioopt.audit import Auditor
from portfolioopt.cases import Applied
from portfolioopt.errors import Fault, InvalidInput, UnknownOption
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.partnership import Partnership
from portfolioopt.plan import Plan
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, PlainTable
from portfolioopt.result.figures import decimals_for
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words, some
from portfolioopt.solution.conditions import Condition, Held, SameUntil, held
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.diagnose.loosening import Change, loosened
from portfolioopt.studies.diagnose.relaxing import Relaxing
from portfolioopt.studies.exhibiting import exhibit, told
from portfolioopt.studies.from_base import FromBase
from portfolioopt.studies.interval import UNKNOWN, Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.security.losing import Lost, lose


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
    """Those in force, or under way, in some scenario just then."""
    recovery: Interval
    """What the best recovery is worth, on the whole."""
    cost: Interval
    secure: bool | None
    """Whether it keeps all hard limits; None where time ended before that was known."""


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
        return tuple(dict.fromkeys(one.partner for one in self.losses if one.secure is False))

    def worst(self, partner: str) -> Loss:
        """The loss of a partner in the year in which it costs most; one that breaks limits before any other."""
        own = [one for one in self.losses if one.partner == partner]
        return max(own, key=lambda one: (one.secure is False, one.cost.low, -one.year))

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
            key=lambda one: (one.secure is not False, -one.cost.low, one.partner),
        )
        rows = []
        for one in worst:
            broken = [each.id for each in self.unmet if (each.partner, each.lost_in) == (one.partner, one.year)]
            cost = told(one.cost, decimals, abs(self.value))
            kept = {True: "yes", False: f"no: {some(broken)}", None: "not known"}[one.secure]
            rows.append((one.partner, str(one.year), cost, kept))
        failing = self.single_points_of_failure
        said = (
            f"Single points of failure, after whose loss no plan keeps all limits: {some(failing, 10)}."
            if failing
            else "Whichever partner is lost, some recovery keeps all limits."
            if all(one.secure for one in self.losses)
            else "Not for every loss was it found out in time whether some recovery keeps all limits."
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
    unmet: list[Unmet] = field(default_factory=list)
    spared: int = 0

    def answer(self, given: Plan | None) -> Security:
        desk = self.desk
        desk.expect(1)
        work = FromBase.of(desk, start=given)
        plan = work.base.plan if given is None else Plan.of(given.decisions, given.hiring)
        losses: list[Loss] = []
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
        return later or bool(lose(self.desk.instance, plan, names, year).hit)

    def lost(self, work: FromBase, plan: Plan, value: Fraction, partner: str, year: int) -> Loss:
        names = frozenset(one.id for one in self.own(partner))
        lost = lose(self.desk.instance, plan, names, year)
        undisturbed = Interval.exactly(float(value))
        if not self.touches(plan, partner, year):
            self.spared += 1
            return Loss(partner, year, lost.hit, undisturbed, Interval(0.0, 0.0), secure=True)
        made = Applied(lost.instance, work.case.model)
        due, before = frozenset(map(held, lost.due)), frozenset(map(held, lost.before))
        conditions = (
            Condition("decided before", SameUntil(before, year - 1), at_least=Fraction(len(before))),
            Condition(f"{partner} is lost", Only(due, names, year), at_least=Fraction(len(due))),
        )
        others = [one for one in plan.decisions if one.partnership not in names and one.year >= year]
        start = Plan.of([*lost.before, *lost.due, *others], plan.hiring)
        asked = f"{partner} lost in {year}"
        found = work.solved(work.asks(asked, made, starts=(start,), conditions=conditions))
        secure: bool | None = True if found.plan is not None else None
        if found.infeasible:
            way = Relaxing(self.desk, {}, frozenset(), made, conditions, (start,)).fewest()
            if way is not None:
                room = Applied(*loosened(*made, way.changes))
                found = work.solved(
                    work.asks(f"{asked}, limits broken", room, starts=(way.plan,), conditions=conditions)
                )
                self.unmet += _unmet(partner, year, way.changes)
            secure = False
        recovery = UNKNOWN if found.infeasible else found.value + Interval.exactly(self.charged(work, lost))
        return Loss(partner, year, lost.hit, recovery, undisturbed - recovery, secure)

    def charged(self, work: FromBase, lost: Lost) -> float:
        """What `changes` charge for losses, and for decisions cut short that the plan compared with holds, too."""
        changes = self.desk.model.changes
        if changes is None:
            return 0.0
        chances = {future.name: Fraction(future.probability) for future in self.desk.instance.futures}
        compared = set(work.against.decisions)
        times = sum((chances[one.scenario] for one in lost.due), Fraction(0))
        times += sum((2 * chances[one.scenario] for one in lost.replaced if one in compared), Fraction(0))
        return float(Fraction(changes.price) * times)


def _unmet(partner: str, year: int, changes: Iterable[Change]) -> list[Unmet]:
    by_limit: dict[tuple[str, str], list[Change]] = {}
    for one in changes:
        by_limit.setdefault((one.limit, one.family), []).append(one)
    return [
        Unmet(
            partner,
            year,
            name,
            family,
            tuple(sorted({one.year for one in own if one.year is not None})),
            float(max(one.amount for one in own)),
        )
        for (name, family), own in by_limit.items()
    ]
