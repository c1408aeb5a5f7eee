"""A LOGOS file as what it says: what there is of each resource by period, and what each investment may be."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pydantic_core import PydanticCustomError

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.exchange.neighbours.logos_xml import Element, read_elements
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.scalars import plain_value
from portfolioopt.language.values import number

NOTHING = "DoNothing"
MOST_TIMES = 50
"""How often an investment may be made at most."""
_SECTIONS = {"TestInfo", "Sets", "Parameters", "Settings"}
_REFUSED = {
    "Uncertainties": "uncertainties ask for one order of priority, which an instance cannot say",
    "ExternalConstraints": "external constraints are code",
    "Economics": "write the net present values out instead of the cash flows",
}
_SETS = {"investments", "time_periods", "resources", "options", "capitals"}
_PARAMETERS = {"net_present_values", "costs", "available_capitals"}
_OF_THE_SOLVER = {"solver", "solverOptions", "workingDir", "tee", "optionalConstraints", "consistentConstraintI"}
_SETTINGS = {
    "mandatory", "regulatoryMandated", "nonSelection", "sense", "problem_type", "lowerBounds", "upperBounds",
} | _OF_THE_SOLVER  # fmt: skip
_TYPES = {"singleknapsack", "mckp", "multipleknapsack"}


@dataclass(frozen=True, slots=True)
class Option:
    """What an investment may be: its value, and its costs by resource and period."""

    name: str
    value: Decimal
    costs: tuple[tuple[Decimal, ...], ...]

    def times(self, many: int) -> "Option":
        """The same made so many times."""
        if many == 1:
            return self
        costs = tuple(tuple(many * cost for cost in row) for row in self.costs)
        return Option(f"{self.name}_{many}_times", many * self.value, costs)

    @property
    def is_nothing(self) -> bool:
        """Whether it is the same as leaving it: a DoNothing that earns or costs something is not."""
        return self.name == NOTHING and not self.value and not any(any(row) for row in self.costs)


@dataclass(frozen=True, slots=True)
class Budgeting:
    """A case: what there is of each resource by period, and the options of each investment."""

    periods: tuple[str, ...]
    resources: tuple[str, ...]
    available: tuple[tuple[Decimal, ...], ...]
    """By resource and period."""
    units: bool
    """Whether an investment draws on one of the resources, instead of on all of them."""
    options: dict[str, tuple[Option, ...]]
    must: dict[str, tuple[str, ...]]
    """Investments that must take one of these options."""


def read_budgeting(path: Path) -> Budgeting:
    """The case in a file. Raises `InvalidInput` with its line."""
    try:
        return _Reading(read_elements(path)).budgeting()
    except InvalidInput as invalid:
        raise InvalidInput(replace(fault, file=str(path)) for fault in invalid.faults) from None


class _Reading:
    """The parts of a file, put together."""

    def __init__(self, root: Element) -> None:
        if root.name != "Logos":
            raise _refused(root, f"is <{root.name}>, not <Logos>", "a LOGOS file begins with it")
        self._root = root
        for name, element in root.inside.items():
            if name in _REFUSED:
                raise _refused(element, f"<{name}> cannot be imported", _REFUSED[name])
            if name not in _SECTIONS:
                raise _refused(element, f"<{name}> is not known", did_you_mean(name, _SECTIONS))
        self._sets = self._section("Sets", _SETS)
        self._parameters = self._section("Parameters", _PARAMETERS)
        self._settings = self._section("Settings", _SETTINGS) if "Settings" in root.inside else Element("", 0, {})

    def budgeting(self) -> Budgeting:
        kind = self._kind()
        investments = self._set("investments")
        periods = self._set("time_periods") or ("1",)
        units = kind == "multipleknapsack"
        resources = self._set("capitals" if units else "resources") or ("capital",)
        names = self._options(investments) if kind == "mckp" else [["chosen"] for _ in investments]
        count = sum(map(len, names))
        owner = "options" if kind == "mckp" else "investments"
        drawn = [] if units else [("resources", len(resources))]
        values = self._numbers("net_present_values", [(owner, count)])
        costs = self._numbers("costs", [(owner, count), *drawn, ("time_periods", len(periods))], least=Decimal(0))
        held = [("capitals" if units else "resources", len(resources)), ("time_periods", len(periods))]
        available = self._numbers("available_capitals", held, least=Decimal(0))
        width = len(costs) // count
        options: dict[str, tuple[Option, ...]] = {}
        place = 0
        for investment, own in zip(investments, names, strict=True):
            read = []
            for name in own:
                mine = costs[place * width : (place + 1) * width]
                read.append(Option(name, values[place], _rows(mine, len(periods))))
                place += 1
            options[investment] = tuple(read)
        found = Budgeting(periods, resources, _rows(available, len(periods)), units, options, {})
        return self._chosen(self._assigned(found) if units else found, kind)

    # ---- what must be taken ------------------------------------------------------------------------------------------

    def _chosen(self, found: Budgeting, kind: str) -> Budgeting:
        """With bounds on how often, and with what must be taken."""
        mandatory = self._mandatory(found)
        if kind == "mckp":
            return replace(found, must=self._of_options(found, mandatory))
        lower, upper = self._bounds("lowerBounds", 0, found), self._bounds("upperBounds", 1, found)
        options: dict[str, tuple[Option, ...]] = {}
        must = {}
        for place, (name, own) in enumerate(found.options.items()):
            low, high = lower[place], upper[place]
            if found.units and high > 1:
                raise _refused(
                    self._settings.inside["upperBounds"], "an investment in several units cannot be imported"
                )
            options[name] = tuple(option.times(many) for option in own for many in range(1, high + 1))
            allowed = [option.times(many).name for option in own for many in range(max(1, low), high + 1)]
            if name in mandatory:
                allowed = [option.name for option in own if high >= 1]
            if low > 0 or name in mandatory:
                if not allowed:
                    raise _refused(self._settings, f"{name} must be taken, and may not be taken at all")
                must[name] = tuple(allowed)
        return replace(found, options=options, must=must)

    def _of_options(self, found: Budgeting, mandatory: set[str]) -> dict[str, tuple[str, ...]]:
        """Who must take an option: who is mandatory, and with `nonSelection` who cannot do nothing for nothing."""
        must = {name: self._real(own) for name, own in found.options.items() if name in mandatory}
        if self._flag("nonSelection"):
            for name, own in found.options.items():
                if name not in must and not any(option.is_nothing for option in own):
                    must[name] = tuple(option.name for option in own)
        return must

    def _real(self, options: tuple[Option, ...]) -> tuple[str, ...]:
        return tuple(option.name for option in options if option.name != NOTHING)

    def _assigned(self, found: Budgeting) -> Budgeting:
        """Each investment goes to one of the units, or to none."""
        idle = (Decimal(0),) * len(found.periods)
        options = {}
        for name, (option,) in found.options.items():
            options[name] = tuple(
                Option(
                    unit, option.value, tuple(option.costs[0] if other == unit else idle for other in found.resources)
                )
                for unit in found.resources
            )
        return replace(found, options=options)

    def _mandatory(self, found: Budgeting) -> set[str]:
        named = set()
        for setting in ("mandatory", "regulatoryMandated"):
            element = self._settings.inside.get(setting)
            for place, name in enumerate(element.words() if element else ()):
                if name not in found.options:
                    hint = did_you_mean(name, found.options)
                    raise _refused(element, f"there is no investment called {name}", hint, place)
                if not self._real(found.options[name]):
                    raise _refused(element, f"{name} has no option but {NOTHING}", "give it one", place)
                named.add(name)
        return named

    def _bounds(self, setting: str, default: int, found: Budgeting) -> list[int]:
        element = self._settings.inside.get(setting)
        if element is None:
            return [default] * len(found.options)
        bounds = []
        for place, word in enumerate(element.words()):
            value = _number(element, word, place)
            if value != value.to_integral_value() or not 0 <= value <= MOST_TIMES:
                raise _refused(element, f"{word} must be a whole number from 0 to {MOST_TIMES}", "", place)
            bounds.append(int(value))
        if len(bounds) not in (1, len(found.options)):
            raise _refused(element, f"<{setting}> has {len(bounds)} numbers for {len(found.options)} investments")
        return bounds * len(found.options) if len(bounds) == 1 else bounds

    # ---- parts of the file -------------------------------------------------------------------------------------------

    def _kind(self) -> str:
        sense = self._settings.inside.get("sense")
        if sense is not None and sense.text.strip().lower() not in ("maximize", ""):
            raise _refused(sense, f"sense {sense.text.strip()} cannot be imported", "values are maximized")
        named = self._settings.inside.get("problem_type")
        if named is not None:
            kind = named.text.strip().lower()
            if kind not in _TYPES:
                hint = "SingleKnapsack, MCKP and MultipleKnapsack can"
                raise _refused(named, f"problem_type {named.text.strip()} cannot be imported", hint)
            return kind
        if "options" in self._sets.inside:
            return "mckp"
        return "multipleknapsack" if "capitals" in self._sets.inside else "singleknapsack"

    def _flag(self, setting: str) -> bool:
        element = self._settings.inside.get(setting)
        return element is not None and element.text.strip().lower() == "true"

    def _section(self, name: str, known: set[str]) -> Element:
        section = self._root.inside.get(name)
        if section is None:
            raise _refused(self._root, f"<{name}> is missing", "add it")
        for again in section.again:
            raise _refused(again, f"<{again.name}> is given twice", "keep one of them")
        for inside, element in section.inside.items():
            if inside not in known:
                raise _refused(element, f"<{inside}> is not known in <{name}>", did_you_mean(inside, known))
        return section

    def _set(self, name: str) -> tuple[str, ...]:
        element = self._sets.inside.get(name)
        if element is None:
            if name == "investments":
                raise _refused(self._sets, "<investments> is missing", "add it")
            return ()
        words = element.words()
        for place, word in enumerate(words):
            if word in words[:place]:
                raise _refused(
                    element, f"{word} is named twice in <{name}>", "every one needs a name of its own", place
                )
        if not words:
            raise _refused(element, f"<{name}> is empty", "name its members")
        return tuple(words)

    def _options(self, investments: tuple[str, ...]) -> list[list[str]]:
        element = self._sets.inside.get("options")
        if element is None:
            raise _refused(self._sets, "<options> is missing", "each investment has its options, parted by semicolons")
        parts = element.text.strip().removesuffix(";").split(";")
        if len(parts) != len(investments):
            said = f"<options> has {len(parts)} parts for {len(investments)} investments"
            raise _refused(element, said, "semicolons part the options of one from those of the next")
        found = []
        for investment, part in zip(investments, parts, strict=True):
            names = [word for word in re.split(r"[\s,]+", part) if word]
            if not names or len(set(names)) < len(names):
                said = "no option" if not names else "two options of one name"
                raise _refused(element, f"{investment} has {said}", "give it options with names of their own")
            found.append(names)
        return found

    def _numbers(self, name: str, index: list[tuple[str, int]], least: Decimal | None = None) -> list[Decimal]:
        """The numbers of a parameter, as many as its sets ask for."""
        element = self._parameters.inside.get(name)
        if element is None:
            raise _refused(self._parameters, f"<{name}> is missing", "add it")
        named = [word for word in re.split(r"[\s,]+", element.attributes.get("index", "")) if word]
        order = [part for part, _ in index]
        needed = {part for part, size in index if size > 1}
        if named and (named != [part for part in order if part in named] or not needed <= set(named)):
            hint = f"in this order: {', '.join(order)}"
            raise _refused(element, f"the index of <{name}> is {', '.join(named)}", hint)
        count = 1
        for _, size in index:
            count *= size
        numbers = [_number(element, word, place) for place, word in enumerate(element.words())]
        if len(numbers) != count:
            sizes = " x ".join(f"{size} {part}" for part, size in index)
            raise _refused(element, f"<{name}> has {len(numbers)} numbers, and must have {count} ({sizes})")
        for place, value in enumerate(numbers):
            if least is not None and value < least:
                raise _refused(element, f"{value} in <{name}> is below {least}", "", place)
        return numbers


def _rows(numbers: list[Decimal], width: int) -> tuple[tuple[Decimal, ...], ...]:
    return tuple(tuple(numbers[at : at + width]) for at in range(0, len(numbers), width))


def _number(element: Element, word: str, place: int) -> Decimal:
    value = plain_value(word)
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise _refused(element, f"{word[:40]!r} in <{element.name}> is not a number", "write 12 or 12.5", place)
    try:
        return number(value)
    except PydanticCustomError as error:
        raise _refused(element, f"<{element.name}>: {error.message()}", "", place) from None


def _refused(element: Element | None, message: str, hint: str = "", place: int | None = None) -> InvalidInput:
    line = 0 if element is None else element.line if place is None else element.line_of(place)
    return InvalidInput([Fault((), message, hint, line=line)])
