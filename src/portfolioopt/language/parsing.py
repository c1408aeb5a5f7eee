"""From text to plain Python values, strictly: YAML 1.2, no tags, no code, no surprises; and where each key stands.

`parse` is the fast way and keeps no positions. Only where something is wrong are the lines and columns needed, and
then `places` reads the text once more.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from portfolioopt.errors import Fault
from portfolioopt.language.scalars import plain_value
from portfolioopt.language.syntax import control_character, syntax_fault

try:
    from _ruamel_yaml import CParser
except ImportError:  # no compiled parser on this machine: the slow one says the same
    CParser = None

Path = tuple[str | int, ...]

DEEPEST = 100
MOST_ALIASED = 1_000_000
"""Nodes that references may add to those written: far more than a planner repeats, far less than a bomb."""

_UNTAGGED = "remove it: the file is read as plain data"
_SURROGATES = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


class Parsed(NamedTuple):
    """A file's value, and what is wrong with its text; `value` is None where nothing could be read."""

    value: Any
    faults: list[Fault]


@dataclass(slots=True)
class Places:
    """Line and column (from 1) of every key and list item."""

    of: dict[Path, tuple[int, int]] = field(default_factory=dict)
    aliases: dict[Path, Path] = field(default_factory=dict)

    def find(self, path: Path) -> tuple[int, int]:
        """Where a key stands, or else what holds it; (0, 0) if the text could not be read that far."""
        for length in range(len(path) + 1):
            part = path[:length]
            if part in self.aliases:
                return self.find(self.aliases[part] + path[length:])
        for length in range(len(path), -1, -1):
            if path[:length] in self.of:
                return self.of[path[:length]]
        return 0, 0


def parse(text: str, scalar: Callable[[str], Any] = plain_value) -> Parsed:
    """The plain value of a text: dict, list, str, int, Decimal, bool or None.

    `scalar` tells what a scalar without quotes means.
    """
    reading = _Reading(text, None, scalar)
    parsed = reading.run()
    # the first place of a repeated key is only known when positions are kept
    return _Reading(text, Places(), scalar).run() if parsed.faults and reading.repeated else parsed


def places(text: str) -> Places:
    """Where the keys and list items of a text stand."""
    found = Places()
    _Reading(text, found).run()
    return found


class _Anchor(NamedTuple):
    value: Any
    size: int
    path: Path


class _Skipped(str):
    """A key that cannot be used: its value is read and dropped."""

    __slots__ = ()


class _StopError(Exception):
    """Nothing sensible can be read beyond this point."""


class _Frame(NamedTuple):
    """An open container's surroundings: the container around it, the key that waits there, and its own anchor."""

    outer: Any
    key: Any
    anchor: str | None
    nodes_before: int


class _Reading:
    """One pass over the events of a text."""

    def __init__(self, text: str, keep: Places | None, scalar: Callable[[str], Any] = plain_value) -> None:
        self.text = text
        self.keep = keep
        self.scalar = scalar
        self.faults: list[Fault] = []
        self.repeated = False
        self.anchors: dict[str, _Anchor | None] = {}
        self.nodes = 0
        self.aliased = 0

    def run(self) -> Parsed:
        try:
            return Parsed(self._document(_events(self.text)), self.faults)
        except _StopError:
            pass
        except MarkedYAMLError as error:
            self.faults.append(syntax_fault(error, self.text))
        except YAMLError:
            self.faults.append(control_character(self.text))
        return Parsed(None, self.faults)

    def _document(self, next_event: Callable[[], Any]) -> Any:
        """The value of the only document. Each file passes here node by node, so the loop is written for speed."""
        root: Any = None
        documents = 0
        plain: dict[str, Any] = {}
        scalar = self.scalar
        frames: list[_Frame] = []
        inside: Path = ()
        here: Any = None
        key: Any = None
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is ScalarEvent:
                text = event.value
                if event.style:
                    value = text
                elif text in plain:
                    value = plain[text]
                else:
                    value = plain[text] = scalar(text)
                self.nodes += 1
                if event.tag is not None or event.anchor is not None:
                    self._decorated(event, value, _path(inside, here, key))
                if key is None and type(here) is dict:
                    if type(value) is str and value not in here and (value != "<<" or event.style):
                        key = value
                    else:
                        key = self._bad_key(event, value, inside)
                    if self.keep is not None:
                        self.keep.of.setdefault((*inside, key), _at(event))
                    continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = here
                here, key, anchor, before = frames.pop()
                if anchor is not None:
                    self.anchors[anchor] = _Anchor(value, self.nodes - before, inside)
                inside = inside[:-1]
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                self.nodes += 1
                if here is not None:
                    inside = _path(inside, here, key)
                if self.keep is not None:
                    self.keep.of.setdefault(inside, _at(event))
                self._opening(event, inside, len(frames), key is None and type(here) is dict)
                frames.append(_Frame(here, key, event.anchor, self.nodes))
                here = {} if kind is MappingStartEvent else []
                key = None
                continue
            elif kind is AliasEvent:
                value = self._copy(event, _path(inside, here, key), key is None and type(here) is dict)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._stop(event, "a second document begins here", "one file holds one; remove the line ---")
                continue
            else:
                continue
            if type(here) is dict:
                if type(key) is str:
                    here[key] = value
                key = None
            elif here is not None:
                if self.keep is not None:
                    self.keep.of.setdefault((*inside, len(here)), _at(event))
                here.append(value)
            else:
                root = value
        return root

    def _fault(self, event: Any, path: Path, message: str, hint: str = "") -> None:
        line, column = _at(event)
        self.faults.append(Fault(path, message, hint, line=line, column=column))

    def _stop(self, event: Any, message: str, hint: str = "") -> NoReturn:
        self._fault(event, (), message, hint)
        raise _StopError

    def _decorated(self, event: Any, value: Any, path: Path) -> None:
        """A scalar with a tag or an anchor."""
        if event.tag is not None:
            self._fault(event, path, f"the tag {_tag(event)} is not allowed", _UNTAGGED)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(value, 1, path)

    def _bad_key(self, event: Any, value: Any, inside: Path) -> _Skipped:
        """Tells why a key cannot be used."""
        if type(value) is not str:
            shown = event.value[:60] or "an empty key"
            hint = "put the key between quotes"
            if len(shown) == 3 and shown.isdecimal():  # what is left of {capacity: 1,600}
                hint += "; a number has no commas between thousands"
            self._fault(event, inside, f"keys are names, which {shown} is not", hint)
        elif value == "<<" and not event.style:
            hint = "write the keys out, or refer to a whole value with *"
            self._fault(event, inside, "merge keys (<<) are not read", hint)
        else:
            self.repeated = True
            first = ""
            if self.keep is not None and (*inside, value) in self.keep.of:
                line, column = self.keep.of[(*inside, value)]
                first = f", first at line {line}, column {column}"
            self._fault(event, (*inside, value), f"is given twice{first}", "keep one of them")
        return _Skipped(event.value)

    def _opening(self, event: Any, path: Path, depth: int, as_key: bool) -> None:
        """A list or a mapping begins."""
        if as_key:
            self._stop(
                event, "keys are names: a list or a mapping cannot be one", "put text with { or [ between quotes"
            )
        if depth >= DEEPEST:
            self._stop(event, f"lists and mappings are nested more than {DEEPEST} deep")
        if event.tag is not None:
            self._fault(event, path, f"the tag {_tag(event)} is not allowed", _UNTAGGED)
        if event.anchor is not None:
            self.anchors[event.anchor] = None

    def _copy(self, event: Any, path: Path, as_key: bool) -> Any:
        """A copy of what a reference stands for."""
        name = event.anchor
        if as_key:
            self._stop(event, "keys are names: a reference cannot be one", "put text with * between quotes")
        if name not in self.anchors:
            self._stop(event, f"*{name} refers to &{name}, which is nowhere above", "put text with * between quotes")
        anchor = self.anchors[name]
        if anchor is None:
            self._stop(event, f"*{name} stands inside &{name}, so it would contain itself", "write the value out")
        self.nodes += anchor.size
        self.aliased += anchor.size
        if self.aliased > MOST_ALIASED:
            self._stop(event, "references (*) blow the file up beyond all use", "write the values out")
        if self.keep is not None:
            self.keep.aliases[path] = anchor.path
        return _copied(anchor.value)


def _path(inside: Path, here: Any, key: Any) -> Path:
    """Where the next value in a container belongs."""
    if type(here) is list:
        return (*inside, len(here))
    return inside if key is None else (*inside, key)


def _copied(value: Any) -> Any:
    if type(value) is dict:
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if type(value) is list else value


def _at(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _tag(event: Any) -> str:
    return str(event.tag).replace("tag:yaml.org,2002:", "!!")


def _events(text: str) -> Callable[[], Any]:
    """The parser's events, one at each call, None at the end."""
    if text.lstrip().startswith("{"):
        # JSON escapes what lies beyond the first 65,536 characters in pairs, which YAML does not know
        text = _SURROGATES.sub(_joined, text)
    if CParser is not None:
        next_event: Callable[[], Any] = CParser(text.encode()).get_event
        return next_event
    from ruamel.yaml import YAML

    events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))
    return lambda: next(events, None)


def _joined(pair: re.Match[str]) -> str:
    point = 0x10000 + ((int(pair[1], 16) - 0xD800) << 10) + int(pair[2], 16) - 0xDC00
    return f"\\U{point:08x}"
