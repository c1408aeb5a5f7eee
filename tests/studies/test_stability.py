"""The curve of value against changes is that of all plans, never falls, and its ends are what they must be."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from audit.cases import case, deal, form, take
from engine_samples import Written, plan_from, same
from enumeration.enumerator import assess, best_plan
from enumeration.generators import random_instance, random_plan
from portfolioopt import Instance, Means, Model, Plan, UnknownOption, read_instance, solve, stability
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.interval import NEVER
from portfolioopt.studies.stability import Stability

INSTANCES = Path(__file__).parents[2] / "instances"


def feasible(number: int, first: int) -> list[tuple[int, Written, Written]]:
    """Random instances of which a few hundred plans at most keep the limits."""
    found: list[tuple[int, Written, Written]] = []
    seed = first
    while len(found) < number:
        seed += 1
        written, choices = random_instance(seed, tight=bool(seed % 2))
        choices.pop("changes", None)
        if 2 < assess(written, choices).feasible().sum() < 250:
            found.append((seed, written, choices))
    return found


def every_plan(written: Written, choices: Written, published: Plan) -> list[tuple[Fraction, Fraction]]:
    """Changes and objective of every feasible plan."""
    plans = assess(written, choices)
    chances = {future.name: Fraction(future.probability) for future in Instance.model_validate(written).futures}
    found = []
    for position in np.argwhere(plans.feasible()):
        answer = plans.at(tuple(int(number) for number in position))
        differing = set(plan_from(written, answer.decisions).decisions) ^ set(published.decisions)
        assert answer.objective is not None
        found.append((sum((chances[one.scenario] for one in differing), Fraction(0)), answer.objective))
    return found


@pytest.mark.parametrize(("seed", "written", "choices"), feasible(10, 90_000), ids=lambda one: str(one)[:5])
def test_the_stairs_are_those_of_all_plans(seed: int, written: Written, choices: Written) -> None:
    published = plan_from(written, random_plan(seed, written))
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    found = stability(instance, published, model, Means(gap=1e-9), step=0)
    every = every_plan(written, choices, published)
    stairs: list[tuple[Fraction, Fraction]] = []
    for changes, value in sorted(every, key=lambda one: (one[0], -one[1])):
        if not stairs or value - stairs[-1][1] > Fraction(1, 10**8) * max(abs(value), 1):
            stairs.append((changes, value))
    assert [point.at_most for point in found.points] == [changes for changes, _ in stairs]
    assert all(same(point.value.low, value) for point, (_, value) in zip(found.points, stairs, strict=True))
    assert found.fewest.low == found.fewest.high == float(stairs[0][0])
    assert found.exact
    assert found.about.complete


@pytest.mark.parametrize(("seed", "written", "choices"), feasible(8, 91_000), ids=lambda one: str(one)[:5])
def test_the_points_at_whole_changes_and_the_re_plan_are_right(seed: int, written: Written, choices: Written) -> None:
    published = plan_from(written, random_plan(seed, written))
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    found = stability(instance, published, model, Means(gap=1e-9), price=0.7)
    every = every_plan(written, choices, published)
    assert [point.at_most for point in found.points] == list(range(len(found.points)))
    for point in found.points:
        values = [value for changes, value in every if changes <= point.at_most]
        assert (point.value == NEVER) == (not values)
        if values:
            assert same(point.value.low, max(values))
            assert point.value.high >= float(max(values)) - 1e-9 * abs(float(max(values)))
            assert point.changes is not None
            assert point.changes <= point.at_most
    assert found.replan is not None
    assert same(found.replan.value.low, max(value - Fraction(7, 10) * changes for changes, value in every))
    assert found.fewest.low == found.fewest.high == float(min(changes for changes, _ in every))


def test_published_and_still_best_is_one_point() -> None:
    facts = read_instance(INSTANCES / "five_deals")
    published = solve(facts).plan
    assert published is not None
    found = stability(facts, published)
    assert [(point.at_most, point.changes) for point in found.points] == [(0, 0)]
    assert found.points[0].value.low == found.free.low == pytest.approx(1245.938168, abs=1e-6)
    assert found.broken == ()
    assert from_json(to_json(found)) == found


def two_years() -> Instance:
    """Two deals that pay, and one that pays more than either and takes both their places."""
    names = {"a": 3, "b": 3, "c": 7}
    deals = [deal(name, {"on": {"benefit": worth}}, (form(window=[2026, 2026]),)) for name, worth in names.items()]
    member = [{"partnership": name, "states": ["on"]} for name in names]
    either = [
        {"id": f"c_or_{name}", "kind": "excludes", "members": [member[place], member[2]]}
        for place, name in enumerate("ab")
    ]
    return Instance.model_validate(case(*deals, links=either))


def test_each_step_up_the_curve_is_told_with_what_changes() -> None:
    published = Plan.of([take("form", 2026, "a")])
    found = stability(two_years(), published, step=0)
    assert [(point.at_most, point.value.low) for point in found.points] == [(0, 3), (1, 6), (2, 7)]
    assert [one.partnership for one in found.points[1].added] == ["b"]
    assert [one.partnership for one in found.points[2].added] == ["c"]
    assert [one.partnership for one in found.points[2].dropped] == ["a"]


@pytest.mark.parametrize(("price", "changes", "worth"), [(0, 2, 7), (0.9, 2, 7), (1.1, 1, 6), (3.5, 0, 3)])
def test_the_dearer_a_change_the_fewer_are_made(price: float, changes: int, worth: int) -> None:
    found = stability(two_years(), Plan.of([take("form", 2026, "a")]), price=price)
    assert found.replan is not None
    assert (found.replan.changes, found.replan.worth) == (changes, worth)


def test_a_published_plan_that_breaks_a_limit_needs_changes() -> None:
    published = Plan.of([take("form", 2026, "a"), take("form", 2026, "c")])
    found = stability(two_years(), published)
    assert found.broken == ("c_or_a 2026",)
    assert found.points[0].value == NEVER
    assert (found.fewest.low, found.fewest.high) == (1, 1)


def test_the_price_of_the_model_counts_where_none_is_given_and_not_in_the_curve() -> None:
    model = Model.model_validate({"changes": {"price": 3.5, "against": "today"}})
    found = stability(two_years(), Plan.of([take("form", 2026, "a")]), model)
    assert found.replan is not None
    assert found.replan.changes == 0
    assert found.free.low == 7


def test_nothing_feasible_has_no_curve() -> None:
    never = {"id": "never", "partnership": "a", "states": ["none"], "must": "never"}
    written = case(deal("a", {"on": {}}, (form(window=[2027, 2027]),)), rules=[never])
    found = stability(Instance.model_validate(written), Plan())
    assert found.status == "infeasible"
    assert found.points == ()
    assert not best_plan(written).feasible


def test_a_step_below_nothing_is_refused() -> None:
    with pytest.raises(UnknownOption):
        stability(two_years(), Plan(), step=-1)


def test_a_study_without_time_tells_that_it_is_partial() -> None:
    found: Stability = stability(read_instance(INSTANCES / "five_deals"), Plan(), means=Means(time_limit=0.5))
    assert not found.about.complete
