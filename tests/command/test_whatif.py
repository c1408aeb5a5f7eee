"""`portfolioopt whatif` solves an edited instance, compares, and tells why value moved."""

import json
from pathlib import Path

import pytest

from portfolioopt.command import run
from portfolioopt.result import Result
from portfolioopt.runs import read_run
from portfolioopt.solving import Session
from result_samples import TWO_DEALS


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


POORER = ["--set", "capital.budget=x0.8", "--set", "capital.budget.2027=+3"]


def test_an_instance_is_solved_as_it_is_and_edited(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["whatif", str(TWO_DEALS), *POORER, "--out", "poorer"]) == 0
    told = capsys.readouterr()
    assert told.err == "run saved in poorer\n"
    assert max(map(len, told.out.splitlines())) <= 80
    assert told.out.startswith(
        "two-deals  what if: edited\n"
        "\n"
        "What is edited\n"
        "   - capital.budget  2026: 130 -> 104, 2027: 50 -> 43, 2028: 60 -> 48\n"
        "\n"
        "Value  EUR million\n"
        "                                           base             edited     change\n"
        "  expected NPV                            102.7               51.9      -50.8\n"
    )
    assert (
        "Decisions  + added  - dropped  ~ shifted\n"
        "   - cell_plant sign 2026\n"
        "   - cell_plant sell_stake 2028  in slow (40%)\n"
        "   ~ stack sign 2027 -> 2026\n"
    ) in told.out
    assert (
        "  base                                                                     102.7\n"
        "  capital.budget: x0.8                      0.0      -50.8      -50.8       51.9\n"
        "    the plan before would break capital in 2027\n"
        "  capital.budget.2027: +3                   0.0        0.0        0.0       51.9\n"
        "  together                                                      -50.8\n"
    ) in told.out
    assert read_run(Path("poorer")).status == "optimal"


def test_a_saved_run_is_not_solved_again(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["solve", str(TWO_DEALS), "--out", "saved", "--quiet", "--gap", "0.01"]) == 0
    solved: list[dict[str, object]] = []
    solve = Session.solve

    def counted(self: Session, instance: object, model: object, **options: object) -> Result:
        solved.append(options)
        return solve(self, instance, model, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "solve", counted)
    assert run(["whatif", "saved", "--forbid", "cell_plant", "--json"]) == 0
    assert [one["gap"] for one in solved] == [0.01]  # as the run was solved
    found = json.loads(capsys.readouterr().out)
    assert found["edits"] == ["forbid cell_plant"]
    assert [one["name"] for one in found["runs"]] == ["base", "edited"]
    (step,) = found["bridge"]["steps"]
    assert step["effect"] == found["bridge"]["total"] < 0
    assert step["plan_before_breaks"] == ["forbid_cell_plant in 2026"]
    assert found["changes"][0]["decisions"][0]["happening"] == "dropped"
    objective = next(row["values"] for row in found["outcomes"] if row["figure"] == "objective")
    assert objective[0] == pytest.approx(102.6638)


def test_another_model_may_be_the_edit_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["solve", str(TWO_DEALS), "--out", "saved", "--quiet"]) == 0
    assert run(["whatif", "saved", "--model", "risk_averse"]) == 0
    told = capsys.readouterr().out
    assert "model.objective.risk  added: {measure: cvar, tail: 0.1, weight: 0.3}" in told
    assert "  model risk_averse                       -17.1        0.0      -17.1       85.6" in told


def test_it_needs_an_edit_and_a_base(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["whatif", str(TWO_DEALS)]) == 2
    assert run(["whatif", str(TWO_DEALS), "--model", "risk_averse"]) == 2
    assert run(["whatif", "--set", "capital.budget=3"]) == 2
    told = capsys.readouterr().err
    assert "say what is edited" in told
    assert "another model alone can only be compared with a saved run" in told
    assert "name an instance" in told


def test_an_edit_that_leaves_no_plan_is_told_with_its_limits_and_ends_with_4(
    capsys: pytest.CaptureFixture[str],
) -> None:
    edits = ["--force", "stack.go_full", "--forbid", "stack.full", "--set", "capital.budget=+1"]
    assert run(["whatif", str(TWO_DEALS), *edits]) == 4
    told = capsys.readouterr().out
    assert (
        "  edited is infeasible: these cannot all hold\n   - forbid_stack_full: stack must never be in full\n" in told
    )
    assert "With forbid stack.full there is no plan that keeps all limits" in told
    assert "Money" not in told


def test_wrong_edits_end_with_3_before_anything_is_solved(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["whatif", str(TWO_DEALS), "--set", "capital.budgt=3", "--out", "none"]) == 3
    assert (
        capsys.readouterr().err == "--set capital.budgt=3: capital.budgt: there is no such key (did you mean budget?)\n"
    )
    assert not Path("none").exists()


@pytest.mark.parametrize(("stopped", "shown", "code"), [(0, False, 130), (1, True, 130), (2, True, 0)])
def test_ctrl_c_keeps_what_is_known(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, stopped: int, shown: bool, code: int
) -> None:
    """During the solve of the base; of the edited instance; of a step between the two."""
    from dataclasses import replace

    number = 0
    solve = Session.solve

    def interrupted(self: Session, instance: object, model: object, **options: object) -> Result:
        nonlocal number
        result = solve(self, instance, model, **options)  # type: ignore[arg-type]
        number += 1
        return replace(result, status="feasible", stop_reason="interrupted") if number == stopped + 1 else result

    monkeypatch.setattr(Session, "solve", interrupted)
    assert run(["whatif", str(TWO_DEALS), *POORER, "--out", "poorer"]) == code
    told = capsys.readouterr()
    assert ("expected NPV" in told.out) is shown
    assert "Why it moved" not in told.out
    assert Path("poorer").exists() is shown
