"""The same variations of an instance three ways: a loop of commands, a sweep in one process, a sweep on two."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.answers import Answer, Watch
from benchmarks.stage import Limits, Stage

if TYPE_CHECKING:
    from portfolioopt.studies.sweep import Design

POINTS, FEW = 60, 2
"""Variations, and those at the size of the tests."""
WORK = 10.0
"""Work that each solve may take: the same for all three, and the same end on every machine."""
PROCESSES = 2


def loop_of_commands(stage: Stage, limits: Limits) -> Answer:
    """`portfolioopt solve` for each variation, a process each, from cold."""
    design = _design(stage, limits)
    watch = Watch()
    with tempfile.TemporaryDirectory(prefix="portfolioopt-benchmark-") as folder:
        for trial in design.trials:
            edits = [f"--set={path}={level}" for path, level in zip(design.inputs, trial.levels, strict=True)]
            command = ["solve", str(stage.file), *edits, "--out", f"{folder}/run", "--quiet"]
            command += ["--gap", str(limits.gap), "--work-limit", str(WORK), "--time-limit", str(limits.seconds)]
            subprocess.run(
                [sys.executable, "-m", "portfolioopt", *command],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
    return Answer(*watch.read, ended=f"{len(design.trials)} commands")


def one_process(stage: Stage, limits: Limits) -> Answer:
    """The sweep in this process."""
    return _swept(stage, limits, "serial", None)


def two_processes(stage: Stage, limits: Limits) -> Answer:
    """The sweep on two processes of this machine, their start included."""
    return _swept(stage, limits, "loky", PROCESSES)


def _swept(stage: Stage, limits: Limits, engine: str, workers: int | None) -> Answer:
    from portfolioopt import Means, sweep
    from portfolioopt.points import Where

    instance, design = stage.instance, _design(stage, limits)
    means = Means(time_limit=float("inf"), gap=limits.gap, work_limit=WORK, seed=limits.seed)
    watch = Watch()
    with tempfile.TemporaryDirectory(prefix="portfolioopt-benchmark-") as folder:
        found = sweep(instance, design, means=means, where=Where(engine, workers), folder=Path(folder))
    solved = len(found.solved) - 1
    reached = sum(1 for point in found.points[1:] if point.status in ("optimal", "infeasible"))
    return Answer(*watch.read, ended=f"{solved} points and their base, {reached} to the gap")


def _design(stage: Stage, limits: Limits) -> "Design":
    from portfolioopt.studies.sweep import range_of, sample

    varied = [range_of("capital.budget", "x0.9", "x1.1"), range_of("discount_rate", "x0.9", "x1.1")]
    return sample(varied, FEW if stage.tiny else POINTS, limits.seed)
