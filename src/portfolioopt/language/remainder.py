"""What of an input is sound when its faulty parts are taken out.

So that one run tells contradictions between sound parts as well as broken parts, and each where it stands in the file.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portfolioopt.errors import Fault
from portfolioopt.language.checking import Path

MOST_PARTS = 500
"""Faulty parts beyond which the rest is not looked at: the file is another thing altogether."""


@dataclass(slots=True)
class Remainder:
    """The sound rest of an input, and what was taken out of it."""

    value: Any = None
    paths: set[Path] = field(default_factory=set)
    """What was taken out, as paths of the input."""
    names: set[str] = field(default_factory=set)
    """Every name in what was taken out: who only misses one of these is not at fault."""

    def told(self, faults: Iterable[Fault]) -> list[Fault]:
        """Faults found in the rest, with their paths in the input; without those that only miss what was taken out."""
        keys = {path[-1] for path in self.paths if isinstance(path[-1], str)}
        told = []
        for fault in faults:
            path = self.path_in_input(fault.path)
            holds_a_gap = any(gone[: len(path)] == path for gone in self.paths)
            if not holds_a_gap and fault.sought not in self.names and not (path and path[-1] in keys):
                told.append(replace(fault, path=path))
        return told

    def path_in_input(self, path: Path) -> Path:
        """Where a part of the rest stands in the input: members of a list have moved up past those taken out."""
        found: Path = ()
        for part in path:
            position = part
            if isinstance(position, int):
                for gone in sorted(gone[-1] for gone in self.paths if gone[:-1] == found and isinstance(gone[-1], int)):
                    position += gone <= position
            found = (*found, position)
        return found

    def of(self, value: Any, path: Path = ()) -> Any:
        """The input without what was taken out."""
        if not any(gone[: len(path)] == path for gone in self.paths):
            return value
        if isinstance(value, Mapping):
            return {k: self.of(inner, (*path, k)) for k, inner in value.items() if (*path, k) not in self.paths}
        return [self.of(inner, (*path, i)) for i, inner in enumerate(value) if (*path, i) not in self.paths]


def remainder(obj: Mapping[str, Any], error: ValidationError, validate: Callable[[Any], BaseModel]) -> Remainder | None:
    """The largest part of `obj` that `validate` takes, after `error` on all of it; None if next to nothing is."""
    rest = Remainder()
    sound: Any = obj
    for _ in range(8):
        if error.error_count() > MOST_PARTS:
            return None
        parts = {_part(details, sound) for details in error.errors(include_url=False)}
        if () in parts:
            return None
        # all places first: taking one out moves those behind it
        originals = sorted({rest.path_in_input(path) for path in parts}, key=str)
        for original in originals:
            _names_in(_at(obj, original), rest.names)
            rest.names.add(str(original[-1]))
        rest.paths.update(originals)
        sound = rest.of(obj)
        try:
            rest.value = validate(sound)
        except ValidationError as again:
            error = again
        else:
            return rest
    return None


def path_of(details: ErrorDetails, obj: Any) -> Path:
    """The error's place in the input: pydantic's own path also holds the kinds of a choice, which no file has."""
    path: list[str | int] = []
    here = obj
    loc = details["loc"]
    for place, part in enumerate(loc):
        if _holds(here, part):
            here = here[part]
        elif not (isinstance(here, Mapping) and place == len(loc) - 1 and details["type"] == "missing"):
            continue
        path.append(part)
    return tuple(path)


def _part(details: ErrorDetails, obj: Any) -> Path:
    """What to take out: the faulty part, or what lacks a key that it must have, or the list that holds a bad number."""
    path = path_of(details, obj)
    if details["type"] == "missing" and path[-1:] == details["loc"][-1:]:
        path = path[:-1]
    here = obj
    for length, part in enumerate(path):
        inner = here[part] if _holds(here, part) else None
        if isinstance(here, list | tuple) and not isinstance(inner, Mapping):
            return path[:length]
        here = inner
    return path


def _holds(here: Any, part: str | int) -> bool:
    return (isinstance(here, Mapping) and part in here) or (
        isinstance(here, list | tuple) and isinstance(part, int) and part < len(here)
    )


def _at(obj: Any, path: Path) -> Any:
    for part in path:
        obj = obj[part]
    return obj


def _names_in(value: Any, names: set[str]) -> None:
    if isinstance(value, Mapping):
        names.update(map(str, value))
        value = value.values()
    elif isinstance(value, str):
        names.add(value)
        return
    elif not isinstance(value, list | tuple):
        return
    for inner in value:
        _names_in(inner, names)
