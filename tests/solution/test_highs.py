"""HiGHS under the numeric policy: options are read back, it can be stopped at any time, and is not believed blindly."""

import math
import threading
import time
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
import pytest

from audit.cases import case, deal, form
from engine_samples import Written, formulated
from enumeration.generators import random_instance
from portfolioopt import EngineFault
from portfolioopt.formulation.build import Formulation
from portfolioopt.solution import highs
from portfolioopt.solution.highs import Run, Settings, run
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.stop import Stop


def knapsack(items: int, rows: int = 4, seed: int = 0) -> Formulation:
    """A selection that takes HiGHS some time: as many deals, in that many scarce skills."""
    rng = np.random.default_rng(seed)
    use = rng.integers(10, 1000, size=(items, rows))
    partnerships: list[Written] = [
        deal(
            f"p{number}",
            {
                "on": {
                    "benefit": int(use[number].sum() + rng.integers(0, 30)),
                    "effort": {f"s{row}": int(use[number, row]) for row in range(rows)},
                }
            },
            (form(),),
        )
        for number in range(items)
    ]
    skills = {f"s{row}": {"capacity": int(use[:, row].sum() // 2)} for row in range(rows)}
    return formulated(case(*partnerships, skills=skills))


SMALL = hand_over(formulated(*random_instance(2)))
HARD = hand_over(knapsack(60))


def test_an_option_that_highs_does_not_know_is_our_fault() -> None:
    solver = highspy.Highs()
    with pytest.raises(EngineFault, match="no_such_option"):
        highs._set(solver, "no_such_option", 1)


@pytest.mark.parametrize(("option", "value"), [("threads", -3), ("presolve", "sometimes"), ("mip_rel_gap", -1.0)])
def test_a_value_that_highs_does_not_take_is_our_fault(option: str, value: Any) -> None:
    solver = highspy.Highs()
    with pytest.raises(EngineFault, match=option):
        highs._set(solver, option, value)


def watched_options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """All options that runs give to HiGHS from here on."""
    given: dict[str, Any] = {}
    put = highs._set

    def watched(solver: highspy.Highs, option: str, value: Any) -> None:
        given[option] = value
        put(solver, option, value)

    monkeypatch.setattr(highs, "_set", watched)
    return given


def test_the_numeric_policy_reaches_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    given = watched_options(monkeypatch)
    run(SMALL, Settings(presolve=False, seed=7, threads=2, gap=0.01, nodes=50), Stop(time.perf_counter() + 30))
    tolerances = [name for name in given if name.endswith("feasibility_tolerance")]
    assert len(tolerances) == 3
    assert {given[name] for name in tolerances} == {1e-9}
    expected = {"presolve": "off", "random_seed": 7, "threads": 2, "mip_rel_gap": 0.01, "mip_max_nodes": 50}
    assert {name: given[name] for name in expected} == expected
    assert given["mip_abs_gap"] == 1e-10
    assert 0 < given["time_limit"] <= 30


def test_with_patience_the_run_goes_on_beyond_the_asked_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    put = highs._set
    monkeypatch.setattr(
        highs, "_set", lambda solver, name, value: (given.update({name: value}), put(solver, name, value))
    )
    run(SMALL, Settings(gap=0.01, patience=1000), Stop())
    assert given["mip_rel_gap"] == 1e-10


def test_the_end_of_a_run_tells_value_bound_and_log() -> None:
    ended = run(SMALL, Settings(), Stop())
    assert (ended.ending, ended.gap_reached) == ("optimal", True)
    assert ended.x is not None
    assert ended.value == pytest.approx(ended.bound)
    value = float(SMALL.objective @ ended.x) * SMALL.objective_scale + SMALL.constant
    assert ended.value == value
    assert "Optimal" in ended.log
    assert ended.seconds > 0


def test_a_run_stops_at_the_gap_once_its_patience_is_over() -> None:
    patient = run(HARD, Settings(gap=0.2, patience=20), Stop(time.perf_counter() + 20))
    assert patient.gap_reached
    assert patient.x is not None
    assert patient.bound - patient.value <= 0.2 * patient.value


def test_a_deadline_stops_a_run_and_what_it_says_still_holds() -> None:
    began = time.perf_counter()
    ended = run(HARD, Settings(), Stop(began + 0.3))
    assert time.perf_counter() - began < 3
    longer = run(HARD, Settings(), Stop(time.perf_counter() + 1.5))
    assert ended.bound >= longer.value * (1 - 1e-9)
    assert ended.value <= longer.bound * (1 + 1e-9)


def test_a_deadline_that_is_over_leaves_no_plan_or_one_but_never_a_wrong_bound() -> None:
    ended = run(HARD, Settings(), Stop(time.perf_counter() - 1))
    assert ended.ending in ("stopped", "optimal")
    assert ended.bound >= ended.value or math.isinf(ended.bound)


def test_asking_stops_a_run_from_another_thread() -> None:
    stop = Stop()
    hard = hand_over(knapsack(90, 6, seed=1))
    threading.Timer(0.5, stop.asked.set).start()
    began = time.perf_counter()
    ended = run(hard, Settings(), stop)
    assert time.perf_counter() - began < 5
    assert ended.ending == "stopped"
    assert not ended.gap_reached
    assert ended.x is not None
    assert ended.bound > ended.value


def test_progress_is_told_in_the_units_of_the_instance() -> None:
    seen: list[tuple[float, float]] = []
    ended = run(HARD, Settings(gap=0.01), Stop(time.perf_counter() + 10), lambda *at: seen.append(at))
    assert seen
    assert all(value <= bound * (1 + 1e-9) for value, bound in seen)
    assert seen[-1][0] <= ended.value * (1 + 1e-9)


def test_the_relaxation_has_prices_and_a_value_no_plan_exceeds() -> None:
    relaxed = run(HARD, Settings(relaxed=True), Stop())
    assert relaxed.ending == "optimal"
    assert relaxed.row_dual is not None
    assert len(relaxed.row_dual) == len(HARD.rows)
    assert relaxed.bound == relaxed.value
    assert relaxed.value >= run(HARD, Settings(gap=0.01), Stop(time.perf_counter() + 10)).value


def infeasible() -> Program:
    formulation = formulated(*random_instance(2))
    lower = formulation.lower.copy()
    lower[: formulation.takes] = 1
    return hand_over(replace(formulation, lower=lower))


def test_a_model_without_solution_ends_infeasible_with_and_without_presolve() -> None:
    for presolve in (True, False):
        ended = run(infeasible(), Settings(presolve=presolve), Stop())
        assert (ended.ending, ended.x, ended.value, ended.bound) == ("infeasible", None, -math.inf, -math.inf)


def test_only_feasibility_is_asked_for_where_that_is_enough() -> None:
    ended = run(HARD, Settings(feasibility_only=True), Stop())
    assert ended.ending == "optimal"
    assert ended.x is not None
    assert run(infeasible(), Settings(feasibility_only=True), Stop()).ending == "infeasible"


@pytest.mark.parametrize("order", [(1, 2, 1), (2, 1, 2)])
def test_a_run_may_have_another_number_of_threads_than_the_one_before(order: tuple[int, ...]) -> None:
    values = [run(SMALL, Settings(threads=threads), Stop()) for threads in order]
    assert {ended.ending for ended in values} == {"optimal"}
    assert len({round(ended.value, 6) for ended in values}) == 1


def test_runs_in_several_threads_at_once_do_not_disturb_each_other() -> None:
    ended: list[Run] = []

    def work(threads: int) -> None:
        ended.extend(run(SMALL, Settings(threads=threads), Stop()) for _ in range(5))

    workers = [threading.Thread(target=work, args=(threads,)) for threads in (1, 2, 1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(ended) == 20
    assert {one.ending for one in ended} == {"optimal"}
    assert len({round(one.value, 6) for one in ended}) == 1


def test_a_run_that_fails_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highspy.Highs, "run", lambda _: highspy.HighsStatus.kError)
    ended = run(SMALL, Settings(), Stop())
    assert (ended.ending, ended.x, ended.value, ended.bound) == ("stopped", None, -math.inf, math.inf)
    assert not ended.gap_reached


def test_a_plan_that_is_not_worth_the_bound_is_not_optimal_whatever_highs_says(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = run(SMALL, Settings(), Stop())

    class Info:
        primal_solution_status = highspy.SolutionStatus.kSolutionStatusFeasible
        simplex_iteration_count = 0
        mip_dual_bound = (honest.value - SMALL.constant) / SMALL.objective_scale * 1.1 + 1

    monkeypatch.setattr(highspy.Highs, "getInfo", lambda _: Info())
    ended = run(SMALL, Settings(), Stop())
    assert (ended.ending, ended.gap_reached) == ("stopped", False)
    assert ended.bound > ended.value == pytest.approx(honest.value)


def test_a_model_without_columns_or_whole_numbers_has_a_value_and_a_bound() -> None:
    formulation = formulated(case(deal("a", {"on": {"benefit": 7}}, start={"state": "on"})))
    everything = np.ones(len(formulation.lower), dtype=bool)
    ended = run(hand_over(formulation, everything), Settings(), Stop())
    assert (ended.ending, ended.value, ended.bound, ended.gap_reached) == ("optimal", 7, 7, True)
    pooled = case(
        deal("a", {"on": {"provides": {"cells": 3}}}, start={"state": "on"}),
        pools=[{"id": "pool", "capability": "cells", "curve": [[0, 0], [2, 6], [4, 8]]}],
    )
    formulation = formulated(pooled)
    ended = run(hand_over(formulation, np.ones(len(formulation.lower), dtype=bool)), Settings(), Stop())
    assert (ended.ending, ended.value, ended.bound) == ("optimal", 7, 7)
