"""A bridge leads from one audited value to another, step by step, and loses nothing on the way."""

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from audit.cases import case as written
from audit.cases import deal, form, futures
from engine_samples import Written
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, Model, Result, Session, solve
from portfolioopt.cases import Case, Change, add, apply, case, forbid, remove, scale, set_value
from portfolioopt.cases.differences import all_differences
from portfolioopt.comparison import Bridge, bridge, bridge_between, hold, what_if
from portfolioopt.comparison.stages import groups_between, groups_of
from portfolioopt.errors import InvalidCase
from portfolioopt.language.writing import plain

BIG = deal("big", {"on": {"benefit": 10, "capital": 6}}, (form(),))
SMALL = deal("small", {"on": {"benefit": 4, "capital": 2}}, (form(),))
TIGHT = Instance.model_validate(written(BIG, SMALL, years=1, capital={"budget": 8}))
"""Both fit: 4 + 2."""


def led(*changes: Change, instance: Instance = TIGHT, model: Model | None = None) -> Bridge:
    return bridge(case("edited", *changes), instance, model or Model())


def test_facts_and_deciding_anew_are_told_apart() -> None:
    (step,) = led(scale("partnerships.big.states.on.benefit", 0.5)).steps
    assert (step.facts, step.decisions, step.effect) == (-5, 1, -4)  # kept it would lose 1; so it is given up
    assert step.broken == ()


def test_a_plan_that_breaks_a_limit_is_worth_what_it_would_be_and_the_limit_is_named() -> None:
    (step,) = led(set_value("capital.budget", 7)).steps
    assert (step.facts, step.decisions, step.effect) == (0, -2, -2)
    assert step.broken == ("capital in 2026",)


def test_a_plan_that_cannot_be_carried_out_has_no_value() -> None:
    (step,) = led(set_value("partnerships.small.actions.form.window", [2030, 2030])).steps
    assert (step.facts, step.decisions, step.effect) == (None, None, -2)
    assert step.broken == ("small in 2026",)


def test_steps_follow_the_groups_of_changes() -> None:
    half = scale("partnerships.big.states.on.benefit", 0.5, group="prices")
    dearer = add("partnerships.small.states.on.cost", 1, group="prices")
    found = led(half, dearer, set_value("capital.budget", 1))
    assert [(step.name, step.effect) for step in found.steps] == [("prices", -5), ("capital.budget: 1", -1)]
    assert (found.before, found.after, found.total) == (6, 0, -6)


def test_cases_on_cases_are_steps() -> None:
    poorer = Case("poorer", (set_value("capital.budget", 7), set_value("capital.recycle", 1)))
    then = case("then", forbid("big"), base=poorer)
    assert [group.name for group in groups_of(then)] == ["poorer", "then"]
    found = bridge(then, TIGHT, Model())
    assert [(step.name, step.effect) for step in found.steps] == [("poorer", -2), ("then", -2)]


def test_what_is_only_sound_together_is_one_step() -> None:
    facts = Instance.model_validate(written(BIG, years=1, **futures(("a", 0.5, {}), ("b", 0.5, {"demand": 2}))))
    changes = [set_value("scenarios.a.probability", 0.4), set_value("scenarios.b.probability", 0.6), forbid("big")]
    found = led(*changes, instance=facts)
    assert [len(step.changes) for step in found.steps] == [2, 1]
    with pytest.raises(InvalidCase):
        led(changes[0], instance=facts)


def test_what_leaves_no_plan_is_named_and_may_be_mended_behind() -> None:
    must = {"id": "need", "capability": "cells", "at_least": 1}
    impossible = add("requirements", must)
    found = led(scale("partnerships.big.states.on.benefit", 0.5), impossible)
    assert [step.effect for step in found.steps] == [-4]
    assert [group.name for group in found.closed] == [impossible.said]
    assert found.reason == "infeasible"
    mended = led(impossible, remove("requirements.need"), set_value("capital.budget", 7))
    assert [(len(step.changes), step.effect) for step in mended.steps] == [(2, 0), (1, -2)]
    assert mended.closed == ()


def test_a_change_of_choices_moves_the_objective() -> None:
    facts = Instance.model_validate(written(BIG, years=1, **futures(("a", 0.5, {}), ("b", 0.5, {}))))
    risk = set_value("model.objective.risk", {"measure": "worst_case", "weight": 0.5})
    (step,) = led(risk, instance=facts).steps
    assert (step.before, step.after, step.expected_npv) == (4, 4, 4)


def test_hiring_follows_what_a_held_plan_needs() -> None:
    partnership = deal(states={"on": {"benefit": 10, "effort": {"coder": Decimal("2.5")}}}, actions=(form(),))
    skills = {"coder": {"capacity": 3, "hire": {"cost": 2, "at_most": 5}}}
    facts = Instance.model_validate(written(partnership, years=1, skills=skills))
    before = solve(facts)
    assert before.chosen is not None
    fewer = apply(case("fewer", set_value("skills.coder.capacity", 1)), facts, Model())
    held = hold(before.chosen, *fewer)
    assert held.audit.ok
    assert [one.engineers for one in held.plan.hiring] == [Decimal("1.5")]
    assert held.audit.objective == 7
    none = apply(case("none", remove("skills.coder.hire"), set_value("skills.coder.capacity", 1)), facts, Model())
    assert not hold(before.chosen, *none).audit.ok
    cheap = Model.model_validate({"limits": {"coder": {"price": 1}}})
    assert hold(before.chosen, fewer.instance, cheap).plan.hiring == ()


def edits(written_: Written, rng: random.Random) -> Iterator[Change]:
    """Changes of this instance that may be made."""
    if "capital" in written_:
        yield scale("capital.budget", rng.choice([0.5, 0.9, 1.1, 2]))
    for skill in written_.get("skills", {}):
        yield scale(f"skills.{skill}.capacity", rng.choice([0.5, 1.5]))
    for limit in written_.get("rules", [])[:1]:
        yield remove(f"rules.{limit['id']}")
    first = written_["partnerships"][0]
    for state in first["states"]:
        yield add(f"partnerships.{first['id']}.states.{state}.benefit", rng.choice([-3, 5]))
    yield set_value("discount_rate", rng.choice([0.02, 0.11]))


def as_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_numbers(inner) for inner in value]
    return value if isinstance(value, str | bool | int | None) else Fraction(value)


@pytest.mark.parametrize("seed", range(30))
def test_the_steps_sum_to_the_difference_of_the_optima_to_the_last_digit(seed: int) -> None:
    """Every value is that of an independent enumeration of all plans, wherever the gap is closed."""
    rng = random.Random(seed)
    facts, choices = random_instance(seed, tight=bool(seed % 2))
    choices.pop("changes", None)
    instance, model = Instance.model_validate(facts), Model.model_validate(choices)
    edited = case("edited", *rng.sample(changes := list(edits(facts, rng)), min(3, len(changes))))
    session = Session()
    start = session.solve(instance, model, gap=0)
    if start.audit is None:
        with pytest.raises(ValueError, match="no plan to start"):
            bridge(edited, instance, model, start=start)
        return
    after = apply(edited, instance, model)
    end = session.solve(*after, gap=0)
    found = bridge(edited, instance, model, start=start, end=end, session=session, gap=0)
    assert sum(step.effect for step in found.steps) == found.total
    for one, other in zip(found.steps, found.steps[1:], strict=False):
        assert one.after == other.before
    for step in found.steps:
        assert step.least is not None
        assert step.most is not None
        assert step.least <= step.effect <= step.most
        if step.held is not None:
            assert step.facts is not None
            assert step.decisions is not None
            assert step.facts + step.decisions == step.effect
            if not step.broken:
                assert step.decisions >= 0
    if end.audit is None:
        assert found.closed
        return
    assert found.total == end.audit.objective - start.audit.objective
    best = best_plan(as_numbers(plain(after.instance)), as_numbers(plain(after.model))).objective
    assert float(found.after) == pytest.approx(float(best), rel=1e-9, abs=1e-9)


def test_any_two_inputs_have_a_bridge_by_what_they_are_about() -> None:
    before = (TIGHT, Model())
    changed = case("edited", set_value("capital.budget", 7), scale("partnerships.big.states.on.benefit", 0.5),
                   set_value("name", "other"), set_value("model.name", "ours"))  # fmt: skip
    after = apply(changed, *before)
    assert [group.name for group in groups_between(before, after)] == ["partnerships.big", "capital"]
    found = bridge_between(before, after)
    assert [step.effect for step in found.steps] == [-4, 0]
    assert bridge_between(before, before).steps == ()


def test_a_what_if_solves_compares_and_tells_why() -> None:
    found = what_if(case("poorer", set_value("capital.budget", 7)), TIGHT)
    assert [one.said for one in found.differences] == ["capital.budget: 8 -> 7"]
    assert [(one.happening, one.partnership) for one in found.comparison.changes()] == [("dropped", "small")]
    assert found.bridge is not None
    assert found.bridge.total == -2
    assert (found.base.objective, found.result.objective) == (6, 4)
    assert found.comparison.names == ("base", "poorer")
    assert all_differences(found.before, found.edited) == found.differences


def test_a_what_if_in_one_step_solves_nothing_in_between() -> None:
    changes = (set_value("capital.budget", 7), forbid("big"))
    found = what_if(case("two", *changes), TIGHT, steps=False)
    assert found.bridge is not None
    assert [(step.name, step.changes[1].said) for step in found.bridge.steps] == [("two", "forbid big")]


def test_a_what_if_of_an_infeasible_base_has_no_bridge() -> None:
    must = {"id": "need", "capability": "cells", "at_least": 1}
    facts = apply(case("must", add("requirements", must)), TIGHT, Model()).instance
    found = what_if(case("mended", remove("requirements.need")), facts)
    assert found.bridge is None
    assert (found.base.status, found.result.objective) == ("infeasible", 6)


def test_a_plan_that_was_found_in_one_input_only_counts_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that ends too early must not look like an effect of the edit."""
    idle = what_if(case("idle", forbid("big"), forbid("small")), TIGHT).result
    poor = replace(idle, status="feasible", bound=6.5)
    solve_ = Session.solve
    weak = [True]

    def first_weak(self: Session, instance: Instance, model: Model, **options: Any) -> Result:
        return poor if weak.pop(0) else solve_(self, instance, model, **options)

    monkeypatch.setattr(Session, "solve", first_weak)
    harmless = case("harmless", add("capital.budget", 1))
    weak[:] = [True, False]
    found = what_if(harmless, TIGHT)
    assert (found.base.objective, found.base.bound, found.base.status) == (6, 6.5, "feasible")
    assert found.bridge is not None
    assert (found.bridge.total, found.base_could_be) == (0, None)
    weak[:] = [False, True]
    found = what_if(harmless, TIGHT)
    assert (found.base.objective, found.result.objective) == (6, 6)
    weak[:] = [False]
    given = what_if(harmless, TIGHT, start=poor)
    assert (given.base.objective, given.base_could_be) == (0, 6)
