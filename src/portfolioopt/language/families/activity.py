"""Activity: how many partnerships may, or must, be active at once."""

from typing import Annotated

from portfolioopt.language.checking import Checker, Path, did_you_mean
from portfolioopt.language.partnership import Domain, Partnership, PartnershipType
from portfolioopt.language.values import AmountSeries, Id, Label, Names, Record, Sequence


class Activity(Record):
    """Partnerships chosen by all the selectors given (any value within each): at_least ≤ active ≤ at_most."""

    id: Label
    domains: Annotated[tuple[Domain, ...], Sequence] | None = None
    types: Annotated[tuple[PartnershipType, ...], Sequence] | None = None
    partners: Names | None = None
    ids: Annotated[tuple[Id, ...], Sequence] | None = None
    at_most: AmountSeries | None = None
    at_least: AmountSeries | None = None


def chosen(limit: Activity, partnership: Partnership) -> bool:
    """Whether the limit counts this partnership: all selectors given, any value within each."""
    return (
        (limit.domains is None or partnership.domain in limit.domains)
        and (limit.types is None or partnership.type in limit.types)
        and (limit.partners is None or any(name in limit.partners for name in partnership.partners))
        and (limit.ids is None or partnership.id in limit.ids)
    )


def ids(activity: tuple[Activity, ...]) -> list[tuple[Path, str]]:
    """Where each limit is named, and its name."""
    return [(("activity", position, "id"), limit.id) for position, limit in enumerate(activity)]


def check(checker: Checker, activity: tuple[Activity, ...]) -> None:
    """Tells what does not fit together."""
    for position, limit in enumerate(activity):
        path: Path = ("activity", position)
        if limit.at_most is None and limit.at_least is None:
            checker.fault(path, "an activity limit has at_most, at_least or both", "add one of them")
        checker.series((*path, "at_most"), limit.at_most)
        checker.series((*path, "at_least"), limit.at_least)
        for index, name in enumerate(limit.partners or ()):
            if name not in checker.partners:
                hint = did_you_mean(name, checker.partners)
                checker.warn((*path, "partners", index), f"no partnership is with {name}", hint)
        for index, name in enumerate(limit.ids or ()):
            checker.known((*path, "ids", index), name, checker.partnerships, "partnership")
        for number, partnership in enumerate(checker.instance.partnerships):
            for key, wanted, own in (
                ("domain", limit.domains, partnership.domain),
                ("type", limit.types, partnership.type),
            ):
                if wanted is not None and own is None:
                    checker.fault(
                        ("partnerships", number),
                        f"has no {key}, but {limit.id} counts partnerships by {key}",
                        f"add {key}",
                    )
