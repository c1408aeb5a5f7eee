"""Multiple-choice multidimensional knapsacks as instances: the text files in which they are published.

A file holds `groups items resources`, the capacities, then for each group its number and one row `value w1 … wk` for
each item; words may follow, which are not read. Files of many problems have the number of each before its `groups`.
Of every group exactly one item is taken: a group becomes a partnership with a state for each item, formed in the only
year; a rule asks that it is in one of them, and resources are skills.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import PydanticCustomError

from portfolioopt.errors import Fault, InvalidInput, InvalidInstance
from portfolioopt.exchange.gathering.placing import Imported
from portfolioopt.language.files import read_text
from portfolioopt.language.instance import Instance
from portfolioopt.language.scalars import plain_value
from portfolioopt.language.values import number

YEAR = 2026
"""The only year; the files have none."""
SHAPE = "a file begins with how many groups, items and resources there are"


class Item(NamedTuple):
    """What taking an item earns, and uses of each resource."""

    value: Decimal
    weights: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Knapsack:
    """One problem: of each group exactly one item, within the capacities."""

    capacities: tuple[Decimal, ...]
    groups: tuple[tuple[Item, ...], ...]
    number: int = 1
    """Its number among those of the file."""


class _Word(NamedTuple):
    text: str
    line: int
    column: int


def read_mmkp(path: Path, wanted: int | None = None) -> Imported:
    """The problem in a file, of several the first or the one of that number. Raises `InvalidInstance`."""
    try:
        problems = read_knapsacks(path)
    except InvalidInput as invalid:
        raise InvalidInstance(invalid.faults) from None
    chosen = next((one for one in problems if one.number == (wanted or problems[0].number)), None)
    if chosen is None:
        numbers = f"{problems[0].number} to {problems[-1].number}" if len(problems) > 1 else "only one"
        raise InvalidInstance([Fault((), f"holds no problem {wanted}", f"it holds {numbers}", str(path))])
    name = path.stem if len(problems) == 1 else f"{path.stem}-{chosen.number}"
    told: tuple[Fault, ...] = ()
    if len(problems) > 1 and wanted is None:
        message = f"holds {len(problems)} problems, of which number {chosen.number} is imported"
        told = (Fault((), message, "--number N imports another", str(path)),)
    return Imported(Instance.model_validate(instance_of(chosen, name)), told)


def read_knapsacks(path: Path) -> tuple[Knapsack, ...]:
    """Every problem in a file. Raises `InvalidInput` with the line and column of what is wrong."""
    return tuple(_Reading(read_text(path), str(path)).problems())


def instance_of(knapsack: Knapsack, name: str) -> dict[str, Any]:
    """The same choice as an instance: one year, no discount, resources as skills."""
    return {
        "format": "portfolioopt-instance/1",
        "name": name,
        "description": "Multiple-choice knapsack: of each group exactly one item, within the capacities.",
        "currency": "value",
        "horizon": {"first_year": YEAR, "years": 1},
        "discount_rate": 0,
        "partnerships": [_partnership(place, group) for place, group in enumerate(knapsack.groups, start=1)],
        "skills": {_resource(place): {"capacity": amount} for place, amount in enumerate(knapsack.capacities, start=1)},
        "rules": [
            {
                "id": f"choose_{place}",
                "partnership": f"group_{place}",
                "states": [f"item_{item}" for item in range(1, len(group) + 1)],
                "must": "always",
            }
            for place, group in enumerate(knapsack.groups, start=1)
        ],
    }


def _partnership(place: int, group: tuple[Item, ...]) -> dict[str, Any]:
    return {
        "id": f"group_{place}",
        "states": {
            f"item_{place}": {
                "benefit": item.value,
                "effort": {_resource(resource): weight for resource, weight in enumerate(item.weights, 1) if weight},
            }
            for place, item in enumerate(group, start=1)
        },
        "actions": [
            {"id": f"take_{place}", "kind": "form", "from": "none", "to": f"item_{place}"}
            for place in range(1, len(group) + 1)
        ],
    }


def _resource(place: int) -> str:
    return f"resource_{place}"


class _Reading:
    """One pass over the words of a file, line by line."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._lines = [line for line in _lines(text) if line]
        self._at = 0

    def problems(self) -> Iterator[Knapsack]:
        if not self._lines:
            raise self._refused(1, 1, "the file is empty", SHAPE)
        numbered = len(self._lines[0]) == 4
        before = None
        while self._at < len(self._lines):
            words = self._lines[self._at]
            if before is not None and not numbered:
                if _is_number(words[0]):
                    raise self._word(words[0], "more numbers than the first line has announced", SHAPE)
                return
            if before is not None and not _is_number(words[0]):
                return
            before = self._problem(numbered, before)
            yield before

    def _problem(self, numbered: bool, before: Knapsack | None) -> Knapsack:
        header = self._row(4 if numbered else 3, "groups, items and resources, perhaps a number before them", SHAPE)
        counts = [self._count(word) for word in header]
        name = counts.pop(0) if numbered else 1
        if before is not None and name <= before.number:
            raise self._word(header[0], f"problem {name} follows problem {before.number}", "numbers must rise")
        groups, items, resources = counts
        capacities = tuple(self._amount(word, "a capacity") for word in self._row(resources, "one for each resource"))
        read = []
        first = None
        for place in range(groups):
            mark = self._row(1, f"the number of group {place + 1}", "a row above may have too few or too many numbers")
            own = self._count(mark[0], least=0)
            first = own if first is None else first
            if own != first + place:
                raise self._word(mark[0], f"is group {own}, but group {first + place} is next", "groups are in order")
            rows = [self._row(1 + resources, f"a value and {resources} weights") for _ in range(items)]
            read.append(tuple(self._item(row) for row in rows))
        return Knapsack(capacities, tuple(read), name)

    def _item(self, row: list[_Word]) -> Item:
        return Item(self._number(row[0]), tuple(self._amount(word, "a weight") for word in row[1:]))

    def _row(self, length: int, what: str, hint: str = "") -> list[_Word]:
        """The words of the next line, which must be so many."""
        if self._at >= len(self._lines):
            last = self._lines[-1][-1]
            raise self._refused(last.line, last.column + len(last.text), "the file ends too early", f"next: {what}")
        words = self._lines[self._at]
        if len(words) != length:
            for word in words[:length]:
                self._number(word)
            said = f"has {len(words)} numbers, and must have {length}: {what}"
            raise self._word(words[min(length, len(words) - 1)], said, hint, quoted=False)
        self._at += 1
        return words

    def _number(self, word: _Word) -> Decimal:
        value = plain_value(word.text)
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise self._word(word, "is not a number", "write 12 or 12.5")
        try:
            return number(value)
        except PydanticCustomError as error:
            raise self._word(word, error.message()) from None

    def _amount(self, word: _Word, what: str) -> Decimal:
        value = self._number(word)
        if value < 0:
            raise self._word(word, f"is below 0, which {what} cannot be")
        return value

    def _count(self, word: _Word, least: int = 1) -> int:
        value = self._number(word)
        if value != value.to_integral_value() or value < least:
            raise self._word(word, f"must be a whole number of {least} or more")
        return int(value)

    def _word(self, word: _Word, message: str, hint: str = "", *, quoted: bool = True) -> InvalidInput:
        said = f"{word.text[:40]!r} {message}" if quoted else f"the line {message}"
        return self._refused(word.line, word.column, said, hint)

    def _refused(self, line: int, column: int, message: str, hint: str = "") -> InvalidInput:
        return InvalidInput([Fault((), message, hint, self._file, line, column)])


def _lines(text: str) -> Iterator[list[_Word]]:
    for place, line in enumerate(text.splitlines(), start=1):
        yield [_Word(found[0], place, found.start() + 1) for found in re.finditer(r"\S+", line)]


def _is_number(word: _Word) -> bool:
    value = plain_value(word.text)
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
