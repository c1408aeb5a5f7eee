"""The language as a list of leaves: every key that takes a value, read off the models themselves.

A leaf's path goes by keys; MEMBER stands for a member of a list of records, LABEL for a name that the author chooses:
("partnerships", "[]", "states", "{}", "effort", "{}") is the effort of a state by skill. A key that is added to the
language is a leaf the moment it is declared.
"""

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from portfolioopt.language.descriptions import DESCRIPTIONS
from portfolioopt.language.instance import Instance

Path = tuple[str, ...]
Shape = Literal["one", "pair", "list", "profile", "series", "curve"]
Element = Literal["number", "whole", "truth", "label", "text", "choice"]
MEMBER, LABEL = "[]", "{}"


class UnknownKindError(TypeError):
    """A key of the language of a kind that no table can hold yet."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A key that takes a value."""

    path: Path
    shape: Shape
    element: Element
    annotation: Any
    """As the model declares it."""
    required: bool
    said: str
    """What it means, in one line."""
    choices: tuple[str, ...] = ()

    @property
    def labelled(self) -> bool:
        """Whether there is one value for each of several names."""
        return self.path[-1] == LABEL

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Least and greatest number, where the schema tells."""
        schema = TypeAdapter(self.annotation).json_schema()
        schema = schema.get("anyOf", [schema])[0]
        return schema.get("minimum"), schema.get("maximum")


@cache
def leaves(root: type[BaseModel] = Instance) -> tuple[Leaf, ...]:
    """Every leaf below a record, in the order in which it declares them. Raises `UnknownKindError`."""
    return tuple(_merged(_of_record(root, ())))


def own_key(path: Path, root: type[BaseModel] = Instance) -> str:
    """The key that tells the members of a list of records apart: id, name, or none."""
    names = {leaf.path[-1] for leaf in leaves(root) if leaf.path[:-1] == path}
    return next((name for name in ("id", "name") if name in names), "")


def _of_record(record: type[BaseModel], path: Path) -> Iterator[Leaf]:
    for name, field in record.model_fields.items():
        key = field.alias or name
        said = DESCRIPTIONS.get((record.__name__, key), "")
        yield from _below(field.rebuild_annotation(), (*path, key), said, field.is_required())


def _below(annotation: Any, path: Path, said: str, required: bool) -> Iterator[Leaf]:
    """The leaves of one key: itself, or those of the records it holds."""
    kinds = _options(annotation)
    records = [kind for kind in kinds if _is_record(kind)]
    if records and len(records) == len(kinds):
        yield from _of_union(records, path, required)
        return
    kind = kinds[0]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is dict:
        yield from _below(arguments[1], (*path, LABEL), said, _is_record(arguments[1]))
    elif origin is tuple and arguments[-1] is Ellipsis and all(map(_is_record, _options(arguments[0]))):
        yield from _of_union(_options(arguments[0]), (*path, MEMBER), True)
    else:
        shape, element, choices = _kind(kinds, path)
        yield Leaf(path, shape, element, annotation, required, said, choices)


def _of_union(records: list[Any], path: Path, required: bool) -> Iterator[Leaf]:
    """The leaves of records that may stand in one place; only what all of them ask for is required."""
    for record in records:
        for leaf in _of_record(record, path):
            key, *beyond = leaf.path[len(path) :]
            of_a_member = not {MEMBER, LABEL}.isdisjoint(beyond)
            needed = leaf.required and (of_a_member or (required and all(_requires(other, key) for other in records)))
            yield replace(leaf, required=needed)


def _requires(record: type[BaseModel], key: str) -> bool:
    return any(field.is_required() for name, field in record.model_fields.items() if key in (name, field.alias))


def _merged(found: Iterator[Leaf]) -> list[Leaf]:
    """A key that several kinds of record share is one leaf, with the choices of all."""
    merged: dict[Path, Leaf] = {}
    for leaf in found:
        known = merged.get(leaf.path)
        if known is None:
            merged[leaf.path] = leaf
            continue
        if (known.shape, known.element) != (leaf.shape, leaf.element):
            raise UnknownKindError(f"{'.'.join(leaf.path)} is of several kinds, for which no table has a column")
        said = known.said if leaf.said in known.said else f"{known.said} {leaf.said}"
        choices = tuple(dict.fromkeys((*known.choices, *leaf.choices)))
        merged[leaf.path] = replace(known, choices=choices, said=said)
    return list(merged.values())


def _kind(kinds: list[Any], path: Path) -> tuple[Shape, Element, tuple[str, ...]]:
    """Shape and element of a value, and the words that it may be."""
    arguments = get_args(kinds[0])
    if len(kinds) == 2 and kinds[0] is Decimal and get_origin(kinds[1]) is tuple:
        return "series", "number", ()
    if len(kinds) == 1 and get_origin(kinds[0]) is tuple:
        inner = _options(arguments[0])[0]
        if len(arguments) == 2 and arguments[1] is not Ellipsis:
            return "pair", *_element(arguments[0], path)
        if inner is Decimal:
            return "profile", "number", ()
        if get_origin(inner) is tuple:
            return "curve", "number", ()
        return "list", *_element(arguments[0], path)
    if len(kinds) == 1:
        return "one", *_element(kinds[0], path, kinds[0])
    raise _unknown(path)


def _element(annotation: Any, path: Path, plain: Any = None) -> tuple[Element, tuple[str, ...]]:
    kind = _options(annotation)[0] if plain is None else plain
    plain_kinds: dict[Any, Element] = {Decimal: "number", int: "whole", bool: "truth"}
    if kind in plain_kinds:
        return plain_kinds[kind], ()
    if get_origin(kind) is Literal:
        return "choice", tuple(map(str, get_args(kind)))
    if isinstance(kind, _Word):
        return "label", ()
    if kind is str:
        return "text", ()
    raise _unknown(path)


def _unknown(path: Path) -> UnknownKindError:
    return UnknownKindError(f"{'.'.join(path)} is of a kind for which no table has a column")


@dataclass(frozen=True, slots=True)
class _Word:
    """Text without spaces: an id or a label."""


def _options(annotation: Any) -> list[Any]:
    """The kinds that an annotation allows, None left out; a str that must be an id or a label is a `_Word`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        inner = _options(arguments[0])
        patterns = [str(getattr(note, "pattern", "") or "") for note in _notes(arguments[1:])]
        is_word = any(pattern.startswith(("^[a-z]", "^[A-Za-z_]")) for pattern in patterns)
        return [_Word() if is_word and kind is str else kind for kind in inner]
    if origin in (typing.Union, types.UnionType):
        return [kind for part in arguments for kind in _options(part)]
    return [] if annotation is types.NoneType else [annotation]


def _notes(metadata: tuple[Any, ...]) -> Iterator[Any]:
    """What pydantic keeps beside a type, fields unpacked."""
    for note in metadata:
        yield note
        yield from getattr(note, "metadata", ())


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
