"""Moves: how the levels of drivers stray from those of their scenario.

    level(w,y)·exp(x_y − ½·Var x_y),  x_y = persistence·x_{y−1} + volatility·ε_y,  x_{−1} = 0,  ε_y ~ N(0, R)

for every driver with a declared volatility; R is the correlation between the shocks that drivers have in a year, and,
as all drivers have one persistence, between their deviations x in every year. Whatever R, each driver by itself moves
as if it were alone, and the mean of a level stays the scenario's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from portfolioopt.errors import UnknownOption
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.instance import Instance
from portfolioopt.networks.tree import Floats

PERSISTENCE = 0.8
Pairs = Mapping[tuple[str, str], float]
"""Correlation by two drivers, in either order."""
HAIR = 1e-9
"""An eigenvalue of a correlation that is 0 but for rounding."""


@dataclass(frozen=True)
class Moves:
    """Which drivers move, how far, how long that lasts, and which move together."""

    volatility: tuple[tuple[str, float], ...]
    """Standard deviation of the yearly shock to the logarithm of a level, by driver; only those above 0."""
    persistence: float
    """Share of last year's deviation that is left."""
    correlation: tuple[tuple[str, str, float], ...]
    """Between the shocks of two drivers that move; pairs that are not named move independently."""

    @property
    def drivers(self) -> tuple[str, ...]:
        return tuple(driver for driver, _ in self.volatility)

    def factors(self, shocks: np.random.Generator, draws: int, years: int) -> dict[str, Floats]:
        """By driver that moves: [draw, year] what its levels are multiplied by; the mean is 1."""
        alone = [shocks.standard_normal((draws, years)) for _ in self.volatility]
        root = _root(self._matrix())
        found = {}
        for position, (driver, volatility) in enumerate(self.volatility):
            step = sum((share * alone[other] for other, share in enumerate(root[position]) if share), np.zeros(()))
            factor = np.empty((draws, years))
            deviation, variance = np.zeros(draws), 0.0
            for year in range(years):
                deviation = self.persistence * deviation + volatility * step[:, year]
                variance = self.persistence**2 * variance + volatility**2
                factor[:, year] = np.exp(deviation - variance / 2)
            found[driver] = factor
        return found

    def _matrix(self) -> Floats:
        place = {driver: position for position, driver in enumerate(self.drivers)}
        matrix = np.eye(len(place))
        for one, other, value in self.correlation:
            matrix[place[one], place[other]] = matrix[place[other], place[one]] = value
        return matrix


def moves_of(
    instance: Instance, volatility: Mapping[str, float], persistence: float, correlation: float | Pairs
) -> Moves:
    """What is asked for, checked; one number for `correlation` is that of every two drivers that move.

    Raises `UnknownOption`.
    """
    if not 0 <= persistence <= 1:
        raise UnknownOption(f"persistence is from 0 to 1, not {persistence}")
    for driver, value in volatility.items():
        _check_driver(instance, driver)
        if not 0 <= value <= 2:
            raise UnknownOption(f"the volatility of {driver} is from 0 to 2, not {value}")
    moving = tuple(sorted((driver, float(value)) for driver, value in volatility.items() if value))
    found = Moves(moving, persistence, tuple(_pairs(instance, [driver for driver, _ in moving], correlation)))
    if moving and np.linalg.eigvalsh(found._matrix()).min() < -HAIR:
        raise UnknownOption(
            "the correlations contradict each other: no drivers can move together like that; bring them nearer to 0"
        )
    return found


def _pairs(instance: Instance, moving: list[str], correlation: float | Pairs) -> list[tuple[str, str, float]]:
    """Every two drivers that move together, in order of their names."""
    if not isinstance(correlation, Mapping):
        pairs = {(one, other): correlation for one in moving for other in moving if one < other}
        return [(*pair, _share(value, "of all drivers")) for pair, value in pairs.items() if value]
    found: dict[tuple[str, str], float] = {}
    for (one, other), value in correlation.items():
        for driver in (one, other):
            _check_driver(instance, driver)
            if driver not in moving:
                raise UnknownOption(f"{driver} moves with nothing, as it has no volatility: give it one")
        if one == other:
            raise UnknownOption(f"{one} always moves with itself: a correlation is between two drivers")
        pair = (min(one, other), max(one, other))
        if pair in found:
            raise UnknownOption(f"the correlation of {one} and {other} is given twice")
        found[pair] = _share(value, f"of {one} and {other}")
    return [(*pair, value) for pair, value in sorted(found.items()) if value]


def _share(value: float, of: str) -> float:
    if not -1 <= value <= 1:
        raise UnknownOption(f"the correlation {of} is from -1 to 1, not {value}")
    return float(value)


def _check_driver(instance: Instance, driver: str) -> None:
    if driver not in instance.drivers:
        hint = did_you_mean(driver, instance.drivers) or "the instance has none"
        raise UnknownOption(f"there is no driver called {driver}; {hint}")


def _root(matrix: Floats) -> list[list[float]]:
    """L with L·Lᵀ = R, lower triangular, its rows of length 1; drivers before the first that is correlated stay alone.

    A hair on the diagonal lets R be singular, as it is where two drivers move as one.
    """
    if not len(matrix):
        return []
    root = np.linalg.cholesky(matrix + 1e-12 * np.eye(len(matrix)))
    root /= np.linalg.norm(root, axis=1, keepdims=True)
    found: list[list[float]] = root.tolist()
    return found
