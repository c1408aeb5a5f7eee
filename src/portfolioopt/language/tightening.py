"""Whether one instance only asks more than another: the same facts under limits that are nowhere looser.

Whatever can be done under the tighter one can be done under the other, at no higher cost; so a bound on the value of
all plans of the looser one holds for the tighter one too.
"""

from decimal import Decimal
from itertools import zip_longest
from typing import Any

from portfolioopt.language.instance import Instance

Path = tuple[str, ...]
LESS_IS_TIGHTER: tuple[Path, ...] = (
    ("capital", "budget"),
    ("skills", "*", "capacity"),
    ("skills", "*", "hire", "at_most"),
    ("exposures", "*", "at_most"),
    ("exposures", "*", "at_most_share"),
    ("activity", "*", "at_most"),
    ("moves", "*", "at_most"),
)
MORE_IS_TIGHTER: tuple[Path, ...] = (
    ("requirements", "*", "at_least"),
    ("activity", "*", "at_least"),
    ("moves", "*", "at_least"),
)
ONE_MORE_IS_TIGHTER: tuple[Path, ...] = (("exposures",), ("activity",), ("moves",), ("rules",))
"""Lists of limits by id that can only forbid, or cost: with another member they do so all the more."""


def only_tightened(before: Instance, after: Instance) -> bool:
    """Whether `after` differs from `before` by tighter limits at most."""
    return _tightened((), before.model_dump(), after.model_dump())


def _tightened(path: Path, before: Any, after: Any) -> bool:
    if before == after:
        return True
    if _stands_in(path, LESS_IS_TIGHTER):
        return _no_more(after, before)
    if _stands_in(path, MORE_IS_TIGHTER):
        return _no_more(before, after)
    if _stands_in(path, ONE_MORE_IS_TIGHTER):
        known = {limit["id"]: limit for limit in after}
        return all(limit["id"] in known and _tightened((*path, "*"), limit, known[limit["id"]]) for limit in before)
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(
            _tightened((*path, str(key)), value, after[key]) for key, value in before.items()
        )
    if isinstance(before, tuple | list) and isinstance(after, tuple | list):
        return len(before) == len(after) and all(
            _tightened((*path, "*"), one, other) for one, other in zip(before, after, strict=True)
        )
    return False


def _stands_in(path: Path, patterns: tuple[Path, ...]) -> bool:
    return any(
        len(path) == len(pattern) and all(b in ("*", a) for a, b in zip(path, pattern, strict=True))
        for pattern in patterns
    )


def _no_more(less: Any, more: Any) -> bool:
    """Whether a number or series is nowhere above another; the last number of a series goes on."""
    one, other = _series(less), _series(more)
    if not one or not other:
        return False
    pairs = zip_longest(one, other)
    return all((a if a is not None else one[-1]) <= (b if b is not None else other[-1]) for a, b in pairs)


def _series(value: Any) -> tuple[Decimal, ...]:
    """The numbers of a series; none where there is no limit at all."""
    if isinstance(value, Decimal):
        return (value,)
    return tuple(value) if isinstance(value, tuple | list) else ()
