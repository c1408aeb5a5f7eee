"""JSON Schemas of instance and model files (draft 2020-12), for editors that complete and check while one types.

They say all that concerns single keys. What holds between keys (references, sums, lengths of series) only
`portfolioopt validate` checks.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from portfolioopt.language.descriptions import DESCRIPTIONS, NUMBERS
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
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
        if isinstance(default, Decimal):
            default = int(default) if default == int(default) else float(default)
        return {**found, "default": default} if isinstance(default, str | int | float | bool) else found


def schema_of(
    root: type[BaseModel], title: str, descriptions: Mapping[tuple[str, str], str] = DESCRIPTIONS
) -> dict[str, Any]:
    """The schema of files whose top is such a record, with what each key means."""
    found = root.model_json_schema(by_alias=True, schema_generator=_Generator)
    for name, record in (*found.get("$defs", {}).items(), (root.__name__, found)):
        for key, said in record.get("properties", {}).items():
            _mend(said)
            if (name, key) in NOT_NEGATIVE:
                _not_negative(said)
            said.pop("title", None)
            if (name, key) in descriptions:
                said["description"] = descriptions[name, key]
    return {"$schema": DIALECT, **found, "title": title, "description": NUMBERS}


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


def _not_negative(node: Any) -> None:
    """Gives every number in a series its lower bound."""
    if isinstance(node, list):
        for inner in node:
            _not_negative(inner)
    elif isinstance(node, dict):
        if node.get("type") == "number":
            node["minimum"] = 0
        for inner in list(node.values()):
            _not_negative(inner)
