"""Descent on the bound of prices, on a bound whose least value is known."""

import numpy as np
import pytest

from portfolioopt.hedging.descent import Descent

CHANCE = np.array([0.5, 0.3, 0.2])
WORTH = np.array([[8.0, 1.0, -3.0], [-9.0, 2.0, 5.0], [2.0, -6.0, 1.0]])
"""[scenario, decision] what each decision is worth by itself; at most two of three may be taken"""


def best_at(prices):
    """Of every scenario what it would do at prices, and what that is worth there."""
    gain = WORTH - prices
    taken = np.zeros_like(gain)
    for scenario, row in enumerate(gain):
        for decision in np.argsort(-row)[:2]:
            taken[scenario, decision] = float(row[decision] > 0)
    return taken, (gain * taken).sum(axis=1)


def descended(steps: int, target: float) -> Descent:
    descent = Descent(np.ones(9), np.repeat(CHANCE, 3), lambda part: part)
    prices, own = np.zeros(9), False
    for _ in range(steps):
        taken, worth = best_at(prices.reshape(3, 3))
        away = (taken - CHANCE @ taken).ravel()
        descent.saw(prices, float(CHANCE @ worth), away, own=own)
        following = descent.next(target)
        if following is None:
            break
        prices, own = following, True
    return descent


def agreed() -> float:
    """The best that one choice for all scenarios earns."""
    mean = CHANCE @ WORTH
    return float(np.sort(np.maximum(mean, 0))[-2:].sum())


def test_the_bound_falls_to_what_agreeing_is_worth_and_never_below() -> None:
    descent = descended(200, agreed())
    assert agreed() <= descent.best + 1e-12
    assert descent.best == pytest.approx(agreed(), rel=0.01)


def test_without_a_plan_to_aim_at_it_falls_as_well() -> None:
    descent = descended(300, -np.inf)
    assert agreed() <= descent.best + 1e-12
    assert descent.best == pytest.approx(agreed(), rel=0.05)


def test_prices_cancel_at_every_step() -> None:
    descent = descended(50, agreed())
    assert CHANCE @ descent.best_prices.reshape(3, 3) == pytest.approx(np.zeros(3), abs=1e-9)


def test_it_ends_where_all_agree() -> None:
    descent = Descent(np.ones(2), np.array([0.5, 0.5]), lambda part: part)
    descent.saw(np.zeros(2), 3.0, np.zeros(2), own=False)
    assert descent.next(2.0) is None
