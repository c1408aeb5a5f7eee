"""The portfolio as arrays: what flows along the arcs of a plan is what the audit finds when it replays the plan."""

import numpy as np
import pytest

from audit.cases import case, deal, form, futures, owned, ready
from engine_samples import Written, formulated, plan_from, same
from enumeration.generators import random_instance, random_plan
from portfolioopt import Instance, Model
from portfolioopt.audit import audit
from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.networks.flows import Realization, driver_factor
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.networks.tree import grow
from portfolioopt.solution.decisions import arcs_of


def without_limits(written: Written) -> Written:
    return {key: value for key, value in written.items() if key not in FAMILY_NAMES}


@pytest.mark.parametrize("tight", [False, True], ids=["loose", "tight"])
@pytest.mark.parametrize("seed", range(40))
def test_money_along_the_arcs_of_any_plan_is_its_npv(seed: int, tight: bool) -> None:
    written, _ = random_instance(seed, tight=tight)
    written = without_limits(written)
    plan = plan_from(written, random_plan(seed, written))
    formulation = formulated(written)
    x = np.zeros(formulation.matrix.shape[1])
    x[arcs_of(formulation, plan)] = 1
    found = audit(Instance.model_validate(written), Model(), plan)
    assert same(float(formulation.objective @ x) + formulation.constant, found.expected_npv)


@pytest.mark.parametrize("seed", range(25))
def test_what_the_arcs_of_any_plan_use_is_what_the_audit_counts(seed: int) -> None:
    written, _ = random_instance(seed)
    plan = plan_from(written, random_plan(seed, written))
    instance = Instance.model_validate(written)
    formulation = formulated(written)
    portfolio, tree = formulation.portfolio, formulation.portfolio.tree
    taken = np.zeros(formulation.takes)
    taken[arcs_of(formulation, plan)] = 1
    counted = {
        (use.id, use.scenario, use.year): float(use.use)
        for use in audit(instance, Model(), plan).limits
        if use.family == "skills" or (use.family == "requirements")
    }
    labels = {name: ("effort", name) for name in instance.skills}
    labels |= {one.id: ("provides", one.capability) for one in instance.requirements}
    for (limit, scenario, year), use in counted.items():
        at = year - instance.horizon.first_year
        node = int(tree.nodes.of[at, tree.scenarios.index(scenario)])
        arcs = taken[formulation.year_columns(at)].reshape(tree.nodes.count[at], -1)[node]
        assert same(float(arcs @ portfolio.use(at, labels[limit])), use)


@pytest.mark.parametrize(
    ("beta", "levels", "factors"),
    [
        ({}, [1, 2], [1, 1]),
        ({"d": 0.5}, [1, 2], [1, 1.5]),
        ({"d": -2}, [1, 2], [1, 0]),
        ({"d": 3}, [0.5, 0], [0, 0]),
    ],
)
def test_driver_factors_never_fall_below_zero(
    beta: dict[str, object], levels: list[float], factors: list[float]
) -> None:
    tree = grow(Instance.model_validate(case(deal(), years=2, **futures(("w", 1, {"d": levels})))))
    found = driver_factor(beta, tree)
    assert [float(found[level]) for level in tree.level_of[:, 0]] == factors


def test_a_state_may_raise_single_elements_of_readiness() -> None:
    written = case(
        deal(states={"low": {}, "high": {"readiness": {"governance": 5}}}, readiness=ready(1)),
        owned("plain"),
        readiness={"realization": [0.5, 1], "breakdown_rate": [0.2, 0]},
    )
    instance = Instance.model_validate(written)
    of = Realization(instance.readiness).of
    assert of(instance.partnership("deal"), "low") == pytest.approx((0.5, 0.2))
    assert of(instance.partnership("deal"), "high") == pytest.approx((0.6, 0.16))
    assert of(instance.partnership("plain"), "on") == (1.0, 0.0)


def test_partnerships_and_actions_stand_in_the_order_of_their_ids() -> None:
    states = {"on": {}}
    sign = form() | {"id": "sign"}
    laid = lay_out(
        Instance.model_validate(case(deal("b", states, (sign, form())), deal("a", states, (form(),)), years=2))
    )
    assert [partnership.id for partnership in laid.partnerships] == ["a", "b"]
    assert [(owner, action.id) for owner, action in laid.actions] == [(0, "form"), (1, "form"), (1, "sign")]
    assert (laid.number("a"), laid.number("b")) == (0, 1)


def test_a_label_that_nobody_carries_flows_nowhere() -> None:
    laid = lay_out(Instance.model_validate(case(owned(effort={"engineer": 3}), skills={"engineer": {"capacity": 3}})))
    assert laid.use(0, ("effort", "engineer")).tolist() == [3]
    assert laid.use(0, ("effort", "poet")).tolist() == [0]


def test_only_drivers_that_capital_or_proceeds_vary_with_split_its_histories() -> None:
    varying = owned(benefit=1, capital=2, sensitivity={"benefit": {"demand": 1}, "capital": {"steel": 1}})
    selling = deal("other", {"on": {}}, (form(at_effect={"proceeds": 3, "sensitivity": {"proceeds": {"rates": 1}}}),))
    scenario = futures(("w", 1, {"demand": 1, "steel": 1, "rates": 1}))
    laid = lay_out(Instance.model_validate(case(varying, selling, **scenario)))
    assert laid.capital_drivers == {"steel", "rates"}
