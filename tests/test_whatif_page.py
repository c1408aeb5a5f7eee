"""docs/whatif.md keeps its word: its commands and snippets run, and its case file holds cases."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from portfolioopt import Instance, Model, Result, Session, cases, read_cases, read_instance, what_if
from portfolioopt.cases import VERBS
from portfolioopt.command import run
from portfolioopt.result import input_hash

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "whatif.md").read_text(encoding="utf-8")
HEAVY = "instances/automaker_2026/cases.yaml"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    lines = [line.partition("#")[0].partition(" > ")[0] for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the checkout, with the page's case file in it."""
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    (tmp_path / "what.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page asks for the same solves again and again."""
    known: dict[str, Result] = {}
    solve = Session.solve

    def once(self: Session, instance: Instance, model: Model, **options: Any) -> Result:
        asked = input_hash(instance, model)
        if asked not in known:
            known[asked] = solve(self, instance, model, **options)
        return known[asked]

    monkeypatch.setattr(Session, "solve", once)


@pytest.mark.usefixtures("solved_once")
def test_every_command_shown_runs(checkout: Path) -> None:
    assert len(commands()) > 10
    for arguments in commands():
        if any(argument.startswith(HEAVY) for argument in arguments):  # minutes: see below
            continue
        quicker = ["--gap", "0.01", "--no-verify"] if arguments[0] in ("solve", "whatif", "compare") else []
        assert run([*arguments, *quicker]) == 0, arguments


def test_the_cases_of_the_large_instance_are_sound(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (name,) = {argument.partition(":")[2] for arguments in commands() for argument in arguments if HEAVY in argument}
    assert run(["cases", HEAVY]) == 0
    assert f"{name}  changes automaker_2026/instance.yaml" in capsys.readouterr().out


@pytest.mark.slow
def test_the_worked_example_on_one_scenario_of_the_large_instance() -> None:
    facts = read_instance(ROOT / "instances" / "automaker_2026")
    others = [future.name for future in facts.scenarios if future.name != "steady"]
    smaller = cases.case(
        "smaller",
        *(cases.remove(f"scenarios.{name}") for name in others),
        cases.set_value("scenarios.steady.probability", 1),
        cases.set_value("review_years", [2026]),
    )
    reduced, model = cases.apply(smaller, facts)
    found = what_if(read_cases(ROOT / HEAVY).case("leaner_years"), reduced, model, gap=0.01, verify=False)
    assert found.base.audit is not None
    assert found.result.audit is not None
    assert found.bridge is not None
    (step,) = found.bridge.steps
    assert step.effect == found.result.audit.objective - found.base.audit.objective
    assert step.least is not None
    assert step.most is not None
    assert step.least <= min(step.effect, 0)
    assert {row.differs for row in found.comparison.limits if row.name == ("capital", "at_most")} == {True}


def test_the_python_snippets_run_and_print_what_is_claimed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snippets, claims = blocks("python"), blocks("text")
    assert len(snippets) == len(claims) > 0
    for snippet, claim in zip(snippets, claims, strict=True):
        exec(compile(snippet, "whatif.md", "exec"), {})
        assert capsys.readouterr().out == claim


def test_every_verb_is_told() -> None:
    table = PAGE.split("| edit |")[1].split("\n\n")[0]
    assert [verb for verb in VERBS if verb not in table] == []


def test_it_stays_short() -> None:
    assert len(PAGE.splitlines()) <= 150
