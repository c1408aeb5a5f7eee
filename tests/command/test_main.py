"""How commands end: exit codes, quiet pipes, one line for what is our fault."""

import subprocess
import sys
from pathlib import Path

import pytest

import portfolioopt.command.app
from portfolioopt import __version__
from portfolioopt.command import run
from portfolioopt.errors import EngineFault, UnknownOption


def failing(error: BaseException) -> object:
    def app(**_: object) -> None:
        raise error

    return app


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ZeroDivisionError("x"), 1, "our fault, not yours: ZeroDivisionError: x"),
        (OSError(28, "No space left on device"), 1, "portfolioopt: [Errno 28] No space left on device"),
        (EngineFault("the audit refuses the plan"), 1, "our fault, not yours: the audit refuses the plan"),
        (UnknownOption("there is no option fast"), 2, "there is no option fast"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_an_error_becomes_an_exit_code_and_a_plain_line(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PORTFOLIOOPT_DEBUG", raising=False)
    monkeypatch.setattr(portfolioopt.command.app, "app", failing(error))
    assert run(["models"]) == code
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told


def test_debug_shows_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolioopt.command.app, "app", failing(ZeroDivisionError("x")))
    with pytest.raises(ZeroDivisionError):
        run(["models", "--debug"])
    monkeypatch.setenv("PORTFOLIOOPT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["models"])


@pytest.mark.parametrize("arguments", [["nonsense"], ["validate"], ["validate", "a", "--nonsense"], ["schema", "x"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Error: " in capsys.readouterr().err


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"portfolioopt {__version__}\n"
    assert f'version = "{__version__}"' in (Path(__file__).parents[2] / "pyproject.toml").read_text()


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    for command in ("validate", "solve", "show", "models", "schema", "init", "--install-completion"):
        assert command in told


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from portfolioopt.command import run; run(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('pydantic', 'rich', 'numpy', 'pandas', 'pyomo', 'ruamel')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_a_reader_that_leaves_is_no_error() -> None:
    code = "from portfolioopt.command import main; import sys; sys.argv[1:] = ['schema']; main()"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portfolioopt", "--version"], capture_output=True, check=False, text=True
    )
    assert done.stdout == f"portfolioopt {__version__}\n"
