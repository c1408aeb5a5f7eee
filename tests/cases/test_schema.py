"""The schema of case files takes what is read and refuses what is not, as far as single keys tell."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from language.test_schema import ROOT, accepts, raw
from portfolioopt.cases.schema import DESCRIPTIONS, cases_schema

HEAD = "format: portfolioopt-cases/1\nbase: {instance: a.yaml, model: b}\ncases:\n  - name: one\n    changes: "


def test_it_is_a_schema_that_explains_every_key() -> None:
    schema = cases_schema()
    Draft202012Validator.check_schema(schema)
    json.dumps(schema)
    keys = {("CasesRecord", key) for key in schema["properties"]}
    for record in ("BaseRecord", "CaseRecord"):
        keys |= {(record, key) for key in schema["$defs"][record]["properties"]}
    assert keys == set(DESCRIPTIONS)
    said: list[dict[str, Any]] = [*schema["properties"].values(), *schema["$defs"]["Entry"]["properties"].values()]
    assert all(one.get("description") for one in said)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ("{capital.budget: x0.9}", True),
        ("[{capital.budget: x0.9}, {forbid: a}, {force: [a, {partnership: b, action: c, years: 2028}]}]", True),
        ("[{shift: {a: 1}}, {scale: {a: 1.1}}, {set: {a: [1, 2]}}, {add: {a: {b: 1}}}, {remove: [a]}]", True),
        ("", True),
        ("[capital.budget]", False),
        ("[{set: 3}]", False),
        ("[{shift: {a: 1.5}}]", False),
        ("[{force: {action: a}}]", False),
        ("[{force: {partnership: a, state: b}}]", False),
        ("[{remove: 3}]", False),
        ("[{group: 3}]", False),
    ],
)
def test_changes_are_described_as_they_are_read(changes: str, fits: bool) -> None:
    assert accepts(cases_schema(), raw(HEAD + changes)) is fits


@pytest.mark.parametrize("path", sorted((ROOT / "instances").glob("*/cases.yaml")), ids=lambda path: path.parent.name)
def test_every_shipped_case_file_fits(path: Path) -> None:
    Draft202012Validator(cases_schema()).validate(raw(path.read_text()))


def test_unknown_keys_are_refused() -> None:
    assert not accepts(cases_schema(), {**raw(HEAD), "other": 1})
    assert not accepts(cases_schema(), {"format": "portfolioopt-cases/1", "cases": []})
