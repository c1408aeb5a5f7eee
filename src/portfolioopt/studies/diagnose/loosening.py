"""A way out in the numbers that the planner wrote: what was, by how much it moves, what it becomes.

Hard limits hold exactly, so amounts are rounded outward: with the numbers as they are told, a plan is feasible.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from typing import Any

from portfolioopt.audit.rationals import minus, plus
from portfolioopt.language.families.rules import Rule
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.values import MOST_DIGITS, series_at
from portfolioopt.studies.diagnose.givable import AT_MOST, Number, hard_limits

SHORT, DIGITS = 15, 9
"""An amount of so many digits is told exactly; of any other one so many digits are told."""
WHOLE = Decimal(1)


@dataclass(frozen=True, order=True)
class Change:
    """One number of a limit that is changed."""

    family: str
    limit: str
    side: str
    year: int | None
    """Calendar year; None where the limit has one number for the whole horizon."""
    amount: Decimal
    """By how much the limit was in the way, in its own unit; years of a rule and links count 1."""
    was: Decimal | None
    becomes: Decimal | None
    """None where the limit is set aside: a rule in that year, a link, a share or budget that no number could mend."""


def outward(value: Fraction) -> Decimal:
    """The number itself where fifteen digits hold it, else the next larger one that nine digits hold."""
    above, below = Decimal(value.numerator), Decimal(value.denominator)
    exact = Context(prec=SHORT, rounding=ROUND_CEILING).divide(above, below)
    if Fraction(exact) != value:
        exact = Context(prec=DIGITS, rounding=ROUND_CEILING).divide(above, below)
    return _plain(exact)


def nearest(value: float) -> Decimal:
    """A float in nine digits: what the solver meant."""
    return _plain(Context(prec=DIGITS).create_decimal(repr(value)))


def _plain(number: Decimal) -> Decimal:
    """Without zeros at the end, and without an exponent that would stand for some."""
    short = number.normalize(Context(prec=MOST_DIGITS))
    return short.quantize(WHOLE) if int(short.as_tuple().exponent) > 0 else short


def changes_of(
    instance: Instance,
    amounts: Mapping[Number, Decimal],
    shares: Mapping[Number, Fraction | None],
    set_aside: Collection[str] = (),
) -> tuple[Change, ...]:
    """The changes of a way out; `shares` are those that share limits must become, None where none is enough.

    `set_aside` are limits that no number of theirs could mend.
    """
    first = instance.horizon.first_year
    found = []
    beyond = {*set_aside, *(number.limit for number, share in shares.items() if share is None or share > 1)}
    for number, amount in amounts.items():
        was = _written(instance, number)
        becomes = None
        if number in shares:
            share = shares[number]
            becomes = None if share is None or number.limit in beyond else min(outward(share), WHOLE)
        elif was is not None and number.limit not in beyond:
            becomes = _moved(was, amount, number.side)
        year = None if number.year is None else first + number.year
        found.append(Change(number.family, number.limit, number.side, year, amount, was, becomes))
    return tuple(sorted(found, key=lambda one: (one.family, one.limit, one.side, one.year or 0)))


def _moved(was: Decimal, amount: Decimal, side: str) -> Decimal:
    exact = plus(was, amount) if side == AT_MOST else minus(was, amount)
    if side != AT_MOST:
        exact = max(exact, Decimal(0))
    if len(exact.as_tuple().digits) <= MOST_DIGITS:
        return exact
    rounded = outward(Fraction(exact)) if side == AT_MOST else -outward(-Fraction(exact))
    return max(rounded, Decimal(0)) if side != AT_MOST else rounded


def _written(instance: Instance, number: Number) -> Decimal | None:
    """The number as it stands; None where there is none (rules and requires)."""
    record = _record(instance, number.family, number.limit)
    series = _series(record, number)
    return None if series is None else series_at(series, number.year or 0)


def _record(instance: Instance, family: str, limit: str) -> Any:
    if family == "capital":
        return instance.capital
    if family == "skills":
        return instance.skills[limit]
    return next(one for one in getattr(instance, family) if one.id == limit)


def _key(record: Any, number: Number) -> str | None:
    """The key of the record that holds the number."""
    if number.family == "capital":
        return "budget"
    if number.family == "skills":
        return "capacity"
    if number.family == "exposures":
        return "at_most" if record.at_most is not None else "at_most_share"
    if number.family == "rules" or getattr(record, "kind", "") == "requires":
        return None
    return "at_least" if number.family == "requirements" else number.side


def _series(record: Any, number: Number) -> Decimal | tuple[Decimal, ...] | None:
    key = _key(record, number)
    return None if key is None else getattr(record, key)


def loosened(instance: Instance, model: Model, changes: Iterable[Change]) -> tuple[Instance, Model]:
    """The instance with these changes made, and the model without what it said of limits that are no more."""
    room = _loosened(instance, changes)
    left = hard_limits(room, Model()).keys() | {one.id for one in room.requirements}
    gone = hard_limits(instance, Model()).keys() - left
    limits = {name: hardness for name, hardness in model.limits.items() if name not in gone}
    before = {rule.id for rule in instance.rules}
    for rule in room.rules:
        if rule.id not in before:  # a part of a rule that gave way: it is as hard as the whole was
            limits[rule.id] = "hard"
    fitted = model.model_copy(update={"limits": limits})
    fitted._folder = model._folder
    return room, fitted


def _loosened(instance: Instance, changes: Iterable[Change]) -> Instance:
    by_limit: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        by_limit.setdefault((change.family, change.limit), []).append(change)
    sections: dict[str, Any] = {}
    for (family, limit), own in by_limit.items():
        section = sections.get(family, getattr(instance, family))
        if family == "capital":
            aside = any(change.becomes is None for change in own)
            sections[family] = None if aside else _changed(instance, section, own)
        elif family == "skills":
            sections[family] = {**section, limit: _changed(instance, section[limit], own)}
        else:
            replaced: list[Any] = []
            for record in section:
                replaced += _replaced(instance, record, own) if record.id == limit else [record]
            sections[family] = tuple(replaced)
    return instance.model_copy(update=sections)


def _replaced(instance: Instance, record: Any, changes: Sequence[Change]) -> list[Any]:
    """What stands in place of a limit: itself changed, parts of a rule, or nothing."""
    if isinstance(record, Rule):
        return _parts(instance, record, {change.year for change in changes})
    if any(change.becomes is None for change in changes):
        return []
    return [_changed(instance, record, changes)]


def _changed(instance: Instance, record: Any, changes: Sequence[Change]) -> Any:
    first, years = instance.horizon.first_year, instance.horizon.years
    values: dict[str, Any] = {}
    for change in changes:
        number = Number(change.family, change.limit, change.side, change.year)
        key = _key(record, number)
        assert key is not None
        if change.year is None:
            values[key] = change.becomes
            continue
        series = values.get(key, getattr(record, key))
        by_year = [series_at(series, year) for year in range(years)]
        assert change.becomes is not None
        by_year[change.year - first] = change.becomes
        values[key] = tuple(by_year)
    return record.model_copy(update=values)


def _parts(instance: Instance, rule: Rule, without: set[int | None]) -> list[Rule]:
    """A rule in its other years: one for each run of them."""
    horizon = instance.horizon
    first, last = rule.years or (horizon.first_year, horizon.last_year)
    taken = {one.id for one in instance.rules}
    runs: list[tuple[int, int]] = []
    for year in range(first, last + 1):
        if year in without:
            continue
        if runs and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    parts = []
    for position, run in enumerate(runs):
        name = rule.id
        while position and name in taken:
            name = f"{name}_{run[0]}"
        taken.add(name)
        parts.append(rule.model_copy(update={"id": name, "years": run}))
    return parts
