"""The clipboard that cross-checks write on: collects every fault and answers what is declared where."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from portfolioopt.errors import Fault
from portfolioopt.language.partnership import Partnership

if TYPE_CHECKING:
    from portfolioopt.language.families.links import Occupancy
    from portfolioopt.language.instance import Instance

Path = tuple[str | int, ...]


MOST_SUGGESTIONS = 50
"""Faults that get a suggestion: looking for the nearest of thousands of names takes its time."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A suggestion for a name that is not known."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    if not names:
        return ""
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return f"known: {shown}"


class Checker:
    """Faults and warnings found so far, and the names that an instance declares."""

    def __init__(self, instance: "Instance") -> None:
        self.instance = instance
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self.partnerships: dict[str, Partnership] = {}
        for partnership in instance.partnerships:
            self.partnerships.setdefault(partnership.id, partnership)
        self.partners = {name for partnership in instance.partnerships for name in partnership.partners}
        self.drivers = set(instance.drivers)

    def fault(self, path: Path, message: str, hint: str = "", sought: str = "") -> None:
        self.faults.append(Fault(path, message, hint, sought=sought))

    def warn(self, path: Path, message: str, hint: str = "") -> None:
        self.warnings.append(Fault(path, message, hint))

    def series(self, path: Path, value: Decimal | tuple[Decimal, ...] | None) -> None:
        """A series that is a list holds one number for each year of the horizon."""
        years = self.instance.horizon.years
        if isinstance(value, tuple) and len(value) != years:
            self.fault(
                path,
                f"has {_counted(len(value), 'number')}, but the horizon has {_counted(years, 'year')}",
                "give one number for each year, or a single number for all of them",
            )

    def years(self, path: Path, years: tuple[int, int] | None) -> None:
        """A span of calendar years, first to last; what lies outside the horizon is only warned of."""
        if years is None:
            return
        first, last = years
        horizon = self.instance.horizon
        if first > last:
            self.fault(path, f"ends ({last}) before it begins ({first})", "write [first year, last year]")
        elif last < horizon.first_year or first > horizon.last_year:
            self.warn(path, f"lies wholly outside the horizon {horizon.first_year} to {horizon.last_year}")

    def known(self, path: Path, name: str, known: Collection[str], what: str) -> bool:
        """Whether a reference leads somewhere."""
        if name in known:
            return True
        hint = did_you_mean(name, known) if len(self.faults) < MOST_SUGGESTIONS else ""
        self.fault(path, f"there is no {what} called {name}", hint or f"the instance has no {what}", sought=name)
        return False

    def unique(self, path: Path, name: str, seen: dict[str, Path], what: str) -> None:
        if name in seen:
            self.fault(path, f"there are two {what} called {name}", "every one needs a name of its own")
        else:
            seen[name] = path

    def repeats(self, path: Path, names: Iterable[object], counts: str = "counts once") -> None:
        """A list that names something twice, and how often that counts."""
        seen = set()
        for position, name in enumerate(names):
            if name in seen:
                self.warn((*path, position), f"{name} is named twice and {counts}", "remove one of them")
            seen.add(name)

    def coefficients(self, path: Path, names: Iterable[str]) -> None:
        """Sensitivities name declared drivers."""
        for name in names:
            self.known((*path, name), name, self.drivers, "driver")

    def occupancy(self, path: Path, occupancy: "Occupancy") -> None:
        """A partnership that exists, in states that it has."""
        self.states(path, occupancy.partnership, occupancy.states)

    def states(self, path: Path, partnership_id: str, states: tuple[str, ...]) -> None:
        if not self.known((*path, "partnership"), partnership_id, self.partnerships, "partnership"):
            return
        names = self.partnerships[partnership_id].state_names
        for position, state in enumerate(states):
            self.known((*path, "states", position), state, names, f"state of {partnership_id}")

    def curve(self, path: Path, curve: tuple[tuple[Decimal, Decimal], ...]) -> bool:
        """Begins at [0, 0], totals strictly increasing; returns whether it does."""
        if any(curve[0]):
            self.fault((*path, 0), "a curve begins at [0, 0]", "add that point before the others")
            return False
        for position in range(1, len(curve)):
            if curve[position][0] <= curve[position - 1][0]:
                self.fault(
                    (*path, position), "the totals of a curve must increase", "sort the points by their first number"
                )
                return False
        return True


def carried(instance: "Instance", flow: str) -> Iterator[str]:
    """Labels that any state or action of any partnership carries under `exposure`, `provides` or `effort`."""
    for partnership in instance.partnerships:
        for state in partnership.states.values():
            yield from getattr(state, flow)
        for action in partnership.actions:
            yield from getattr(action.during, flow)
            yield from getattr(action.at_effect, flow)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
