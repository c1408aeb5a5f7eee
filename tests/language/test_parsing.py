"""Text becomes plain values by YAML 1.2, and what could surprise, run or explode is refused at its place."""

import math
from decimal import Decimal
from typing import Any

import pytest

from language.samples import unmarked
from portfolioopt.language import parsing
from portfolioopt.language.parsing import Places, parse, places


@pytest.fixture(params=["compiled", "pure"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers: the compiled one, and the one for machines that lack it."""
    if request.param == "pure":
        monkeypatch.setattr(parsing, "CParser", None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-17", -17),
        ("+3", 3),
        ("007", 7),
        ("0x10", 16),
        ("0o17", 15),
        ("0.5", Decimal("0.5")),
        ("0.50", Decimal("0.50")),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("1e3", Decimal("1E+3")),
        ("-2.5E+1", Decimal("-2.5E+1")),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("1e99999999999999999999", math.inf),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"1"', "1"),
        ("'true'", "true"),
        ('""', ""),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("none", "none"),
        ("None", "None"),
        ("y", "y"),
        ("2026-01-01", "2026-01-01"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0b1", "0b1"),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("tNull", "tNull"),
    ],
)
@pytest.mark.usefixtures("_parser")
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: Any) -> None:
    parsed = parse(f"a: {text}\n")
    assert not parsed.faults
    found = parsed.value["a"]
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


def test_not_a_number_is_a_float_for_the_number_check_to_refuse() -> None:
    assert math.isnan(parse("a: .nan").value["a"])


@pytest.mark.parametrize("digits", [400, 100_000])
def test_absurdly_long_numbers_cost_nothing(digits: int) -> None:
    for text in ("9" * digits, f"0.{'3' * digits}", f"-{'9' * digits}e5"):
        assert isinstance(parse(f"a: {text}").value["a"], Decimal | float)


FAULTS = {
    "list not closed": ("a: ‸[1,\nb: 2\n", "is not closed"),
    "list not closed before more": ("a: [1\nb‸: 2\n", "comma is missing"),
    "mapping not closed": ("a: ‸{b: 1", "a mapping is not closed"),
    "one bracket too many": ("a: [1]‸]\n", "does not fit"),
    "quote not closed": ("a: ‸'x\n", "a quote is not closed"),
    "tab as indentation": ("a:\n‸\tb: 1\n", "indent with spaces"),
    "colon in text": ("a: b‸: c\n", "text that holds a colon goes between quotes"),
    "deeper without reason": ("a: 1\n  b‸: 2\n", "a colon stands where no key can"),
    "less deep than any": ("  a: 1\n ‸b: 2\n", "does not fit"),
    "no colon": ("a: 1\n‸foo\nb: 2\n", "a key without a colon"),
    "list item for a key": ("- a\n‸b: 1\n", "a list item must begin with -"),
    "text that begins with @": ("a: ‸@x\n", "text cannot begin with @"),
    "text that begins with `": ("a: ‸`x`\n", "text cannot begin with `"),
    "text that begins with %": ("a: ‸%x\n", "text cannot begin with %"),
    "backslash": ('a: "‸\\q"\n', "a backslash"),
    "star": ("a: ‸*x\n", "*x refers to &x, which is nowhere above"),
    "lone star": ("a: *‸ x\n", "none follows"),
    "repeated key": ("a: 1\nb: 2\n‸a: 3\n", "a: is given twice, first at line 1, column 1"),
    "repeated key in a flow": ("x: {a: 1, ‸a: 3}\n", "x.a: is given twice, first at line 1, column 5"),
    "repeated quoted key": ("a: 1\n‸'a': 3\n", "is given twice"),
    "number as key": ("a: {‸1: 2}\n", "keys are names, which 1 is not"),
    "true as key": ("‸true: 2\n", "keys are names, which true is not"),
    "empty key": ("?‸ \n: 1\n", "keys are names"),
    "list as key": ("‸[a]: 1\n", "keys are names"),
    "template": ("a: {‸{b}}\n", "keys are names"),
    "reference as key": ("a: &x b\n‸*x : 1\n", "keys are names"),
    "merge key": ("a: &x {b: 1}\nc:\n  ‸<<: *x\n", "merge keys (<<) are not read"),
    "python tag": ("a: ‸!!python/object/apply:os.system [ls]\n", "the tag !!python/object/apply:os.system is not"),
    "own tag": ("a: ‸!x 1\n", "the tag !x is not allowed"),
    "tag on a mapping": ("a: ‸!x {b: 1}\n", "the tag !x is not allowed"),
    "standard tag": ("a: ‸!!str 1\n", "the tag !!str is not allowed"),
    "two documents": ("a: 1\n‸---\nb: 2\n", "a second document"),
    "other version": ("‸%YAML 3.0\n---\na: 1\n", "another version of YAML"),
    "contains itself": ("a: &x [‸*x]\n", "would contain itself"),
    "contains itself deeper": ("a: &x {b: {c: [‸*x]}}\n", "would contain itself"),
    "too deep": ("a: " + "[" * 99 + "‸[" + "]" * 100, "nested more than 100 deep"),
    "very deep": ("[" * 100 + "‸" + "[" * 100_000, "nested more than 100 deep"),
    "control character": ("a: x‸\x07\n", "control character 0x07"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_stands_at_its_place(name: str) -> None:
    marked, said = FAULTS[name]
    text, line, column = unmarked(marked)
    (fault,) = parse(text).faults
    assert said in str(fault)
    assert (fault.line, fault.column) == (line, column)


@pytest.mark.parametrize("name", FAULTS)
def test_without_the_compiled_parser_the_same_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "very deep":
        pytest.skip("takes the slow parser its time")
    monkeypatch.setattr(parsing, "CParser", None)
    assert parse(unmarked(FAULTS[name][0])[0]).faults


def test_several_faults_of_the_text_are_told_at_once() -> None:
    assert [fault.key for fault in parse("a: 1\na: 2\nb: {c: !x 1, true: 3}\n").faults] == ["a", "b.c", "b"]


def test_references_are_copied() -> None:
    parsed = parse("a: &x [1, {b: 2}]\nc: *x\nd: [*x, *x]\n")
    assert parsed.value == {"a": [1, {"b": 2}], "c": [1, {"b": 2}], "d": [[1, {"b": 2}], [1, {"b": 2}]]}
    assert parsed.value["a"][1] is not parsed.value["c"][1]


def test_a_bomb_of_references_is_refused_before_it_explodes() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 50)]
    (fault,) = parse("\n".join(lines)).faults
    assert "references (*) blow the file up" in fault.message
    assert fault.line == 6


@pytest.mark.usefixtures("_parser")
def test_places_are_those_of_keys_and_list_items() -> None:
    found = places("a: [1, {b: 2}]\nc:\n  - d: 3\n    e: 4\n  - 5\n")
    assert found.of == {
        (): (1, 1),
        ("a",): (1, 1),
        ("a", 0): (1, 5),
        ("a", 1): (1, 8),
        ("a", 1, "b"): (1, 9),
        ("c",): (2, 1),
        ("c", 0): (3, 5),
        ("c", 0, "d"): (3, 5),
        ("c", 0, "e"): (4, 5),
        ("c", 1): (5, 5),
    }


def test_what_is_missing_is_placed_at_its_holder() -> None:
    assert places("a:\n  b: {c: 1}\n").find(("a", "b", "d", 3)) == (2, 3)
    assert Places().find(("a",)) == (0, 0)


def test_a_place_within_a_reference_is_where_it_is_written() -> None:
    assert places("a: &x {b: [1, 2]}\nc: {d: *x}\n").find(("c", "d", "b", 1)) == (1, 15)


def test_a_large_file_is_read_through() -> None:
    text = "".join(f"k{number}: {{a: [{number}, 0.5, x], b: {number}}}\n" for number in range(20_000))
    parsed = parse(text)
    assert not parsed.faults
    assert parsed.value["k19999"] == {"a": [19999, Decimal("0.5"), "x"], "b": 19999}
