"""What `compare` is given: saved runs as they are; instances and cases, which are solved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portfolioopt.cases import Applied, Case
from portfolioopt.cases.files import CaseFile, Foundation, parted_reference, read_cases
from portfolioopt.cases.sources import DEFAULT_MODEL, EditedSource
from portfolioopt.comparison import Bridge, bridge, bridge_between
from portfolioopt.errors import Fault, InvalidCase, InvalidInput
from portfolioopt.language.files import read_text
from portfolioopt.result import Result, input_hash
from portfolioopt.runs import INSTANCE_USED, MODEL_USED, is_run, read_run
from portfolioopt.solving import Session


@dataclass(frozen=True, slots=True)
class Compared:
    """One of several to compare, under a name of its own."""

    name: str
    source: EditedSource
    run: Path | None = None

    @property
    def asked(self) -> Applied:
        """Facts and choices."""
        return Applied(self.source.instance, self.source.model)


def named(items: Sequence[str], model: str | None) -> list[Compared]:
    """What the items of a command line stand for. Raises `InvalidInput` with the faults of all."""
    found: list[Compared] = []
    faults: list[Fault] = []
    for item in items:
        try:
            found += _of(item, model, alone=len(items) == 1)
        except InvalidInput as invalid:
            faults += invalid.faults
    if faults:
        raise InvalidInput(faults)
    names = [one.name for one in found]
    return [
        one
        if names.count(one.name) == 1
        else Compared(f"{one.name} {names[: position + 1].count(one.name)}", one.source, one.run)
        for position, one in enumerate(found)
    ]


def solved(found: Sequence[Compared], session: Session, options: Mapping[str, Any]) -> dict[str, Result]:
    """The result of each, by name; the same input is solved once. Raises KeyboardInterrupt where Ctrl-C stops one."""
    known: dict[str, Result] = {}
    results: dict[str, Result] = {}
    for one in found:
        if one.run is not None:
            results[one.name] = read_run(one.run)
            continue
        asked = input_hash(*one.asked)
        if asked not in known:
            known[asked] = session.solve(*one.asked, **options)
            if known[asked].stop_reason == "interrupted":
                raise KeyboardInterrupt
        results[one.name] = known[asked]
    return results


def bridges(
    found: Sequence[Compared], results: Mapping[str, Result], session: Session, options: Mapping[str, Any]
) -> dict[str, Bridge]:
    """The bridge from the first to each of the others; none where the first has no plan."""
    first = found[0]
    start = results[first.name]
    if start.audit is None:
        return {}
    ways = {}
    for other in found[1:]:
        ends: dict[str, Any] = {"start": start, "end": results[other.name], "session": session, **options}
        case = other.source.case
        if case.every_change and not first.source.case.every_change and other.source.before == first.asked:
            ways[other.name] = bridge(case, *first.asked, **ends)
        else:
            ways[other.name] = bridge_between(first.asked, other.asked, **ends)
    return ways


def _of(item: str, model: str | None, *, alone: bool) -> list[Compared]:
    path = Path(item)
    if is_run(path):
        return [Compared(path.resolve().name, EditedSource(path / INSTANCE_USED, path / MODEL_USED), path)]
    file, name = parted_reference(item)
    if name or _holds_cases(path):
        cases = read_cases(file)
        base = [_solo(cases, model)] if alone else []
        return [*base, *(_case(cases, one, model) for one in ([name] if name else cases.cases))]
    source = EditedSource(path, model or DEFAULT_MODEL)
    return [Compared(source.instance.name, source)]


def _holds_cases(path: Path) -> bool:
    """Whether a file says that it holds cases; what cannot be read is left to whoever reads it in earnest."""
    try:
        return path.is_file() and "portfolioopt-cases/" in read_text(path)
    except (InvalidInput, OSError, ValueError):
        return False


def _solo(cases: CaseFile, model: str | None) -> Compared:
    """What the first case of a file starts from."""
    foundation = _foundation(cases, next(iter(cases.cases)))
    return Compared("base", EditedSource(foundation.instance, model or foundation.model or DEFAULT_MODEL))


def _case(cases: CaseFile, name: str, model: str | None) -> Compared:
    case: Case = cases.case(name)
    foundation = _foundation(cases, name)
    return Compared(name, EditedSource(foundation.instance, model or foundation.model or DEFAULT_MODEL, case))


def _foundation(cases: CaseFile, name: str) -> Foundation:
    foundation = cases.foundations[name]
    if foundation is None:
        hint = "add base: {instance: ...} to the file"
        raise InvalidCase([Fault((), f"does not say which instance {name} starts from", hint, file=str(cases.path))])
    return foundation
