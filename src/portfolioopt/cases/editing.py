"""Making one change: set, scale, add, shift and remove; force, forbid and ignore stand in modules of their own."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from portfolioopt.cases import amounts
from portfolioopt.cases.changes import Add, Change, Forbid, Force, Ignore, Remove, Scale, Set, Shift
from portfolioopt.cases.draft import Draft, Root
from portfolioopt.cases.ignoring import ignore
from portfolioopt.cases.insisting import forbid, force
from portfolioopt.language.addresses import (
    ABSENT,
    Address,
    UnusableError,
    horizon_of,
    label_of,
    opened,
    series_at_address,
    set_at,
    value_at,
)
from portfolioopt.language.checking import Path
from portfolioopt.language.faults import inside
from portfolioopt.language.partnership import Action
from portfolioopt.language.shapes import shape_of


def make(draft: Draft, change: Change) -> None:
    """Makes a change; raises `UnusableError` where it cannot be made."""
    try:
        MAKING[type(change)](draft, change)
    except UnusableError as fault:
        if getattr(change, "path", "").startswith("model."):
            fault.path = ("model", *fault.path)
        raise


def _set(draft: Draft, change: Set) -> None:
    root, addresses = draft.find(change.path)
    for address in addresses:
        set_at(draft.tops[root], address, change.value)
        draft.mark(root, address.path, change)


def _scale(draft: Draft, change: Scale) -> None:
    root, addresses = draft.find(change.path)
    for address in addresses:
        factor = amounts.exact_factor(address.path, change.factor)
        value, whole = _standing(draft, root, address)
        _settle(draft, root, address, amounts.scaled(address.path, value, factor, address.shape), change, whole=whole)


def _add(draft: Draft, change: Add) -> None:
    root, addresses = draft.find(change.path)
    for address in addresses:
        if address.shape in ("members", "names", "calendar"):
            _append(draft, root, address, change)
        elif address.shape in ("entries", "flows", "record"):
            _enter(draft, root, address, change)
        else:
            value, whole = _standing(draft, root, address)
            years = horizon_of(draft.instance)[1] if address.shape == "series" else 1
            raised = amounts.raised(address.path, value, change.value, address.shape, years)
            _settle(draft, root, address, raised, change, whole=whole)


def _standing(draft: Draft, root: Root, address: Address) -> tuple[Any, bool]:
    """The value to change, opened, and whether it is all that stands there: else it is some years of a series."""
    if address.span is None:
        return opened(draft.meant(root, address)), True
    series = series_at_address(draft.tops[root], address)
    return series[address.span[0] : address.span[1] + 1], False


def _settle(draft: Draft, root: Root, address: Address, value: Any, change: Change, *, whole: bool) -> None:
    if whole:
        draft.put(root, address.path, value, change)
    else:
        set_at(draft.tops[root], address, value)
        draft.mark(root, address.path, change)


def _append(draft: Draft, root: Root, address: Address, change: Add) -> None:
    """New members at the end of a list."""
    standing = value_at(draft.tops[root], address.path)
    before = [] if standing is ABSENT or standing is None else opened(standing)
    if not isinstance(before, list):
        raise UnusableError(address.path, "must be a list")
    more = list(change.value) if isinstance(change.value, list | tuple) else [change.value]
    draft.put(root, address.path, [*before, *more], change)
    draft.marks.pop()
    for position in range(len(before), len(before) + len(more)):
        draft.mark(root, (*address.path, position), change)


def _enter(draft: Draft, root: Root, address: Address, change: Add) -> None:
    """New entries beside those that stand there."""
    if not isinstance(change.value, Mapping | BaseModel):
        shape = amounts.said(address.shape)
        raise UnusableError(address.path, f"holds {shape}, to which only keys with values can be added")
    standing = value_at(draft.tops[root], address.path)
    before = {} if standing is ABSENT or standing is None else opened(standing)
    for key, value in opened(change.value).items():
        if isinstance(before, dict) and key in before:
            raise UnusableError((*address.path, key), "is there already", "set it instead")
        draft.put(root, (*address.path, key), value, change)


def _shift(draft: Draft, change: Shift) -> None:
    by = change.years
    if type(by) is not int:
        raise UnusableError((), f"a shift is a whole number of years, not {by!r}")
    root, addresses = draft.find(change.path)
    for address in addresses:
        if address.span is not None:
            raise UnusableError(address.path, "single years cannot be shifted", "shift the whole series")
        shifted = _shifted(draft, address.path, address.kinds, opened(draft.meant(root, address)), by)
        draft.put(root, address.path, shifted, change)


def _shifted(draft: Draft, path: Path, kinds: tuple[Any, ...], value: Any, by: int) -> Any:
    """What a path leads to, shifted."""
    shape = shape_of(list(kinds))
    match shape:
        case "series":
            return amounts.series_shifted(value, by)
        case "profile":
            return amounts.profile_shifted(value, by)
        case "years" | "calendar":
            return amounts.years_shifted(path, value, by)
        case "count" if path[-1] in amounts.DURATIONS and path[0] != "horizon":
            return amounts.duration_shifted(path, value, by)
        case "flows" if isinstance(value, dict):
            return {
                key: _shifted(draft, (*path, key), _inner(kinds, key), opened(one), by) for key, one in value.items()
            }
        case "record" | "members" | "entries":
            moved = _dated(draft, kinds, value, by)
            if moved is not None:
                return moved
    hint = "name the key inside it" if shape in ("record", "members", "entries") else ""
    raise UnusableError(path, "holds nothing that stands in calendar years, so it cannot be shifted", hint)


def _dated(draft: Draft, kinds: tuple[Any, ...], value: Any, by: int) -> Any:
    """A copy in which all that stands in calendar years is shifted; None where nothing does."""
    shape = shape_of(list(kinds))
    if shape == "series":
        return amounts.series_shifted(value, by)
    if shape == "years":
        return amounts.years_shifted((), value, by)
    if shape == "calendar":
        return amounts.years_shifted((), value, by)
    if shape not in ("record", "members", "entries", "flows"):
        return None
    whole = opened(value)
    if not isinstance(whole, dict | list):
        return None
    found = False
    for key in list(whole) if isinstance(whole, dict) else range(len(whole)):
        inner = None if whole[key] is None else _dated(draft, _inner(kinds, key), whole[key], by)
        if inner is not None:
            found = True
            whole[key] = inner
    if Action in kinds and isinstance(whole, dict) and whole.get("window") is None:
        first, years = horizon_of(draft.instance)
        whole["window"] = [first + by, first + years - 1 + by]
        found = True
    return whole if found else None


def _inner(kinds: tuple[Any, ...], key: str | int) -> tuple[Any, ...]:
    return tuple(inside(list(kinds), key))


def _remove(draft: Draft, change: Remove) -> None:
    root, addresses = draft.find(change.path)
    # the last first: taking out a member moves those behind it
    for address in reversed(addresses):
        standing = value_at(draft.tops[root], address.path)
        if address.span is not None:
            raise UnusableError(address.path, "single years of a series cannot be removed", "set them instead")
        if standing is ABSENT:
            raise UnusableError(address.path, "is not written, so there is nothing to remove")
        last = address.path[-1]
        draft.take(root, address.path, last if isinstance(last, str) else label_of(standing), change)


MAKING: Mapping[type[Change], Callable[[Draft, Any], None]] = {
    Set: _set,
    Scale: _scale,
    Add: _add,
    Shift: _shift,
    Remove: _remove,
    Force: force,
    Forbid: forbid,
    Ignore: ignore,
}
