"""What a second run has to prove, and when two runs are believed."""

import math
from dataclasses import replace

import pytest

from benchmarks.portfolios import realistic
from engine_samples import objective_of, solved
from portfolioopt import Instance, Model
from portfolioopt.audit import Auditor
from portfolioopt.formulation.build import formulate
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import TODAY, Plan
from portfolioopt.solution import strategies
from portfolioopt.solution.highs import Run
from portfolioopt.solution.judgement import Breach, Verdict
from portfolioopt.solution.pricing import price
from portfolioopt.solution.search import Options, Search
from portfolioopt.solution.stop import Stop
from portfolioopt.solution.strategies import ALL_ARCS, OTHERWISE, _agree, _rival

WRITTEN = realistic(2, 8, 6, 3)
GAP = 0.03


@pytest.fixture(scope="module")
def best() -> tuple[Plan, float]:
    """The optimum."""
    result = solved(WRITTEN)
    assert result.status == "optimal"
    assert result.chosen is not None
    return Plan(result.chosen.decisions, result.chosen.hiring), float(objective_of(result))


@pytest.fixture
def search(best: tuple[Plan, float]) -> Search:
    """One that has found the optimum, and has not proven the gap."""
    instance = Instance.model_validate(WRITTEN)
    auditor = Auditor(instance, Model(), TODAY)

    def judge(plan: Plan) -> Verdict:
        audit = auditor.audit(plan, tables=False)
        return Verdict(audit.objective, () if audit.ok else (Breach("", "", "", 0),))

    search = Search(formulate(lay_out(instance), Model()), judge, Options(GAP), Stop())
    search.offer(best[0], "the optimum")
    price(search)
    search.proofs.clear()
    assert not search.gap_reached
    return search


def test_a_second_run_needs_no_plan_of_its_own_to_prove_the_gap(
    search: Search, best: tuple[Plan, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = strategies._settings
    # its own gap does not end it
    monkeypatch.setattr(strategies, "_settings", lambda search, name: replace(settings(search, name), gap=0.0))
    _rival(search)
    (proof,) = search.proofs
    assert proof.by == OTHERWISE
    assert best[1] * (1 + 1e-6) < proof.bound <= best[1] + GAP * abs(best[1])
    assert search.gap_reached


def test_two_runs_are_believed_where_each_has_proven_the_gap(search: Search, best: tuple[Plan, float]) -> None:
    search.prove(ALL_ARCS, best[1] + 2 * GAP * abs(best[1]))
    _rival(search)
    _agree(search)
    assert search.agreeing == ()
    search.prove(ALL_ARCS, best[1] + 0.5 * GAP * abs(best[1]))
    _agree(search)
    assert search.agreeing == (ALL_ARCS, OTHERWISE)


@pytest.mark.parametrize("says", ["infeasible", "less"])
def test_a_second_run_that_contradicts_the_plan_proves_nothing(
    says: str, search: Search, best: tuple[Plan, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object, **__: object) -> Run:
        if says == "infeasible":
            return Run("infeasible", None, -math.inf, -math.inf, None, 0.0, "", gap_reached=False)
        less = best[1] - 0.1 * abs(best[1])
        return Run("optimal", None, less, less, None, 0.0, "", gap_reached=True)

    search.prove(ALL_ARCS, best[1])
    monkeypatch.setattr(search, "solve", wrong)
    _rival(search)
    _agree(search)
    assert search.agreeing == ()
    assert [proof.by for proof in search.contradicted] == [OTHERWISE]


def test_one_run_twice_is_not_two(search: Search) -> None:
    _rival(search)
    _rival(search)
    _agree(search)
    assert search.agreeing == ()
