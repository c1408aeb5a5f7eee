"""Links between partnerships: one requires another, some exclude each other, some are worth more together."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.values import Amount, Id, Label, Labels, Record, Sequence, Series


class Occupancy(Record):
    """A partnership being in one of the states listed."""

    partnership: Id
    states: Labels


class Requires(Record):
    """In every year: `when` holds only while `needs` does."""

    id: Label
    kind: Literal["requires"]
    when: Occupancy
    needs: Occupancy


class Excludes(Record):
    """In every year: at most so many of the members hold."""

    id: Label
    kind: Literal["excludes"]
    members: Annotated[tuple[Occupancy, ...], Sequence, Field(min_length=1)]
    at_most: Amount = Decimal(1)


class Synergy(Record):
    """In the years in which all members hold, `benefit` is earned (any sign)."""

    id: Label
    kind: Literal["synergy"]
    members: Annotated[tuple[Occupancy, ...], Sequence, Field(min_length=1)]
    benefit: Series


Link = Annotated[Requires | Excludes | Synergy, Field(discriminator="kind")]


def ids(links: tuple[Link, ...]) -> list[tuple[Path, str]]:
    """Where each limit is named, and its name."""
    return [(("links", position, "id"), link.id) for position, link in enumerate(links)]


def check(checker: Checker, links: tuple[Link, ...]) -> None:
    """Tells what does not fit together."""
    for position, link in enumerate(links):
        path: Path = ("links", position)
        if isinstance(link, Requires):
            checker.occupancy((*path, "when"), link.when)
            checker.occupancy((*path, "needs"), link.needs)
            continue
        for index, member in enumerate(link.members):
            checker.occupancy((*path, "members", index), member)
        if isinstance(link, Synergy):
            checker.series((*path, "benefit"), link.benefit)
