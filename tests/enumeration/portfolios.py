"""The grid of all portfolios of lives: one axis for each partnership, one position on it for each life."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .exact import ExactArray, total
from .futures import Futures, read_futures
from .lives import Life, Partnership, Step, read_partnerships

Decision = tuple[str, str, int, str]
"""Partnership, action, calendar year, scenario."""


class Portfolios:
    """Every combination of one life for each partnership, and totals over the partnerships for all of them at once.

    Arrays have one axis for each partnership; an axis on which nothing varies has length one, so that a flow of
    one partnership costs no more than the number of its lives.
    """

    def __init__(self, instance: Mapping[str, Any], lives: Sequence[list[Life]] | None = None) -> None:
        """`lives`, by partnership, are all that there are, if not those of the instance."""
        self.futures: Futures = read_futures(instance)
        self.partnerships: list[Partnership] = read_partnerships(instance, self.futures)
        self.lives: list[list[Life]] = list(lives or (partnership.lives() for partnership in self.partnerships))
        self.shape = tuple(len(lives) for lives in self.lives)
        self.dimensions = len(self.shape)
        self._axis = {partnership.id: axis for axis, partnership in enumerate(self.partnerships)}
        nodes = range(len(self.futures.nodes))
        self._steps = [[_distinct([life[node] for life in lives]) for node in nodes] for lives in self.lives]

    def total(self, node: int, quantity: Callable[[Partnership, Step], Fraction]) -> ExactArray:
        """Σ over the partnerships of `quantity` at a node."""
        return total([self.of_one(axis, node, quantity) for axis in range(self.dimensions)], self.dimensions)

    def of_one(self, axis: int, node: int, quantity: Callable[[Partnership, Step], Fraction]) -> ExactArray:
        """`quantity` of the partnership on `axis` at a node."""
        steps, which = self._steps[axis][node]
        values = ExactArray.of([quantity(self.partnerships[axis], step) for step in steps])
        if not values.numerators.any():
            return ExactArray.constant(Fraction(0), self.dimensions)
        return self._along(axis, ExactArray(values.numerators[which], values.denominator))

    def of_lives(self, axis: int, quantity: Callable[[Life], Fraction]) -> ExactArray:
        """`quantity` of each whole life of the partnership on `axis`."""
        return self._along(axis, ExactArray.of([quantity(life) for life in self.lives[axis]]))

    def occupancy(self, member: Mapping[str, Any], node: int) -> ExactArray:
        """1 where the member's partnership is in one of its listed states at a node, notice years included."""
        states = member["states"]
        return self.of_one(self._axis[member["partnership"]], node, lambda _, step: Fraction(step.state in states))

    def decisions(self, position: Sequence[int]) -> frozenset[Decision]:
        """The decisions of one plan, given by the position of its life on each axis."""
        chosen = zip(self.partnerships, self.lives, position, strict=True)
        return frozenset(
            decision for partnership, lives, number in chosen for decision in self.decided(partnership, lives[number])
        )

    def decided(self, partnership: Partnership, life: Life) -> set[Decision]:
        """The decisions of one life."""
        return {
            (partnership.id, step.decided, self.futures.first_year + node.year, self.futures.names[scenario])
            for node, step in zip(self.futures.nodes, life, strict=True)
            if step.decided is not None
            for scenario in node.scenarios
        }

    def position(self, decisions: Iterable[Decision]) -> tuple[int, ...]:
        """Where the plan with exactly these decisions stands; KeyError if it is none of the plans."""
        wanted = set(decisions)
        found = []
        for partnership, lives in zip(self.partnerships, self.lives, strict=True):
            own = {decision for decision in wanted if decision[0] == partnership.id}
            wanted -= own
            numbers = {frozenset(self.decided(partnership, life)): number for number, life in enumerate(lives)}
            found.append(numbers[frozenset(own)])
        if wanted:
            raise KeyError(f"no such partnership: {sorted(wanted)}")
        return tuple(found)

    def _along(self, axis: int, values: ExactArray) -> ExactArray:
        shape = tuple(-1 if other == axis else 1 for other in range(self.dimensions))
        return ExactArray(values.numerators.reshape(shape), values.denominator)


def _distinct(steps: Sequence[Step]) -> tuple[list[Step], NDArray[np.int64]]:
    """The distinct steps, and for each of `steps` which of them it is."""
    numbers: dict[Step, int] = {}
    which = [numbers.setdefault(step, len(numbers)) for step in steps]
    return list(numbers), np.array(which, dtype=np.int64)
