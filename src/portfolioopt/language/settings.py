"""Edits of an input given as `path=value`, as by `--set`: `capital.budget=400`, `scenarios.base.probability=0.5`.

A path goes by keys; members of lists by their id (or name) or position: `partnerships.cell_jv.start.state=full`,
`partnerships[0].partners[1]=Volta`. A part that holds a point or a space stands between quotes. The value is YAML.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from portfolioopt.errors import Fault
from portfolioopt.language.checking import Path, did_you_mean
from portfolioopt.language.faults import keys_at
from portfolioopt.language.parsing import parse

_PART = re.compile(
    r"""(?P<dot>\.)?(?:(?P<name>[^.\[\]"'=]+)|"(?P<double>[^"]*)"|'(?P<single>[^']*)')|\[(?P<item>\d{1,9})\]"""
)


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


class _UnusableError(Exception):
    def __init__(self, path: Path, message: str, hint: str = "") -> None:
        self.path, self.message, self.hint = path, message, hint


def edited(raw: Mapping[str, Any], settings: Iterable[str], root: type[BaseModel]) -> Edited:
    """The input with every setting made, in their order; `raw` stays as it is."""
    result = Edited(dict(raw))
    for setting in settings:
        try:
            words, text = _split(setting)
            value = _value(text)
            path = _set(result.value, words, value, root)
            result.origins[path] = said(setting)
        except _UnusableError as fault:
            result.faults.append(Fault(fault.path, fault.message, fault.hint, file=said(setting)))
    return result


def said(setting: str) -> str:
    """How messages name a setting."""
    return f"--set {setting if len(setting) <= 100 else setting[:100] + '…'}"


def _split(setting: str) -> tuple[list[str | int], str]:
    """The parts of the path, and the text of the value."""
    words: list[str | int] = []
    here = 0
    while here < len(setting) and setting[here] != "=":
        part = _PART.match(setting, here)
        if part is None or (part["item"] is None and (part["dot"] is None) != (not words)):
            raise _UnusableError((), "is not path=value", "for example capital.budget=400")
        if part["item"] is not None:
            words.append(int(part["item"]))
        else:
            words.append(next(text for text in part.group("name", "double", "single") if text is not None).strip())
        here = part.end()
    if not words or here == len(setting):
        raise _UnusableError((), "is not path=value", "for example capital.budget=400")
    return words, setting[here + 1 :]


def _value(text: str) -> Any:
    parsed = parse(text)
    if parsed.faults:
        fault = parsed.faults[0]
        raise _UnusableError((), f"the value cannot be read: {fault.message}", fault.hint)
    return parsed.value


def _set(top: dict[str, Any], words: list[str | int], value: Any, root: type[BaseModel]) -> Path:
    """Puts the value in its place, on copies of what leads there, and returns the path."""
    holder: Any = top
    path: Path = ()
    for word in words[:-1]:
        key = _member(holder, word, path, root, last=False)
        inner = holder[key] if isinstance(holder, list) or key in holder else {}
        # the copy keeps what others see of the input as it was
        inner = dict(inner) if isinstance(inner, Mapping) else list(inner) if isinstance(inner, list | tuple) else inner
        holder[key] = inner
        holder = inner
        path = (*path, key)
    key = _member(holder, words[-1], path, root, last=True)
    holder[key] = value
    return (*path, key)


def _member(holder: Any, word: str | int, path: Path, root: type[BaseModel], *, last: bool) -> Any:
    """The key or position that a word means in a mapping or a list."""
    if isinstance(holder, list):
        return _item(holder, word, path)
    if not isinstance(holder, dict):
        raise _UnusableError(path, f"holds no keys, so it has no {word}", "set it as a whole")
    if isinstance(word, int):
        raise _UnusableError(path, f"has keys, not positions such as [{word}]", did_you_mean("", map(str, holder)))
    known = keys_at(root, path)
    if word in holder or word in known or (last and not known):
        return word
    raise _UnusableError((*path, word), "there is no such key", did_you_mean(word, known or map(str, holder)))


def _item(holder: list[Any], word: str | int, path: Path) -> int:
    if isinstance(word, int):
        if word < len(holder):
            return word
        raise _UnusableError(
            (*path, word), f"there is no such member: the list has {len(holder)}", "positions begin at 0"
        )
    names = [str(item.get("id", item.get("name", ""))) if isinstance(item, Mapping) else "" for item in holder]
    if word in names:
        return names.index(word)
    raise _UnusableError((*path, word), "the list has no such member", did_you_mean(word, filter(None, names)))
