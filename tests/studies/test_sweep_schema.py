"""The schema of sweep files takes what is read and refuses what is not, as far as single keys tell."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from language.test_schema import ROOT, accepts, raw
from portfolioopt.errors import InvalidInput
from portfolioopt.studies.sweep.files import read_sweep
from portfolioopt.studies.sweep.schema import DESCRIPTIONS, sweep_schema

HEAD = "format: portfolioopt-sweep/1\n"
RECORDS = ("BaseRecord", "InputRecord", "LevelRecord", "SampleRecord", "CaseRecord")


def test_it_is_a_schema_that_explains_every_key_with_an_example_that_fits() -> None:
    schema = sweep_schema()
    Draft202012Validator.check_schema(schema)
    json.dumps(schema)
    keys = {("SweepRecord", key): said for key, said in schema["properties"].items()}
    for record in RECORDS:
        keys |= {(record, key): said for key, said in schema["$defs"][record]["properties"].items()}
    assert set(keys) == set(DESCRIPTIONS)
    for said in keys.values():
        assert said["description"]
        for example in said["examples"]:
            assert accepts({**said, "$defs": schema["$defs"]}, example), said


@pytest.mark.parametrize("path", sorted((ROOT / "instances").glob("*/sweep.yaml")), ids=lambda path: path.parent.name)
def test_every_shipped_sweep_fits(path: Path) -> None:
    Draft202012Validator(sweep_schema()).validate(raw(path.read_text()))


SOUND = [
    "grid: [{path: capital.budget, values: [x0.9, 1.1, [1, 2]]}]",
    "grid: [{name: people, paths: [a.b, c.d], values: [x0.9]}]",
    "grid: [{name: jv, levels: [{name: open}, {name: closed, changes: [{forbid: cell_plant}]}]}]",
    "grid: [{name: jv, levels: [{name: closed, changes: {forbid: cell_plant, capital.budget: +5}}]}]",
    "one_at_a_time: [{path: discount_rate, from: 0.07, to: 0.11}, {each: skills.*.capacity, values: [x0.9]}]",
    "sample: {points: 3, seed: 7, inputs: [{path: discount_rate, from: 0.07, to: 0.11}]}",
    "cases: [{name: one, changes: [{capital.budget: x0.9}]}, {name: two}]",
    "grid: [{path: a.b, values: [1]}]\nsolver: {gap: 0.001, work_limit: 3}\nbase: {instance: a.yaml}",
    "grid: [{path: a.b, values: [1]}]\nname: money\ndescription: for the board",
]
UNSOUND = [
    "",
    "grid: []",
    "grid: [{path: a.b, values: []}]",
    "grid: [{path: a.b}]",
    "grid: [{values: [1]}]",
    "grid: [{path: a.b, from: 1}]",
    "grid: [{path: a.b, from: 1, to: 2, values: [1]}]",
    "grid: [{path: a.b, paths: [a.b], values: [1]}]",
    "grid: [{path: a.b, name: c, levels: [{name: open}]}]",
    "grid: [{levels: [{name: open}]}]",
    "grid: [{path: a.b, value: [1]}]",
    "grid: [{path: a.b, values: [1]}]\ncases: [{name: one}]",
    "sample: {inputs: [{path: a.b, from: 1, to: 2}]}",
    "sample: {points: 0, inputs: [{path: a.b, from: 1, to: 2}]}",
    "sample: {points: 3, seed: -1, inputs: [{path: a.b, from: 1, to: 2}]}",
    "cases: [{name: one, changes: [capital.budget]}]",
    "cases: [{name: one two}]",
    "grid: [{path: a.b, values: [1]}]\nsolver: {gap: -1}",
    "grid: [{path: a.b, values: [1]}]\nbase: {model: risk_averse}",
    "tornado: [{path: a.b, values: [1]}]",
]


@pytest.mark.parametrize("text", [*SOUND, *UNSOUND])
def test_the_schema_says_what_reading_says(text: str, tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(HEAD + text)
    document: Any = raw(path.read_text())
    try:
        read_sweep(path)
        read = True
    except InvalidInput:
        read = False
    assert read is (text in SOUND)
    assert accepts(sweep_schema(), document) is read
