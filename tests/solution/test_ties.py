"""Of plans of equal value the one with the fewest decisions is taken, and the same one every time."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from audit.cases import case, deal, form, leave
from engine_samples import Written, best_of, decisions_of, objective_of, shuffled
from enumeration.enumerator import Assessment, assess
from enumeration.generators import random_instance


def expected_number(plans: Assessment, position: tuple[int, ...]) -> Fraction:
    """Decisions of a plan, by probability."""
    futures = plans.portfolios.futures
    weight = dict(zip(futures.names, futures.probabilities, strict=True))
    return sum((weight[scenario] for *_, scenario in plans.portfolios.decisions(position)), Fraction(0))


def tied(number: int) -> list[tuple[int, Written, Written]]:
    """Random instances of which several plans are best."""
    found = []
    seed = 0
    while len(found) < number:
        written, choices = random_instance(seed)
        if assess(written, choices).best().ties > 1:
            found.append((seed, written, choices))
        seed += 1
    return found


TIED = tied(20)


@pytest.mark.parametrize(("seed", "written", "choices"), TIED, ids=lambda value: str(value)[:5])
def test_the_fewest_expected_decisions_of_all_best_plans_are_taken(
    seed: int, written: Written, choices: Written
) -> None:
    plans = assess(written, choices)
    feasible = plans.feasible()
    greatest = plans.objective.numerators[feasible].max()
    best = np.argwhere(feasible & np.asarray(plans.objective.numerators == greatest, dtype=bool))
    fewest = min(expected_number(plans, tuple(int(number) for number in position)) for position in best)
    result = best_of(written, choices)
    assert objective_of(result) == pytest.approx(float(plans.best().objective or 0), rel=1e-9)
    assert expected_number(plans, plans.portfolios.position(decisions_of(result))) == fewest


@pytest.mark.parametrize(("seed", "written", "choices"), TIED, ids=lambda value: str(value)[:5])
def test_the_same_one_is_taken_whatever_the_order_of_the_file(seed: int, written: Written, choices: Written) -> None:
    first = best_of(written, choices)
    for order in range(3):
        again = best_of(shuffled(written, Random(order)), shuffled(choices, Random(order)))
        assert again.plan == first.plan


def test_nothing_is_done_for_nothing() -> None:
    idle = deal("idle", {"on": {}}, (form(), leave()))
    busy = deal("busy", {"on": {"benefit": 3}}, (form(),))
    result = best_of(case(idle, busy, years=3))
    assert decisions_of(result) == {("busy", "form", 2026, "base")}
