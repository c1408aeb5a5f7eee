"""Selections on which solvers were seen to end "optimal" and be wrong: here they end with the true optimum, exactly.

Each trap selects projects under yearly budgets without carry-over; some need another (`prereq` [a, b]: a needs b), some
exclude each other (`exclusive`). data/solver_traps.json says which solver went wrong, and the optimum by enumeration.
"""

import json
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from engine_samples import Written, best_of, decisions_of, objective_of

TRAPS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "solver_traps.json").read_text())
UNITS = {"units": 0, "thousands": -3, "millions": -6, "billions": -9}
"""Powers of ten in which the same money is written, in decimals."""


def project(number: int) -> str:
    return f"project_{number}"


def stated(trap: dict[str, Any], exponent: int) -> Written:
    """The trap as an instance: a project is a partnership that is formed in the first year or never."""

    def money(amount: int) -> Decimal:
        return Decimal(amount).scaleb(exponent)

    def occupied(number: int) -> Written:
        return {"partnership": project(number), "states": ["on"]}

    return {
        "format": "portfolioopt-instance/1",
        "name": f"trap-{trap['seed']}",
        "horizon": {"first_year": 2026, "years": len(trap["budget"])},
        "discount_rate": 0,
        "partnerships": [
            {
                "id": project(number),
                "states": {"on": {"capital": [money(amount) for amount in cost]}},
                "actions": [
                    {
                        "id": "form",
                        "kind": "form",
                        "from": "none",
                        "to": "on",
                        "window": [2026, 2026],
                        "at_effect": {"benefit": money(npv + sum(cost))},
                    }
                ],
            }
            for number, (cost, npv) in enumerate(zip(trap["cost"], trap["npv"], strict=True))
        ],
        "capital": {"budget": [money(amount) for amount in trap["budget"]]},
        "links": [
            {"id": f"needs_{position}", "kind": "requires", "when": occupied(one), "needs": occupied(other)}
            for position, (one, other) in enumerate(trap["prereq"])
        ]
        + [
            {"id": f"either_{position}", "kind": "excludes", "members": [occupied(number) for number in pair]}
            for position, pair in enumerate(trap["exclusive"])
        ],
    }


def by_enumeration(trap: dict[str, Any]) -> tuple[int, set[str]]:
    """The best value and the projects that make it, by looking at every selection."""
    best, chosen = 0, set[str]()
    for selection in product((0, 1), repeat=len(trap["npv"])):
        drawn = [
            sum(on * cost[year] for on, cost in zip(selection, trap["cost"], strict=True))
            for year in range(len(trap["budget"]))
        ]
        allowed = (
            all(draw <= budget for draw, budget in zip(drawn, trap["budget"], strict=True))
            and all(selection[one] <= selection[other] for one, other in trap["prereq"])
            and not any(selection[one] and selection[other] for one, other in trap["exclusive"])
        )
        value = sum(on * npv for on, npv in zip(selection, trap["npv"], strict=True))
        if allowed and value > best:
            best, chosen = value, {project(number) for number, on in enumerate(selection) if on}
    return best, chosen


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: str(trap["seed"]))
def test_a_trap_ends_with_the_true_optimum_whatever_the_unit_of_money(trap: dict[str, Any], unit: str) -> None:
    value, chosen = by_enumeration(trap)
    assert value == trap["true_optimum"]
    result = best_of(stated(trap, UNITS[unit]))
    assert objective_of(result) == Fraction(value) * Fraction(10) ** UNITS[unit]
    assert {partnership for partnership, *_ in decisions_of(result)} == chosen


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: str(trap["seed"]))
def test_a_trap_ends_with_the_true_optimum_whatever_the_seed(trap: dict[str, Any], seed: int) -> None:
    result = best_of(stated(trap, -6), {"solver": {"seed": seed * 1000 + 1}})
    assert objective_of(result) == Fraction(trap["true_optimum"], 10**6)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: str(trap["seed"]))
def test_a_cent_less_than_the_best_selection_draws_rules_it_out(trap: dict[str, Any]) -> None:
    _, chosen = by_enumeration(trap)
    numbers = [int(name.removeprefix("project_")) for name in chosen]
    drawn = [sum(trap["cost"][number][year] for number in numbers) for year in range(len(trap["budget"]))]
    first = next(year for year, draw in enumerate(drawn) if draw)
    budget = [draw - (year == first) for year, draw in enumerate(drawn)]
    met, missed = trap | {"budget": drawn}, trap | {"budget": budget}
    assert objective_of(best_of(stated(met, -6))) == Fraction(trap["true_optimum"], 10**6)
    assert objective_of(best_of(stated(missed, -6))) == Fraction(by_enumeration(missed)[0], 10**6)
