"""Moves: how many decisions an organization can take in a year, or over the whole horizon."""

from typing import Annotated

from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.partnership import ActionKind
from portfolioopt.language.values import AmountSeries, Label, Record, Sequence

ALL_KINDS: tuple[ActionKind, ...] = ("form", "expand", "restructure", "exit")


class Moves(Record):
    """Decisions of the given kinds, counted in the year they are taken: at most so many."""

    id: Label
    kinds: Annotated[tuple[ActionKind, ...], Sequence] = ALL_KINDS
    at_most: AmountSeries
    total: bool = False


def ids(moves: tuple[Moves, ...]) -> list[tuple[Path, str]]:
    """Where each limit is named, and its name."""
    return [(("moves", position, "id"), limit.id) for position, limit in enumerate(moves)]


def check(checker: Checker, moves: tuple[Moves, ...]) -> None:
    """Tells what does not fit together."""
    for position, limit in enumerate(moves):
        path: Path = ("moves", position, "at_most")
        if not limit.kinds:
            hint = "name the kinds that count, or leave the key out for all of them"
            checker.warn(("moves", position, "kinds"), "names no kind of action, so nothing is limited", hint)
        if limit.total and isinstance(limit.at_most, tuple):
            checker.fault(path, "a total over the horizon is one number", "give a number instead of a list")
        checker.series(path, limit.at_most)
