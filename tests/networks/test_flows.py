"""Flows spread over places by array operations are those that one reads place by place."""

from typing import Any

import numpy as np
import pytest

from engine_samples import Written
from enumeration.generators import random_instance
from portfolioopt import Instance
from portfolioopt.language.partnership import AtEffect, During, Partnership
from portfolioopt.language.values import profile_at
from portfolioopt.networks.flows import Label, Realization, Spread, dense, driver_factor, spans
from portfolioopt.networks.lives import TAGGED_FLOWS, Place
from portfolioopt.networks.portfolio import Portfolio, lay_out


def flow(record: During | AtEffect, name: str, at: int) -> float:
    value: Any = getattr(record, name, 0)
    return float(profile_at(value, at) if isinstance(value, tuple) else value)


def uses(record: During | AtEffect, at: int) -> dict[Label, float]:
    tagged = {
        (kind, name): (getattr(record, kind)[name], at) for kind in TAGGED_FLOWS for name in getattr(record, kind)
    }
    found = {
        label: float(profile_at(value, at) if isinstance(value, tuple) else value)
        for label, (value, at) in tagged.items()
    }
    return found | {("interfaces", ""): flow(record, "interfaces", at)}


def check(laid: Portfolio, spread: Spread, number: int, record: During | AtEffect, at: int, scales: Any) -> None:
    """What stands at one place (or effect) is what its record says."""
    factor = {
        name: driver_factor(getattr(record.sensitivity, name), laid.tree)
        for name in ("benefit", "cost", "capital", "breakdown_loss", "terminal", "proceeds")
    }
    realization, rate = scales
    values = {name: factor[name] * flow(record, name, at) for name in factor}
    money = realization * values["benefit"] - values["cost"] - rate * values["breakdown_loss"] - values["capital"]
    assert spread.money[:, number] == pytest.approx(money + values["proceeds"])
    assert spread.capital[:, number] == pytest.approx(values["capital"])
    assert spread.terminal[:, number] == pytest.approx(values["terminal"])
    assert spread.proceeds[:, number] == pytest.approx(values["proceeds"])
    for label, value in uses(record, at).items():
        assert dense(spread.use.get(label), spread.money.shape[1])[number] == value
    for label, sparse in spread.use.items():
        if label not in uses(record, at):
            assert dense(sparse, spread.money.shape[1])[number] == 0


def record_of(partnership: Partnership, place: Place) -> tuple[During, str]:
    """The record whose flows a place has, and the state that its readiness is of."""
    if place.state < 0:
        action = sorted(partnership.actions, key=lambda action: action.id)[place.action]
        return action.during, action.to
    name = partnership.state_names[place.state]
    return partnership.state(name), name


@pytest.mark.parametrize("tight", [False, True], ids=["loose", "tight"])
@pytest.mark.parametrize("seed", range(30))
def test_flows_at_places_and_effects_are_what_their_records_say(seed: int, tight: bool) -> None:
    written, _ = random_instance(seed, tight=tight)
    laid = lay_out(Instance.model_validate(written))
    scales = Realization(laid.instance.readiness)
    for partnership, one, start in zip(laid.partnerships, laid.networks, laid.place_start.tolist(), strict=True):
        for number, place in enumerate(one.places, start):
            record, state = record_of(partnership, place)
            check(laid, laid.places, number, record, place.at, scales.of(partnership, state))
            assert laid.active[number] == (state not in ("none", "exited"))
    for number, (owner, action) in enumerate(laid.actions, 1):
        check(laid, laid.effects, number, action.at_effect, 0, scales.of(laid.partnerships[owner], action.to))


@pytest.mark.parametrize("seed", range(30))
def test_arcs_of_a_year_are_those_of_every_network_one_after_the_other(seed: int) -> None:
    written, _ = random_instance(seed)
    laid = lay_out(Instance.model_validate(written))
    for year, arcs in enumerate(laid.years):
        slots, targets, action = 0, 0, 0
        for number, one in enumerate(laid.networks):
            own = arcs.of(number)
            decided, effect = one.decided[year], one.effect[year]
            assert np.array_equal(arcs.source[own], one.source[year] + slots)
            assert np.array_equal(arcs.target[own], one.target[year] + targets)
            assert np.array_equal(arcs.place[own], one.reached[year][one.target[year]] + laid.place_start[number])
            assert np.array_equal(arcs.decided[own], np.where(decided < 0, -1, decided + action))
            assert np.array_equal(arcs.effect[own], np.where(effect < 0, 0, effect + action + 1))
            slots += len(one.reached[year - 1]) if year else 1
            targets += len(one.reached[year])
            action += len(laid.partnerships[number].actions)
        assert arcs.slots == targets


def test_spans_follow_one_another_and_may_be_empty() -> None:
    assert spans(np.array([5, 9, 2]), np.array([2, 0, 3])).tolist() == [5, 6, 2, 3, 4]


def owned(**state: Any) -> Written:
    return {"id": "deal", "start": {"state": "on"}, "states": {"on": state}}


def test_partnerships_that_answer_to_drivers_alike_share_their_factors_and_others_do_not() -> None:
    written: Written = {
        "format": "portfolioopt-instance/1",
        "name": "drivers",
        "horizon": {"first_year": 2026, "years": 1},
        "discount_rate": 0,
        "partnerships": [
            owned(benefit=10, sensitivity={"benefit": {"a": 1, "b": 2}}) | {"id": "one"},
            owned(benefit=20, sensitivity={"benefit": {"b": 2, "a": 1}}) | {"id": "other"},
            owned(benefit=30) | {"id": "steady"},
            owned(benefit=40, sensitivity={"cost": {"a": 1}}) | {"id": "unmoved"},
        ],
        "drivers": ["a", "b"],
        "scenarios": [{"name": "only", "probability": 1, "drivers": {"a": 1.5, "b": 0.5}}],
    }
    laid = lay_out(Instance.model_validate(written))
    assert laid.money.by_place[0, laid.years[0].place].tolist() == [5, 10, 30, 40]
