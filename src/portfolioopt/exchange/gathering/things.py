"""The records of an instance under construction: declared by the rows of one table, filled by those of others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portfolioopt.errors import Fault
from portfolioopt.exchange.gathering.grids import Grid, Spot
from portfolioopt.exchange.sheets.leaves import LABEL, MEMBER, Leaf, Path
from portfolioopt.exchange.sheets.tables import PARTNERSHIPS, Table, tables
from portfolioopt.language.checking import did_you_mean

Where = tuple[str | int, ...]
"""A path of the instance that is read: keys and positions."""
Names = tuple[str, ...]


@dataclass(slots=True)
class Gathered:
    """What a file says, and where."""

    raw: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[Spot, Fault]] = field(default_factory=list)
    spots: dict[Where, Spot] = field(default_factory=dict)
    names: dict[Where, Spot] = field(default_factory=dict)
    """Where the label of a labelled value stands; `spots` has the value."""
    series: dict[Where, list[tuple[Spot, Any, Leaf]]] = field(default_factory=dict)
    """The cells of each series of years."""
    unread: set[str] = field(default_factory=set)
    """Tables that could not be read at all."""
    refused: set[str] = field(default_factory=set)
    """Names that stand in rows that could not be used."""

    def tell(self, spot: Spot, message: str, hint: str = "") -> None:
        """Something is wrong at a spot."""
        self.faults.append((spot, Fault((), message, hint)))


@dataclass(slots=True)
class Thing:
    """A record: its values, where they will be, and the row that began it."""

    raw: dict[str, Any]
    where: Where
    row: int
    lines: dict[tuple[str, str], Spot] = field(default_factory=dict)
    """Where each of its lines begins, by name and label."""


class Things:
    """Every record by its table's stem and the names that lead to it."""

    def __init__(self, found: Gathered) -> None:
        self._found = found
        self._held: dict[tuple[Path, Names], Thing] = {((), ()): Thing(found.raw, (), 0)}
        self._missed: dict[tuple[str, Path, Names], list[Spot]] = {}
        """By table, what is named in it and declared nowhere: where."""

    def record(self, stem: Path, row: int) -> Thing:
        """The one record of a table whose rows are its keys."""
        if (stem, ()) not in self._held:
            raw = self._found.raw
            for key in stem:
                raw = raw.setdefault(key, {})
            self._held[stem, ()] = Thing(raw, stem, row)
        return self._held[stem, ()]

    def member(self, table: Table, holder: Thing, names: Names, own: str | None, spot: Spot) -> Thing:
        """A new member of a list, or the one of that name where the table gives a thing several lines."""
        stem = table.sheet.stem
        known = self._held.get((stem, (*names, own))) if own is not None else None
        if known is not None and table.line_header:
            return known
        way = stem[len(holder_of(stem)) : -1]
        members = holder.raw
        for key in way[:-1]:
            members = members.setdefault(key, {})
        listed = members.setdefault(way[-1], [])
        thing = Thing({}, (*holder.where, *way, len(listed)), spot.row)
        listed.append(thing.raw)
        self._found.spots[thing.where] = spot
        if own is not None and known is None:
            self._held[stem, (*names, own)] = thing
        return thing

    def labelled(self, table: Table, holder: Thing, names: Names, spot: Spot) -> Thing | None:
        """A record under a name of the author's own; None, and told, where that name is taken."""
        stem = table.sheet.stem
        known = self._held.get((stem, names))
        if known is not None:
            if table.line_header:
                return known
            self._found.tell(spot, f"{names[-1]} is given twice, first in row {known.row}", "keep one")
            return None
        way = stem[len(holder_of(stem)) : -1]
        members = holder.raw
        for key in way:
            members = members.setdefault(key, {})
        thing = Thing(members.setdefault(names[-1], {}), (*holder.where, *way, names[-1]), spot.row)
        self._found.spots[thing.where] = spot
        self._held[stem, names] = thing
        return thing

    def known(self, stem: Path, names: Names, table: Table, spots: tuple[Spot, ...]) -> Thing | None:
        """What another table has declared; None, and noted, where none has. `spots` are those of the names."""
        found = self._held.get((stem, names))
        if found is not None:
            return found
        for length in range(1, len(names) + 1):
            part = _first_stem(stem, length)
            if (part, names[:length]) not in self._held:
                self._found.refused.add(names[length - 1])
                self._missed.setdefault((table.name, part, names[:length]), []).append(spots[length - 1])
                break
        return None

    def tell_missed(self, grids: Mapping[str, Grid]) -> None:
        """Names that no table declares, each once for every table that uses it."""
        for (name, stem, names), spots in self._missed.items():
            owner = next(other for other in tables() if other.sheet.stem == stem)
            nothing = stem == PARTNERSHIPS and not any(held == stem for held, _ in self._held)
            if nothing or owner.name in self._found.unread or owner.name not in grids:
                continue  # told of the table that should declare it
            key = next(other.sheet.keys for other in tables() if other.name == name)[len(names) - 1]
            known = [other[-1] for held, other in self._held if held == stem and other[:-1] == names[:-1]]
            of = f" of {names[-2]}" if len(names) > 1 else ""
            more = f", as {len(spots)} rows say" if len(spots) > 1 else ""
            hint = did_you_mean(names[-1], known) or f"declare it in {owner.name}"
            self._found.tell(spots[0], f"there is no {key}{of} called {names[-1]} in {owner.name}{more}", hint)


def holder_of(stem: Path) -> Path:
    """The stem of what the members of a stem belong to."""
    for length in range(len(stem) - 1, 0, -1):
        if stem[length - 1] in (MEMBER, LABEL):
            return stem[:length]
    return ()


def _first_stem(stem: Path, names: int) -> Path:
    """The beginning of a stem that runs through so many names."""
    passed = 0
    for length, part in enumerate(stem, start=1):
        passed += part in (MEMBER, LABEL)
        if passed == names:
            return stem[:length]
    return stem
