"""Every case goes through every phase of every installed engine, at a tiny size: untimed, only that it works."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cases import Case, cases
from benchmarks.measure import run_jobs
from benchmarks.registry import ENGINES, OURS, PREPARE, WORKS, WRITE_MPS, Work
from benchmarks.worker import Job

LIMIT = 2.0
PATIENCE = 120.0


def different() -> Iterator[Case]:
    """Cases that differ at the tiny size, or in what is done with them."""
    seen = set()
    for case in cases().values():
        tiny = str(case.tiny) if isinstance(case.tiny, Path) else json.dumps(case.tiny(1), default=str)
        key = tiny, tuple(work.key for work in WORKS if work.is_for(case))
        if key not in seen:
            seen.add(key)
            yield case


CHOSEN = tuple(different())


def job(case: Case, work: Work, folder: Path) -> Job:
    return Job(case.name, work.phase, work.engine, 1, LIMIT, str(folder / case.name), tiny=True)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every case lies ready."""
    folder = tmp_path_factory.mktemp("stages")
    jobs = []
    for case in CHOSEN:
        (folder / case.name).mkdir()
        jobs += [job(case, work, folder) for work in (PREPARE, WRITE_MPS) if case.whole or not work.whole]
    ran = run_jobs(jobs, PATIENCE)
    assert [done.error for done in ran.answers] == [""] * len(jobs), ran.said
    return folder


@pytest.mark.parametrize("engine", ENGINES)
def test_every_case_goes_through_every_phase_of_an_engine(engine: str, stages: Path) -> None:
    mine = [work for work in WORKS if work.engine == engine]
    if not all(work.installed for work in mine):
        pytest.skip(f"{mine[0].needs} is not installed")
    pairs = [(case, work) for case in CHOSEN for work in mine if work.is_for(case) and (case.whole or not work.whole)]
    ran = run_jobs([job(case, work, stages) for case, work in pairs], PATIENCE)
    assert len(ran.answers) == len(pairs), ran.said
    for (case, work), done in zip(pairs, ran.answers, strict=True):
        about = f"{case.name}: {work.phase} by {engine}"
        assert not done.error, f"{about}: {done.error}"
        answer = done.answer
        assert answer is not None
        assert answer.seconds > 0, about
        if work.phase == "solve":
            assert answer.value is not None, about
            assert answer.bound is not None, about
            assert answer.bound >= answer.value - 1e-4 * max(abs(answer.value), 1), about
            last = answer.points[-1]
            assert (last.value, last.bound) == pytest.approx((answer.value, answer.bound), rel=1e-5), about
            assert engine != OURS or answer.audited, about


def test_what_a_phase_is_measured_against_comes_before_it() -> None:
    before: set[tuple[str, str]] = set()
    for work in WORKS:
        assert not work.against or (work.phase, work.against) in before
        before.add(work.key)
    assert len(before) == len(WORKS)
