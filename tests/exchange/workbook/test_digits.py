"""Numbers keep their digits in a workbook, and are numbers wherever they can be."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolioopt.exchange.workbook.digits import as_number, number_of

DECIMALS = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(map(int, str(digits))), exponent)),
    st.integers(0, 1),
    st.integers(0, 10**20),
    st.integers(-30, 14),
)


@given(DECIMALS)
def test_what_becomes_a_number_comes_back_to_the_digit(exact: Decimal) -> None:
    found = as_number(exact)
    if found is not None:
        assert str(number_of(*found)) == str(exact)


@given(st.integers(-(10**14), 10**14), st.integers(0, 8))
def test_what_planners_write_stays_a_number(digits: int, decimals: int) -> None:
    exact = Decimal(digits).scaleb(-decimals)
    assert as_number(exact) is not None


@pytest.mark.parametrize("text", ["0.1234567890123456", "-0", "0E+2", "123456789012345.5", "1.0000000000000000"])
def test_what_no_number_can_keep_is_left_to_text(text: str) -> None:
    assert as_number(Decimal(text)) is None


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (25, "General", "25"),
        (25.0, "General", "25"),
        (0.1, "General", "0.1"),
        (25, "0.00", "25.00"),
        (25.123, "0.00", "25.123"),
        (0.08, "0%", "0.08"),
        (1234.5, "#,##0.00;[Red]-#,##0.00", "1234.50"),
        (1000, "0E+0", "1E+3"),
        (1e300, "0.00", "1" + "0" * 300 + ".00"),
        (2.5, '0.0 "EUR"', "2.5"),
    ],
)
def test_a_format_says_how_many_decimals_were_meant(value: float, shown: str, text: str) -> None:
    assert str(number_of(value, shown)) == text
