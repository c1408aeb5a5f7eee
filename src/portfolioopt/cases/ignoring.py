"""Ignoring a limit: it may be exceeded free of charge (a soft limit at price 0), so reports still say by how much.

A requirement whose shortfall costs money loses that cost: nothing is paid for missing it. Synergies, pools and
coordination limit nothing; they are removed instead.
"""

from collections.abc import Iterator
from typing import Any

from portfolioopt.cases.changes import Ignore
from portfolioopt.cases.draft import Draft
from portfolioopt.language.addresses import ABSENT, UnusableError, label_of, value_at
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.families import FAMILY_NAMES, SOFT_FAMILIES

FREE = {"price": 0}


def ignore(draft: Draft, change: Ignore) -> None:
    """Makes a limit, or every limit of a family, free; raises `UnusableError`."""
    families = dict(_limits(draft))
    if change.limit in SOFT_FAMILIES:
        names = [name for name, family in families.items() if family == change.limit]
        if not names:
            raise UnusableError((change.limit,), "there is no limit of that family to ignore")
        priced = draft.entries("model", "limits")
        free = [change.limit, *(name for name in names if name in priced and name != change.limit)]
    elif change.limit in families:
        names = free = [change.limit]
    else:
        raise UnusableError((change.limit,), *_why_not(draft, change.limit, list(families)))
    for name in free:
        draft.put("model", ("limits", name), dict(FREE), change)
    for name in names:
        if families[name] == "requirements":
            _without_cost(draft, name, change)


def _without_cost(draft: Draft, name: str, change: Ignore) -> None:
    """A requirement that costs nothing to miss."""
    for position, one in enumerate(draft.members("requirements")):
        path = ("requirements", position, "shortfall_cost")
        if label_of(one) == name and value_at(draft.instance, path) not in (ABSENT, None):
            draft.take("instance", path, "", change)


def _limits(draft: Draft) -> Iterator[tuple[str, str]]:
    """Name and family of everything that limits something."""
    for family in SOFT_FAMILIES:
        if family == "capital":
            if draft.instance.get("capital") is not None:
                yield "capital", "capital"
        elif family == "skills":
            yield from ((name, family) for name in draft.entries("instance", "skills"))
        else:
            for one in draft.members(family):
                if family != "links" or _kind(one) != "synergy":
                    yield label_of(one), family


def _kind(link: Any) -> Any:
    return value_at({"link": link}, ("link", "kind"))


def _why_not(draft: Draft, name: str, known: list[str]) -> tuple[str, str]:
    """What is wrong with a name that is no limit's."""
    others = {label_of(one) for family in ("pools", "links") for one in draft.members(family)}
    if name in others or name in FAMILY_NAMES:
        return "limits nothing, so it cannot be ignored", "remove it instead"
    return f"there is no limit called {name}", did_you_mean(name, [*known, *SOFT_FAMILIES])
