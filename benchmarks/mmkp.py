"""Multiple-choice multidimensional knapsacks as instances: problems that others stated, with answers that they proved.

A file holds `groups items resources`, the capacities, then for each group its number and one row `value w1 … wk` for
each item; words end the data (the files carry old solutions). Of every group exactly one item is taken.
A group becomes a partnership with one state per item, formed in the only year; a rule asks that it is in one of them.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "mmkp"
OPTIMA = {"I01": 173, "I02": 364}
YEAR = 2026


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


def copied(name: str) -> dict[str, Any]:
    """The instance of a file that lies here."""
    return instance_of(read_knapsack(DATA / name), f"mmkp-{name.lower()}")
