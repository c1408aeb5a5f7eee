"""What is asked: facts, choices and means, checked; and what cannot be taken apart by scenario, refused."""

import math
from dataclasses import dataclass
from typing import Any

from portfolioopt.errors import Fault, InvalidInstance, InvalidModel, UnknownOption
from portfolioopt.hedging.ranks import CYLINDERS
from portfolioopt.language.instance import Instance, checked
from portfolioopt.language.model import Model, Solver, check_model
from portfolioopt.language.plans import compared_with
from portfolioopt.language.reading import read_model
from portfolioopt.plan import Plan
from portfolioopt.solving import solver_settings


@dataclass(frozen=True)
class Case:
    """Sent from the first process to all others."""

    instance: Instance
    model: Model
    solver: Solver
    against: Plan
    """the plan that changes are counted from"""
    iterations: int
    rho: float
    verify: bool


def case_of(
    instance: Instance | None,
    model: Model | str,
    *,
    processes: int,
    iterations: int,
    rho: float,
    verify: bool,
    **given: Any,
) -> Case:
    """The case, if it can be hedged; raises `InvalidInstance`, `InvalidModel` and `UnknownOption`."""
    if iterations < 1 or not rho > 0 or not math.isfinite(rho):
        raise UnknownOption("iterations must be 1 or more, and rho a number above 0")
    if instance is None:
        raise InvalidInstance([Fault((), "the first process needs an Instance")])
    instance = checked(instance)
    chosen = read_model(model) if isinstance(model, str) else model
    if not isinstance(chosen, Model):
        raise InvalidModel([Fault((), f"a model or the name of one is needed, not {type(model).__name__}")])
    check_model(chosen, instance)
    solver = solver_settings(chosen, **given)
    if solver.work_limit is not None:
        said = "hedging does not count work: it ends by time, by its rounds or at the gap"
        raise InvalidModel(
            [Fault(("solver", "work_limit"), said, "take it out of the model, or use portfolioopt solve")]
        )
    refuse(instance, processes)
    return Case(instance, chosen, solver, compared_with(chosen, instance), iterations, rho, verify)


def refuse(instance: Instance, processes: int) -> None:
    """Raises `InvalidInstance` for what cannot be taken apart by scenario."""
    if len(instance.futures) < 2:
        raise InvalidInstance(
            [Fault(("scenarios",), "there is one scenario only, nothing to hedge against", "use portfolioopt solve")]
        )
    never = [
        Fault(
            ("scenarios", place, "probability"),
            f"{future.name} has probability 0: it would draw nobody, and yet its limits must hold",
            "leave the scenario out, or use portfolioopt solve",
        )
        for place, future in enumerate(instance.futures)
        if not future.probability
    ]
    if never:
        raise InvalidInstance(never)
    most = CYLINDERS * len(instance.futures)
    if processes > most:
        said = f"{len(instance.futures)} scenarios are too few for {processes} processes"
        raise InvalidInstance([Fault(("scenarios",), said, f"start {most} or fewer")])
