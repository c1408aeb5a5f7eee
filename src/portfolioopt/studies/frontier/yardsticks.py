"""What value is held against: risk, capital, an exposure, a requirement; how it is measured, and by which model.

A limit that is itself what value is held against is let go, so that the frontier shows both sides of it: an exposure's
amount, a requirement that has to be met. A requirement whose shortfall costs money keeps its cost.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portfolioopt.errors import UnknownOption
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.instance import Instance
from portfolioopt.language.levels import Covered, Exposed, Level, Outlay, Worth
from portfolioopt.language.model import Model, Objective, Price
from portfolioopt.language.risk import Cvar
from portfolioopt.result.figures import percent

TAIL = Decimal("0.1")
KINDS = ("cvar", "capital", "exposure", "requirement")
FREE = Price(price=Decimal(0))


@dataclass(frozen=True)
class Yardstick:
    """What value is held against."""

    name: str
    """As it was asked for: cvar, capital, exposure:ID, requirement:ID."""
    title: str
    value_title: str
    level: Level
    model: Model
    """That says what a plan is worth."""
    cautious: Model | None = None
    """That maximizes the level itself, where a model can."""
    now: Fraction | None = None
    """The level that the limit asks for as it is."""

    @property
    def share(self) -> bool:
        """Whether it is told as a percentage."""
        return isinstance(self.level, Covered)


def yardstick(instance: Instance, model: Model, against: str, tail: Decimal | float | None = None) -> Yardstick:
    """The yardstick of that name; raises `UnknownOption`."""
    kind, _, name = against.partition(":")
    if kind not in KINDS or (kind in ("exposure", "requirement")) != bool(name):
        raise UnknownOption(f"a frontier is against cvar, capital, exposure:ID or requirement:ID, not {against!r}")
    if tail is not None and kind != "cvar":
        raise UnknownOption(f"a tail belongs to a frontier against cvar, not to one against {kind}")
    value = "expected NPV" if model.objective.risk is None or not model.objective.risk.weight else "objective"
    if kind == "cvar":
        return _cvar(model, tail)
    if kind == "capital":
        return Yardstick(against, "most capital laid out at any time", value, Outlay(), model)
    if kind == "exposure":
        return _exposure(instance, model, name, value)
    return _requirement(instance, model, name, value)


def _cvar(model: Model, tail: Decimal | float | None) -> Yardstick:
    own = model.objective.risk
    share = (own.tail if isinstance(own, Cvar) else TAIL) if tail is None else Decimal(str(tail))
    if not 0 < share <= 1:
        raise UnknownOption(f"a tail is a share above 0 and at most 1, not {share}")
    measure = Objective(risk=Cvar(measure="cvar", tail=share, weight=Decimal(1)))
    return Yardstick(
        "cvar",
        f"mean of the worst {percent(Fraction(share))}",
        "expected NPV",
        Worth(measure),
        model.model_copy(update={"objective": Objective()}),
        model.model_copy(update={"objective": measure}),
    )


def _exposure(instance: Instance, model: Model, name: str, value: str) -> Yardstick:
    limit = next((one for one in instance.exposures if one.id == name), None)
    if limit is None:
        known = [one.id for one in instance.exposures]
        raise UnknownOption(f"there is no exposure called {name}; {_known(name, known)}")
    caps = limit.at_most if isinstance(limit.at_most, tuple) else (limit.at_most,)
    now = None if caps[0] is None or len(set(caps)) > 1 else Fraction(caps[0])
    free = model if limit.at_most is None else _without(model, "exposures", name)
    return Yardstick(f"exposure:{name}", f"most at risk under {limit.tag}", value, Exposed(name), free, now=now)


def _requirement(instance: Instance, model: Model, name: str, value: str) -> Yardstick:
    limit = next((one for one in instance.requirements if one.id == name), None)
    if limit is None:
        known = [one.id for one in instance.requirements]
        raise UnknownOption(f"there is no requirement called {name}; {_known(name, known)}")
    asked = limit.at_least if isinstance(limit.at_least, tuple) else (limit.at_least,)
    if not any(amount > 0 for amount in asked):
        raise UnknownOption(f"{name} asks for nothing in any year: there is no share of it to hold value against")
    free = model if limit.shortfall_cost is not None else _without(model, "requirements", name)
    title = f"least share of {name} provided"
    return Yardstick(f"requirement:{name}", title, value, Covered(name), free, now=Fraction(1))


def _without(model: Model, family: str, name: str) -> Model:
    """The model where a limit that is hard costs nothing to exceed."""
    if model.price(family, name) is not None:
        return model
    return model.model_copy(update={"limits": {**model.limits, name: FREE}})


def _known(name: str, known: list[str]) -> str:
    return did_you_mean(name, known) if known else "the instance has none"


def pooled(instance: Instance, model: Model) -> tuple[Instance, Outlay]:
    """The instance without yearly budgets, and the level that must be 0 at most instead: one budget for all years.

    In every scenario all that is drawn up to any year, less the share of proceeds that is spent again, is at most the
    sum of its yearly budgets. Raises `UnknownOption` where there are none, or where they bend.
    """
    from portfolioopt.audit.futures import Futures

    capital = instance.capital
    if capital is None:
        raise UnknownOption("the instance has no capital budget, so there are no yearly budgets to do without")
    if model.price("capital", "capital") is not None:
        raise UnknownOption("the model lets capital bend at a price: yearly budgets have no other price to be told")
    futures = Futures(instance)
    budget = capital.budget if isinstance(capital.budget, tuple) else (capital.budget,) * instance.horizon.years
    totals = tuple(
        (
            name,
            sum(
                (
                    Fraction(amount) * Fraction(futures.factor(capital.sensitivity.budget, scenario, year))
                    for year, amount in enumerate(budget)
                ),
                Fraction(0),
            ),
        )
        for scenario, name in enumerate(futures.names)
    )
    return instance.model_copy(update={"capital": None}), Outlay(Fraction(capital.recycle), totals)
