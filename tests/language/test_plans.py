"""Plan files read back what was written, and say what is wrong with them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from language.samples import SOUND, write
from portfolioopt.errors import InvalidInput, InvalidModel
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.parsing import parse
from portfolioopt.language.plans import compared_with, read_plan, write_plan
from portfolioopt.plan import Decision, Hiring, Plan

PLAN = Plan.of(
    [Decision("base", 2026, "cells", "form", "form"), Decision("slow ev", 2027, "stack", "leave", "exit")],
    [Hiring("base", 2026, "engineer", Decimal("12.50"))],
)
YAML = """\
format: portfolioopt-plan/1
actions:
  - {partnership: cells, action: form, kind: form, year: 2026, scenario: base}
  - {partnership: stack, action: leave, kind: exit, year: 2027, scenario: slow ev}
hiring:
  - {skill: engineer, engineers: 12.50, year: 2026, scenario: base}
"""


def test_a_plan_reads_back_equal(tmp_path: Path) -> None:
    for plan in (PLAN, Plan()):
        write_plan(plan, tmp_path / "plan.json")
        assert read_plan(tmp_path / "plan.json") == plan
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_a_plan_may_be_written_by_hand(tmp_path: Path) -> None:
    assert read_plan(write(tmp_path, YAML, "plan.yaml")) == PLAN


def test_a_result_and_a_run_folder_hold_a_plan(tmp_path: Path) -> None:
    write_plan(PLAN, tmp_path / "plan.json")
    plan = json.loads((tmp_path / "plan.json").read_text())
    path = write(tmp_path, json.dumps({"format": "portfolioopt-result/1", "plan": plan, "more": [1.5]}), "result.json")
    assert read_plan(path) == PLAN
    assert read_plan(tmp_path) == PLAN


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "year: 2026, scenario: base}\n  -",
            "year: soon, scenario: base}\n  -",
            ":3:52: actions[0].year: must be a whole",
        ),
        ("kind: exit", "kind: leave", "cannot be 'leave'"),
        ("kind: exit, ", "", "kind: is missing"),
        ("actions:", "action:", "actions: is missing"),
        ("plan/1", "plan/2", "write format: portfolioopt-plan/1"),
        ("12.50", "-1", "must be 0 or more"),
        ("12.50", "many", "must be a number"),
        ("  - {skill", "  - {scenario: x, skill", "is given twice"),
        ("year: 2027, scenario: slow ev", "year: 2026, scenario: base", None),
    ],
)
def test_a_bad_plan_is_told(tmp_path: Path, old: str, new: str, said: str | None) -> None:
    assert YAML.count(old) == 1
    path = write(tmp_path, YAML.replace(old, new), "plan.yaml")
    if said is None:
        assert read_plan(path)
        return
    with pytest.raises(InvalidInput) as caught:
        read_plan(path)
    assert said in str(caught.value)
    assert all(fault.line for fault in caught.value.faults)


def test_a_partnership_takes_one_action_at_most_in_a_year(tmp_path: Path) -> None:
    text = YAML.replace("stack", "cells").replace("2027, scenario: slow ev", "2026, scenario: base")
    with pytest.raises(InvalidInput, match=r":4:5: actions\[1\]: cells already takes an action in 2026 of base"):
        read_plan(write(tmp_path, text, "plan.yaml"))


def test_a_result_without_a_plan_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="the result holds no plan"):
        read_plan(write(tmp_path, '{"status": "infeasible", "plan": null}', "result.json"))


def test_a_missing_or_unwritable_plan_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such file"):
        read_plan(tmp_path / "plan.json")
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_plan(PLAN, tmp_path / "nowhere" / "plan.json")


# the plan that a model compares with

KEPT = """\
format: portfolioopt-plan/1
actions:
  - {partnership: cells, action: form, kind: form, year: 2026, scenario: base}
  - {partnership: cells, action: form, kind: form, year: 2026, scenario: slow}
  - {partnership: cells, action: leave, kind: exit, year: 2029, scenario: base}
"""


def compared(folder: Path, text: str) -> Plan:
    path = write(folder, text, "before.yaml")
    model = Model.model_validate({"changes": {"price": 1, "against": str(path)}})
    return compared_with(model, Instance.model_validate(parse(SOUND).value))


def test_a_plan_that_fits_the_instance_is_compared_with(tmp_path: Path) -> None:
    assert compared(tmp_path, KEPT) == read_plan(tmp_path / "before.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("partnership: cells", "partnership: cels", "3:6: actions[0].partnership: there is no partnership called cels"),
        ("action: form", "action: from", "3:26: actions[0].action: there is no action of cells called from (did you"),
        ("scenario: slow", "scenario: slo", "4:64: actions[1].scenario: there is no scenario called slo (did you mean"),
        ("year: 2029", "year: 2030", "5:53: actions[2].year: 2030 lies outside the horizon 2026 to 2029 (remove the"),
        ("year: 2026", "year: 2025", "3:52: actions[0].year: 2025 lies outside the horizon"),
    ],
)
def test_a_plan_that_does_not_fit_the_instance_is_told_once_and_placed(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(InvalidModel) as caught:
        compared(tmp_path, KEPT.replace(old, new))
    (fault,) = caught.value.faults
    assert str(fault).startswith(f"{tmp_path / 'before.yaml'}:{said}")


def test_a_plan_in_a_result_is_placed_there(tmp_path: Path) -> None:
    lines = [{"partnership": "cels", "action": "form", "kind": "form", "year": 2026, "scenario": "base"}]
    with pytest.raises(InvalidModel, match=r"before\.yaml:1:\d+: plan\.actions\[0\]\.partnership: there is no"):
        compared(tmp_path, json.dumps({"plan": {"actions": lines}}))
