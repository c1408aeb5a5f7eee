"""Whatever is asked of whatever input, the answer is an edited input or an explained refusal: never anything else."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from language.samples import SOUND
from portfolioopt import Instance, InvalidInput, Model
from portfolioopt.cases import (
    VERBS,
    Case,
    Change,
    add,
    apply,
    forbid,
    force,
    ignore_limit,
    remove,
    scale,
    set_value,
    shift,
)
from portfolioopt.cases.files import read_cases
from portfolioopt.cases.sources import EditedSource
from portfolioopt.language.parsing import parse

SAMPLE = Instance.model_validate(parse(SOUND).value)


def paths_in(value: Any, path: str = "") -> Iterator[str]:
    """Every path that leads somewhere in plain data."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths_in(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from paths_in(inner, f"{path}[{position}]")


SECTIONS = ["partnerships", "capital", "skills", "scenarios", "model", "readiness", "links", "rules", "horizon"]
NAMED = ["cells", "stack", "full", "core", "form", "engineer", "slow", "demand", "cap", "both", "keep", "culture"]
KEYED = ["states", "budget", "actions", "window", "from", "hire", "cost", "drivers", "objective", "risk", "limits"]
OTHERS = ["weights", "effort", "members", "benefit", "years", "review_years", "first_year", "name", "curve", "start"]
WORDS = st.sampled_from([*SECTIONS, *NAMED, *KEYED, *OTHERS, "partners", "kinds", "2026", "2027-2028", "2031", "*"])
STEPS = WORDS.map(lambda word: f".{word}") | st.integers(0, 3).map(lambda number: f"[{number}]")
PATHS = st.one_of(
    st.sampled_from(list(paths_in(parse(SOUND).value))),
    st.tuples(st.sampled_from(list(paths_in(parse(SOUND).value))), STEPS).map("".join),
    st.lists(STEPS, min_size=1, max_size=6).map(lambda steps: "".join(steps).lstrip(".")),
    st.text(max_size=12),
)
NUMBERS = st.sampled_from([0, 1, -1, 2, 0.5, 1.1, -3, Decimal("1e-12"), 10**14, 10**30, float("inf"), float("nan")])
VALUES: st.SearchStrategy[Any] = st.recursive(
    NUMBERS | st.none() | st.booleans() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["cells", "stack", "none", "", "form", "full", "cap", "both", "rules", "capital", "moves"])
YEARS = st.none() | st.integers(2020, 2035) | st.tuples(st.integers(2020, 2035), st.integers(2020, 2035))
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(set_value, PATHS, VALUES),
    st.builds(scale, PATHS, NUMBERS | VALUES),
    st.builds(add, PATHS, VALUES),
    st.builds(shift, PATHS, st.integers(-12, 12)),
    st.builds(remove, PATHS),
    st.builds(force, NAMES, action=st.just("") | NAMES, states=st.lists(NAMES, max_size=2), years=YEARS),
    st.builds(forbid, NAMES, action=st.just("") | NAMES, states=st.lists(NAMES, max_size=2), years=YEARS),
    st.builds(ignore_limit, NAMES),
)
CASES = st.lists(CHANGES, min_size=1, max_size=4).map(lambda changes: Case("fuzzed", tuple(changes)))


def check(invalid: InvalidInput) -> None:
    """Every refusal says why, and where that is written."""
    assert invalid.faults
    assert all(fault.message and fault.file for fault in invalid.faults)


@settings(max_examples=150, deadline=None)
@given(CASES)
def test_any_change_of_a_sound_instance_is_made_or_refused_with_a_reason(case: Case) -> None:
    try:
        instance, _ = apply(case, SAMPLE, Model())
    except InvalidInput as invalid:
        check(invalid)
    else:
        assert Instance.model_validate(instance.model_dump(by_alias=True)) == instance
    assert Instance.model_validate(parse(SOUND).value) == SAMPLE


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CASES, st.sampled_from(SOUND.splitlines()), st.sampled_from(["", "x: [", "a: 3", "- 1", "horizon: 3"]))
def test_any_change_of_a_broken_file_too(tmp_path: Path, case: Case, line: str, instead: str) -> None:
    path = tmp_path / "instance.yaml"
    path.write_text(SOUND.replace(line, instead, 1), encoding="utf-8")
    try:
        EditedSource(path, case=case)
    except InvalidInput as invalid:
        check(invalid)


SCALARS = ["x1.1", "+3", "-3", "-10%", "1 year later", "cells", "cells.form.2027", "3", "null", "!x", "*a", "[", "{}"]
KEYS = st.sampled_from([*VERBS, "group", "a.b", "partnership", "years"])
TEXT = st.recursive(
    st.sampled_from(SCALARS),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(KEYS, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT)
def test_any_text_of_changes_is_read_or_refused_with_its_place(
    tmp_path_factory: pytest.TempPathFactory, changes: str, base: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.yaml"
    head = "format: portfolioopt-cases/1\ncases:\n  - name: one\n"
    path.write_text(f"{head}    base: {base}\n    changes: {changes}\n", encoding="utf-8")
    try:
        read_cases(path)
    except InvalidInput as invalid:
        check(invalid)
