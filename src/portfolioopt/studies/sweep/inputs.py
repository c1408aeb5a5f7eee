"""Inputs that a sweep varies: single levels, or a range between two ends. Edits are those of cases.

    capital.budget=x0.8,x0.9,x1.0           levels: each is what may stand behind the path in a case
    capital.budget=x0.8..x1.2               a range: factors, percentages, amounts, values, or years later

The ends of a range are of one kind. Between whole numbers (and years) only whole numbers are drawn: write 140.0..180.0
for all between.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolioopt.cases.applying import make_all
from portfolioopt.cases.changes import NOWHERE, Add, Case, Change, Origin, Scale, Set, Shift
from portfolioopt.cases.draft import ROOTS, Draft, Root
from portfolioopt.cases.notation import change_at, signed_value
from portfolioopt.errors import Fault, InvalidCase
from portfolioopt.language.addresses import ANY, UnusableError, find, label_of, opened, value_at, words_of
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.parsing import parse

DIGITS = 6
"""Significant digits of what is drawn from a range."""
OPEN, CLOSE = "[{(", "]})"


@dataclass(frozen=True, slots=True)
class Level:
    """One setting of an input, and the changes that it stands for."""

    said: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """What is varied: single levels, in their order."""

    name: str
    levels: tuple[Level, ...]

    @property
    def ends(self) -> tuple[Level, ...]:
        """The levels that it goes to when it alone is varied."""
        return self.levels

    def at(self, share: float) -> Level:
        """The level at a share in [0, 1) of all, each as likely as the others."""
        return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]


@dataclass(frozen=True, slots=True)
class Range:
    """What is varied: anything between two ends, each as likely as the others."""

    name: str
    paths: tuple[str, ...]
    low: Change
    high: Change

    @property
    def ends(self) -> tuple[Level, ...]:
        return (self._level(_amount(self.low)), self._level(_amount(self.high)))

    def at(self, share: float) -> Level:
        """The level at a share in [0, 1) of the way."""
        low, high = Decimal(_amount(self.low)), Decimal(_amount(self.high))
        if self.whole:
            first, last = sorted((int(low), int(high)))
            step = min(int(share * (last - first + 1)), last - first)
            return self._level(first + step if low <= high else last - step)
        return self._level(Decimal(f"{low + Decimal(repr(share)) * (high - low):.{DIGITS}g}"))

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return not isinstance(self.low, Scale) and type(_amount(self.low)) is int and type(_amount(self.high)) is int

    def _level(self, amount: int | Decimal) -> Level:
        changes = tuple(_like(self.low, path, amount) for path in self.paths)
        return Level(_behind(changes[0], self.paths[0]), changes)


Varied = Input | Range


def levels_of(path: str | tuple[str, ...], values: list[Any], name: str = "", origin: Origin = NOWHERE) -> Input:
    """An input of single levels; several paths move together. Raises `UnusableError`."""
    paths = (path,) if isinstance(path, str) else path
    if not values:
        raise UnusableError((), "no level is given", "for example x0.9, x1.1")
    made = [tuple(change_at(one, value, origin=origin) for one in paths) for value in values]
    levels = [Level(_behind(changes[0], paths[0]), changes) for changes in made]
    twice = next(
        (one.said for number, one in enumerate(levels) if one.said in {two.said for two in levels[:number]}), ""
    )
    if twice:
        raise UnusableError((), f"the level {twice} is given twice", "leave one out")
    return Input(name or " + ".join(paths), tuple(levels))


def range_of(path: str | tuple[str, ...], low: Any, high: Any, name: str = "", origin: Origin = NOWHERE) -> Range:
    """An input between two ends; several paths move together. Raises `UnusableError`."""
    paths = (path,) if isinstance(path, str) else path
    ends = [change_at(paths[0], end, origin=origin) for end in (low, high)]
    if type(ends[0]) is not type(ends[1]):
        said = " and ".join(_behind(end, paths[0]) for end in ends)
        raise UnusableError((), f"{said} are not of one kind", "for example x0.8..x1.2, +-50..+50, 0.05..0.10")
    for end in ends:
        if not isinstance(end, Scale | Add | Shift | Set) or not _is_number(_amount(end)):
            raise UnusableError((), f"{_behind(end, paths[0])} is no number", "a range lies between two numbers")
    if _amount(ends[0]) == _amount(ends[1]):
        raise UnusableError((), "both ends are the same", "the second end is another one")
    return Range(name or " + ".join(paths), paths, *ends)


def read_varied(text: str, said: str) -> Varied:
    """PATH=LEVEL,LEVEL,... or PATH=LOW..HIGH, as on a command line. Raises `InvalidCase`."""
    origin = Origin(said)
    try:
        path, values = _parted(text)
        low, dots, high = values.partition("..")
        if dots:
            return range_of(path, _value(low), _value(high), origin=origin)
        return levels_of(path, [_value(one) for one in _split(values)], origin=origin)
    except UnusableError as fault:
        raise InvalidCase([fault.fault(said)]) from None


def each_of(varied: Varied, instance: Instance, model: Model) -> list[Varied]:
    """The same for every member that the first `*` of its paths stands for, each by itself. Raises `InvalidCase`."""
    paths = varied.paths if isinstance(varied, Range) else tuple(_paths_of(varied))
    try:
        if len(paths) != 1:
            raise UnusableError((), "each member of several paths is not known", "give every path by itself")
        found = [_at(varied, paths[0], inner) for inner in _expanded(paths[0], instance, model)]
        if not found:
            raise UnusableError((), "goes to nothing that is there", "see the instance for what it has")
    except UnusableError as fault:
        raise InvalidCase([fault.fault(varied.name)]) from None
    return found


def check_levels(varied: tuple[Varied, ...], instance: Instance, model: Model) -> None:
    """Raises `InvalidCase` with every edit that cannot be made, each once.

    Whether what comes of several edits together is sound is told of each point, not here.
    """
    faults: list[Fault] = []
    for one in varied:
        for level in one.ends:
            draft = Draft({"instance": opened(instance), "model": opened(model)})
            faults += make_all(draft, Case(one.name, level.changes))
    if faults:
        raise InvalidCase(list(dict.fromkeys(faults)))


def _expanded(path: str, instance: Instance, model: Model) -> Iterator[str]:
    words = list(words_of(path).words)
    if ANY not in words:
        raise UnusableError((), "has no *", "for example skills.*.capacity")
    root: Root = "instance"
    inside = words
    if words[0] == "model":
        root, inside = "model", words[1:]
    top = opened(instance if root == "instance" else model)
    star = inside.index(ANY)
    before = inside[:star]
    holders = find(top, tuple(before), ROOTS[root]) if before else []
    holder = opened(value_at(top, holders[0].path)) if holders else top
    names = list(holder) if isinstance(holder, Mapping) else [label_of(item) for item in holder]
    ahead = len(words) - len(inside)
    for name in names:
        new = [*words[: ahead + star], str(name), *words[ahead + star + 1 :]]
        try:
            find(top, tuple(new[ahead:]), ROOTS[root])
        except UnusableError:  # not every member has every key
            continue
        yield _text(new)


def _text(words: list[Any]) -> str:
    """A path again, of its words."""
    text = ""
    for word in words:
        if isinstance(word, int):
            text += f"[{word}]"
            continue
        plain = str(word)
        name = plain if word is ANY or not set(plain) & set(".[]\"'= ") else f'"{plain}"'
        text += f".{name}" if text else name
    return text


def _at(varied: Varied, path: str, inner: str) -> Varied:
    if isinstance(varied, Range):
        ends = (_like(end, inner, _amount(end)) for end in (varied.low, varied.high))
        return Range(inner, (inner,), *ends)
    levels = [Level(one.said, tuple(_moved(change, path, inner) for change in one.changes)) for one in varied.levels]
    return Input(inner, tuple(levels))


def _moved(change: Change, path: str, inner: str) -> Change:
    match change:
        case Set(path=own, value=value) if own == path:
            return Set(inner, value, origin=change.origin)
        case Scale(path=own) | Add(path=own) | Shift(path=own) if own == path:
            return _like(change, inner, _amount(change))
    raise UnusableError((), "cannot be varied for each member", "give every path by itself")


def _paths_of(varied: Input) -> Iterator[str]:
    yield from dict.fromkeys(
        change.path
        for level in varied.levels
        for change in level.changes
        if isinstance(change, Set | Scale | Add | Shift)
    )


def _like(change: Change, path: str, amount: Any) -> Change:
    """A change of the same kind at another path, with another amount."""
    match change:
        case Scale():
            return Scale(path, amount, origin=change.origin)
        case Add():
            return Add(path, amount, origin=change.origin)
        case Shift():
            return Shift(path, int(amount), origin=change.origin)
    return Set(path, amount, origin=change.origin)


def _amount(change: Change) -> Any:
    match change:
        case Scale(factor=factor):
            return factor
        case Shift(years=years):
            return years
        case Add(value=value) | Set(value=value):
            return value
    raise TypeError(f"{type(change).__name__} has no amount")


def _is_number(value: Any) -> bool:
    return type(value) in (int, Decimal)


def _behind(change: Change, path: str) -> str:
    """What stands behind the path."""
    said = change.said.removeprefix(f"{path}: ")
    return f"+{said}" if isinstance(change, Add) and said.startswith("-") else said


def _parted(text: str) -> tuple[str, str]:
    end = words_of(text).end
    if end == len(text):
        raise UnusableError((), "is not PATH=LEVELS", "for example capital.budget=x0.9,x1.1")
    return text[:end], text[end + 1 :]


def _split(text: str) -> Iterator[str]:
    """The parts between commas that stand in no brackets and no quotes."""
    depth, quote, part = 0, "", ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        else:
            depth += (letter in OPEN) - (letter in CLOSE)
        if letter == "," and not depth and not quote:
            yield part
            part = ""
        else:
            part += letter
    yield part


def _value(text: str) -> Any:
    if not text.strip():
        raise UnusableError((), "a level is empty", "write levels between commas, for example x0.9,x1.1")
    parsed = parse(text.strip(), signed_value)
    if parsed.faults:
        fault = parsed.faults[0]
        raise UnusableError((), f"the level {text.strip()} cannot be read: {fault.message}", fault.hint)
    return parsed.value
