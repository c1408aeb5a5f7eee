"""Every life that one partnership may lead on the scenario tree, and what each step of a life yields and uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import chain, product
from typing import Any

from .exact import exact
from .futures import Futures

ELEMENTS = ("shared_goals", "complementary_strengths", "governance", "culture", "exit_path")
INACTIVE = ("none", "exited")
ZERO = Fraction(0)


@dataclass(frozen=True)
class Step:
    """What a partnership does in one year.

    It is in a `state` with `index` years completed, or (state None) in lead year `index` of the action `leading`.
    `decided` is the action decided at the start of the year, `effect` the one that takes effect in it.
    """

    state: str | None
    index: int
    leading: str | None = None
    decided: str | None = None
    effect: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a partnership stands at the start of a year: the steps it is bound to, and what follows them."""

    state: str
    completed: int
    bound: tuple[Step, ...] = ()


Life = tuple[Step, ...]
"""One step for each node of the tree, in the order of `Futures.nodes`."""


class Partnership:
    """One partnership of an instance, read as plain data."""

    def __init__(self, written: Mapping[str, Any], coefficients: Mapping[str, Any], futures: Futures) -> None:
        self.written = written
        self.id: str = written["id"]
        self._coefficients = coefficients
        self._futures = futures
        self._actions: dict[str, Mapping[str, Any]] = {action["id"]: action for action in written.get("actions", [])}
        start = written.get("start", {})
        self._start = Place(start.get("state", "none"), start.get("years", 0))

    # The lives

    def lives(self) -> list[Life]:
        """Every non-anticipative life."""

        @cache
        def onward(node: int, place: Place) -> list[Life]:
            found: list[Life] = []
            for step, after in self._choices(self._futures.nodes[node].year, place):
                later = product(*(onward(child, after) for child in self._futures.children[node]))
                found.extend((step, *chain.from_iterable(branches)) for branches in later)
            return found

        return onward(0, self._start)

    def count_lives(self) -> int:
        """How many lives there are, without listing them."""

        @cache
        def onward(node: int, place: Place) -> int:
            number = 0
            for _, after in self._choices(self._futures.nodes[node].year, place):
                branches = 1
                for child in self._futures.children[node]:
                    branches *= onward(child, after)
                number += branches
            return number

        return onward(0, self._start)

    def _choices(self, year: int, place: Place) -> Iterator[tuple[Step, Place]]:
        if place.bound:
            yield place.bound[0], Place(place.state, place.completed, place.bound[1:])
            return
        yield Step(place.state, place.completed), Place(place.state, place.completed + 1)
        for action in self._actions.values():
            if self._may_take(action, year, place):
                steps = self._execution(action, place)
                yield steps[0], Place(action["to"], 1, steps[1:])

    def _may_take(self, action: Mapping[str, Any], year: int, place: Place) -> bool:
        origins = action["from"] if isinstance(action["from"], list) else [action["from"]]
        calendar = self._futures.first_year + year
        opens, closes = action.get("window", (calendar, calendar))
        effect = year + action.get("notice_years", 0) + action.get("lead_years", 0)
        return (
            place.state in origins
            and opens <= calendar <= closes
            and place.completed >= action.get("after_years", 0)
            and effect < self._futures.years
        )

    @staticmethod
    def _execution(action: Mapping[str, Any], place: Place) -> tuple[Step, ...]:
        notice, lead = action.get("notice_years", 0), action.get("lead_years", 0)
        steps = [Step(place.state, place.completed + year) for year in range(notice)]
        steps += [Step(None, year, leading=action["id"]) for year in range(lead)]
        steps += [Step(action["to"], 0, effect=action["id"])]
        first = steps[0]
        steps[0] = Step(first.state, first.index, first.leading, decided=action["id"], effect=first.effect)
        return tuple(steps)

    # What a step yields and uses

    def kind(self, action: str) -> str:
        """form, expand, restructure or exit."""
        return str(self._actions[action]["kind"])

    def is_active(self, step: Step) -> bool:
        """In a state other than none and exited, or in a lead year towards such a state."""
        return (self._actions[step.leading]["to"] if step.leading else step.state) not in INACTIVE

    def flow(self, step: Step, key: str, name: str | None = None) -> Fraction:
        """A flow that no driver moves: effort, exposure or provides by `name`, or interfaces."""
        found = ZERO
        for flows, index, _ in self._sources(step):
            written = flows.get(key, 0)
            found += _read(written.get(name, 0) if name is not None and written else written, index)
        return found

    def driven(self, step: Step, key: str, scenario: int, year: int) -> Fraction:
        """A money flow as it comes out in one scenario and year, before readiness."""
        return sum((amount for amount, _ in self._driven(step, key, scenario, year)), ZERO)

    def money(self, step: Step, scenario: int, year: int) -> Fraction:
        """realization·benefit − cost − breakdown_rate·breakdown_loss − capital + proceeds."""
        earned = ZERO
        for amount, state in self._driven(step, "benefit", scenario, year):
            earned += self._between("realization", state) * amount
        for amount, state in self._driven(step, "breakdown_loss", scenario, year):
            earned -= self._between("breakdown_rate", state) * amount
        for key, sign in (("cost", -1), ("capital", -1), ("proceeds", 1)):
            earned += sign * self.driven(step, key, scenario, year)
        return earned

    def _driven(self, step: Step, key: str, scenario: int, year: int) -> Iterator[tuple[Fraction, str]]:
        for flows, index, state in self._sources(step):
            if key in flows:
                sensitivity = flows.get("sensitivity", {}).get(key, {})
                yield _read(flows[key], index) * self._futures.factor(sensitivity, scenario, year), state

    def _sources(self, step: Step) -> Iterator[tuple[Mapping[str, Any], int, str]]:
        """The blocks of flows that apply in a step, where to read them, and whose state's readiness they use."""
        if step.leading is not None:
            action = self._actions[step.leading]
            yield action.get("during", {}), step.index, action["to"]
        if step.state is not None:
            yield self.written.get("states", {}).get(step.state) or {}, step.index, step.state
        if step.effect is not None:
            action = self._actions[step.effect]
            yield action.get("at_effect", {}), 0, action["to"]

    def _between(self, coefficient: str, state: str) -> Fraction:
        """A coefficient at the readiness of `state`: linear between its values at g = 0 and g = 1."""
        scores = self.written.get("readiness")
        if scores is None:
            return Fraction(1 if coefficient == "realization" else 0)
        scores = {**scores, **(self.written.get("states", {}).get(state) or {}).get("readiness", {})}
        weights = {**dict.fromkeys(ELEMENTS, 0.2), **self._coefficients.get("weights", {})}
        readiness = sum((exact(weights[name]) * (exact(scores[name]) - 1) / 4 for name in ELEMENTS), ZERO)
        default = {"realization": [0.6, 1.0], "breakdown_rate": [0.12, 0.02]}[coefficient]
        lowest, highest = (exact(end) for end in self._coefficients.get(coefficient, default))
        return lowest + (highest - lowest) * readiness


def read_partnerships(instance: Mapping[str, Any], futures: Futures) -> list[Partnership]:
    """The partnerships of an instance, in the order of the file."""
    coefficients = instance.get("readiness") or {}
    return [Partnership(written, coefficients, futures) for written in instance["partnerships"]]


def _read(profile: Any, index: int) -> Fraction:
    """A profile is a number, or a list by year whose last value repeats."""
    return exact(profile[min(index, len(profile) - 1)] if isinstance(profile, list) else profile)
