"""What is measured: cases × phases × engines. The tests run every pair once at a tiny size; `run.py` measures."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import mmkp
import numpy as np
import peers
from portfolios import capacities, realistic
from prepared import Case, Prepared

from portfolioopt import read_instance, solve
from portfolioopt.audit import audit
from portfolioopt.formulation.build import formulate
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.networks.tree import Floats
from portfolioopt.plan import TODAY
from portfolioopt.solution.ascent import ascend
from portfolioopt.solution.decisions import plan_of
from portfolioopt.solution.highs import Settings, Stop, run
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.program import Program, hand_over
from portfolioopt.solution.search import relative_gap

INSTANCES = Path(__file__).parents[1] / "instances"
OURS, FLOOR, HIGHS = "portfolioopt", "numpy arrays", "plain HiGHS"


@dataclass(frozen=True)
class Measured:
    """What one engine did in one phase."""

    seconds: float
    value: float | None = None
    """of the plan found: the audit's where it accepts the plan, else the solver's own"""
    bound: float | None = None
    audited: bool | None = None
    """whether the audit accepts the plan; None without a plan"""

    @property
    def gap(self) -> float | None:
        """Relative, as the engine reports it."""
        if self.value is None or self.bound is None:
            return None
        return relative_gap(self.value, self.bound)


@dataclass(frozen=True)
class Phase:
    """A piece of work that an engine can do on a prepared case within a time limit."""

    name: str
    engine: str
    measure: Callable[[Prepared, float], Measured]
    against: tuple[str, str] | None = None
    """phase and engine that its seconds are divided by"""
    needs: str = ""
    """module of an optional peer"""
    short: bool = True
    """Repeated, the fastest counts."""


def _timed(work: Callable[[], Any]) -> Measured:
    began = time.perf_counter()
    work()
    return Measured(time.perf_counter() - began)


def _read(prepared: Prepared, _limit: float) -> Measured:
    return _timed(lambda: read_instance(prepared.file))


def _read_json(prepared: Prepared, _limit: float) -> Measured:
    from portfolioopt.language.writing import plain

    text = json.dumps(plain(prepared.instance), default=float)
    return _timed(lambda: json.loads(text))


def _networks(prepared: Prepared, _limit: float) -> Measured:
    instance = prepared.instance
    return _timed(lambda: lay_out(instance))


def _formulation(prepared: Prepared, _limit: float) -> Measured:
    portfolio = prepared.portfolio
    return _timed(lambda: formulate(portfolio, prepared.model))


def _hand_over(prepared: Prepared, _limit: float) -> Measured:
    formulation = prepared.formulation
    return _timed(lambda: peers.pass_arrays(hand_over(formulation)))


def _pass_arrays(prepared: Prepared, _limit: float) -> Measured:
    program = prepared.program
    return _timed(lambda: peers.pass_arrays(program))


def _pass_linopy(prepared: Prepared, _limit: float) -> Measured:
    program = prepared.program
    return _timed(lambda: peers.pass_linopy(program))


def _sweep(prepared: Prepared, _limit: float) -> Measured:
    formulation = prepared.formulation
    prices = PriceList(formulation)
    none = np.zeros(len(formulation.labels))
    began = time.perf_counter()
    priced = prices.evaluate(none)
    return Measured(time.perf_counter() - began, bound=priced.bound)


def _price_bound(prepared: Prepared, limit: float) -> Measured:
    formulation = prepared.formulation
    began = time.perf_counter()
    found = ascend(formulation, lambda: time.perf_counter() - began > limit, lambda _bound: None)
    return Measured(time.perf_counter() - began, bound=found.priced.bound)


def _relaxation(prepared: Prepared, limit: float) -> Measured:
    program = prepared.program
    ended = run(program, Settings("LP relaxation", relaxed=True), Stop(time.perf_counter() + limit))
    return Measured(ended.seconds, bound=ended.bound if ended.ending == "optimal" else None)


def _solve(prepared: Prepared, limit: float) -> Measured:
    instance = prepared.instance
    began = time.perf_counter()
    result = solve(instance, prepared.model, time_limit=limit)
    seconds = time.perf_counter() - began
    return Measured(seconds, result.objective, result.bound, None if result.audit is None else result.audit.ok)


def _solve_highs(prepared: Prepared, limit: float) -> Measured:
    instance = prepared.instance
    began = time.perf_counter()
    program, ended = peers.plain_highs(instance, prepared.model, limit)
    return _judged(prepared, program, ended.x, ended.value, ended.bound, time.perf_counter() - began)


def _solve_ortools(prepared: Prepared, limit: float, engine: str) -> Measured:
    program = prepared.program
    ended = peers.through_ortools(program, engine, limit)
    return _judged(prepared, program, ended.x, ended.value, ended.bound, ended.seconds)


def _judged(
    prepared: Prepared, program: Program, x: Floats | None, value: float, bound: float, seconds: float
) -> Measured:
    """A peer's answer, its plan put before our audit; that is not in its seconds."""
    proven = bound if math.isfinite(bound) else None
    if x is None:
        return Measured(seconds, bound=proven)
    found = audit(prepared.instance, prepared.model, plan_of(prepared.formulation, program.whole(x)), TODAY)
    return Measured(seconds, float(found.objective) if found.ok else value, proven, found.ok)


_FLOOR = ("hand-over", FLOOR)
_HIGHS = ("solve", HIGHS)
_LP = ("LP", HIGHS)

PHASES: tuple[Phase, ...] = (
    Phase("read", "json", _read_json),
    Phase("read", OURS, _read, ("read", "json")),
    Phase("hand-over", FLOOR, _pass_arrays),
    Phase("networks", OURS, _networks, _FLOOR),
    Phase("formulation", OURS, _formulation, _FLOOR),
    Phase("hand-over", OURS, _hand_over, _FLOOR),
    Phase("hand-over", "linopy", _pass_linopy, _FLOOR, needs="linopy"),
    Phase("LP", HIGHS, _relaxation, short=False),
    Phase("price sweep", OURS, _sweep, _LP),
    Phase("price bound", OURS, _price_bound, _LP, short=False),
    Phase("solve", HIGHS, _solve_highs, short=False),
    Phase("solve", OURS, _solve, _HIGHS, short=False),
    Phase("solve", "SCIP", partial(_solve_ortools, engine="scip"), _HIGHS, needs="ortools", short=False),
    Phase("solve", "CP-SAT", partial(_solve_ortools, engine="sat"), _HIGHS, needs="ortools", short=False),
)
"""In the order in which they run; what others are measured against comes first."""


def _file(name: str) -> Case:
    folder = INSTANCES / name
    return Case(name, folder, folder)


def _realistic(partnerships: int, years: int, scenarios: int, *, long: bool = False) -> Case:
    name = f"realistic_{partnerships}x{years}x{scenarios}"
    made = partial(realistic, partnerships=partnerships, years=years, scenarios=scenarios)
    tiny = partial(realistic, partnerships=8, years=4, scenarios=min(scenarios, 2))
    return Case(name, made, tiny, long)


def _capacities(partnerships: int, years: int, resources: int, *, long: bool = False) -> Case:
    name = f"capacities_{partnerships}x{years}x{resources}"
    made = partial(capacities, partnerships=partnerships, years=years, resources=resources)
    tiny = partial(capacities, partnerships=6, years=4, resources=4)
    return Case(name, made, tiny, long)


def _knapsack(name: str) -> Case:
    return Case(f"mmkp_{name}", lambda _seed: mmkp.copied(name), lambda _seed: mmkp.copied("I01"))


CASES: dict[str, Case] = {
    case.name: case
    for case in (
        _file("two_deals"),
        _file("five_deals"),
        _knapsack("I02"),
        _file("automaker_2026"),
        _realistic(40, 10, 1),
        _realistic(40, 10, 8),
        _realistic(80, 10, 8, long=True),
        _capacities(200, 10, 15),
        _capacities(2_000, 12, 30, long=True),
        _capacities(10_000, 12, 30, long=True),
    )
}
"""Sizes in names: partnerships × years × scenarios, or × resources where there is one scenario only."""
