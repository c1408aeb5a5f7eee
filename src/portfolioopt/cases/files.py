"""Case files: several cases, what they are based on, and their changes.

    format: portfolioopt-cases/1
    base: {instance: ../instances/five_deals, model: expected_value}     # beside this file; optional
    cases:
      - name: tight_money
        description: A tenth less to spend, and nothing may be recycled
        changes:
          - capital.budget: x0.9
          - capital.recycle: 0
      - name: tight_and_late
        base: tight_money                                                # a case of this file
        changes:
          - partnerships.battery_jv.actions.form.window: 1 year later
          - forbid: robotaxi

Nothing in a case file runs. The only other files that it names are those of its base.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, ValidationError

from portfolioopt.cases.changes import Case, Change, Origin
from portfolioopt.cases.notation import changes_of, signed_value, unsigned, written
from portfolioopt.errors import Fault, InvalidCase, InvalidInput
from portfolioopt.language.addresses import UnusableError
from portfolioopt.language.checking import Path, did_you_mean
from portfolioopt.language.emitting import emit
from portfolioopt.language.faults import faults_of
from portfolioopt.language.reading import Source, shipped_models
from portfolioopt.language.values import Label, Name, Record, Sequence, Text

CASES_FORMAT: Literal["portfolioopt-cases/1"] = "portfolioopt-cases/1"


class BaseRecord(Record):
    """The instance, and the model, that cases start from."""

    instance: Name
    model: Name | None = None


def _case_or_files(value: Any) -> str:
    return "BaseRecord" if isinstance(value, dict | BaseRecord) else "case"


Base = Annotated[
    Annotated[Label, Tag("case")] | Annotated[BaseRecord, Tag("BaseRecord")], Discriminator(_case_or_files)
]


class CaseRecord(Record):
    """A named what-if: its base and its changes."""

    name: Label
    description: Text = ""
    base: Base | None = None
    changes: Any = ()


class CasesRecord(Record):
    """A case file."""

    format: Literal["portfolioopt-cases/1"]
    name: Name | None = None
    description: Text = ""
    base: BaseRecord | None = None
    cases: Annotated[tuple[CaseRecord, ...], Sequence, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Foundation:
    """The files that a case starts from: paths as they can be opened, or the name of a model that is shipped."""

    instance: FilePath
    model: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of a file, by name in their order, and what each starts from (None: that is for the caller to say)."""

    path: FilePath
    cases: Mapping[str, Case]
    foundations: Mapping[str, Foundation | None] = field(default_factory=dict)

    def case(self, name: str) -> Case:
        """The case of that name; raises `InvalidCase`."""
        if name not in self.cases:
            hint = did_you_mean(name, self.cases)
            raise InvalidCase([Fault((), f"there is no case called {name}", hint, file=str(self.path))])
        return self.cases[name]


def read_cases(path: FilePath | str) -> CaseFile:
    """The cases of a file. Raises `InvalidCase` with every fault."""
    try:
        return _Reading(FilePath(path)).cases
    except InvalidInput as invalid:
        raise InvalidCase(invalid.faults) from None


def read_case(reference: str) -> tuple[Case, Foundation | None]:
    """The case that FILE:NAME, or FILE where it holds one case only, stands for. Raises `InvalidCase`."""
    file, name = parted_reference(reference)
    found = read_cases(file)
    if not name:
        if len(found.cases) > 1:
            names = ", ".join(found.cases)
            message = f"holds {len(found.cases)} cases: {names}"
            raise InvalidCase([Fault((), message, f"say which: {file}:{next(iter(found.cases))}", file=file)])
        name = next(iter(found.cases))
    return found.case(name), found.foundations[name]


def parted_reference(reference: str) -> tuple[str, str]:
    """FILE and NAME of FILE:NAME; without a name where the whole is a file."""
    file, _, name = reference.rpartition(":")
    try:
        whole = FilePath(reference).exists()
    except (OSError, ValueError):  # a name that no file can have
        whole = False
    return (reference, "") if whole or not file else (file, name)


def to_yaml(*cases: Case, foundation: Foundation | None = None) -> str:
    """A case file that holds these cases and those that they are based on; reads back equal."""
    every = {one.name: one for case in cases for one in case.chain}
    document: dict[str, Any] = {"format": CASES_FORMAT}
    if foundation is not None:
        model = {} if foundation.model is None else {"model": foundation.model}
        document["base"] = {"instance": str(foundation.instance)} | model
    document["cases"] = [_plain(one) for one in every.values()]
    return emit(document)


def _plain(case: Case) -> dict[str, Any]:
    plain: dict[str, Any] = {"name": case.name}
    if case.description:
        plain["description"] = case.description
    if case.base is not None:
        plain["base"] = case.base.name
    return plain | {"changes": [written(change) for change in case.changes]}


class _Reading:
    """One pass over a case file."""

    def __init__(self, path: FilePath) -> None:
        self._path = path
        self._source = Source(path, CasesRecord, scalar=signed_value)
        raw, self._faults = self._source.raw()
        self._raw = raw
        try:
            # a plus matters in changes alone
            self._record: CasesRecord | None = CasesRecord.model_validate(unsigned(raw))
        except ValidationError as error:
            self._record = None
            self._fault(*faults_of(error, CasesRecord, raw))
        if self._faults or self._record is None:
            raise InvalidInput(self._faults)
        self._by_name: dict[str, int] = {}
        for position, record in enumerate(self._record.cases):
            if record.name in self._by_name:
                path_to = ("cases", position, "name")
                self._fault(Fault(path_to, f"there are two cases called {record.name}", "every one needs its own name"))
            self._by_name.setdefault(record.name, position)
        self._made: dict[str, Case] = {}

    @cached_property
    def cases(self) -> CaseFile:
        """All cases; raises `InvalidInput`."""
        assert self._record is not None
        own = {record.name: tuple(self._changes(position)) for position, record in enumerate(self._record.cases)}
        for position, record in enumerate(self._record.cases):
            self._check_base(position, record)
        if self._faults:
            raise InvalidInput(self._faults)
        cases = {name: self._case(name, own) for name in self._by_name}
        return CaseFile(self._path, cases, {name: self._foundation(name) for name in self._by_name})

    def _fault(self, *faults: Fault) -> None:
        self._faults += self._source.placed(faults)

    def _place(self, path: Path) -> Origin:
        line, column = self._source.places.find(path)
        return Origin(str(self._path), line, column)

    def _changes(self, position: int) -> Iterator[Change]:
        """The changes of a case; what is wrong with an entry is noted, and the entry left out."""
        path: Path = ("cases", position, "changes")
        changes = self._raw["cases"][position].get("changes") or []
        for number, entry in enumerate(changes if isinstance(changes, list) else [changes]):
            inside = (*path, number) if isinstance(changes, list) else path
            if not isinstance(entry, dict):
                hint = "for example capital.budget: x0.9"
                self._fault(Fault(inside, "must be paths (or what is done to them) with values", hint))
                continue
            try:
                yield from list(changes_of(entry, inside, self._place))
            except UnusableError as fault:
                self._fault(fault.fault())

    def _check_base(self, position: int, record: CaseRecord) -> None:
        """A base that exists, and no case that is based on itself."""
        if not isinstance(record.base, str):
            return
        path: Path = ("cases", position, "base")
        if record.base not in self._by_name:
            others = [name for name in self._by_name if name != record.name]
            self._fault(Fault(path, f"there is no case called {record.base}", did_you_mean(record.base, others)))
            return
        way = [record.name]
        while isinstance(base := self._base(way[-1]), str) and base in self._by_name:
            way.append(base)
            if base in way[:-1]:
                if base == record.name:
                    chain = " on ".join(way)
                    self._fault(Fault(path, f"is based on itself: {chain}", "base one of them on the instance"))
                return

    def _base(self, name: str) -> str | BaseRecord | None:
        assert self._record is not None
        return self._record.cases[self._by_name[name]].base

    def _case(self, name: str, own: Mapping[str, tuple[Change, ...]]) -> Case:
        if name not in self._made:
            assert self._record is not None
            record = self._record.cases[self._by_name[name]]
            base = self._case(record.base, own) if isinstance(record.base, str) else None
            origin = self._place(("cases", self._by_name[name], "name"))
            self._made[name] = Case(name, own[name], base, record.description, origin)
        return self._made[name]

    def _foundation(self, name: str) -> Foundation | None:
        """Instance and model of a case, of what it is based on, or of the file."""
        assert self._record is not None
        base = self._base(name)
        if isinstance(base, str):
            return self._foundation(base)
        record = base or self._record.base
        if record is None:
            return None
        model = record.model
        if model is not None and model not in shipped_models():
            model = str(self._path.parent / model)
        return Foundation(self._path.parent / record.instance, model)
