"""A frontier is that of all plans; its ends are the most valuable and the most cautious one; no point is dominated."""

import json
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit.cases import case, deal, form, futures, leave, owned, take
from engine_samples import Written, plan_from, same
from enumeration.enumerator import assess
from enumeration.generators import random_instance
from portfolioopt import Instance, Means, Model, Plan, UnknownOption, frontier, read_instance
from portfolioopt.audit import Auditor
from portfolioopt.audit.levels import MEASURED, level_of
from portfolioopt.command import run
from portfolioopt.formulation.levels import BOUNDS
from portfolioopt.language.levels import LEVELS, Covered, Exposed, Level, Outlay
from portfolioopt.result import exhibit as shapes
from portfolioopt.runs import read_exhibits, read_run
from portfolioopt.solution.conditions import AtLevel
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.frontier import Frontier, _Study, coarse_to_fine
from portfolioopt.studies.frontier.yardsticks import pooled, yardstick
from portfolioopt.studies.interval import Interval

INSTANCES = Path(__file__).parents[2] / "instances"
Spot = tuple[Fraction, Fraction]
"""Level and value of a plan."""


def asked(written: Written, against: str, points: int = 5, **more: Any) -> Frontier:
    instance = Instance.model_validate(written)
    return frontier(instance, Model.model_validate({}), Means(gap=1e-9), against=against, points=points, **more)


def mean_of_worst(npv: dict[str, Fraction], chances: dict[str, Fraction], tail: Fraction) -> Fraction:
    room, total = tail, Fraction(0)
    for name in sorted(npv, key=lambda name: npv[name]):
        inside = min(room, chances[name])
        total, room = total + inside * npv[name], room - inside
    return total / tail


def every_plan(written: Written, against: str, tail: Fraction, without_budgets: bool = False) -> list[Spot]:
    """Level and value of every plan that keeps the limits, by enumeration; levels but CVaR are the audit's."""
    instance, model = Instance.model_validate(written), Model.model_validate({})
    chosen = yardstick(instance, model, against, tail=Decimal(str(float(tail))) if against == "cvar" else None)
    choices = {"limits": {name: {"price": 0} for name, kept in chosen.model.limits.items() if kept != "hard"}}
    total: Level | None = None
    if without_budgets:
        _, total = pooled(instance, model)
        choices["limits"]["capital"] = {"price": 0}
    plans = assess(written, choices)
    chances = {future.name: Fraction(future.probability) for future in instance.futures}
    auditor = Auditor(instance, model)
    found = []
    for position in np.argwhere(plans.feasible()):
        answer = plans.at(tuple(int(number) for number in position))
        assert answer.objective is not None
        audit = auditor.audit(plan_from(written, answer.decisions), tables=False)
        if total is not None and level_of(total, audit, instance) > 0:
            continue
        if against == "cvar":
            reached = mean_of_worst(dict(answer.npv), chances, tail)
        else:
            reached = level_of(chosen.level, audit, instance)
        found.append((reached, answer.objective))
    return found


def instances(*seeds: int) -> list[tuple[int, Written]]:
    """Random instances: seeds of those that have what is asked for, and of which some hundred plans keep the limits."""
    return [(seed, random_instance(seed)[0]) for seed in seeds]


def agrees(found: Frontier, every: list[Spot], sign: int) -> None:
    """Ends, values at all levels, and order are those of all plans."""
    best = max(every, key=lambda one: (one[1], sign * one[0]))
    safest = max(every, key=lambda one: (sign * one[0], one[1]))
    assert same(found.points[0].value.low, best[1])
    assert same(found.points[-1].reached, safest[0])
    assert same(found.points[-1].value.low, safest[1])
    assert found.about.complete
    for point in found.points:
        # a hair that floats do not show may lie between a level and a plan that reaches it
        there = [value for reached, value in every if sign * (reached - point.level) >= 0]
        assert same(point.value.low, max(there)), float(point.level)
        assert point.proven
        assert point.value.high >= float(max(there)) - 1e-9 * max(abs(float(max(there))), 1)
        assert sign * (point.reached - point.level) >= 0


def undominated(found: Frontier) -> None:
    spots = dict.fromkeys((one.reached, one.value.low, one.plan) for one in found.points)
    sign = 1 if found.more else -1
    for one, other in pairwise(spots):
        assert sign * (other[0] - one[0]) > 0
        assert other[1] < one[1]
    for one, other in pairwise(found.points):
        assert other.value.low <= one.value.low
        assert other.value.high <= one.value.high


@pytest.mark.parametrize(
    ("seed", "written"), instances(310001, 310002, 310004, 310007, 310012), ids=lambda one: str(one)[:6]
)
def test_value_against_risk_is_that_of_all_plans(seed: int, written: Written) -> None:
    tail = (Fraction(1, 10), Fraction(2, 5), Fraction(3, 4))[seed % 3]
    found = asked(written, "cvar", tail=Decimal(str(float(tail))))
    agrees(found, every_plan(written, "cvar", tail), 1)
    undominated(found)


@pytest.mark.parametrize(
    ("needs", "against", "seeds", "sign"),
    [
        ("capital", "capital", (320003, 320012, 320022), -1),
        ("exposures", "exposure", (330002, 330008, 330015), -1),
        ("requirements", "requirement", (340005, 340041, 340048), 1),
    ],
)
def test_value_against_capital_exposures_and_requirements_is_that_of_all_plans(
    needs: str, against: str, seeds: tuple[int, ...], sign: int
) -> None:
    asked_for = 0
    for _, written in instances(*seeds):
        name = against if needs == "capital" else f"{against}:{written[needs][0]['id']}"
        try:
            found = asked(written, name)
        except UnknownOption as refused:  # a requirement of nothing
            assert "asks for nothing" in str(refused)  # noqa: PT017
            continue
        agrees(found, every_plan(written, name, Fraction(1, 10)), sign)
        undominated(found)
        asked_for += 1
    assert asked_for >= 2


def test_one_budget_for_all_years_is_worth_what_all_plans_within_it_say() -> None:
    for _, written in instances(350004, 350009, 350024):
        found = asked(written, "capital", points=3, without_yearly_budgets=True)
        every = every_plan(written, "capital", Fraction(1, 10), without_budgets=True)
        assert found.pooled_best is not None
        assert same(found.pooled_best.low, max(value for _, value in every))
        assert found.pooled_best.low >= found.points[0].value.low
        for point in found.points:
            assert point.pooled is not None
            assert same(point.pooled.low, max(value for reached, value in every if reached <= point.level))
            assert point.phasing is not None
            assert point.phasing.low >= 0


def test_every_level_stands_in_all_of_its_places() -> None:
    assert set(MEASURED) == set(BOUNDS) == set(LEVELS)


PLANT = deal(
    "plant",
    {
        "on": {
            "capital": [30, 20, 0],
            "benefit": [0, 0, 80],
            "provides": {"cells": [0, 4, 10]},
            "exposure": {"asia": [3, 9]},
        }
    },
    (form(), leave(after_years=1, at_effect={"proceeds": 25})),
)
LIMITS = {
    "requirements": [{"id": "cells", "capability": "cells", "at_least": [0, 8, 8], "shortfall_cost": 1}],
    "exposures": [{"id": "asia_cap", "tag": "asia", "at_most": 20}],
}


def test_levels_are_what_a_planner_would_add_up() -> None:
    instance = Instance.model_validate(case(PLANT, years=3, **LIMITS))
    audit = Auditor(instance, Model()).audit(Plan.of([take("form", 2026, "plant")]))
    assert level_of(Outlay(), audit, instance) == 50
    assert level_of(Exposed("asia_cap"), audit, instance) == 9
    assert level_of(Covered("cells"), audit, instance) == Fraction(1, 2)
    left = Auditor(instance, Model()).audit(
        Plan.of([take("form", 2026, "plant"), take("leave", 2027, "plant", kind="exit")])
    )
    assert level_of(Outlay(), left, instance) == 30  # then 25 come back
    assert level_of(Outlay(Fraction(1), (("base", Fraction(35)),)), left, instance) == -5
    nothing = Auditor(instance, Model()).audit(Plan.of([]))
    assert level_of(Outlay(), nothing, instance) == 0


def test_a_condition_on_a_level_is_kept_exactly() -> None:
    at = AtLevel("outlay", Outlay(), Fraction(50))
    assert at.breaches(Fraction(50), "base") == []
    assert at.breaches(Fraction(50) + Fraction(1, 10**30), "base")
    assert AtLevel("outlay", Outlay(), Fraction(49)).implies(at)
    assert not at.implies(AtLevel("outlay", Outlay(), Fraction(49)))
    assert not at.implies(AtLevel("cover", Covered("cells"), Fraction(50)))


def test_five_deals_as_its_page_tells() -> None:
    instance = read_instance(INSTANCES / "five_deals")
    found = frontier(instance, means=Means(gap=1e-9), points=3)
    undominated(found)
    assert found.points[0].value.low == pytest.approx(1245.938168, abs=1e-6)
    assert float(found.points[-1].reached) == pytest.approx(969.570886, abs=1e-6)
    assert found.today.value < found.points[-1].value.low
    assert from_json(to_json(found)) == found
    (shape,) = found.exhibits().values()
    assert shapes.exhibit_from_json(shapes.exhibit_to_json(shape)) == shape
    assert {"today"} == {one.mark for one in shape.content.points if one.mark}  # type: ignore[union-attr]


def test_the_model_s_attitude_counts_where_value_is_held_against_something_else() -> None:
    written = case(owned(benefit=3, sensitivity={"benefit": {"demand": 1}}), years=2, **SPREAD)
    found = frontier(Instance.model_validate(written), "risk_averse", against="capital")
    assert found.value_title == "objective"
    assert found.risk
    assert len(found.points) == 1


SPREAD = futures(("high", 0.5, {"demand": [1, 2]}), ("low", 0.5, {"demand": [1, 0]}))


@pytest.mark.parametrize(
    ("against", "said"),
    [
        ("money", "cvar, capital, exposure:ID or requirement:ID"),
        ("exposure", "exposure:ID"),
        ("cvar:x", "exposure:ID"),
        ("exposure:asia", "did you mean asia_cap"),
        ("requirement:engines", "known: cells"),
    ],
)
def test_what_cannot_be_held_against_value_is_refused(against: str, said: str) -> None:
    with pytest.raises(UnknownOption, match=said):
        asked(case(PLANT, years=3, **LIMITS), against)


def test_budgets_that_are_not_there_or_bend_cannot_be_pooled() -> None:
    with pytest.raises(UnknownOption, match="no capital budget"):
        asked(case(PLANT, years=3, **LIMITS), "capital", without_yearly_budgets=True)
    written = case(PLANT, years=3, capital={"budget": [30, 20, 0]}, **LIMITS)
    bending = Model.model_validate({"limits": {"capital": {"price": 1}}})
    with pytest.raises(UnknownOption, match="bend"):
        frontier(Instance.model_validate(written), bending, without_yearly_budgets=True)


def test_phasing_costs_what_a_plan_that_needs_the_money_sooner_would_earn() -> None:
    """30 and then 20 are needed in 2026 and 2027; the money of 50 comes in 2027 only."""
    written = case(PLANT, years=3, capital={"budget": [0, 50, 0], "carry_over": 1})
    found = asked(written, "capital", points=3, without_yearly_budgets=True)
    assert [one.value.low for one in found.points] == [0]  # nothing can be built in time for a benefit
    assert found.pooled_best is not None
    assert found.pooled_best.low == 30


def test_a_frontier_of_an_infeasible_instance_has_no_points() -> None:
    never = {"id": "never", "partnership": "deal", "states": ["on"], "must": "never"}
    found = asked(case(owned(), rules=[never]), "cvar")
    assert (found.status, found.points) == ("infeasible", ())
    assert found.today.broken == ("never 2026",)


def test_without_time_it_tells_that_it_is_partial() -> None:
    found = frontier(read_instance(INSTANCES / "five_deals"), means=Means(time_limit=0.05))
    assert not found.about.complete
    assert found.about.stopped_by == "time limit"
    undominated(found)


def test_the_frontier_of_a_run_is_saved_for_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["solve", str(INSTANCES / "two_deals"), "--out", "plan", "--quiet"]) == 0
    capsys.readouterr()
    assert run(["frontier", "plan", "-n", "3", "--tail", "40%", "--json", "--out", "study"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["against"], said["own"]["name"]) == ("cvar", "own")
    (exhibit,) = read_exhibits(Path("study")).values()
    assert exhibit.kind == "frontier"
    assert exhibit.input_hash == read_run(Path("plan")).input_hash
    assert {one.mark for one in exhibit.content.points} == {"", "today", "plan"}  # type: ignore[union-attr]
    assert (tmp_path / "study" / "tables" / "points.csv").read_text().startswith("level,reached,value_low")
    assert run(["frontier", "plan", "--against", "exposure:nothing"]) == 2
    assert run(["frontier", "plan", "--tail", "140%"]) == 2


def test_where_caution_alone_finds_nothing_mixtures_find_plans_between_the_ends() -> None:
    instance = read_instance(INSTANCES / "five_deals")
    desk = Desk("frontier", instance, "expected_value", Means(gap=1e-9))
    study = _Study(desk, yardstick(instance, desk.model, "cvar"), 3, None, without_yearly_budgets=False)
    study.curve.solve("the most valuable plan", None, 60)
    (first,) = study.curve.stands
    study.mixed(first, Interval(float(first.reached), float(first.reached)))
    assert study.curve.stands == [first]  # nothing to mend
    study.mixed(first, Interval(float(first.reached), 2_000.0))
    more = [one for one in study.curve.stands if one.reached > first.reached]
    assert more
    assert all(one.value < first.value for one in more)


def test_points_are_asked_for_from_coarse_to_fine() -> None:
    assert coarse_to_fine(9) == [4, 2, 6, 1, 3, 5, 7]
    assert [coarse_to_fine(number) for number in (1, 2, 3)] == [[], [], [1]]
