"""Edits of an input given as `path=value`, as by `--set`: `capital.budget=400`, `scenarios.base.probability=0.5`.

Paths are those of `addresses`. The value is YAML.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from portfolioopt.errors import Fault
from portfolioopt.language.addresses import UnusableError, find, set_at, words_of
from portfolioopt.language.checking import Path
from portfolioopt.language.parsing import parse
from portfolioopt.language.scalars import plain_value


@dataclass(slots=True)
class Edited:
    """An input after its settings, what is wrong with them, and which setting gave which path."""

    value: Any
    faults: list[Fault] = field(default_factory=list)
    origins: dict[Path, str] = field(default_factory=dict)

    def origin(self, path: Path) -> str:
        """The setting that gave what stands at a path; empty if none did."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return ""


def edited(raw: Mapping[str, Any], settings: Iterable[str], root: type[BaseModel]) -> Edited:
    """The input with every setting made, in their order; `raw` stays as it is."""
    result = Edited(dict(raw))
    for setting in settings:
        try:
            path, value = parted(setting)
            for address in find(result.value, words_of(path).words, root):
                set_at(result.value, address, value)
                result.origins[address.path] = said(setting)
        except UnusableError as fault:
            result.faults.append(fault.fault(said(setting)))
    return result


def parted(setting: str, scalar: Callable[[str], Any] = plain_value) -> tuple[str, Any]:
    """The path and the value of `path=value`; raises `UnusableError`. `scalar` tells what a bare word means."""
    try:
        end = words_of(setting).end
    except UnusableError:
        end = len(setting)
    if end == len(setting):
        raise UnusableError((), "is not path=value", "for example capital.budget=400")
    parsed = parse(setting[end + 1 :], scalar)
    if parsed.faults:
        fault = parsed.faults[0]
        raise UnusableError((), f"the value cannot be read: {fault.message}", fault.hint)
    return setting[:end], parsed.value


def said(setting: str) -> str:
    """How messages name a setting."""
    return f"--set {setting if len(setting) <= 100 else setting[:100] + '…'}"
