"""A study stands in all of its places; what is missing is named."""

import inspect
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

import portfolioopt
import portfolioopt.command
import portfolioopt.studies
from portfolioopt.command.app import app
from portfolioopt.studies import FRAME, STUDIES

ROOT = Path(__file__).parents[1]


def modules(package: object) -> set[str]:
    return {module.name for module in pkgutil.iter_modules(package.__path__)}  # type: ignore[attr-defined]


def commands() -> dict[str, Any]:
    """Commands by the name of their study; those of a group begin with its name."""
    found: dict[str, Any] = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", {})
        found |= (
            {f"{name}_{below}": one for below, one in inner.items()} if inner else {name.replace("-", "_"): command}
        )
    return found


PLACES = {
    "src/portfolioopt/studies, as a module": modules(portfolioopt.studies) - set(FRAME),
    "src/portfolioopt/command, as a module": modules(portfolioopt.command),
    "command/app.py, as a command": set(commands()),
    "docs, as a page": {page.stem for page in (ROOT / "docs").glob("*.md")},
    "tests/studies, as a test": {test.stem[5:] for test in (ROOT / "tests" / "studies").glob("test_*.py")},
    "portfolioopt.__all__, as a function": set(portfolioopt.__all__),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_study_is_in_its_places(place: str) -> None:
    missing = set(STUDIES) - PLACES[place]
    assert not missing, f"missing in {place}: {', '.join(sorted(missing))}"


def test_every_module_of_the_studies_is_a_study_or_the_frame() -> None:
    unknown = PLACES["src/portfolioopt/studies, as a module"] - set(STUDIES)
    assert not unknown, f"neither in STUDIES nor in FRAME: {', '.join(sorted(unknown))}"


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_has_its_function_its_answer_and_its_report(study: str) -> None:
    home = import_module(f"portfolioopt.studies.{study}")
    assert inspect.isfunction(getattr(home, study))
    assert getattr(portfolioopt, study) is getattr(home, study)
    assert "about" in home.ANSWER.__dataclass_fields__
    assert inspect.isfunction(home.ANSWER.tables)
    assert inspect.isfunction(import_module(f"portfolioopt.command.{study}").report)


@pytest.mark.parametrize("study", STUDIES)
def test_every_command_of_a_study_has_the_options_that_all_have(study: str) -> None:
    options = {option for parameter in commands()[study].params for option in parameter.opts}
    common = {"--time-limit", "--solve-limit", "--gap", "--seed", "--json", "--out", "--quiet", "--no-verify"}
    missing = common - options
    assert not missing, f"{study} lacks {', '.join(sorted(missing))}"
