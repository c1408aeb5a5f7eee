"""docs/language.md tells every key: meaning, type, unit, range, default or that it must be given, and an example."""

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from docs.extension import fill
from docs.extension.language import case_keys, sections
from portfolioopt.cases.schema import cases_schema
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.schema import instance_schema, model_schema
from portfolioopt.language.shapes import NUMERIC
from test_every_key import key_paths
from test_pages import DOCS

SCHEMAS: dict[str, dict[str, Any]] = {
    "Instance": instance_schema(),
    "Model": model_schema(),
    "CasesRecord": cases_schema(),
}
KEYS = [
    (root, record, key)
    for root, schema in SCHEMAS.items()
    for record, node in {root: schema, **schema["$defs"]}.items()
    for key in node.get("properties", {})
    if record not in ("Entry", "Aim")  # what a change may say is told on the page of what-ifs
]
PAGE = fill((DOCS / "language.md").read_text(encoding="utf-8"))


def property_of(root: str, record: str, key: str) -> dict[str, Any]:
    schema = SCHEMAS[root]
    node: dict[str, Any] = (schema if record == root else schema["$defs"][record])["properties"][key]
    return node


@pytest.mark.parametrize(("root", "record", "key"), KEYS)
def test_every_key_has_meaning_unit_and_an_example_that_is_allowed(root: str, record: str, key: str) -> None:
    node = property_of(root, record, key)
    assert node["description"].endswith((".", "…"))
    if str(node.get("x-shape", "")).partition(" ")[0] in NUMERIC and key != "seed":  # a seed counts nothing
        assert node["x-unit"]
    assert node["examples"]
    Draft202012Validator({**copy.deepcopy(node), "$defs": SCHEMAS[root]["$defs"]}).validate(node["examples"][0])


@pytest.mark.parametrize("root", SCHEMAS)
def test_every_record_and_key_is_on_the_page(root: str) -> None:
    schema = SCHEMAS[root]
    told = {section.record: {key.name for key in section.keys} for section in sections(schema, root)}
    meant = {name: set(node["properties"]) for name, node in schema["$defs"].items() if "properties" in node}
    assert told == meant | {root: set(schema["properties"])}
    for section in sections(schema, root):
        for path in filter(None, section.paths):
            assert f"`{path}`" in PAGE
        for key in section.keys:
            assert f"`{key.name}`\n: {key.description}\n: *{key.kind}.*" in PAGE


@pytest.mark.parametrize(("root", "record"), [("Instance", Instance), ("Model", Model)])
def test_every_path_of_the_language_is_told(root: str, record: type[BaseModel]) -> None:
    told = {
        f"{path}.{key.name}".lstrip(".").replace(".*", "")
        for section in sections(SCHEMAS[root], root)
        for path in section.paths
        for key in section.keys
    }
    assert {path.replace(".*", "") for path in key_paths(record, "")} - told == set()


def test_nothing_stands_in_the_way_of_an_editor() -> None:
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
        json.dumps(schema)
    assert "paths go by ids" in case_keys().lower()
