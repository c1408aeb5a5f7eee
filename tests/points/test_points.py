"""A point is data, its key is a hash of all that decides its answer, and the same point is answered alike anywhere."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from portfolioopt import Instance, InvalidCase, Session, cases, read_instance, read_model
from portfolioopt.cases.changes import Change
from portfolioopt.points import Facts, Opened, solve_asked
from portfolioopt.points import edition as edition_of
from portfolioopt.points.edits import changes_from, changes_text
from portfolioopt.points.facts import memory_from, memory_text, opened
from portfolioopt.points.point import Point, point_from
from portfolioopt.points.work import answered, compute, received, work_of
from portfolioopt.solution.stop import Stop

INSTANCES = Path(__file__).parents[2] / "instances"
CHANGES: tuple[Change, ...] = (
    cases.scale("capital.budget", Decimal("0.90")),
    cases.set_value("capital.recycle", 0),
    cases.add("capital.budget.2028", 120),
    cases.shift("scenarios.slow_ev", -1),
    cases.remove("rules.keep_cells"),
    cases.force("cell_jv", action="form", years=(2027, 2028)),
    cases.forbid("swap", states=["pilot"]),
    cases.ignore_limit("skills"),
    cases.add("rules", {"id": "own", "partnership": "cell_jv", "states": ["full"], "must": "never"}),
)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts.of(read_instance(INSTANCES / "two_deals"), read_model("expected_value"))


def poorer(facts: Facts, share: str = "0.9") -> Point:
    return facts.point(solve_asked([cases.scale("capital.budget", Decimal(share))]))


def test_changes_travel_as_text_and_come_back_equal() -> None:
    assert changes_from(changes_text(CHANGES)) == CHANGES
    assert changes_from("") == ()


@pytest.mark.parametrize("text", ["changes: [", "changes: 5", "- a", "changes: [{scale: 3}]"])
def test_any_other_text_is_refused_as_changes(text: str) -> None:
    with pytest.raises(InvalidCase):
        changes_from(text)


@pytest.mark.parametrize("name", ["two_deals", "five_deals", "automaker_2026"])
@pytest.mark.parametrize("model", ["expected_value", "cautious"])
def test_facts_travel_as_text_and_come_back_equal(name: str, model: str) -> None:
    instance, choices = read_instance(INSTANCES / name), read_model(model)
    found = opened(Facts.of(instance, choices))
    assert (found.instance, found.model) == (instance, choices)


def test_what_a_solve_has_found_out_travels_exactly() -> None:
    session = Session()
    session.solve(read_instance(INSTANCES / "two_deals"))
    memory = session.memory
    assert memory is not None
    assert memory.plan is not None
    assert memory_from(memory_text(memory)) == memory


def test_a_point_travels_as_bytes_and_comes_back_the_same(facts: Facts) -> None:
    point = poorer(facts)
    found, key, asking = point_from(point.payload)
    assert (found, key, asking) == (point, point.key, edition_of.edition())
    assert found.key == point.key


def test_the_key_changes_with_whatever_decides_the_answer(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    scale = cases.scale("capital.budget", Decimal("0.9"))
    other = read_instance(INSTANCES / "two_deals", ["discount_rate=0.07"])
    points = [
        facts.point(solve_asked([scale])),
        facts.point(solve_asked([])),
        facts.point(solve_asked([cases.scale("capital.budget", Decimal("0.91"))])),
        facts.point(solve_asked([scale], gap=0.01)),
        facts.point(solve_asked([scale], verify=False)),
        facts.point(solve_asked([scale]), "portfolioopt.points.solving:another"),
        facts.starting_from("{}").point(solve_asked([scale])),
        Facts.of(other, read_model("expected_value")).point(solve_asked([scale])),
        Facts.of(read_instance(INSTANCES / "two_deals"), read_model("worst_case")).point(solve_asked([scale])),
    ]
    keys = {point.key for point in points}
    assert len(keys) == len(points)
    monkeypatch.setattr("portfolioopt.points.point.edition", lambda: {"highspy": "another"})
    assert poorer(facts).key not in keys


def test_the_key_is_that_of_the_facts_whatever_the_comments_of_their_file(facts: Facts, tmp_path: Path) -> None:
    text = (INSTANCES / "two_deals" / "instance.yaml").read_text(encoding="utf-8")
    (tmp_path / "instance.yaml").write_text(f"# another remark\n{text}", encoding="utf-8")
    assert poorer(Facts.of(read_instance(tmp_path), read_model("expected_value"))).key == poorer(facts).key


def test_the_edition_holds_our_code_and_what_it_stands_on() -> None:
    assert {"portfolioopt", "code", "highspy", "numpy", "platform"} <= set(edition_of.edition())
    assert edition_of.differences(edition_of.edition()) == ""
    assert "numpy" in edition_of.differences({**edition_of.edition(), "numpy": "0.1"})


def test_a_point_is_answered_with_what_solve_says(facts: Facts) -> None:
    outcome = answered(poorer(facts), Stop())
    instance, model = cases.apply(
        cases.case("poorer", cases.scale("capital.budget", Decimal("0.9"))), read_instance(INSTANCES / "two_deals")
    )
    result = Session().solve(instance, model)
    assert result.audit is not None
    assert outcome.kind == "done"
    assert outcome.answer["objective"] == str(result.audit.objective)
    assert (outcome.answer["status"], outcome.answer["bound"]) == (result.status, result.bound)
    assert "base_plan" not in outcome.answer


def test_a_point_that_starts_from_the_base_tells_what_the_base_plan_comes_to(facts: Facts) -> None:
    base = answered(facts.point(solve_asked(wanted=["memory"])), Stop())
    warm = facts.starting_from(base.answer["memory"])
    same = answered(warm.point(solve_asked()), Stop()).answer
    assert same["base_plan"] == {"objective": base.answer["objective"], "breaks": [], "whole": True}
    broken = answered(warm.point(solve_asked([cases.scale("capital.budget", Decimal("0.1"))])), Stop()).answer
    assert broken["base_plan"]["breaks"] == ["capital"]


def test_the_same_bytes_come_from_a_process_whose_hashes_are_others(facts: Facts, tmp_path: Path) -> None:
    point = poorer(facts)
    here = received(compute(point.payload)).text()
    (tmp_path / "payload").write_bytes(point.payload)
    script = (
        "import sys; from pathlib import Path; from portfolioopt.points.work import compute, received; "
        "sys.stdout.write(received(compute(Path(sys.argv[1]).read_bytes())).text())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "payload")],
        env={"PYTHONHASHSEED": "12345", "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        capture_output=True,
        check=True,
        text=True,
    )
    assert ran.stdout == here


def test_an_edit_that_cannot_be_made_is_refused_with_its_reason(facts: Facts) -> None:
    outcome = answered(facts.point(solve_asked([cases.scale("capital.budgte", Decimal("0.9"))])), Stop())
    assert outcome.kind == "refused"
    assert outcome.final
    assert "capital.budgte" in outcome.reason
    assert "budget" in outcome.reason


def test_a_fault_of_ours_is_told_and_is_not_final(facts: Facts) -> None:
    outcome = answered(facts.point(solve_asked(), "portfolioopt.points.solving:nobody"), Stop())
    assert (outcome.kind, outcome.final) == ("failed", False)
    assert "nobody" in outcome.reason


@pytest.mark.parametrize("name", ["os:system", "subprocess:run", "portfolioopt_other:run"])
def test_only_functions_of_this_package_are_ever_taken(name: str) -> None:
    with pytest.raises(Exception, match="no function of portfolioopt"):
        work_of(name)


def test_a_worker_of_another_edition_refuses_to_answer(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    payload = poorer(facts).payload
    monkeypatch.setattr(edition_of, "edition", lambda: {"highspy": "0.1"})
    outcome = received(compute(payload))
    assert outcome.kind == "failed"
    assert "highspy 0.1 instead of" in outcome.reason


@pytest.mark.parametrize("payload", [b"", b"nonsense", json.dumps({"format": "x"}).encode()])
def test_what_is_no_point_is_answered_as_such(payload: bytes) -> None:
    assert received(compute(payload)).kind == "failed"


def test_an_edit_cannot_name_a_plan_file_of_the_machine_it_is_solved_on(facts: Facts) -> None:
    change = cases.set_value("model.changes", {"price": 1, "against": "/tmp/plan.json"})
    outcome = answered(facts.point(solve_asked([change])), Stop())
    assert outcome.kind == "refused"
    assert "another plan to compare with" in outcome.reason


def test_a_clock_that_ends_a_solve_is_told(facts: Facts) -> None:
    large = Facts.of(read_instance(INSTANCES / "automaker_2026"), read_model("expected_value"))
    outcome = answered(large.point(solve_asked(time_limit=2)), Stop())
    assert (outcome.kind, outcome.final) == ("clock", False)
    assert isinstance(opened(facts), Opened)
    assert isinstance(opened(facts).instance, Instance)
