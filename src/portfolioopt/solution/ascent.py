"""Prices without a linear program: descent on the price bound itself, for portfolios too large for the simplex method.

The bound of `prices.py` is convex and piecewise linear in the prices λ. Replacing every "best life" by the soft maximum
τ·log Σ exp(total/τ) over all lives (Nesterov 2005; over a network it is one backward sweep of soft maxima, and one
forward sweep gives the probability of every arc) makes it smooth, so that a quasi-Newton method with bounds (L-BFGS-B)
goes down fast. The temperature τ falls in stages. The bound reported is always the exact one.
"""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.build import Formulation
from portfolioopt.networks.tree import Floats
from portfolioopt.solution.prices import Priced, PriceList, arc_starts
from portfolioopt.solution.sample import sample_of

STAGES = (0.3, 0.1, 0.03, 0.01)
"""Temperatures, as shares of the typical size of a life's total."""
FINER_STAGES = (0.003, 0.001)
"""More of them where the rows are too many for the relaxation of a part to be solved often."""
MANY_ROWS = 5_000
STEPS = 40
"""Most quasi-Newton steps of a stage."""
SAMPLE = 4_000
"""Partnerships beyond which a sample of so many is priced in place of all."""


def ascend(formulation: Formulation, due: Callable[[], bool], seen: Callable[[float], None], seed: int = 0) -> Priced:
    """Prices of the coupling rows by smoothed descent; stops early when `due`, tells every bound `seen`."""
    count = len(formulation.portfolio.partnerships)
    if count <= SAMPLE:
        return _descend(formulation, due, seen)
    chosen = np.sort(np.random.default_rng(seed).choice(count, SAMPLE, replace=False))
    priced = _descend(sample_of(formulation, chosen), due, lambda _bound: None)
    return PriceList(formulation).evaluate(priced.prices)


def _descend(formulation: Formulation, due: Callable[[], bool], seen: Callable[[float], None]) -> Priced:
    from scipy.optimize import minimize  # slow to import, and only large portfolios need it

    smooth = _SmoothBound(formulation)
    exact = PriceList(formulation)
    scaled = np.zeros(len(smooth.scale))
    best = exact.evaluate(scaled)
    for stage in STAGES if len(scaled) <= MANY_ROWS else (*STAGES, *FINER_STAGES):
        if due():
            break
        smooth.temperature = stage * smooth.typical

        def watch(_x: Floats) -> None:
            if due():
                raise StopIteration

        found = minimize(  # type: ignore[call-overload]
            smooth.value_and_slope,
            scaled,
            jac=True,
            method="L-BFGS-B",
            bounds=smooth.bounds,
            callback=watch,
            options={"maxiter": STEPS, "maxcor": 20},
        )
        scaled = found.x
        priced = exact.evaluate(scaled * smooth.scale)
        if priced.bound < best.bound:
            best = priced
            seen(priced.bound)
    return best


class _SmoothBound:
    """The smoothed bound and its slope, in prices scaled so that all rows weigh alike."""

    def __init__(self, formulation: Formulation) -> None:
        self._formulation = formulation
        coupling = formulation.matrix[formulation.paths :]
        self._rows = sp.csr_array(coupling)
        self._columns = sp.csr_array(coupling.T)
        lower, upper = formulation.row_lower[formulation.paths :], formulation.row_upper[formulation.paths :]
        self._side = np.where(np.isfinite(upper), upper, lower)
        self.bounds = [
            (0.0 if low == -np.inf else None, 0.0 if high == np.inf else None)
            for low, high in zip(lower.tolist(), upper.tolist(), strict=True)
        ]
        length = np.sqrt(np.asarray(self._rows.multiply(self._rows).sum(axis=1)).ravel())
        money = np.abs(formulation.objective[: formulation.takes])
        self.typical = float(np.quantile(money[money > 0], 0.9)) if np.any(money > 0) else 1.0
        self.scale = self.typical / np.maximum(length, 1e-12)
        self._takes = formulation.takes
        self.temperature = self.typical

    def value_and_slope(self, scaled: Floats) -> tuple[float, Floats]:
        """Bound divided by the typical size, and its slope."""
        formulation = self._formulation
        prices = scaled * self.scale
        reduced = formulation.objective - self._columns @ prices
        soft, shares = soft_sweep(formulation, reduced[: self._takes], self.temperature)
        width = (formulation.upper - formulation.lower)[self._takes :]
        pull = reduced[self._takes :] * width / self.temperature
        boxes = self.temperature * np.logaddexp(0, pull) + reduced[self._takes :] * formulation.lower[self._takes :]
        amounts = formulation.lower[self._takes :] + width * _logistic(pull)
        value = float(prices @ self._side) + soft + float(boxes.sum())
        slope = (self._side - self._rows @ np.concatenate((shares, amounts))) * self.scale
        return value / self.typical, slope / self.typical


def _logistic(z: Floats) -> Floats:
    share: Floats = 0.5 * (1 + np.tanh(0.5 * z))
    return share


def soft_sweep(formulation: Formulation, worth: Floats, temperature: float) -> tuple[float, Floats]:
    """Σ_p τ·log Σ_lives exp(total/τ), and the share of every arc in it."""
    portfolio = formulation.portfolio
    tree = portfolio.tree
    years = len(portfolio.years)
    chances: list[Floats] = [np.zeros(0)] * years
    soft: list[Floats] = [np.zeros(0)] * years
    for year in reversed(range(years)):
        arcs = portfolio.years[year]
        total = worth[formulation.year_columns(year)].reshape(tree.nodes.count[year], arcs.size)
        if year + 1 < years:
            onward = np.zeros((tree.nodes.count[year], arcs.slots))
            for child, parent in enumerate(tree.nodes.parent[year + 1].tolist()):
                onward[parent] += soft[year + 1][child]
            total = total + onward[:, arcs.target]
        starts = arc_starts(arcs.source)
        peak = np.maximum.reduceat(total, starts, axis=1)
        weight = np.exp((total - peak[:, arcs.source]) / temperature)
        mass = np.add.reduceat(weight, starts, axis=1)
        soft[year] = peak + temperature * np.log(mass)
        chances[year] = weight / mass[:, arcs.source]
    shares = np.zeros(formulation.takes)
    reached = np.ones((1, len(portfolio.partnerships)))
    for year in range(years):
        arcs = portfolio.years[year]
        coming = reached[tree.nodes.parent[year]]
        share = coming[:, arcs.source] * chances[year]
        shares[formulation.year_columns(year)] = share.ravel()
        count = tree.nodes.count[year]
        reached = np.stack(
            [np.bincount(arcs.target, weights=share[node], minlength=arcs.slots) for node in range(count)]
        )
    return float(soft[0][0].sum()), shares
