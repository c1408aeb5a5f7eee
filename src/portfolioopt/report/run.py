"""A saved run as a report reads it: the result, the facts it was made from, and what studies have added.

Studies of the same facts and choices that lie beside a run (both go to runs/ if nothing else is said) belong to it, and
so do those that are named; of two exhibits of one name the later one counts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from portfolioopt.archive import saved_in, studies_beside
from portfolioopt.audit.contributions import Contributions
from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.reading import read_instance, read_model
from portfolioopt.result import Result
from portfolioopt.result.exhibit import Exhibit
from portfolioopt.result.lookup import Lookup
from portfolioopt.runs import (
    INSTANCE_USED,
    MANIFEST,
    MODEL_USED,
    STUDY_FORMAT,
    TO_MAKE_ONE,
    format_of,
    is_run,
    is_there,
    read_exhibits,
    read_run,
)

COMPARED = ("benefit", "cost", "breakdown", "capital", "proceeds")
"""Lines of money by which facts are known to be those of a result."""


@dataclass(frozen=True)
class Run:
    """One run folder, read."""

    folder: Path
    created: str
    result: Result
    instance: Instance | None
    """The facts; None where they are missing or are not those of the result."""
    contributions: Contributions | None
    """Who draws and uses what; None without a plan or without facts."""
    doubt: str
    """Why there are no facts."""
    model: Model | None
    """The choices; None where they cannot be read."""
    exhibits: dict[str, Exhibit]
    """By name; those made for another input are left out."""
    foreign: tuple[str, ...]
    """Names of those left out."""
    studies: tuple[str, ...] = ()
    """Where exhibits come from that do not lie in the run itself: study, folder and time."""

    @cached_property
    def lookup(self) -> Lookup | None:
        """The plan; None where there is none."""
        result = self.result
        if result.audit is None or result.plan is None:
            return None
        return Lookup(result, result.audit, result.plan)

    @cached_property
    def keys(self) -> dict[str, str]:
        """By partnership, what its marks are known by on the page."""
        return {each.id: f"p{number}" for number, each in enumerate(self.result.outline.partnerships)}


def open_run(folder: Path, studies: Sequence[Path] = ()) -> Run:
    """The run of a folder, with the exhibits of the studies beside it and of those named.

    Raises `InvalidInput` where there is no run or it cannot be read, or what is named is no study.
    """
    if not is_run(folder):
        message = "is not a run folder" if is_there(folder) else "there is no such folder"
        raise InvalidInput([Fault((), message, TO_MAKE_ONE, file=str(folder))])
    result = read_run(folder)
    instance, contributions, doubt = _facts(folder, result)
    model = _choices(folder)
    exhibits, told = _exhibits(folder, result, studies)
    own = {name: exhibit for name, exhibit in exhibits.items() if exhibit.input_hash == result.input_hash}
    created = json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("created", "")
    return Run(
        folder,
        str(created),
        result,
        instance,
        contributions,
        doubt,
        model,
        own,
        tuple(name for name in exhibits if name not in own),
        told,
    )


def _exhibits(folder: Path, result: Result, named: Sequence[Path]) -> tuple[dict[str, Exhibit], tuple[str, ...]]:
    """All exhibits by name, and the studies that some of them come from."""
    found: dict[str, Exhibit] = {}
    origin: dict[str, Path] = {}
    for study in named:
        if format_of(study) != STUDY_FORMAT:
            message = "is not the folder of a study" if is_there(study) else "there is no such folder"
            raise InvalidInput([Fault((), message, "name one that a study has saved", file=str(study))])
    for study in (*studies_beside(folder, result.input_hash), *named):
        own = {
            name: exhibit
            for name, exhibit in read_exhibits(study).items()
            if exhibit.input_hash == result.input_hash or name not in found
        }
        found |= own
        origin |= dict.fromkeys(own, study)
    within = read_exhibits(folder)
    found |= within
    used = dict.fromkeys(study for name, study in origin.items() if name not in within)
    saved = [one for one in map(saved_in, used) if one is not None]
    return found, tuple(f"{one.what} ({one.folder.name}, {one.created:%Y-%m-%d %H:%M})" for one in saved)


def _facts(folder: Path, result: Result) -> tuple[Instance | None, Contributions | None, str]:
    """The instance of a run, if what it says of the plan is what the saved audit says."""
    try:
        instance = read_instance(folder / INSTANCE_USED)
    except InvalidInput:
        return None, None, f"{INSTANCE_USED} cannot be read"
    other = f"{INSTANCE_USED} is not what the result was made from"
    if not _same_names(instance, result):
        return None, None, other
    if result.plan is None:
        return instance, None, ""
    contributions = Contributions(instance, result.plan)
    return (instance, contributions, "") if _same_money(contributions, result) else (None, None, other)


def _choices(folder: Path) -> Model | None:
    try:
        return read_model(folder / MODEL_USED)
    except InvalidInput:
        return None


def _same_names(instance: Instance, result: Result) -> bool:
    """Whether partnerships, scenarios and years are those of the result."""
    outline = result.outline
    return (
        [each.id for each in instance.partnerships] == [each.id for each in outline.partnerships]
        and [each.name for each in instance.futures] == [each.name for each in outline.scenarios]
        and list(instance.horizon.calendar) == list(outline.calendar)
    )


def _same_money(contributions: Contributions, result: Result) -> bool:
    """Whether partnerships earn, draw and return in all exactly what the saved audit says."""
    probability = {each.name: Fraction(each.probability) for each in result.outline.scenarios}
    audited = dict.fromkeys(COMPARED, Fraction(0))
    for entry in () if result.audit is None else result.audit.money:
        if entry.line in audited:
            audited[entry.line] += probability[entry.scenario] * entry.amount
    found = contributions.over_horizon(*COMPARED)
    return all(sum(found[line].values(), Fraction(0)) == amount for line, amount in audited.items())
