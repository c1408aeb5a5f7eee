"""What the tests of the engine share: solving what is written down, and reading results as the enumerator does."""

import random
import time
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from portfolioopt import Instance, Model, Plan, Result, solve
from portfolioopt.formulation.build import Formulation, formulate
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import TODAY, Decision
from portfolioopt.solution.judgement import Breach, Verdict
from portfolioopt.solution.search import Options, Search
from portfolioopt.solution.stop import Stop
from portfolioopt.solution.strengthening import price_by_relaxation

Written = dict[str, Any]
EXACT = Fraction(1, 10**9)
"""Relative difference up to which two values are the same."""
IN_ORDER = {"curve", "window", "years", "realization", "breakdown_rate"}
"""Keys of lists in which the order is the meaning; profiles and series, lists of numbers, are such lists too."""


def solved(written: Written, choices: Written | None = None, **options: Any) -> Result:
    """The result of an instance under a model, both as dicts of the shape of their files."""
    return solve(Instance.model_validate(written), Model.model_validate(choices or {}), **options)


def best_of(written: Written, choices: Written | None = None) -> Result:
    """The result of an instance that must end optimal, verified and audited."""
    result = solved(written, choices)
    assert (result.status, result.stop_reason) == ("optimal", "gap reached"), (result.status, result.conflict)
    assert result.verified, result.verification.said
    assert result.audit is not None
    assert result.audit.ok
    return result


def objective_of(result: Result) -> Fraction:
    """The audit's objective of a result that must hold a plan."""
    assert result.audit is not None
    return result.audit.objective


def formulated(written: Written, choices: Written | None = None, against: Plan = TODAY) -> Formulation:
    """All rows and columns of an instance under a model."""
    return formulate(lay_out(Instance.model_validate(written)), Model.model_validate(choices or {}), against)


def priced(formulation: Formulation) -> Search:
    """A search that has come as far as the prices of its LP relaxation."""
    refused = Verdict(Fraction(0), (Breach("", "", "", 0),))
    stop = Stop(deadline=time.perf_counter() + 600)
    search = Search(formulation, lambda _: refused, Options(gap=1e-4), stop)
    price_by_relaxation(search)
    return search


def same(one: Fraction | float, other: Fraction | float) -> bool:
    """Whether two values are equal to nine digits (below a millionth, to fifteen decimals)."""
    one, other = Fraction(one), Fraction(other)
    return abs(one - other) <= EXACT * max(abs(one), abs(other), Fraction(1, 10**6))


def decisions_of(result: Result) -> frozenset[tuple[str, str, int, str]]:
    """Partnership, action, year and scenario of each decision of a result."""
    assert result.plan is not None
    return frozenset((one.partnership, one.action, one.year, one.scenario) for one in result.plan.decisions)


def plan_from(written: Written, decisions: Iterable[tuple[str, str, int, str]]) -> Plan:
    """The plan of decisions in the enumerator's order of partnership, action, year and scenario."""
    kinds = {
        (partnership["id"], action["id"]): action["kind"]
        for partnership in written["partnerships"]
        for action in partnership["actions"]
    }
    return Plan.of(
        Decision(scenario, year, partnership, action, kinds[partnership, action])
        for partnership, action, year, scenario in decisions
    )


def shuffled(written: Any, rng: random.Random, key: str = "") -> Any:
    """The same facts in another order: keys of every mapping, members of every list that is a set."""
    if isinstance(written, dict):
        keys = list(written)
        rng.shuffle(keys)
        return {name: shuffled(written[name], rng, name) for name in keys}
    if isinstance(written, list) and key not in IN_ORDER and not any(isinstance(one, int | float) for one in written):
        members = [shuffled(one, rng) for one in written]
        rng.shuffle(members)
        return members
    return written
