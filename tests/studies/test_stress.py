"""Drawn futures agree with the audit where nothing is drawn, and on average where breakdowns are."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit.cases import case, deal, form, futures, owned, ready, take
from engine_samples import Written, plan_from
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance, random_plan
from portfolioopt import Instance, Means, Model, Plan, UnknownOption, read_instance, stress
from portfolioopt.audit import Auditor
from portfolioopt.command import run
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.stress import BEYOND, Stress, round_edges, tail_weights
from portfolioopt.studies.stress.moves import moves_of

INSTANCES = Path(__file__).parents[2] / "instances"
SEEDS = range(370000, 370016)


def followed(written: Written, *acts: Any, seed: int = 1, **more: Any) -> Stress:
    instance = Instance.model_validate(written)
    return stress(instance, Model.model_validate({}), Means(seed=seed), plan=Plan.of(acts), **more)


@pytest.mark.parametrize("seed", SEEDS)
def test_where_nothing_is_drawn_every_draw_earns_what_the_audit_says(seed: int) -> None:
    written, choices = random_instance(seed)
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    # any plan will do, the best one or one that breaks limits
    best = best_plan(written, choices)
    plan = plan_from(written, best.decisions if seed % 2 and best.feasible else random_plan(seed, written))
    audit = Auditor(instance, model).audit(plan)
    found = stress(instance, model, Means(seed=seed), plan=plan, draws=300, breakdowns=False)
    assert found.npv is not None
    size = max(1.0, *(abs(float(value)) for value in audit.npv.values()))
    for one in found.scenarios:
        assert one.promised == float(audit.npv[one.scenario])
        assert one.mean == pytest.approx(one.promised, rel=1e-9, abs=1e-9 * size)
        assert one.deviation <= 1e-9 * size
    over = {(use.id, use.year) for use in audit.limits if use.excess > 0 and use.family != "requirements"}
    over |= {(use.id, use.year) for use in audit.limits if use.headroom < 0 and use.family == "requirements"}
    drawn = {one.scenario for one in found.scenarios if one.draws}
    if drawn == set(audit.npv):
        assert {(one.limit, one.year) for one in found.strains} == over
    parts = {one.partnership: one.mean for one in found.contributions}
    assert sum(parts.values()) == pytest.approx(found.npv.mean, rel=1e-6, abs=1e-6 * size)
    chances = {one.scenario: one.draws / found.draws for one in found.scenarios}
    for name, mean in parts.items():
        if name != BEYOND:
            own = sum(chances[scenario] * float(value) for scenario, value in audit.worth[name].items())
            assert mean == pytest.approx(own, rel=1e-6, abs=1e-6 * size)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_mean_over_breakdowns_is_what_the_audit_charges(seed: int) -> None:
    """In every scenario by itself, within five standard errors."""
    instance = read_instance(INSTANCES / "five_deals")
    found = stress(instance, plan=PLAN, means=Means(seed=seed), draws=8_000)
    for one in found.scenarios:
        assert one.deviation > 10
        assert abs(one.mean - one.promised) <= 5 * one.deviation / np.sqrt(one.draws)
    lost = {one.partnership: one.lost for one in found.contributions}
    assert lost["sdv_stack"] > 20
    assert lost["robotaxi"] == lost["cell_plant"] == 0  # they have no readiness


PLAN = Plan.of(
    one
    for name in ("steady", "slow_ev", "tariff_wall", "wall_and_slow")
    for one in (
        take("form_after_alignment", 2026, "sdv_stack", name),
        take("sell_stake", 2026, "cell_plant", name, "restructure"),
        take("close", 2026, "robotaxi", name, "exit"),
        take("form", 2027, "driver_assist", name),
    )
)
DEMAND = futures(("high", 0.5, {"demand": 1.5}), ("low", 0.5, {"demand": 0.5}))
FACTORY = deal(
    "factory",
    {"on": {"benefit": 10, "breakdown_loss": 30, "provides": {"cells": 5}, "sensitivity": {"benefit": {"demand": 1}}}},
    start={"state": "on"},
    readiness=ready(1),
)
SURE = futures(("base", 1, {"demand": 1}))
SCALE = {"realization": [1, 1], "breakdown_rate": [0.5, 0]}


def test_a_breakdown_costs_its_loss_once_and_the_partnership_goes_on() -> None:
    found = followed(case(FACTORY, years=2, readiness=SCALE, **SURE), draws=4_000)
    assert found.npv is not None
    # 20 less none, one or two losses of 30
    values = [one for one in found.bins if one.draws]
    assert (found.npv.least, found.npv.most) == (-40, 20)
    assert len(values) == 3
    assert found.npv.mean == pytest.approx(20 - 30, abs=5 * found.npv.error)
    (part, beyond) = found.contributions
    assert part.breakdowns == pytest.approx(1, abs=0.1)
    assert (beyond.partnership, beyond.mean) == (BEYOND, 0)
    assert found.promised == -10


def test_volatility_widens_what_is_earned_around_the_scenario_and_leaves_its_mean() -> None:
    written = case(FACTORY, years=4, readiness=SCALE, **DEMAND)
    found = followed(written, draws=20_000, volatility={"demand": 0.2}, breakdowns=False)
    for one in found.scenarios:
        level = 1.5 if one.scenario == "high" else 0.5
        # factors are 0 or more here, so that the mean of a flow is that of its level
        assert one.promised == pytest.approx(4 * 10 * level - 4 * 15)
        assert one.mean == pytest.approx(one.promised, abs=5 * one.deviation / np.sqrt(one.draws))
        assert one.deviation > 1
    steady = followed(written, draws=20_000, volatility={"demand": 0.2}, persistence=0, breakdowns=False)
    assert steady.scenarios[0].deviation < found.scenarios[0].deviation  # shocks that last add up
    # without persistence each year's level has the variance exp(σ²) − 1, relative to its square
    expected = 10 * 1.5 * np.sqrt(4 * (np.exp(0.04) - 1))
    assert steady.scenarios[0].deviation == pytest.approx(expected, rel=0.05)


MOVING = {"ev_demand": 0.2, "tariff": 0.1}


@pytest.mark.parametrize("correlation", [-1.0, -0.6, 0.0, 0.5, 1.0])
@pytest.mark.parametrize("persistence", [0.0, 0.7, 1.0])
def test_drivers_deviate_with_the_correlation_told_and_each_as_if_it_were_alone(
    correlation: float, persistence: float
) -> None:
    """In every year; and from one year to the next by the persistence (an autoregression of the first order)."""
    facts, draws, years = read_instance(INSTANCES / "five_deals"), 40_000, 4
    together = moves_of(facts, MOVING, persistence, correlation).factors(np.random.default_rng(5), draws, years)
    alone = moves_of(facts, MOVING, persistence, 0.0).factors(np.random.default_rng(5), draws, years)
    logs = {driver: np.log(factor) for driver, factor in together.items()}
    assert set(logs) == set(MOVING)
    for driver, volatility in MOVING.items():
        spread = volatility * np.sqrt([sum(persistence ** (2 * k) for k in range(year + 1)) for year in range(years)])
        assert logs[driver].std(axis=0) == pytest.approx(spread, rel=0.02)
        assert together[driver].mean(axis=0) == pytest.approx(np.ones(years), abs=5 * volatility / np.sqrt(draws) * 2)
        shock = logs[driver][:, 1] + spread[1] ** 2 / 2 - persistence * (logs[driver][:, 0] + spread[0] ** 2 / 2)
        assert np.corrcoef(shock, logs[driver][:, 0])[0, 1] == pytest.approx(0, abs=0.03)
        assert shock.std() == pytest.approx(volatility, rel=0.02)
        # the law of each by itself is the same, whatever the correlation: its quantiles agree
        for share in (0.05, 0.5, 0.95):
            one, other = (np.quantile(found[driver][:, -1], share) for found in (together, alone))
            assert one == pytest.approx(other, abs=0.02)
    for year in range(years):
        reached = np.corrcoef(logs["ev_demand"][:, year], logs["tariff"][:, year])[0, 1]
        assert reached == pytest.approx(correlation, abs=0.02)


def test_drivers_that_fall_together_make_bad_futures_worse_and_the_mean_stays() -> None:
    both = deal("shop", {"on": {"benefit": 10, "sensitivity": {"benefit": {"taste": 1}}}}, start={"state": "on"})
    written = case(FACTORY, both, years=3, **futures(("base", 1, {"demand": 1, "taste": 1})))
    found = [
        followed(written, draws=20_000, volatility={"demand": 0.2, "taste": 0.2}, correlation=r, breakdowns=False).npv
        for r in (-0.9, 0.0, 0.9)
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[2] is not None
    assert found[0].tail > found[1].tail > found[2].tail
    assert found[0].deviation < found[1].deviation < found[2].deviation
    assert {round(one.mean, 0) for one in found if one is not None} == {round(found[1].mean, 0)}


def test_correlations_are_told_and_come_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    line = ["stress", str(INSTANCES / "five_deals"), "--draws", "200", "--no-verify", "--out", str(tmp_path / "out")]
    line += ["--volatility", "ev_demand=15%", "--volatility", "tariff=10%"]
    assert run(line) == 0
    assert "of which 80% last into the next, independently of one another" in " ".join(capsys.readouterr().out.split())
    assert run([*line, "--correlation", "tariff,ev_demand=-0.3", "--persistence", "0.5"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "of which 50% last into the next, correlated: ev_demand with tariff -0.3" in said
    (told,) = [from_json((tmp_path / "out" / "study.json").read_text())]
    assert isinstance(told, Stress)
    assert told.correlation == (("ev_demand", "tariff", -0.3),)
    for wrong, code in (("x", 2), ("ev_demand=0.3", 2), ("ev_demand,tariff=2", 2), ("ev_demand,weather=0.1", 2)):
        assert run([*line, "--correlation", wrong]) == code


def test_levels_far_down_stop_at_nothing() -> None:
    found = followed(case(FACTORY, years=2, **DEMAND), draws=3_000, volatility={"demand": 2}, breakdowns=False)
    assert found.npv is not None
    charged = 2 * 0.12 * 30
    assert found.npv.least >= -charged - 1e-9


def test_an_outage_stops_what_is_provided_for_the_year() -> None:
    limits = {
        "requirements": [{"id": "cells", "capability": "cells", "at_least": 4, "shortfall_cost": 2}],
        "pools": [{"id": "volume", "capability": "cells", "curve": [[0, 0], [10, 20]]}],
    }
    written = case(FACTORY, years=1, readiness=SCALE, **limits, **SURE)
    calm = followed(written, draws=4_000)
    assert calm.strains == ()
    found = followed(written, draws=4_000, outage=True)
    (short,) = found.strains
    assert (short.family, short.limit, short.size, short.most) == ("requirements", "cells", 4, 4)
    assert short.chance == pytest.approx(0.5, abs=0.05)
    assert calm.npv is not None
    assert found.npv is not None
    assert calm.npv.most == found.npv.most == 10 + 10
    assert (calm.npv.least, found.npv.least) == (20 - 30, 20 - 30 - 10 - 4 * 2)


def test_capital_that_costs_overrun_is_overdrawn_by_what_is_missing() -> None:
    plant = deal("plant", {"on": {"capital": [10, 0], "sensitivity": {"capital": {"demand": 1}}}}, (form(),))
    written = case(plant, years=2, capital={"budget": [10, 5]}, **futures(("base", 1, {"demand": 1})))
    calm = followed(written, take("form", 2026, "plant"), draws=500)
    assert (calm.strains, calm.overdrawn) == ((), 0)
    found = followed(written, take("form", 2026, "plant"), draws=20_000, volatility={"demand": 0.1})
    (over,) = found.strains
    assert (over.limit, over.year) == ("capital", 2026)
    # ln level ~ N(−σ²/2, σ²): it exceeds 1 with probability Φ(−σ/2), by E[(level − 1)⁺] = 2Φ(σ/2) − 1 on average
    assert over.chance == found.overdrawn == pytest.approx(0.4801, abs=0.02)
    assert over.size * over.chance == pytest.approx(10 * 0.03988, rel=0.05)


def test_the_tail_takes_the_draw_at_its_edge_in_part() -> None:
    npv = np.array([5.0, 1.0, 4.0, 2.0, 3.0])
    weights = tail_weights(npv, 0.3)
    assert weights @ npv == pytest.approx((1 * 1 + 0.5 * 2) / 1.5)
    assert weights.sum() == pytest.approx(1)
    assert tail_weights(npv, 1) @ npv == pytest.approx(3)


def test_a_histogram_has_round_edges_around_all_draws() -> None:
    assert round_edges(-3.0, 96.0).tolist() == list(range(-5, 101, 5))
    assert round_edges(7.0, 7.0).tolist() == [6.5, 7.5]
    assert 15 <= len(round_edges(1e-3, 7.7e-3)) <= 25


def test_the_first_draws_are_the_same_whatever_their_number_and_seeds_differ() -> None:
    instance = read_instance(INSTANCES / "five_deals")

    def drawn(draws: int, seed: int) -> Stress:
        return stress(instance, plan=PLAN, means=Means(seed=seed), draws=draws, volatility={"tariff": 0.1})

    one, again, other = drawn(1_500, 1), drawn(1_500, 1), drawn(1_500, 2)
    assert one.npv == again.npv
    assert one.contributions == again.contributions
    assert one.npv != other.npv
    short, long = drawn(700, 1), drawn(1_000, 1)
    assert short.npv is not None
    assert long.npv is not None
    assert short.npv.least >= long.npv.least
    assert short.npv.most <= long.npv.most
    assert from_json(to_json(one)) == one


def test_what_partnerships_contribute_adds_up_on_average_and_in_the_worst_draws() -> None:
    found = stress(read_instance(INSTANCES / "five_deals"), plan=PLAN, draws=3_000, volatility={"ev_demand": 0.2})
    assert found.npv is not None
    assert sum(one.mean for one in found.contributions) == pytest.approx(found.npv.mean)
    assert sum(one.tail for one in found.contributions) == pytest.approx(found.npv.tail)
    assert sum(one.draws for one in found.bins) == sum(one.draws for one in found.scenarios) == found.draws == 3_000


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"draws": 0}, "from 1 to"),
        ({"volatility": {"demnad": 0.1}}, "did you mean demand"),
        ({"volatility": {"demand": -0.1}}, "from 0 to 2"),
        ({"persistence": 1.5}, "persistence"),
        ({"tail": 0}, "tail"),
        ({"volatility": {"demand": 0.1}, "correlation": {("demand", "demand"): 0.5}}, "with itself"),
        ({"correlation": {("demand", "demand"): 0.5}}, "has no volatility"),
        ({"volatility": {"demand": 0.1}, "correlation": {("demand", "taste"): 0.5}}, "no driver called taste"),
        ({"outage": True, "breakdowns": False}, "outage"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options: Written, said: str) -> None:
    with pytest.raises(UnknownOption, match=said):
        followed(case(FACTORY, years=2, **DEMAND), **options)


def test_correlations_that_contradict_each_other_are_refused() -> None:
    three = case(FACTORY, years=2, **futures(("base", 1, {"demand": 1, "taste": 1, "mood": 1})))
    moving = dict.fromkeys(("demand", "taste", "mood"), 0.1)
    pairs = {("demand", "taste"): 0.9, ("taste", "mood"): 0.9, ("mood", "demand"): -0.9}
    with pytest.raises(UnknownOption, match="contradict each other"):
        followed(three, volatility=moving, correlation=pairs)
    with pytest.raises(UnknownOption, match="contradict each other"):
        followed(three, volatility=moving, correlation=-0.6)
    with pytest.raises(UnknownOption, match="from -1 to 1"):
        followed(three, volatility=moving, correlation=1.1)
    with pytest.raises(UnknownOption, match="given twice"):
        followed(three, volatility=moving, correlation={("demand", "taste"): 0.1, ("taste", "demand"): 0.1})
    assert followed(three, volatility=moving, correlation=-0.5, draws=50).npv is not None  # just possible
    assert len(followed(three, volatility=moving, correlation=1, draws=50).correlation) == 3


def test_without_a_plan_the_best_one_is_found_first_and_without_any_nothing_is_drawn() -> None:
    found = stress(Instance.model_validate(case(owned(benefit=3), years=2)), draws=10)
    assert (found.status, found.promised, found.about.solves) == ("optimal", 6, 1)
    never = {"id": "never", "partnership": "deal", "states": ["on"], "must": "never"}
    found = stress(Instance.model_validate(case(owned(), rules=[never])), draws=10)
    assert (found.status, found.npv, found.draws) == ("infeasible", None, 0)


def test_limits_that_the_plan_breaks_are_told_with_their_chance() -> None:
    written = case(owned(benefit=1, exposure={"asia": 5}), exposures=[{"id": "cap", "tag": "asia", "at_most": 3}])
    found = followed(written, draws=50)
    assert found.broken == ("cap 2026",)
    (over,) = found.strains
    assert (over.limit, over.chance, over.size) == ("cap", 1, 2)


def test_a_run_is_stressed_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["solve", str(INSTANCES / "two_deals"), "--out", "plan", "--quiet"]) == 0
    capsys.readouterr()
    line = ["stress", "plan", "--draws", "500", "--seed", "3", "--volatility", "ev_demand=15%", "--tail", "20%"]
    assert run([*line, "--json", "--out", "study"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["draws"], said["tail"], said["about"]["seed"]) == (500, 0.2, 3)
    assert Decimal(said["promised"]) == pytest.approx(Decimal("102.663752"), abs=Decimal("1e-6"))
    assert (tmp_path / "study" / "tables" / "contributions.csv").read_text().startswith("partnership,mean,tail,swing")
    assert run(["show", "study"]) == 0
    assert "Who drives the worst draws" in capsys.readouterr().out
    assert run(["stress", "plan", "--volatility", "demand"]) == 2
    assert run(["stress", "plan", "--volatility", "weather=0.1"]) == 2
