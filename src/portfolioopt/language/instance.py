"""An instance: the facts, whole. Today's portfolio, possible deals, limits, links, rules and scenarios."""

import json
import warnings
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, PrivateAttr, ValidationError

from portfolioopt.errors import Fault, InvalidInstance
from portfolioopt.language import families
from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.collector import collector_paused
from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.language.families.activity import Activity
from portfolioopt.language.families.capital import Capital
from portfolioopt.language.families.coordination import Coordination
from portfolioopt.language.families.exposures import Exposure
from portfolioopt.language.families.links import Link
from portfolioopt.language.families.moves import Moves
from portfolioopt.language.families.pools import Pool
from portfolioopt.language.families.requirements import Requirement
from portfolioopt.language.families.rules import Rule
from portfolioopt.language.families.skills import Skill
from portfolioopt.language.faults import faults_of
from portfolioopt.language.partnership import ELEMENTS, Partnership, Sensitivity
from portfolioopt.language.remainder import remainder
from portfolioopt.language.values import (
    Amount,
    AmountSeries,
    Label,
    Name,
    Record,
    Sequence,
    Share,
    Text,
)


class Horizon(Record):
    """Calendar years first_year … first_year + years − 1."""

    first_year: Annotated[int, Field(ge=1900, le=9000)]
    years: Annotated[int, Field(ge=1, le=100)]

    @property
    def last_year(self) -> int:
        return self.first_year + self.years - 1

    @property
    def calendar(self) -> range:
        return range(self.first_year, self.first_year + self.years)


class Weights(Record):
    """What each element of readiness weighs; the sum is 1."""

    shared_goals: Amount = Decimal("0.2")
    complementary_strengths: Amount = Decimal("0.2")
    governance: Amount = Decimal("0.2")
    culture: Amount = Decimal("0.2")
    exit_path: Amount = Decimal("0.2")


class ReadinessScale(Record):
    """How readiness g = Σ weight·(score − 1)/4 turns into realization of benefits and a yearly breakdown rate."""

    weights: Weights = Field(default_factory=Weights)
    realization: Annotated[tuple[Amount, Amount], Sequence] = (Decimal("0.6"), Decimal("1.0"))
    breakdown_rate: Annotated[tuple[Share, Share], Sequence] = (Decimal("0.12"), Decimal("0.02"))


class Scenario(Record):
    """One possible future with a probability; a driver not named stays at level 1."""

    name: Name
    probability: Share
    drivers: dict[Label, AmountSeries] = Field(default_factory=dict)


class Instance(Record):
    """The facts. `Instance.model_validate` checks all of it and raises `InvalidInstance` with every fault."""

    format: Literal["portfolioopt-instance/1"]
    name: Name
    description: Text = ""
    currency: Name = "money"
    horizon: Horizon
    discount_rate: Amount
    cash_timing: Literal["start", "mid", "end"] = "mid"
    partnerships: Annotated[tuple[Partnership, ...], Sequence, Field(min_length=1)]
    readiness: ReadinessScale = Field(default_factory=ReadinessScale)
    capital: Capital | None = None
    skills: dict[Label, Skill] = Field(default_factory=dict)
    exposures: Annotated[tuple[Exposure, ...], Sequence] = ()
    requirements: Annotated[tuple[Requirement, ...], Sequence] = ()
    pools: Annotated[tuple[Pool, ...], Sequence] = ()
    coordination: Coordination | None = None
    activity: Annotated[tuple[Activity, ...], Sequence] = ()
    moves: Annotated[tuple[Moves, ...], Sequence] = ()
    links: Annotated[tuple[Link, ...], Sequence] = ()
    rules: Annotated[tuple[Rule, ...], Sequence] = ()
    drivers: Annotated[tuple[Label, ...], Sequence] = ()
    scenarios: Annotated[tuple[Scenario, ...], Sequence] = ()
    review_years: Annotated[tuple[int, ...], Sequence] | None = None

    _checked: int = PrivateAttr(default=0)
    """id of the object that was cross-checked: a changed copy is another one"""

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """The instance that a mapping in the shape of an instance file describes.

        Raises `InvalidInstance`, whose `faults` name everything that is wrong, by key path.
        """
        if isinstance(obj, cls):
            return checked(obj)
        faults: list[Fault] = []
        try:
            with collector_paused():
                instance = super().model_validate(obj, **options)
        except ValidationError as error:
            faults = faults_of(error, cls, obj)
            rest = remainder(obj, error, super().model_validate) if isinstance(obj, Mapping) else None
            if rest is not None:
                # what is left may still contradict itself: tell that too; but a part without an id may be what
                # others look for
                nameless = any(fault.path[-1:] == ("id",) for fault in faults)
                faults += [fault for fault in rest.told(check(rest.value).faults) if not (nameless and fault.sought)]
            raise InvalidInstance(faults) from None
        with collector_paused():
            _cross_checked(instance)
        return instance

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """As `model_validate`, from JSON text; numbers are kept as written."""
        try:
            obj = json.loads(json_data, parse_float=Decimal)
        except ValueError as error:
            raise InvalidInstance([Fault((), f"is not JSON: {error}")]) from None
        return cls.model_validate(obj, **options)

    def __eq__(self, other: object) -> bool:
        """The same facts, whether or not either has been checked."""
        return type(other) is type(self) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    @property
    def futures(self) -> tuple[Scenario, ...]:
        """The scenarios; where none are given, one with every level at 1."""
        return self.scenarios or (ONLY_FUTURE,)

    def partnership(self, name: str) -> Partnership:
        """The partnership with that id; raises KeyError."""
        for partnership in self.partnerships:
            if partnership.id == name:
                return partnership
        raise KeyError(name)


AnyInstance = TypeVar("AnyInstance", bound="Instance")
ONLY_FUTURE = Scenario(name="base", probability=Decimal(1))


def checked(instance: AnyInstance) -> AnyInstance:
    """The same instance, checked; one that did not come from `model_validate` is read again as if from a file.

    Raises `InvalidInstance`.
    """
    if not isinstance(instance, Instance):
        raise InvalidInstance([Fault((), f"an Instance is needed, not {type(instance).__name__}")])
    if instance._checked == id(instance):
        return instance
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a changed copy holds may be of any type: that is for the check to say
        return type(instance).model_validate(instance.model_dump(by_alias=True))


def _cross_checked(instance: Instance) -> None:
    found = check(instance)
    if found.faults:
        raise InvalidInstance(found.faults)
    instance._checked = id(instance)


def check(instance: Instance) -> Checker:
    """All faults and warnings of an instance whose shape is right."""
    checker = Checker(instance)
    _check_partnerships(checker)
    _check_readiness(checker)
    _check_scenarios(checker)
    seen: dict[str, Path] = {}
    for name in FAMILY_NAMES:
        family = families.module(name)
        section = getattr(instance, name)
        for path, limit in family.ids(section):
            checker.unique(path, limit, seen, "limits")
            if limit in FAMILY_NAMES:
                checker.fault(path, f"{limit} is the name of a family of limits", "give it another id")
        family.check(checker, section)
    return checker


def _check_partnerships(checker: Checker) -> None:
    seen: dict[str, Path] = {}
    for position, partnership in enumerate(checker.instance.partnerships):
        top: Path = ("partnerships", position)
        checker.unique((*top, "id"), partnership.id, seen, "partnerships")
        names = partnership.state_names
        checker.known((*top, "start", "state"), partnership.start.state, names, f"state of {partnership.id}")
        for name, state in partnership.states.items():
            path: Path = (*top, "states", name)
            _check_sensitivity(checker, (*path, "sensitivity"), state.sensitivity)
            _check_proceeds(checker, (*path, "sensitivity"), state.sensitivity)
            changed = any(getattr(state.readiness, element) is not None for element in ELEMENTS)
            if changed and partnership.readiness is None:
                checker.fault(
                    (*path, "readiness"),
                    f"changes a readiness that {partnership.id} does not have",
                    "give the partnership its five readiness scores",
                )
        actions: dict[str, Path] = {}
        for index, action in enumerate(partnership.actions):
            path = (*top, "actions", index)
            checker.unique((*path, "id"), action.id, actions, f"actions of {partnership.id}")
            for place, name in enumerate(action.from_):
                checker.known((*path, "from", place), name, names, f"state of {partnership.id}")
            checker.repeats((*path, "from"), action.from_)
            checker.known((*path, "to"), action.to, names, f"state of {partnership.id}")
            checker.years((*path, "window"), action.window)
            _check_sensitivity(checker, (*path, "during", "sensitivity"), action.during.sensitivity)
            _check_proceeds(checker, (*path, "during", "sensitivity"), action.during.sensitivity)
            _check_sensitivity(checker, (*path, "at_effect", "sensitivity"), action.at_effect.sensitivity)


def _check_sensitivity(checker: Checker, path: Path, sensitivity: Record) -> None:
    for flow in sensitivity.model_fields_set:
        checker.coefficients((*path, flow), getattr(sensitivity, flow))


def _check_proceeds(checker: Checker, path: Path, sensitivity: Sensitivity) -> None:
    """Only at_effect has proceeds."""
    if sensitivity.proceeds:
        hint = "money is returned by the at_effect of an action: write it there"
        checker.warn((*path, "proceeds"), "has no effect, as there are no proceeds here", hint)


def _check_readiness(checker: Checker) -> None:
    scale = checker.instance.readiness
    hint = "write [at the lowest readiness, at the highest]"
    low, high = scale.realization
    if low > high:
        checker.warn(("readiness", "realization"), f"falls from {low} to {high}: readiness would do harm", hint)
    low, high = scale.breakdown_rate
    if low < high:
        checker.warn(("readiness", "breakdown_rate"), f"rises from {low} to {high}: readiness would do harm", hint)
    weights = scale.weights
    total = sum((getattr(weights, element) for element in ELEMENTS), Decimal(0))
    if abs(total - 1) > Decimal("1e-9"):
        checker.fault(("readiness", "weights"), f"the weights sum to {total}, not to 1", "change them so that they do")


def _check_scenarios(checker: Checker) -> None:
    instance = checker.instance
    seen: dict[str, Path] = {}
    for position, driver in enumerate(instance.drivers):
        checker.unique(("drivers", position), driver, seen, "drivers")
    seen = {}
    for position, scenario in enumerate(instance.scenarios):
        path: Path = ("scenarios", position)
        checker.unique((*path, "name"), scenario.name, seen, "scenarios")
        for driver, levels in scenario.drivers.items():
            checker.known((*path, "drivers", driver), driver, checker.drivers, "driver")
            checker.series((*path, "drivers", driver), levels)
    if instance.scenarios:
        total = sum((scenario.probability for scenario in instance.scenarios), Decimal(0))
        if abs(total - 1) > Decimal("1e-9"):
            checker.fault(("scenarios",), f"the probabilities sum to {total}, not to 1", "change them so that they do")
    checker.repeats(("review_years",), instance.review_years or ())
    horizon = instance.horizon
    for position, year in enumerate(instance.review_years or ()):
        if year not in horizon.calendar:
            checker.fault(
                ("review_years", position),
                f"{year} lies outside the horizon {horizon.first_year} to {horizon.last_year}",
                "remove it or change the horizon",
            )
