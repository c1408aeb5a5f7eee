"""JSON Schemas of instance and model files (draft 2020-12), for editors that complete and check while one types.

They say all that concerns single keys: beside what is allowed, a description, an example, the shape of value that the
language knows the key by (`x-shape`: series, profile, profile by label, …) and what its numbers are counted in
(`x-unit`). What holds between keys (references, sums, lengths of series) only `portfolioopt validate` checks.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from portfolioopt.language.descriptions import DESCRIPTIONS, NUMBERS
from portfolioopt.language.faults import inside, records_of
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.shapes import NUMERIC, shape_of
from portfolioopt.language.units import example_of, unit_of
from portfolioopt.language.values import _one_or_more

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NOT_NEGATIVE = {
    ("Skill", "capacity"),
    ("Hire", "cost"),
    ("Hire", "at_most"),
    ("Exposure", "at_most"),
    ("Exposure", "at_most_share"),
    ("Requirement", "at_least"),
    ("Requirement", "shortfall_cost"),
    ("Activity", "at_most"),
    ("Activity", "at_least"),
    ("Moves", "at_most"),
    ("Moves", "at_least"),
    ("Scenario", "drivers"),
}
"""The series (a number, or a number for each year) that are 0 or more."""

SHARES = {("Exposure", "at_most_share")}
"""The series that are 1 or less."""


def instance_schema() -> dict[str, Any]:
    """The schema of instance files."""
    return schema_of(Instance, "Instance of portfolioopt: the facts")


def model_schema() -> dict[str, Any]:
    """The schema of model files."""
    return schema_of(Model, "Model of portfolioopt: the choices")


class _Generator(GenerateJsonSchema):
    """As files are read, where pydantic's own schema differs."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        """Where a single value stands for a list of one, both are allowed."""
        found = super().function_before_schema(schema)
        function: Any = schema["function"]["function"]
        if function is _one_or_more and found.get("type") == "array":
            return {"anyOf": [found["items"], found]}
        return found

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Defaults as one would write them; those of whole records stand at their keys."""
        found = self.generate_inner(schema["schema"])
        default = schema.get("default")
        if isinstance(default, tuple) and len(default) == 1:
            default = default[0]
        if isinstance(default, tuple) and default:
            return {**found, "default": [*map(_plain, default)]}
        default = _plain(default)
        return {**found, "default": default} if isinstance(default, str | int | float | bool) else found


def _plain(value: Any) -> Any:
    """A number as JSON has it."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def schema_of(
    root: type[BaseModel], title: str, descriptions: Mapping[tuple[str, str], str] = DESCRIPTIONS
) -> dict[str, Any]:
    """The schema of files whose top is such a record, with what each key means."""
    found = root.model_json_schema(by_alias=True, schema_generator=_Generator)
    kinds = _records(root)
    for name, record in (*found.get("$defs", {}).items(), (root.__name__, found)):
        for key, said in record.get("properties", {}).items():
            _mend(said)
            if (name, key) in NOT_NEGATIVE:
                _bound(said, "minimum", 0)
            if (name, key) in SHARES:
                _bound(said, "maximum", 1)
            said.pop("title", None)
            if (name, key) in descriptions:
                said["description"] = descriptions[name, key]
            _illustrate(said, name, key, inside([kinds[name]], key))
    return {"$schema": DIALECT, **found, "title": title, "description": NUMBERS}


def _records(root: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Every record that a file may hold, by name."""
    found, waiting = {root.__name__: root}, [root]
    while waiting:
        record = waiting.pop()
        for field in record.model_fields:
            kinds = inside([record], field) + inside([record], record.model_fields[field].alias or field)
            for inner in _held(kinds):
                if inner.__name__ not in found:
                    found[inner.__name__] = inner
                    waiting.append(inner)
    return found


def _held(kinds: list[Any]) -> list[type[BaseModel]]:
    """Records among these kinds, or in lists or by label within them."""
    here = records_of(kinds)
    if here or not kinds:
        return here
    return _held(inside(kinds, 0) + inside(kinds, "x"))


def _illustrate(said: dict[str, Any], record: str, key: str, kinds: list[Any]) -> None:
    """Shape, unit and example of a key."""
    shape = shape_of(kinds)
    if shape != "unknown":
        said["x-shape"] = shape if shape != "flows" else f"{shape_of(inside(kinds, 'label'))} by label"
    if shape in NUMERIC and (unit := unit_of(record, key)):
        said["x-unit"] = unit
    if "const" in said:
        said["examples"] = [said["const"]]
    elif (example := example_of(record, key)) is not None:
        said["examples"] = [example]


def _mend(node: Any) -> None:
    """Closes mappings by label, and counts the entries of lists, at any depth."""
    if isinstance(node, list):
        for inner in node:
            _mend(inner)
    if not isinstance(node, dict):
        return
    if "patternProperties" in node:
        node["additionalProperties"] = False
    options = node.get("anyOf", [node])
    if any(option.get("type") == "array" for option in options) and "minLength" in node:
        fewest = node.pop("minLength")
        for option in options:
            if option.get("type") == "array":
                option["minItems"] = fewest
    for inner in list(node.values()):
        _mend(inner)


def _bound(node: Any, side: str, bound: int) -> None:
    """Gives every number in a series a bound."""
    if isinstance(node, list):
        for inner in node:
            _bound(inner, side, bound)
    elif isinstance(node, dict):
        if node.get("type") == "number":
            node[side] = bound
        for inner in list(node.values()):
            _bound(inner, side, bound)
