"""Branches of the tree, and plans decided in them one stage after the other."""

from typing import Any

import numpy as np
import pytest

from benchmarks.portfolios import realistic
from engine_samples import formulated, objective_of, solved
from portfolioopt import Instance, Model
from portfolioopt.audit import Auditor
from portfolioopt.formulation.build import Formulation
from portfolioopt.networks.tree import Floats
from portfolioopt.plan import TODAY, Plan
from portfolioopt.solution import strategies
from portfolioopt.solution.branches import arcs_open_to, branches_from, decide_by_stages, splits_of
from portfolioopt.solution.decisions import arcs_of
from portfolioopt.solution.judgement import Verdict
from portfolioopt.solution.pricing import price
from portfolioopt.solution.search import Options, Search
from portfolioopt.solution.stop import Stop


def today(formulation: Formulation) -> Floats:
    at = np.zeros(len(formulation.lower))
    at[arcs_of(formulation, TODAY)] = 1
    return at


@pytest.mark.parametrize("seed", range(4))
def test_branches_from_a_split_share_all_later_nodes_among_them(seed: int) -> None:
    formulation = formulated(realistic(seed, 4, 6, 6))
    count = formulation.portfolio.tree.nodes.count
    for year in splits_of(formulation):
        branches = list(branches_from(formulation, year))
        for later in range(year, len(count)):
            nodes = np.concatenate([branch.nodes[later - year] for branch in branches])
            assert np.array_equal(np.sort(nodes), np.arange(count[later]))
        assert not any(one.below(other) for one in branches for other in branches if one is not other)


@pytest.mark.parametrize("seed", range(4))
def test_arcs_open_to_a_branch_are_those_that_lead_on_from_where_the_plan_is(seed: int) -> None:
    formulation = formulated(realistic(seed, 4, 6, 6))
    at = today(formulation)
    portfolio = formulation.portfolio
    for branch in branches_from(formulation, splits_of(formulation)[0]):
        found = set(arcs_open_to(formulation, branch, at).tolist())
        expected: set[int] = set()
        places: dict[tuple[int, int], set[int]] = {}
        for year, nodes in enumerate(branch.nodes, start=branch.year):
            arcs, before = portfolio.years[year], portfolio.years[year - 1]
            for node in nodes.tolist():
                parent = int(portfolio.tree.nodes.parent[year][node])
                if year == branch.year:
                    taken = at[formulation.take_start[year - 1] + parent * before.size :][: before.size] > 0
                    coming = set(before.target[taken].tolist())
                else:
                    coming = places[year - 1, parent]
                on = [arc for arc in range(arcs.size) if int(arcs.source[arc]) in coming]
                expected |= {formulation.take_start[year] + node * arcs.size + arc for arc in on}
                places[year, node] = {int(arcs.target[arc]) for arc in on}
        assert found == expected


def searched(written: dict[str, Any]) -> Search:
    """A search that knows prices and today's plan."""
    auditor = Auditor(Instance.model_validate(written), Model(), TODAY)

    def judge(plan: Plan) -> Verdict:
        audit = auditor.audit(plan, tables=False)
        return Verdict(audit.objective, ()) if audit.ok else Verdict(audit.objective, ("refused",))  # type: ignore[arg-type]

    search = Search(formulated(written), judge, Options(1e-6), Stop())
    search.offer(TODAY, "today")
    price(search)
    return search


@pytest.mark.parametrize("seed", range(5))
def test_a_plan_decided_stage_by_stage_keeps_the_limits_and_is_never_better_than_the_best(seed: int) -> None:
    written = realistic(seed, 6, 5, 8)
    search = searched(written)
    before = search.value
    assert decide_by_stages(search, Stop())
    best = solved(written, time_limit=60)
    assert before <= search.value <= float(objective_of(best)) * (1 + 1e-9)
    assert search.value >= before + 0.5 * (float(objective_of(best)) - before)


def test_very_many_scenarios_are_decided_stage_by_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategies, "MANY_SCENARIOS", 4)
    monkeypatch.setattr(strategies, "SMALL", 0)
    result = solved(realistic(2, 10, 6, 6), time_limit=40, gap=0.02)
    assert result.audit is not None
    assert result.audit.ok
    assert "stages" in result.timings
