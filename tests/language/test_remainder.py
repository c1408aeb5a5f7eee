"""Contradictions between sound parts are told beside broken parts, with paths of the input as it was."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from language.samples import SOUND
from portfolioopt.errors import Fault
from portfolioopt.language.instance import Instance, check
from portfolioopt.language.parsing import parse
from portfolioopt.language.remainder import Remainder, remainder


def rest_of(raw: Any) -> Remainder | None:
    def validate(obj: Any) -> BaseModel:
        return BaseModel.model_validate.__func__(Instance, obj)  # type: ignore[attr-defined,no-any-return]

    with pytest.raises(ValidationError) as caught:
        validate(raw)
    return remainder(raw, caught.value, validate)


def told(text: str) -> list[Fault]:
    rest = rest_of(parse(text).value)
    assert rest is not None
    return rest.told(check(rest.value).faults)


def test_paths_are_those_of_the_whole_input() -> None:
    text = SOUND.replace(
        "  - id: cells\n", "  - {id: gone, nonsense: 1, readiness: 3}\n  - {name: no id}\n  - id: cells\n"
    )
    assert [fault.key for fault in told(text.replace("to: supply", "to: suply"))] == ["partnerships[2].actions[1].to"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("probability: 0.4", "probability: x"),
        ("at_most: 2}", "at_most: x}"),
        ("at_most: 700", "at_most: x"),
        ("of: [america]", "of: [1]"),
        ("domain: software", "domain: 3"),
        ("culture: 3", "culture: x"),
        ("[0, 0], [15, 4]", "[x, 0], [15, 4]"),
        ("drivers: [demand]\n", "drivers: [1, demand]\n"),
        ("states:\n      core: {", "states:\n      core: {x: 1, benefit: x, "),
        ("kind: synergy, ", ""),
    ],
)
def test_what_only_misses_a_broken_part_is_not_told(old: str, new: str) -> None:
    assert SOUND.count(old) == 1
    text = SOUND.replace(old, new).replace("benefit: x, benefit", "cost: x, benefit")
    assert told(text) == []


def test_nothing_is_left_of_another_thing() -> None:
    assert rest_of({"a": 1}) is None
    assert rest_of({**parse(SOUND).value, **{f"x{number}": 1 for number in range(1000)}}) is None
