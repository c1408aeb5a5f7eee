"""How changes are written: in one word behind a path, by a verb, and back to plain data.

    capital.budget: x1.1                    scale              capital.budget: -10%      scale by 0.9
    capital.budget.2028: +120               add (+-120 too)    capital.recycle: 0.5      set
    partnerships.a.actions.form.window: 1 year later           shift (or 2 years earlier)

    force: cell_jv                          a partnership, or one of its actions or states,
    forbid: cell_jv.sell_stake.2028-2029    and at most the years that are meant

A bare negative number may mean two things, so a file may not hold it: `+-120` adds, `set: {path: -120}` sets.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from portfolioopt.cases.amounts import EXACT, tidy
from portfolioopt.cases.changes import Add, Aim, Change, Forbid, Force, Ignore, Origin, Remove, Scale, Set, Shift
from portfolioopt.language.addresses import UnusableError, words_of
from portfolioopt.language.checking import Path, did_you_mean
from portfolioopt.language.scalars import plain_value

_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_FACTOR = re.compile(rf"[x×]\s*([+-]?{_NUMBER}(?:[eE][+-]?\d+)?)")
_PERCENT = re.compile(rf"([+-]\s*{_NUMBER})\s*%")
_AMOUNT = re.compile(rf"\+\s*(-?{_NUMBER})")
_YEARS_ON = re.compile(r"(\d{1,4})\s+years?\s+(later|earlier)")
_YEARS = re.compile(r"(\d{4})(?:\s*-\s*(\d{4}))?")
VERBS = ("set", "scale", "add", "shift", "remove", "force", "forbid", "ignore")
AIM_KEYS = ("partnership", "action", "states", "years")


class Signed(Decimal):
    """A number written with a plus before it."""


def signed_value(text: str) -> Any:
    """What an unquoted scalar of a case means: as everywhere, but that +120 is not the same as 120."""
    value = plain_value(text)
    return Signed(value) if text[:1] == "+" and type(value) in (int, Decimal) else value


def unsigned(value: Any) -> Any:
    """The same value, numbers with a plus as plain numbers."""
    if isinstance(value, Signed):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else Decimal(value)
    if isinstance(value, dict):
        return {key: unsigned(inner) for key, inner in value.items()}
    return [unsigned(inner) for inner in value] if isinstance(value, list) else value


def change_at(path: str, value: Any, *, group: str = "", origin: Origin) -> Change:
    """The change that a value behind a path means: x1.1, +120, -10%, 1 year later; all else is set."""
    if isinstance(value, Signed):
        return Add(path, unsigned(value), group=group, origin=origin)
    if isinstance(value, str):
        text = value.strip()
        if factor := factor_of(text):
            return Scale(path, factor, group=group, origin=origin)
        if amount := _AMOUNT.fullmatch(text):
            return Add(path, plain_value(amount[1]), group=group, origin=origin)
        if years := _YEARS_ON.fullmatch(text):
            by = int(years[1]) * (1 if years[2] == "later" else -1)
            return Shift(path, by, group=group, origin=origin)
    return Set(path, unsigned(value), group=group, origin=origin)


def factor_of(text: str) -> Decimal | None:
    """The factor that x1.1 or -10% means; None if the text is neither."""
    if factor := _FACTOR.fullmatch(text):
        return Decimal(factor[1])
    if percent := _PERCENT.fullmatch(text):
        share = EXACT.multiply(Decimal(percent[1].replace(" ", "")), Decimal("0.01"))
        return Decimal(tidy(EXACT.add(1, share), share))
    return None


def changes_of(entry: Mapping[str, Any], inside: Path, place: Callable[[Path], Origin]) -> Iterator[Change]:
    """The changes of an entry of a case file; raises `UnusableError` with paths of the file."""
    group = entry.get("group", "")
    if not isinstance(group, str) or len(group) > 100:
        raise UnusableError((*inside, "group"), "must be a short text")
    for key, value in entry.items():
        where: Path = (*inside, key)
        if key in ("set", "scale", "add", "shift"):
            if not isinstance(value, dict):
                raise UnusableError(where, "must be paths with values", f"for example {key}: {{{_EXAMPLES[key]}}}")
            for path, inner in value.items():
                _parse(path, (*where, path))
                yield _VERBS[key](path, inner, (*where, path), group, place((*where, path)))
        elif key in ("remove", "ignore", "force", "forbid"):
            several = value if isinstance(value, list) else [value]
            for number, one in enumerate(several):
                at = (*where, number) if isinstance(value, list) else where
                yield _OTHERS[key](one, at, group, place(at))
        elif key != "group":
            yield _short(key, value, where, group, place(where))


def _short(path: str, value: Any, where: Path, group: str, origin: Origin) -> Change:
    if "." not in path and "[" not in path and did_you_mean(path, VERBS).startswith("did") and isinstance(value, dict):
        raise UnusableError(where, "is neither a path nor what can be done to one", did_you_mean(path, VERBS))
    _parse(path, where)
    if type(value) in (int, Decimal) and value < 0:
        hint = f"to add write {path}: +{value}; to set it write set: {{{path}: {value}}}"
        raise UnusableError(where, f"{value} may mean to set or to add", hint)
    return change_at(path, value, group=group, origin=origin)


def _scale(path: str, value: Any, where: Path, group: str, origin: Origin) -> Change:
    factor = factor_of(value.strip()) if isinstance(value, str) else unsigned(value)
    if not isinstance(factor, int | Decimal) or isinstance(factor, bool):
        raise UnusableError(where, f"must be a factor, not {_brief(value)}", "for example 1.1, x1.1 or +10%")
    return Scale(path, factor, group=group, origin=origin)


def _shift(path: str, value: Any, where: Path, group: str, origin: Origin) -> Change:
    change = change_at(path, value, origin=origin)
    by = change.years if isinstance(change, Shift) else unsigned(value)
    if type(by) is not int or abs(by) > 1000:
        raise UnusableError(where, f"must be a whole number of years, not {_brief(value)}", "for example 1, or -2")
    return Shift(path, by, group=group, origin=origin)


def _remove(value: Any, where: Path, group: str, origin: Origin) -> Change:
    return Remove(_parse(_text(value, where, "a path"), where), group=group, origin=origin)


def _ignore(value: Any, where: Path, group: str, origin: Origin) -> Change:
    return Ignore(_text(value, where, "the id or the family of a limit"), group=group, origin=origin)


def _force(value: Any, where: Path, group: str, origin: Origin) -> Change:
    return Force(**aim_of(value, where), group=group, origin=origin)


def _forbid(value: Any, where: Path, group: str, origin: Origin) -> Change:
    return Forbid(**aim_of(value, where), group=group, origin=origin)


def aim_of(value: Any, where: Path = ()) -> dict[str, Any]:
    """What is forced or forbidden: cell_jv, cell_jv.sell_stake, cell_jv.full.2028-2029, or the same by keys."""
    if not isinstance(value, dict):
        words = words_of(_text(value, where, "a partnership")).words
        named = [word for word in words if isinstance(word, str)]
        years = _YEARS.fullmatch(named[-1]) if len(named) > 1 else None
        rest = named[1:-1] if years else named[1:]
        if len(named) < len(words) or len(rest) > 1:
            hint = "write partnership, partnership.action, partnership.state, and .year or .year-year behind it"
            raise UnusableError(where, f"{_brief(value)} is not a partnership", hint)
        span = None if years is None else (int(years[1]), int(years[2] or years[1]))
        return {"partnership": named[0], "either": rest[0] if rest else "", "years": span}
    for key in value:
        if key not in AIM_KEYS:
            raise UnusableError((*where, key), "unknown key", did_you_mean(key, AIM_KEYS))
    if "partnership" not in value:
        raise UnusableError(where, "names no partnership", "add partnership")
    states = value.get("states", [])
    return {
        "partnership": _text(value["partnership"], (*where, "partnership"), "a partnership"),
        "action": _text(value["action"], (*where, "action"), "an action") if "action" in value else "",
        "states": tuple(
            _text(one, (*where, "states"), "a state") for one in (states if isinstance(states, list) else [states])
        ),
        "years": _span(value.get("years"), (*where, "years")),
    }


def _span(years: Any, where: Path) -> tuple[int, int] | None:
    if years is None:
        return None
    pair = [years, years] if type(years) is int else years
    if not isinstance(pair, list) or len(pair) != 2 or any(type(year) is not int for year in pair):
        raise UnusableError(where, f"must be a year, or [first, last], not {_brief(years)}")
    return pair[0], pair[1]


def written(change: Change) -> dict[str, Any]:
    """The change as an entry of a case file, by its verb; reads back equal, but for floats, which become decimals."""
    return {key: storable(value) for key, value in _entry(change).items()}


def storable(value: Any) -> Any:
    """The same as str, int, bool, Decimal, None, lists and mappings."""
    if isinstance(value, float):
        return Decimal(repr(float(value)))
    if isinstance(value, Mapping):
        return {str(key): storable(inner) for key, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list | tuple) else value


def _entry(change: Change) -> dict[str, Any]:
    entry: dict[str, Any] = {"group": change.group} if change.group else {}
    match change:
        case Set(path=path, value=value):
            return entry | {"set": {path: value}}
        case Scale(path=path, factor=factor):
            return entry | {"scale": {path: factor}}
        case Add(path=path, value=value):
            return entry | {"add": {path: value}}
        case Shift(path=path, years=years):
            return entry | {"shift": {path: years}}
        case Remove(path=path):
            return entry | {"remove": path}
        case Ignore(limit=limit):
            return entry | {"ignore": limit}
        case Aim():
            return entry | {"force" if isinstance(change, Force) else "forbid": _aim(change)}
    raise TypeError(f"{type(change).__name__} is not a change")


def _aim(change: Aim) -> str | dict[str, Any]:
    if change.either:
        years = "" if change.years is None else f".{change.years[0]}-{change.years[1]}"
        return f"{change.partnership}.{change.either}{years}"
    aim: dict[str, Any] = {"partnership": change.partnership}
    if change.action:
        aim["action"] = change.action
    if change.states:
        aim["states"] = list(change.states)
    if change.years is not None:
        aim["years"] = list(change.years)
    return aim if len(aim) > 1 else change.partnership


def _parse(path: str, where: Path) -> str:
    """A path that is one; raises `UnusableError`."""
    try:
        end = words_of(path).end
    except UnusableError:
        end = 0
    if not end or end < len(path):
        raise UnusableError(where, f"{_brief(path)} is not a path", "for example capital.budget")
    return path


def _text(value: Any, where: Path, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise UnusableError(where, f"must be {what}, not {_brief(value)}")
    return value


def _brief(value: Any) -> str:
    shown = "empty" if value is None else repr(value) if isinstance(value, str) else str(unsigned(value))
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


def _set(path: str, value: Any, _where: Path, group: str, origin: Origin) -> Change:
    return Set(path, unsigned(value), group=group, origin=origin)


def _add(path: str, value: Any, _where: Path, group: str, origin: Origin) -> Change:
    return Add(path, unsigned(value), group=group, origin=origin)


_EXAMPLES = {
    "set": "capital.recycle: 0.5",
    "scale": "capital.budget: 0.9",
    "add": "capital.budget.2028: 120",
    "shift": "scenarios.slow_ev: 1",
}
_VERBS: Mapping[str, Callable[[str, Any, Path, str, Origin], Change]] = {
    "set": _set,
    "scale": _scale,
    "add": _add,
    "shift": _shift,
}
_OTHERS: Mapping[str, Callable[[Any, Path, str, Origin], Change]] = {
    "remove": _remove,
    "ignore": _ignore,
    "force": _force,
    "forbid": _forbid,
}
