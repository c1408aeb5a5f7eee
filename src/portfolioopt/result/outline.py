"""What a reader of a result must know of its instance and model, so that a saved result can be shown by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portfolioopt.language import families
from portfolioopt.language.families import FAMILY_NAMES, SOFT_FAMILIES
from portfolioopt.language.instance import Instance, Scenario
from portfolioopt.language.model import Model
from portfolioopt.language.partnership import Partnership
from portfolioopt.language.values import series_at
from portfolioopt.result.wording import limit_words, risk_words


@dataclass(frozen=True, slots=True)
class ActionOutline:
    """An action that a partnership may take."""

    id: str
    kind: str
    to: str
    notice_years: int
    lead_years: int

    @property
    def delay(self) -> int:
        """Years from the decision to its effect."""
        return self.notice_years + self.lead_years


@dataclass(frozen=True, slots=True)
class PartnershipOutline:
    """A partnership: what it is called, where it starts, what it may do."""

    id: str
    title: str
    domain: str | None
    partners: tuple[str, ...]
    start_state: str
    states: tuple[str, ...]
    actions: tuple[ActionOutline, ...]

    def action(self, name: str) -> ActionOutline:
        """The action with that id; raises KeyError."""
        for action in self.actions:
            if action.id == name:
                return action
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class ScenarioOutline:
    """A future and its probability."""

    name: str
    probability: Decimal


@dataclass(frozen=True, slots=True)
class LimitOutline:
    """A limit, link or rule, and what it asks in words."""

    id: str
    family: str
    words: str


@dataclass(frozen=True, slots=True)
class CapitalOutline:
    """The budget of each scenario by year, drivers applied, and the shares carried over and spent again."""

    budget: dict[str, tuple[Fraction, ...]]
    carry_over: Decimal
    recycle: Decimal


@dataclass(frozen=True, slots=True)
class Outline:
    """Names, years, futures, partnerships and limits; no flows."""

    instance: str
    model: str
    currency: str
    first_year: int
    years: int
    discount_rate: Decimal
    scenarios: tuple[ScenarioOutline, ...]
    review_years: tuple[int, ...]
    partnerships: tuple[PartnershipOutline, ...]
    limits: tuple[LimitOutline, ...]
    capital: CapitalOutline | None
    risk: str
    """The measure of the bad cases in words; empty without one."""
    changes_against: str
    """What changes are priced against; empty where they are not priced."""

    @property
    def calendar(self) -> range:
        return range(self.first_year, self.first_year + self.years)

    def partnership(self, name: str) -> PartnershipOutline:
        """The partnership with that id; raises KeyError."""
        for partnership in self.partnerships:
            if partnership.id == name:
                return partnership
        raise KeyError(name)

    def words(self, limit: str) -> str:
        """What a limit asks; its id where it is unknown."""
        return next((known.words for known in self.limits if known.id == limit), limit)


def outline_of(instance: Instance, model: Model) -> Outline:
    """The outline of an instance under a model."""
    reviews = instance.review_years
    return Outline(
        instance=instance.name,
        model=model.name,
        currency=instance.currency,
        first_year=instance.horizon.first_year,
        years=instance.horizon.years,
        discount_rate=instance.discount_rate,
        scenarios=tuple(ScenarioOutline(future.name, future.probability) for future in instance.futures),
        # the first year is always a review year
        review_years=tuple(
            sorted({instance.horizon.first_year, *(instance.horizon.calendar if reviews is None else reviews)})
        ),
        partnerships=tuple(_partnership(partnership) for partnership in instance.partnerships),
        limits=_limits(instance),
        capital=_capital(instance),
        risk=risk_words(model.objective.risk),
        changes_against="" if model.changes is None else model.changes.against,
    )


def _partnership(partnership: Partnership) -> PartnershipOutline:
    return PartnershipOutline(
        id=partnership.id,
        title=partnership.title,
        domain=partnership.domain,
        partners=partnership.partners,
        start_state=partnership.start.state,
        states=partnership.state_names,
        actions=tuple(
            ActionOutline(action.id, action.kind, action.to, action.notice_years, action.lead_years)
            for action in partnership.actions
        ),
    )


def _limits(instance: Instance) -> tuple[LimitOutline, ...]:
    found = []
    for family in FAMILY_NAMES:
        if family not in SOFT_FAMILIES:
            continue
        names = [name for _, name in families.module(family).ids(getattr(instance, family))]
        if family == "capital" and instance.capital is not None:
            names = ["capital"]
        found += [LimitOutline(name, family, limit_words(instance, family, name)) for name in names]
    return tuple(found)


def _capital(instance: Instance) -> CapitalOutline | None:
    capital = instance.capital
    if capital is None:
        return None
    betas = capital.sensitivity.budget
    return CapitalOutline(
        budget={
            future.name: tuple(
                Fraction(series_at(capital.budget, year)) * _factor(betas, future, year)
                for year in range(instance.horizon.years)
            )
            for future in instance.futures
        },
        carry_over=capital.carry_over,
        recycle=capital.recycle,
    )


def _factor(betas: Mapping[str, Decimal], future: Scenario, year: int) -> Fraction:
    """max(0, 1 + Σ β·(level − 1)), the driver factor of the language."""
    moved = sum(
        (
            Fraction(beta) * (Fraction(series_at(future.drivers.get(driver, Decimal(1)), year)) - 1)
            for driver, beta in betas.items()
        ),
        Fraction(0),
    )
    return max(Fraction(0), 1 + moved)
