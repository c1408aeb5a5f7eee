"""Changes as text, in the notation of case files, and back: so that an edit travels as data, exactly."""

from collections.abc import Iterable

from portfolioopt.cases.changes import Change, Origin
from portfolioopt.cases.notation import changes_of, signed_value, written
from portfolioopt.errors import InvalidCase
from portfolioopt.language.addresses import UnusableError
from portfolioopt.language.checking import Path
from portfolioopt.language.emitting import emit
from portfolioopt.language.parsing import parse


def changes_text(changes: Iterable[Change]) -> str:
    """The changes as entries of a case file; empty where there are none."""
    entries = [written(change) for change in changes]
    return emit({"changes": entries}) if entries else ""


def changes_from(text: str) -> tuple[Change, ...]:
    """The changes that `changes_text` wrote; raises `InvalidCase` for any other text."""
    if not text:
        return ()
    parsed = parse(text, signed_value)
    if parsed.faults:
        raise InvalidCase(parsed.faults)
    entries = parsed.value.get("changes") if isinstance(parsed.value, dict) else None
    found: list[Change] = []
    try:
        for number, entry in enumerate(entries if isinstance(entries, list) else [None]):
            inside: Path = ("changes", number)
            if not isinstance(entry, dict):
                raise UnusableError(inside, "must be paths with values")
            found += changes_of(entry, inside, lambda _path: Origin())
    except UnusableError as fault:
        raise InvalidCase([fault.fault()]) from None
    return tuple(found)
