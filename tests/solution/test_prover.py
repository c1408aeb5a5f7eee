"""A prover beside the search: it proves, takes over plans, tells its own, and may die without harm."""

import math
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.portfolios import realistic
from engine_samples import formulated, objective_of, solved
from portfolioopt.solution import prover as provers
from portfolioopt.solution import strategies
from portfolioopt.solution.highs import Run, Settings, run
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.prover import Prover
from portfolioopt.solution.proving_apart import Alone, Beside, Meanwhile
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.search import Search, cores, divided
from portfolioopt.solution.stop import Stop

SMALL = realistic(3, 4, 4, 3)
LARGER = realistic(4, 14, 7, 3)


def started(program: Program, seconds: float = 60.0) -> Prover:
    prover = Prover.start(program, Settings("test", seed=1, gap=1e-6), -math.inf, seconds)
    assert prover is not None
    return prover


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    late = time.perf_counter() + seconds
    while not condition():
        assert time.perf_counter() < late
        time.sleep(0.02)


def ended(prover: Prover) -> Run:
    until(lambda: not prover.alive)
    assert prover.ended is not None
    return prover.ended


def test_it_ends_with_what_a_run_in_this_process_would_say() -> None:
    program = hand_over(formulated(SMALL), hair=Settings.hair)
    here = run(program, Settings(seed=1, gap=1e-6), Stop())
    prover = started(program)
    there = ended(prover)
    assert (there.ending, there.value) == ("optimal", pytest.approx(here.value))
    best = max(prover.news(), key=lambda found: found[1])
    assert best[1] == pytest.approx(here.value)
    assert len(best[0]) == program.width
    prover.end()


def test_its_bounds_hold_for_every_plan_and_it_takes_over_a_better_one() -> None:
    formulation = formulated(LARGER)
    best = run(hand_over(formulation, hair=Settings.hair), Settings(gap=1e-4), Stop(time.perf_counter() + 60))
    program = hand_over(formulation, hair=Settings.hair)
    assert best.x is not None
    prover = started(program)
    prover.offer(program.whole(best.x))
    told: list[float] = []
    while prover.alive:
        told.append(prover.bound)
        time.sleep(0.01)
    assert all(bound >= best.value - 1e-6 * abs(best.value) for bound in told)
    assert ended(prover).value >= best.value - 1e-6 * abs(best.value)
    assert "X" in {line[:2].strip() for line in prover.log.splitlines()}  # a solution of the user's
    prover.end()


def test_a_plan_that_uses_what_was_left_out_is_not_offered() -> None:
    formulation = formulated(SMALL)
    kept = np.ones(len(formulation.lower), dtype=bool)
    left_out = formulation.takes - 1
    kept[left_out] = False
    program = hand_over(formulation, kept)
    full = np.zeros(len(formulation.lower))
    assert program.within(full) is not None
    full[left_out] = 1.0
    assert program.within(full) is None


def test_it_can_be_ended_at_any_time_at_once() -> None:
    prover = started(hand_over(formulated(realistic(4, 30, 10, 4)), hair=Settings.hair))
    time.sleep(1.0)
    began = time.perf_counter()
    prover.end()
    assert time.perf_counter() - began < 2
    until(lambda: not prover.alive, 5)
    prover.end()


def test_where_no_process_can_be_had_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    program = hand_over(formulated(SMALL))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert Prover.start(program, Settings(), -math.inf, 5) is None
    monkeypatch.setattr(sys, "executable", "")
    assert Prover.start(program, Settings(), -math.inf, 5) is None


@pytest.fixture
def beside_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models are not solved whole, so that the prover is seen at work."""
    monkeypatch.setattr(strategies, "SMALL", 0)


@pytest.mark.usefixtures("beside_at_once")
@pytest.mark.parametrize("seed", range(4))
def test_two_cores_find_what_one_finds(seed: int) -> None:
    written = realistic(seed, 8, 6, 3)
    one, two = (solved(written, threads=threads, time_limit=120, gap=1e-6) for threads in (1, 2))
    assert (two.status, two.verified) == ("optimal", True)
    assert float(objective_of(two)) == pytest.approx(float(objective_of(one)), rel=1e-6)
    assert two.options["threads"] == 2


@pytest.mark.usefixtures("beside_at_once")
@pytest.mark.parametrize("how", ["dies", "never starts", "tells nonsense"])
def test_a_prover_that_fails_costs_nothing_but_its_help(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    start = Prover.start
    killed: list[Prover] = []

    def failing(*given: Any) -> Prover | None:
        if how == "never starts":
            return None
        if how == "tells nonsense":
            monkeypatch.setattr(provers, "MODULE", "this")  # prints a poem
        prover = start(*given)
        if how == "dies" and prover is not None and prover._process is not None:
            os.kill(prover._process.pid, signal.SIGKILL)
            killed.append(prover)
        return prover

    monkeypatch.setattr(Prover, "start", staticmethod(failing))
    written = realistic(2, 8, 6, 3)
    result = solved(written, threads=2, time_limit=120, gap=1e-6)
    assert result.status == "optimal"
    assert float(objective_of(result)) == pytest.approx(float(objective_of(solved(written, threads=1))), rel=1e-4)
    assert killed or how != "dies"


@pytest.mark.usefixtures("beside_at_once")
def test_none_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Prover] = []
    start = Prover.start

    def watched(*given: Any) -> Prover | None:
        prover = start(*given)
        assert prover is not None
        begun.append(prover)
        return prover

    monkeypatch.setattr(Prover, "start", staticmethod(watched))
    solved(realistic(4, 30, 8, 3), threads=2, time_limit=3)
    assert begun
    for prover in begun:
        assert prover._process is not None
        assert prover._process.returncode is not None


@pytest.mark.usefixtures("beside_at_once")
@pytest.mark.parametrize("shape", [(5, 12, 7, 4), (3, 14, 8, 4), (9, 14, 8, 3)])
def test_scenarios_proven_apart_lead_to_the_same(
    shape: tuple[int, int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strategies, "VERY_WIDE", -1.0)
    monkeypatch.setattr(strategies, "CORES_APART", ())
    seen: list[Search] = []
    whole = strategies.prove_apart

    def watched(search: Search, stop: Stop) -> None:
        seen.append(search)
        whole(search, stop)
        assert search.bound >= search.value

    waited: list[float] = []
    going_on = Meanwhile.go_on

    def seeking(meanwhile: Meanwhile, every: list[Alone], beside: Beside, stop: Stop) -> None:
        before = meanwhile.search.value
        going_on(meanwhile, every, beside, stop)
        waited.append(meanwhile.waited)
        assert meanwhile.search.value >= before

    monkeypatch.setattr(strategies, "prove_apart", watched)
    monkeypatch.setattr(Meanwhile, "go_on", seeking)
    written = realistic(*shape)
    result = solved(written, threads=2, time_limit=120, gap=1e-4)
    assert (result.status, result.verified) == ("optimal", True)
    assert seen
    assert waited
    assert float(objective_of(result)) == pytest.approx(float(objective_of(solved(written, threads=1))), rel=2e-4)


def test_cores_are_divided_between_search_and_prover() -> None:
    assert divided(1, counted=False) == (1, 0)
    assert divided(2, counted=False) == (1, 1)
    assert divided(5, counted=False) == (1, 4)
    assert divided(None, counted=False) == (1, min(2, cores()) - 1)
    assert divided(None, counted=True) == (1, 0)
    assert divided(3, counted=True) == (3, 0)
