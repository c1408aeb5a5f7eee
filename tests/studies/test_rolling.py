"""Planning again earns what the policy earns where only the mean counts, and what differs elsewhere is told."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form, futures, leave, owned
from engine_samples import Written, same
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, Means, Model, read_instance, read_model, rolling
from portfolioopt.audit import Auditor
from portfolioopt.command import run
from portfolioopt.command.study import show_answer
from portfolioopt.plan import TODAY
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.optimum import Optimum
from portfolioopt.studies.rolling import Rolling

INSTANCES = Path(__file__).parents[2] / "instances"
SEEDS = (360001, 360002, 360010, 360026, 360030, 360040, 360051, 360053, 360065, 360083)
"""Of instances without a measure of risk, whose scenarios are told apart at some review."""
RISKY = (360013, 360019, 360021, 360038)


def replayed(written: Written, choices: Written | None = None, **means: Any) -> Rolling:
    instance, model = Instance.model_validate(written), Model.model_validate(choices or {})
    return rolling(instance, model, Means(gap=1e-9, **means))


@pytest.mark.parametrize("seed", SEEDS)
def test_where_only_the_mean_counts_planning_again_earns_what_the_policy_earns(seed: int) -> None:
    written, choices = random_instance(seed)
    found = replayed(written, choices)
    best = best_plan(written, choices).objective
    assert best is not None
    assert found.about.complete
    assert found.rolling is not None
    assert any(one.planner == "rolling" for one in found.reviews)
    assert same(found.policy.low, best)
    assert same(found.rolling, best)
    slack = 1e-9 * max(abs(found.policy.low), 1.0)
    assert found.hindsight.high >= found.policy.low - slack
    assert found.expected is None or found.expected <= found.policy.low + slack
    for one in found.earned:
        assert one.hindsight.high >= max(one.policy, one.rolling) - slack
    mean = sum(float(one.probability) * one.rolling for one in found.earned)
    assert mean == pytest.approx(found.rolling, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", RISKY)
def test_under_a_measure_of_risk_planning_again_never_earns_more(seed: int) -> None:
    found = replayed(*random_instance(seed))
    assert found.rolling is not None
    assert found.rolling <= found.policy.high + 1e-7 * max(abs(found.policy.low), 1.0)


# ---- a planner without a tree takes the rigid deal; the flexible one is worth more as it can be left ----------------

DEMAND = futures(("high", 0.5, {"demand": [1, 2, 2]}), ("low", 0.5, {"demand": [1, 0, 0]}))
FLEXIBLE = deal(
    "flexible",
    {"on": {"benefit": 4, "cost": 3, "sensitivity": {"benefit": {"demand": 1}}}},
    (form(window=[2026, 2026]), leave()),
)
RIGID = deal("rigid", {"on": {"benefit": 1.4}}, (form(window=[2026, 2026]),))
EITHER = {
    "id": "either",
    "kind": "excludes",
    "members": [{"partnership": name, "states": ["on"]} for name in ("flexible", "rigid")],
    "at_most": 1,
}


def test_a_tree_is_worth_what_a_planner_without_one_does_not_see() -> None:
    found = replayed(case(FLEXIBLE, RIGID, years=3, links=[EITHER], **DEMAND))
    # flexible: 1 in 2026, then 5 a year; or -3 in 2027 and left. At mean levels it is worth 3, the rigid one 4.2
    assert found.policy.low == pytest.approx(1 + 0.5 * 10 - 0.5 * 3)
    assert found.rolling == pytest.approx(4.5)
    assert found.expected == pytest.approx(4.2)
    assert found.tree == pytest.approx(0.3)
    assert found.hindsight == Interval(pytest.approx(0.5 * 11 + 0.5 * 4.2), pytest.approx(0.5 * 11 + 0.5 * 4.2))  # type: ignore[arg-type]
    added = {(one.year, one.partnership, one.action) for one in found.differences if one.side == "added"}
    assert added == {(2026, "rigid", "form")}
    assert {one.planner for one in found.differences} == {"expected"}


def test_a_planner_without_a_tree_learns_at_reviews_and_leaves() -> None:
    found = replayed(case(FLEXIBLE, years=3, **DEMAND))
    assert found.expected == found.rolling == pytest.approx(4.5)
    left = next(one for one in found.reviews if one.planner == "expected" and one.possible == ("low",))
    assert (left.year, left.changed) == (2028, 1)


# ---- a measure of risk is not consistent in time --------------------------------------------------------------------

FORTUNES = futures(
    ("bad", 0.5, {"demand": [0, 0]}), ("up", 0.25, {"demand": [1, 2]}), ("down", 0.25, {"demand": [1, 0]})
)
BASE = owned("base", benefit=[100, 0], sensitivity={"benefit": {"demand": 1}})
GAMBLE = deal(
    "gamble",
    {"on": {"benefit": 8, "cost": 6, "sensitivity": {"benefit": {"demand": 1}}}},
    (form(window=[2027, 2027]),),
)
HALF = {"objective": {"risk": {"measure": "cvar", "tail": 0.5, "weight": 0.5}}}


def test_planning_again_under_a_measure_of_risk_earns_less_and_it_is_told_by_how_much() -> None:
    """Once the bad half cannot come any more, the tail is the half of the rest in which the gamble loses."""
    found = replayed(case(BASE, GAMBLE, years=2, **FORTUNES), HALF)
    assert found.policy.low == pytest.approx(0.5 * (0.25 * 110 + 0.25 * 94))
    assert found.rolling == pytest.approx(25)
    assert found.lost == pytest.approx(0.5)
    dropped = [(one.scenario, one.partnership) for one in found.differences if one.planner == "rolling"]
    assert dropped == [("down", "gamble"), ("up", "gamble")]
    neutral = replayed(case(BASE, GAMBLE, years=2, **FORTUNES))
    assert neutral.lost == pytest.approx(0, abs=1e-9)


def test_limits_that_planning_without_a_tree_breaks_are_told_instead_of_a_value() -> None:
    """At mean levels the budget of 2027 suffices, and where it halves, what was begun cannot go on."""
    written = case(
        deal("d", {"on": {"benefit": [0, 9], "capital": [0, 2]}}, (form(window=[2026, 2026]),)),
        years=2,
        capital={"budget": [0, 2.7], "sensitivity": {"budget": {"demand": 1}}},
        **futures(("high", 0.5, {"demand": [1, 1]}), ("low", 0.5, {"demand": [1, 0.5]})),
    )
    found = replayed(written)
    assert (found.policy.low, found.rolling) == (0, 0)
    assert found.expected is None
    assert {one.scenario: one.broken for one in found.earned} == {"high": (), "low": ("capital 2027",)}
    assert {one.scenario: one.expected for one in found.earned} == {"high": 7, "low": None}


def test_what_is_done_is_one_plan_that_knows_no_more_than_it_may() -> None:
    instance = read_instance(INSTANCES / "five_deals")
    found = rolling(instance, "risk_averse", Means(gap=1e-9))
    assert found.about.complete
    assert {one.year for one in found.reviews} <= {2026, *instance.review_years}  # type: ignore[misc]
    policy = {one.scenario: one.policy for one in found.earned}
    assert policy == pytest.approx(
        {"steady": 1538.9, "slow_ev": 1123.7, "tariff_wall": 1144.1, "wall_and_slow": 804.2}, abs=0.1
    )
    assert from_json(to_json(found)) == found


@pytest.mark.parametrize("model", ["expected_value", "risk_averse"])
def test_where_the_search_for_the_policy_stops_short_what_planners_find_makes_it_better(
    model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a planner does is a plan that could have been made today, so that no policy told is worth less."""
    facts = read_instance(INSTANCES / "five_deals")
    whole = rolling(facts, model, Means(verify=False))
    optimum = Desk.optimum

    def short(self: Desk, asked: str, *given: Any, **options: Any) -> Optimum:
        found = optimum(self, asked, *given, **options)
        if asked not in ("the policy", "the policy, again"):
            return found
        audit = Auditor(facts, read_model(model)).audit(TODAY, tables=False)
        value = Interval(float(audit.objective), found.value.high)
        return replace(found, plan=TODAY, audit=audit, value=value, status="feasible")

    monkeypatch.setattr(Desk, "optimum", short)
    found = rolling(facts, model, Means(verify=False))
    assert found.rolling is not None
    assert found.policy.low >= found.rolling
    assert found.expected is None or found.policy.low >= found.expected
    assert found.policy.low > float(Auditor(facts, read_model(model)).audit(TODAY).objective)
    assert found.policy.high == whole.policy.high
    assert found.policy.low <= whole.policy.low * (1 + 1e-9)
    show_answer(found)
    said = capsys.readouterr().out
    assert "more: the policy was not solved" not in said
    if found.improved:
        assert "Planning again came upon a better plan" in said


def test_years_between_reviews_are_none_to_plan_again_in() -> None:
    found = replayed(case(FLEXIBLE, years=3, review_years=[2026], **DEMAND))
    assert [one for one in found.reviews if one.planner == "rolling"] == []
    assert found.rolling == found.policy.low


def test_where_nothing_is_uncertain_there_is_nothing_to_plan_again_for() -> None:
    found = replayed(case(owned(benefit=3), years=2))
    assert (found.rolling, found.expected, found.hindsight) == (6, 6, Interval(6, 6))


def test_an_infeasible_instance_has_nothing_to_replay() -> None:
    never = {"id": "never", "partnership": "deal", "states": ["on"], "must": "never"}
    found = replayed(case(owned(), rules=[never]))
    assert (found.status, found.rolling, found.earned) == ("infeasible", None, ())


def test_without_time_planners_go_on_with_the_plan_at_hand_and_it_is_told() -> None:
    found = rolling(read_instance(INSTANCES / "five_deals"), means=Means(time_limit=0.5))
    assert not found.about.complete
    assert found.about.stopped_by == "time limit"
    if found.rolling is not None:
        assert found.rolling == pytest.approx(found.policy.low)


def test_the_command_saves_tidy_tables_and_says_it_in_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["rolling", str(INSTANCES / "two_deals"), "--json", "--out", "study"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rolling"] == pytest.approx(102.663752, abs=1e-6)
    text = (tmp_path / "study" / "tables" / "scenarios.csv").read_text()
    assert [line.split(",")[0] for line in text.splitlines()] == ["scenario", "high", "slow"]
    assert run(["show", "study"]) == 0
    assert "Planning again earns what the policy earns" in " ".join(capsys.readouterr().out.split())
