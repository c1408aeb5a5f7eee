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
from portfolioopt.solution.prices import Priced, PriceList, arc_starts, totals_from
from portfolioopt.solution.sample import sample_of

STAGES = (0.3, 0.1, 0.03, 0.01)
"""Temperatures, as shares of the typical size of a life's total."""
FINER_STAGES = (0.003, 0.001)
"""More of them where the rows are too many for the relaxation of a part to be solved often."""
MANY_ROWS = 5_000
STEPS = 40
"""Most quasi-Newton steps of a stage."""
SAMPLE = 4_000
"""Partnerships beyond which a sample of so many is priced first; what it errs is then mended on all by Newton steps."""
CURVED = 1_000
"""Rows up to which the curvature of the sample's bound is measured, one slope for each of them."""
NUDGE = 1e-3
"""Relative to the largest scaled price, how far a price is moved for that."""
CROWD = 250
"""Partnerships from which on other columns are smoothed more than lives are."""
NEWTON_STEPS = 8
NEWTON_STAGE = 0.003


def ascend(
    formulation: Formulation,
    due: Callable[[], bool],
    seen: Callable[[float], None],
    seed: int = 0,
    start: Floats | None = None,
) -> Priced:
    """Prices of the coupling rows by smoothed descent; stops early when `due`, tells every bound `seen`.

    From prices that are near already (`start`), only the last stages are gone through.
    """
    count = len(formulation.portfolio.partnerships)
    if count <= SAMPLE:
        return _descend(formulation, due, seen, start)
    chosen = np.sort(np.random.default_rng(seed).choice(count, SAMPLE, replace=False))
    sample = sample_of(formulation, chosen)
    started = _descend(sample, due, lambda _bound: None)
    exact = PriceList(formulation)
    best = exact.evaluate(started.prices)
    seen(best.bound)
    if due() or len(started.prices) > CURVED:
        return best
    mended = exact.evaluate(_mend(formulation, sample, started.prices, due))
    return mended if mended.bound < best.bound else best


def _mend(formulation: Formulation, sample: Formulation, prices: Floats, due: Callable[[], bool]) -> Floats:
    """Newton steps on the smoothed bound of all, with the curvature of the sample in place of its own.

    The sum over thousands of partnerships is so even that the curvature of a sample is that of all.
    """
    small, smooth = _SmoothBound(sample), _SmoothBound(formulation)
    small.temperature, smooth.temperature = STAGES[-1] * small.typical, NEWTON_STAGE * smooth.typical
    # from the sample's scale to that of all, and from its size to theirs
    share = len(sample.portfolio.partnerships) / len(formulation.portfolio.partnerships)
    factor = smooth.scale / small.scale
    curvature = small.curvature(prices / small.scale) * np.outer(factor, factor) * small.typical
    curvature /= share * smooth.typical
    curvature += 1e-4 * np.diag(np.maximum(np.diag(curvature), 1e-3 * np.diag(curvature).max()))
    x = np.clip(prices / smooth.scale, smooth.low, smooth.high)
    value, slope = smooth.value_and_slope(x)
    for _ in range(NEWTON_STEPS):
        free = ~(((x <= smooth.low) & (slope > 0)) | ((x >= smooth.high) & (slope < 0)))
        step = np.zeros(len(x))
        step[free] = -np.linalg.lstsq(curvature[np.ix_(free, free)], slope[free])[0]
        length = 1.0
        while length > 0.1 and not due():
            tried = np.clip(x + length * step, smooth.low, smooth.high)
            next_value, next_slope = smooth.value_and_slope(tried)
            if next_value < value:
                break
            length *= 0.5
        else:
            break
        gained = value - next_value
        x, value, slope = tried, next_value, next_slope
        if gained <= 1e-7 * abs(value):
            break
    return x * smooth.scale


def _descend(
    formulation: Formulation, due: Callable[[], bool], seen: Callable[[float], None], start: Floats | None = None
) -> Priced:
    from scipy.optimize import minimize  # slow to import, and only large portfolios need it

    smooth = _SmoothBound(formulation)
    exact = PriceList(formulation)
    scaled = np.zeros(len(smooth.scale)) if start is None else start / smooth.scale
    best = exact.evaluate(scaled * smooth.scale)
    seen(best.bound)
    stages = STAGES if len(scaled) <= MANY_ROWS else (*STAGES, *FINER_STAGES)
    for stage in stages if start is None else stages[-3:]:
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
            bounds=list(zip(smooth.low.tolist(), smooth.high.tolist(), strict=True)),
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
        self.low = np.where(np.isneginf(lower), 0.0, -np.inf)
        self.high = np.where(np.isposinf(upper), 0.0, np.inf)
        length = np.sqrt(np.asarray(self._rows.multiply(self._rows).sum(axis=1)).ravel())
        self.typical = typical_worth(formulation)
        self.scale = self.typical / np.maximum(length, 1e-12)
        self._takes = formulation.takes
        self._crowd = max(1.0, len(formulation.portfolio.partnerships) / CROWD)
        self.temperature = self.typical

    def value_and_slope(self, scaled: Floats) -> tuple[float, Floats]:
        """Bound divided by the typical size, and its slope."""
        formulation = self._formulation
        prices = scaled * self.scale
        reduced = formulation.objective - self._columns @ prices
        soft, shares = soft_sweep(formulation, reduced[: self._takes], self.temperature)
        width = (formulation.upper - formulation.lower)[self._takes :]
        # amounts for all (capital left) are as wide as there are partnerships: they get as much more smoothing
        temperature = self.temperature * self._crowd
        pull = reduced[self._takes :] * width / temperature
        boxes = temperature * np.logaddexp(0, pull) + reduced[self._takes :] * formulation.lower[self._takes :]
        amounts = formulation.lower[self._takes :] + width * _logistic(pull)
        value = float(prices @ self._side) + soft + float(boxes.sum())
        slope = (self._side - self._rows @ np.concatenate((shares, amounts))) * self.scale
        return value / self.typical, slope / self.typical

    def curvature(self, scaled: Floats) -> Floats:
        """Second derivatives by central differences of the slope."""
        nudge = NUDGE * float(np.abs(scaled).max(initial=1e-3))
        rows = len(scaled)
        found = np.zeros((rows, rows))
        for row in range(rows):
            ahead, behind = scaled.copy(), scaled.copy()
            ahead[row] += nudge
            behind[row] -= nudge
            found[row] = (self.value_and_slope(ahead)[1] - self.value_and_slope(behind)[1]) / (2 * nudge)
        symmetric: Floats = 0.5 * (found + found.T)
        return symmetric


def typical_worth(formulation: Formulation) -> float:
    """The typical size of what an arc is worth: its upper decile."""
    money = np.abs(formulation.objective[: formulation.takes])
    return float(np.quantile(money[money > 0], 0.9)) if np.any(money > 0) else 1.0


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
        total = totals_from(formulation, worth, year, soft)
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
    return float(soft[0].sum()), shares
