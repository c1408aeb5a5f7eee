"""LOGOS cases are read whole, mean the same as instances, and are refused by line where they are wrong."""

from pathlib import Path

import pytest

from portfolioopt.errors import InvalidInput
from portfolioopt.exchange.neighbours.logos import instance_of
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
