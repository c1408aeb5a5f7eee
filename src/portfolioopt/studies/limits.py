"""Limits one by one, as changes that loosen them: by one unit, by a share, or altogether.

                    one unit                    a share s                   altogether
    capital         + 1 in one year             × (1 + s) in one year       ignored, all years
    skills          + 1 engineer, every year    × (1 + s)                   ignored
    exposures       + 1, every year             × (1 + s)                   ignored
      as a share    + 0.01, at most 1           × (1 + s), at most 1        ignored
    requirements    − 1, at least 0             × (1 − s)                   ignored
    activity        one more, or one fewer      -                           ignored
    moves           one more, or one fewer      -                           ignored
    links           excludes: one more          -                           ignored
    rules           -                           -                           ignored

Every one of them only gives more: a plan that keeps the limit keeps the loosened one.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolioopt.cases import Change, ignore_limit, set_value
from portfolioopt.language.families.links import Excludes, Requires
from portfolioopt.language.instance import Instance
from portfolioopt.language.values import series_at
from portfolioopt.studies.from_base import FromBase, lost
from portfolioopt.studies.interval import Interval

NOTHING = Interval(0.0, 0.0)
NO_GAIN = 1e-9
"""Gain that counts as none, relative to the optimum."""
ONE, ZERO, HUNDREDTH = Decimal(1), Decimal(0), Decimal("0.01")
Loosen = Callable[[Decimal], Change | None]


@dataclass(frozen=True)
class Limit:
    """A limit, or one year of the capital budget, and how to loosen it."""

    id: str
    family: str
    year: int
    """Calendar year; 0 where all years are meant."""
    unit: str
    """What one unit more is, in words; empty where there is none."""
    by: Loosen
    """So many units more; None where that gives nothing."""
    share: Loosen
    """A share more; None where that gives nothing."""

    @property
    def name(self) -> str:
        return f"{self.id} {self.year}" if self.year else self.id


def every_limit(instance: Instance) -> list[Limit]:
    """All limits, those of the capital budget year by year."""
    return [*_capital(instance), *_skills(instance), *_listed(instance)]


def every_name(instance: Instance) -> list[tuple[str, str]]:
    """Family and id of all limits, the capital budget as one."""
    return list(dict.fromkeys((one.family, one.id) for one in every_limit(instance)))


def ignored(name: str) -> Change:
    """The limit may be exceeded for free."""
    return ignore_limit(name)


@dataclass
class Gains:
    """What loosened limits gain, proven for many at once where together they gain nothing."""

    work: FromBase
    spared: int = 0
    """changes answered without a solve of their own"""

    def of(self, changes: Mapping[str, Change | None]) -> dict[str, Interval]:
        """What each change gains; those that the time did not suffice for are left out, as are those of None."""
        found: dict[str, Interval] = {}
        self._split([(name, change) for name, change in changes.items() if change is not None], math.inf, found)
        return found

    def _split(self, items: list[tuple[str, Change]], high: float, found: dict[str, Interval]) -> None:
        """All changes together, which gain at least as much as each of them; then each half, down to single ones."""
        work = self.work
        if not items or work.desk.due:
            return
        names = [name for name, _ in items]
        asked = names[0] if len(items) == 1 else f"{len(items)} limits loosened together"
        optimum = work.looser(asked, work.made(*(change for _, change in items)), high=high)
        gain = NOTHING if optimum.infeasible else lost(optimum.value, work.value)
        if gain.high <= NO_GAIN * max(abs(optimum.value.low), 1.0):
            # what they do not gain together none of them gains alone
            self.spared += len(items) if len(items) > 1 else 0
            found |= dict.fromkeys(names, NOTHING)
        elif len(items) == 1:
            found[names[0]] = gain
        else:
            middle = len(items) // 2
            self._split(items[:middle], optimum.value.high, found)
            self._split(items[middle:], optimum.value.high, found)


def _capital(instance: Instance) -> Iterator[Limit]:
    if instance.capital is None:
        return
    for number, year in enumerate(instance.horizon.calendar):
        now = series_at(instance.capital.budget, number)
        path = f"capital.budget.{year}"
        unit = f"1 more in {year}"
        yield Limit("capital", "capital", year, unit, _number(path, now, 1), _factor(path, now, 1))


def _skills(instance: Instance) -> Iterator[Limit]:
    for name, skill in instance.skills.items():
        path = f'skills."{name}".capacity'
        yield Limit(
            name, "skills", 0, "1 engineer more", _number(path, skill.capacity, 1), _factor(path, skill.capacity, 1)
        )


def _listed(instance: Instance) -> Iterator[Limit]:
    for cap in instance.exposures:
        if cap.at_most is not None:
            path = f'exposures."{cap.id}".at_most'
            yield Limit(cap.id, "exposures", 0, "1 more", _number(path, cap.at_most, 1), _factor(path, cap.at_most, 1))
        elif cap.at_most_share is not None:
            path = f'exposures."{cap.id}".at_most_share'
            by = _number(path, cap.at_most_share, 1, unit=HUNDREDTH, most=ONE)
            yield Limit(cap.id, "exposures", 0, "1 point more", by, _factor(path, cap.at_most_share, 1, most=ONE))
    for need in instance.requirements:
        path = f'requirements."{need.id}".at_least'
        by, share = _number(path, need.at_least, -1, least=ZERO), _factor(path, need.at_least, -1)
        yield Limit(need.id, "requirements", 0, "1 less", by, share)
    for family in ("activity", "moves"):
        for limit in getattr(instance, family):
            for side, sign, unit in (("at_most", 1, "one more"), ("at_least", -1, "one fewer")):
                value = getattr(limit, side)
                if value is not None:
                    by = _number(f'{family}."{limit.id}".{side}', value, sign, least=ZERO)
                    yield Limit(limit.id, family, 0, unit, by, _not_at_all)
    for link in instance.links:
        if isinstance(link, Excludes):
            by = _number(f'links."{link.id}".at_most', link.at_most, 1)
            yield Limit(link.id, "links", 0, "one more", by, _not_at_all)
        elif isinstance(link, Requires):
            yield Limit(link.id, "links", 0, "", _not_at_all, _not_at_all)
    for rule in instance.rules:
        yield Limit(rule.id, "rules", 0, "", _not_at_all, _not_at_all)


def _not_at_all(_amount: Decimal) -> Change | None:
    return None


def _number(
    path: str, value: Any, sign: int, *, unit: Decimal = ONE, least: Decimal | None = None, most: Decimal | None = None
) -> Loosen:
    """Adds units to a number, or to each of a series, within bounds."""

    def by(amount: Decimal) -> Change | None:
        return _changed(path, value, lambda one: _within(one + sign * amount * unit, one, least, most))

    return by


def _factor(path: str, value: Any, sign: int, *, most: Decimal | None = None) -> Loosen:
    """Adds a share of its size to a number, or to each of a series; one below 0 rises all the same."""

    def by(share: Decimal) -> Change | None:
        return _changed(path, value, lambda one: _within(one + sign * abs(one) * share, one, None, most))

    return by


def _within(new: Decimal, old: Decimal, least: Decimal | None, most: Decimal | None) -> Decimal:
    """Not beyond a bound that the old number keeps."""
    if least is not None:
        new = max(new, min(least, old))
    return new if most is None else min(new, max(most, old))


def _changed(path: str, value: Any, change: Callable[[Decimal], Decimal]) -> Change | None:
    new: Any = [change(one) for one in value] if isinstance(value, tuple) else change(value)
    before: Any = list(value) if isinstance(value, tuple) else value
    return None if new == before else set_value(path, new)
