"""The tables of a sweep, tidy: a row for each point, each decision, each binding limit, each scenario of a point."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from portfolioopt.result.tables import Table
from portfolioopt.studies.sweep.found import Act, SweepPoint
from portfolioopt.studies.sweep.tornado import Swing, core, level_of

FIGURES = ("expected_npv", "cvar", "worst")
COLUMNS = (
    *("point", "name", "outcome", "status", "value", "bound", "gap", "verified", *FIGURES, "worst_scenario"),
    *("do_nothing", "do_nothing_breaks", "base_plan", "base_plan_breaks", "plan_changes", "decisions"),
    *("first_year", "binding", "conflict", "reason"),
)
"""Of the points, but for the inputs, which stand behind the name."""


def points_table(points: Iterable[SweepPoint], inputs: Sequence[str], first_year: int) -> Table:
    """One row for each point: its levels, its figures, what is decided first, what binds."""
    columns = ("point", "name", *(f"input {name}" if name in COLUMNS else name for name in inputs), *COLUMNS[2:])
    rows = [
        (
            one.number,
            one.name,
            *(one.levels or [""] * len(inputs)),
            one.outcome,
            one.status,
            number(one.value),
            one.bound,
            one.gap,
            one.verified,
            *(number(getattr(one, name)) for name in FIGURES),
            one.worst_scenario,
            number(one.do_nothing),
            _joined(one.do_nothing_breaks),
            number(one.base_plan),
            _joined(one.base_plan_breaks),
            one.plan_changes,
            one.decisions,
            _joined(one.first_year(first_year)),
            _joined(dict.fromkeys(limit.id for limit in one.binding)),
            _joined(one.conflict),
            one.reason,
        )
        for one in points
    ]
    return Table(columns, tuple(rows))


def decisions_table(points: Iterable[SweepPoint]) -> Table:
    """One row for each decision of each point, with the probability of the scenarios that it is taken in."""
    rows = [
        (one.number, one.name, act.partnership, act.action, act.year, float(act.probability))
        for one in points
        for act in one.acts
    ]
    return Table(("point", "name", "partnership", "action", "year", "probability"), tuple(rows))


def changes_table(points: Sequence[SweepPoint]) -> Table:
    """One row for each decision in which a point with another plan differs from the base: added or dropped."""
    rows = [
        (one.number, one.name, act.partnership, act.action, act.year, float(act.probability), happening)
        for one in points
        for happening, acts in zip(("added", "dropped"), differing(one, points[0]), strict=True)
        for act in acts
    ]
    return Table(("point", "name", "partnership", "action", "year", "probability", "happening"), tuple(rows))


def differing(point: SweepPoint, base: SweepPoint) -> tuple[list[Act], list[Act]]:
    """Decisions that the plan of a point adds to those of the base, and that it drops; none where the plan stays."""
    if not point.plan_changes:
        return [], []
    own, others = set(point.acts), set(base.acts)
    return [act for act in point.acts if act not in others], [act for act in base.acts if act not in own]


def binding_table(points: Iterable[SweepPoint]) -> Table:
    """One row for each limit and year without headroom in some scenario."""
    rows = [(one.number, one.name, limit.id, limit.family, limit.year) for one in points for limit in one.binding]
    return Table(("point", "name", "id", "family", "year"), tuple(rows))


def npv_table(points: Iterable[SweepPoint]) -> Table:
    """One row for each scenario of each point."""
    rows = [(one.number, one.name, name, float(value)) for one in points for name, value in one.npv.items()]
    return Table(("point", "name", "scenario", "npv"), tuple(rows))


def core_table(points: Sequence[SweepPoint]) -> Table:
    """One row for each decision of any plan: the share of the plans that take it, and whether the base's does."""
    rows = [(*act, in_base, share) for act, in_base, share in core(points)]
    return Table(("partnership", "action", "in_base", "share"), tuple(rows))


def tornado_table(swings: Iterable[Swing], points: Sequence[SweepPoint], inputs: Sequence[str]) -> Table:
    """One row for each input: its ends, what the best plan is worth there, and whether it is another one."""
    rows = []
    for one in swings:
        low, high = points[one.low], points[one.high]
        rows.append(
            (
                one.input,
                level_of(low, one.input, inputs),
                level_of(high, one.input, inputs),
                number(low.value),
                number(high.value),
                float(one.spread),
                low.plan_changes,
                high.plan_changes,
            )
        )
    columns = (
        "input",
        "low_level",
        "high_level",
        "low",
        "high",
        "spread",
        "plan_changes_at_low",
        "plan_changes_at_high",
    )
    return Table(columns, tuple(rows))


def number(value: Fraction | None) -> float | None:
    """A figure of a table; empty where there is none."""
    return None if value is None else float(value)


def _joined(texts: Iterable[Any]) -> str:
    return "; ".join(texts)
