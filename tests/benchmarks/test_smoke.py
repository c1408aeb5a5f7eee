"""Every registered case goes through every phase at a tiny size: untimed, only that it works."""

from collections.abc import Iterator
from itertools import product

import pytest
from peers import installed
from prepared import Prepared
from registry import CASES, HIGHS, OURS, PHASES, Phase

LIMIT = 0.5
PREPARED: dict[str, Prepared] = {}


@pytest.fixture(scope="module", autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    yield
    while PREPARED:
        PREPARED.popitem()[1].close()


def ready(name: str) -> Prepared:
    """The tiny case; its stages are made once for all phases."""
    if name not in PREPARED:
        PREPARED[name] = Prepared(CASES[name], 1, tiny=True)
    return PREPARED[name]


@pytest.mark.parametrize(
    ("name", "phase"),
    [pytest.param(name, phase, id=f"{name}-{phase.name}-{phase.engine}") for name, phase in product(CASES, PHASES)],
)
def test_every_case_goes_through_every_phase(name: str, phase: Phase) -> None:
    if not installed(phase.needs):
        pytest.skip(f"{phase.needs} is not installed")
    measured = phase.measure(ready(name), LIMIT)
    assert measured.seconds > 0
    if measured.value is not None and measured.bound is not None:
        assert measured.bound >= measured.value - 1e-6 * abs(measured.value)
    if phase.engine == OURS and phase.name == "solve":
        assert measured.audited


def test_what_a_phase_is_measured_against_comes_before_it() -> None:
    before: set[tuple[str, str]] = set()
    for phase in PHASES:
        assert phase.against is None or phase.against in before
        before.add((phase.name, phase.engine))
    assert len(before) == len(PHASES)
    assert ("solve", HIGHS) in before


def test_doing_nothing_is_within_the_limits_of_every_case_made() -> None:
    from portfolios import capacities, realistic

    from portfolioopt import Instance
    from portfolioopt.audit import audit
    from portfolioopt.language.model import Model
    from portfolioopt.plan import TODAY

    made = [realistic(seed) for seed in range(4)] + [realistic(1, 80, 10, 8), realistic(0, 3, 2, 1)]
    for raw in [*made, capacities(1, 20, 5, 4)]:
        assert audit(Instance.model_validate(raw), Model(), TODAY, TODAY).ok, raw["name"]


def test_the_same_seed_makes_the_same_case_and_another_seed_another() -> None:
    from portfolios import capacities, realistic

    assert realistic(1) == realistic(1) != realistic(2)
    assert capacities(1, 9, 5, 4) == capacities(1, 9, 5, 4) != capacities(2, 9, 5, 4)
