"""One scenario formulated apart from the others, for methods that take an instance apart and bring it together again.

    maximize  Σ_w π_w·worth_w(x_w)   with  x_w the same wherever scenarios cannot be told apart

Everything that is counted by scenario is the same rows as ever, of a tree that has this one path: limits, capital,
penalties, the price of changes. A measure of risk is a mean as well, once all scenarios agree on its level η
(Rockafellar and Uryasev 2000): each adds η − d_w/tail with d_w ≥ η − NPV(w).
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from portfolioopt.formulation.build import Formulation, formulate
from portfolioopt.formulation.draft import Level
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import TODAY, Plan

ANY = Level(-1.0, 1.0, 1.0)
LEVELS = ("cvar_level", "worst_case_level")


@dataclass(frozen=True)
class Apart:
    """A scenario by itself; its worth counts in full."""

    name: str
    probability: float
    """Of the scenario among all of them."""
    formulation: Formulation

    @property
    def level(self) -> int | None:
        """The column of the level of risk that all scenarios must agree on; None without a measure of risk."""
        found = [group.start for group in self.formulation.groups if group.name in LEVELS]
        return found[0] if found else None


def alone(instance: Instance, name: str) -> Instance:
    """The instance as if that scenario were sure to come."""
    future = next(future for future in instance.futures if future.name == name)
    return instance.model_copy(update={"scenarios": (future.model_copy(update={"probability": Decimal(1)}),)})


def take_apart(instance: Instance, model: Model, name: str, against: Plan = TODAY, *, level: Level = ANY) -> Apart:
    """The rows of one scenario; `level` is what all share, needed where the model measures risk."""
    formulation = formulate(lay_out(alone(instance, name)), model, against, apart=level)
    probability = next(float(future.probability) for future in instance.futures if future.name == name)
    return Apart(name, probability, formulation)


def plain(instance: Instance, model: Model, name: str) -> Formulation:
    """One scenario, its NPV less penalties maximized: without a measure of risk and the price of changes."""
    neutral = model.model_copy(update={"objective": type(model.objective)(), "changes": None})
    return formulate(lay_out(alone(instance, name)), neutral)


def most_worth(formulation: Formulation) -> float:
    """A bound on |NPV| of a plain scenario: the largest money of any arc or column, by partnership and year."""
    money = np.abs(formulation.objective)
    others = slice(formulation.takes, None)
    size = np.maximum(np.abs(formulation.lower[others]), np.abs(formulation.upper[others]))
    total = abs(formulation.constant) + float(money[others] @ size)
    for year, arcs in enumerate(formulation.portfolio.years):
        largest = np.zeros(len(formulation.portfolio.partnerships))
        np.maximum.at(largest, arcs.partnership, money[formulation.year_columns(year)])
        total += float(largest.sum())
    return total
