"""What stands over all points: how far value moves with one input at a time, and which decisions every plan holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.result.exhibit import CoreDecision, CoreIndex, Tornado, TornadoBar
from portfolioopt.result.figures import percent
from portfolioopt.studies.sweep.found import SweepPoint

AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class Swing:
    """One input at its first and its last level: numbers of the points; the base is the other end where it has one."""

    input: str
    low: int
    high: int
    spread: Fraction
    """Between the least and the most that the best plan is worth at its levels and in the base."""


def swings(inputs: Sequence[str], points: Sequence[SweepPoint]) -> tuple[Swing, ...]:
    """The inputs, those first that move value most. Levels at which there is no plan are left out."""
    base = points[0].value
    found = []
    for number, name in enumerate(inputs):
        mine = [point for point in points if point.levels and point.levels[number] and point.value is not None]
        if not mine:
            continue
        values = [value for value in (base, *(point.value for point in mine)) if value is not None]
        high = mine[-1].number if len(mine) > 1 else 0 if base is not None else mine[0].number
        found.append(Swing(name, mine[0].number, high, max(values) - min(values)))
    return tuple(sorted(found, key=lambda one: (-one.spread, one.input)))


def level_of(point: SweepPoint, name: str, inputs: Sequence[str]) -> str:
    """The level of an input at a point."""
    return (point.levels[inputs.index(name)] if point.levels else "") or AS_IT_IS


def tornado_of(found: Sequence[Swing], points: Sequence[SweepPoint], inputs: Sequence[str], objective: str) -> Tornado:
    """The bars of the report; the base must have a plan."""
    base = points[0]
    assert base.value is not None
    bars = []
    for one in found:
        low, high = points[one.low], points[one.high]
        assert low.value is not None
        assert high.value is not None
        bars.append(
            TornadoBar(
                one.input,
                level_of(low, one.input, inputs),
                level_of(high, one.input, inputs),
                float(low.value),
                float(high.value),
                bool(low.plan_changes),
                bool(high.plan_changes),
            )
        )
    return Tornado(objective, float(base.value), tuple(bars))


def said_of(found: Sequence[Swing], points: Sequence[SweepPoint]) -> tuple[str, ...]:
    """What a reader should make of it."""
    gaps = [point.gap for point in points if point.status == "feasible" and point.gap is not None]
    turning = [one.input for one in found if points[one.low].plan_changes or points[one.high].plan_changes]
    return (
        f"Each of {len(found)} inputs was changed alone, and the whole plan decided anew; all else stayed.",
        f"Another plan becomes best with {len(turning)} of them; with the others only its value moves."
        if turning
        else "The plan stays the best one throughout; only its value moves.",
        *(
            [f"{len(gaps)} points are not proven to the asked gap: up to {_most(gaps)} more is possible there."]
            if gaps
            else ()
        ),
    )


def _most(gaps: Sequence[float]) -> str:
    return percent(max(gaps), 1)


def core_index(points: Sequence[SweepPoint]) -> CoreIndex:
    """The share of the plans that hold each decision in some year: core where all do."""
    plans = sum(1 for point in points if point.value is not None)
    return CoreIndex(
        plans,
        tuple(
            CoreDecision(partnership, action, None, share, "core" if share == 1 else "borderline")
            for (partnership, action), _, share in core(points)
        ),
    )


def core(points: Sequence[SweepPoint]) -> Iterator[tuple[tuple[str, str], bool, float]]:
    """Partnership and action, whether the base plan takes it in some year, and the share of the plans that do.

    The base is one of the points.
    """
    plans = [{(act.partnership, act.action) for act in one.acts} for one in points if one.value is not None]
    every = sorted({act for plan in plans for act in plan})
    base = {(act.partnership, act.action) for act in points[0].acts} if points else set()
    found = [(act, act in base, sum(act in plan for plan in plans) / len(plans)) for act in every]
    yield from sorted(found, key=lambda one: (-one[2], one[0]))
