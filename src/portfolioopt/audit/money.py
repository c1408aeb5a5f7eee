"""What a partnership earns and uses in a year: flows, driver factors, readiness; and what money of a year is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit.futures import Futures
from portfolioopt.audit.rationals import ONE, minus, negative, plus, rational, square_root, times
from portfolioopt.audit.replay import LEAD, Place
from portfolioopt.language.instance import Instance, ReadinessScale
from portfolioopt.language.partnership import ELEMENTS, AtEffect, During, Partnership
from portfolioopt.language.values import profile_at

LINES = {
    "benefit": "benefit",
    "cost": "cost",
    "breakdown_loss": "breakdown",
    "capital": "capital",
    "proceeds": "proceeds",
    "terminal": "terminal",
}
"""Flows that are money, and the line each stands in."""
PAID = ("cost", "breakdown_loss", "capital")
QUANTITIES = ("effort", "exposure", "provides")
NOTHING, WHOLE, QUARTER = Decimal(0), Decimal(1), Decimal("0.25")

Key = tuple[str, str]
"""A flow, and its label: `effort` of a skill, or money (no label) by its line."""
INTERFACES: Key = ("interfaces", "")
TERMINAL: Key = ("terminal", "")
Sums = dict[Key, Decimal]


class Discounting:
    """What money of each year is worth today: (1+r)^−(y+o), o = 0, ½, 1 for start, mid, end; terminals (1+r)^−T.

    (1+r)^−½ is irrational unless 1+r is a square. It is then replaced by the rational number that agrees with it in
    60 decimals: at least 50 digits, as rates are below 1e15. All else is exact.
    """

    def __init__(self, instance: Instance) -> None:
        years = instance.horizon.years
        self._growth = plus(WHOLE, instance.discount_rate)
        yearly = 1 / rational(self._growth)
        offset = {"start": ONE, "mid": square_root(yearly), "end": yearly}[instance.cash_timing]
        self.cash = tuple(offset * yearly**year for year in range(years))
        self.terminal = yearly**years

    def worth(self, amounts: Sequence[Decimal], terminal: Decimal) -> Fraction:
        """Σ_y amounts[y]·(1+r)^−(y+o) + terminal·(1+r)^−T: grown to the last year, then discounted at once."""
        grown = NOTHING
        for amount in amounts:
            grown = plus(times(grown, self._growth), amount)
        return rational(grown) * self.cash[-1] + rational(terminal) * self.terminal


@dataclass(slots=True)
class Flows:
    """The flows of one place: money with its sign, of which drivers move a part, and quantities."""

    fixed: Sums
    driven: list[tuple[Key, Decimal, Mapping[str, Decimal]]]
    """Line, amount at level 1, and the coefficients of its driver factor."""
    quantities: Sums

    def money(self, futures: Futures, scenario: int, year: int) -> Sums:
        """realization·benefit − cost − breakdown_rate·breakdown_loss − capital + proceeds, each by its factor.

        `terminal` stands beside them; it counts in the last year only.
        """
        if not self.driven:
            return self.fixed
        lines = self.fixed.copy()
        for line, amount, coefficients in self.driven:
            add(lines, line, times(amount, futures.factor(coefficients, scenario, year)))
        return lines


class Cash:
    """The flows of one partnership, read from its states and actions at the places where it comes by."""

    def __init__(self, partnership: Partnership, scale: ReadinessScale) -> None:
        self._partnership = partnership
        self._scale = scale
        self._scales: dict[str, tuple[Decimal, Decimal]] = {}
        self._flows: dict[tuple[str, str, int, str], Flows] = {}

    def at(self, place: Place) -> Flows:
        """The flows of a place: of its state or lead year, and of the action that takes effect there."""
        key = (place.phase, place.state, place.years, "" if place.action is None else place.action.id)
        flows = self._flows.get(key)
        if flows is None:
            flows = self._flows[key] = Flows({}, [], {})
            if place.phase == LEAD and place.action is not None:
                self._read(flows, place.action.during, place.years, place.state)
            elif place.state in self._partnership.states:
                self._read(flows, self._partnership.states[place.state], place.years, place.state)
            if place.effect is not None:
                self._read(flows, place.effect.at_effect, 0, place.state)
        return flows

    def readiness(self, state: str) -> tuple[Decimal, Decimal]:
        """Realization and breakdown rate in a state, linear in g = Σ weight·(score − 1)/4.

        Scores that the state names replace the partnership's own; without readiness they are 1 and 0.
        """
        scales = self._scales.get(state)
        if scales is None:
            scales = self._scales[state] = self._scales_of(state)
        return scales

    def _scales_of(self, state: str) -> tuple[Decimal, Decimal]:
        own = self._partnership.readiness
        if own is None:
            return WHOLE, NOTHING
        changed = self._partnership.state(state).readiness
        g = NOTHING
        for element in ELEMENTS:
            score = getattr(changed, element)
            score = getattr(own, element) if score is None else score
            share = times(minus(score, WHOLE), QUARTER)
            g = plus(g, times(getattr(self._scale.weights, element), share))
        return _between(self._scale.realization, g), _between(self._scale.breakdown_rate, g)

    def _read(self, flows: Flows, source: During | AtEffect, index: int, state: str) -> None:
        """Adds what one source says: a state, an action's lead years, or its effect. Only keys written can be ≠ 0.

        `state` is the one whose readiness applies: an action's flows use that of the state it leads to.
        """
        for key in source.model_fields_set:
            if key in LINES:
                amount = _value(getattr(source, key), index)
                if amount:
                    self._add_money(flows, key, amount, getattr(source.sensitivity, key), state)
            elif key in QUANTITIES:
                for label, written in getattr(source, key).items():
                    add(flows.quantities, (key, label), _value(written, index))
            elif key == "interfaces":
                add(flows.quantities, INTERFACES, _value(source.interfaces, index))

    def _add_money(
        self, flows: Flows, key: str, amount: Decimal, coefficients: Mapping[str, Decimal], state: str
    ) -> None:
        if key == "benefit":
            amount = times(amount, self.readiness(state)[0])
        elif key == "breakdown_loss":
            amount = times(amount, self.readiness(state)[1])
        line = (LINES[key], "")
        signed = negative(amount) if key in PAID else amount
        if coefficients:
            flows.driven.append((line, signed, coefficients))
        else:
            add(flows.fixed, line, signed)


def add(sums: Sums, key: Key, amount: Decimal) -> None:
    """Adds an amount to one of the sums."""
    if amount:
        sums[key] = plus(sums[key], amount) if key in sums else amount


def _between(ends: tuple[Decimal, Decimal], g: Decimal) -> Decimal:
    """The value at g, linear from the first end (g = 0) to the second (g = 1)."""
    return plus(ends[0], times(minus(ends[1], ends[0]), g))


def _value(written: Decimal | tuple[Decimal, ...], index: int) -> Decimal:
    """A profile at the index, or the plain number of an effect."""
    return profile_at(written, index) if isinstance(written, tuple) else written
