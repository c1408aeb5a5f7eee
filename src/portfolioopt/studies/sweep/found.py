"""What a sweep has found: each point with its figures, read from its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portfolioopt.audit.risk import MEASURES
from portfolioopt.language.model import Model
from portfolioopt.language.risk import Cvar
from portfolioopt.plan import Plan
from portfolioopt.points import Outcome
from portfolioopt.points.solving import acts as acts_of
from portfolioopt.result.exact import decode
from portfolioopt.studies.sweep.designs import Trial

TAIL = Decimal("0.1")
"""Share of the worst cases of which the mean is told, where the model names none."""
SAME = Fraction(1, 10**6)
"""Relative difference of values from which on one plan is better than another."""


@dataclass(frozen=True, slots=True)
class Act:
    """A decision, and the probability of the scenarios in which it is taken."""

    partnership: str
    action: str
    year: int
    probability: Fraction


@dataclass(frozen=True, slots=True)
class BindingLimit:
    """A limit that leaves no room in a year of some scenario."""

    id: str
    family: str
    year: int


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """A case solved, or the reason why not. Money is the audit's; None where there is no plan."""

    number: int
    """0 is the base."""
    name: str
    levels: tuple[str, ...]
    """Of each input; empty where it is as in the base."""
    outcome: str
    """`done`; `clock` (a time limit had a say: not the same on another machine); `refused`, `failed`, `missing`."""
    reason: str
    """Why there is no answer."""
    key: str
    status: str
    stop_reason: str
    value: Fraction | None
    """What is maximized."""
    bound: float | None
    gap: float | None
    verified: bool
    expected_npv: Fraction | None
    cvar: Fraction | None
    """Mean of the worst tail of the NPV (see `Sweep.tail`)."""
    worst: Fraction | None
    worst_scenario: str
    do_nothing: Fraction | None
    """Worth of taking no action."""
    do_nothing_breaks: tuple[str, ...]
    decisions: str
    """A hash: the same where the same is decided."""
    acts: tuple[Act, ...]
    binding: tuple[BindingLimit, ...]
    conflict: tuple[str, ...]
    """Where no plan keeps all limits: a set of limits that contradict each other."""
    npv: dict[str, Fraction]
    base_plan: Fraction | None
    """Worth of the base plan here, engineers hired anew; None where it breaks a limit or lacks a decision."""
    base_plan_breaks: tuple[str, ...]
    plan_changes: bool | None
    """Whether another plan is better here than the base plan: better by more than it is in the base, too."""

    def first_year(self, year: int) -> tuple[str, ...]:
        """What is decided in a year, in all scenarios or some."""
        return tuple(f"{one.partnership} {one.action}" for one in self.acts if one.year == year)


def point_of(
    number: int, trial: Trial, key: str, outcome: Outcome | None, base: Outcome | None, tail: Decimal
) -> SweepPoint:
    """A point of its outcome; `base` is the outcome of the base case."""
    answer: Mapping[str, Any] = {} if outcome is None else outcome.answer
    npv = {name: Fraction(value) for name, value in answer.get("npv", {}).items()}
    chances = {name: Fraction(value) for name, value in answer.get("probabilities", {}).items()}
    likely = {name: value for name, value in npv.items() if chances[name] > 0}
    worst = min(likely, key=lambda name: (likely[name], name), default="")
    plan = decode(Plan, answer["plan"]) if "plan" in answer else None
    stays = answer.get("base_plan")
    holds = stays is not None and stays["whole"] and not stays["breaks"]
    return SweepPoint(
        number=number,
        name=trial.name,
        levels=trial.levels,
        outcome="missing" if outcome is None else outcome.kind,
        reason="" if outcome is None else outcome.reason,
        key=key,
        status=answer.get("status", ""),
        stop_reason=answer.get("stop_reason", ""),
        value=_exact(answer.get("objective")),
        bound=answer.get("bound"),
        gap=answer.get("gap"),
        verified=answer.get("verified", False),
        expected_npv=_exact(answer.get("expected_npv")),
        cvar=None if not npv else _cvar(npv, chances, tail),
        worst=npv.get(worst),
        worst_scenario=worst,
        do_nothing=_exact(answer.get("do_nothing")),
        do_nothing_breaks=tuple(answer.get("do_nothing_breaks", ())),
        decisions=answer.get("decisions", ""),
        acts=() if plan is None else tuple(Act(*act, share) for act, share in sorted(acts_of(plan, chances).items())),
        binding=tuple(BindingLimit(*one) for one in answer.get("binding", ())),
        conflict=tuple(answer.get("conflict", ())),
        npv=npv,
        base_plan=_exact(answer.get("objective") if number == 0 else stays["objective"] if stays and holds else None),
        base_plan_breaks=() if stays is None else tuple(stays["breaks"]),
        plan_changes=_changes(number, answer, base),
    )


def tail_of(model: Model) -> Decimal:
    """The tail of the model's own measure, else a tenth."""
    risk = model.objective.risk
    return risk.tail if isinstance(risk, Cvar) else TAIL


def _changes(number: int, answer: Mapping[str, Any], base: Outcome | None) -> bool | None:
    """Whether the plan found is better here than the base plan, by more than it is better in the base.

    The base is solved to a gap: what is better everywhere was only overlooked there, and is no effect of the edit.
    """
    if "plan" not in answer:
        return None
    if number == 0:
        return False
    if base is None or "base_plan" not in answer:
        return None
    stays, there = answer["base_plan"], answer["in_base"]
    if stays["breaks"] or not stays["whole"]:
        return True
    value = Fraction(answer["objective"])
    here = value - Fraction(stays["objective"])
    anyway = Fraction(0)
    if there["whole"] and not there["breaks"]:
        anyway = max(anyway, Fraction(there["objective"]) - Fraction(base.answer["objective"]))
    return here > anyway + SAME * abs(value)


def _cvar(npv: Mapping[str, Fraction], chances: Mapping[str, Fraction], tail: Decimal) -> Fraction:
    names = list(npv)
    measure = Cvar(measure="cvar", tail=tail, weight=Decimal(1))
    return MEASURES["cvar"]([npv[name] for name in names], [chances[name] for name in names], measure)


def _exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
