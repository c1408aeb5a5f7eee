"""The reference of the language, made from the schemas of its files: every record, and every key of each.

Paths are written as `--set` takes them: `*` stands for a name of the author's own, or for every member of a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portfolioopt.cases.schema import cases_schema
from portfolioopt.language.schema import instance_schema, model_schema

SHAPES = {
    "series": "series",
    "profile": "profile",
    "numbers": "two numbers",
    "number": "number",
    "count": "whole number",
    "years": "first and last year, both included",
    "calendar": "list of years",
    "curve": "curve: a list of points",
    "flag": "true or false",
    "text": "text",
    "names": "list of names",
    "members": "list of records, see below",
    "entries": "records by name, see below",
    "record": "record, see below",
    "object": "by name",
    "string": "text",
    "array": "list",
}
WITHOUT_RANGE = ("years", "calendar", "curve", "flag", "text", "names", "members", "entries", "record")


@dataclass(frozen=True)
class Key:
    """One key of a record."""

    name: str
    description: str
    kind: str
    """type, unit, range and default, or that it must be given"""
    example: str
    """as in a YAML file; empty where there is none"""


@dataclass(frozen=True)
class Section:
    """One record of the language, and everywhere it stands."""

    record: str
    paths: tuple[str, ...]
    description: str
    keys: tuple[Key, ...]


def sections(schema: dict[str, Any], root: str) -> list[Section]:
    """Every record in the order in which a reader meets it, the top first."""
    definitions = {root: schema, **schema.get("$defs", {})}
    paths: dict[str, list[str]] = {}
    _walk(root, "", definitions, paths)
    return [
        Section(record, tuple(paths[record]), _said(definitions[record]), tuple(_keys(definitions[record])))
        for record in paths
        if "properties" in definitions[record]
    ]


def _walk(record: str, path: str, definitions: dict[str, Any], paths: dict[str, list[str]]) -> None:
    """Notes a record and, where it is met first, those within it."""
    if record in paths:
        paths[record] += [path] if path not in paths[record] else []
        return
    paths[record] = [path]
    for key, node in definitions[record].get("properties", {}).items():
        for below, inner in _records(node):
            _walk(inner, ".".join(part for part in (path, key, *below) if part), definitions, paths)


def language(schema: dict[str, Any], root: str, top: str) -> str:
    """The reference of one kind of file as Markdown; `top` is the heading of its outermost keys."""
    lines: list[str] = []
    for section in sections(schema, root):
        named = [f"`{path}`" for path in section.paths if path]
        said = section.description if section.record != root else ""
        lines += [f"### {named[0] if named else top}{_which(section)}", ""]
        if len(named) > 1:
            lines += [f"The same in {', '.join(named[1:])}.", ""]
        lines += [said, ""] if said else []
        for key in section.keys:
            example = f" For example `{key.example}`." if key.example else ""
            lines += [f"`{key.name}`", f": {key.description}", f": *{key.kind}.*{example}", ""]
    return "\n".join(lines)


def instance_keys() -> str:
    """The keys of instance files."""
    return language(instance_schema(), "Instance", "The top of the file")


def model_keys() -> str:
    """The keys of model files."""
    return language(model_schema(), "Model", "The top of a model file")


def case_keys() -> str:
    """The keys of case files."""
    return language(cases_schema(), "CasesRecord", "The top of a case file")


def _records(node: dict[str, Any], below: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Records that a value may hold, and the path to each from its key."""
    if "$ref" in node:
        yield below, node["$ref"].rpartition("/")[2]
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _records(choice, below)
    if isinstance(node.get("items"), dict):
        yield from _records(node["items"], (*below, "*"))
    for inner in node.get("patternProperties", {}).values():
        yield from _records(inner, (*below, "*"))


def _which(section: Section) -> str:
    """The kind of a record that is one of several in the same place."""
    for key in section.keys:
        if key.name in ("kind", "measure") and key.kind.startswith("`"):
            return f", {key.name} {key.kind.partition(';')[0]}"
    return ""


def _said(node: dict[str, Any]) -> str:
    """A record's own sentence."""
    return " ".join(node.get("description", "").split())


def _keys(record: dict[str, Any]) -> Iterator[Key]:
    needed = record.get("required", ())
    for name, node in record["properties"].items():
        parts = [_type(node), node.get("x-unit", ""), _range(node), _default(node, name in needed)]
        example = f"{name}: {_flow(node['examples'][0])}" if "examples" in node else ""
        yield Key(name, node.get("description", ""), "; ".join(filter(None, parts)), example)


def _flow(value: Any) -> str:
    """A value in YAML's one-line form."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(node: dict[str, Any]) -> str:
    if "const" in node:
        return f"`{node['const']}`"
    if choices := next((one["enum"] for one in _options(node) if "enum" in one), None):
        return "one of " + ", ".join(f"`{choice}`" for choice in choices)
    items = next((one.get("items") for one in _options(node) if isinstance(one.get("items"), dict)), {})
    if choices := items.get("enum"):
        return "list of " + ", ".join(f"`{choice}`" for choice in choices)
    shape, _, by_label = str(node.get("x-shape", node.get("type", ""))).partition(" ")
    if shape == "names" and any(one.get("type") == "string" for one in _options(node)):
        return "a name, or a list of names"
    if not shape and (kinds := list(dict.fromkeys(one["type"] for one in _options(node) if "type" in one))):
        return " or ".join(SHAPES.get(kind, kind) for kind in kinds if kind != "null")
    return f"{SHAPES.get(shape, shape)}{' ' + by_label if by_label else ''}"


def _options(node: dict[str, Any]) -> list[dict[str, Any]]:
    """What a value may be, choices within choices opened."""
    choices = [*node.get("anyOf", ()), *node.get("oneOf", ())]
    return [option for choice in choices for option in _options(choice)] or [node]


def _range(node: dict[str, Any]) -> str:
    """The bounds of the first number that is found."""
    if node.get("x-shape") in WITHOUT_RANGE or "x-shape" not in node:
        return ""
    number = _number(node)
    if number is None:
        return ""
    low, high = number.get("minimum"), number.get("maximum")
    above = number.get("exclusiveMinimum")
    if above is not None:
        return f"above {above}" + (f" and at most {high}" if high is not None else "")
    if low is None:
        return "any sign"
    return f"from {low} to {high:,}" if high is not None else f"{low} or more"


def _number(node: Any) -> dict[str, Any] | None:
    if isinstance(node, dict):
        if node.get("type") in ("number", "integer"):
            return node
        inner = [node.get("anyOf"), node.get("items"), node.get("prefixItems"), node.get("patternProperties")]
        node = [*inner[:3], *(inner[3] or {}).values()]
    if isinstance(node, list):
        return next((found for part in node if (found := _number(part)) is not None), None)
    return None


def _default(node: dict[str, Any], needed: bool) -> str:
    if needed:
        return "must be given"
    if "default" in node and node["default"] != "":
        return f"default `{_flow(node['default'])}`"
    return "may be left out"
