"""Each measurement in a process of its own, one at a time, with its wall and CPU seconds and its peak memory."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cases import Case
from benchmarks.memory import peak_memory_mb
from benchmarks.records import Record, machine, versions
from benchmarks.registry import PREPARE, SCIP, WRITE_MPS, Work
from benchmarks.worker import AUDIT, X_FILE, Done, Job, from_line

ROOT = Path(__file__).parents[1]
GRACE = 300.0
"""Seconds beyond its time limits after which a process is ended."""
LOOK = 0.05
"""Seconds between looks at a process."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Ran:
    """What came of a process."""

    answers: tuple[Done, ...]
    seconds: float
    cpu_seconds: float
    peak_memory_mb: float | None
    killed: bool
    said: str
    """the last line of what it wrote to its error stream"""


def run_jobs(jobs: Sequence[Job], patience: float) -> Ran:
    """All jobs in one new process, which is ended after so many seconds."""
    with tempfile.TemporaryDirectory(prefix="portfolioopt-benchmark-") as folder:
        asked, answered, heard = Path(folder, "jobs.json"), Path(folder, "answers.jsonl"), Path(folder, "said")
        asked.write_text(json.dumps([asdict(job) for job in jobs]), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.worker", str(asked), str(answered)]
        began = time.perf_counter()
        with heard.open("w", encoding="utf-8") as errors:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **ONE_THREAD}, stdout=subprocess.DEVNULL, stderr=errors
            )
            killed, peak, cpu = _watched(process, began + patience)
        seconds = time.perf_counter() - began
        lines = answered.read_text(encoding="utf-8").splitlines() if answered.exists() else []
        told = heard.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    answers = tuple(map(from_line, lines))
    known = [mark for mark in (peak, *(done.peak_memory_mb for done in answers)) if mark is not None]
    return Ran(answers, seconds, cpu, max(known, default=None), killed, told[-1] if told else "")


def _watched(process: "subprocess.Popen[bytes]", deadline: float) -> tuple[bool, float | None, float]:
    """Waits for the end of a process, or ends it; whether it was ended, its peak memory and CPU seconds."""
    killed, peak = False, None
    try:
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                process.returncode = os.waitstatus_to_exitcode(status)
                return killed, peak, used.ru_utime + used.ru_stime
            peak = peak_memory_mb(process.pid) or peak
            if not killed and time.perf_counter() > deadline:
                process.kill()
                killed = True
            time.sleep(LOOK)
    finally:
        if process.returncode is None:
            process.kill()


@dataclass(frozen=True)
class Plan:
    """What to measure on every case."""

    works: tuple[Work, ...]
    seed: int = 1
    time_limit: float | None = None
    """seconds of a solve; each case's own if not given"""
    data: Path | None = None
    audit: bool = True
    """whether the plans of peers are put before our audit"""
    tiny: bool = False


def measure_cases(chosen: Sequence[Case], plan: Plan) -> Iterator[Record]:
    """Records as they come, all of one run."""
    run = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    used, here = versions(), machine()
    for case in chosen:
        for record in _measure(case, plan, run):
            yield replace(record, versions=used, machine=here)


def _measure(case: Case, plan: Plan, run: str) -> Iterator[Record]:
    limit = case.time_limit if plan.time_limit is None else plan.time_limit
    works = [work for work in plan.works if work.is_for(case)]

    def empty(work: Work, outcome: str, ended: str = "") -> Record:
        return Record(run, case.name, *work.key, plan.seed, limit, outcome, ended=ended, tiny=plan.tiny)

    if case.file and (plan.data is None or not (plan.data / case.file).exists()) and not plan.tiny:
        yield from (empty(work, "no data", f"{case.file} is read from the folder given with --data") for work in works)
        return
    able = [work for work in works if work.installed and (case.whole or not work.whole)]
    folder = Path(tempfile.mkdtemp(prefix="portfolioopt-benchmark-"))
    try:
        job = Job(case.name, "", "", plan.seed, limit, str(folder), str(plan.data or ""), plan.tiny)
        first = [PREPARE] if able else []
        if any(work.engine == SCIP for work in able):
            first.append(WRITE_MPS)
        ready = run_jobs([_asked(job, work) for work in first], 10 * GRACE)
        size: dict[str, int] = {}
        wrong = next((done.error for done in ready.answers if done.error), "")
        if len(ready.answers) < len(first):
            wrong = ready.said or "the instance could not be made ready"
        if ready.answers and ready.answers[0].answer is not None:
            size = ready.answers[0].answer.size
        for work in works:
            if not work.installed:
                yield empty(work, "not installed", work.needs)
            elif work not in able:
                yield empty(work, "left out", "the whole matrix is not written at this size")
            elif wrong:
                yield empty(work, "failed", wrong)
            else:
                yield replace(_one(_asked(job, work), empty(work, "measured"), plan), size=size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _asked(job: Job, work: Work) -> Job:
    return replace(job, phase=work.phase, engine=work.engine)


def _one(job: Job, record: Record, plan: Plan) -> Record:
    """One measurement, and the audit's word on what a peer found."""
    solution = Path(job.folder) / X_FILE
    solution.unlink(missing_ok=True)
    ran = run_jobs([job], 2 * job.time_limit + GRACE)
    record = replace(
        record,
        process_seconds=round(ran.seconds, 3),
        process_cpu_seconds=round(ran.cpu_seconds, 3),
        peak_memory_mb=ran.peak_memory_mb,
    )
    if ran.killed:
        return replace(record, outcome="killed", ended="did not end by itself")
    done = ran.answers[0] if ran.answers else Done(None, None, ran.said or "ended without an answer")
    if done.answer is None:
        return replace(record, outcome="failed", ended=done.error)
    answer = done.answer
    record = replace(
        record,
        seconds=answer.seconds,
        cpu_seconds=answer.cpu_seconds,
        value=answer.value,
        bound=answer.bound,
        audited=answer.audited,
        ended=answer.ended,
        points=answer.points,
    )
    if plan.audit and solution.exists():
        phase, engine = AUDIT
        judged = run_jobs([replace(job, phase=phase, engine=engine)], 10 * GRACE)
        found = judged.answers[0].answer if judged.answers else None
        if found is not None:
            record = replace(record, audited=found.audited)
            if found.value is not None:
                record = replace(record, value=found.value)
    return record
