"""What one more unit, and one more step, of each limit is worth; what each limit costs its owner.

    price of a unit (a step)    the optimum with the limit loosened by it − the optimum         ≥ 0
    cost of a limit             the optimum where the limit is ignored − the optimum            ≥ 0

In a mixed-integer model these are differences of optima: a price may be 0 for one unit and large for ten.

A loosened limit cannot hurt, as the best plan remains; that it gains nothing must be proven from above. What proves it
for many at once: the optimum with several limits loosened together is at least that with any one of them loosened. So
limits are loosened together first; where that gains nothing, each of them is worth 0, exactly, and none is solved
alone. Where it gains, the group is split in two, down to single limits; what a group gains bounds its members.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from portfolioopt.errors import UnknownOption
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, PlainTable
from portfolioopt.result.figures import decimals_for, percent
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import limit_words, risk_words, some
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import exhibit, told
from portfolioopt.studies.from_base import FromBase
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.limits import Gains, Limit, every_limit, ignored
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch


@dataclass(frozen=True)
class LimitPrice:
    """What loosening one limit is worth, at time 0; None where it was not asked or cannot be loosened so."""

    id: str
    family: str
    year: int
    """Calendar year of the capital budget; 0 for all years of other limits."""
    unit: str
    """What one unit more is."""
    one_unit: Interval | None
    one_step: Interval | None


@dataclass(frozen=True)
class LimitCost:
    """What a limit as a whole costs: the gain if it were ignored."""

    id: str
    family: str
    said: str
    """What it asks for."""
    owner: str
    """Of a rule."""
    cost: Interval


@dataclass(frozen=True)
class PriceLimits:
    """Prices of limits in the order of the instance; costs, the dearest first."""

    about: About
    status: Status
    risk: str
    step: Decimal
    base: Interval
    spared: int
    """Limits answered without a solve of their own."""
    prices: tuple[LimitPrice, ...]
    costs: tuple[LimitCost, ...]

    def tables(self) -> dict[str, Table]:
        """`prices`, one row per limit (and year of the budget); `costs`, one per limit."""
        prices = [
            (one.id, one.family, one.year or None, one.unit, *_ends(one.one_unit), *_ends(one.one_step))
            for one in self.prices
        ]
        ends = ("unit_low", "unit_high", "step_low", "step_high")
        return {
            "prices": Table(("limit", "family", "year", "unit", *ends), tuple(prices)),
            "costs": Table(
                ("limit", "family", "asks", "owner", "low", "high"),
                tuple((one.id, one.family, one.said, one.owner, one.cost.low, one.cost.high) for one in self.costs),
            ),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """What more of each limit is worth, and what each limit costs; those that cost nothing in a sentence."""
        scale = max(abs(self.base.low), abs(self.base.high))
        if not math.isfinite(scale):
            return {}
        decimals = decimals_for([scale])
        more = tuple(
            (
                f"{one.id} {one.year}" if one.year else one.id,
                one.unit,
                told(one.one_unit, decimals + 1, scale),
                told(one.one_step, decimals, scale),
            )
            for one in self.prices
            if any(value is not None and value.high > 0 for value in (one.one_unit, one.one_step))
        )
        found = {}
        if more:
            columns = ("limit", "one unit", "is worth", f"{percent(float(self.step))} more")
            title = "What more of a limit is worth"
            found["more"] = exhibit(self.about, title, PlainTable(columns, more), "Limits not told gain nothing.")
        dear = [one for one in self.costs if one.cost.high > 0]
        free = [one.id for one in self.costs if one.cost.high <= 0]
        if self.costs:
            rows = tuple((one.id, told(one.cost, decimals, scale), one.said, one.owner or "-") for one in dear)
            said = [f"These cost nothing: {some(free, 12)}."] if free else []
            table = PlainTable(("limit", "costs", "asks for", "owner"), rows)
            found["costs"] = exhibit(
                self.about, "What limits cost", table, "What would be gained if a limit were ignored.", *said
            )
        return found


ANSWER = PriceLimits


def price_limits(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    limits: Sequence[str] | None = None,
    step: Decimal = Decimal("0.1"),
    watch: Watch | None = None,
) -> PriceLimits:
    """What one unit, and one step (a share), more of each limit is worth, and what ignoring it would be worth.

    `limits`: ids or families; all where none are given. Raises `InvalidInstance`, `InvalidModel`, `UnknownOption`;
    Ctrl-C ends it with what is known by then.
    """
    desk = Desk("price_limits", instance, model, means or Means(), watch)
    every = every_limit(desk.instance)
    known = {name for one in every for name in (one.id, one.family)}
    for name in limits or ():
        if name not in known:
            hint = did_you_mean(name, known)
            raise UnknownOption(f"there is no limit called {name}" + (f" ({hint})" if hint else ""))
    if not 0 < step <= 1:
        raise UnknownOption(f"a step is a share above 0, at most 1, not {step}")
    chosen = [one for one in every if limits is None or one.id in limits or one.family in limits]
    with desk.at_work():
        return _Study(desk, chosen, step).answer()


@dataclass
class _Study:
    desk: Desk
    chosen: list[Limit]
    step: Decimal
    spared: int = field(default=0)

    def answer(self) -> PriceLimits:
        desk = self.desk
        desk.expect(1)
        work = FromBase.of(desk)
        prices: list[LimitPrice] = []
        costs: list[LimitCost] = []
        names = list(dict.fromkeys((one.family, one.id) for one in self.chosen))
        if work.base.plan is not None:
            desk.expect(2 * len(self.chosen) + len(names))
            gains = Gains(work)
            units = gains.of({one.name + one.unit: one.by(Decimal(1)) for one in self.chosen})
            steps = gains.of({one.name + one.unit: one.share(self.step) for one in self.chosen})
            whole = gains.of({name: ignored(name) for _, name in names})
            prices = [
                LimitPrice(one.id, one.family, one.year, one.unit, units.get(key), steps.get(key))
                for one in self.chosen
                if (key := one.name + one.unit) in units or key in steps
            ]
            owners = {rule.id: rule.owner or "" for rule in desk.instance.rules}
            self.spared = gains.spared
            costs = [
                LimitCost(name, family, limit_words(desk.instance, family, name), owners.get(name, ""), whole[name])
                for family, name in names
                if name in whole
            ]
        costs.sort(key=lambda one: -one.cost.low)
        return PriceLimits(
            about=About.of(desk, complete=not desk.due or len(costs) == len(names)),
            status=work.base.status,
            risk=risk_words(desk.model.objective.risk),
            step=self.step,
            base=work.value,
            spared=self.spared,
            prices=tuple(prices),
            costs=tuple(costs),
        )


def _ends(value: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if value is None else (value.low, value.high)
