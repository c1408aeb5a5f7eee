"""A case: a name, what it is based on, and its changes. Changes are data; paths are those of `language.addresses`.

    set(path, value)        replaces what stands there, or puts it where nothing stands
    scale(path, factor)     multiplies: a number, each number of a series or a profile, the second numbers of a curve
    add(path, value)        to a number (or each of a series or a profile) an amount; to a list a member; to entries one
    shift(path, years)      later by so many years, or earlier: windows, years of rules, series, profiles, durations
    remove(path)            takes out what stands there
    force, forbid           a partnership, one of its actions, or its being in a state
    ignore                  a limit, by id or by family

What each does to each kind of value: `amounts`, `insisting`, `ignoring`. Paths that begin with `model.` lead into the
model.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portfolioopt.language.emitting import flow


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change is written: a file with line and column (from 1), or a word for it."""

    file: str = ""
    line: int = 0
    column: int = 0


NOWHERE = Origin()
Years = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One edit. `group` names what it belongs to when the effects of changes are told one after the other."""

    group: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def said(self) -> str:
        """The change in a few words."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Set(Change):
    """Replaces what stands at a path."""

    path: str
    value: Any

    @property
    def said(self) -> str:
        return f"{self.path}: {shown(self.value)}"


@dataclass(frozen=True, slots=True)
class Scale(Change):
    """Multiplies what stands at a path."""

    path: str
    factor: Decimal | int | float

    @property
    def said(self) -> str:
        return f"{self.path}: x{shown(self.factor)}"


@dataclass(frozen=True, slots=True)
class Add(Change):
    """Adds an amount to numbers, or a member to a list."""

    path: str
    value: Any

    @property
    def said(self) -> str:
        if isinstance(self.value, int | float | Decimal):
            return f"{self.path}: {'+' if self.value >= 0 else ''}{shown(self.value)}"
        return f"add to {self.path}: {shown(self.value)}"


@dataclass(frozen=True, slots=True)
class Shift(Change):
    """Moves what stands at a path to later years; to earlier ones where `years` is below 0."""

    path: str
    years: int

    @property
    def said(self) -> str:
        number = f"{abs(self.years)} year{'' if abs(self.years) == 1 else 's'}"
        return f"{self.path}: {number} {'earlier' if self.years < 0 else 'later'}"


@dataclass(frozen=True, slots=True)
class Remove(Change):
    """Takes out what stands at a path."""

    path: str

    @property
    def said(self) -> str:
        return f"remove {self.path}"


@dataclass(frozen=True, slots=True)
class Aim(Change):
    """What is forced or forbidden: a partnership as a whole, one of its actions, or its being in some states."""

    partnership: str
    action: str = ""
    states: tuple[str, ...] = ()
    years: Years | None = None
    either: str = ""
    """an action or a state, whichever has that name"""

    @property
    def aim(self) -> str:
        what = f".{self.action or self.either}" if self.action or self.either else ""
        if self.states:
            what = f" in {' or '.join(self.states)}"
        first, last = self.years or (0, 0)
        when = "" if self.years is None else f" {first}" if first == last else f" {first}-{last}"
        return f"{self.partnership}{what}{when}"


@dataclass(frozen=True, slots=True)
class Force(Aim):
    """Makes it happen in every scenario."""

    @property
    def said(self) -> str:
        return f"force {self.aim}"


@dataclass(frozen=True, slots=True)
class Forbid(Aim):
    """Lets it happen in no scenario."""

    @property
    def said(self) -> str:
        return f"forbid {self.aim}"


@dataclass(frozen=True, slots=True)
class Ignore(Change):
    """Lets a limit, or a family of limits, be exceeded free of charge."""

    limit: str

    @property
    def said(self) -> str:
        return f"ignore {self.limit}"


@dataclass(frozen=True, slots=True)
class Case:
    """An edited instance: its own changes after those of the case that it is based on (none: the instance as it is)."""

    name: str
    changes: tuple[Change, ...] = ()
    base: "Case | None" = None
    description: str = ""
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def chain(self) -> tuple["Case", ...]:
        """The cases that it is based on, first to last, and itself."""
        found: list[Case] = []
        case: Case | None = self
        while case is not None:
            found.append(case)
            case = case.base
        return tuple(reversed(found))

    @property
    def every_change(self) -> tuple[Change, ...]:
        """All changes in their order, those of its bases first."""
        return tuple(change for case in self.chain for change in case.changes)


def case(name: str, *changes: Change, base: Case | None = None, description: str = "") -> Case:
    """case("poorer", scale("capital.budget", 0.9), forbid("cell_jv"))."""
    return Case(name, changes, base, description)


def set_value(path: str, value: Any, *, group: str = "") -> Set:
    """Replaces what stands at a path, or puts it where nothing stands."""
    return Set(path, value, group=group)


def scale(path: str, factor: Decimal | int | float, *, group: str = "") -> Scale:
    """Multiplies what stands at a path."""
    return Scale(path, factor, group=group)


def add(path: str, value: Any, *, group: str = "") -> Add:
    """Adds an amount to a number, a member to a list, or new entries to keys."""
    return Add(path, value, group=group)


def shift(path: str, years: int, *, group: str = "") -> Shift:
    """Moves what stands at a path to later years; earlier ones where `years` is below 0."""
    return Shift(path, years, group=group)


def remove(path: str, *, group: str = "") -> Remove:
    """Takes out what stands at a path."""
    return Remove(path, group=group)


def force(
    partnership: str,
    *,
    action: str = "",
    states: Iterable[str] = (),
    years: Years | int | None = None,
    group: str = "",
) -> Force:
    """In every scenario: the partnership is entered, or kept if in force; the action taken; or the states held.

    `years`: a calendar year, or the first and the last.
    """
    return Force(partnership, action, _names(states), _years(years), group=group)


def forbid(
    partnership: str,
    *,
    action: str = "",
    states: Iterable[str] = (),
    years: Years | int | None = None,
    group: str = "",
) -> Forbid:
    """In no scenario: the partnership is entered, or kept longer than it must; the action taken; the states held."""
    return Forbid(partnership, action, _names(states), _years(years), group=group)


def ignore_limit(limit: str, *, group: str = "") -> Ignore:
    """Lets a limit (by id), or a family of limits, be exceeded free of charge."""
    return Ignore(limit, group=group)


def shown(value: Any) -> str:
    """A value on one line, as a file would have it."""
    if isinstance(value, float):
        return repr(value)
    try:
        text = flow(_plain(value))
    except TypeError:
        text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _names(states: Iterable[str]) -> tuple[str, ...]:
    return (states,) if isinstance(states, str) else tuple(states)


def _years(years: Years | int | None) -> Years | None:
    return (years, years) if isinstance(years, int) else years
