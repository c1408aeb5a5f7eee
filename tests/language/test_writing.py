"""What is written reads back equal, whatever the names and numbers are."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.samples import every_key
from language.samples import SOUND, write
from portfolioopt.language.emitting import emit
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.parsing import parse
from portfolioopt.language.reading import read_instance, read_model, shipped_models
from portfolioopt.language.writing import plain, to_resolved_yaml, to_yaml

ROOT = Path(__file__).parents[2]
INSTANCES = sorted((ROOT / "instances").glob("*/instance.yaml"))


def read(text: str) -> Any:
    parsed = parse(text)
    assert not parsed.faults, [str(fault) for fault in parsed.faults]
    return parsed.value


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
TRICKY = st.sampled_from(
    [
        "",
        " ",
        "no",
        "null",
        "~",
        "true",
        "1",
        "1e3",
        ".5",
        "0x1",
        "- a",
        "a: b",
        "a #b",
        "#",
        "'",
        '"',
        "\\",
        "%",
        "@x",
        "*a",
        "&a",
        "!a",
        "{a}",
        "[a]",
        "a,b",
        "?",
        "? a",
        "-",
        "---",
        "...",
        "=",
        "<<",
        "é",
        "🚗",
        "key:",
        ".inf",
        ".NaN",
        "2026-01-01",
        "1_000",
        "a  b",
        "a\nb",
        "a\n\nb",
        "a\n b",
        " a\nb",
        "a\n",
        "\n",
        "a\tb",
        "a\r\nb",
        "\u2028",
        "\x85",
        "\ufeff",
    ]
)
KEYS = st.text(st.characters(codec="utf-8"), max_size=8) | TRICKY.filter(lambda text: len(text) < 20)
"""YAML takes keys of up to 128 letters, escapes included."""
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15) | st.integers()
SCALARS = TEXTS | TRICKY | NUMBERS | st.booleans() | st.none()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_any_plain_value_reads_back_equal(value: dict[str, Any]) -> None:
    assert read(emit(value)) == value


def exact(low: str = "-1e14", high: str = "1e14") -> st.SearchStrategy[Decimal]:
    """Decimals of every look: 0.10, 1E+3, 25."""
    return st.decimals(Decimal(low), Decimal(high), places=3) | st.sampled_from(
        [Decimal("0.10"), Decimal("1E+3"), Decimal("25"), Decimal("0"), Decimal("1.0E-12"), Decimal("0.000")]
    )


AMOUNTS = exact(low="0")
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20
) | st.sampled_from(["no", "1", "true", "- x", "a: b", "Volta & Söhne", "~"])
LABELS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_\-]{0,8}", fullmatch=True) | st.sampled_from(
    ["no", "null", "true", "on", "y"]
)
PROFILES = st.lists(exact(), min_size=1, max_size=4) | exact()
AMOUNT_PROFILES = st.lists(AMOUNTS, min_size=1, max_size=4) | AMOUNTS
STATES = st.fixed_dictionaries(
    {},
    optional={
        "benefit": PROFILES,
        "cost": PROFILES,
        "capital": AMOUNT_PROFILES,
        "exposure": st.dictionaries(LABELS, AMOUNT_PROFILES, max_size=3),
        "terminal": PROFILES,
        "sensitivity": st.fixed_dictionaries({}, optional={"benefit": st.fixed_dictionaries({"demand": exact()})}),
    },
)


@st.composite
def instances(draw: st.DrawFn) -> dict[str, Any]:
    years = draw(st.integers(1, 3))
    series = st.lists(AMOUNTS, min_size=years, max_size=years) | AMOUNTS
    states = draw(st.dictionaries(LABELS, STATES, max_size=3))
    names = ["none", "exited", *states]
    actions = [
        {"id": f"a{number}", "kind": "form", "from": draw(st.sampled_from(names)), "to": draw(st.sampled_from(names))}
        | draw(st.fixed_dictionaries({}, optional={"window": st.just([2026, 2027]), "at_effect": STATES_AT_EFFECT}))
        for number in range(draw(st.integers(0, 2)))
    ]
    raw: dict[str, Any] = {
        "format": "portfolioopt-instance/1",
        "name": draw(NAMES),
        "horizon": {"first_year": 2026, "years": years},
        "discount_rate": draw(AMOUNTS),
        "drivers": ["demand"],
        "partnerships": [
            {
                "id": "p",
                "name": draw(NAMES),
                "partners": draw(st.lists(NAMES, max_size=2)),
                "states": states,
                "actions": actions,
            }
        ],
    }
    members = [{"partnership": "p", "states": "none"}]
    optional = {
        "description": st.lists(NAMES, max_size=3).map("\n".join),
        "currency": NAMES,
        "capital": st.fixed_dictionaries({"budget": series}),
        "skills": st.dictionaries(LABELS.map("s_{}".format), st.fixed_dictionaries({"capacity": series}), max_size=2),
        "exposures": st.tuples(LABELS.map("x_{}".format), LABELS, series).map(
            lambda drawn: [{"id": drawn[0], "tag": drawn[1], "at_most": drawn[2]}]
        ),
        "links": series.map(lambda benefit: [{"id": "l", "kind": "synergy", "members": members, "benefit": benefit}]),
        "scenarios": NAMES.map(lambda name: [{"name": name, "probability": 1, "drivers": {"demand": 1}}]),
    }
    return raw | draw(st.fixed_dictionaries({}, optional=optional))


STATES_AT_EFFECT = st.fixed_dictionaries({}, optional={"proceeds": AMOUNTS, "cost": exact(), "terminal": exact()})


@given(instances())
@settings(max_examples=100, deadline=None)
def test_any_instance_reads_back_equal(raw: dict[str, Any]) -> None:
    instance = Instance.model_validate(raw)
    assert Instance.model_validate(read(to_yaml(instance))) == instance
    assert Instance.model_validate(plain(instance)) == instance


def test_what_names_nothing_is_resolved_as_naming_nothing() -> None:
    """Left out it would mean all: every domain, every kind of action, every year."""
    facts = every_key()
    assert () in [limit.domains for limit in facts.activity]
    assert () in [limit.kinds for limit in facts.moves]
    assert facts.review_years == ()
    back = Instance.model_validate(read(to_resolved_yaml(facts)))
    assert [limit.domains for limit in back.activity] == [limit.domains for limit in facts.activity]
    assert [limit.kinds for limit in back.moves] == [limit.kinds for limit in facts.moves]
    assert back.review_years == ()


@given(instances())
@settings(max_examples=50, deadline=None)
def test_resolving_is_done_once_and_for_all(raw: dict[str, Any]) -> None:
    text = to_resolved_yaml(Instance.model_validate(raw))
    assert to_resolved_yaml(Instance.model_validate(read(text))) == text


@pytest.mark.parametrize("path", INSTANCES, ids=lambda path: path.parent.name)
def test_shipped_instances_read_back_equal(path: Path, tmp_path: Path) -> None:
    instance = read_instance(path)
    assert read_instance(write(tmp_path, to_yaml(instance))) == instance
    assert plain(read_instance(write(tmp_path, to_resolved_yaml(instance))))


@pytest.mark.parametrize("name", shipped_models())
def test_shipped_models_read_back_equal(name: str, tmp_path: Path) -> None:
    model = read_model(name)
    for text in (to_yaml(model), to_resolved_yaml(model)):
        back = read_model(write(tmp_path, text, "model.yaml"))
        assert back.model_dump(exclude={"limits"}) == model.model_dump(exclude={"limits"})
        assert all(back.price(limit, limit) == model.price(limit, limit) for limit in ("capital", "skills", "rules"))


def test_only_what_was_given_is_written() -> None:
    assert plain(Model()) == {"format": "portfolioopt-model/1"}
    instance = Instance.model_validate(read(SOUND))
    written = plain(instance)
    assert "description" not in written
    assert written["partnerships"][0]["actions"][0]["from"] == "none"
    assert written["partnerships"][0]["states"]["full"]["cost"] == 25


def test_digits_are_written_as_given() -> None:
    text = SOUND.replace("discount_rate: 0.08", "discount_rate: 0.0800").replace("cost: 25", "cost: 25.10")
    written = to_yaml(Instance.model_validate(read(text)))
    assert "discount_rate: 0.0800\n" in written
    assert "cost: 25.10\n" in written


def test_a_resolved_instance_leaves_nothing_to_defaults() -> None:
    raw = read(SOUND)
    del raw["review_years"], raw["scenarios"]
    found = read(to_resolved_yaml(Instance.model_validate(raw)))
    assert found["review_years"] == [2026, 2027, 2028, 2029]
    assert found["scenarios"] == [{"name": "base", "probability": 1}]
    assert found["partnerships"][1]["name"] == "stack"
    assert found["partnerships"][0]["actions"][1]["window"] == [2026, 2029]
    assert found["readiness"]["weights"]["culture"] == Decimal("0.2")
    assert found["moves"][0] == {"id": "pace", "kinds": ["form"], "at_most": 3, "total": False}


def test_long_lines_are_broken() -> None:
    text = emit({"a": list(range(200)), "b": {f"k{number}": list(range(20)) for number in range(9)}, "c": "x " * 80})
    assert max(map(len, text.splitlines()[:-1])) <= 120
    assert read(text)["a"] == list(range(200))
