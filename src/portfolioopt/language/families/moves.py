"""Moves: how many decisions an organization can, or must, take in a year, or over the whole horizon."""

from typing import Annotated

from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.partnership import Action, ActionKind, Partnership
from portfolioopt.language.values import AmountSeries, Id, Label, Record, Sequence, Years

ALL_KINDS: tuple[ActionKind, ...] = ("form", "expand", "restructure", "exit")


class Moves(Record):
    """Decisions that all selectors given count, in the year they are taken: at_least ≤ decisions ≤ at_most."""

    id: Label
    kinds: Annotated[tuple[ActionKind, ...], Sequence] = ALL_KINDS
    ids: Annotated[tuple[Id, ...], Sequence] | None = None
    actions: Annotated[tuple[Label, ...], Sequence] | None = None
    years: Years | None = None
    at_most: AmountSeries | None = None
    at_least: AmountSeries | None = None
    total: bool = False


def counts(limit: Moves, partnership: Partnership, action: Action) -> bool:
    """Whether the limit counts this action of this partnership: all selectors given, any value within each."""
    return (
        action.kind in limit.kinds
        and (limit.ids is None or partnership.id in limit.ids)
        and (limit.actions is None or action.id in limit.actions)
    )


def counted_years(limit: Moves, first_year: int, years: int) -> range:
    """The years y = 0 … T−1 of the horizon whose decisions the limit counts."""
    if limit.years is None:
        return range(years)
    return range(max(limit.years[0] - first_year, 0), min(limit.years[1] - first_year + 1, years))


def ids(moves: tuple[Moves, ...]) -> list[tuple[Path, str]]:
    """Where each limit is named, and its name."""
    return [(("moves", position, "id"), limit.id) for position, limit in enumerate(moves)]


def check(checker: Checker, moves: tuple[Moves, ...]) -> None:
    """Tells what does not fit together."""
    for position, limit in enumerate(moves):
        path: Path = ("moves", position)
        if limit.at_most is None and limit.at_least is None:
            checker.fault(path, "a limit on decisions has at_most, at_least or both", "add one of them")
        if not limit.kinds:
            hint = "name the kinds that count, or leave the key out for all of them"
            checker.warn(("moves", position, "kinds"), "names no kind of action, so nothing is limited", hint)
        for key, bound in (("at_most", limit.at_most), ("at_least", limit.at_least)):
            if limit.total and isinstance(bound, tuple):
                checker.fault((*path, key), "a total over the horizon is one number", "give a number instead of a list")
            checker.series((*path, key), bound)
        checker.years((*path, "years"), limit.years)
        for index, name in enumerate(limit.ids or ()):
            checker.known((*path, "ids", index), name, checker.partnerships, "partnership")
        among = [one for one in checker.instance.partnerships if limit.ids is None or one.id in limit.ids]
        known = {action.id for one in among for action in one.actions}
        for index, name in enumerate(limit.actions or ()):
            checker.known((*path, "actions", index), name, known, "action of the partnerships counted")
