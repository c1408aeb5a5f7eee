"""The best plan of a small instance, by looking at every plan there is, in exact arithmetic.

Written from the contract alone and independent of the engine, so that a misreading of either shows as a difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .exact import ExactArray, exact, total
from .families import FAMILIES
from .futures import read_futures
from .lives import Life, Partnership, read_partnerships
from .portfolios import Decision, Portfolios
from .tally import Tally


@dataclass(frozen=True)
class Answer:
    """One plan: its value, and of how many plans it is one if it is a best one."""

    feasible: bool
    objective: Fraction | None = None
    expected_npv: Fraction | None = None
    npv: Mapping[str, Fraction] = field(default_factory=dict)
    penalty: Fraction | None = None
    decisions: frozenset[Decision] = frozenset()
    ties: int = 0
    broken: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Assessment:
    """Every plan of an instance under a model: arrays with one axis for each partnership."""

    portfolios: Portfolios
    npv: Sequence[ExactArray]
    expected_npv: ExactArray
    penalty: ExactArray
    objective: ExactArray
    broken: Mapping[str, NDArray[np.bool_]]

    def feasible(self) -> NDArray[np.bool_]:
        """Where no hard limit is broken."""
        kept = np.ones(self.portfolios.shape, dtype=bool)
        for mask in self.broken.values():
            kept &= ~mask
        return kept

    def best(self) -> Answer:
        """The first plan of greatest objective among the feasible ones."""
        feasible = self.feasible()
        if not feasible.any():
            return Answer(feasible=False)
        greatest = self.objective.numerators[feasible].max()
        attaining = np.argwhere(feasible & np.asarray(self.objective.numerators == greatest, dtype=bool))
        return self.at(tuple(int(number) for number in attaining[0]), ties=len(attaining))

    def of(self, decisions: Iterable[Decision]) -> Answer:
        """The plan with exactly these decisions, feasible or not; KeyError if partnerships cannot live so."""
        return self.at(self.portfolios.position(decisions))

    def at(self, position: tuple[int, ...], ties: int = 0) -> Answer:
        """The plan made of the life at `position` on each axis."""
        broken = frozenset(limit for limit, mask in self.broken.items() if mask[position])
        return Answer(
            feasible=not broken,
            objective=self.objective.at(position),
            expected_npv=self.expected_npv.at(position),
            npv={name: npv.at(position) for name, npv in zip(self.portfolios.futures.names, self.npv, strict=True)},
            penalty=self.penalty.at(position),
            decisions=self.portfolios.decisions(position),
            ties=ties,
            broken=broken,
        )


def best_plan(
    instance: Mapping[str, Any], model: Mapping[str, Any] | None = None, against: Iterable[Decision] | None = None
) -> Answer:
    """The best plan of `instance` under `model`: dicts of the shape of their files.

    Where the model charges for changes against a plan file, its decisions are given as `against`.
    """
    return assess(instance, model, against).best()


def count_plans(instance: Mapping[str, Any]) -> int:
    """How many plans an instance has, limits left aside."""
    partnerships = read_partnerships(instance, read_futures(instance))
    return math.prod(partnership.count_lives() for partnership in partnerships)


def assess(
    instance: Mapping[str, Any],
    model: Mapping[str, Any] | None = None,
    against: Iterable[Decision] | None = None,
    portfolios: Portfolios | None = None,
) -> Assessment:
    """Value, penalties and broken limits of every plan, or of those given."""
    model = model or {}
    risk = (model.get("objective") or {}).get("risk") or {}
    _refuse_choices_under_risk(instance, model, risk)
    portfolios = portfolios or Portfolios(instance)
    tally = Tally(portfolios, model.get("limits") or {})
    _earn_money(portfolios, tally)
    for family in FAMILIES:
        family(instance, portfolios, tally)

    npv = [value.spread_over(portfolios.shape) for value in tally.value]
    expected = _expectation(portfolios, npv)
    penalty = _expectation(portfolios, tally.penalty).spread_over(portfolios.shape)
    risky = _with_risk(portfolios, risk, npv, expected)
    changes = _changes(portfolios, model.get("changes"), against)
    objective = (risky - penalty - changes).spread_over(portfolios.shape)
    return Assessment(portfolios, npv, expected, penalty, objective, tally.broken)


def _refuse_choices_under_risk(instance: Mapping[str, Any], model: Mapping[str, Any], risk: Mapping[str, Any]) -> None:
    """Hiring or exceeding a soft skill limit has no cheaper side of its own once bad scenarios weigh more."""
    limits = model.get("limits") or {}
    soft = [
        skill
        for skill, written in instance.get("skills", {}).items()
        if "hire" in written and limits.get(skill, limits.get("skills", "hard")) != "hard"
    ]
    if soft and exact(risk.get("weight", 0)) > 0:
        raise NotImplementedError(f"a soft skill with hiring under a risk measure: {soft}")


def _earn_money(portfolios: Portfolios, tally: Tally) -> None:
    """The money and the terminal values of the partnerships themselves."""
    futures = portfolios.futures
    last = futures.years - 1
    for scenario, path in enumerate(futures.path):
        for year, node in enumerate(path):
            tally.earn(
                year, [scenario], portfolios.total(node, partial(Partnership.money, scenario=scenario, year=year))
            )
        terminal = portfolios.total(
            path[last], partial(Partnership.driven, key="terminal", scenario=scenario, year=last)
        )
        tally.value[scenario] += terminal.times(futures.terminal_discount)


def _expectation(portfolios: Portfolios, amounts: Sequence[ExactArray]) -> ExactArray:
    weighed = zip(amounts, portfolios.futures.probabilities, strict=True)
    return total([amount.times(probability) for amount, probability in weighed], portfolios.dimensions)


def _with_risk(
    portfolios: Portfolios, risk: Mapping[str, Any], npv: Sequence[ExactArray], expected: ExactArray
) -> ExactArray:
    """(1−weight)·E[NPV] + weight·(mean of the worst tail, or the worst scenario)."""
    if not risk:
        return expected
    weight = exact(risk["weight"])
    probabilities = portfolios.futures.probabilities
    if risk["measure"] == "worst_case":
        worst = _mean_of_worst(npv, [Fraction(1)] * len(npv), Fraction(1))
    else:
        worst = _mean_of_worst(npv, probabilities, exact(risk["tail"]))
    return expected.times(1 - weight) + worst.times(weight)


def _mean_of_worst(npv: Sequence[ExactArray], probabilities: Sequence[Fraction], tail: Fraction) -> ExactArray:
    """The mean of the worst `tail` of probability: the scenario at its edge counts by the part inside."""
    common = math.lcm(*(value.denominator for value in npv))
    raised = np.stack([value.numerators.astype(object) * (common // value.denominator) for value in npv], axis=-1)
    order = np.argsort(raised, axis=-1, kind="stable")
    ascending = np.take_along_axis(raised, order, axis=-1)

    unit = math.lcm(tail.denominator, *(probability.denominator for probability in probabilities))
    masses = np.array([int(probability * unit) for probability in probabilities], dtype=object)
    room = np.full(raised.shape[:-1], int(tail * unit), dtype=object)
    gathered = room * 0
    for rank in range(len(npv)):
        inside = np.minimum(room, masses[order[..., rank]])
        gathered = gathered + inside * ascending[..., rank]
        room = room - inside
    return ExactArray(gathered, common * unit).times(1 / tail)


def _changes(
    portfolios: Portfolios, changes: Mapping[str, Any] | None, against: Iterable[Decision] | None
) -> ExactArray:
    """The price of each decision that one of the two plans holds and the other does not, by probability."""
    if changes is None:
        return ExactArray.constant(Fraction(0), portfolios.dimensions)
    if changes.get("against", "today") != "today" and against is None:
        raise ValueError("the decisions of the plan file are wanted as `against`")
    reference = set() if changes.get("against", "today") == "today" else set(against or ())
    futures = portfolios.futures
    probability = dict(zip(futures.names, futures.probabilities, strict=True))

    def weigh(decisions: set[Decision]) -> Fraction:
        return sum((probability[scenario] for *_, scenario in decisions), Fraction(0))

    def changed(partnership: Partnership, life: Life) -> Fraction:
        kept = {decision for decision in reference if decision[0] == partnership.id}
        return weigh(portfolios.decided(partnership, life) ^ kept)

    parts = [
        portfolios.of_lives(axis, partial(changed, partnership))
        for axis, partnership in enumerate(portfolios.partnerships)
    ]
    known = {partnership.id for partnership in portfolios.partnerships}
    gone = weigh({decision for decision in reference if decision[0] not in known})
    return total(parts, portfolios.dimensions).plus(gone).times(exact(changes["price"]))
