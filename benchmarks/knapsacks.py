"""Multiple-choice multidimensional knapsacks: problems of others with answers that they proved, and made ones."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from portfolioopt.exchange.neighbours.mmkp import Item, Knapsack, instance_of, read_knapsacks

DATA = Path(__file__).parent / "data" / "mmkp"
KNOWN = {"I01": 173.0, "I02": 364.0, "I03": 1602.0, "I04": 3597.0, "I05": 3905.7, "I06": 4799.3}
"""Best values known of the files that lie here; all but that of I04 are proven best."""
MOST_WEIGHT = 10
"""Weights of made items lie below this, as in the files of Khan."""


def published(path: Path) -> dict[str, Any]:
    """The first problem in a file, as an instance."""
    return instance_of(read_knapsacks(path)[0], f"mmkp-{path.name.lower()}")


def made_knapsack(seed: int, groups: int, items: int, resources: int) -> Knapsack:
    """One in the manner of Khan's: whole weights, values that grow with them, room for half of the most weight."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(groups):
        weights = rng.integers(0, MOST_WEIGHT, size=(items, resources))
        values = np.round((weights * rng.uniform(0.5, 3.5, size=(items, resources))).sum(axis=1), 1)
        rows = sorted(zip(values.tolist(), weights.tolist(), strict=True))
        made.append(tuple(Item(Decimal(str(value)), tuple(map(Decimal, row))) for value, row in rows))
    return Knapsack((Decimal(groups * MOST_WEIGHT) / 2,) * resources, tuple(made))


def made(seed: int, groups: int, items: int, resources: int, name: str) -> dict[str, Any]:
    """A made one as an instance."""
    return instance_of(made_knapsack(seed, groups, items, resources), name)
