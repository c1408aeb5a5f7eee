"""Saved runs and studies are listed, shown again by name or number, and deleted only when asked and old."""

import json
from pathlib import Path

import pytest

from portfolioopt.archive import saved_under
from portfolioopt.command import run
from portfolioopt.language.model import Model
from portfolioopt.runs import write_run
from result_samples import infeasible, solved, two_deals
from test_archive import made, name_of


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for age in (1, 2, 3):
        made(tmp_path / "runs" / name_of(age), age)
    made(tmp_path / "runs" / "board", 400, infeasible)
    return tmp_path / "runs"


def test_the_list_tells_date_instance_model_status_value_and_gap(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["runs", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["1", name_of(1), "102.7", "optimal"]
    assert lines[1].strip() == "2026-11-27 12:00  solve, two-deals, expected_npv"
    assert lines[6].split() == ["4", "board", "infeasible"]
    assert all(len(line) <= 80 for line in lines)
    assert run(["runs", "list", "-n", "1"]) == 0
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2
    assert "… and 3 older; --most 4 shows all" in told.err


def test_the_list_as_json_holds_all_of_them(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "list", "-n", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["status"] for one in found] == ["optimal"] * 3 + ["infeasible"]
    assert [one["kept"] for one in found] == [False] * 3 + [True]
    assert found[0]["value"] == pytest.approx(102.66, abs=0.01)
    assert run(["runs", "list", "--json", "--under", "nowhere"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_where_there_are_none_it_says_how_to_make_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["runs", "list", "--under", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "portfolioopt solve INSTANCE makes one" in told.err
    assert run(["runs", "show", "1", "--under", str(tmp_path)]) == 3


def test_one_is_shown_as_show_does(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options in ([], ["--json"]):
        assert run(["show", str(shelf / "board"), *options]) == 0
        shown = capsys.readouterr().out
        for wanted in ("4", "board", "boa", "runs/board"):
            assert run(["runs", "show", wanted, *options]) == 0
            assert capsys.readouterr().out == shown
    assert json.loads(shown)["status"] == "infeasible"
    assert run(["runs", "show", "bored"]) == 3
    assert "did you mean board?" in capsys.readouterr().err


def test_nothing_is_deleted_unless_asked(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "gc", "--keep", "1"]) == 0
    told = capsys.readouterr()
    assert [line.split()[0] for line in told.out.splitlines()[::2]] == [name_of(2), name_of(3)]
    assert "2 of 4 could go" in told.err
    assert "--yes deletes them" in told.err
    assert len(saved_under(shelf)) == 4
    assert run(["runs", "gc", "--keep", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["would_delete"] == [f"runs/{name_of(2)}", f"runs/{name_of(3)}"]
    assert len(saved_under(shelf)) == 4


def test_what_is_asked_for_is_deleted_and_what_holds_more_is_not(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shelf / name_of(3) / "notes.txt").write_text("mine", encoding="utf-8")
    assert run(["runs", "gc", "--keep", "1", "--yes"]) == 3
    told = capsys.readouterr().err
    assert "deleted 1 of 4" in told
    assert f"not deleted: runs/{name_of(3)}: holds what no command of portfolioopt has written: notes.txt" in told
    assert [one.folder.name for one in saved_under(shelf)] == [name_of(1), name_of(3), "board"]
    assert run(["runs", "gc"]) == 0
    assert "nothing to delete" in capsys.readouterr().err
    assert run(["runs", "gc", "--keep", "0", "--older-than", "10000"]) == 0
    assert "nothing to delete" in capsys.readouterr().err


def test_a_run_without_a_bound_is_listed_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(solved(status="feasible", bound=None, verified=False), two_deals(), Model(), tmp_path / "a")
    assert run(["runs", "list", "--under", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "no bound" in told
    assert "not verified" in told
