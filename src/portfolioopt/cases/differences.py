"""What one instance or model says otherwise than another: by path, before and after; and the changes that lead there.

Members of lists are matched by their ids (or names), so their order does not matter; a key that is not written and one
that says the default are the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from portfolioopt.cases.changes import Add, Change, Remove, Set, shown
from portfolioopt.language.addresses import label_of
from portfolioopt.language.families import SOFT_FAMILIES
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.writing import value_as_written

_PLAIN_WORD = re.compile(r"[^.\[\]\"'=*\s][^.\[\]\"'=*]*")
_BARE_NUMBER = re.compile(r"\d{4}(\s*-\s*\d+)?")
Words = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise: changed, added or removed."""

    words: Words
    kind: Literal["changed", "added", "removed"]
    before: Any
    """In the shape of a file; None where it was not there."""
    after: Any

    @property
    def path(self) -> str:
        """As `addresses` reads it."""
        return path_text(self.words)

    @property
    def said(self) -> str:
        """In one line: capital.recycle: 1 -> 0.5."""
        if self.kind == "added":
            return f"{self.path}: added {shown(self.after)}"
        if self.kind == "removed":
            return f"{self.path}: removed {shown(self.before)}"
        return f"{self.path}: {shown(self.before)} -> {shown(self.after)}"


def differences(before: Instance, after: Instance) -> tuple[Difference, ...]:
    """What is otherwise in the second instance, in the order of its keys."""
    return tuple(_between((), before, after, same_years=before.horizon.years == after.horizon.years))


def model_differences(before: Model, after: Model) -> tuple[Difference, ...]:
    """The same of two models; paths begin with model."""
    return tuple(_between(("model",), before, after, same_years=True))


def all_differences(before: tuple[Instance, Model], after: tuple[Instance, Model]) -> tuple[Difference, ...]:
    """Facts first, then choices."""
    return (*differences(before[0], after[0]), *model_differences(before[1], after[1]))


def changes_for(found: Iterable[Difference]) -> tuple[Change, ...]:
    """The changes that lead from before to after. Members that are new come at the end of their list."""
    changes: list[Change] = []
    for one in found:
        if one.kind == "removed":
            changes.append(Remove(one.path))
        elif one.kind == "added" and isinstance(one.after, dict) and label_of(one.after) == one.words[-1]:
            changes.append(Add(path_text(one.words[:-1]), one.after))
        else:
            changes.append(Set(one.path, one.after))
    return tuple(changes)


def path_text(words: Words) -> str:
    """The path of words, those with points or blanks between quotes."""
    text = ""
    for word in words:
        if isinstance(word, int):
            text += f"[{word}]"
            continue
        quote = "'" if '"' in word else '"'
        plain = _PLAIN_WORD.fullmatch(word) and word == word.strip() and not _BARE_NUMBER.fullmatch(word)
        text += ("." if text else "") + (word if plain else f"{quote}{word}{quote}")
    return text


def _between(words: Words, before: Any, after: Any, *, same_years: bool) -> Iterator[Difference]:
    if before is after or before == after or (same_years and _same_series(before, after)):
        return
    if isinstance(before, BaseModel) and type(before) is type(after):
        yield from _between_records(words, before, after, same_years=same_years)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _between_entries(words, before, after, same_years=same_years)
    elif _by_label(before) and _by_label(after):
        own, other = ({label_of(one): one for one in members} for members in (before, after))
        yield from _between_entries(words, own, other, same_years=same_years)
    elif before is None:
        yield Difference(words, "added", None, value_as_written(after))
    elif after is None:
        yield Difference(words, "removed", value_as_written(before), None)
    else:
        yield Difference(words, "changed", value_as_written(before), value_as_written(after))


def _between_records(words: Words, before: BaseModel, after: BaseModel, *, same_years: bool) -> Iterator[Difference]:
    for name, field in type(before).model_fields.items():
        own, other = getattr(before, name), getattr(after, name)
        if isinstance(before, Model) and name == "limits":
            hard = dict.fromkeys(SOFT_FAMILIES, "hard")
            own, other = hard | own, hard | other
        yield from _between((*words, field.alias or name), own, other, same_years=same_years)


def _between_entries(
    words: Words, before: Mapping[str, Any], after: Mapping[str, Any], *, same_years: bool
) -> Iterator[Difference]:
    for key, own in before.items():
        if key not in after:
            yield Difference((*words, key), "removed", value_as_written(own), None)
        else:
            yield from _between((*words, key), own, after[key], same_years=same_years)
    for key, other in after.items():
        if key not in before:
            yield Difference((*words, key), "added", None, value_as_written(other))


def _same_series(one: Any, other: Any) -> bool:
    """Whether one is a number for every year, and the other the same number year by year."""
    if isinstance(one, tuple):
        one, other = other, one
    return isinstance(one, Decimal) and isinstance(other, tuple) and bool(other) and all(year == one for year in other)


def _by_label(members: Any) -> bool:
    """Whether a list's members are records that are told apart by their ids or names."""
    if not isinstance(members, tuple) or not all(isinstance(one, BaseModel) for one in members):
        return False
    labels = [label_of(one) for one in members]
    named = all("id" in type(one).model_fields or "name" in type(one).model_fields for one in members)
    return named and all(labels) and len(set(labels)) == len(labels)
