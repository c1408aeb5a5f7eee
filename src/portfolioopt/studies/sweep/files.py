"""Sweeps declared in a file, so that they can be kept beside the instance, read by others, and asked again.

    format: portfolioopt-sweep/1
    base: {instance: ../instances/five_deals, model: expected_value}      # beside this file; optional
    grid:                                                                 # every combination
      - {path: capital.budget, values: [x0.9, x1.0, x1.1]}
      - {name: people, paths: [skills.software_engineer.capacity, skills.cell_engineer.capacity], values: [x0.9, x1.1]}
      - name: battery_jv
        levels:
          - {name: open}
          - {name: closed, changes: [{forbid: battery_jv}]}

Instead of `grid`: `one_at_a_time`, with the same inputs, or with ranges (`{path: discount_rate, from: 0.07, to: 0.11}`)
or for each member (`{each: skills.*.capacity, from: x0.9, to: x1.1}`); `sample`, with such `inputs`, `points` and
`seed`; or `cases`, as in a case file, or the name of one. `solver` says when each solve stops, as in a model.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from portfolioopt.cases.changes import Case, Change, Origin
from portfolioopt.cases.files import BaseRecord, Foundation, read_cases
from portfolioopt.cases.notation import changes_of, signed_value, unsigned
from portfolioopt.errors import Fault, InvalidCase, InvalidInput, UnknownOption
from portfolioopt.language.addresses import UnusableError
from portfolioopt.language.checking import Path
from portfolioopt.language.faults import faults_of
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model, Solver
from portfolioopt.language.reading import Source, shipped_models
from portfolioopt.language.values import Label, Name, Record, Sequence, Text
from portfolioopt.studies.sweep.designs import Design, grid, listed, one_at_a_time, sample
from portfolioopt.studies.sweep.inputs import Input, Level, Varied, check_levels, each_of, levels_of, range_of

SWEEP_FORMAT: Literal["portfolioopt-sweep/1"] = "portfolioopt-sweep/1"
DESIGNS = ("grid", "one_at_a_time", "sample", "cases")
_FORMAT = re.compile(r"""^\s*["{]?\s*["']?format["']?\s*:\s*["']?portfolioopt-sweep/""", re.MULTILINE)


class LevelRecord(Record):
    """A level that is more than one value: a name and its changes."""

    name: Name
    changes: Any = ()


class InputRecord(Record):
    """What is varied: one of path, paths, each; and its values, its ends, or its levels."""

    name: Name | None = None
    path: Name | None = None
    paths: Annotated[tuple[Name, ...], Sequence, Field(min_length=1)] | None = None
    each: Name | None = None
    values: Annotated[tuple[Any, ...], Sequence, Field(min_length=1)] | None = None
    from_: Annotated[Any, Field(alias="from")] = None
    to: Any = None
    levels: Annotated[tuple[LevelRecord, ...], Sequence, Field(min_length=1)] | None = None


Inputs = Annotated[tuple[InputRecord, ...], Sequence, Field(min_length=1)]


class SampleRecord(Record):
    """So many points over the inputs, drawn from a seed."""

    points: Annotated[int, Field(ge=1)]
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    inputs: Inputs


class CaseRecord(Record):
    """A case as it is given."""

    name: Label
    description: Text = ""
    changes: Any = ()


def _one_or_text(value: Any) -> Any:
    return value if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


class SweepRecord(Record):
    """A sweep file."""

    format: Literal["portfolioopt-sweep/1"]
    name: Name | None = None
    description: Text = ""
    base: BaseRecord | None = None
    grid: Inputs | None = None
    one_at_a_time: Inputs | None = None
    sample: SampleRecord | None = None
    cases: Annotated[tuple[CaseRecord, ...] | Name, BeforeValidator(_one_or_text)] | None = None
    solver: Solver | None = None


@dataclass(frozen=True)
class Declared:
    """A sweep that a file declares, before it is known what of."""

    file: str
    foundation: Foundation | None
    """Instance and model that it names."""
    solver: Solver | None
    """What it says of `solver`; only keys that are set count."""
    kind: str
    varied: tuple[tuple[Varied, bool], ...]
    """Inputs, and whether each member of its `*` is one by itself."""
    cases: tuple[Case, ...]
    points: int = 0
    seed: int = 0

    def design(self, instance: Instance, model: Model) -> Design:
        """The sweep of an instance. Raises `InvalidCase` where an edit cannot be made."""
        if self.kind == "cases":
            return listed(self.cases)
        varied: list[Varied] = []
        for one, each in self.varied:
            varied += each_of(one, instance, model) if each else [one]
        check_levels(tuple(varied), instance, model)
        try:
            if self.kind == "sample":
                return sample(varied, self.points, self.seed)
            return grid(varied) if self.kind == "grid" else one_at_a_time(varied)
        except UnknownOption as error:
            raise InvalidCase([Fault((self.kind,), str(error), file=self.file)]) from None


def is_sweep_file(path: FilePath) -> bool:
    """Whether a file says of itself that it declares a sweep."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return _FORMAT.search(file.read(20_000)) is not None
    except (OSError, ValueError):
        return False


def read_sweep(path: FilePath | str) -> Declared:
    """The sweep that a file declares. Raises `InvalidCase` with every fault."""
    try:
        return _Reading(FilePath(path)).declared()
    except InvalidInput as invalid:
        raise InvalidCase(invalid.faults) from None


class _Reading:
    """One pass over a sweep file."""

    def __init__(self, path: FilePath) -> None:
        self._path = path
        self._source = Source(path, SweepRecord, scalar=signed_value)
        raw, self._faults = self._source.raw()
        self._raw = raw
        try:
            self._record = SweepRecord.model_validate(unsigned(raw))  # a plus matters in changes alone
        except ValidationError as error:
            self._fault(*faults_of(error, SweepRecord, raw))
            raise InvalidInput(self._faults) from None
        if self._faults:
            raise InvalidInput(self._faults)

    def declared(self) -> Declared:
        record = self._record
        given = [name for name in DESIGNS if getattr(record, name) is not None]
        if len(given) != 1:
            said = "says both " + " and ".join(given) if given else "does not say what is varied"
            self._fault(Fault((given[1],) if given else (), said, f"give one of {', '.join(DESIGNS)}"))
            raise InvalidInput(self._faults)
        kind = given[0]
        drawn = record.sample
        inside: Path = ("sample", "inputs") if drawn else (kind,)
        inputs = drawn.inputs if drawn else getattr(record, kind)
        varied = [] if kind == "cases" else list(self._varied(inputs, inside))
        cases = self._cases() if kind == "cases" else []
        if self._faults:
            raise InvalidInput(self._faults)
        return Declared(
            str(self._path),
            self._foundation(),
            record.solver,
            kind,
            tuple(varied),
            tuple(cases),
            drawn.points if drawn else 0,
            drawn.seed if drawn else 0,
        )

    def _fault(self, *faults: Fault) -> None:
        self._faults += self._source.placed(faults)

    def _place(self, path: Path) -> Origin:
        line, column = self._source.places.find(path)
        return Origin(str(self._path), line, column)

    def _foundation(self) -> Foundation | None:
        base = self._record.base
        if base is None:
            return None
        model = base.model
        if model is not None and model not in shipped_models():
            model = str(self._path.parent / model)
        return Foundation(self._path.parent / base.instance, model)

    def _varied(self, inputs: tuple[InputRecord, ...], inside: Path) -> Iterator[tuple[Varied, bool]]:
        raw: Any = self._raw
        for part in inside:
            raw = raw[part]
        members = raw if isinstance(raw, list) else [raw]
        for number, record in enumerate(inputs):
            path = (*inside, number) if isinstance(raw, list) else inside
            try:
                yield self._input(record, members[number], path), record.each is not None
            except UnusableError as fault:
                at = fault.path if fault.path[: len(path)] == path else path
                self._fault(Fault(at, fault.message, fault.hint))

    def _input(self, record: InputRecord, raw: dict[str, Any], path: Path) -> Varied:
        """An input as it is written: `raw` knows of numbers whether a plus stands before them."""
        if record.levels is not None:
            if record.name is None or {"path", "paths", "each", "values", "from", "to"} & set(raw):
                hint = "for example {name: jv, levels: [{name: open}, {name: closed, changes: [{forbid: jv}]}]}"
                raise UnusableError(path, "levels go with a name, and with nothing else", hint)
            return Input(record.name, tuple(self._levels(raw["levels"], (*path, "levels"))))
        named = [name for name in ("path", "paths", "each") if name in raw]
        if len(named) != 1:
            raise UnusableError(path, "does not say what is varied", "give one of path, paths, each; or levels")
        paths = record.paths or ((record.path or record.each or ""),)
        origin = self._place(path)
        if record.values is not None and not {"from", "to"} & set(raw):
            values = raw["values"] if isinstance(raw["values"], list) else [raw["values"]]
            return levels_of(tuple(paths), values, record.name or "", origin)
        if record.values is None and {"from", "to"} <= set(raw):
            return range_of(tuple(paths), raw["from"], raw["to"], record.name or "", origin)
        raise UnusableError(path, "has no levels and no ends", "give values: [x0.9, x1.1], or from: x0.8 and to: x1.2")

    def _levels(self, levels: Any, path: Path) -> Iterator[Level]:
        several = levels if isinstance(levels, list) else [levels]
        seen: set[str] = set()
        for number, level in enumerate(several):
            at = (*path, number) if isinstance(levels, list) else path
            if level["name"] in seen:
                raise UnusableError((*at, "name"), f"there are two levels called {level['name']}")
            seen.add(level["name"])
            yield Level(level["name"], tuple(self._changes(level.get("changes"), (*at, "changes"))))

    def _changes(self, changes: Any, path: Path) -> Iterator[Change]:
        for number, entry in enumerate(changes if isinstance(changes, list) else [changes] if changes else []):
            inside = (*path, number) if isinstance(changes, list) else path
            if not isinstance(entry, dict):
                raise UnusableError(
                    inside, "must be paths (or what is done to them) with values", "capital.budget: x0.9"
                )
            yield from changes_of(entry, inside, self._place)

    def _cases(self) -> list[Case]:
        written = self._record.cases
        if isinstance(written, str):
            return list(read_cases(self._path.parent / written).cases.values())
        found: list[Case] = []
        for number, record in enumerate(written or ()):
            path: Path = ("cases", number)
            if record.name in {case.name for case in found}:
                self._fault(
                    Fault((*path, "name"), f"there are two cases called {record.name}", "every one needs its own")
                )
            try:
                changes = tuple(self._changes(self._raw["cases"][number].get("changes"), (*path, "changes")))
            except UnusableError as fault:
                self._fault(fault.fault())
                continue
            found.append(Case(record.name, changes, None, record.description, self._place((*path, "name"))))
        return found
