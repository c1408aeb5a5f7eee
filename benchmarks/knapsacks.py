"""Multiple-choice multidimensional knapsacks as instances: problems that others stated, with answers that they proved.

A file holds `groups items resources`, the capacities, then for each group its number and one row `value w1 … wk` for
each item; words end the data (the files carry old solutions). Of every group exactly one item is taken.
A group becomes a partnership with one state per item, formed in the only year; a rule asks that it is in one of them.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data" / "mmkp"
KNOWN = {"I01": 173.0, "I02": 364.0, "I03": 1602.0, "I04": 3597.0, "I05": 3905.7, "I06": 4799.3}
"""Best values known of the files that lie here; all but that of I04 are proven best."""
YEAR = 2026
MOST_WEIGHT = 10
"""Weights of made items lie below this, as in the files of Khan."""


@dataclass(frozen=True)
class Knapsack:
    """Groups of (value, weight by resource)."""

    capacities: tuple[float, ...]
    groups: tuple[tuple[tuple[float, tuple[float, ...]], ...], ...]


def read_knapsack(path: Path) -> Knapsack:
    """The knapsack in a file; raises `ValueError` where numbers are missing."""
    numbers = [float(word) for word in re.split(r"[A-Za-z]", path.read_text(encoding="utf-8"))[0].split()]
    position = 0

    def take(count: int) -> list[float]:
        nonlocal position
        position += count
        if position > len(numbers):
            raise ValueError(f"{path.name} ends too early")
        return numbers[position - count : position]

    groups, items, resources = (int(number) for number in take(3))
    capacities = tuple(take(resources))
    read = []
    for _ in range(groups):
        take(1)  # the number of the group
        rows = [take(1 + resources) for _ in range(items)]
        read.append(tuple((row[0], tuple(row[1:])) for row in rows))
    return Knapsack(capacities, tuple(read))


def made_knapsack(seed: int, groups: int, items: int, resources: int) -> Knapsack:
    """One in the manner of Khan's: whole weights, values that grow with them, room for half of the most weight."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(groups):
        weights = rng.integers(0, MOST_WEIGHT, size=(items, resources))
        values = np.round((weights * rng.uniform(0.5, 3.5, size=(items, resources))).sum(axis=1), 1)
        made.append(
            tuple(
                (float(value), tuple(float(weight) for weight in row))
                for value, row in sorted(zip(values.tolist(), weights.tolist(), strict=True))
            )
        )
    return Knapsack((groups * MOST_WEIGHT / 2,) * resources, tuple(made))


def instance_of(knapsack: Knapsack, name: str) -> dict[str, Any]:
    """The same choice as an instance: one year, no discount, resources as skills."""
    return {
        "format": "portfolioopt-instance/1",
        "name": name,
        "horizon": {"first_year": YEAR, "years": 1},
        "discount_rate": 0,
        "partnerships": [_partnership(number, group) for number, group in enumerate(knapsack.groups)],
        "skills": {_resource(number): {"capacity": amount} for number, amount in enumerate(knapsack.capacities)},
        "rules": [
            {
                "id": f"choose_{number}",
                "partnership": f"group_{number}",
                "states": [f"item_{item}" for item in range(len(group))],
                "must": "always",
            }
            for number, group in enumerate(knapsack.groups)
        ],
    }


def _partnership(number: int, group: tuple[tuple[float, tuple[float, ...]], ...]) -> dict[str, Any]:
    return {
        "id": f"group_{number}",
        "states": {
            f"item_{item}": {
                "benefit": value,
                "effort": {_resource(resource): weight for resource, weight in enumerate(weights) if weight},
            }
            for item, (value, weights) in enumerate(group)
        },
        "actions": [
            {"id": f"take_{item}", "kind": "form", "from": "none", "to": f"item_{item}"} for item in range(len(group))
        ],
    }


def _resource(number: int) -> str:
    return f"resource_{number}"
