"""One process for one engine: does the jobs it is given and writes what came of each, as soon as it is known.

python -m benchmarks.worker JOBS.json ANSWERS.jsonl
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.answers import Answer
from benchmarks.cases import cases
from benchmarks.curve import Point
from benchmarks.engines import ours
from benchmarks.memory import peak_memory_mb
from benchmarks.registry import PREPARE, WORKS, WRITE_MPS, Work
from benchmarks.stage import Limits, Stage

AUDIT = ("audit", "portfolioopt")
"""The key of the job that judges a peer's solution; it is not measured."""
X_FILE = "x.npy"


@dataclass(frozen=True)
class Job:
    """What to do, in a form that fits into JSON."""

    case: str
    phase: str
    engine: str
    seed: int
    time_limit: float
    folder: str
    """holds the stage: the instance file, the matrix, a peer's solution"""
    data: str = ""
    tiny: bool = False


@dataclass(frozen=True)
class Done:
    """An answer without x, or the error in its place; and the most memory that the process had held by then."""

    answer: Answer | None
    peak_memory_mb: float | None
    error: str = ""


def do(job: Job) -> Answer:
    """One job; a solution is left in the stage's folder."""
    case = cases(Path(job.data) if job.data else None)[job.case]
    folder = Path(job.folder)
    stage = Stage(case, job.seed, folder, job.tiny)
    if (job.phase, job.engine) == AUDIT:
        accepted, value = ours.judge(stage, np.load(folder / X_FILE))
        return Answer(0.0, 0.0, value if accepted else None, audited=accepted)
    limits = Limits(job.time_limit, job.seed, case.gap, repeats=1 if job.tiny else 5)
    answer = work_of(job.phase, job.engine).do(stage, limits)
    if answer.x is not None:
        np.save(folder / X_FILE, answer.x)
    return answer


def work_of(phase: str, engine: str) -> Work:
    """The registered work of that name."""
    return next(work for work in (*WORKS, PREPARE, WRITE_MPS) if work.key == (phase, engine))


def to_line(done: Done) -> str:
    """One line of JSON."""
    raw: dict[str, Any] = {"peak_memory_mb": done.peak_memory_mb, "error": done.error, "answer": None}
    if done.answer is not None:
        answer = asdict(done.answer)
        del answer["x"]
        raw["answer"] = answer
    return json.dumps(raw)


def from_line(line: str) -> Done:
    """What `to_line` wrote."""
    raw = json.loads(line)
    answer = raw["answer"]
    if answer is not None:
        points = tuple(Point(**point) for point in answer.pop("points"))
        answer = Answer(**answer, points=points)
    return Done(answer, raw["peak_memory_mb"], raw["error"])


def main(jobs_file: Path, answers_file: Path) -> None:
    """Every job in turn; one that fails is told and does not stop the others."""
    jobs = [Job(**raw) for raw in json.loads(jobs_file.read_text(encoding="utf-8"))]
    with answers_file.open("w", encoding="utf-8") as file:
        for job in jobs:
            try:
                done = Done(do(job), peak_memory_mb())
            except Exception as error:
                done = Done(None, peak_memory_mb(), f"{type(error).__name__}: {error}")
            file.write(to_line(done) + "\n")
            file.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
