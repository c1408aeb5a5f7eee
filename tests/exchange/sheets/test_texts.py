"""Texts and lists of names come back from a cell as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolioopt.exchange.sheets.texts import NOTHING, joined, read, split, written

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40) | st.sampled_from(
    ["_x0041_", "_x005F_x0041_", "_x005F_", "x005F_", 'json:"a"', "json:", "\ufffe", "\uffff", "_x000D_", "_x00zz_"]
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
MEMBERS = st.lists(NAMES | st.sampled_from([NOTHING, " a", "a ", ",", ";", '"', '""', "a,b", "a;b", 'say "x"', " "]))


@given(TEXTS)
def test_any_text_comes_back(text: str) -> None:
    assert read(written(text)) == text


@given(TEXTS)
def test_what_is_written_holds_nothing_that_a_workbook_would_take_for_an_escape(text: str) -> None:
    assert not {"\ufffe", "\uffff"} & set(written(text))
    assert "_x005F_" not in written(text)


@given(MEMBERS)
def test_any_list_of_names_comes_back(members: list[str]) -> None:
    assert split(joined(members)) == members


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("a,b", ["a", "b"]),
        (" a ; b\nc ", ["a", "b", "c"]),
        ('"Volta, Inc.", Kern', ["Volta, Inc.", "Kern"]),
        ("2026, 2028", ["2026", "2028"]),
        (NOTHING, []),
        (f" {NOTHING} ", []),
        ("a,", ["a"]),
    ],
)
def test_lists_are_read_as_planners_write_them(text: str, members: list[str]) -> None:
    assert split(text) == members


@pytest.mark.parametrize("text", [",a", "a,,b", '"a', 'a, "b', '"a" b', ";"])
def test_a_list_that_cannot_be_read_says_why(text: str) -> None:
    with pytest.raises(ValueError, match=r"comma too many|quote that is not closed"):
        split(text)


def test_the_half_line_end_of_excel_is_dropped() -> None:
    assert read("one_x000D_\ntwo") == "one\ntwo"
