"""Plans nearby: from a poor plan to a better one, and no part freed twice around the same plan."""

import time

import pytest

from benchmarks.portfolios import realistic
from portfolioopt import Instance, Model
from portfolioopt.audit import Auditor
from portfolioopt.formulation.build import formulate
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import TODAY, Plan
from portfolioopt.solution.judgement import Verdict
from portfolioopt.solution.neighbourhoods import improve
from portfolioopt.solution.search import Options, Search
from portfolioopt.solution.stop import Stop
from portfolioopt.solution.strengthening import price_by_relaxation
from portfolioopt.solving import verdict_of


def searching(seed: int) -> tuple[Search, list[str]]:
    """A search that has today's portfolio and good prices, and a list of the parts that it will solve."""
    instance = Instance.model_validate(realistic(seed, 12, 5, 3))
    auditor = Auditor(instance, Model(), TODAY)

    def judge(plan: Plan) -> Verdict:
        return verdict_of(instance, auditor.audit(plan, tables=False))

    search = Search(
        formulate(lay_out(instance), Model()), judge, Options(gap=1e-6), Stop(deadline=time.perf_counter() + 300)
    )
    search.offer(TODAY, "today")
    price_by_relaxation(search)
    solved: list[str] = []
    run = search.run

    def noted(program: object, settings: object, *rest: object, **more: object) -> object:
        solved.append(settings.name)  # type: ignore[attr-defined]
        return run(program, settings, *rest, **more)  # type: ignore[arg-type]

    search.run = noted  # type: ignore[assignment]
    return search, solved


@pytest.mark.parametrize("seed", [1, 7])
def test_plans_get_better_and_no_part_is_freed_twice_in_vain(seed: int) -> None:
    search, solved = searching(seed)
    before = search.value
    improve(search, search.stop)
    assert search.value > before
    while search.value > before:
        before = search.value
        improve(search, search.stop)
    first = len(solved)
    improve(search, search.stop)
    assert search.value == before
    assert not [name for name in solved[first:] if "branch" in name or "years" in name]
