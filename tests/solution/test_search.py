"""A search for large models, tried on small ones; what counts as proven, and what an audited plan contradicts."""

import math
from fractions import Fraction

import numpy as np
import pytest

from audit.cases import case, deal, form
from engine_samples import Written, formulated, objective_of, solved
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, Model
from portfolioopt.audit import audit
from portfolioopt.plan import TODAY, Decision, Plan
from portfolioopt.solution import pricing, strategies
from portfolioopt.solution.cuts import Breach
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.judgement import Verdict
from portfolioopt.solution.pricing import price
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.search import Options, Search, Sight, relative_gap
from portfolioopt.solution.stop import Stop


def searching_for(written: Written, choices: Written | None = None, gap: float = 1e-6) -> Search:
    instance, model = Instance.model_validate(written), Model.model_validate(choices or {})

    def judge(plan: Plan) -> Verdict:
        found = audit(instance, model, plan)
        first_year = instance.horizon.first_year
        return Verdict(
            found.objective,
            tuple(Breach(one.family, one.id, one.scenario, one.year - first_year) for one in found.findings),
        )

    return Search(formulated(written, choices), judge, Options(gap), Stop())


ONE_DEAL = case(deal("deal", {"on": {"benefit": 10}}, (form(),)), years=2)
FORMED = Plan.of([Decision("base", 2026, "deal", "form", "form")])


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [(100, 101, 0.01), (-100, -99, 0.01), (100, 100, 0), (100, 99, 0), (0, 0, 0), (-math.inf, 5, math.inf),
     (5, math.inf, math.inf)],
)  # fmt: skip
def test_the_gap_is_relative_to_the_value_and_never_negative(value: float, bound: float, gap: float) -> None:
    assert relative_gap(value, bound) == pytest.approx(gap)


def test_only_plans_that_pass_the_audit_count_and_only_better_ones_replace_the_best() -> None:
    search = searching_for(ONE_DEAL)
    wrong = Plan.of([Decision("base", 2026, "deal", "no_such_action", "form")])
    assert search.offer(wrong, "test") is None
    assert search.best is None
    assert search.offer(FORMED, "first") is not None
    assert search.offer(TODAY, "second") is not None
    assert search.best is not None
    assert (search.best.plan, search.best.found_by, search.value) == (FORMED, "first", 20.0)


def test_a_bound_that_a_plan_contradicts_is_dropped_and_told() -> None:
    search = searching_for(ONE_DEAL)
    search.prove("wrong", 15.0)
    search.prove("right", 25.0)
    assert search.bound == 15
    search.offer(FORMED, "test")
    assert search.bound == 25
    assert [proof.by for proof in search.contradicted] == ["wrong"]
    search.prove("wrong again", 19.0)
    assert search.bound == 25


def test_the_lowest_bound_counts_and_never_one_below_the_best_plan() -> None:
    search = searching_for(ONE_DEAL)
    assert search.bound == math.inf
    search.offer(FORMED, "test")
    search.prove("nothing", math.inf)
    assert search.bound == math.inf
    search.prove("tight", 20.0 - 1e-9)
    assert search.bound == 20
    assert search.gap == 0
    assert search.done


def test_a_plan_of_equal_value_replaces_the_best_only_if_it_is_worth_exactly_as_much() -> None:
    written = case(deal("deal", {"on": {"benefit": 0}}, (form(),)), deal("other", {"on": {"benefit": 1}}, (form(),)))
    search = searching_for(written)
    other = Decision("base", 2026, "other", "form", "form")
    both = Plan.of([other, Decision("base", 2026, "deal", "form", "form")])
    search.offer(both, "first")
    search.take_if_equal(TODAY, "worse")
    assert search.best is not None
    assert search.best.plan == both
    search.take_if_equal(Plan.of([other]), "equal")
    assert search.best.plan == Plan.of([other])


def test_prices_prove_a_bound_and_leave_out_only_arcs_of_worse_plans() -> None:
    for seed in range(12):
        written, choices = random_instance(seed)
        best = best_plan(written, choices)
        if not best.feasible:
            continue
        assert best.objective is not None
        search = searching_for(written, choices)
        price(search)
        assert search.priced is not None
        assert search.priced.bound >= float(best.objective) - 1e-7 * abs(float(best.objective))
        assert search.could_be_better().all()  # nothing is known yet
        ended = search.solve(Settings(), "search")
        assert ended.ending == "optimal"
        kept = search.could_be_better()
        taken = search.arcs_of_best()
        assert taken is not None
        assert kept[taken].all()
        assert kept[search.formulation.takes :].all()
        narrow = search.kept_within(search.loss_of(1))
        assert narrow[: search.formulation.takes].sum() <= kept.size


def test_a_run_is_repeated_while_the_audit_refuses_what_it_finds() -> None:
    search = searching_for(ONE_DEAL)
    honest = search.judge

    def strict(plan: Plan) -> Verdict:
        verdict = honest(plan)
        late = any(decision.year == 2026 for decision in plan.decisions)
        return Verdict(verdict.objective, (Breach("unknown", "unknown", "base", 0),) if late else ())

    search.judge = strict
    ended = search.solve(Settings(), "search")
    assert ended.value == pytest.approx(10)
    assert search.cuts == 1
    assert search.best is not None
    assert [decision.year for decision in search.best.plan.decisions] == [2027]


@pytest.mark.parametrize("tight", [False, True], ids=["loose", "tight"])
@pytest.mark.parametrize("batch", [range(first, first + 10) for first in range(0, 60, 10)], ids=str)
def test_the_search_for_large_models_finds_the_enumerators_plan_within_the_gap(
    batch: range, tight: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strategies, "SMALL", 0)
    wrong = {}
    for seed in batch:
        written, choices = random_instance(seed, tight=tight)
        best = best_plan(written, choices)
        result = solved(written, choices, gap=1e-6)
        if result.status != ("optimal" if best.feasible else "infeasible"):
            wrong[seed] = f"{result.status}, {result.stop_reason}; feasible {best.feasible}"
        elif best.objective is not None:
            assert result.bound is not None
            allowed = Fraction(2, 10**6) * max(abs(best.objective), 1)
            if abs(objective_of(result) - best.objective) > allowed:
                wrong[seed] = f"{result.objective}, best {float(best.objective)}"
            elif result.bound < float(best.objective) * (1 - 1e-9 * math.copysign(1, float(best.objective))):
                wrong[seed] = f"bound {result.bound} below {float(best.objective)}"
    assert not wrong


@pytest.mark.parametrize("seed", range(6))
def test_prices_by_descent_prove_bounds_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pricing, "SIMPLEX", 0)
    written, choices = random_instance(seed)
    best = best_plan(written, choices)
    if not best.feasible:
        return
    assert best.objective is not None
    search = searching_for(written, choices)
    price(search)
    assert {proof.by for proof in search.proofs} == {"prices"}
    assert search.bound >= float(best.objective) - 1e-7 * abs(float(best.objective))


@pytest.mark.parametrize("seed", range(12))
def test_prices_by_parts_prove_what_the_strengthened_relaxation_proves(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, choices = random_instance(seed, tight=bool(seed % 2))
    by_relaxation, by_parts = searching_for(written, choices), searching_for(written, choices)
    price(by_relaxation)
    monkeypatch.setattr(pricing, "SIMPLEX", 0)
    monkeypatch.setattr(pricing, "WIDTH", 3)
    price(by_parts)
    if by_relaxation.priced is None:
        return  # not even the relaxation has a plan
    assert by_parts.priced is not None
    relaxed = run(hand_over(by_parts.formulation), Settings(relaxed=True), Stop()).value
    assert by_parts.priced.bound == pytest.approx(relaxed, rel=1e-4)
    without = run(hand_over(formulated(written, choices)), Settings(relaxed=True), Stop()).value
    assert max(relaxed, by_relaxation.priced.bound) <= without + 1e-6 * abs(without)


def test_a_watcher_sees_phases_values_and_bounds_that_never_cross() -> None:
    seen: list[Sight] = []
    written, choices = random_instance(1, tight=True)
    result = solved(written, choices, progress=seen.append)
    assert all(sight.value <= sight.bound + 1e-6 * abs(sight.bound) for sight in seen)
    assert all(sight.gap >= 0 for sight in seen)
    assert np.all(np.diff([sight.seconds for sight in seen]) >= 0)
    assert result.status in ("optimal", "infeasible")
