"""A saved run is shown again, just as it was."""

import pytest

from portfolioopt.command import run
from portfolioopt.language.model import Model
from portfolioopt.runs import write_run
from result_samples import TWO_DEALS, infeasible, solved, two_deals


@pytest.mark.parametrize("result", [solved, infeasible])
def test_a_saved_run_shows_the_report_of_the_solve(tmp_path, capsys, result):
    from portfolioopt.command.show import show_result

    folder = write_run(result(), two_deals(), Model(), tmp_path / "run")
    show_result(result())
    report = capsys.readouterr().out
    assert run(["show", str(folder)]) == 0
    assert capsys.readouterr() == (report, "")


def test_what_is_not_a_run_is_refused_with_a_word_on_what_is(tmp_path, capsys):
    not_there = (tmp_path / "nowhere", tmp_path / ("long" * 100))
    for place in (tmp_path, TWO_DEALS, TWO_DEALS / "instance.yaml", *not_there):
        assert run(["show", str(place)]) == 3
        out, err = capsys.readouterr()
        assert out == ""
        what = "there is no such folder" if place in not_there else "is not a run folder"
        hint = "a run is a folder that solve has saved: portfolioopt solve INSTANCE --out DIR"
        assert err == f"{place}: {what} ({hint})\n"


@pytest.mark.parametrize("damage", ["{}", "{", None])
def test_a_damaged_run_is_refused_and_named(tmp_path, capsys, damage):
    folder = write_run(solved(), two_deals(), Model(), tmp_path / "run")
    if damage is None:
        (folder / "result.json").unlink()
    else:
        (folder / "result.json").write_text(damage)
    assert run(["show", str(folder)]) == 3
    said = capsys.readouterr().err
    assert said.startswith(str(folder))
    assert said.endswith("(solve again)\n")
    assert "--out" not in said
