"""LOGOS cases are read whole, mean the same as instances, and are refused by line where they are wrong."""

from pathlib import Path

import pytest

from portfolioopt.command import run
from portfolioopt.errors import InvalidInput
from portfolioopt.exchange.neighbours.logos import instance_of, read_logos
from portfolioopt.exchange.neighbours.logos_reading import read_budgeting

DATA = Path(__file__).parents[3] / "benchmarks" / "data" / "logos"


def test_an_investment_without_a_way_to_do_nothing_must_take_an_option() -> None:
    budgeting = read_budgeting(DATA / "use_case_1b_fy19.xml")
    assert "FireProtection" in budgeting.must
    assert "BatteriesReplacement" not in budgeting.must
    rules = {rule["partnership"]: rule for rule in instance_of(budgeting, "1b")["rules"]}
    assert rules["fireprotection"]["must"] == "always"


def test_numbers_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    text = (DATA / "test_skp.xml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.xml"
    assert "18,20,17" in text
    wrong.write_text(text.replace("18,20,17", "18,20"), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"wrong\.xml:\d+: <net_present_values> has \d+ numbers, and must have"):
        read_budgeting(wrong)


SKP = (DATA / "test_skp.xml").read_text(encoding="utf-8")
WRONG: dict[str, tuple[str, str, int, str]] = {
    # what is replaced, with what, the line that is told, and what is said
    "not XML": ("</Sets>", "</Set>", 20, "is not XML"),
    "another file": ("<Logos>", "<Raven>", 5, "is <Raven>, not <Logos>"),
    "no investments": ("investments>", "investment>", 17, "<investment> is not known in <Sets>"),
    "two of one name": ("1,2,3,4,5,6,7,8,9,10\n", "1,2,3,4,5,6,7,8,9,9\n", 18, "9 is named twice"),
    "a word for a number": ("18,20,17", "18,many,17", 24, "'many' in <net_present_values> is not a number"),
    "a decimal comma": ("18,20,17", "18;5,20,17", 24, "is not a number"),
    "infinity": ("18,20,17", "inf,20,17", 24, "is not a number"),
    "a cost below 0": ("1,3,7,4", "1,-3,7,4", 27, "is below 0"),
    "another index": ('costs index="investments"', 'costs index="resources"', 26, "the index of <costs> is resources"),
    "uncertainties": ("<Settings>", "<Uncertainties></Uncertainties><Settings>", 34, "cannot be imported"),
    "a document type": ("<Logos>", "<!DOCTYPE x [<!ENTITY a 'b'>]><Logos>", 0, "document type"),
    "an unknown mandatory one": ("<solver>", "<mandatory>11</mandatory><solver>", 35, "no investment called 11"),
    "a parameter too few": ("<available_capitals>\n      15\n    </available_capitals>", "", 22, "is missing"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_case_that_is_wrong_is_refused_by_its_line(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, line, said = WRONG[case]
    text = SKP.replace(old, new)
    assert text != SKP
    if case == "another file":
        text = text.replace("</Logos>", "</Raven>")
    file = tmp_path / "wrong.xml"
    file.write_text(text, encoding="utf-8")
    assert run(["import", str(file)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert said in told.err, told.err
    assert told.err.startswith(f"{file}:{line}:" if line else f"{file}: "), told.err


def test_what_must_be_taken_is_taken_whatever_it_costs(tmp_path: Path) -> None:
    imported = read_logos(DATA / "test_mandated.xml").instance
    must = {rule.partnership for rule in imported.rules}
    assert must == {f"investment_{number}" for number in range(10, 17)}
    assert len(imported.partnerships) == 16
    assert imported.horizon.years == 5
