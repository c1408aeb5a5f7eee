"""How sure decisions are, and what a plan promises too much, when the figures behind it are estimates.

**Error model.** What a partnership earns is estimated with a relative standard error σ_p, given, or read from its
readiness g: σ = high + g·(low − high). In a draw, its benefits and terminal values are multiplied by one factor of mean
1 (log-normal: exp(s·z − s²/2) with s² = ln(1 + σ²), z standard normal), drawn for every partnership by itself from the
seed, the number of the draw and its id; so draws stay what they are when partnerships come or go. Budgets, capital,
effort, proceeds and all limits are left alone: a plan that is feasible for one draw is so for all.

**How sure.** The optimum of every draw is solved. The share of draws whose optimum takes a decision in some scenario is
told with a 90 % interval (Wilson 1927).

**Optimizer's curse** (Smith and Winkler, Management Science 2006). The plan that looks best is likelier than others to
owe its place to errors in its favour, so on average it earns less than it promises. How much is estimated by letting
the figures at hand stand for the truth (parametric bootstrap): draw k shows a planner values U_k; x_k is best for them,
promises U_k(x_k), and in truth earns U(x_k). The expected shortfall E[U_k(x_k) − U(x_k)] is the mean of

    gain_k = U_k(x_k) − U_k(x*) ≥ 0        what choosing by erroneous figures adds to the promise
    loss_k = U(x*) − U(x_k) ≥ 0            what it loses in truth

and of U_k(x*) − U(x*), x* being the best plan at hand. With the mean as the objective the errors of one plan cancel out
on average: the last term has mean 0 and is left out, which makes the estimate far sharper. Under a measure of risk it
has not, and stays in. What the plan promises less the shortfall is what it should be expected to earn, to be compared
between plans and years; it says nothing of errors that all figures share, and as the figures at hand spread more than
the truth does, near ties are somewhat rarer in this computation than in reality.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import numpy as np

from portfolioopt.audit import Auditor
from portfolioopt.errors import UnknownOption
from portfolioopt.language.instance import Instance
from portfolioopt.language.partnership import ELEMENTS, AtEffect, During, Partnership
from portfolioopt.language.values import LARGEST, MOST_DIGITS, SMALLEST
from portfolioopt.plan import Plan
from portfolioopt.solution.request import Request
from portfolioopt.studies.alternatives.apart import Act, Yardstick
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.interval import Interval

UNREADY, READY = 0.4, 0.1
"""Relative standard errors at readiness 0 and 1; a partnership without readiness has the latter."""
NORMAL_90 = 1.6448536269514722
FACTOR_DIGITS = Decimal("1e-6")
CONTEXT = Context(prec=MOST_DIGITS - 2, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Errors:
    """Relative standard errors of what partnerships earn, linear in readiness."""

    unready: float = UNREADY
    ready: float = READY

    def __post_init__(self) -> None:
        if not all(math.isfinite(one) and 0 <= one <= 10 for one in (self.unready, self.ready)):
            raise UnknownOption("a relative standard error lies between 0 and 10 (1000%)")

    @property
    def none(self) -> bool:
        return self.unready == self.ready == 0

    def of(self, instance: Instance, partnership: Partnership) -> float:
        """σ of a partnership."""
        own = partnership.readiness
        if own is None:
            return self.ready
        weights = instance.readiness.weights
        g = sum(float(getattr(weights, one)) * (float(getattr(own, one)) - 1) / 4 for one in ELEMENTS)
        return self.unready + g * (self.ready - self.unready)


@dataclass(frozen=True)
class Sureness:
    """How often a decision is part of the optimum, in some scenario, when figures err."""

    partnership: str
    action: str
    share: float
    """Of the draws."""
    low: float
    high: float
    """Ends of its 90 % interval."""


@dataclass(frozen=True)
class Curse:
    """What the best plan promises, and what it should be expected to earn."""

    draws: int
    promised: float
    shortfall: float
    standard_error: float
    """Of the shortfall, from the draws."""
    flattered: float
    """Mean of what choosing by erroneous figures adds to the promise."""
    misled: float
    """Mean of what it loses in truth."""
    same_plan: float
    """Share of the draws whose optimum is the best plan, but for years and cosmetics."""
    unready: float
    ready: float

    @property
    def expected(self) -> float:
        """Promise less shortfall."""
        return self.promised - self.shortfall


def drawn(instance: Instance, errors: Errors, seed: int, draw: int) -> Instance:
    """The instance as a planner with other errors would have seen it."""
    partnerships = tuple(
        _scaled(one, _factor(errors.of(instance, one), seed, draw, one.id)) for one in instance.partnerships
    )
    return instance.model_copy(update={"partnerships": partnerships})


def sampled(
    desk: Desk, yardstick: Yardstick, best: Plan, promised: Interval, errors: Errors, draws: int, against: Plan
) -> tuple[list[Sureness], Curse | None]:
    """Optima of as many draws as time allows; nothing where there was none."""
    truth = Auditor(desk.instance, desk.model, against)
    exact = truth.audit(best, tables=False).objective
    pattern = yardstick.pattern(best)
    gains, losses, errors_of_best, same = [], [], [], 0
    taken: dict[Act, int] = dict.fromkeys(yardstick.acts, 0)
    count = 0
    for draw in range(draws):
        if desk.due:
            break
        seen = drawn(desk.instance, errors, desk.seed, draw)
        found = desk.optimum(f"draw {draw + 1}", seen, request=Request(against=against, starts=(best,)))
        if found.plan is None or found.exact is None or found.stop_reason == "interrupted":
            break
        count += 1
        at_best = Auditor(seen, desk.model, against).audit(best, tables=False).objective
        in_truth = truth.audit(found.plan, tables=False).objective
        gains.append(float(found.exact - at_best))
        losses.append(float(exact - in_truth))
        errors_of_best.append(float(at_best - exact))
        own = yardstick.pattern(found.plan)
        same += not yardstick.distinct(own, pattern)
        for act in {(partnership, action) for _, partnership, action in own}:
            taken[act] += 1
    if not count:
        return [], None
    risk = desk.model.objective.risk
    short = np.array(gains) + np.array(losses)
    if risk is not None and risk.weight:
        short = short + np.array(errors_of_best)
    sure = [Sureness(*act, times / count, *wilson(times / count, count)) for act, times in sorted(taken.items())]
    spread = float(short.std(ddof=1) / math.sqrt(count)) if count > 1 else math.inf
    return sure, Curse(
        draws=count,
        promised=promised.low,
        shortfall=float(short.mean()),
        standard_error=spread,
        flattered=float(np.mean(gains)),
        misled=float(np.mean(losses)),
        same_plan=same / count,
        unready=errors.unready,
        ready=errors.ready,
    )


def wilson(share: float, count: int) -> tuple[float, float]:
    """Ends of the 90 % interval of a share of so many draws (Wilson 1927)."""
    z2 = NORMAL_90**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = NORMAL_90 * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def _factor(sigma: float, seed: int, draw: int, partnership: str) -> Decimal:
    """Log-normal of mean 1 and relative standard deviation σ, in six decimals."""
    spread = math.sqrt(math.log1p(sigma**2))
    rng = np.random.default_rng([seed, draw, zlib.crc32(partnership.encode())])
    value = math.exp(spread * float(rng.standard_normal()) - spread**2 / 2)
    return Decimal(repr(value)).quantize(FACTOR_DIGITS)


def _scaled(partnership: Partnership, factor: Decimal) -> Partnership:
    """The partnership with benefits and terminal values multiplied."""
    if factor == 1:
        return partnership
    states = {name: _flows(state, factor) for name, state in partnership.states.items()}
    actions = tuple(
        action.model_copy(
            update={"during": _flows(action.during, factor), "at_effect": _flows(action.at_effect, factor)}
        )
        for action in partnership.actions
    )
    return partnership.model_copy(update={"states": states, "actions": actions})


def _flows(record: Any, factor: Decimal) -> Any:
    """A record of flows with its benefits and terminal values multiplied; what is not written stays so."""
    assert isinstance(record, During | AtEffect)
    update: Mapping[str, Any] = {
        key: _times(getattr(record, key), factor) for key in ("benefit", "terminal") if key in record.model_fields_set
    }
    return record.model_copy(update=update) if update else record


def _times(value: Decimal | tuple[Decimal, ...], factor: Decimal) -> Decimal | tuple[Decimal, ...]:
    if isinstance(value, tuple):
        return tuple(_product(one, factor) for one in value)
    return _product(value, factor)


def _product(value: Decimal, factor: Decimal) -> Decimal:
    """Rounded to what an instance can hold."""
    product = CONTEXT.multiply(value, factor)
    if abs(product) < SMALLEST:
        return Decimal(0)
    return value if abs(product) >= LARGEST else product
