"""What is forced happens in every scenario, what is forbidden in none, and only where it must."""

from fractions import Fraction
from typing import Any

import pytest

from audit.cases import case as written
from audit.cases import deal, form, futures, leave
from engine_samples import objective_of
from enumeration.enumerator import best_plan
from portfolioopt import Instance, InvalidCase, Model, Result, solve
from portfolioopt.cases import Change, apply, case, forbid, force, ignore_limit
from portfolioopt.language.writing import plain

Written = dict[str, Any]


def best(instance: Written, *changes: Change, model: Written | None = None) -> Result:
    """The best plan after the changes; the enumerator must find it worth the same."""
    edited = apply(case("edited", *changes), Instance.model_validate(instance), Model.model_validate(model or {}))
    result = solve(edited.instance, edited.model)
    assert result.status == "optimal"
    assert (
        objective_of(result) == best_plan(as_numbers(plain(edited.instance)), as_numbers(plain(edited.model))).objective
    )
    return result


def as_numbers(value: Any) -> Any:
    """Decimals that are whole as int, others as fractions of one: what the enumerator computes with."""
    if isinstance(value, dict):
        return {key: as_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_numbers(inner) for inner in value]
    return value if isinstance(value, str | bool | int | None) else Fraction(value)


def decided(result: Result) -> list[tuple[str, int, str, str]]:
    assert result.plan is not None
    return [(one.partnership, one.year, one.action, one.scenario) for one in result.plan.decisions]


LOSS = deal("loss", {"on": {"cost": 5}}, (form(), leave()))
"""Nobody would form it, and who must, leaves it at once."""
GAIN = deal("gain", {"on": {"benefit": 10}}, (form(), leave(notice_years=1)))
HELD = deal("held", {"on": {"cost": 3}, "off": {}}, (
    leave(after_years=2, notice_years=1),
    {"id": "park", "kind": "restructure", "from": "on", "to": "off"},
), start={"state": "on"})  # fmt: skip
TWO = futures(("one", 0.5, {}), ("two", 0.5, {"demand": [0.5, 1, 1, 1]}))


def test_a_possible_partnership_that_is_forced_is_entered_in_every_scenario() -> None:
    facts = written(LOSS, years=4, **TWO)
    assert decided(best(facts)) == []
    taken = decided(best(facts, force("loss")))
    assert sorted(scenario for _, _, action, scenario in taken if action == "form") == ["one", "two"]
    assert {(year, action) for _, year, action, _ in taken} == {(2029, "form")}  # as late as can be


def test_a_possible_partnership_that_is_forced_in_some_years_is_entered_in_these() -> None:
    facts = written(LOSS, years=4)
    assert [one[1:3] for one in decided(best(facts, force("loss", years=(2027, 2028))))] == [
        (2028, "form"), (2029, "leave"),
    ]  # fmt: skip


def test_a_possible_partnership_that_is_forbidden_is_never_entered() -> None:
    facts = written(GAIN, years=4)
    assert best(facts).objective == 40
    assert best(facts, forbid("gain")).objective == 0
    assert best(facts, forbid("gain", years=(2026, 2027))).objective == 20


def test_a_partnership_in_force_that_is_forced_is_kept() -> None:
    facts = written(HELD, years=5)
    park = decided(best(facts))
    assert park == [("held", 2026, "park", "base")]
    leaves = written({**HELD, "states": {"on": {"cost": 3}}, "actions": [leave()]}, years=5)
    assert decided(best(leaves)) == [("held", 2026, "leave", "base")]
    assert decided(best(leaves, force("held"))) == []
    assert decided(best(leaves, force("held", years=(2026, 2027)))) == [("held", 2028, "leave", "base")]


def test_a_partnership_in_force_that_is_forbidden_is_left_as_early_as_its_own_terms_allow() -> None:
    good = {**HELD, "states": {"on": {"benefit": 3}, "off": {}}}
    facts = written(good, years=6)
    assert decided(best(facts)) == []
    assert decided(best(facts, forbid("held"))) == [("held", 2028, "leave", "base")]
    assert best(facts, forbid("held")).objective == 9  # two years completed, and one of notice
    later = written({**good, "start": {"state": "on", "years": 5}}, years=6)
    assert decided(best(later, forbid("held"))) == [("held", 2026, "leave", "base")]
    assert decided(best(later, forbid("held", years=2031))) == [("held", 2030, "leave", "base")]


def test_a_way_out_through_another_state_counts() -> None:
    end = {"id": "end", "kind": "exit", "from": "off", "to": "exited", "after_years": 1, "lead_years": 1}
    facts = written({**HELD, "actions": [HELD["actions"][1], end]}, years=5)
    assert [one[1:3] for one in decided(best(facts, forbid("held")))] == [(2026, "park"), (2027, "end")]


def test_what_no_action_can_end_in_time_cannot_be_forbidden() -> None:
    facts = Instance.model_validate(written(HELD, years=3))
    with pytest.raises(InvalidCase, match="no action can end it within the horizon"):
        apply(case("out", forbid("held")), facts, Model())


def test_an_action_that_is_forced_is_taken_and_one_that_is_forbidden_is_not() -> None:
    facts = written(HELD, years=5)
    assert [one[1:3] for one in decided(best(facts, force("held", action="leave")))] == [(2028, "leave")]
    assert [one[1:3] for one in decided(best(facts, force("held", action="park", years=2028)))] == [(2028, "park")]
    assert [one[1:3] for one in decided(best(facts, forbid("held", action="park")))] == [(2028, "leave")]
    early = best(facts, forbid("held", action="park", years=(2026, 2026)))
    assert [one[1:3] for one in decided(early)] == [(2027, "park")]


def test_states_are_forced_and_forbidden_in_their_years() -> None:
    facts = written(GAIN, years=4)
    assert best(facts, force("gain", states="exited")).objective == 30  # in the last year
    assert best(facts, force("gain", states=["exited"], years=(2028, 2029))).objective == 20
    assert best(facts, forbid("gain", states="on", years=2026)).objective == 30
    assert best(facts, forbid("gain", states="on")).objective == 0


def test_what_contradicts_itself_is_told_by_what_was_forced_and_forbidden() -> None:
    edited = apply(
        case("both", force("gain"), forbid("gain")), Instance.model_validate(written(GAIN, years=2)), Model()
    )
    result = solve(edited.instance, edited.model)
    assert result.status == "infeasible"
    assert result.conflict == ("forbid_gain", "force_gain")
    assert "gain" in result.outline.words("force_gain")


def test_a_limit_that_is_ignored_is_exceeded_free_of_charge_and_the_excess_is_told() -> None:
    twice = deal("twice", {"on": {"benefit": 10, "effort": {"coder": 3}}}, (form(),))
    facts = written(GAIN, twice, years=2, skills={"coder": {"capacity": 2, "hire": {"cost": 99, "at_most": 1}}})
    assert best(facts).objective == 20
    free = best(facts, ignore_limit("coder"))
    assert (free.objective, free.penalties) == (40, 0)
    assert set(free.limits.query("id == 'coder'")["excess"]) == {1.0}
    assert best(facts, ignore_limit("skills"), model={"limits": {"coder": "hard"}}).objective == 40


def test_a_requirement_that_is_ignored_costs_nothing_to_miss() -> None:
    need = {"id": "need", "capability": "cells", "at_least": 5, "shortfall_cost": 2}
    facts = written(GAIN, years=1, requirements=[need])
    assert best(facts).objective == 0
    assert best(facts, ignore_limit("need")).objective == 10
