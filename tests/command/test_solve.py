"""The command around a solve; the solve itself is replaced by one that returns what the test asks for."""

import io
import json
import math
import sys
from types import ModuleType, SimpleNamespace

import pytest

from portfolioopt.command import run
from portfolioopt.command.solve import ProgressLine, progress_line
from portfolioopt.result import Result
from portfolioopt.runs import read_run
from result_samples import TWO_DEALS, infeasible, solved


@pytest.fixture
def solver(monkeypatch, tmp_path):
    """A solve that returns `solver.result`, and remembers what it was called with."""
    monkeypatch.chdir(tmp_path)
    state = SimpleNamespace(result=solved(), called=None)

    def solve(instance, model, **options):
        state.called = SimpleNamespace(instance=instance, model=model, **options)
        return state.result

    module = ModuleType("portfolioopt.solving")
    module.solve = solve
    monkeypatch.setitem(sys.modules, "portfolioopt.solving", module)
    return state


def test_a_plan_is_shown_saved_and_ends_with_0(solver, tmp_path, capsys):
    assert run(["solve", str(TWO_DEALS)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("two-deals  ")
    folder = tmp_path / err.split("run saved in ")[1].strip()
    assert read_run(folder) == solver.result
    command = json.loads((folder / "manifest.json").read_text())["command"]
    assert command == sys.argv


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (lambda: solved(status="feasible", stop_reason="time limit"), 0),
        (infeasible, 4),
        (lambda: infeasible((), status="no_plan", stop_reason="time limit"), 5),
        (lambda: solved(status="feasible", stop_reason="interrupted"), 130),
        (lambda: infeasible((), status="no_plan", stop_reason="interrupted"), 130),
    ],
)
def test_the_exit_code_tells_how_it_ended_and_the_run_is_saved_anyway(solver, tmp_path, result, code):
    solver.result = result()
    assert run(["solve", str(TWO_DEALS), "--out", "here"]) == code
    assert read_run(tmp_path / "here") == solver.result


def test_json_prints_the_result_and_nothing_else(solver, capsys):
    assert run(["solve", str(TWO_DEALS), "--json"]) == 0
    assert Result.from_json(capsys.readouterr().out) == solver.result


def test_quiet_prints_only_where_the_run_is(solver, capsys):
    assert run(["solve", str(TWO_DEALS), "--quiet", "--out", "here"]) == 0
    assert capsys.readouterr() == ("", "run saved in here\n")


def test_options_reach_the_solver_and_only_those_given(solver):
    run(["solve", str(TWO_DEALS), "--gap", "0.01", "--time-limit", "5", "--threads", "2", "--seed", "7", "--no-verify"])
    called = vars(solver.called)
    assert {name: called[name] for name in ("gap", "time_limit", "threads", "seed", "verify")} == {
        "gap": 0.01, "time_limit": 5.0, "threads": 2, "seed": 7, "verify": False,
    }  # fmt: skip
    run(["solve", str(TWO_DEALS)])
    assert vars(solver.called).keys() == {"instance", "model", "verify", "progress"}
    assert solver.called.verify is True


def test_settings_change_the_instance_and_a_file_gives_the_model(solver, tmp_path):
    (tmp_path / "mine.yaml").write_text("format: portfolioopt-model/1\nname: mine\n")
    run(["solve", str(TWO_DEALS), "--set", "discount_rate=0.2", "--model", "mine.yaml"])
    assert str(solver.called.instance.discount_rate) == "0.2"
    assert solver.called.model.name == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere.yaml"],
        [str(TWO_DEALS), "--set", "discount_rate=high"],
        [str(TWO_DEALS), "--model", "unfit.yaml"],
        [str(TWO_DEALS), "--out", "taken"],
    ],
)
def test_input_that_cannot_be_used_is_told_before_the_solve(solver, tmp_path, capsys, arguments):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("x")
    (tmp_path / "unfit.yaml").write_text("format: portfolioopt-model/1\nlimits: {elsewhere: {price: 1}}\n")
    assert run(["solve", *arguments]) == 3
    assert solver.called is None
    out, err = capsys.readouterr()
    assert out == ""
    assert err


def test_what_was_found_is_told_even_where_it_cannot_be_saved(solver, tmp_path, capsys, monkeypatch):
    from portfolioopt import runs

    monkeypatch.setattr(runs, "_fill", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert run(["solve", str(TWO_DEALS)]) == 3
    out, err = capsys.readouterr()
    assert "Road map" in out
    assert "No space left on device" in err


def test_there_is_no_progress_where_nobody_watches(solver):
    run(["solve", str(TWO_DEALS)])
    assert solver.called.progress is None


def test_a_terminal_gets_a_line_of_progress(solver, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    run(["solve", str(TWO_DEALS)])
    assert solver.called.progress is not None
    assert "preparing: 0 s" in terminal.getvalue()


@pytest.mark.parametrize(
    ("value", "bound", "gap", "line"),
    [
        (1143.56, 1168.0, 0.0214, "search: value 1,143.6, bound 1,168.0, gap 2.14%, 12 s"),
        (None, 1168.0, None, "search: bound 1,168.0, 12 s"),
        (0.0, None, None, "search: value 0.0, 12 s"),
        (-math.inf, math.inf, math.inf, "search: 12 s"),
    ],
)
def test_progress_tells_value_bound_gap_and_time(value, bound, gap, line):
    assert progress_line(sight("search", value, bound, gap), 12.3) == line


def sight(phase, value=None, bound=None, gap=None):
    return SimpleNamespace(phase=phase, value=value, bound=bound, gap=gap)


def test_the_seconds_run_on_while_nothing_is_heard_and_phases_change():
    now = [100.0]
    line = ProgressLine(lambda: now[0])
    now[0] = 103.0
    assert line.text() == "preparing: 3 s"
    line(sight("LP relaxation"))
    now[0] = 104.2
    assert line.text() == "LP relaxation: 4 s"
    line(sight("cores", 5.0, 6.0, 0.2))
    now[0] = 109.0
    assert line.text() == "cores: value 5.0, bound 6.0, gap 20.00%, 9 s"


def test_after_ctrl_c_the_line_says_so_whatever_else_is_heard():
    line = ProgressLine(lambda: 0.0)
    line(sight("stopping", 5.0))
    line(sight("search", 5.0, 6.0))
    assert line.text() == ("stopping; the best plan so far is being audited (press Ctrl-C again to give up), 0 s")


def test_help_does_not_load_the_solver(capsys):
    before = {name for name in ("pyomo", "highspy", "pandas") if name in sys.modules}
    assert run(["solve", "--help"]) == 0
    assert {name for name in ("pyomo", "highspy", "pandas") if name in sys.modules} == before
    assert "--time-limit" in capsys.readouterr().out
