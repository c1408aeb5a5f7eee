"""`portfolioopt validate` tells what is in an instance, or all that is wrong with it."""

import json
from pathlib import Path

import pytest

from language.samples import SOUND, broken, write
from portfolioopt.command import run


def test_a_sound_instance_is_summed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, SOUND)
    assert run(["validate", str(path), "--model", "risk_averse"]) == 0
    told = capsys.readouterr()
    assert told.err == f"next: portfolioopt solve {path} --model risk_averse\n"
    assert told.out == (
        "sample: valid\n"
        "  horizon       2026 to 2029, EUR million\n"
        "  partnerships  2 (electrification 1, software 1)\n"
        "  in force      1 (stack)\n"
        "  scenarios     2 (base, slow)\n"
        "  review years  2026, 2028\n"
        "  limits        capital, skills 1, exposures 2, requirements 1, pools 1,\n"
        "                coordination, activity 1, moves 1, links 3, rules 1\n"
        "  model         risk_averse, fits\n"
        "  warnings      none\n"
    )


def test_faults_are_told_one_a_line_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, SOUND.replace("recycle: 0.5", "recycle: 2").replace("must: always", "must: maybe"))
    assert run(["validate", str(path)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert [line.startswith(f"{path}:") for line in told.err.splitlines()] == [True, True]


def test_faults_of_instance_and_model_are_told_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = write(tmp_path, "limits: {capital: soft}\n", "model.yaml")
    assert run(["validate", str(write(tmp_path, broken("recycle: 0.5", "recycle: 2"))), "-m", str(model)]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_model_that_does_not_fit_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = write(tmp_path, "limits:\n  capp: {price: 1}\n", "model.yaml")
    assert run(["validate", str(write(tmp_path, SOUND)), "-m", str(model)]) == 3
    assert capsys.readouterr().err.startswith(f"{model}:2:3: limits.capp: there is no limit or family of that name")


def test_the_plan_that_a_model_compares_with_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = write(tmp_path, SOUND)
    model = write(tmp_path, "name: ours\nchanges:\n  price: 1\n  against: before.yaml\n", "model.yaml")
    command = ["validate", str(instance), "-m", str(model)]
    assert run(command) == 3
    said = capsys.readouterr().err
    assert said.startswith(
        f"{model}:4:3: changes.against: the plan {tmp_path / 'before.yaml'} cannot be used: there is"
    )
    line = "{partnership: cells, action: form, kind: form, year: 2026, scenario: base}"
    write(tmp_path, f"actions:\n  - {line}\n", "before.yaml")
    assert run(command) == 0
    capsys.readouterr()
    write(tmp_path, f"actions:\n  - {line.replace('2026', '2040')}\n", "before.yaml")
    assert run(command) == 3
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'before.yaml'}:2:52: actions[0].year: 2040 lies outside")


def test_warnings_are_no_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, SOUND.replace("capability: gwh", "capability: gw"))
    assert run(["validate", str(path)]) == 0
    told = capsys.readouterr()
    assert "warnings      2" in told.out
    assert told.err.startswith(f"warning: {path}:")


def test_json_is_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, SOUND.replace("capability: gwh", "capability: gw"))
    assert run(["validate", str(path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["valid"], report["faults"], len(report["warnings"])) == (True, [], 2)
    assert run(["validate", str(path), "--json", "--set", "capital.recycle=2"]) == 3
    told = capsys.readouterr()
    assert told.err == ""
    assert json.loads(told.out)["faults"] == [
        {
            "file": "--set capital.recycle=2",
            "line": 0,
            "column": 0,
            "key": "capital.recycle",
            "message": "must be from 0 to 1, not 2",
            "hint": "",
        }
    ]


def test_settings_may_repair(tmp_path: Path) -> None:
    path = write(tmp_path, broken("recycle: 0.5", "recycle: 2"))
    assert run(["validate", str(path), "--set", "capital.recycle=1"]) == 0


def test_a_file_cannot_move_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["validate", str(write(tmp_path, broken("currency:", '"\\e[2Jcur\\nrency":')))])
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert len(told.splitlines()) == 1


def test_very_many_faults_are_cut_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SOUND + "".join(f"key{number}: 1\n" for number in range(500))
    assert run(["validate", str(write(tmp_path, text))]) == 3
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 101
    assert lines[-1] == "… and 400 more"
