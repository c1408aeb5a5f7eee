"""The published schemas take what is shipped, refuse what reading refuses, and explain every key."""

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from language.samples import SOUND
from portfolioopt.language.descriptions import DESCRIPTIONS
from portfolioopt.language.parsing import parse
from portfolioopt.language.reading import shipped_models
from portfolioopt.language.schema import instance_schema, model_schema
from portfolioopt.language.values import LARGEST, MOST_DIGITS, SMALLEST

ROOT = Path(__file__).parents[2]
INSTANCES = [*sorted((ROOT / "instances").glob("*/instance.yaml")), ROOT / "src/portfolioopt/starter/instance.yaml"]


def raw(text: str) -> Any:
    """Numbers as JSON has them."""

    def json_number(value: Any) -> Any:
        return float(value) if isinstance(value, Decimal) else value

    return json.loads(json.dumps(parse(text).value, default=json_number))


def accepts(schema: dict[str, Any], value: Any) -> bool:
    return Draft202012Validator(schema).is_valid(value)


def test_the_schemas_are_schemas() -> None:
    for schema in (instance_schema(), model_schema()):
        Draft202012Validator.check_schema(schema)
        json.dumps(schema)


@pytest.mark.parametrize("path", INSTANCES, ids=lambda path: path.parent.name)
def test_every_shipped_instance_fits(path: Path) -> None:
    Draft202012Validator(instance_schema()).validate(raw(path.read_text()))


@pytest.mark.parametrize("name", shipped_models())
def test_every_shipped_model_fits(name: str) -> None:
    Draft202012Validator(model_schema()).validate(raw(shipped_models()[name].read_text()))


def test_the_sample_with_every_family_fits() -> None:
    Draft202012Validator(instance_schema()).validate(raw(SOUND))


def holders(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every mapping with keys of its own, by path; those by label hold other mappings or numbers."""
    found = []
    if isinstance(value, dict):
        found.append(path)
        for key, inner in value.items():
            found += holders(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            found += holders(inner, (*path, position))
    return found


BY_LABEL = {"states", "skills", "effort", "exposure", "provides", "benefit", "budget", "drivers"}


@pytest.mark.parametrize(
    "path", [path for path in holders(raw(SOUND)) if not path or path[-1] not in BY_LABEL], ids=str
)
def test_unknown_keys_are_refused_everywhere(path: tuple[Any, ...]) -> None:
    value = copy.deepcopy(raw(SOUND))
    here = value
    for part in path:
        here = here[part]
    here["unknown-key"] = 1
    assert not accepts(instance_schema(), value)


@pytest.mark.parametrize(
    ("old", "new", "fits"),
    [
        ("        cost: 25", "        cost: [25, 30]", True),
        ("        cost: 25", "        cost: -25", True),
        ("        cost: 25", "        cost: []", False),
        ("        cost: 25", "        cost: '25'", False),
        ("capital: [300, 200]", "capital: 300", True),
        ("capital: [300, 200]", "capital: [-300]", False),
        ("budget: [500, 400, 400, 300]", "budget: -500", True),
        ("capacity: 160", "capacity: [1, 2, 3, 4]", True),
        ("capacity: 160", "capacity: -1", False),
        ("capacity: 160", "capacity: [-1]", False),
        ("from: none, to", "from: [none], to", True),
        ("from: none, to", "from: [], to", False),
        ("kind: restructure", "kind: rebuild", False),
        ("window: [2026, 2028]", "window: [2026]", False),
        ("window: [2026, 2028]", "window: [2026, 2027, 2028]", False),
        ("{gwh: [0, 10, 25]}", "{g wh: 1}", False),
        ("demand: [1, 0.9, 0.7, 0.6]", "demand: -1", False),
        ("recycle: 0.5", "recycle: 1.5", False),
        ("name: sample\n", "", False),
    ],
)
def test_values_are_described_as_they_are_read(old: str, new: str, fits: bool) -> None:
    assert SOUND.count(old) == 1
    assert accepts(instance_schema(), raw(SOUND.replace(old, new))) is fits


def test_a_model_takes_hard_or_a_price() -> None:
    for hardness, fits in (("hard", True), ("{price: 2}", True), ("soft", False), ("2", False), ("{price: -1}", False)):
        assert accepts(model_schema(), raw(f"limits: {{capital: {hardness}}}")) is fits
    assert not accepts(model_schema(), {"objective": {"risk": {"measure": "cvar", "tail": 0, "weight": 0.5}}})


def test_every_key_is_explained_and_every_explanation_has_its_key() -> None:
    keys = set()
    for name, schema in (("Instance", instance_schema()), ("Model", model_schema())):
        for record, said in ((name, schema), *schema["$defs"].items()):
            assert said["description"]
            keys |= {(record, key) for key in said["properties"]}
            assert [key for key, value in said["properties"].items() if not value.get("description")] == []
    assert keys == set(DESCRIPTIONS)


def test_the_limits_of_numbers_are_told_as_they_are() -> None:
    for schema in (instance_schema(), model_schema()):
        assert f"from {SMALLEST:e} to below {LARGEST:e} in size".replace("+", "") in schema["description"]
        assert f"at most {MOST_DIGITS} digits" in schema["description"]
