"""What one life earns and uses, year by year: the flows of its states, lead years and effects, read from the instance.

A life is read once, stretch by stretch, whatever the number of scenarios in which it is led: what no driver moves is
kept as it stands, what drivers move as an amount at level 1 and the coefficients of its factor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portfolioopt.audit.futures import Futures
from portfolioopt.audit.money import NOTHING, Discounting, readiness
from portfolioopt.audit.rationals import negative, times
from portfolioopt.audit.replay import LEAD, Life
from portfolioopt.language.instance import Instance, ReadinessScale
from portfolioopt.language.partnership import AtEffect, During, Partnership

Key = tuple[str, str]
"""A flow, and its label: `effort` of a skill, or money (no label) by its line."""
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
INTERFACES: Key = ("interfaces", "")


class Slots:
    """Where totals stand: every key has a row of slots, one for each year; money of the years first, terminals next."""

    def __init__(self, years: int) -> None:
        self.years = years
        self._rows: dict[Key, int] = {}
        for line in LINES.values():
            self.row((line, ""))
        self.terminal = self.row(("terminal", ""))
        """slots below it are money of the years"""

    def row(self, key: Key) -> int:
        """The slot of a key's first year."""
        return self._rows.setdefault(key, len(self._rows) * self.years)

    def at(self, key: Key, year: int) -> int | None:
        """The slot of a key in a year; None if no life carries the key."""
        first = self._rows.get(key)
        return None if first is None else first + year

    def __len__(self) -> int:
        return len(self._rows) * self.years


@dataclass(slots=True)
class Account:
    """The flows of one life."""

    slots: list[int]
    amounts: list[Decimal]
    """beside `slots`: what no driver moves"""
    driven: list[tuple[int, int, Decimal, Mapping[str, Decimal]]]
    """slot, year, amount at level 1, coefficients of its driver factor"""
    _steady: list[Decimal] | None = None
    """what no driver moves, by year, and of terminals: all scenarios share it"""

    def post(self, totals: list[Decimal], factors: "Factors", scenario: int) -> None:
        """Adds the flows of a scenario to its totals, by slot. To be called in the context `rationals.EXACT`."""
        for slot, amount in zip(self.slots, self.amounts, strict=True):
            totals[slot] += amount
        for slot, year, amount, coefficients in self.driven:
            totals[slot] += amount * factors.at(coefficients, scenario, year)

    def money(self, slots: Slots, factors: "Factors", scenario: int) -> tuple[list[Decimal], Decimal]:
        """What the life earns itself in each year of a scenario, and at the end of the horizon; in `EXACT` too."""
        years, terminal = slots.years, slots.terminal
        if self._steady is None:
            earned = [NOTHING] * (years + 1)
            for slot, amount in zip(self.slots, self.amounts, strict=True):
                if slot < terminal:
                    earned[slot % years] += amount
                elif slot < terminal + years:
                    earned[years] += amount
            self._steady = earned
        earned = self._steady.copy()
        for slot, year, amount, coefficients in self.driven:
            earned[year if slot < terminal else years] += amount * factors.at(coefficients, scenario, year)
        return earned[:years], earned[years]


class Factors:
    """Driver factors of one partnership: scenarios with equal levels share them."""

    def __init__(self, futures: Futures) -> None:
        self._futures = futures
        self._known: dict[tuple[int, int], Decimal] = {}

    def at(self, coefficients: Mapping[str, Decimal], scenario: int, year: int) -> Decimal:
        """max(0, 1 + Σ_d β_d·(level_d(w,y) − 1))."""
        key = (id(coefficients), self._futures.levels(scenario, year))
        factor = self._known.get(key)
        if factor is None:
            factor = self._known[key] = self._futures.factor(coefficients, scenario, year)
        return factor


class Reader:
    """Opens the accounts of one partnership's lives."""

    def __init__(self, partnership: Partnership, scale: ReadinessScale, slots: Slots) -> None:
        self._partnership = partnership
        self._scale = scale
        self._slots = slots

    def account(self, life: Life) -> Account:
        """The flows of a life: realization·benefit − cost − breakdown_rate·breakdown_loss − capital + proceeds."""
        account = Account([], [], [])
        for record, state, first, index, years in self._stretches(life):
            self._read(account, record, state, first, index, years)
        return account

    def _stretches(self, life: Life) -> Iterator[tuple[During | AtEffect, str, int, int, int]]:
        """What flows when: a record, the state whose readiness applies, the first year, its index, how many years.

        An action's flows use the readiness of the state it leads to.
        """
        states = self._partnership.states
        record: During | None = None
        first = index = 0
        state = ""
        places = life.places
        for year, place in enumerate(places):
            if place.phase == LEAD:
                here: During | None = None if place.action is None else place.action.during
            else:
                here = states.get(place.state)
            effect = place.effect
            if here is not record or effect is not None or place.years != index + year - first:
                if record is not None:
                    yield record, state, first, index, year - first
                record, state, first, index = here, place.state, year, place.years
            if effect is not None:
                yield effect.at_effect, place.state, year, 0, 1
        if record is not None:
            yield record, state, first, index, len(places) - first

    def _read(
        self, account: Account, record: During | AtEffect, state: str, first: int, index: int, years: int
    ) -> None:
        """Adds what a record says over a stretch of years. Only keys written can be other than 0."""
        for key in record.model_fields_set:
            if key in LINES:
                if key == "terminal":  # counts at the end of the horizon only
                    last = self._slots.years - 1
                    if first + years - 1 < last:
                        continue
                    begin, at, count = last, index + last - first, 1
                else:
                    begin, at, count = first, index, years
                self._money(account, key, record, state, begin, at, count)
            elif key in QUANTITIES:
                for label, written in getattr(record, key).items():
                    self._enter(account, (key, label), _profile(written), first, index, years)
            elif key == "interfaces":
                self._enter(account, INTERFACES, _profile(record.interfaces), first, index, years)

    def _money(
        self, account: Account, key: str, record: During | AtEffect, state: str, first: int, index: int, years: int
    ) -> None:
        profile = _profile(getattr(record, key))
        if self._partnership.readiness is None:
            if key == "breakdown_loss":
                return  # without readiness the rate is 0, and realization 1
        elif key in ("benefit", "breakdown_loss"):
            scale = readiness(self._partnership, state, self._scale)[key == "breakdown_loss"]
            profile = tuple(times(amount, scale) for amount in profile)
        if key in PAID:
            profile = tuple(map(negative, profile))
        line = (LINES[key], "")
        coefficients = getattr(record.sensitivity, key)
        if not coefficients:
            self._enter(account, line, profile, first, index, years)
            return
        slot = self._slots.row(line) + first
        for year in range(years):
            amount = profile[min(index + year, len(profile) - 1)]
            if amount:
                account.driven.append((slot + year, first + year, amount, coefficients))

    def _enter(
        self, account: Account, key: Key, profile: tuple[Decimal, ...], first: int, index: int, years: int
    ) -> None:
        """A profile from an index on; past its end its last value repeats."""
        slot = self._slots.row(key) + first
        last = len(profile) - 1
        if last == 0:
            if profile[0]:
                account.slots += range(slot, slot + years)
                account.amounts += [profile[0]] * years
            return
        for year in range(years):
            amount = profile[min(index + year, last)]
            if amount:
                account.slots.append(slot + year)
                account.amounts.append(amount)


def _profile(written: Decimal | tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """An effect's number is a profile of one year."""
    return written if isinstance(written, tuple) else (written,)


class Accounts:
    """All accounts opened so far: plans of one instance have most of their lives in common."""

    def __init__(self, instance: Instance) -> None:
        self.slots = Slots(instance.horizon.years)
        self.discounting = Discounting(instance)
        self._scale = instance.readiness
        self._opened: dict[str, dict[Life, Account]] = {}

    def of(self, partnership: Partnership, lives: Sequence[Life]) -> list[Account]:
        """The accounts of a partnership's lives in all scenarios."""
        opened = self._opened.setdefault(partnership.id, {})
        for life in set(lives) - opened.keys():
            opened[life] = Reader(partnership, self._scale, self.slots).account(life)
        return [opened[life] for life in lives]
