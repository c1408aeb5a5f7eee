"""Random scenarios, drivers and review years."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from .draw import Draw, plain

LEVELS = [0, 0.25, 0.5, 0.8, 0.9, 1, 1, 1.1, 1.25, 1.5, 2]
DRIVERS = ["ev_demand", "construction_cost"]


def futures_of(draw: Draw, first_year: int, years: int) -> dict[str, Any]:
    """The keys drivers, scenarios and review_years; at times none of them."""
    written: dict[str, Any] = {}
    if draw.chance(0.5):
        calendar = range(first_year, first_year + years)
        written["review_years"] = draw.some(calendar)
    if draw.chance(0.2):
        return written
    drivers = DRIVERS[: draw.choice([0, 1, 1, 1, 2])]
    number = draw.choice([1, 2, 2, 3, 3, 4]) if drivers else draw.choice([1, 2])
    scenarios: list[dict[str, Any]] = []
    for position, probability in enumerate(_probabilities(draw, number)):
        scenario: dict[str, Any] = {"name": f"future_{position + 1}", "probability": probability}
        levels = {driver: _levels(draw, driver, years, scenarios) for driver in drivers if draw.chance(0.85)}
        if levels:
            scenario["drivers"] = levels
        scenarios.append(scenario)
    if drivers:
        written["drivers"] = drivers
    written["scenarios"] = scenarios
    return written


def _probabilities(draw: Draw, number: int) -> list[float]:
    """Positive decimals that sum to exactly 1."""
    cuts = [0, *sorted(draw.sample(range(1, 20), number - 1)), 20]
    return [plain(Fraction(high - low, 20)) for low, high in itertools.pairwise(cuts)]


def _levels(draw: Draw, driver: str, years: int, earlier: list[dict[str, Any]]) -> Any:
    """A level for every year; often those of an earlier scenario up to some year, so that the tree branches late."""
    if draw.chance(0.1):
        return draw.choice(LEVELS)
    levels = (
        [1, *(draw.choice(LEVELS) for _ in range(years - 1))] if draw.chance(0.6) else draw.choices(LEVELS, k=years)
    )
    known = [other["drivers"][driver] for other in earlier if driver in other.get("drivers", {})]
    shared = [other for other in known if isinstance(other, list)]
    if shared and draw.chance(0.6):
        branch = draw.randint(1, years)
        levels = draw.choice(shared)[:branch] + levels[branch:]
    return levels
