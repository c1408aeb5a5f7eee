"""Prices that prove more than those of hedging do: descent on the bound itself, from the best prices known.

    q(W) = Σ_w π_w·max (worth_w(x) − W_w·x)     is convex, and  x̄ − x_w  a subgradient of it for W_w

at the x_w that are best there, x̄ being their mean at the node. Steps are Polyak's (1969): as long as it would take to
reach the value of the best plan if the bound went on falling as it begins to. Several processes hold the prices of
some scenarios each and go through the same steps.
"""

from collections.abc import Callable

import numpy as np

from portfolioopt.networks.tree import Floats

FIRST, LONGEST, SHORTEST = 1.0, 1.5, 0.02
"""Steps as shares of Polyak's: at first, at most, and where it is no use to go on."""
PATIENCE = 3
"""Steps in a row without a better bound until they become shorter."""
INERTIA = 0.35
"""Share of the last direction in the next."""
UNKNOWN = 0.02
"""Gap to aim for while no plan is known, relative to the bound."""


class Descent:
    """The state of the descent in one process."""

    def __init__(self, scale: Floats, chance: Floats, total: Callable[[float], float]) -> None:
        """`scale` and `chance` by local price: what moves it, and the probability of its scenario; `total` adds up."""
        self._scale, self._chance, self._total = scale, chance, total
        self.best = float("inf")
        self.best_prices = np.zeros(len(scale))
        self._best_away = self._away = np.zeros(len(scale))
        self._prices, self._bound = self.best_prices, float("inf")
        self._direction: Floats | None = None
        self._step, self._failed = FIRST, 0

    def saw(self, prices: Floats, bound: float, away: Floats, *, own: bool) -> None:
        """What prices have proven, and how far from agreement (x_w − x̄) scenarios are there.

        Prices that are not its own are gone on from only if they are the best so far.
        """
        if bound < self.best:
            self.best, self.best_prices, self._best_away = bound, prices.copy(), away.copy()
            self._prices, self._bound, self._away = self.best_prices, bound, self._best_away
            self._failed = 0
            self._step = min(1.2 * self._step, LONGEST) if own else max(self._step, FIRST / 2)
        elif own:
            self._prices, self._bound, self._away = prices.copy(), bound, away.copy()
            self._failed += 1
            if self._failed >= PATIENCE:
                self._prices, self._bound, self._away = self.best_prices, self.best, self._best_away
                self._direction, self._failed = None, 0
                self._step /= 2

    def next(self, target: float) -> Floats | None:
        """Prices to try next, on the way down to a target; None where nothing is left to gain."""
        if self._step < SHORTEST or not np.isfinite(self._bound):
            return None
        straight = self._scale * self._away
        turned = straight if self._direction is None else (1 - INERTIA) * straight + INERTIA * self._direction
        falls = self._total(float(self._chance @ (self._away * turned)))
        if falls <= 0:
            turned = straight
            falls = self._total(float(self._chance @ (self._away * straight)))
        if falls <= 0:  # all agree: no prices prove more
            return None
        if not np.isfinite(target):
            target = self._bound - UNKNOWN * abs(self._bound)
        self._direction = turned
        prices: Floats = self._prices + self._step * max(self._bound - target, 0.0) / falls * turned
        return prices
