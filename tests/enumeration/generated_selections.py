"""Selections of projects under tight yearly budgets, of the kind on which floating-point solvers go wrong."""

from __future__ import annotations

from typing import Any

from .draw import Draw
from .generated_partnerships import DOMAINS, PARTNERS, PURPOSES, TYPES

Written = dict[str, Any]


def selection_of(draw: Draw, first_year: int, years: int, drivers: tuple[str, ...]) -> list[Written]:
    """Five to nine projects, each taken in the first year or (a few) in either of two, with costs from 1e4 to 4e9."""
    projects = []
    for number in range(draw.randint(5, 9)):
        spent = [round(10 ** draw.uniform(4, 9.6)) if draw.chance(0.5) else 0 for _ in range(years)]
        worth = round(10 ** draw.uniform(5, 9.2)) * draw.choice([1, 1, 1, 1, -1])
        full: Written = {"capital": spent}
        if drivers and draw.chance(0.3):
            full["sensitivity"] = {"capital": {draw.choice(drivers): draw.choice([0.5, 1])}}
        last = first_year + (1 if draw.chance(0.15) and years > 1 else 0)
        form: Written = {"id": "form", "kind": "form", "from": "none", "to": "full", "window": [first_year, last]}
        form["at_effect"] = {"benefit": sum(spent) + worth}
        projects.append(
            {
                "id": f"project_{number}",
                "name": f"Project {number}",
                "partners": draw.some(PARTNERS, at_most=1),
                "type": draw.choice(TYPES),
                "domain": draw.choice(DOMAINS),
                "purpose": draw.choice(PURPOSES),
                "states": {"full": full},
                "actions": [form],
            }
        )
    return projects
