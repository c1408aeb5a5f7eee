"""`mpiexec -n 3 portfolioopt hedge`, for real: real processes, real mpi-sppy, real solver.

Every run has a limit of time here, and what it started ends with it, so that no test can hang.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.portfolios import realistic
from portfolioopt import Instance, read_instance, solve
from portfolioopt.language.writing import to_yaml
from portfolioopt.runs import read_run

ROOT = Path(__file__).parents[2]
TWO_DEALS, FIVE_DEALS = ROOT / "instances" / "two_deals", ROOT / "instances" / "five_deals"
MPIEXEC = Path(sys.executable).with_name("mpiexec")
LONGEST = 200.0
"""Seconds that a run may take, on a machine that is busy with others."""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


def started(folder: Path, processes: int, *arguments: object) -> "subprocess.Popen[str]":
    """`mpiexec -n PROCESSES portfolioopt hedge ARGUMENTS`, in a folder."""
    command = [sys.executable, "-m", "portfolioopt", "hedge", *map(str, arguments)]
    launcher = [str(MPIEXEC), "-n", str(processes)] if processes else []
    return subprocess.Popen(
        [*launcher, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(run: "subprocess.Popen[str]") -> Ended:
    try:
        out, err = run.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        raise
    return Ended(run.returncode, out, err)


def hedged(folder: Path, processes: int, *arguments: object) -> Ended:
    return ended(started(folder, processes, *arguments))


def optimum(instance: Instance, model: str = "expected_value") -> float:
    exact = solve(instance, model, gap=0)
    assert exact.status == "optimal"
    assert exact.objective is not None
    return exact.objective


def test_five_deals_ends_with_the_exact_answer_and_one_voice(tmp_path: Path) -> None:
    run = hedged(tmp_path, 3, FIVE_DEALS, "--time-limit", "150", "--json", "--out", "run")
    assert run.code == 0, run.err
    result, exact = run.result, optimum(read_instance(FIVE_DEALS))
    assert result["status"] == "optimal"
    assert result["objective"] <= exact + 1e-6
    assert result["bound"] >= exact - 1e-9 * abs(exact)
    assert result["gap"] <= 1e-4
    assert result["verified"] is True
    assert result["verification"]["said"].startswith("Verified: two runs of every scenario")
    assert result["options"]["method"] == "progressive hedging"
    assert result["options"]["processes"] == 3
    # the first process alone speaks and writes: one document, one line, one folder
    assert run.err == "run saved in run\n"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert read_run(tmp_path / "run").audit is not None
    assert "Iter." in (tmp_path / "run" / "solver.log").read_text()


def test_a_generated_tree_is_shared_between_six_processes(tmp_path: Path) -> None:
    written = realistic(3, partnerships=4, years=7, scenarios=4)
    (tmp_path / "instance.json").write_text(json.dumps(written))
    run = hedged(tmp_path, 6, "instance.json", "--gap", "0.002", "--time-limit", "150", "--json", "--out", "run")
    assert run.code == 0, run.err
    result, exact = run.result, optimum(Instance.model_validate(written))
    assert result["options"]["processes"] == 6
    assert result["objective"] <= exact + 1e-6
    assert result["bound"] >= exact - 1e-9 * abs(exact)
    assert result["gap"] <= 0.01


@pytest.mark.parametrize("limit", [0.2, 4.0])
def test_a_limit_of_time_that_is_too_short_is_kept_and_what_is_known_is_told(tmp_path: Path, limit: float) -> None:
    facts = Instance.model_validate(realistic(3, partnerships=20, years=8, scenarios=48))
    (tmp_path / "facts.yaml").write_text(to_yaml(facts), encoding="utf-8")
    run = hedged(tmp_path, 3, "facts.yaml", "--time-limit", limit, "--gap", 0, "--out", "found", "--json")
    assert run.code == 0, run.err
    found = run.result
    assert found["status"] == "feasible"
    assert found["stop_reason"].startswith("time limit")
    timings = json.loads((tmp_path / "found" / "manifest.json").read_text(encoding="utf-8"))["timings"]
    # two audits of all scenarios come on top of a limit that is over before it has begun; CI is slow
    assert timings["total"] < limit + 8


def test_a_measure_of_risk_is_bounded_from_the_right_side(tmp_path: Path) -> None:
    run = hedged(tmp_path, 3, TWO_DEALS, "-m", "risk_averse", "--gap", "0.001", "--json", "--out", "run")
    assert run.code == 0, run.err
    result, exact = run.result, optimum(read_instance(TWO_DEALS), "risk_averse")
    assert result["objective"] <= exact + 1e-6
    assert result["bound"] >= exact - 1e-9 * abs(exact)
    assert result["gap"] <= 0.01
    assert (result["status"] == "optimal") == (result["gap"] <= 1e-3)


def test_where_a_scenario_has_no_plan_the_limits_that_clash_are_named(tmp_path: Path) -> None:
    run = hedged(tmp_path, 3, FIVE_DEALS, "--set", "requirements.cells.at_least=500", "--json", "--out", "run")
    assert run.code == 4, run.err
    assert run.result["status"] == "infeasible"
    assert "cells" in run.result["conflict"]
    assert "no plan keeps all limits in" in run.result["stop_reason"]
    assert "as if it were sure to come" in run.result["verification"]["said"]


def test_faults_of_the_input_are_told_once_and_nobody_waits(tmp_path: Path) -> None:
    run = hedged(tmp_path, 3, FIVE_DEALS, "--set", "discount_rate=high")
    assert run.code == 3
    assert run.out == ""
    assert run.err.count("must be a number, not 'high'") == 1


@pytest.mark.parametrize(("processes", "said"), [(0, "there is 1:"), (2, "there are 2:")])
def test_other_numbers_of_processes_are_refused_with_what_to_type(tmp_path: Path, processes: int, said: str) -> None:
    run = hedged(tmp_path, processes, FIVE_DEALS)
    assert run.code == 2
    assert run.out == ""
    assert run.err.count(said) == 1
    assert "mpiexec -n 3 portfolioopt hedge" in run.err


@pytest.mark.slow
def test_ctrl_c_keeps_the_best_plan(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text(json.dumps(realistic(5, partnerships=14, years=8, scenarios=6)))
    run = started(tmp_path, 3, "instance.json", "--gap", "0", "--time-limit", "300", "--json", "--out", "run")
    time.sleep(60)  # a busy machine takes its time to begin
    assert run.poll() is None, run.communicate()
    run.send_signal(signal.SIGINT)
    stopped = ended(run)
    assert stopped.code == 130, stopped.err
    result = read_run(tmp_path / "run")
    assert result.stop_reason == "interrupted"
    assert result.audit is not None


def test_help_and_import_start_no_mpi() -> None:
    code = (
        "import sys, portfolioopt, portfolioopt.hedging.hedge; from portfolioopt.command import run; "
        "run(['hedge', '--help']); sys.exit(any(name.split('.')[0] in ('mpi4py', 'mpisppy') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=LONGEST)
    assert done.returncode == 0
    assert "mpiexec -n 3" in done.stdout
