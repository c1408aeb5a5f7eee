"""The packages that only a report needs: the extra `report`."""

from importlib.util import find_spec

from portfolioopt.errors import MissingExtra

PACKAGES = {"altair": "altair", "vl_convert": "vl-convert-python", "jinja2": "jinja2"}
"""Modules, and the names that pip knows them by."""


def need_extra() -> None:
    """Raises `MissingExtra`, which says how to get them, where a package is missing."""
    missing = [package for module, package in PACKAGES.items() if find_spec(module) is None]
    if missing:
        raise MissingExtra("report", missing)
