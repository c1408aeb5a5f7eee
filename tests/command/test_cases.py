"""`portfolioopt cases` checks every case of a file and shows what each changes."""

import json
from pathlib import Path

import pytest

from language.samples import SOUND, write
from portfolioopt.command import run

CASES = """\
format: portfolioopt-cases/1
base: {instance: instance.yaml}
cases:
  - name: poorer
    description: A tenth less to spend
    changes:
      - capital.budget: -10%
      - capital.budget.2028: +40
  - name: also_late
    base: poorer
    changes:
      - rules.keep.years: 1 year later
      - forbid: cells
      - ignore: cap
  - name: nothing
    changes: {capital.recycle: 0.50}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write(tmp_path, SOUND)
    return write(tmp_path, CASES, "cases.yaml")


def test_each_case_is_shown_with_what_it_changes_against_its_base(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cases", str(file)]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.replace(file.parent.name, "HERE") == (
        "poorer  changes HERE/instance.yaml\n"
        "  A tenth less to spend\n"
        "   - capital.budget  2026: 500 -> 450, 2027: 400 -> 360, 2029: 300 -> 270\n"
        "\n"
        "also_late  changes poorer\n"
        "   - moves.forbid_cells  added: at most 0 decisions to form on cells a year\n"
        "   - rules.keep.years  [2027, 2028] -> [2028, 2029]\n"
        "   - model.limits.cap  added: {price: 0}\n"
        "\n"
        "nothing  changes HERE/instance.yaml\n"
        "  Nothing: what is asked for is so already.\n"
    )


def test_without_an_instance_the_changes_are_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = write(file.parent, CASES.replace("base: {instance: instance.yaml}\n", ""), "bare.yaml")
    assert run(["cases", str(bare)]) == 0
    told = capsys.readouterr().out
    assert "   - capital.budget: x0.9\n   - capital.budget.2028: +40\n  Not checked: no instance is named" in told
    assert run(["cases", str(bare), "--instance", str(file.parent / "instance.yaml")]) == 0
    assert "2026: 500 -> 450" in capsys.readouterr().out


def test_faults_stand_at_their_places_and_end_with_3(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = write(file.parent, CASES.replace("capital.budget.2028", "capital.budget.2048"), "wrong.yaml")
    assert run(["cases", str(wrong)]) == 3
    told = capsys.readouterr()
    # once, though the second case is based on the first
    assert told.err == (f"{wrong}:8:9: capital.budget.2048: lies outside the horizon 2026 to 2029 (change the years)\n")
    assert "nothing  changes" in told.out


def test_json_is_for_programs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cases", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["valid"], found["faults"]) == (True, [])
    assert [one["name"] for one in found["cases"]] == ["poorer", "also_late", "nothing"]
    assert found["cases"][0]["differences"] == [
        {"path": "capital.budget", "kind": "changed", "before": [500, 400, 400, 300], "after": [450, 360, 400, 270]}
    ]
    assert found["cases"][1]["base"] == "poorer"
    wrong = write(file.parent, "format: portfolioopt-cases/1\ncases: 3\n", "wrong.yaml")
    assert run(["cases", str(wrong), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["faults"][0]["line"] == 2


def test_a_base_that_is_missing_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file.parent / "instance.yaml").unlink()
    assert run(["cases", str(file)]) == 3
    assert (
        capsys.readouterr().err
        == f"{file.parent / 'instance.yaml'}: there is no such file (did you mean cases.yaml?)\n"
    )


def test_a_case_file_cannot_move_the_cursor(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = write(file.parent, CASES.replace("A tenth less to spend", '"\\e[2Jgone"'), "evil.yaml")
    run(["cases", str(evil)])
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err


def test_cases_are_checked_by_validate_too(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--case", f"{file}:also_late", "--set", "capital.recycle=x2"]) == 0
    told = capsys.readouterr().out
    assert "  model         expected_value, fits\n  case          also_late, 6 changes\n" in told
    assert run(["validate", "--case", str(file)]) == 3
    assert "holds 3 cases: poorer, also_late, nothing (say which" in capsys.readouterr().err
    assert run(["validate"]) == 2
    assert "name an instance, or with --case a file that has a base" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--set", "capital.budget", "is not path=value (for example capital.budget=400)"),
        ("--set", "capital.budget.2050=1", "capital.budget.2050: lies outside the horizon"),
        ("--set", "capital.recycle=x4", "capital.recycle: must be from 0 to 1, not 2"),
        ("--force", "cels", "there is no partnership called cels (did you mean cells?)"),
        ("--force", "cells.sel", "there is neither an action nor a state of it called sel (did you mean sell?)"),
        ("--forbid", "cells.a.b", "'cells.a.b' is not a partnership"),
        ("--forbid", "cells.2028-2020", "moves[1].years: ends (2020) before it begins (2028)"),
        ("--ignore-limit", "cpa", "there is no limit called cpa (did you mean cap?)"),
    ],
)
def test_an_option_that_cannot_be_made_is_told_by_its_own_text(
    file: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, said: str
) -> None:
    assert run(["validate", str(file.parent / "instance.yaml"), option, value]) == 3
    told = capsys.readouterr().err
    assert told.startswith(f"{option} {value}: ")
    assert said in told


def test_negative_numbers_are_set_by_set_and_signs_and_factors_change(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance = str(file.parent / "instance.yaml")
    for setting, said in (
        ("links.both.benefit=-5", "links.both.benefit: [1, 2, 3, -4] -> -5"),
        ("capital.budget.2026=+5", "capital.budget: [500, 400, 400, 300] -> [505, 400, 400, 300]"),
        ("capital.budget.2026=+-5", "capital.budget: [500, 400, 400, 300] -> [495, 400, 400, 300]"),
        ("capital.recycle=x0.5", "capital.recycle: 0.5 -> 0.25"),
        ("rules.keep.years=1 year later", "rules.keep.years: [2027, 2028] -> [2028, 2029]"),
    ):
        run(["solve", instance, "--set", setting, "--time-limit", "0.001", "--json"])
        assert f"changed: {said}\n" in capsys.readouterr().err
