"""What each partnership is worth to the whole portfolio: its walk-away price, or what is missing before signing.

    base        the optimum of the instance
    without     a possible one: never entered. One in force: left as early as its own terms allow, and for good
    with        a possible one: entered in every scenario. One in force: never left
    as it is    one in force: none of its actions taken, it goes on as it stands today

    walk-away price         base − without      ≥ 0: the most to pay for having it
    missing                 base − with         ≥ 0: what its terms must improve by before one signs (or keeps) it
    worth of acting         base − as it is     ≥ 0: what may be done with one in force, against leaving it alone

All are differences of optima: the rest of the portfolio is planned anew each time. Where the best plan is one without
the partnership, its price is 0 without any solve, as that plan remains; the same holds for the others. An optimum over
no plans at all makes the difference unlimited: a partnership without which no plan keeps the limits, or one that no
plan with it can. One in force that its own terms do not let go within the horizon has no `without`.

**Paid from the budget of a year y.** A payment of P from the budget of y costs P·discount(y) at time 0, and leaves P
less for all else. v(P), the optimum with P taken out of the budget of y, falls in steps as P grows, so

    most to pay             the largest P with v(P) − discount(y)·P ≥ without           (v falls, so does the left side)
                            (without it no plan at all: all that can be paid, unlimited where no hard budget ends it)
    missing                 the smallest P with v(P) + discount(y)·P ≥ base, where v(P) is the optimum `with` it and
                            with P more in the budget

A solve at P tells more than its own sign: between two steps v is constant, so where v(P) − discount·P is below
`without`, every P' ≤ (v(P) − without)/discount is still paid, as the plan found at P remains; where it is not below,
no P' > (v(P) − without)/discount is. The bisection closes from both sides and often ends exactly; else within the
tolerance.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit.money import Discounting
from portfolioopt.cases import Applied, Change, add, apply, case, forbid, force
from portfolioopt.errors import InvalidCase, UnknownOption
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.partnership import NONE, Partnership
from portfolioopt.language.values import series_at
from portfolioopt.plan import Plan
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, WalkAway, WalkAwayPrice
from portfolioopt.result.figures import decimals_for
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import risk_words
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import end, exhibit, told
from portfolioopt.studies.from_base import FromBase, lost
from portfolioopt.studies.interval import NEVER, Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.terms import OUT

MOST_STEPS = 60
"""Halvings after which a bisection ends, whatever its tolerance."""
BEYOND = 1000
"""How many times a purse is tried before a payment is told to be unlimited: budgets may grow with drivers."""
LEAST = 1e-9
"""Least tolerance of a price, relative to the optimum."""
NOTHING = Interval(0.0, 0.0)


@dataclass(frozen=True)
class DealPrice:
    """What one partnership is worth to the whole portfolio; None where the question makes no sense for it."""

    partnership: str
    name: str
    in_force: bool
    """Whether it is in force today."""
    chance: Fraction
    """Probability that the best plan enters it or, where it is in force, keeps it to the end."""
    without: Interval | None
    """Optimum without it; None where its own terms do not let it go."""
    price: Interval | None
    """Walk-away price at time 0."""
    forced: Interval | None
    """Optimum with it in every scenario; None where no action enters it."""
    missing: Interval | None
    """What is missing before it is signed (or kept) in every scenario, at time 0."""
    as_it_is: Interval | None
    """Optimum with none of its actions; None unless it is in force."""
    acting: Interval | None
    """What may be done with it, at time 0."""


@dataclass(frozen=True)
class PaidIn:
    """A price or what is missing, in money of the capital budget of one year."""

    partnership: str
    year: int
    price: Interval | None
    missing: Interval | None
    tolerance: float
    """Width up to which it was asked to be told, in money of that year."""


@dataclass(frozen=True)
class PriceDeals:
    """Walk-away prices; the most valuable partnership first."""

    about: About
    status: Status
    """Of the base case."""
    risk: str
    base: Interval
    spared: int
    """Cases answered without a solve, as the best plan remains in them."""
    deals: tuple[DealPrice, ...]
    paid: tuple[PaidIn, ...] = ()

    def tables(self) -> dict[str, Table]:
        """`deals`, one row per partnership; `paid_in`, one per partnership and year asked for."""
        ends = ("without", "price", "forced", "missing", "as_it_is", "acting")
        rows = [
            (
                one.partnership,
                one.name,
                one.in_force,
                float(one.chance),
                *(end for value in (getattr(one, key) for key in ends) for end in _ends(value)),
            )
            for one in self.deals
        ]
        names = [f"{key}_{side}" for key in ends for side in ("low", "high")]
        paid = [(one.partnership, one.year, *_ends(one.price), *_ends(one.missing), one.tolerance) for one in self.paid]
        sides = ("price_low", "price_high", "missing_low", "missing_high")
        return {
            "deals": Table(("partnership", "name", "in_force", "chance", *names), tuple(rows)),
            "paid_in": Table(("partnership", "year", *sides, "tolerance"), tuple(paid)),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """Walk-away prices, and of partnerships that are not taken in every scenario what is missing."""
        scale = max(abs(self.base.low), abs(self.base.high))
        if not math.isfinite(scale):
            return {}
        decimals = decimals_for([scale])
        prices = []
        for one in self.deals:
            if one.price is None:
                continue
            lacks = one.missing is not None and one.missing.high > 0
            said = f"lacks {told(one.missing, decimals, scale)} to be {'kept' if one.in_force else 'signed'}"
            prices.append(
                WalkAwayPrice(
                    one.partnership,
                    end(one.price.low),
                    end(one.price.high),
                    f"{said} in every scenario" if lacks else "",
                )
            )
        told_by = (
            "What the whole portfolio loses without each partnership, all else planned anew: the most to pay for it."
        )
        return {"": exhibit(self.about, "Walk-away prices", WalkAway(tuple(prices)), told_by)} if prices else {}


ANSWER = PriceDeals


def price_deals(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    deals: Iterable[str] | None = None,
    paid_in: Iterable[int] = (),
    tolerance: float = 0.001,
    watch: Watch | None = None,
) -> PriceDeals:
    """The walk-away price of every partnership, or of those named in `deals`.

    paid_in     years from whose capital budget the price is paid, too
    tolerance   of those prices, relative to the price at time 0

    Raises `InvalidInstance`, `InvalidModel`, `UnknownOption`; Ctrl-C ends it with what is known by then.
    """
    desk = Desk("price_deals", instance, model, means or Means(), watch)
    asked = chosen_partnerships(desk.instance, deals)
    years = sorted(set(paid_in))
    strange = [year for year in years if year not in desk.instance.horizon.calendar]
    if strange:
        horizon = desk.instance.horizon
        raise UnknownOption(f"{strange[0]} is not a year of the horizon, {horizon.first_year} to {horizon.last_year}")
    if not 0 < tolerance < 1:
        raise UnknownOption(f"a tolerance lies between 0 and 1, not at {tolerance}")
    with desk.at_work():
        return _Study(desk, asked, years, tolerance).answer()


def chosen_partnerships(instance: Instance, names: Iterable[str] | None) -> list[Partnership]:
    """The partnerships of these ids, all where none are given; raises `UnknownOption`."""
    known = {one.id: one for one in instance.partnerships}
    chosen = list(known if names is None else dict.fromkeys(names))
    for name in chosen:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UnknownOption(f"there is no partnership called {name}" + (f" ({hint})" if hint else ""))
    return [known[name] for name in chosen]


@dataclass(frozen=True)
class Cases:
    """The edited cases of one partnership; None where there is none such."""

    partnership: Partnership
    without: Applied | None
    forced: Applied | None
    as_it_is: Applied | None

    @staticmethod
    def of(base: Applied, partnership: Partnership) -> "Cases":
        """All that there are, edited from a base case."""
        name = partnership.id
        own = [forbid(name, action=action.id) for action in partnership.actions]
        in_force = partnership.start.state not in OUT
        return Cases(
            partnership,
            _made(base, forbid(name)),
            _made(base, force(name)),
            _made(base, *own) if in_force and own else None,
        )

    @property
    def names(self) -> tuple[str, str, str]:
        """What they are asked as."""
        name = self.partnership.id
        return f"without {name}", f"with {name}", f"as it is: {name}"

    def each(self, work: FromBase) -> Iterator[tuple[str, Applied, tuple[Plan, ...]]]:
        """Of those that there are: what it is asked as, the case, and what to start from."""
        removed = (work.without(self.partnership.id),)
        starts = (removed, (), removed)
        for asked, made, start in zip(self.names, (self.without, self.forced, self.as_it_is), starts, strict=True):
            if made is not None:
                yield asked, made, start


def _made(base: Applied, *changes: Change) -> Applied | None:
    try:
        return apply(case("edited", *changes), *base)
    except InvalidCase:
        return None


@dataclass
class _Study:
    desk: Desk
    partnerships: list[Partnership]
    years: list[int]
    tolerance: float
    paid: list[PaidIn] = field(default_factory=list)

    def answer(self) -> PriceDeals:
        desk = self.desk
        desk.expect(1)
        work = FromBase.of(desk)
        deals: list[DealPrice] = []
        if work.base.plan is not None:
            desk.doing("which cases the best plan answers")
            every = [Cases.of(work.case, one) for one in self.partnerships]
            left = [case for one in every for case in one.each(work) if not work.remains(case[1])]
            desk.expect(len(left) + 3 * len(self.years) * len(every))
            desk.ahead([work.takes(asked, made, starts=starts) for asked, made, starts in left])
            for one in every:
                if desk.due:
                    break
                deals.append(self.priced(work, one))
                for year in self.years:
                    if not desk.due:
                        self.paid.append(self.paid_in(work, one, deals[-1], year))
        deals.sort(key=_order)
        order = {one.partnership: number for number, one in enumerate(deals)}
        return PriceDeals(
            about=About.of(desk, complete=len(deals) == len(self.partnerships) or work.base.infeasible),
            status=work.base.status,
            risk=risk_words(desk.model.objective.risk),
            base=work.value,
            spared=work.spared,
            deals=tuple(deals),
            paid=tuple(sorted(self.paid, key=lambda one: (order[one.partnership], one.year))),
        )

    def priced(self, work: FromBase, cases: Cases) -> DealPrice:
        partnership = cases.partnership
        found = {asked: work.tighter(asked, made, starts=starts).value for asked, made, starts in cases.each(work)}
        without, forced, as_it_is = (found.get(asked) for asked in cases.names)
        return DealPrice(
            partnership.id,
            partnership.title,
            partnership.start.state not in OUT,
            chance_of(work, partnership),
            without,
            None if without is None else lost(work.value, without),
            forced,
            None if forced is None else lost(work.value, forced),
            as_it_is,
            None if as_it_is is None else lost(work.value, as_it_is),
        )

    def paid_in(self, work: FromBase, cases: Cases, deal: DealPrice, year: int) -> PaidIn:
        """The same prices in money of the capital budget of a year."""
        horizon = self.desk.instance.horizon
        discount = float(Discounting(self.desk.instance).cash[year - horizon.first_year])
        largest = max((one.high for one in (deal.price, deal.missing) if one is not None), default=0.0)
        scale = largest if math.isfinite(largest) else max(abs(work.value.low), 1.0)
        # no finer than what two optima of that size can be told apart by
        width = max(self.tolerance * scale, LEAST * max(abs(work.value.low), 1.0)) / discount
        name = cases.partnership.id
        price = missing = None
        if deal.price is not None and deal.without is not None:
            base = Applied(self.desk.instance, self.desk.model)

            def poorer(amount: float) -> Interval:
                made = Applied(paying(base.instance, year, amount), base.model)
                high = work.value.high - discount * amount
                found = work.solved(work.asks(f"{name} for {amount:,.4g} in {year}", made, high=high)).value
                return found + Interval.exactly(discount * amount) if found.known else found

            price = most_to_pay(poorer, deal.price, deal.without, discount, width, _purse(base.instance))
        if deal.missing is not None and cases.forced is not None:
            forced = cases.forced

            def richer(amount: float) -> Interval:
                made = richer_by(forced, year, amount)
                return work.solved(work.asks(f"{name} with {amount:,.4g} more in {year}", made)).value

            if deal.missing == NOTHING:
                missing = NOTHING
            elif _budget_fixed(self.desk.instance):
                missing = least_to_get(richer, deal.missing, work.value, discount, width, _plenty(forced.instance))
            else:
                missing = Interval(0.0, deal.missing.high / discount)
        return PaidIn(name, year, price, missing, width)


def most_to_pay(
    value_at: Callable[[float], Interval],
    price: Interval,
    without: Interval,
    discount: float,
    width: float,
    purse: float,
) -> Interval:
    """The largest P with v(P) − discount·P ≥ without, where v is non-increasing and v(0) − without = price.

    Where no plan does without it, all that can be paid is worth paying: v(P) > −∞. `purse` is a P beyond what hard
    budgets allow; what remains possible at a multiple of it, no budget limits.
    """
    low, high = 0.0, price.high / discount
    for amount in (purse, BEYOND * purse):
        if math.isfinite(high):
            break
        found = value_at(amount)
        if found == NEVER:
            high = amount
        elif without == NEVER and found.low > -math.inf:
            low = amount
        else:
            break
    if not math.isfinite(high):
        return Interval(math.inf if low == BEYOND * purse else low, math.inf)
    at = high if math.isfinite(price.high) else (low + high) / 2
    for _ in range(MOST_STEPS):
        if high - low <= width:
            break
        at = rounded_up(at, width)
        found = value_at(at)
        if not found.known:
            break
        before = (low, high)
        # v(P') ≤ v(at) for P' ≥ at; the plan found at `at` remains for P' ≤ at
        more, less = found.high - without.low, found.low - without.high
        if found == NEVER:
            high = max(low, min(high, at))
        elif not math.isnan(more):
            high = max(low, min(high, max(at, more / discount)))
        if not math.isnan(less):
            low = min(high, max(low, min(at, less / discount)))
        if (low, high) == before and at < high:
            break  # neither end can be told at this gap
        at = (low + high) / 2
    return Interval(low, high)


def least_to_get(
    value_at: Callable[[float], Interval],
    missing: Interval,
    base: Interval,
    discount: float,
    width: float,
    plenty: float,
) -> Interval:
    """The smallest P with v(P) + discount·P ≥ base, where v is non-decreasing and base − v(0) = missing.

    `plenty` is a P tried where no plan keeps the limits at P = 0.
    """
    low, high = 0.0, missing.high / discount
    at = high if math.isfinite(high) else plenty
    for _ in range(MOST_STEPS):
        if high - low <= width:
            break
        at = rounded_up(at, width)
        found = value_at(at)
        if not found.known:
            break
        before = (low, high)
        low = max(low, min(at, (base.low - found.high) / discount))
        high = max(low, min(high, max(at, (base.high - found.low) / discount)))
        if ((low, high) == before and at < high) or not math.isfinite(high):
            break
        at = (low + high) / 2
    return Interval(low, high)


def rounded_up(amount: float, width: float) -> float:
    """An amount with no more digits than a width of that size needs: long ones only make rows hard to keep."""
    if amount <= 0 or width <= 0:
        return amount
    places = max(0, 1 - math.floor(math.log10(width)))
    scale = float(10**places)
    return math.ceil(amount * scale) / scale


def paying(instance: Instance, year: int, amount: float) -> Instance:
    """The instance where an amount is paid from the capital budget of a year, whatever the plan.

    It flows in the state `none` of a partnership that can never be entered, so it is money and capital alike, and the
    same in every scenario.
    """
    profile = [Decimal(0)] * instance.horizon.years + [Decimal(0)]
    profile[year - instance.horizon.first_year] = Decimal(repr(amount))
    taken = {one.id for one in instance.partnerships}
    name = next(name for name in ("payment", *(f"payment_{n}" for n in range(len(taken) + 1))) if name not in taken)
    # some limits count partnerships by these; one that is never entered counts nowhere
    kind = {"type": "in_house", "domain": "platforms", "purpose": "strategic_flexibility"}
    payment = Partnership.model_validate({"id": name, "states": {NONE: {"capital": profile}}, **kind})
    return instance.model_copy(update={"partnerships": (*instance.partnerships, payment)})


def richer_by(made: Applied, year: int, amount: float) -> Applied:
    """The case with more in the budget of a year; where there is no budget, as it is."""
    if made.instance.capital is None:
        return made
    more = add(f"capital.budget.{year}", Decimal(repr(amount)))
    return apply(case("more", more), made.instance, made.model)


def chance_of(work: FromBase, partnership: Partnership) -> Fraction:
    """The probability that the base plan enters it, or keeps one in force to the end."""
    entering = {action.id for action in partnership.actions if action.to not in OUT}
    leaving = {action.id for action in partnership.actions if action.to in OUT}
    own = [one for one in work.plan.decisions if one.partnership == partnership.id]
    if partnership.start.state in OUT:
        return work.chance({one.scenario for one in own if one.action in entering})
    return 1 - work.chance({one.scenario for one in own if one.action in leaving})


def _budget_fixed(instance: Instance) -> bool:
    """Whether money can be put into the budget as it is: not where the budget varies with drivers."""
    return instance.capital is None or not instance.capital.sensitivity.budget


def _purse(instance: Instance) -> float:
    """An amount beyond all budgets together and all that partnerships could ever draw, or bring."""
    capital, years = instance.capital, range(instance.horizon.years)
    budgets = [] if capital is None else [abs(series_at(capital.budget, year)) for year in years]
    return float(sum(budgets, Decimal(0))) + _plenty(instance)


def _plenty(instance: Instance) -> float:
    """An amount beyond what all partnerships could ever draw."""
    drawn = [Decimal(1)]
    for partnership in instance.partnerships:
        flows: list[Sequence[Decimal]] = [state.capital for state in partnership.states.values()]
        flows += [action.during.capital for action in partnership.actions]
        flows += [(action.at_effect.capital,) for action in partnership.actions]
        drawn.append(max((max(flow, default=Decimal(0)) for flow in flows), default=Decimal(0)))
    return float(sum(drawn) * instance.horizon.years * 10)


def _ends(value: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if value is None else (value.low, value.high)


def _order(one: DealPrice) -> tuple[float, float, str]:
    """The dearest first; then those that miss least."""
    price = 0.0 if one.price is None else one.price.high
    return -price, 0.0 if one.missing is None else one.missing.low, one.partnership
