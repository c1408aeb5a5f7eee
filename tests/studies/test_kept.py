"""Frontier, rolling and stress keep each solve as soon as it is made: a kill loses nothing; nothing is solved twice."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portfolioopt import Instance, Means, Model, frontier, read_instance, read_model, rolling, stress
from portfolioopt.command import run
from portfolioopt.errors import InvalidInput
from portfolioopt.language.plans import plan_text
from portfolioopt.plan import TODAY
from portfolioopt.points.store import LOG
from portfolioopt.solving import Session, solve
from portfolioopt.studies.answer import About, Answer, from_json, to_json
from portfolioopt.studies.asked import Asked, keep, kept

ROOT = Path(__file__).parents[2]
FIVE, TWO = ROOT / "instances" / "five_deals", ROOT / "instances" / "two_deals"
COUNTED = Means(verify=False, work_limit=20)
STUDIES: dict[str, Any] = {
    "frontier": lambda facts, folder: frontier(facts, means=COUNTED, against="capital", points=4, folder=folder),
    "frontier, cvar": lambda facts, folder: frontier(facts, means=COUNTED, points=3, folder=folder),
    "frontier, two budgets": lambda facts, folder: frontier(
        facts, means=COUNTED, against="capital", points=3, without_yearly_budgets=True, folder=folder
    ),
    "rolling": lambda facts, folder: rolling(facts, means=COUNTED, folder=folder),
    "stress": lambda facts, folder: stress(facts, means=COUNTED, draws=200, folder=folder),
}


@pytest.fixture(scope="module")
def facts() -> Instance:
    return read_instance(TWO)


def found_in(answer: Answer) -> Answer:
    """An answer without how it came about."""
    nothing = About(
        "", "", "", "", complete=True, stopped_by="", solves=0, seconds=0, seed=0, input_hash="", versions={}
    )
    return replace(answer, about=nothing)  # type: ignore[type-var]


def stored(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("points/*/*.json")}


@pytest.mark.parametrize("study", STUDIES)
def test_a_finished_study_is_asked_again_without_a_solve(study: str, facts: Instance, tmp_path: Path) -> None:
    ask = STUDIES[study]
    alone, first = ask(facts, None), ask(facts, tmp_path)
    before = stored(tmp_path)
    again = ask(facts, tmp_path)
    assert found_in(alone) == found_in(first) == found_in(again)
    assert first.about.solves > 0
    assert (again.about.solves, again.about.complete) == (0, True)
    assert again.about.known >= first.about.solves
    assert stored(tmp_path) == before
    assert len(before) == first.about.solves
    assert from_json(to_json(again)) == again


@pytest.mark.parametrize("study", ["frontier", "rolling"])
def test_whatever_has_been_stored_when_it_is_killed_the_rest_comes_out_the_same(
    study: str, facts: Instance, tmp_path: Path
) -> None:
    ask = STUDIES[study]
    whole = ask(facts, tmp_path / "whole")
    points = stored(tmp_path / "whole")
    order = [json.loads(line)["key"] for line in (tmp_path / "whole" / LOG).read_text().splitlines()]
    for left in (1, len(order) // 2, len(order) - 1):
        part = tmp_path / str(left)
        shutil.copytree(tmp_path / "whole", part)
        for key in order[left:]:
            (part / "points" / key[:2] / f"{key}.json").unlink()
        again = ask(facts, part)
        assert found_in(again) == found_in(whole)
        assert again.about.solves == len(order) - left
        assert stored(part) == points


@pytest.mark.parametrize("study", ["frontier", pytest.param("rolling", marks=pytest.mark.slow)])
def test_a_command_that_is_killed_goes_on(study: str, tmp_path: Path) -> None:
    options = ["--work-limit", "20", "--no-verify", "--quiet"]
    options += ["--points", "3"] if study == "frontier" else []
    assert run([study, str(FIVE), *options, "--out", str(tmp_path / "whole")]) == 0
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "portfolioopt", study, str(FIVE), *options, "--out", str(folder)]
    with subprocess.Popen(
        command, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ) as it:
        while len(stored(folder)) < 2 and it.poll() is None:
            time.sleep(0.01)
        it.kill()
    assert json.loads((folder / "manifest.json").read_text())["complete"] is False
    assert not (folder / "study.json").exists()
    before = set(stored(folder))
    moved = folder.rename(tmp_path / "elsewhere")
    assert run([study, "--resume", str(moved), "-q"]) == 0
    assert stored(moved) == stored(tmp_path / "whole")
    assert before < set(stored(moved))
    told = [json.loads(line)["key"] for line in (moved / LOG).read_text().splitlines()]
    assert len(told) == len(set(told)), "nothing was solved twice"
    answers = [from_json((place / "study.json").read_text()) for place in (moved, tmp_path / "whole")]
    assert found_in(answers[0]) == found_in(answers[1])


def failing(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Has one solve of a session fail, the number-th from now."""
    solved, count = Session.solve, iter(range(1, 10_000))

    def solve_or_fail(self: Session, *given: Any, **options: Any) -> Any:
        if next(count) == number:
            raise RuntimeError("the solver fell over")
        return solved(self, *given, **options)

    monkeypatch.setattr(Session, "solve", solve_or_fail)


@pytest.mark.parametrize(("study", "number"), [("frontier", 2), ("rolling", 2), ("rolling", 5)])
def test_a_solve_that_fails_is_told_and_ends_nothing_and_is_asked_again(
    study: str, number: int, facts: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = STUDIES[study]
    whole = ask(facts, None)
    with monkeypatch.context() as broken:
        failing(broken, number)
        part = ask(facts, tmp_path)
    assert [one.reason for one in part.about.failed] == ["RuntimeError: the solver fell over"]
    assert (part.about.complete, part.about.stopped_by) == (False, "a solve that failed")
    assert part.about.solves > number
    reasons = [json.loads(file.read_text())["reason"] for file in tmp_path.glob("unsettled/*.json")]
    assert reasons == ["RuntimeError: the solver fell over"]
    again = ask(facts, tmp_path)
    assert found_in(again) == found_in(whole)
    assert (again.about.complete, again.about.failed) == (True, ())
    assert list(tmp_path.glob("unsettled/*.json")) == []


def test_the_report_names_the_solve_that_failed_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["frontier", str(TWO), "--against", "capital", "--out", str(tmp_path / "out"), "--no-verify"]
    with monkeypatch.context() as broken:
        failing(broken, 2)
        assert run(command) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Without an answer: of the most cautious plans the most valuable. RuntimeError: the solver fell over" in told
    assert "Partial answer, stopped by: a solve that failed." in told
    with monkeypatch.context() as broken:
        failing(broken, 1)
        assert run([*command[:2], "--out", str(tmp_path / "other"), "-q"]) == 1, "nothing is known: our fault"


def test_an_answer_that_time_ended_is_taken_by_those_who_give_no_more_and_asked_anew_by_others(
    facts: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = Session.solve

    def ended(self: Session, *given: Any, **options: Any) -> Any:
        return replace(solved(self, *given, **options), status="feasible", stop_reason="time limit")

    with monkeypatch.context() as slow:
        slow.setattr(Session, "solve", ended)
        first = rolling(facts, means=Means(verify=False, time_limit=300), folder=tmp_path)
    assert first.about.solves > 2
    assert first.about.complete, "each had its time"
    for time_limit, known in ((300.0, True), (200.0, True), (301.0, False)):
        shutil.copytree(tmp_path, tmp_path / "copy")
        again = rolling(facts, means=Means(verify=False, time_limit=time_limit), folder=tmp_path / "copy")
        shutil.rmtree(tmp_path / "copy")
        assert (again.about.solves == 0) is known, time_limit


@pytest.mark.parametrize("wrong", ["objective", "plan", "nonsense", "memory"])
def test_what_is_stored_is_audited_before_it_is_believed(wrong: str, facts: Instance, tmp_path: Path) -> None:
    whole = STUDIES["rolling"](facts, tmp_path)
    first = json.loads((tmp_path / LOG).read_text().splitlines()[0])["key"]
    place = tmp_path / "points" / first[:2] / f"{first}.json"
    document = json.loads(place.read_text())
    answer = document["answer"]
    if wrong == "objective":
        answer["objective"] = "1000000"
    elif wrong == "plan":
        answer["plan"]["decisions"]["rows"] = answer["plan"]["decisions"]["rows"][:1]
    elif wrong == "memory":
        answer["memory"] = "{}"
    place.write_text("{}" if wrong == "nonsense" else json.dumps(document))
    again = STUDIES["rolling"](facts, tmp_path)
    assert found_in(again) == found_in(whole)
    assert again.about.solves == 1


def test_keys_are_the_same_in_every_process_and_other_questions_have_others(facts: Instance, tmp_path: Path) -> None:
    program = (
        "import sys, portfolioopt as p\n"
        f"facts = p.read_instance({str(TWO)!r})\n"
        "p.rolling(facts, means=p.Means(verify=False, work_limit=20), folder=sys.argv[1])\n"
    )
    keys = []
    for number in range(2):
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": str(number)}
        subprocess.run([sys.executable, "-c", program, str(tmp_path / str(number))], env=env, check=True)
        keys.append(set(stored(tmp_path / str(number))))
    assert keys[0] == keys[1]
    less = read_instance(TWO, ["capital.budget=91"])
    for name, of, means in (("less", less, COUNTED), ("more", facts, replace(COUNTED, gap=0.01))):
        rolling(of, means=means, folder=tmp_path / name)
        assert not keys[0] & set(stored(tmp_path / name))


def test_wrong_folders_and_usage_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["rolling", str(TWO), "--no-verify", "-q", "--out", "done"]) == 0
    assert run(["solve", str(TWO), "--no-verify", "-q", "--out", "plan"]) == 0
    Path("broken").mkdir()
    shutil.copy("done/manifest.json", "broken")
    Path("broken/asked.json").write_text("{}")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for command, code, said in (
        (["frontier", "--resume", "done"], 3, "holds the study rolling, not frontier"),
        (["stress", str(TWO), "--out", "done"], 3, "holds the study rolling, not stress"),
        (["sweep", "--resume", "done"], 3, "holds the study rolling, not sweep"),
        (["sweep", str(TWO), "--vary", "capital.budget=x0.9", "--out", "done"], 3, "the study rolling, not sweep"),
        (["rolling", str(TWO), "--out", "plan"], 3, "holds a run, not rolling"),
        (["sweep", str(TWO), "--vary", "capital.budget=x0.9", "--out", "plan"], 3, "holds a run, not sweep"),
        (["rolling", "--resume", "plan"], 3, "holds a run, not rolling"),
        (["rolling", "--resume", "nowhere"], 3, "holds no rolling to go on with"),
        (["rolling", "--resume", "broken"], 3, "asked.json cannot be read"),
        (["rolling", str(TWO), "--resume", "done"], 2, "leave out RUN|INSTANCE"),
        (["frontier", "--resume", "done", "--points", "3"], 2, "leave out points"),
        (["rolling"], 2, "name an instance or a run"),
        (["frontier", str(TWO), "--against", "exposure:nothing"], 2, "no exposure called nothing"),
        (["frontier", str(TWO), "--against", "bananas"], 2, "not 'bananas'"),
        (["frontier", str(TWO), "--set", "capital=null", "--without-yearly-budgets"], 2, "no capital budget"),
        (["stress", str(TWO), "--volatility", "nobody=10%"], 2, "no driver called nobody"),
        (["stress", str(TWO), "--outage", "--no-breakdowns"], 2, "needs breakdowns"),
        (["sweep", str(TWO), "--each", "skills.*.capacty=x0.9"], 3, "skills.*.capacty"),
        (["rolling", "nowhere"], 3, "nowhere"),
    ):
        assert run(command) == code, command
        assert said in " ".join(capsys.readouterr().err.split()), command
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_question_that_was_answered_in_full_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "out")
    command = ["stress", str(TWO), "--draws", "300", "--no-verify", "--json", "--out", folder]
    assert run(command) == 0
    told = capsys.readouterr().out
    for again in (command, ["stress", "--resume", folder, "--json"]):
        assert run(again) == 0
        printed = capsys.readouterr()
        assert printed.out == told
        assert "answered in full" in printed.err
    assert run(["stress", "--resume", folder, "--json", "--seed", "5"]) == 0
    other = json.loads(capsys.readouterr().out)
    assert other["npv"] != json.loads(told)["npv"], "another question"
    assert not list((tmp_path / "out").glob("tables/*.parquet"))
    assert run(["stress", "--resume", folder, "--quiet", "--parquet"]) == 0
    assert {path.stem for path in (tmp_path / "out").glob("tables/*.parquet")} == {
        path.stem for path in (tmp_path / "out").glob("tables/*.csv")
    }


def test_tables_and_exhibits_of_another_question_do_not_stay(tmp_path: Path) -> None:
    sweep = ["sweep", str(TWO), "--engine", "serial", "--work-limit", "5", "-q", "--out", str(tmp_path / "out")]
    assert run([*sweep, "--one-at-a-time", "--vary", "capital.budget=x0.9,x1.1", "--parquet"]) == 0
    points = tmp_path / "out" / "tables" / "points.parquet"
    assert run([*sweep, "--one-at-a-time", "--vary", "capital.budget=x0.9,x1.1"]) == 0
    assert points.exists(), "the same question"
    assert (tmp_path / "out" / "tables" / "tornado.csv").exists()
    assert (tmp_path / "out" / "exhibits" / "sweep.json").exists()
    assert run([*sweep, "--vary", "capital.budget=x0.9,x1.2"]) == 0
    assert not points.exists()
    assert not (tmp_path / "out" / "tables" / "tornado.csv").exists()
    assert not (tmp_path / "out" / "exhibits" / "sweep.json").exists()


def test_the_plan_that_changes_are_counted_from_goes_with_the_folder(
    facts: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = solve(facts, verify=False).chosen
    assert before is not None
    (tmp_path / "before.json").write_text(plan_text(before))
    choices = tmp_path / "choices.yaml"
    choices.write_text("format: portfolioopt-model/1\nchanges: {against: before.json, price: 3}\n")
    command = [str(TWO), "--model", str(choices), "-q", "--no-verify", "--work-limit", "5"]
    assert run(["rolling", *command, "--out", str(tmp_path / "again")]) == 0
    assert run(["sweep", *command, "--vary", "capital.budget=x0.9", "--engine", "serial",
                "--out", str(tmp_path / "swept")]) == 0  # fmt: skip
    away = tmp_path / "away"
    away.mkdir()
    for folder in ("again", "swept"):
        (tmp_path / folder).rename(away / folder)
        (away / folder / "study.json").unlink()
    (tmp_path / "before.json").unlink()
    monkeypatch.chdir(away)
    assert run(["rolling", "--resume", "again", "-q"]) == 0
    found = from_json((away / "again" / "study.json").read_text())
    assert found.about.solves == 0
    assert run(["sweep", "--resume", "swept", "--engine", "serial", "-q"]) == 0
    assert from_json((away / "swept" / "study.json").read_text()).about.solves == 0


def test_what_was_asked_comes_back_as_it_was(facts: Instance, tmp_path: Path) -> None:
    asked = Asked(
        "frontier", facts, Model(), Means(time_limit=float("inf"), gap=0.1), {"points": 3, "tail": "0.05"}, TODAY
    )
    keep(asked, tmp_path)
    assert kept(tmp_path, "frontier") == asked
    averse = read_model("risk_averse")
    keep(replace(asked, model=averse, plan=None), tmp_path)
    assert kept(tmp_path, "frontier").model == averse
    (tmp_path / "asked.json").write_text("[]")
    with pytest.raises(InvalidInput, match=r"asked\.json cannot be read"):
        kept(tmp_path, "frontier")
