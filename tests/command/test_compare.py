"""`portfolioopt compare` shows runs, cases and instances side by side."""

import json
from pathlib import Path

import pytest

from language.samples import write
from portfolioopt.command import run
from portfolioopt.result import Result
from portfolioopt.solving import Session
from result_samples import TWO_DEALS

CASES = f"""\
format: portfolioopt-cases/1
base: {{instance: {TWO_DEALS}}}
cases:
  - name: poorer
    changes: {{capital.budget: x0.8}}
  - name: alone
    base: poorer
    changes: {{forbid: cell_plant}}
  - name: same
    changes: {{capital.budget: x1}}
"""


@pytest.fixture(autouse=True)
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, CASES, "cases.yaml")


@pytest.fixture
def solves(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is solved."""
    found: list[object] = []
    solve = Session.solve

    def counted(self: Session, instance: object, model: object, **options: object) -> Result:
        found.append(instance)
        return solve(self, instance, model, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "solve", counted)
    return found


def test_all_cases_of_a_file_stand_beside_their_base(capsys: pytest.CaptureFixture[str], solves: list[object]) -> None:
    assert run(["compare", "cases.yaml"]) == 0
    told = capsys.readouterr().out
    assert len(solves) == 3  # what is the same is solved once
    assert max(map(len, told.splitlines())) <= 80
    assert "                                    base      poorer       alone        same\n" in told
    assert "  expected NPV                     102.7        51.9        51.9       102.7\n" in told
    assert "  cell_plant sign                   2026          no          no        2026\n" in told
    assert "  cell_plant sell_stake         2028 40%          no          no    2028 40%\n" in told
    assert "Why it moved" not in told


def test_runs_are_compared_as_they_are(capsys: pytest.CaptureFixture[str], solves: list[object]) -> None:
    assert run(["solve", str(TWO_DEALS), "--out", "one", "--quiet"]) == 0
    assert run(["solve", str(TWO_DEALS), "--out", "two", "--quiet", "--set", "capital.budget=x0.8"]) == 0
    solves.clear()
    assert run(["compare", "one", "two"]) == 0
    assert not solves
    told = capsys.readouterr().out
    assert "  expected NPV                            102.7               51.9      -50.8\n" in told
    assert "  ~ stack" not in told.splitlines()[0]
    assert "   ~ stack sign 2027 -> 2026\n" in told


def test_a_bridge_leads_from_the_first_to_each_of_the_others(
    capsys: pytest.CaptureFixture[str], solves: list[object]
) -> None:
    assert run(["solve", str(TWO_DEALS), "--out", "one", "--quiet"]) == 0
    solves.clear()
    assert run(["compare", "one", "cases.yaml:poorer", "cases.yaml:alone", "--bridge", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["runs"]] == ["one", "poorer", "alone"]
    first, second = found["bridges"]
    assert (first["run"], [step["name"] for step in first["steps"]]) == ("poorer", ["capital.budget: x0.8"])
    assert [step["name"] for step in second["steps"]] == ["poorer", "alone"]
    assert second["total"] == pytest.approx(sum(step["effect"] for step in second["steps"]))


def test_where_the_first_is_another_input_the_bridge_is_cut_by_what_differs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["compare", "cases.yaml:poorer", str(TWO_DEALS), "cases.yaml:alone", "--bridge", "--json"]) == 0
    back, on = json.loads(capsys.readouterr().out)["bridges"]
    assert [step["name"] for step in back["steps"]] == ["capital"]
    assert [step["name"] for step in on["steps"]] == ["moves"]
    assert back["total"] > 0


def test_names_that_are_there_twice_get_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(TWO_DEALS), str(TWO_DEALS), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["runs"]] == ["two-deals 1", "two-deals 2"]
    assert not any(row["differs"] for table in ("outcomes", "decisions", "money", "limits") for row in found[table])


def test_long_names_are_told_apart_by_letters(capsys: pytest.CaptureFixture[str]) -> None:
    long = write(Path(), CASES.replace("poorer", "a_twentieth_less_to_spend"), "long.yaml")
    assert run(["compare", str(TWO_DEALS), f"{long}:a_twentieth_less_to_spend", "--all"]) == 0
    told = capsys.readouterr().out
    assert "  A  two-deals\n  B  a_twentieth_less_to_spend\n" in told
    assert "  software_engineer" in told


@pytest.mark.parametrize(
    ("items", "code", "said"),
    [
        ([str(TWO_DEALS)], 2, "name two or more to compare"),
        (["cases.yaml:poor", "nowhere"], 3, "cases.yaml: there is no case called poor (did you mean poorer?)"),
        (["cases.yaml:poor", "nowhere"], 3, "nowhere: there is no such file"),
        (["bare.yaml:one", str(TWO_DEALS)], 3, "does not say which instance one starts from"),
    ],
)
def test_what_cannot_be_compared_is_told(
    capsys: pytest.CaptureFixture[str], items: list[str], code: int, said: str
) -> None:
    write(Path(), "format: portfolioopt-cases/1\ncases:\n  - {name: one}\n", "bare.yaml")
    assert run(["compare", *items]) == code
    assert said in capsys.readouterr().err
