"""What a re-solve asks beyond the limits holds exactly: conditions on decisions, and what is known from the start."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import pytest

from audit.cases import case, deal, form, leave
from engine_samples import Written, objective_of, plan_from, same
from enumeration.enumerator import assess
from enumeration.generators import random_instance, random_plan
from portfolioopt import Instance, Model, Session
from portfolioopt.plan import Plan
from portfolioopt.solution import strategies
from portfolioopt.solution.conditions import Condition, Differing, SameUntil, Taken, held
from portfolioopt.solution.request import Request


def best_where(written: Written, choices: Written, wanted: Callable[[Plan], bool]) -> Fraction | None:
    """The best objective of all feasible plans whose decisions satisfy a test, by looking at every plan."""
    plans = assess(written, choices)
    best = None
    feasible = plans.feasible()
    for position in zip(*feasible.nonzero(), strict=True):
        answer = plans.at(tuple(map(int, position)))
        assert answer.objective is not None
        if wanted(plan_from(written, answer.decisions)) and (best is None or answer.objective > best):
            best = answer.objective
    return best


def keeps(condition: Condition, plan: Plan) -> bool:
    return not condition.breaches(plan, "")


def few_plans(number: int, first_seed: int) -> list[tuple[int, Written, Written]]:
    """Random feasible instances of a few hundred plans."""
    found: list[tuple[int, Written, Written]] = []
    seed = first_seed
    while len(found) < number:
        seed += 1
        written, choices = random_instance(seed)
        feasible = assess(written, choices).feasible()
        if 3 < feasible.sum() < 300:
            found.append((seed, written, choices))
    return found


@pytest.mark.parametrize(("seed", "written", "choices"), few_plans(12, 60_000), ids=lambda one: str(one)[:5])
def test_the_best_plan_that_differs_little_from_another(seed: int, written: Written, choices: Written) -> None:
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    other = plan_from(written, random_plan(seed, written))
    differing = Differing.of(other, [(one.name, Fraction(one.probability)) for one in instance.futures])
    session = Session()
    for most in (4, 2, 1, 0):
        condition = Condition("few changes", differing, at_most=Fraction(most) - differing.constant)
        few = partial(keeps, condition)
        result = session.solve(instance, model, gap=1e-9, request=Request((condition,), explain=False))
        expected = best_where(written, choices, few)
        assert (result.status == "infeasible") == (expected is None)
        if expected is not None:
            assert same(objective_of(result), expected)
            assert result.bound is not None
            assert result.bound >= float(expected) - 1e-9 * abs(float(expected))


@pytest.mark.parametrize(("seed", "written", "choices"), few_plans(8, 61_000), ids=lambda one: str(one)[:5])
def test_an_action_is_forced_or_forbidden(seed: int, written: Written, choices: Written) -> None:
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    for partnership in written["partnerships"]:
        for action in partnership["actions"][:1]:
            taken = Taken(frozenset({(partnership["id"], action["id"])}))
            for condition in (
                Condition("forced", taken, at_least=Fraction(1)),
                Condition("forbidden", taken, at_most=Fraction(0)),
            ):
                result = Session().solve(instance, model, gap=1e-9, request=Request((condition,), explain=False))
                expected = best_where(written, choices, partial(keeps, condition))
                assert (result.status == "infeasible") == (expected is None)
                assert expected is None or same(objective_of(result), expected)


def test_the_first_years_may_be_held_to_those_of_another_plan() -> None:
    written = case(deal("d", {"on": {"benefit": [-5, 3, 9]}}, (form(), leave())), years=3)
    instance = Instance.model_validate(written)
    free = Session().solve(instance)
    assert objective_of(free) == 7
    nothing_yet = Condition("wait", SameUntil(frozenset(), 2026), at_least=Fraction(0))
    late = Session().solve(instance, request=Request((nothing_yet,)))
    assert objective_of(late) == 0
    assert free.plan is not None
    same_start = frozenset(map(held, free.plan.decisions))
    again = Condition("as before", SameUntil(same_start, 2026), at_least=Fraction(1))
    assert objective_of(Session().solve(instance, request=Request((again,)))) == 7


def test_a_bound_is_carried_over_only_to_what_asks_more() -> None:
    taken = Taken(frozenset({("d", "form")}))
    tight, loose = (Condition("few", taken, at_most=Fraction(most)) for most in (1, 2))
    assert Request((tight,)).asks_no_less_than(Request((loose,)))
    assert Request((tight,)).asks_no_less_than(Request())
    assert not Request((loose,)).asks_no_less_than(Request((tight,)))
    assert not Request().asks_no_less_than(Request((tight,)))
    assert not Request(known=frozenset({"demand"})).asks_no_less_than(Request())
    assert Request().asks_no_less_than(Request(known=frozenset({"demand"})))
    assert not Request(against=Plan()).asks_no_less_than(Request())


@pytest.mark.parametrize("small", [strategies.SMALL, 0])
def test_scenarios_known_apart_from_the_start_are_worth_what_they_are_worth_alone(
    small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through both searches: roots of the tree are several then, for the prices too."""
    monkeypatch.setattr(strategies, "SMALL", small)
    tried = 0
    seed = 62_000
    while tried < 6:
        seed += 1
        written, choices = random_instance(seed)
        names = [one["name"] for one in written.get("scenarios", ())]
        if len(names) < 2 or "risk" in choices.get("objective", {}):
            continue
        instance, model = Instance.model_validate(written), Model.model_validate(choices)
        request = Request(known=frozenset(instance.drivers), explain=False)
        together = Session().solve(instance, model, gap=1e-9, request=request)
        total = Fraction(0)
        for scenario in written["scenarios"]:
            alone = {**written, "scenarios": [{**scenario, "probability": 1}]}
            best = assess(alone, choices).best()
            if best.objective is None:
                assert together.status == "infeasible"
                break
            total += Fraction(str(scenario["probability"])) * best.objective
        else:
            tried += 1
            assert abs(objective_of(together) - total) <= Fraction(2, 10**6) * max(abs(total), 1)
            assert together.bound is not None
            assert together.bound >= float(total) - 1e-8 * max(abs(float(total)), 1)
