import csv
import io
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

import portfolioopt
from portfolioopt import runs
from portfolioopt.errors import InvalidInput
from portfolioopt.language.model import Model
from portfolioopt.language.plans import compared_with
from portfolioopt.language.reading import read_instance, read_model
from portfolioopt.result import input_hash
from portfolioopt.result.tables import Table
from portfolioopt.runs import is_run, read_run, refuse_unusable, table_text, write_run
from result_samples import infeasible, solved, two_deals

FILES = {
    "manifest.json",
    "instance.resolved.yaml",
    "model.resolved.yaml",
    "result.json",
    "solver.log",
    "tables/actions.csv",
    "tables/states.csv",
    "tables/limits.csv",
    "tables/money.csv",
    "tables/worth.csv",
}


def files_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def save(folder, result=None):
    return write_run(
        result or solved(), two_deals(), Model(name="expected_npv"), folder, command=["portfolioopt", "solve"]
    )


def test_a_run_folder_holds_everything_and_nothing_else(tmp_path):
    folder = save(tmp_path / "run")
    assert files_in(folder) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_result_is_read_back_from_the_run(tmp_path):
    assert read_run(save(tmp_path / "run")) == solved()


def test_the_resolved_inputs_solve_the_same_problem(tmp_path):
    folder = save(tmp_path / "run")
    assert read_instance(folder / "instance.resolved.yaml") == two_deals()
    assert read_model(folder / "model.resolved.yaml").name == "expected_npv"


def test_a_run_keeps_the_plan_that_changes_were_counted_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "published")
    (tmp_path / "steady.yaml").write_text("changes: {price: 2, against: published}\n")
    model = read_model(tmp_path / "steady.yaml")
    instance = two_deals()
    folder = write_run(portfolioopt.solve(instance, model), instance, model, tmp_path / "deep" / "again")
    assert files_in(folder) == FILES | {"against.json"}
    plan = compared_with(model, instance)
    assert plan.decisions
    (tmp_path / "published").rename(tmp_path / "moved")
    again = read_model(folder / "model.resolved.yaml")
    assert compared_with(again, read_instance(folder / "instance.resolved.yaml")) == plan
    assert input_hash(instance, again) == read_run(folder).input_hash
    (folder / "manifest.json").unlink()  # a copy of the files is no run: it means what it says
    with pytest.raises(InvalidInput, match="published"):
        compared_with(again, instance)


def test_the_manifest_says_how_the_run_came_about(tmp_path):
    result = solved()
    facts = json.loads((save(tmp_path / "run") / "manifest.json").read_text())
    assert facts["input_hash"] == result.input_hash
    assert facts["command"] == ["portfolioopt", "solve"]
    assert (facts["status"], facts["stop_reason"]) == ("optimal", "gap reached")
    assert facts["options"] == {"gap": 0.0001, "threads": 1, "verify": True}
    assert {"portfolioopt", "python", "highspy", "pyomo", "numpy", "platform"} <= facts["versions"].keys()
    assert facts["timings"] == {"build": 0.1, "solve": 0.3, "verify": 0.2}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", facts["created"])


def test_without_a_folder_the_run_is_named_by_time_instance_model_and_hash(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = save(None)
    assert re.fullmatch(r"\d{8}T\d{6}Z-two_deals-expected_npv-[0-9a-f]{8}", folder.name)
    assert folder.parent == Path("runs")
    assert is_run(folder)


def test_two_runs_in_one_second_are_kept_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len({save(None) for _ in range(3)}) == 3


def test_a_name_out_of_an_instance_cannot_leave_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = solved()
    result = replace(result, outline=replace(result.outline, instance="../../etc/x", model="/"))
    folder = save(None, result)
    assert folder.parent == Path("runs")
    assert re.fullmatch(r"\w+-etc_x-unnamed-\w+", folder.name)


def test_a_run_without_a_plan_has_no_tables(tmp_path):
    folder = save(tmp_path / "run", infeasible())
    assert files_in(folder) == {name for name in FILES if not name.startswith("tables/")}
    assert read_run(folder) == infeasible()


def test_an_existing_run_is_replaced(tmp_path):
    folder = save(tmp_path / "run")
    (folder / "left over").write_text("x")
    save(folder, solved(stop_reason="time limit"))
    assert files_in(folder) == FILES
    assert read_run(folder).stop_reason == "time limit"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "run").mkdir()
    assert files_in(save(tmp_path / "run")) == FILES


@pytest.mark.parametrize("name", ["notes.txt", "manifest.json"])
def test_a_folder_that_is_no_run_is_refused_and_left_alone(tmp_path, name):
    (tmp_path / name).write_text("{}")
    with pytest.raises(InvalidInput, match="not a run folder"):
        save(tmp_path)
    assert files_in(tmp_path) == {name}


def test_a_file_is_refused(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(InvalidInput, match="is a file"):
        save(tmp_path / "run")
    assert (tmp_path / "run").read_text() == "mine"


@pytest.mark.parametrize("place", ["new", "existing"])
def test_a_failure_half_way_leaves_nothing_and_keeps_the_old_run(tmp_path, monkeypatch, place):
    if place == "existing":
        save(tmp_path / "run")
    before = files_in(tmp_path)
    monkeypatch.setattr(runs, "table_text", lambda table: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(InvalidInput, match="No space left on device"):
        save(tmp_path / "run", solved(stop_reason="time limit"))
    assert files_in(tmp_path) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_failing_rename_puts_the_old_run_back(tmp_path, monkeypatch):
    folder = save(tmp_path / "run")
    rename = Path.rename

    def failing(self, target):
        if self.name == "new":
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(InvalidInput, match="Input/output error"):
        save(folder, solved(stop_reason="time limit"))
    assert read_run(folder) == solved()


def test_a_place_that_cannot_be_written_is_refused_before_the_solve(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root, as in containers, may write anywhere
    with pytest.raises(InvalidInput, match="nothing can be made in"):
        refuse_unusable(tmp_path / "new" / "run")
    with pytest.raises(InvalidInput, match="nothing can be made in"):
        refuse_unusable(None)


def test_a_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput):
        save(tmp_path / "file" / "run")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_never_takes_text_for_a_formula(start):
    text = table_text(Table(("name",), ((f"{start}1+1",),)))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[1] == [f"'{start}1+1".replace("\r", " ")]


def test_negative_numbers_stay_numbers_and_missing_ones_are_empty():
    assert table_text(Table(("a", "b", "c"), ((-1.5, None, "x"),))) == "a,b,c\n-1.5,,x\n"


def test_tables_agree_with_the_result(tmp_path):
    folder = save(tmp_path / "run")
    with (folder / "tables/money.csv").open(newline="") as file:
        money = list(csv.DictReader(file))
    assert sum(float(row["discounted"]) for row in money if row["scenario"] == "high") == pytest.approx(140.693942)
    with (folder / "tables/actions.csv").open(newline="") as file:
        assert next(csv.DictReader(file)) == {
            "partnership": "cell_plant", "action": "sign", "kind": "form", "year": "2026", "scenario": "high",
        }  # fmt: skip


def test_reading_what_is_no_run_says_so(tmp_path):
    with pytest.raises(InvalidInput, match="holds no result"):
        read_run(tmp_path)
    assert not is_run(tmp_path)
    with pytest.raises(InvalidInput, match=r"there is no such folder \(.*portfolioopt solve INSTANCE --out DIR\)"):
        read_run(tmp_path / "nowhere")
