"""What is added up for every plan: value by scenario, penalties by scenario, and which limits are broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .exact import ExactArray, exact
from .portfolios import Portfolios


class Tally:
    """The running account of all plans of a grid, under the hard and soft limits of one model."""

    def __init__(self, portfolios: Portfolios, limits: Mapping[str, Any]) -> None:
        self._portfolios = portfolios
        self._limits = limits
        scenarios = len(portfolios.futures.names)
        zero = ExactArray.constant(Fraction(0), portfolios.dimensions)
        self.value = [zero] * scenarios
        self.penalty = [zero] * scenarios
        self.broken: dict[str, NDArray[np.bool_]] = {}

    def price(self, family: str, limit: str) -> Fraction | None:
        """What a unit of excess costs in a year, None where the limit is hard; its id wins over its family."""
        chosen = self._limits.get(limit, self._limits.get(family, "hard"))
        return None if chosen == "hard" else exact(chosen["price"])

    def earn(self, year: int, scenarios: Iterable[int], amount: ExactArray) -> None:
        """Count money of a year in the NPV of `scenarios`."""
        discounted = amount.times(self._portfolios.futures.discounts[year])
        for scenario in scenarios:
            self.value[scenario] += discounted

    def limit(self, family: str, limit: str, year: int, scenarios: Iterable[int], excess: ExactArray) -> None:
        """Hold a limit, or charge for going beyond it, where `excess` is positive."""
        price = self.price(family, limit)
        if price is None:
            self.forbid(limit, excess)
            return
        charge = excess.positive_part().times(price * self._portfolios.futures.discounts[year])
        for scenario in scenarios:
            self.penalty[scenario] += charge

    def forbid(self, limit: str, excess: ExactArray) -> None:
        """Mark the plans in which `excess` is positive as breaking a limit."""
        everywhere = np.broadcast_to(excess.is_positive(), self._portfolios.shape)
        self.broken[limit] = self.broken[limit] | everywhere if limit in self.broken else everywhere
