"""An instance comes back from a workbook, and from a folder of CSV, as it was: equal, to the digit, and in order."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from enumeration.generators import random_instance
from exchange.samples import INSTANCES, ROOT, every_key, text_of
from language.test_writing import instances
from portfolioopt.exchange.csv_folder import read_tables, write_tables
from portfolioopt.exchange.workbook import lists
from portfolioopt.exchange.workbook.reading import read_workbook
from portfolioopt.exchange.workbook.writing import write_workbook
from portfolioopt.language.instance import Instance
from portfolioopt.language.reading import read_instance

STARTER = ROOT / "src" / "portfolioopt" / "starter"


def through_workbook(instance: Instance, folder: Path) -> Instance:
    write_workbook(instance, folder / "instance.xlsx")
    return read_workbook(folder / "instance.xlsx").instance


def through_csv(instance: Instance, folder: Path) -> Instance:
    write_tables(instance, folder / "tables")
    return read_tables(folder / "tables").instance


WAYS = pytest.mark.parametrize("through", [through_workbook, through_csv])


def assert_the_same(back: Instance, instance: Instance) -> None:
    assert back == instance
    assert text_of(back) == text_of(instance)


@WAYS
@pytest.mark.parametrize("path", [*INSTANCES, STARTER], ids=lambda path: path.name)
def test_shipped_instances(path: Path, through: Any, tmp_path: Path) -> None:
    instance = read_instance(path)
    assert_the_same(through(instance, tmp_path), instance)


@WAYS
def test_an_instance_that_uses_every_key(through: Any, tmp_path: Path) -> None:
    assert_the_same(through(every_key(), tmp_path), every_key())


def generated(seed: int) -> Instance:
    return Instance.model_validate(random_instance(seed, tight=seed % 2 == 1)[0])


EVERY = [(through, first) for through in (through_csv, through_workbook) for first in range(0, 200, 25)]
LATER = [(through_workbook, first) for first in range(100, 200, 25)]


@pytest.mark.parametrize(
    ("through", "first"), [pytest.param(*one, marks=pytest.mark.slow) if one in LATER else one for one in EVERY]
)
def test_two_hundred_generated_instances(
    through: Any, first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # rows for partnerships to come hold formulas only, and take half of the time
    monkeypatch.setattr(lists, "SPARE_PARTNERSHIPS", 1)
    for instance in map(generated, range(first, first + 25)):
        assert_the_same(through(instance, tmp_path), instance)


@given(instances())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_names_and_numbers_through_csv(tmp_path: Path, raw: dict[str, Any]) -> None:
    instance = Instance.model_validate(raw)
    assert_the_same(through_csv(instance, tmp_path), instance)


@given(instances())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_names_and_numbers_through_workbooks(tmp_path: Path, raw: dict[str, Any]) -> None:
    instance = Instance.model_validate(raw)
    assert_the_same(through_workbook(instance, tmp_path), instance)


@WAYS
def test_going_round_twice_changes_nothing(through: Any, tmp_path: Path) -> None:
    once = through(every_key(), tmp_path)
    assert text_of(through(once, tmp_path)) == text_of(once)
