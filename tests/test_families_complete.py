"""A limit family, or a measure of risk, stands in the language, in the formulation and in the audit."""

import pkgutil
from collections.abc import Iterable

import pytest

import portfolioopt.audit.families
import portfolioopt.audit.risk
import portfolioopt.formulation.families
import portfolioopt.formulation.risk
import portfolioopt.language.families
from portfolioopt.language.families import FAMILY_NAMES, SOFT_FAMILIES
from portfolioopt.language.instance import Instance
from portfolioopt.language.risk import MEASURE_NAMES


def modules(path: Iterable[str]) -> set[str]:
    return {module.name for module in pkgutil.iter_modules(path)}


PLACES = {
    "language.families": modules(portfolioopt.language.families.__path__),
    "formulation.families": modules(portfolioopt.formulation.families.__path__),
    "audit.families": modules(portfolioopt.audit.families.__path__),
}
MEASURES = {
    "formulation.risk.MEASURES": set(portfolioopt.formulation.risk.MEASURES),
    "audit.risk.MEASURES": set(portfolioopt.audit.risk.MEASURES),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_family_has_its_module_and_no_other_is_there(place: str) -> None:
    missing, unknown = set(FAMILY_NAMES) - PLACES[place], PLACES[place] - set(FAMILY_NAMES)
    assert not missing, f"missing in {place}: {', '.join(sorted(missing))}"
    assert not unknown, f"in {place}, and not in FAMILY_NAMES: {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("place", MEASURES)
def test_every_measure_of_risk_is_there_and_no_other(place: str) -> None:
    missing, unknown = set(MEASURE_NAMES) - MEASURES[place], MEASURES[place] - set(MEASURE_NAMES)
    assert not missing, f"missing in {place}: {', '.join(sorted(missing))}"
    assert not unknown, f"in {place}, and not in MEASURE_NAMES: {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_family_is_a_section_of_the_instance(family: str) -> None:
    assert family in Instance.model_fields


def test_soft_families_are_families() -> None:
    assert set(SOFT_FAMILIES) <= set(FAMILY_NAMES)
