"""Inequalities bring the bound down, cost no plan, and are remembered where they still hold."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.portfolios import realistic
from engine_samples import Written as Facts
from engine_samples import formulated, priced
from portfolioopt import Instance, Session, solve
from portfolioopt.formulation.build import Formulation
from portfolioopt.points.facts import memory_from, memory_text
from portfolioopt.solution import strategies
from portfolioopt.solution.cuts import VALUED
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.prices import PriceList
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.stop import Stop


def best(formulation: Formulation) -> float:
    """What HiGHS finds at most, looked for twice."""
    program = hand_over(formulation)
    return max(run(program, Settings(presolve=presolve, gap=1e-9), Stop()).value for presolve in (True, False))


@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5, 9])
def test_the_bound_comes_down_and_the_best_plan_stays(seed: int) -> None:
    formulation = formulated(realistic(seed, 8, 4, 2))
    relaxed = run(hand_over(formulation), Settings(relaxed=True), Stop()).value
    search = priced(formulation)
    value = best(formulation)
    assert search.priced is not None
    assert search.strengthened
    assert value - 1e-6 * abs(value) <= search.priced.bound < relaxed - 0.05 * (relaxed - value)
    assert best(search.formulation) == pytest.approx(value, rel=1e-7)


def test_the_rows_are_those_of_the_inequalities_and_priced_like_all_others() -> None:
    formulation = formulated(realistic(5, 8, 4, 2))
    search = priced(formulation)
    added = search.formulation.labels[len(formulation.labels) :]
    assert len(added) == len(search.strengthened)
    assert {label.family for label in added} == {VALUED}
    assert search.priced is not None
    assert all(search.prices[one.row] for one in search.strengthened)
    again = PriceList(search.formulation).evaluate(search.prices)
    assert again.bound == search.priced.bound


def test_memory_proves_as_much_again_and_passes_through_text() -> None:
    facts = realistic(2, 8, 4, 2)
    search = priced(formulated(facts))
    memory = memory_from(memory_text(Memory.of(search)))
    formulation, written, prices = memory.recalled(formulated(facts))
    assert len(written) == len(search.strengthened)
    assert search.priced is not None
    assert PriceList(formulation).evaluate(prices).bound == pytest.approx(search.priced.bound, rel=1e-12)


def without_one(facts: Facts) -> Facts:
    return {**facts, "partnerships": facts["partnerships"][:-1], "links": [], "rules": []}


def with_tighter_limits(facts: Facts) -> Facts:
    return {**facts, "exposures": [scaled(one, "at_most", 0.95) for one in facts["exposures"]]}


def with_wider_limits(facts: Facts) -> Facts:
    return {**facts, "exposures": [scaled(one, "at_most", 1.3) for one in facts["exposures"]]}


def with_another_rate(facts: Facts) -> Facts:
    return {**facts, "discount_rate": 0.11}


def scaled(record: Facts, key: str, factor: float) -> Facts:
    if key not in record:
        return record
    value = record[key]
    return {**record, key: [factor * one for one in value] if isinstance(value, list) else factor * value}


@pytest.mark.parametrize("edit", [without_one, with_tighter_limits, with_wider_limits, with_another_rate])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_recalled_after_an_edit_costs_no_plan(seed: int, edit: object) -> None:
    facts = realistic(seed, 8, 4, 2)
    memory = Memory.of(priced(formulated(facts)))
    assert callable(edit)
    formulation = formulated(edit(facts))
    recalled, written, _ = memory.recalled(formulation)
    assert written
    assert len(written) <= len(memory.inequalities)
    assert best(recalled) == pytest.approx(best(formulation), rel=1e-7)


def test_inequalities_of_a_wider_limit_are_forgotten() -> None:
    facts = realistic(0, 8, 4, 2)
    memory = Memory.of(priced(formulated(facts)))
    limits = {one["id"] for one in facts["exposures"] if "at_most" in one}
    found = [one for one in memory.inequalities if one.limit in limits]
    assert found
    _, written, _ = memory.recalled(formulated(with_wider_limits(facts)))
    assert not [one for one in written if one.source.limit in limits]


def test_a_session_with_inequalities_says_what_a_cold_solve_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategies, "SMALL", 0)
    facts = realistic(1, 8, 4, 2)
    session = Session()
    for edit in (dict, with_tighter_limits, with_another_rate, with_wider_limits, without_one):
        instance = Instance.model_validate(edit(facts))
        warm, cold = session.solve(instance, threads=1), solve(instance, threads=1)
        assert warm.status == cold.status
        if cold.status == "infeasible":
            continue
        assert warm.objective == pytest.approx(cold.objective, rel=1e-4)
        assert warm.bound is not None
        assert warm.objective is not None
        assert cold.objective is not None
        assert warm.bound >= cold.objective - 1e-6 * abs(cold.objective)


def test_a_plan_within_all_limits_breaks_no_inequality() -> None:
    formulation = formulated(realistic(5, 8, 4, 2))
    search = priced(formulation)
    rng = np.random.default_rng(0)
    for _ in range(5):
        objective = formulation.objective * rng.uniform(-1, 1, len(formulation.objective))
        program = hand_over(replace(formulation, objective=objective))
        x = program.whole(run(program, Settings(gap=0.01), Stop()).x)  # type: ignore[arg-type]
        size = np.maximum(np.abs(search.formulation.matrix) @ np.abs(x), 1.0)
        over = (search.formulation.matrix @ x - search.formulation.row_upper) / size
        assert over[len(formulation.row_upper) :].max() <= 1e-7
