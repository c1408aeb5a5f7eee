"""Conflicts are minimal and complete; ways out work as printed, and none is cheaper: every plan there is says so."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from audit.cases import case, deal, form, futures, owned
from engine_samples import Written, same
from enumeration.enumerator import Assessment, assess, best_plan
from enumeration.exact import ExactArray, exact
from enumeration.families import FAMILIES
from enumeration.generators import random_instance
from enumeration.portfolios import Portfolios
from enumeration.tally import Tally
from portfolioopt import Instance, Means, Model, diagnose, read_instance
from portfolioopt.errors import UnknownOption
from portfolioopt.language.writing import plain
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.diagnose import Diagnosis, made_room
from portfolioopt.studies.diagnose.givable import hard_limits, prices_of
from portfolioopt.studies.diagnose.loosening import outward

INSTANCES = Path(__file__).parents[2] / "instances"


class Recorder(Tally):
    """Keeps by how much every plan exceeds every hard limit, and what it needs of the budget in every scenario."""

    def __init__(self, portfolios: Portfolios, limits: dict[str, Any]) -> None:
        super().__init__(portfolios, limits)
        self.excess: dict[tuple[str, str, int], list[ExactArray]] = {}

    def limit(self, family: str, limit: str, year: int, scenarios: Iterable[int], excess: ExactArray) -> None:
        super().limit(family, limit, year, scenarios, excess)
        if self.price(family, limit) is None:
            self.excess.setdefault((family, limit, year), []).append(excess.spread_over(self._portfolios.shape))


def studied(written: Written, choices: Written | None = None, **asked: Any) -> Diagnosis:
    return diagnose(Instance.model_validate(written), Model.model_validate(choices or {}), Means(), **asked)


def infeasible(number: int, first: int, *, most: int = 4_000) -> list[tuple[str, Written, Written]]:
    """Random instances without any plan that keeps the limits; each activity has one side."""
    found = []
    seed = first
    while len(found) < number:
        seed += 1
        written, choices = random_instance(seed, tight=bool(seed % 2))
        plans = assess(written, choices)
        two_sided = any("at_most" in one and "at_least" in one for one in written.get("activity", ()))
        if not two_sided and plans.objective.numerators.size <= most and not plans.feasible().any():
            found.append((f"{seed}{'t' if seed % 2 else ''}", written, choices))
    return found


SOME = infeasible(14, 70_000)


def broken_sets(plans: Assessment) -> set[frozenset[str]]:
    """What each plan breaks."""
    names = list(plans.broken)
    masks = np.stack([np.broadcast_to(plans.broken[name], plans.portfolios.shape).ravel() for name in names], axis=1)
    return {frozenset(name for name, hit in zip(names, row, strict=True) if hit) for row in np.unique(masks, axis=0)}


def minimal_conflicts(broken: set[frozenset[str]]) -> set[frozenset[str]]:
    """Minimal sets of limits of which every plan breaks one."""
    names = sorted(frozenset.union(*broken))
    found: list[frozenset[str]] = []
    for size in range(1, len(names) + 1):
        for members in map(frozenset, combinations(names, size)):
            if not any(smaller <= members for smaller in found) and all(members & one for one in broken):
                found.append(members)
    return set(found)


@pytest.mark.parametrize(("seed", "written", "choices"), SOME, ids=lambda one: str(one)[:6])
def test_all_minimal_conflicts_are_found_the_smallest_first(seed: str, written: Written, choices: Written) -> None:
    found = studied(written, choices, count=1)
    assert found.feasible is False
    assert found.all_conflicts
    expected = minimal_conflicts(broken_sets(assess(written, choices)))
    assert {frozenset(one.limits) for one in found.conflicts} == expected
    sizes = [len(one.limits) for one in found.conflicts]
    assert sizes == sorted(sizes)
    assert all(one.minimal and one.verified for one in found.conflicts)
    assert [one.smallest for one in found.conflicts] == [size == sizes[0] for size in sizes]


def cost_of_budget(written: Written, plans: Portfolios, position: tuple[int, ...], price: Fraction) -> float:
    """The least by which the budget must be raised for a plan, in all scenarios at once: a small linear program."""
    capital, future = written["capital"], plans.futures
    years, scenarios = future.years, len(future.names)
    carry, recycle = exact(capital.get("carry_over", 0)), exact(capital.get("recycle", 0))
    budget = future.series(capital["budget"])
    sensitivity = capital.get("sensitivity", {}).get("budget", {})
    width = years + scenarios * years
    rows, right = [], []
    for scenario, path in enumerate(future.path):
        for year, node in enumerate(path):
            factor = future.factor(sensitivity, scenario, year)
            net = Fraction(0)
            for axis, partnership in enumerate(plans.partnerships):
                step = plans.lives[axis][position[axis]][node]
                net += recycle * partnership.driven(step, "proceeds", scenario, year)
                net -= partnership.driven(step, "capital", scenario, year)
            # left(y) − carry·left(y−1) − factor·raised(y) ≤ factor·budget + net
            row = np.zeros(width)
            row[year] = -float(factor)
            reachable = [future.factor(sensitivity, scenario, early) > 0 for early in range(year + 1)]
            if not (any(reachable) if carry else reachable[-1]):
                row[year] = -1  # no budget helps: the limit is set aside
            row[years + scenario * years + year] = 1
            if year:
                row[years + scenario * years + year - 1] = -float(carry)
            rows.append(row)
            right.append(float(factor * budget[year] + net))
    unit = max(map(abs, right))  # far smaller costs, or larger amounts, would drown in the tolerances
    found = linprog([1.0] * years + [0.0] * (width - years), A_ub=np.array(rows), b_ub=np.array(right) / unit)
    return float(found.fun) * unit * float(price) if found.status == 0 else float("inf")


def costs(written: Written, choices: Written) -> list[tuple[frozenset[str], float]]:
    """Of every plan, which limits must give way for it and what that costs at least."""
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    limits = hard_limits(instance, model)
    prices = prices_of(instance, limits, {}, ())
    portfolios = Portfolios(written)
    recorder = Recorder(portfolios, choices.get("limits") or {})
    for family in FAMILIES:
        family(written, portfolios, recorder)
    total = np.zeros(portfolios.shape)
    by_limit: dict[str, Any] = {}
    whole: dict[str, Any] = {}
    totals = {one["id"] for one in written.get("moves", ()) if one.get("total")}
    for (family_name, limit, _year), parts in recorder.excess.items():
        worst = np.max([np.maximum(part.numerators / part.denominator, 0).astype(float) for part in parts], axis=0)
        by_limit[limit] = np.maximum(by_limit.get(limit, 0), worst)
        price = prices.of(family_name, limit)
        assert price is not None
        if family_name == "capital":
            continue
        if family_name == "links" or limit in totals:
            whole[limit] = np.maximum(whole.get(limit, 0), worst * float(price))
        else:
            total = total + worst * float(price)
    total = total + sum(whole.values())
    found = []
    for position in np.ndindex(*portfolios.shape):
        support = frozenset(limit for limit, worst in by_limit.items() if worst[position] > 0)
        cost = float(total[position])
        if "capital" in support:
            price = prices.of("capital", "capital")
            assert price is not None
            cost += cost_of_budget(written, portfolios, position, price)
        found.append((support, cost))
    return found


@pytest.mark.parametrize(("seed", "written", "choices"), infeasible(14, 71_000, most=400), ids=lambda one: str(one)[:6])
def test_ways_out_come_by_cost_and_none_is_cheaper(seed: str, written: Written, choices: Written) -> None:
    found = studied(written, choices, count=4)
    every = costs(written, choices)
    earlier: list[frozenset[str]] = []
    for remedy in found.remedies:
        support = frozenset(change.limit for change in remedy.changes)
        left = [(limits, cost) for limits, cost in every if not any(one <= limits for one in earlier)]
        least = min(cost for _, cost in left)
        assert remedy.cost.high == pytest.approx(least, rel=1e-6, abs=1e-6)
        assert remedy.cost.low <= least * (1 + 1e-6) + 1e-6
        assert remedy.verified
        earlier.append(support)
    beyond = [cost for limits, cost in every if not any(one <= limits for one in earlier)]
    assert found.remedies
    assert found.all_remedies == (min(beyond, default=float("inf")) == float("inf")) or len(found.remedies) == 4


@pytest.mark.parametrize(("seed", "written", "choices"), SOME, ids=lambda one: str(one)[:6])
def test_with_the_changes_as_printed_there_is_a_plan_and_its_value_is_right(
    seed: str, written: Written, choices: Written
) -> None:
    found = studied(written, choices, count=2)
    for remedy in found.remedies:
        instance, model = Instance.model_validate(written), Model.model_validate(choices)
        room, fitted = made_room(found, instance, model, remedy.rank)
        answer = best_plan(plain(room), plain(fitted))
        assert answer.feasible
        assert answer.objective is not None
        assert remedy.status == "optimal"
        assert same(remedy.value.low, answer.objective)
        assert all(change.amount > 0 for change in remedy.changes)


def crowded() -> Written:
    """Three deals that must be on, and engineers for two and a half of them."""
    return case(
        *(deal(name, {"on": {"effort": {"engineer": 2}, "benefit": 1}}, (form(),)) for name in "abc"),
        skills={"engineer": {"capacity": 5}, "poet": {"capacity": 0}},
        rules=[{"id": f"keep_{name}", "partnership": name, "states": ["on"], "must": "always"} for name in "abc"],
    )


def changes(found: Diagnosis, rank: int = 1) -> list[tuple[str, int | None, Decimal, Decimal | None]]:
    (remedy,) = (one for one in found.remedies if one.rank == rank)
    return [(one.limit, one.year, one.amount, one.becomes) for one in remedy.changes]


def test_the_cheapest_way_is_told_in_the_planners_numbers() -> None:
    found = studied(crowded())
    assert [one.limits for one in found.conflicts] == [("engineer", "keep_a", "keep_b", "keep_c")]
    assert changes(found) == [("engineer", 2026, Decimal(1), Decimal(6))]
    assert found.remedies[0].cost.high == pytest.approx(1 / 5)
    assert len(found.remedies) == 4
    rules = [changes(found, rank) for rank in (2, 3, 4)]
    assert sorted(rules) == [[(f"keep_{name}", 2026, Decimal(1), None)] for name in "abc"]
    assert found.remedies[0].value.low == 3
    assert found.remedies[1].value.low == 2


def test_prices_say_which_limits_may_give_way_and_what_for() -> None:
    found = studied(crowded(), prices={"engineer": 3, "keep_b": 2.5})
    assert [changes(found, rank)[0][0] for rank in (1, 2)] == ["keep_b", "engineer"]
    assert [one.cost.high for one in found.remedies] == [2.5, 3.0]
    assert found.all_remedies
    assert found.priced
    assert set(found.kept) == {"keep_a", "keep_c", "poet"}


def test_what_must_be_kept_is_kept_or_there_is_no_way_out() -> None:
    found = studied(crowded(), keep=["engineer", "keep_a"])
    assert {change.limit for one in found.remedies for change in one.changes} == {"keep_b", "keep_c"}
    none = studied(crowded(), keep=["skills", "rules"])
    assert none.feasible is False
    assert none.remedies == ()
    assert none.all_remedies
    assert none.conflicts


def test_a_name_that_is_no_hard_limit_is_refused() -> None:
    with pytest.raises(UnknownOption, match="engineers"):
        studied(crowded(), keep=["engineers"])
    with pytest.raises(UnknownOption, match="engineer"):
        studied(crowded(), {"limits": {"engineer": {"price": 1}}}, prices={"engineer": 2})


def test_a_feasible_instance_is_said_to_be_one() -> None:
    found = diagnose(read_instance(INSTANCES / "five_deals"))
    assert found.feasible is True
    assert found.value.low == pytest.approx(1245.938168, abs=1e-6)
    assert (found.conflicts, found.remedies, found.about.complete) == ((), (), True)
    assert from_json(to_json(found)) == found


def test_money_added_once_may_serve_scenarios_that_miss_it_in_different_years() -> None:
    """One needs 10 in 2027, the other in 2028; what is added in 2027 is carried over."""
    needs = {"on": {"capital": [0, 10, 10], "sensitivity": {"capital": {"early": 1}}}}
    written = case(
        deal("d", needs, start={"state": "on"}),
        years=3,
        capital={"budget": 0, "carry_over": 1},
        **futures(("early", 0.5, {"early": [1, 1, 0]}), ("late", 0.5, {"early": [1, 0, 1]})),
    )
    found = studied(written)
    assert changes(found) == [("capital", 2027, Decimal(10), Decimal(10))]


def test_a_budget_that_falls_to_nothing_is_raised_a_year_before() -> None:
    written = case(
        owned(capital=[0, 8]),
        years=2,
        capital={"budget": [4, 4], "carry_over": 0.5, "sensitivity": {"budget": {"liquidity": 1}}},
        **futures(("dry", 1, {"liquidity": [1, 0]})),
    )
    assert changes(studied(written)) == [("capital", 2026, Decimal(12), Decimal(16))]


def test_a_share_is_raised_to_what_the_plan_needs_or_set_aside() -> None:
    def shared(of: list[str], tags: dict[str, float]) -> Diagnosis:
        limit = {"id": "cap", "tag": "north", "at_most_share": 0.25, "of": of}
        return studied(case(owned(exposure=tags), exposures=[limit]))

    assert changes(shared(["north", "south"], {"north": 1, "south": 2})) == [
        ("cap", 2026, Decimal("0.25"), Decimal("0.333333334"))
    ]
    assert changes(shared(["south"], {"north": 1})) == [("cap", 2026, Decimal(1), None)]


def test_a_rule_gives_way_in_the_years_that_need_it_and_holds_in_the_others() -> None:
    rule = {"id": "always_on", "partnership": "d", "states": ["on"], "must": "always"}
    late = form(window=[2027, 2030])
    written = case(deal("d", {"on": {}}, (late,)), years=3, rules=[rule])
    found = studied(written)
    assert changes(found) == [("always_on", 2026, Decimal(1), None)]
    room, _ = made_room(found, Instance.model_validate(written))
    (left,) = room.rules
    assert (left.id, left.years) == ("always_on", (2027, 2028))


def test_amounts_are_rounded_outward() -> None:
    assert outward(Fraction(120)) == 120
    assert outward(Fraction(1, 3)) == Decimal("0.333333334")
    assert outward(Fraction(123456789123)) == 123456789123
    assert outward(Fraction(10**20 + 1)) == 10**20 + 10**12
    assert str(outward(Fraction(12000))) == "12000"


def test_without_time_nothing_is_claimed() -> None:
    found = diagnose(Instance.model_validate(crowded()), means=Means(time_limit=0.001))
    assert found.feasible is None
    assert not found.about.complete


def test_a_budget_that_no_number_can_mend_is_set_aside() -> None:
    written = case(
        owned(capital=[0, 8]),
        years=2,
        capital={"budget": [4, 4], "sensitivity": {"budget": {"liquidity": 1}}},
        **futures(("dry", 1, {"liquidity": [1, 0]})),
    )
    found = studied(written)
    assert [one.limits for one in found.conflicts] == [("capital",)]
    assert changes(found) == [("capital", 2027, Decimal(8), None)]
    assert made_room(found, Instance.model_validate(written))[0].capital is None
