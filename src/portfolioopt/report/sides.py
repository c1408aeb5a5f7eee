"""Runs side by side: those that have a plan, each with the name it goes by."""

from collections.abc import Sequence
from dataclasses import dataclass

from portfolioopt.report.run import Run
from portfolioopt.result.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Side:
    """One of the runs that have a plan."""

    name: str
    run: Run
    lookup: Lookup


def sides_of(runs: Sequence[Run]) -> list[Side]:
    """The runs that have a plan."""
    names = side_names(runs)
    return [Side(name, run, run.lookup) for name, run in zip(names, runs, strict=True) if run.lookup is not None]


def side_names(runs: Sequence[Run]) -> list[str]:
    """The names of the folders; with as much of the path as tells them apart."""
    paths = [run.folder.resolve() for run in runs]
    for depth in range(1, max(len(path.parts) for path in paths) + 1):
        names = ["/".join(path.parts[-depth:]) for path in paths]
        if len(set(names)) == len(names):
            return names
    return [f"{name} ({number})" for number, name in enumerate(names, 1)]


def title_of(sides: Sequence[Side], partnership: str) -> str:
    """What a partnership is called in the first run that knows it."""
    for side in sides:
        for each in side.lookup.outline.partnerships:
            if each.id == partnership:
                return each.title
    return partnership


def every_partnership(sides: Sequence[Side]) -> list[str]:
    """The ids of all partnerships, in the order of the first run that knows them."""
    return list(dict.fromkeys(each.id for side in sides for each in side.lookup.outline.partnerships))
