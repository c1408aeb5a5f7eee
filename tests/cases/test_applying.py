"""A case makes the edits it says, exactly, on the instance and the model, and tells faults where it is written."""

from decimal import Decimal
from typing import Any

import pytest

from language.samples import SOUND
from portfolioopt import Instance, InvalidCase, Model
from portfolioopt.cases import (
    Case,
    Change,
    Origin,
    Scale,
    add,
    apply,
    case,
    forbid,
    force,
    ignore_limit,
    remove,
    scale,
    set_value,
    shift,
)
from portfolioopt.language.parsing import parse

SAMPLE = Instance.model_validate(parse(SOUND).value)


def after(*changes: Change, model: Model | None = None) -> Instance:
    return apply(case("edited", *changes), SAMPLE, model or Model()).instance


def refused(*changes: Change, model: Model | None = None) -> str:
    with pytest.raises(InvalidCase) as caught:
        apply(case("edited", *changes), SAMPLE, model or Model())
    return str(caught.value)


def d(*texts: str) -> Any:
    return tuple(Decimal(text) for text in texts) if len(texts) > 1 else Decimal(texts[0])


def test_scaling_multiplies_each_number_exactly_as_written() -> None:
    assert after(scale("capital.budget", 1.1)).capital.budget == d("550", "440", "440", "330")
    assert after(scale("partnerships.cells.states.full.capital", Decimal("0.3"))).partnerships[0].states[
        "full"
    ].capital == d("90", "60")
    assert after(scale("discount_rate", Decimal("1.5"))).discount_rate == d("0.12")
    assert after(scale("skills.engineer.capacity", 0.1)).skills["engineer"].capacity == 16
    assert after(scale("pools.volume.curve", 2)).pools[0].curve == ((0, 0), (15, 8), (40, 24))


def test_single_years_and_spans_of_a_series_are_named_by_calendar_year() -> None:
    assert after(add("capital.budget.2028", 120)).capital.budget == (500, 400, 520, 300)
    assert after(scale("capital.budget.2027-2028", 2)).capital.budget == (500, 800, 800, 300)
    assert after(set_value("capital.budget.2028-29", [1, 2])).capital.budget == (500, 400, 1, 2)
    assert after(set_value("skills.engineer.capacity.2026", 9)).skills["engineer"].capacity == (9, 160, 160, 160)
    assert after(set_value("scenarios.slow.drivers.demand.2029", 2)).scenarios[1].drivers["demand"][3] == 2
    assert after(add("capital.budget", [1, 2, 3, 4])).capital.budget == (501, 402, 403, 304)


def test_every_member_is_reached_wherever_the_rest_of_the_path_stands() -> None:
    edited = after(scale("partnerships.*.states.*.effort.engineer", 2))
    assert edited.partnerships[0].states["full"].effort["engineer"] == (160, 120)
    assert edited.partnerships[1].states["core"].effort["engineer"] == (40,)
    assert edited.partnerships[0].states["supply"] is SAMPLE.partnerships[0].states["supply"]


def test_what_is_not_written_counts_as_what_its_absence_means() -> None:
    assert after(add("partnerships.cells.states.supply.effort.engineer", 5)).partnerships[0].states[
        "supply"
    ].effort == {"engineer": (5,)}
    assert after(scale("scenarios.base.drivers.demand", 0.8)).scenarios[0].drivers == {"demand": d("0.8")}
    assert after(shift("partnerships.cells.actions.sell.window", 1)).partnerships[0].actions[1].window == (2027, 2030)
    assert after(add("partnerships.stack.states.core.cost", 3)).partnerships[1].states["core"].cost == (3,)
    assert "is not written, so there is nothing to change" in refused(scale("exposures.share.at_most", 2))


def test_shifting_moves_what_stands_in_time() -> None:
    assert after(shift("capital.budget", 1)).capital.budget == (500, 500, 400, 400)
    assert after(shift("capital.budget", -2)).capital.budget == (400, 300, 300, 300)
    assert after(shift("partnerships.cells.actions.form.window", -1)).partnerships[0].actions[0].window == (2025, 2027)
    assert after(shift("rules.keep.years", 1)).rules[0].years == (2028, 2029)
    assert after(shift("review_years", 1)).review_years == (2027, 2029)
    full = "partnerships.cells.states.full"
    assert after(shift(f"{full}.benefit", 1)).partnerships[0].states["full"].benefit == (0, 0, 60, 140)
    assert after(shift(f"{full}.benefit", -1)).partnerships[0].states["full"].benefit == (60, 140)
    assert after(shift(f"{full}.benefit", -9)).partnerships[0].states["full"].benefit == (140,)
    assert after(shift(f"{full}.cost", 2)).partnerships[0].states["full"].cost == (0, 0, 25)
    assert after(shift("partnerships.cells.actions.form.lead_years", 1)).partnerships[0].actions[0].lead_years == 2
    assert after(shift("partnerships.stack.start.years", -2)).partnerships[1].start.years == 0


def test_shifting_a_whole_thing_moves_what_stands_in_calendar_years_inside_it() -> None:
    assert after(shift("scenarios.slow", 1)).scenarios[1].drivers["demand"] == d("1", "1", "0.9", "0.7")
    actions = after(shift("partnerships.cells", 1)).partnerships[0].actions
    assert [action.window for action in actions] == [(2027, 2029), (2027, 2030), (2027, 2030)]
    assert after(shift("partnerships.cells", 1)).partnerships[0].states == SAMPLE.partnerships[0].states
    assert after(shift("requirements.need", 1)).requirements[0].at_least == (0, 0, 0, 10)


def test_members_are_added_and_removed_by_name() -> None:
    assert after(remove("rules.keep")).rules == ()
    assert after(remove("skills.engineer.hire")).skills["engineer"].hire is None
    assert after(remove("partnerships.cells.partners.Volta")).partnerships[0].partners == ()
    assert (
        after(remove("partnerships.*.readiness"), remove("partnerships.cells.states.full.readiness"))
        .partnerships[0]
        .readiness
        is None
    )
    more = after(add("rules", {"id": "no", "partnership": "cells", "states": "supply", "must": "never"}))
    assert [rule.id for rule in more.rules] == ["keep", "no"]
    assert after(add("skills", {"coder": {"capacity": 3}})).skills["coder"].capacity == 3
    assert after(add("partnerships.cells.partners", "Kern")).partnerships[0].partners == ("Volta", "Kern")


def test_members_removed_together_are_all_those_named() -> None:
    assert after(remove("links.*")).links == ()


def test_choices_are_edited_under_model() -> None:
    model = Model.model_validate({"objective": {"risk": {"measure": "cvar", "tail": 0.1, "weight": 0.3}}})
    edited = apply(
        case("bolder", scale("model.objective.risk.weight", 0.5), set_value("model.limits.cap", {"price": 2})),
        SAMPLE,
        model,
    )
    assert edited.instance is SAMPLE
    assert edited.model.objective.risk is not None
    assert edited.model.objective.risk.weight == d("0.15")
    assert edited.model.price("exposures", "cap") == 2


def test_what_no_change_touches_stays_the_same_object() -> None:
    edited = after(scale("partnerships.cells.states.full.cost", 2))
    assert edited.partnerships[1] is SAMPLE.partnerships[1]
    assert edited.partnerships[0].states["supply"] is SAMPLE.partnerships[0].states["supply"]
    assert Instance.model_validate(parse(SOUND).value) == SAMPLE


def test_a_case_makes_the_changes_of_its_base_first() -> None:
    poor = case("poor", scale("capital.budget", 0.5))
    poorer = case("poorer", add("capital.budget", -100), base=poor)
    assert [one.name for one in poorer.chain] == ["poor", "poorer"]
    assert (
        apply(poorer, SAMPLE, Model()).instance.capital
        == after(set_value("capital.budget", [150, 100, 100, 50])).capital
    )


def test_ignoring_lets_a_limit_bend_free_of_charge() -> None:
    edited = apply(case("free", ignore_limit("cap"), ignore_limit("need")), SAMPLE, Model())
    assert edited.model.price("exposures", "cap") == 0
    assert edited.model.price("exposures", "share") is None
    assert edited.model.price("requirements", "need") == 0
    assert edited.instance.requirements[0].shortfall_cost is None
    soft = Model.model_validate({"limits": {"exposures": {"price": 1}, "cap": "hard"}})
    edited = apply(case("free", ignore_limit("exposures")), SAMPLE, soft)
    assert edited.model.price("exposures", "cap") == edited.model.price("exposures", "share") == 0


def test_what_is_forced_is_hard_though_its_family_is_soft() -> None:
    soft = Model.model_validate({"limits": {"moves": {"price": 1}}})
    edited = apply(case("must", force("cells")), SAMPLE, soft)
    assert edited.model.price("moves", "force_cells") is None
    assert edited.model.price("moves", "pace") == 1


def test_forcing_twice_is_forcing_once_and_other_years_are_another_limit() -> None:
    once = after(force("cells"))
    assert after(force("cells"), force("cells")) == once
    assert [one.id for one in after(force("cells"), force("cells", years=2027)).moves] == [
        "pace", "force_cells", "force_cells_2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (scale("capitl.budget", 2), "capitl: there is no such key (did you mean capital?)"),
        (scale("partnerships.cels.name", 2), "the list has no such member (did you mean cells?)"),
        (scale("capital.budget.2050", 2), "capital.budget.2050: lies outside the horizon 2026 to 2029"),
        (scale("capital.budget.2028-2027", 2), "ends before it begins"),
        (set_value("capital.budget.2027-2028", [1]), "2 years are named, and 1 numbers given"),
        (add("capital.budget", [1, 2]), "has 4 numbers, to which 2 cannot be added"),
        (scale("name", 2), "is text, which cannot be scaled"),
        (scale("partnerships.cells", 2), "several keys with values, which cannot be scaled (name the key inside it)"),
        (scale("capital.budget", "much"), "must be a number, not 'much'"),  # type: ignore[arg-type]
        (scale("capital.budget", float("nan")), "must be a finite number"),
        (scale("capital.recycle", 3), "capital.recycle: must be from 0 to 1, not 1.5"),
        (scale("partnerships.cells.actions.form.lead_years", 1.5), "must be a whole number, not 1.5"),
        (shift("capital.budget.2027", 1), "single years cannot be shifted (shift the whole series)"),
        (shift("capital.carry_over", 1), "holds nothing that stands in calendar years"),
        (shift("partnerships.cells.states", 1), "holds nothing that stands in calendar years"),
        (shift("horizon.years", 1), "holds nothing that stands in calendar years"),
        (shift("partnerships.cells.actions.form.lead_years", -2), "is 1, so it cannot become 2 shorter"),
        (shift("capital.budget", 0.5), "a shift is a whole number of years"),  # type: ignore[arg-type]
        (add("skills", {"engineer": {"capacity": 3}}), "skills.engineer: is there already (set it instead)"),
        (add("skills", 3), "to which only keys with values can be added"),
        (add("cash_timing", "x"), "is text, to which no number can be added"),
        (remove("rules.kepp"), "did you mean keep?"),
        (remove("currency.x"), "holds no keys"),
        (remove("coordination.curve[9]"), "there is no such member"),
        (remove("partnerships.stack"), "there is no partnership called stack"),
        (remove("scenarios.slow"), "the probabilities sum to 0.6, not to 1"),
        (set_value("partnerships.*.purpos", 3), "nothing stands at *.purpos"),
        (set_value("a b", 3), "there is no such key"),
        (set_value("", 3), "is not a path"),
        (set_value("capital.budget=3", 3), "is not a path"),
        (set_value("model", 3), "is not a path"),
        (set_value("model.objective.rsk", {}), "model.objective.rsk: there is no such key (did you mean risk?)"),
        (set_value("model.limits.cpa", "hard"), "model.limits.cpa: there is no limit or family of that name"),
        (force("sells"), "there is no partnership called sells (did you mean cells?)"),
        (force("cells", action="from"), "there is no action of it called from (did you mean form?)"),
        (force("cells", states=["ful"]), "there is no state of it called ful (did you mean full?)"),
        (force("cells", action="form", states=["full"]), "either an action or states can be meant, not both"),
        (force("cells", years=(2028, 2027)), "moves[1].years: ends (2027) before it begins (2028)"),
        (forbid("stack"), "is in force, and no action can end it within the horizon"),
        (ignore_limit("cpa"), "there is no limit called cpa (did you mean cap?)"),
        (ignore_limit("both"), "limits nothing, so it cannot be ignored (remove it instead)"),
        (ignore_limit("pools"), "limits nothing, so it cannot be ignored (remove it instead)"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_made_is_told_in_its_own_words(change: Change, said: str) -> None:
    told = refused(change)
    assert told.startswith(f"case edited, {change.said}: ")
    assert said in told


def test_a_change_from_a_file_is_told_at_its_place() -> None:
    origin = Origin("cases.yaml", 7, 9)
    assert refused(Scale("capital.recycle", 3, origin=origin)) == (
        "cases.yaml:7:9: capital.recycle: must be from 0 to 1, not 1.5"
    )


def test_all_faults_are_told_at_once() -> None:
    assert len(refused(scale("capitl.budget", 2), force("sells"), ignore_limit("cpa")).splitlines()) == 3


def test_the_change_that_came_last_is_the_one_at_fault() -> None:
    told = refused(
        scale("capital.recycle", 1), remove("partnerships.cells.states.full.cost"), scale("capital.recycle", 9)
    )
    assert told.startswith("case edited, capital.recycle: x9: capital.recycle: must be")


def test_places_of_changes_are_known_after_members_have_moved_up() -> None:
    told = refused(
        set_value("scenarios.slow.drivers.demand", [1, 2]), remove("scenarios.base"), set_value("name", "other")
    )
    assert "scenarios.slow.drivers.demand: [1, 2]: scenarios[0].drivers.demand: has 2 numbers" in told


def test_a_base_may_be_shared() -> None:
    base = Case("base", (scale("capital.budget", 2),))
    one, two = case("one", base=base), case("two", scale("capital.budget", 0.5), base=base)
    assert apply(one, SAMPLE, Model()).instance.capital == after(scale("capital.budget", 2)).capital
    assert apply(two, SAMPLE, Model()).instance == SAMPLE
