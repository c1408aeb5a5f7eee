"""Generated portfolios: the same from the same seed, feasible as they stand, every family of limits in use."""

from typing import Any

import pytest

from benchmarks.portfolios import capacities, realistic
from portfolioopt import Instance
from portfolioopt.audit import audit
from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.language.model import Model
from portfolioopt.plan import TODAY

MADE = [
    *(realistic(seed) for seed in range(3)),
    realistic(1, 80, 10, 8),
    realistic(0, 3, 2, 1),
    capacities(1, 20, 5, 4),
]


@pytest.mark.parametrize("raw", MADE, ids=lambda raw: f"{raw['name']}-{len(raw['partnerships'])}")
def test_doing_nothing_is_within_the_limits(raw: dict[str, Any]) -> None:
    assert audit(Instance.model_validate(raw), Model(), TODAY, TODAY).ok


def test_the_same_seed_makes_the_same_portfolio_and_another_seed_another() -> None:
    assert realistic(1) == realistic(1) != realistic(2)
    assert capacities(1, 9, 5, 4) == capacities(1, 9, 5, 4) != capacities(2, 9, 5, 4)


def test_every_family_of_limits_is_in_use() -> None:
    assert not [name for name in FAMILY_NAMES if not realistic(1).get(name)]
