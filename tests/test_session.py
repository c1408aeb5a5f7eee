"""A session says of every case what a solve from cold says of it, and starts from what it found before."""

import random
from typing import Any

import pytest

from audit.cases import case, deal, form, owned
from engine_samples import Written, objective_of, solved
from enumeration.generators import random_instance
from portfolioopt import Instance, Model, Session
from portfolioopt.language.tightening import only_tightened
from portfolioopt.solution import pricing, strategies


def edited(written: Written, rng: random.Random) -> Written:
    """The same facts with a budget, a capacity, a benefit or a partnership changed."""
    after = {**written}
    if "capital" in after and rng.random() < 0.7:
        capital = dict(after["capital"])
        factor = rng.choice([0.5, 0.9, 1.1, 2])
        budget = capital["budget"]
        capital["budget"] = [factor * float(b) for b in budget] if isinstance(budget, list) else factor * float(budget)
        after["capital"] = capital
    if rng.random() < 0.3:
        after["discount_rate"] = 0.11
    return after


@pytest.mark.parametrize("seed", range(40))
def test_one_edit_after_the_other_ends_like_solving_from_cold(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the search for large models, which alone starts from what is remembered."""
    monkeypatch.setattr(strategies, "SMALL", 0)
    if seed % 2:
        monkeypatch.setattr(pricing, "SIMPLEX", 0)
    rng = random.Random(seed)
    written, choices = random_instance(seed, tight=bool(seed % 3))
    model = Model.model_validate(choices)
    session = Session()
    for _ in range(3):
        instance = Instance.model_validate(written)
        again, cold = session.solve(instance, model, gap=1e-6), solved(written, choices)
        assert (again.status == "infeasible") == (cold.status == "infeasible")
        if cold.status != "infeasible":
            assert again.audit is not None
            assert again.audit.ok
            assert again.bound is not None
            best = float(objective_of(cold))
            assert again.bound >= best - 1e-8 * abs(best)
            assert float(objective_of(again)) == pytest.approx(best, rel=2e-6, abs=1e-6)
        written = edited(written, rng)


def test_a_case_that_only_asks_more_keeps_the_bound_of_the_one_before() -> None:
    deals = [deal(f"d{n}", {"on": {"benefit": 10 + n, "capital": [3 + n, 0]}}, (form(),)) for n in range(4)]
    loose = Instance.model_validate(case(*deals, years=2, capital={"budget": 8}))
    tight = Instance.model_validate(case(*deals, years=2, capital={"budget": 7}))
    session = Session()
    first, second = session.solve(loose, time_limit=30), session.solve(tight, time_limit=30)
    assert first.bound is not None
    assert second.bound is not None
    assert second.bound <= first.bound * (1 + 1e-9)
    assert session.solve(loose).objective == first.objective


def test_where_an_edit_breaks_the_plan_of_before_the_search_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today's portfolio still stands then, but it is nothing to build on."""
    monkeypatch.setattr(strategies, "SMALL", 0)
    deals = [deal(f"d{n}", {"on": {"benefit": 50 + 7 * n % 31, "capital": [20 + 11 * n % 17, 0]}}, (form(),))
             for n in range(14)]  # fmt: skip
    tried: list[object] = []
    through = strategies._through

    def noted(search: Any, cores: Any, *stop: Any) -> None:
        tried.append(cores)
        through(search, cores, *stop)

    monkeypatch.setattr(strategies, "_through", noted)
    session = Session()
    session.solve(Instance.model_validate(case(*deals, years=2, capital={"budget": 133})))
    tried.clear()
    kept = session.solve(Instance.model_validate(case(*deals, years=2, capital={"budget": 134})))
    assert tried[0] == strategies.ONE_MORE
    assert strategies.BROKEN_CORES not in tried
    tried.clear()
    broken = session.solve(Instance.model_validate(case(*deals, years=2, capital={"budget": 97})))
    assert tried[0] == strategies.BROKEN_CORES
    assert (kept.status, broken.status) == ("optimal", "optimal")


LIMITED: Written = {
    "capital": {"budget": [5, 5]},
    "skills": {"coder": {"capacity": 4, "hire": {"cost": 1, "at_most": 2}}},
    "exposures": [{"id": "north", "tag": "north", "at_most": 7}],
    "requirements": [{"id": "cells", "capability": "cells", "at_least": 3, "shortfall_cost": 1}],
    "activity": [{"id": "few", "at_most": 3, "at_least": 1}],
    "moves": [{"id": "deals", "at_most": 2}],
}


@pytest.mark.parametrize(
    ("changed", "tighter"),
    [
        ({"capital": {"budget": [5, 4]}}, True),
        ({"capital": {"budget": 4}}, True),
        ({"capital": {"budget": [6, 4]}}, False),
        ({"capital": {"budget": [4, 4], "recycle": 1}}, False),
        ({"skills": {"coder": {"capacity": 3, "hire": {"cost": 1, "at_most": 1}}}}, True),
        ({"skills": {"coder": {"capacity": 3, "hire": {"cost": 2, "at_most": 2}}}}, False),
        ({"skills": {"coder": {"capacity": 3}}}, False),
        ({"exposures": [{"id": "north", "tag": "north", "at_most": 6}]}, True),
        ({"requirements": [{"id": "cells", "capability": "cells", "at_least": 4, "shortfall_cost": 1}]}, True),
        ({"requirements": [{"id": "cells", "capability": "cells", "at_least": 2, "shortfall_cost": 1}]}, False),
        ({"activity": [{"id": "few", "at_most": 2, "at_least": 2}]}, True),
        ({"activity": [{"id": "few", "at_most": 2}]}, False),
        ({"moves": [{"id": "deals", "at_most": 1}]}, True),
        ({"moves": [{"id": "deals", "at_most": 2}, {"id": "none", "at_most": 0}]}, True),
        ({"moves": [{"id": "others", "at_most": 1}]}, False),
        ({"moves": [{"id": "deals", "at_most": 2, "ids": ["deal"]}]}, False),
        ({"rules": [{"id": "on", "partnership": "deal", "states": ["on"], "must": "always"}]}, True),
        ({"activity": []}, False),
        ({"discount_rate": 0.5}, False),
        ({}, True),
    ],
)
def test_what_only_asks_more(changed: Written, tighter: bool) -> None:
    base = case(
        owned(effort={"coder": 1}, exposure={"north": 1}, provides={"cells": 5}, capital=1),
        years=2,
        **LIMITED,
    )
    assert only_tightened(Instance.model_validate(base), Instance.model_validate({**base, **changed})) is tighter
