"""What a plan comes to in a level, exactly; the same names stand in `language.levels` and `formulation.levels`."""

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from portfolioopt.audit.findings import Audit
from portfolioopt.audit.rationals import ONE, ZERO, rational
from portfolioopt.audit.risk import MEASURES
from portfolioopt.language.instance import Instance
from portfolioopt.language.levels import Covered, Exposed, Level, Outlay, Worth


def level_of(level: Level, audit: Audit, instance: Instance) -> Fraction:
    """The level that an audited plan of an instance reaches."""
    return MEASURED[type(level)](level, audit, instance)


def outlay(level: Outlay, audit: Audit, instance: Instance) -> Fraction:
    """max over w, y of Σ_{y' ≤ y} (capital − recycled·proceeds) − total(w)."""
    paid: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for line in audit.money:
        if line.line == "capital":
            paid[line.scenario, line.year] -= line.amount
        elif line.line == "proceeds":
            paid[line.scenario, line.year] -= level.recycled * line.amount
    totals = dict(level.totals)
    found = [] if totals else [ZERO]
    for future in instance.futures:
        laid_out = -totals.get(future.name, ZERO)
        for year in instance.horizon.calendar:
            laid_out += paid[future.name, year]
            found.append(laid_out)
    return max(found)


def exposed(level: Exposed, audit: Audit, _instance: Instance) -> Fraction:
    """max over w, y of Σ tag."""
    return max(one.use for one in audit.limits if one.family == "exposures" and one.id == level.limit)


def covered(level: Covered, audit: Audit, _instance: Instance) -> Fraction:
    """min over w, y of Σ provided / at_least(y), where something is asked for."""
    asked = [one for one in audit.limits if one.family == "requirements" and one.id == level.requirement]
    return min((one.use / one.limit for one in asked if one.limit > 0), default=ONE)


def worth(level: Worth, audit: Audit, instance: Instance) -> Fraction:
    """(1 − weight)·E[NPV] + weight·risk − E[penalties] − E[changes] under the objective of the level."""
    value = audit.expected_npv - audit.penalties - audit.changes
    risk = level.objective.risk
    if risk is None:
        return value
    npv = [audit.npv[future.name] for future in instance.futures]
    chances = [rational(future.probability) for future in instance.futures]
    bad = MEASURES[risk.measure](npv, chances, risk)
    return value + rational(risk.weight) * (bad - audit.expected_npv)


MEASURED: dict[type[Level], Callable[[Any, Audit, Instance], Fraction]] = {
    Outlay: outlay,
    Exposed: exposed,
    Covered: covered,
    Worth: worth,
}
