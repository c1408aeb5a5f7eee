"""The tornado of a sweep of one input at a time: how far value moves, and where another plan is best."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.result.exhibit import Exhibit, Tornado, TornadoBar
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


def exhibit_of(
    found: Sequence[Swing], points: Sequence[SweepPoint], inputs: Sequence[str], objective: str, asked: str
) -> Exhibit:
    """The tornado as an exhibit of the run whose input has that hash. The base must have a plan."""
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
    turning = [one.input for one in found if points[one.low].plan_changes or points[one.high].plan_changes]
    said = [f"Each of {len(bars)} inputs was changed alone, and the whole plan decided anew; all else stayed."]
    said.append(
        f"Another plan becomes best with {len(turning)} of them; with the others only its value moves."
        if turning
        else "The plan stays the best one throughout; only its value moves."
    )
    return Exhibit("One input at a time", tuple(said), asked, Tornado(objective, float(base.value), tuple(bars)))
