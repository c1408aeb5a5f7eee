"""Why nothing is feasible: the smallest set of limits that no plan keeps together, verified over all subsets."""

from itertools import combinations

import numpy as np
import pytest

from audit.cases import case, deal, form, owned
from engine_samples import Written, formulated, solved
from enumeration.enumerator import Assessment, assess
from enumeration.generators import random_instance
from portfolioopt.solution.conflict import find_conflict
from portfolioopt.solution.stop import Stop


def infeasible(number: int) -> list[tuple[str, Written, Written]]:
    """Random instances without any plan."""
    found = []
    seed = 0
    while len(found) < number:
        tight = bool(seed % 2)
        written, choices = random_instance(seed, tight=tight)
        if not assess(written, choices).feasible().any():
            found.append((f"{seed}{'t' if tight else ''}", written, choices))
        seed += 1
    return found


INSTANCES = infeasible(30)


def conflicts(plans: Assessment, limits: tuple[str, ...]) -> bool:
    """Whether no plan at all keeps these limits together."""
    kept = np.ones(plans.portfolios.shape, dtype=bool)
    for limit in limits:
        kept &= ~plans.broken[limit]
    return not kept.any()


@pytest.mark.parametrize(("seed", "written", "choices"), INSTANCES, ids=lambda value: str(value)[:5])
def test_the_conflict_is_one_and_no_smaller_set_of_limits_is(seed: str, written: Written, choices: Written) -> None:
    plans = assess(written, choices)
    conflict = find_conflict(formulated(written, choices), Stop())
    assert set(conflict.limits) <= set(plans.broken)
    assert conflicts(plans, conflict.limits)
    for size in range(len(conflict.limits)):
        assert not any(conflicts(plans, smaller) for smaller in combinations(plans.broken, size))
    # where limits are missed by less than the solver's tolerance, only the exact cuts show the conflict
    assert conflict.smallest or seed.endswith("t")


def crowded() -> Written:
    """Three rules that any two of a limit of one break, and limits that have nothing to do with it."""
    return case(
        *(deal(name, {"on": {"effort": {"engineer": 2}}}, (form(),)) for name in "abc"),
        skills={"engineer": {"capacity": 5}, "poet": {"capacity": 0}},
        rules=[{"id": f"keep_{name}", "partnership": name, "states": ["on"], "must": "always"} for name in "abc"],
        activity=[{"id": "few", "at_most": 3}],
    )


def test_only_the_limits_that_conflict_are_named() -> None:
    result = solved(crowded())
    assert (result.status, result.conflict) == ("infeasible", ("engineer", "keep_a", "keep_b", "keep_c"))


def test_the_order_of_the_file_does_not_change_which_of_several_conflicts_is_named() -> None:
    rules = [{"id": f"never_{name}", "partnership": name, "states": ["on"], "must": "never"} for name in "ab"]
    partnerships = [owned("a"), owned("b")]
    first = solved(case(*partnerships, rules=rules))
    again = solved(case(*partnerships[::-1], rules=rules[::-1]))
    assert first.conflict == again.conflict == ("never_a",)


def test_a_soft_limit_is_in_no_conflict() -> None:
    written = crowded()
    assert solved(written, {"limits": {"engineer": {"price": 1}}}).status == "optimal"
    assert solved(written, {"limits": {"rules": {"price": 1}}}).status == "optimal"


def test_when_time_is_up_the_conflict_is_still_one_but_not_called_the_smallest() -> None:
    conflict = find_conflict(formulated(crowded()), Stop(deadline=0.0))
    assert conflict.limits == ("engineer", "keep_a", "keep_b", "keep_c")
    assert not conflict.smallest


def test_an_interrupt_leaves_all_limits_in_the_conflict_and_does_not_call_it_the_smallest() -> None:
    stop = Stop()
    stop.asked.set()
    conflict = find_conflict(formulated(crowded()), stop)
    assert not conflict.smallest
    assert set(conflict.limits) >= {"engineer", "keep_a", "keep_b", "keep_c"}
