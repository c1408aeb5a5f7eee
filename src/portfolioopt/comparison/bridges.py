"""The bridge: why value moved from one run to another, step by step.

Groups of changes are made one after the other; after each, the model is solved anew. A step is worth

    V_k − V_{k−1}  =  (H_k − V_{k−1})  +  (V_k − H_k)
                      the facts           deciding anew

where V_k is the audited objective of the plan found after k groups, and H_k that of the plan before, held fast while
the k-th group changes: what changed facts (and choices) do to a plan that does not react, and what reacting is worth
then. Where the plan before now breaks a limit, H_k is what it would be worth all the same, and the step names what it
breaks: there deciding anew is a must, and may cost. Where it takes an action that there is no more, or acts on what is
not known yet, it has no value, and the two are not told apart. All values are exact, so the steps sum to the total to
the last digit. A plan need not be the best: where a gap remains, the step of the *optimum* lies between V_k − B_{k−1}
and B_k − V_{k−1}, B being the bounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portfolioopt.cases import Case, Change
from portfolioopt.comparison.held import Held, hold
from portfolioopt.comparison.stages import Group, Stage, groups_between, groups_of, joined, stages
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import Plan
from portfolioopt.result import Result, input_hash
from portfolioopt.solving import Session


@dataclass(frozen=True, slots=True)
class Step:
    """One group of changes, and how the value moved by it."""

    name: str
    changes: tuple[Change, ...]
    before: Fraction
    """Objective of the plan before."""
    after: Fraction
    """Objective of the plan after."""
    expected_npv: Fraction
    """Of the plan after."""
    held: Fraction | None
    """Objective of the plan before under the facts after; None where it cannot be carried out at all."""
    broken: tuple[str, ...]
    """What the plan before would break there: limits (or partnerships) and the year; empty where it is still open."""
    bounds: tuple[float | None, float | None]
    """What no plan can be worth more than, before and after."""

    @property
    def effect(self) -> Fraction:
        """What the step moves; by the facts and by deciding anew together."""
        return self.after - self.before

    @property
    def facts(self) -> Fraction | None:
        """What the changes do to a plan that does not react."""
        return None if self.held is None else self.held - self.before

    @property
    def decisions(self) -> Fraction | None:
        """What reacting to them is worth."""
        return None if self.held is None else self.after - self.held

    @property
    def least(self) -> Fraction | None:
        """The step of the optimum is at least this; None where no bound is known."""
        bound = self.bounds[0]
        return None if bound is None else min(self.effect, self.after - Fraction(bound))

    @property
    def most(self) -> Fraction | None:
        """The step of the optimum is at most this; None where no bound is known."""
        bound = self.bounds[1]
        return None if bound is None else max(self.effect, Fraction(bound) - self.before)


@dataclass(frozen=True, slots=True)
class Bridge:
    """From one objective to another; the effects of the steps sum to their difference exactly."""

    before: Fraction
    expected_npv: Fraction
    """Of the plan that it starts from."""
    steps: tuple[Step, ...]
    closed: tuple[Group, ...] = ()
    """The first changes after which there is no plan, and those behind them; the bridge ends before them."""
    reason: str = ""
    """Why there is none: the status of the last solve."""

    @property
    def after(self) -> Fraction:
        return self.steps[-1].after if self.steps else self.before

    @property
    def total(self) -> Fraction:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a bridge has got to."""

    plan: Plan
    value: Fraction
    bound: float | None


def bridge(
    case: Case,
    instance: Instance,
    model: Model,
    *,
    start: Result | None = None,
    end: Result | None = None,
    session: Session | None = None,
    **options: Any,
) -> Bridge:
    """The bridge from an instance under a model to what a case makes of them.

    `start` and `end` are the results of both where they are known already; options are those of `solve`. Raises
    `InvalidCase`, ValueError where there is no plan to start from, and KeyboardInterrupt where Ctrl-C stops a solve.
    """
    return _bridge(groups_of(case), instance, model, start, end, session or Session(), options)


def bridge_between(
    before: tuple[Instance, Model],
    after: tuple[Instance, Model],
    *,
    start: Result | None = None,
    end: Result | None = None,
    session: Session | None = None,
    **options: Any,
) -> Bridge:
    """The bridge from one instance and model to another: what differs, by what it is about. As `bridge`."""
    return _bridge(groups_between(before, after), *before, start, end, session or Session(), options)


def _bridge(
    groups: Sequence[Group],
    instance: Instance,
    model: Model,
    start: Result | None,
    end: Result | None,
    session: Session,
    options: dict[str, Any],
) -> Bridge:
    first = start or session.solve(instance, model, **options)
    if first.audit is None or first.chosen is None:
        raise ValueError("there is no plan to start a bridge from")
    standing = _Standing(first.chosen, first.audit.objective, first.bound)
    steps: list[Step] = []
    waiting: list[Group] = []
    ways = list(stages(groups, instance, model))
    reason = ""
    for stage in ways:
        waiting.append(stage.group)
        known = end if stage is ways[-1] else None
        result = known or _solved(stage, first, (instance, model), session, options)
        if result.stop_reason == "interrupted" and known is None:
            raise KeyboardInterrupt
        if result.audit is None:
            reason = result.status
            continue
        step, standing = _step(joined(waiting), stage, standing, result, given=known is not None)
        steps.append(step)
        waiting = []
    closed = tuple(waiting)
    return Bridge(first.audit.objective, first.audit.expected_npv, tuple(steps), closed, reason if closed else "")


def _solved(
    stage: Stage, first: Result, before: tuple[Instance, Model], session: Session, options: dict[str, Any]
) -> Result:
    """The best plan after some changes; that of the start where they change nothing."""
    if input_hash(*stage.after) == input_hash(*before):
        return first
    return session.solve(*stage.after, **options)


def _step(group: Group, stage: Stage, standing: _Standing, result: Result, *, given: bool) -> tuple[Step, _Standing]:
    """What a group of changes does, and where one stands after it.

    Where the plan before turns out better than the one found, it is the better start; but what is given stands.
    """
    assert result.audit is not None
    assert result.chosen is not None
    held = hold(standing.plan, *stage.after)
    open_still = held.audit.ok
    best = _Standing(result.chosen, result.audit.objective, result.bound)
    expected_npv = result.audit.expected_npv
    if open_still and not given and held.audit.objective > best.value:
        best = _Standing(held.plan, held.audit.objective, result.bound)
        expected_npv = held.audit.expected_npv
    step = Step(
        name=group.name,
        changes=group.changes,
        before=standing.value,
        after=best.value,
        expected_npv=expected_npv,
        held=held.audit.objective if _can_be_lived(held) else None,
        broken=_broken(held),
        bounds=(standing.bound, result.bound),
    )
    return step, best


def _can_be_lived(held: Held) -> bool:
    """Whether every decision can be taken where the plan takes it, whatever limits that breaks."""
    return not any(finding.family in ("life", "tree") for finding in held.audit.findings)


def _broken(held: Held) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{finding.id} in {finding.year}" for finding in held.audit.findings))
