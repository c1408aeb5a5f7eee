"""A limit family, or a measure of risk, stands in the language, in the formulation and in the audit."""

import inspect
import pkgutil
import re
from collections.abc import Iterable

import pytest

import portfolioopt.audit.families
import portfolioopt.audit.risk
import portfolioopt.formulation.families
import portfolioopt.formulation.risk
import portfolioopt.language.families
from portfolioopt.exchange.sheets.tables import SHEETS
from portfolioopt.formulation import build
from portfolioopt.language.descriptions import DESCRIPTIONS
from portfolioopt.language.families import FAMILY_NAMES, SOFT_FAMILIES
from portfolioopt.language.instance import Instance
from portfolioopt.language.risk import MEASURE_NAMES
from portfolioopt.language.units import example_of
from portfolioopt.result.wording import WORDS


def modules(path: Iterable[str]) -> set[str]:
    return {module.name for module in pkgutil.iter_modules(path)}


def lines_of_the_build() -> set[str]:
    """Families whose `write` stands in the table of contents of the model."""
    calls = re.findall(r"^    (\w+)\.write\(draft\)$", inspect.getsource(build), re.MULTILINE)
    return {name for name in calls if getattr(build, name).__name__.startswith("portfolioopt.formulation.families.")}


PLACES = {
    "language/families": modules(portfolioopt.language.families.__path__),
    "language/instance.py": set(Instance.model_fields) & set(FAMILY_NAMES),
    "language/descriptions.py": {key for record, key in DESCRIPTIONS if record == "Instance"} & set(FAMILY_NAMES),
    "language/units.py": {name for name in FAMILY_NAMES if example_of("Instance", name) is not None},
    "formulation/families": modules(portfolioopt.formulation.families.__path__),
    "formulation/build.py": lines_of_the_build(),
    "audit/families": modules(portfolioopt.audit.families.__path__),
    "exchange/sheets": {path[0] for sheet in SHEETS for path in sheet.claims if path} & set(FAMILY_NAMES),
}
OF_SOFT_FAMILIES = {"result/wording.py": set(WORDS)}
"""Places of families that limit something; the others only earn or cost."""
MEASURES = {
    "formulation.risk.MEASURES": set(portfolioopt.formulation.risk.MEASURES),
    "audit.risk.MEASURES": set(portfolioopt.audit.risk.MEASURES),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_family_is_there_and_no_other(place: str) -> None:
    missing, unknown = set(FAMILY_NAMES) - PLACES[place], PLACES[place] - set(FAMILY_NAMES)
    assert not missing, f"missing in {place}: {', '.join(sorted(missing))}"
    assert not unknown, f"in {place}, and not in FAMILY_NAMES: {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("place", OF_SOFT_FAMILIES)
def test_every_family_that_may_be_soft_is_there_and_no_other(place: str) -> None:
    missing, unknown = set(SOFT_FAMILIES) - OF_SOFT_FAMILIES[place], OF_SOFT_FAMILIES[place] - set(SOFT_FAMILIES)
    assert not missing, f"missing in {place}: {', '.join(sorted(missing))}"
    assert not unknown, f"in {place}, and not in SOFT_FAMILIES: {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("place", MEASURES)
def test_every_measure_of_risk_is_there_and_no_other(place: str) -> None:
    missing, unknown = set(MEASURE_NAMES) - MEASURES[place], MEASURES[place] - set(MEASURE_NAMES)
    assert not missing, f"missing in {place}: {', '.join(sorted(missing))}"
    assert not unknown, f"in {place}, and not in MEASURE_NAMES: {', '.join(sorted(unknown))}"


def test_soft_families_are_families() -> None:
    assert set(SOFT_FAMILIES) <= set(FAMILY_NAMES)
