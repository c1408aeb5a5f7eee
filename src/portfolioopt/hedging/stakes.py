"""What is at stake with every partnership, which says how hard scenarios are to be drawn together."""

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np

from portfolioopt.errors import EngineFault
from portfolioopt.formulation.apart import ANY, most_worth, plain, take_apart
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import Level
from portfolioopt.hedging.board import Board
from portfolioopt.hedging.case import Case
from portfolioopt.hedging.ranks import Ranks
from portfolioopt.hedging.stages import Stages
from portfolioopt.hedging.subproblem import decided_arcs
from portfolioopt.networks.tree import Floats
from portfolioopt.plan import TODAY, Plan
from portfolioopt.solution.highs import Settings
from portfolioopt.solution.prices import PriceList, sweep
from portfolioopt.solution.stop import Stop

WEIGHT = 0.5
"""Of the proximal term, as a share of what a partnership's best life is worth more than its life as it is."""
LEAST = 0.02
"""The least weight, as a share of the mean over all partnerships."""


def survey(case: Case, stages: Stages, today: float, ranks: Ranks, stop: Stop) -> tuple[Level, Floats] | None:
    """What all scenarios share of a level of risk, and what is at stake with each partnership, on their mean; None
    where there was no time to look at all of them.

    `today` is what doing nothing is worth, −∞ where it breaks a limit: no plan that is worth less need be looked at.
    Each process looks at its share of the scenarios.
    """
    stake = np.zeros(len(case.instance.partnerships))
    most, highest, mean = 0.0, -math.inf, 0.0
    for position in range(ranks.number, len(stages.scenarios), ranks.size):
        if stop.due:
            break
        name, probability = stages.scenarios[position], stages.probability[position]
        formulation = plain(case.instance, case.model, name)
        stake += probability * _stake(formulation)
        if case.model.objective.risk is not None:
            most = max(most, most_worth(formulation))
            dearest = PriceList(formulation).evaluate(np.zeros(len(formulation.labels)), losses=False).bound
            highest, mean = max(highest, dearest), mean + probability * dearest
    if any(ranks.world.allgather(stop.due)):
        return None
    shared = ranks.world.allgather((most, highest, mean, stake))
    stake = np.sum([one[3] for one in shared], axis=0)
    most, highest = max(one[0] for one in shared), max(one[1] for one in shared)
    return _level(case, today, most, highest, sum(one[2] for one in shared)), stake


def _level(case: Case, today: float, most: float, highest: float, mean: float) -> Level:
    """The level of the best plan: at least its measure of risk, as (1 − weight)·E[NPV] + weight·risk ≥ `today`."""
    measure = case.model.objective.risk
    if measure is None or not measure.weight:
        return ANY
    weight = float(measure.weight)
    lowest = max((today - (1 - weight) * mean) / weight, -most) if math.isfinite(today) else -most
    room = 1e-6 * max(abs(lowest), abs(highest), 1.0)
    return Level(lowest - room, min(highest, most) + room, most)


def _stake(formulation: Formulation) -> Floats:
    """By partnership: what its best life is worth more than going on as it is, or the other way round, limits aside."""
    worth = formulation.objective[: formulation.takes]
    undecided = worth.copy()
    for year, arcs in enumerate(formulation.portfolio.years):
        undecided[formulation.year_columns(year)][arcs.decided >= 0] = -1e12
    best, _ = sweep(formulation, worth, losses=False)
    as_it_is, _ = sweep(formulation, undecided, losses=False)
    stake: Floats = np.abs(best - as_it_is)
    return stake


def known_plans(case: Case) -> tuple[tuple[str, Plan], ...]:
    """Plans that there are before any search, by what they are."""
    return (("today", TODAY), *((("plan compared with", case.against),) if case.against != TODAY else ()))


def board_for(case: Case, stages: Stages, stake: Floats, level: Level, settings: Settings) -> tuple[Board, float]:
    """What all processes are told; and how many seconds it took to take a scenario apart."""
    began = time.perf_counter()
    model_of_one = take_apart(case.instance, case.model, stages.scenarios[0], case.against, level=level)
    seconds = time.perf_counter() - began
    columns = {node.name: decided_arcs(model_of_one, node.years) for node in stages.nodes}
    risky = model_of_one.level is not None
    drawn = case.rho * WEIGHT * _most_price(case) / (level.highest - level.lowest)
    levels = {node.name: int(risky and node.stage == 1) for node in stages.nodes}
    weight = case.rho * WEIGHT * np.maximum(stake, LEAST * max(float(stake.mean()), 1e-6))
    owner = np.zeros(model_of_one.formulation.takes, dtype=np.int64)
    for year, arcs in enumerate(model_of_one.formulation.portfolio.years):
        owner[model_of_one.formulation.year_columns(year)] = arcs.partnership
    rho = {name: np.concatenate((weight[owner[held]], np.full(levels[name], drawn))) for name, held in columns.items()}
    reach = {
        name: np.concatenate((np.ones(len(held)), np.full(levels[name], max(abs(level.lowest), abs(level.highest)))))
        for name, held in columns.items()
    }
    board = Board(
        stages=stages,
        first_year=case.instance.horizon.first_year,
        years=case.instance.horizon.years,
        columns=columns,
        levels=levels,
        measured=risky,
        judge=_nobody,
        known=known_plans(case),
        stop=Stop(),
        last=Stop(),
        settings=settings,
        second=replace(settings, name="second", presolve=False, seed=settings.seed + 1) if case.verify else None,
        reach=reach,
        rho=rho,
    )
    return board, seconds


def _most_price(case: Case) -> float:
    """What the level of risk is worth to a scenario at most, per unit."""
    measure = case.model.objective.risk
    return 1.0 if measure is None else float(measure.weight) / float(getattr(measure, "tail", 1))


def _nobody(_plan: Plan) -> Any:
    raise EngineFault("no auditor has been named")
