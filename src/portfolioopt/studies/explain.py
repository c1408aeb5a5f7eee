"""Why a partnership is in the best plan, or is not: what it adds, what it would displace, what would flip it.

    with, without       optima with the partnership and without it, as `price_deals` defines them
    instead             decisions that the best plan and the best one of the other kind (without it, or with it) hold
                        otherwise
    in its way          what it would gain with it in the plan if a limit were ignored, limit by limit
    flips               the least change of one thing by which the decision turns over

A partnership is *in* where its walk-away price is above 0. A possible one that is out turns over where the price rises
above 0; one in force that is left, where keeping it is worth as much as leaving it. Things that are changed: all its
benefits, all its capital, all its effort, each by one factor; or one limit, by a share, loosened or tightened.

Where no benefit is below 0, the value of any one plan is monotone in a factor, so the optimum is, and for a possible
partnership that earns and draws nothing while it is out, the optimum without it does not depend on its own terms at
all. Then a plan found at one factor is audited at others, without solves: it shows from which factor on it beats being
without. The next solve is made just beyond; where nothing beats it there, the flip lies within the tolerance. In all
other cases both optima are solved at every point of a bisection. With a limit, both optima rise as it is loosened: the
bisection then closes in on one flip, and there might be others. A tightened limit that the best plan still keeps turns
nothing over, as whatever it is compared with can only lose.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from portfolioopt.cases import Applied
from portfolioopt.errors import UnknownOption
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.partnership import Partnership
from portfolioopt.plan import Plan
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, Reason, WhyNot
from portfolioopt.result.figures import percent
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import limit_words, listed, risk_words, some
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import end, exhibit
from portfolioopt.studies.from_base import FromBase, lost
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.limits import Gains, Limit, every_limit, every_name, ignored
from portfolioopt.studies.means import Means
from portfolioopt.studies.optimum import Optimum
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.price_deals import Cases, chance_of, chosen_partnerships
from portfolioopt.studies.taken import Taken, differing
from portfolioopt.studies.terms import OUT, below_zero, flow_times, values_of

Verdict = Literal["in", "in part", "out"]
Standing = Literal["as today", "turned", "no plan"]
MOST, LEAST = Decimal(10), Decimal(0)
"""Between which factors a flip is looked for."""
LOOSEST, TIGHTEST = Decimal(4), Decimal("-0.5")
"""Shares by which a limit is loosened, and tightened, at most."""
COARSE = Decimal("0.1")
"""Share to which it is found out from where on no plan keeps the limits."""
EQUAL = 1e-8
"""Relative difference of optima that counts as none."""
FLOWS = ("benefit", "capital", "effort")


@dataclass(frozen=True)
class Obstacle:
    """A limit, and what the plan with the partnership would gain if the limit were ignored."""

    id: str
    family: str
    said: str
    cost: Interval
    """Without limit where only without it there is a plan with the partnership at all."""


@dataclass(frozen=True)
class Flip:
    """The least change of one thing that turns the decision over."""

    what: str
    """benefit, capital, effort, or a limit."""
    of_limit: bool
    tried: float
    """The farthest factor that was tried (of a limit: its size relative to today's)."""
    between: Interval | None
    """Factors between which the decision turns over; None where it does not, up to `tried`."""
    no_plan: bool = False
    """Whether soon beyond `tried` (by a tenth at most) no plan at all keeps the limits, with it or without."""

    @property
    def ends(self) -> tuple[float, float] | None:
        """The factor at which it has turned over, and the last one at which it has not."""
        if self.between is None:
            return None
        low, high = self.between.low, self.between.high
        return (low, high) if high <= 1 else (high, low)

    @property
    def said(self) -> str:
        """its capital 10.0% higher; the limit cells 5.0% lower; empty where it does not turn over."""
        if self.ends is None:
            return ""
        far = self.ends[0]
        what = f"the limit {self.what}" if self.of_limit else f"its {self.what}"
        return f"{what} {percent(abs(far - 1), 1)} {'lower' if far < 1 else 'higher'}"


@dataclass(frozen=True)
class Explain:
    """Why one partnership is in the best plan or not."""

    about: About
    status: Status
    risk: str
    partnership: str
    name: str
    in_force: bool
    verdict: Verdict
    chance: Fraction
    """Probability that the best plan enters it, or keeps it to the end."""
    does: tuple[Taken, ...]
    """What the best plan decides on it."""
    base: Interval
    with_it: Interval | None
    without_it: Interval | None
    instead: tuple[Taken, ...]
    """What the best plan and the other one decide otherwise about all others."""
    obstacles: tuple[Obstacle, ...]
    flips: tuple[Flip, ...]

    @property
    def worth(self) -> Interval | None:
        """What it adds, where it is in; None where it cannot be left out."""
        return None if self.without_it is None else lost(self.base, self.without_it)

    @property
    def missing(self) -> Interval | None:
        """What it lacks, where it is out; None where it cannot be entered."""
        return None if self.with_it is None else lost(self.base, self.with_it)

    def tables(self) -> dict[str, Table]:
        """`values`, `instead`, `limits` and `flips`."""
        values = [("best", self.base), ("with", self.with_it), ("without", self.without_it)]
        return {
            "values": Table(("plan", "low", "high"), tuple((k, v.low, v.high) for k, v in values if v is not None)),
            "instead": Table(
                ("partnership", "action", "year", "now", "then"),
                tuple(
                    (one.partnership, one.action, one.year, float(one.now), float(one.then))
                    for one in (*self.does, *self.instead)
                ),
            ),
            "limits": Table(
                ("limit", "family", "asks", "low", "high"),
                tuple((one.id, one.family, one.said, one.cost.low, one.cost.high) for one in self.obstacles),
            ),
            "flips": Table(
                ("what", "of_limit", "tried", "no_plan", "low", "high"),
                tuple(
                    (
                        one.what,
                        one.of_limit,
                        one.tried,
                        one.no_plan,
                        *((one.between.low, one.between.high) if one.between else (None, None)),
                    )
                    for one in self.flips
                ),
            ),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """Why it is in or out: what the other choice costs, which limits are in its way, what would turn it over."""
        cost = self.missing if self.verdict == "out" else self.worth
        if cost is None or not cost.known:
            return {}
        flips = [one.said for one in self.flips if one.said]
        ways = [f"turns over with {listed(flips, 'or')}"] if flips else []
        others = list(dict.fromkeys(one.partnership for one in self.instead))
        if others:
            ways.append(f"{'with' if self.verdict == 'out' else 'without'} it other decisions on {some(others)}")
        reason = Reason(
            self.partnership,
            self.verdict,
            end(cost.low),
            end(cost.high),
            tuple(one.id for one in self.obstacles if one.cost.high > 0),
            "; ".join(ways),
        )
        return {self.partnership: exhibit(self.about, WHY, WhyNot((reason,)), WHY_SAID)}


WHY = "Why in, why out"
WHY_SAID = (
    "What the other choice would cost the whole portfolio, all else planned anew, and which limits stand in the way."
)
ANSWER = Explain


def explain(
    instance: Instance,
    partnership: str,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    plan: Plan | None = None,
    tolerance: float = 0.01,
    watch: Watch | None = None,
) -> Explain:
    """Why a partnership is in the best plan or not, and the least changes that would turn that over.

    plan        a plan to start from, say that of a run
    tolerance   of the factors at which decisions turn over

    Raises `InvalidInstance`, `InvalidModel`, `UnknownOption`; Ctrl-C ends it with what is known by then.
    """
    desk = Desk("explain", instance, model, means or Means(), watch)
    (chosen,) = chosen_partnerships(desk.instance, [partnership])
    if not 1e-6 <= tolerance < 1:
        raise UnknownOption(f"a tolerance lies between 0.000001 and 1, not at {tolerance}")
    with desk.at_work():
        return _Study(desk, chosen, Decimal(repr(tolerance))).answer(plan)


@dataclass
class _Study:
    desk: Desk
    partnership: Partnership
    tolerance: Decimal
    flips: list[Flip] = field(default_factory=list)

    def answer(self, plan: Plan | None) -> Explain:
        desk, own = self.desk, self.partnership
        desk.expect(3)
        work = FromBase.of(desk, start=plan)
        with_it = without = None
        obstacles: list[Obstacle] = []
        does: list[Taken] = []
        instead: list[Taken] = []
        verdict: Verdict = "out"
        if work.base.plan is not None:
            cases = Cases.of(work.case, own)
            if cases.without is not None:
                starts = [work.without(own.id)]
                without = work.tighter(f"without {own.id}", cases.without, starts=starts, ties=True)
            if cases.forced is not None:
                with_it = work.tighter(f"with {own.id}", cases.forced, ties=True)
            verdict = self.verdict(work)
            other = with_it if verdict == "out" else without
            every = differing(work, None if other is None else other.plan)
            does = [one for one in every if one.partnership == own.id]
            instead = [one for one in every if one.partnership != own.id and one.now != one.then]
            if cases.forced is not None and with_it is not None and (with_it.plan is not None or with_it.infeasible):
                obstacles = self.obstacles(work.at(cases.forced, with_it))
            self.find_flips(work, verdict, without, with_it, obstacles)
        return Explain(
            about=About.of(desk, complete=not desk.due or work.base.plan is None),
            status=work.base.status,
            risk=risk_words(desk.model.objective.risk),
            partnership=own.id,
            name=own.title,
            in_force=own.start.state not in OUT,
            verdict=verdict,
            chance=chance_of(work, own) if work.base.plan is not None else Fraction(0),
            does=tuple(does),
            base=work.value,
            with_it=None if with_it is None else with_it.value,
            without_it=None if without is None else without.value,
            instead=tuple(instead),
            obstacles=tuple(obstacles),
            flips=tuple(self.flips),
        )

    def verdict(self, work: FromBase) -> Verdict:
        chance = chance_of(work, self.partnership)
        return "in" if chance == 1 else "in part" if chance else "out"

    def obstacles(self, work: FromBase) -> list[Obstacle]:
        """What each limit costs the best plan with the partnership, the dearest first."""
        names = every_name(self.desk.instance)
        self.desk.expect(len(names))
        gains = Gains(work).of({name: ignored(name) for _, name in names})
        found = [
            Obstacle(name, family, limit_words(self.desk.instance, family, name), gains[name])
            for family, name in names
            if name in gains and gains[name].high > 0
        ]
        return sorted(found, key=lambda one: -one.cost.low)

    def find_flips(
        self,
        work: FromBase,
        verdict: Verdict,
        without: Optimum | None,
        with_it: Optimum | None,
        obstacles: list[Obstacle],
    ) -> None:
        """The least change of each flow, and of each limit that matters."""
        own = self.partnership
        possible = own.start.state in OUT
        leaves = not possible and verdict == "out"
        if (without is None and not leaves) or (without is not None and without.infeasible and verdict != "out"):
            return  # there is no other way, whatever its terms
        self.desk.expect(12 if possible else 40)
        for flow in FLOWS:
            if self.desk.due or not flow_times(own, flow, MOST):
                continue
            far = (MOST if flow == "benefit" else LEAST) if verdict == "out" else (LEAST if flow == "benefit" else MOST)
            simple = possible and not _matters_while_out(own, flow) and not below_zero(own, flow)
            between = self.of_flow(work, flow, far, verdict, without if simple else None)
            if not self.desk.due:
                self.flips.append(Flip(flow, False, float(far), between))
        costly = {one.id for one in obstacles}
        other = with_it if leaves else without
        for limit in every_limit(self.desk.instance):
            if limit.id in costly:
                most = LOOSEST if limit.family != "requirements" else Decimal(1)
                self.of_limit(work, limit, most, verdict, None)
            self.of_limit(work, limit, TIGHTEST, verdict, other)

    def of_limit(self, work: FromBase, limit: Limit, far: Decimal, verdict: Verdict, other: Optimum | None) -> None:
        """Where the decision turns over as a limit is loosened, or tightened, by a share."""

        def standing(share: Decimal) -> Standing:
            change = limit.share(share)
            made = work.case if change is None else work.made(change)
            if far < 0 and work.remains(made):
                return "as today"
            return self.standing(work, made, verdict, other)

        def size(share: Decimal) -> float:
            return float(1 - share if limit.family == "requirements" else 1 + share)

        if self.desk.due or limit.share(far) is None:
            return
        near, tried, end = Decimal(0), size(far), standing(far)
        if end != "as today":
            while abs(far - near) > (self.tolerance if end == "turned" else COARSE) and not self.desk.due:
                middle = self.middle(near, far)
                found = standing(middle)
                near, far, end = (middle, far, end) if found == "as today" else (near, middle, found)
        if self.desk.due:
            return
        if end == "turned":
            ends = sorted((size(near), size(far)))
            self.flips.append(Flip(limit.name, True, tried, Interval(ends[0], ends[1])))
        else:
            self.flips.append(Flip(limit.name, True, size(near) if end == "no plan" else tried, None, end == "no plan"))

    def of_flow(
        self, work: FromBase, flow: str, far: Decimal, verdict: Verdict, without: Optimum | None
    ) -> Interval | None:
        """Factors between which the decision turns over."""

        def made(factor: Decimal) -> Applied:
            return work.made(*flow_times(self.partnership, flow, factor))

        if without is None:
            return self.bisected(lambda factor: self.standing(work, made(factor), verdict) != "turned", far)
        return self.by_plans(work, made, far, verdict, without.value)

    def by_plans(
        self, work: FromBase, made: Callable[[Decimal], Applied], far: Decimal, verdict: Verdict, without: Interval
    ) -> Interval | None:
        """The flip of a possible partnership: plans found are audited on, and solves made just beyond."""
        near = Decimal(1)
        step = self.tolerance if far > near else -self.tolerance
        margin = EQUAL * max(abs(without.high), 1.0)

        def beats(plan: Plan, factor: Decimal) -> bool:
            found = work.audit(made(factor), plan)
            return found.ok and float(found.objective) > without.high + margin

        def solved(factor: Decimal) -> Plan | None:
            """A plan that beats being without it; None if there is none, or none is found."""
            found = work.solved(work.asks(f"at {factor:.0%}", made(factor), starts=(work.plan,)))
            return found.plan if found.value.low > without.high + margin else None

        def last(plan: Plan, good: Decimal, bad: Decimal) -> Decimal:
            """The farthest factor from `good` towards `bad` at which the plan beats, to half the tolerance."""
            while abs(good - bad) > self.tolerance / 4:
                middle = self.middle(good, bad)
                good, bad = (middle, bad) if beats(plan, middle) else (good, middle)
            return good

        if verdict == "out":
            plan = solved(far)
            if plan is None:
                return None
            while not self.desk.due and abs(far - near) > self.tolerance:
                far = last(plan, far, near)
                plan = solved(far - step) if abs(far - near) > self.tolerance else None
                if plan is None:
                    break
                far -= step
            return _between(max(near, far - step) if step > 0 else min(near, far - step), far)
        plan = work.plan
        while not self.desk.due:
            if beats(plan, far):
                return None
            near = last(plan, near, far)
            beyond = min(far, near + step) if step > 0 else max(far, near + step)
            better = solved(beyond)
            if better is None:
                return _between(near, beyond)
            if beyond == far:
                return None
            near, plan = beyond, better
        return None

    def standing(self, work: FromBase, made: Applied, verdict: Verdict, known: Optimum | None = None) -> Standing:
        """Whether the decision is what it is today in an edited case.

        `known` is what the best plan is compared with today, where the case asks no less than today's: whatever is
        worth more than that is worth more than what it becomes.
        """
        left = verdict == "out" and self.partnership.start.state not in OUT
        outside = verdict == "out" and not left
        cases = Cases.of(made, self.partnership)
        other = cases.forced if left else cases.without
        if other is None:
            return "as today"
        best = work.solved(work.asks(f"{self.partnership.id}, other terms", made, starts=(work.plan,)))
        if best.infeasible:
            return "no plan"
        margin = EQUAL * max(abs(best.value.low), 1.0)
        if known is not None and not outside and best.value.low > known.value.high + margin:
            return "as today"
        than = None if known is None or known.plan is None else work.audit(other, known.plan)
        if than is not None and than.ok and than.objective == known.exact:  # type: ignore[union-attr]
            value = known.value  # type: ignore[union-attr]
        else:
            starts = (work.without(self.partnership.id),)
            value = work.solved(
                work.asks(f"{self.partnership.id}, other terms, the other way", other, starts=starts)
            ).value
        return "as today" if (best.value.low > value.high + margin) != outside else "turned"

    def middle(self, one: Decimal, other: Decimal) -> Decimal:
        """Between two factors, in no more digits than the tolerance needs."""
        return ((one + other) / 2).quantize(Decimal(1).scaleb(self.tolerance.adjusted() - 2))

    def bisected(self, still: Callable[[Decimal], bool], far: Decimal) -> Interval | None:
        """The flip nearest to where a bisection from today to `far` leads."""
        near = Decimal(1)
        if still(far) or self.desk.due:
            return None
        while abs(far - near) > self.tolerance and not self.desk.due:
            middle = self.middle(near, far)
            near, far = (middle, far) if still(middle) else (near, middle)
        return _between(near, far)


def _matters_while_out(own: Partnership, flow: str) -> bool:
    """Whether a partnership may have any of these flows without being in force."""
    within = any(action.to in OUT and any(state in OUT for state in action.from_) for action in own.actions)
    return within or any(any(values_of(getattr(own.state(name), flow))) for name in OUT)


def _between(one: Decimal, other: Decimal) -> Interval:
    return Interval(float(min(one, other)), float(max(one, other)))
