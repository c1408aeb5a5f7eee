"""Exact cuts: they rule out the plan that breaks a limit, and none that keeps all of them."""

import numpy as np
import pytest

from audit.cases import case, deal, form, owned
from engine_samples import Written, best_of, formulated, objective_of, plan_from
from enumeration.draw import Draw
from enumeration.enumerator import Assessment, assess
from enumeration.generators import random_instance
from portfolioopt import Instance, Model, Plan, solve
from portfolioopt.audit import audit
from portfolioopt.formulation.draft import Row
from portfolioopt.networks.tree import Ints
from portfolioopt.solution import search as searching
from portfolioopt.solution.cuts import CUT, Breach, cuts_for
from portfolioopt.solution.decisions import arcs_of


def breaches_of(written: Written, choices: Written, plan: Plan) -> list[Breach]:
    found = audit(Instance.model_validate(written), Model.model_validate(choices), plan)
    first_year = written["horizon"]["first_year"]
    return [Breach(one.family, one.id, one.scenario, one.year - first_year) for one in found.findings]


def keeps(row: Row, taken: Ints) -> bool:
    held = np.isin(row.columns, taken)
    return row.lower <= float(row.coefficients[held].sum()) <= row.upper


def positions(plans: Assessment, seed: int, feasible: bool, most: int) -> list[tuple[int, ...]]:
    """Some of the plans that keep all hard limits, or of those that do not."""
    found = np.argwhere(plans.feasible() == feasible)
    draw = Draw(seed)
    chosen = draw.sample(range(len(found)), min(most, len(found)))
    return [tuple(int(number) for number in found[one]) for one in chosen]


@pytest.mark.parametrize("tight", [False, True], ids=["loose", "tight"])
@pytest.mark.parametrize("seed", range(20))
def test_a_cut_rules_out_the_plan_and_no_plan_within_the_limits(seed: int, tight: bool) -> None:
    written, choices = random_instance(seed, tight=tight)
    plans = assess(written, choices)
    formulation = formulated(written, choices)
    within = [
        arcs_of(formulation, plan_from(written, plans.at(position).decisions))
        for position in positions(plans, seed, feasible=True, most=40)
    ]
    for position in positions(plans, seed, feasible=False, most=8):
        plan = plan_from(written, plans.at(position).decisions)
        breaches = breaches_of(written, choices, plan)
        if any("hire" in written.get("skills", {}).get(breach.limit, {}) for breach in breaches):
            continue  # the plan names nobody to hire, so it breaks what hiring would mend
        taken = arcs_of(formulation, plan)
        cuts = cuts_for(formulation, taken, breaches)
        assert cuts
        assert not any(keeps(cut, taken) for cut in cuts)
        assert all(keeps(cut, other) for cut in cuts for other in within)
        assert {cut.family for cut in cuts} == {CUT}


def test_a_breach_of_a_limit_without_rows_rules_out_that_plan_only() -> None:
    written = case(deal("a", {"on": {}}, (form(),)), deal("b", {"on": {}}, (form(),)), years=2)
    formulation = formulated(written)
    every = [
        plan_from(written, [("a", "form", one, "base")] * bool(one) + [("b", "form", two, "base")] * bool(two))
        for one in (0, 2026, 2027)
        for two in (0, 2026, 2027)
    ]
    taken = [arcs_of(formulation, plan) for plan in every]
    for number, own in enumerate(taken):
        cuts = cuts_for(formulation, own, [Breach("skills", "unknown", "base", 0)])
        assert [number for number, other in enumerate(taken) if not all(keeps(cut, other) for cut in cuts)] == [number]


def test_a_capital_cut_counts_the_years_before_where_money_is_carried_over() -> None:
    def partnership(name: str, year: int) -> Written:
        return deal(name, {"on": {"benefit": 9, "capital": [6, 0, 0]}}, (form(window=[2025 + year, 2025 + year]),))

    written = case(
        partnership("a", 1), partnership("b", 2), owned("c"), years=3, capital={"budget": [5, 5, 5], "carry_over": 1}
    )
    formulation = formulated(written)
    plan = plan_from(written, [("a", "form", 2026, "base"), ("b", "form", 2027, "base")])
    taken = arcs_of(formulation, plan)
    (cut,) = cuts_for(formulation, taken, [Breach("capital", "capital", "base", 1)])
    assert len(cut.columns) == 2
    assert cut.lower == -1  # not both
    assert not keeps(cut, taken)


def test_a_plan_that_the_solver_takes_to_be_within_its_tolerance_is_cut_off_and_the_next_best_found() -> None:
    hair = [
        deal(name, {"on": {"benefit": worth, "effort": {"engineer": use}}}, (form(),))
        for name, worth, use in (("a", 10, 0.1), ("b", 10, 0.2000000000001), ("c", 9, 0.2))
    ]
    written = case(*hair, skills={"engineer": {"capacity": 0.3}})
    result = best_of(written)
    assert objective_of(result) == 19
    assert result.bound == pytest.approx(19)


def test_where_the_audit_refuses_everything_the_engine_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from portfolioopt import EngineFault, solving
    from portfolioopt.solution.judgement import Verdict

    monkeypatch.setattr(searching, "MOST_CUTS", 5)
    refused = Verdict(objective=objective_of(best_of(case(owned()))), breaches=(Breach("none", "none", "base", 0),))
    monkeypatch.setattr(solving, "verdict_of", lambda *_: refused)
    written = case(*(deal(name, {"on": {"benefit": 1}}, (form(),)) for name in "abc"), years=3)
    with pytest.raises(EngineFault, match="audit refuses"):
        solve(Instance.model_validate(written))
