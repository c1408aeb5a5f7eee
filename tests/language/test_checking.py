"""Suggestions lead from a wrong name to the right one."""

import pytest

from portfolioopt.language.checking import did_you_mean


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("volat", ["volta", "kern"], "did you mean volta?"),
        ("x", ["volta", "kern"], "known: kern, volta"),
        ("x", [], ""),
        ("x", [f"n{number}" for number in range(20)], "known: n0, n1, n10, n11, n12, n13, n14, n15, …"),
        ("x" * 1_000_000, ["volta"], "known: volta"),
    ],
)
def test_a_name_that_is_near_is_suggested_else_what_is_known(name: str, known: list[str], said: str) -> None:
    assert did_you_mean(name, known) == said
