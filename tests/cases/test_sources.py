"""Files edited by a case: faults are told at the change that brought them about, all others where they stand."""

from pathlib import Path

import pytest

from language.samples import SOUND, broken, write
from portfolioopt import InvalidInput, Model
from portfolioopt.cases import Case, Change, case, forbid, ignore_limit, remove, scale, set_value
from portfolioopt.cases.sources import EditedSource


def refused(path: Path, *changes: Change, model: str = "expected_value") -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        EditedSource(path, model, case("edited", *changes))
    return [str(fault) for fault in caught.value.faults]


def test_without_changes_it_reads_as_ever(tmp_path: Path) -> None:
    source = EditedSource(write(tmp_path, SOUND), "risk_averse")
    assert source.instance.name == "sample"
    assert source.model.name == "risk_averse"
    assert source.before == (source.instance, source.model)
    assert source.warnings() == []


def test_an_edit_may_repair_what_is_wrong_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, broken("recycle: 0.5", "recycle: 2"))
    source = EditedSource(path, case=case("repaired", set_value("capital.recycle", 1)))
    assert source.instance.capital is not None
    assert source.instance.capital.recycle == 1
    with pytest.raises(InvalidInput):
        _ = source.before


def test_what_is_wrong_in_the_file_is_told_there_though_a_change_is_near(tmp_path: Path) -> None:
    path = write(tmp_path, broken("probability: 0.6", "probability: 0.7"))
    (told,) = refused(path, set_value("scenarios.slow.drivers.demand", 1))
    assert told.startswith(f"{path}:")
    assert "the probabilities sum to 1.1" in told


def test_what_a_change_makes_wrong_is_told_at_the_change(tmp_path: Path) -> None:
    path = write(tmp_path, SOUND)
    (told,) = refused(path, set_value("scenarios.slow.probability", 0.5))
    assert told.startswith("case edited, scenarios.slow.probability: 0.5: scenarios: the probabilities sum to 1.1")


def test_places_hold_when_members_were_removed_before_them(tmp_path: Path) -> None:
    path = write(tmp_path, SOUND.replace("at_most_share: 0.6", "at_most_share: 1.6"))
    line = next(number for number, text in enumerate(SOUND.splitlines(), 1) if "at_most_share" in text)
    (told,) = refused(path, remove("exposures.cap"))
    assert told.startswith(f"{path}:{line}:")
    two = write(tmp_path, SOUND.replace("capability: gwh, at_least", "capability: gw, at_least"))
    source = EditedSource(two, case=case("edited", remove("exposures.cap"), scale("capital.budget", 2)))
    assert [one.file for one in source.warnings()] == [str(two)]


def test_a_model_is_edited_and_checked_with_the_instance(tmp_path: Path) -> None:
    path = write(tmp_path, SOUND)
    model = write(tmp_path, "limits: {cap: {price: 1}}\n", "model.yaml")
    source = EditedSource(path, model, case("free", ignore_limit("share"), scale("model.limits.cap.price", 3)))
    assert source.model.price("exposures", "cap") == 3
    assert source.model.price("exposures", "share") == 0
    (told,) = refused(path, remove("exposures.cap"), model=str(model))
    assert "limits.cap: there is no limit or family of that name" in told
    assert told.startswith("case edited, remove exposures.cap: ")
    (told,) = refused(path, set_value("model.objective.risk", {"measure": "cvar", "tail": 0, "weight": 1}))
    assert "objective.risk.tail: must be above 0" in told


def test_faults_of_both_files_and_of_changes_are_told_together(tmp_path: Path) -> None:
    path = write(tmp_path, broken("recycle: 0.5", "recycle: 2"))
    model = write(tmp_path, "objectives: {}\n", "model.yaml")
    told = refused(path, forbid("nobody"), model=str(model))
    assert len(told) == 3
    missing = refused(tmp_path / "none.yaml", model="nothing")
    assert len(missing) == 2


def test_a_plan_that_a_model_names_is_still_found_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "actions: []\n", "plan.yaml")
    model = write(tmp_path, "changes: {price: 2, against: plan.yaml}\n", "model.yaml")
    source = EditedSource(write(tmp_path, SOUND), model, case("dear", set_value("model.changes.price", 5)))
    assert source.model == Model.model_validate({"changes": {"price": 5, "against": "plan.yaml"}})


def test_the_case_of_a_base_is_the_owner_of_its_changes(tmp_path: Path) -> None:
    base = Case("first", (scale("capital.recycle", 9),))
    with pytest.raises(InvalidInput, match=r"case first, capital.recycle: x9: capital.recycle: must be from 0 to 1"):
        EditedSource(write(tmp_path, SOUND), case=Case("second", (scale("capital.budget", 2),), base))
