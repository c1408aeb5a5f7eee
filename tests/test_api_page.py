"""docs/api.md tells every public name, and every public name says what it is."""

import inspect
from types import ModuleType

import pytest

import portfolioopt
from docs.extension.api import api, groups
from docs.extension.docstrings import prepared

NAMES = [name for name in portfolioopt.__all__ if not name.startswith("_")]


def test_every_public_name_is_told_once() -> None:
    told = [name for names in groups().values() for name in names]
    assert sorted(told) == sorted(NAMES)
    page = api()
    assert [name for name in NAMES if f"### {name}\n" not in page and f"### portfolioopt.{name}\n" not in page] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_and_what_it_offers_is_documented(name: str) -> None:
    value = getattr(portfolioopt, name)
    assert inspect.getdoc(value)
    if isinstance(value, ModuleType):
        for public in getattr(value, "__all__", []):
            one = getattr(value, public)
            assert not inspect.isfunction(one) or inspect.getdoc(one), f"{name}.{public}"
    elif inspect.isfunction(value):
        assert str(inspect.getdoc(value)).partition("\n")[0].endswith((".", ";", ":"))


def test_docstrings_are_shown_as_they_are_meant() -> None:
    said = prepared(
        ["What `from_` is worth.", "", "gap    at which", "       to *stop*", "limit  seconds", "", "    a = |b|", ""]
    )
    assert said == [
        "What ``from_`` is worth.",
        "",
        "``gap``",
        r"    at which to \*stop\*",
        "``limit``",
        "    seconds",
        "",
        "::",
        "",
        "    a = |b|",
        "",
    ]
