"""What differs is told by path; and the changes made of it lead from the one to the other."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from enumeration.generators import random_instance
from language.samples import SOUND
from portfolioopt import Instance, Model
from portfolioopt.cases import Case, Change, add, apply, case, remove, scale, set_value, shift
from portfolioopt.cases.differences import all_differences, changes_for, differences, model_differences
from portfolioopt.language.parsing import parse
from portfolioopt.language.writing import resolved
from portfolioopt.result.hashing import canonical

SAMPLE = Instance.model_validate(parse(SOUND).value)


def told(*changes: Change) -> list[str]:
    return [one.said for one in differences(SAMPLE, apply(case("edited", *changes), SAMPLE, Model()).instance)]


def test_a_difference_names_its_path_and_both_values() -> None:
    assert told(set_value("capital.recycle", 1)) == ["capital.recycle: 0.5 -> 1"]
    assert told(scale("partnerships.*.states.*.cost", 2)) == ["partnerships.cells.states.full.cost: 25 -> 50"]
    assert told(add("capital.budget.2028", 5)) == ["capital.budget: [500, 400, 400, 300] -> [500, 400, 405, 300]"]
    assert told(remove("rules.keep")) == [
        "rules.keep: removed {id: keep, partnership: stack, states: [core], years: [2027, 2028], must: alway…"
    ]
    assert told(add("skills", {"coder": {"capacity": 3}})) == ["skills.coder: added {capacity: 3}"]


def test_what_only_spells_out_a_default_is_no_difference() -> None:
    assert told(set_value("capital.carry_over", 1), set_value("partnerships.stack.states.core.cost", 0)) == []
    spelled = Model.model_validate({"limits": {"capital": "hard"}})
    assert model_differences(Model(), spelled) == ()


def test_names_with_points_and_blanks_stand_between_quotes() -> None:
    named = apply(case("edited", set_value("scenarios.base.name", "2028 a.b")), SAMPLE, Model()).instance
    (removed, added) = differences(SAMPLE, named)
    assert (removed.path, added.path) == ("scenarios.base", 'scenarios."2028 a.b"')
    again = apply(case("edited", scale(f"{added.path}.probability", 1)), named, Model()).instance
    assert again == named


def test_the_order_of_members_is_no_difference() -> None:
    shuffled = Instance.model_validate({**parse(SOUND).value, "partnerships": parse(SOUND).value["partnerships"][::-1]})
    assert differences(SAMPLE, shuffled) == ()


seeds = st.integers(0, 10_000)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seeds, seeds)
def test_the_changes_made_of_all_differences_lead_from_any_input_to_any_other(seed: int, another: int) -> None:
    before, after = (
        (Instance.model_validate(facts), Model.model_validate(choices))
        for facts, choices in (random_instance(seed), random_instance(another))
    )
    there = Case("there", changes_for(all_differences(before, after)))
    made = apply(there, *before)
    assert all_differences(made, after) == all_differences(after, made) == ()
    for one, other in zip(made, after, strict=True):
        assert canonical(spelled_out(resolved(one))) == canonical(spelled_out(resolved(other)))


def spelled_out(value: Any) -> Any:
    """One number instead of a list of the same ones: they mean the same, in a series and in a profile."""
    if isinstance(value, dict):
        return {key: spelled_out(inner) for key, inner in value.items()}
    if isinstance(value, list):
        inner = [spelled_out(one) for one in value]
        return inner[0] if inner and all(isinstance(one, int | Decimal) and one == inner[0] for one in inner) else inner
    return value


NUMBERS = st.sampled_from(["0.5", "1.5", "0.9", "1.1", "2", "3"]).map(parse).map(lambda parsed: parsed.value)
PATHS = [
    "capital.budget", "capital.budget.2027", "skills.engineer.capacity", "discount_rate",
    "partnerships.cells.states.full.benefit", "partnerships.*.states.*.cost", "exposures.cap.at_most",
    "requirements.need.at_least", "scenarios.slow.drivers.demand", "links.both.benefit", "pools.volume.curve",
    "partnerships.cells.states.full.effort", "skills.engineer.hire.cost.2028-2029", "moves.pace.at_most",
]  # fmt: skip
SCALED = st.builds(scale, st.sampled_from(PATHS), NUMBERS)
ADDED = st.builds(
    add,
    st.sampled_from([path for path in PATHS if path not in ("pools.volume.curve",) and not path.endswith("effort")]),
    NUMBERS,
)
SHIFTED = st.builds(shift, st.sampled_from([
    "partnerships.cells.actions.form.window", "rules.keep.years", "partnerships.cells.states.full.benefit",
    "partnerships.cells.actions.form.lead_years", "partnerships.stack.states.core.benefit",
]), st.integers(0, 3))  # fmt: skip


def made(*changes: Change) -> Instance:
    return apply(case("edited", *changes), SAMPLE, Model()).instance


@settings(max_examples=80, deadline=None)
@given(st.one_of(ADDED, SHIFTED))
def test_adding_and_shifting_are_undone_by_their_opposites(change: Change) -> None:
    opposite = (
        add(change.path, -change.value) if hasattr(change, "value") else shift(change.path, -change.years)  # type: ignore[attr-defined]
    )
    assert differences(SAMPLE, made(change, opposite)) == ()


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PATHS), st.sampled_from([("2", "0.5"), ("4", "0.25"), ("0.8", "1.25"), ("-1", "-1")]))
def test_scaling_is_undone_by_the_reciprocal(path: str, factors: tuple[str, str]) -> None:
    there, back = (scale(path, parse(factor).value) for factor in factors)
    if factors[0] == "-1" and path not in ("capital.budget", "capital.budget.2027", "links.both.benefit"):
        return
    assert differences(SAMPLE, made(there, back)) == ()


@settings(max_examples=80, deadline=None)
@given(SCALED, SCALED)
def test_scalings_commute_and_so_do_additions(one: Change, other: Change) -> None:
    assert made(one, other) == made(other, one)


@settings(max_examples=80, deadline=None)
@given(ADDED, ADDED)
def test_additions_commute(one: Change, other: Change) -> None:
    assert made(one, other) == made(other, one)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(SCALED, ADDED, SHIFTED), min_size=1, max_size=4))
def test_making_changes_one_case_on_the_other_is_making_them_at_once(changes: list[Change]) -> None:
    chain: Case | None = None
    for number, change in enumerate(changes):
        chain = case(f"case_{number}", change, base=chain)
    assert chain is not None
    try:
        at_once = made(*changes)
    except ValueError:
        return
    assert apply(chain, SAMPLE, Model()).instance == at_once
    instance = SAMPLE
    for change in changes:
        instance = apply(case("step", change), instance, Model()).instance
    assert instance == at_once


@settings(max_examples=80, deadline=None)
@given(st.one_of(SCALED, ADDED, SHIFTED))
def test_what_differs_lies_at_the_path_of_the_change_and_nowhere_else(change: Change) -> None:
    path: str = change.path  # type: ignore[attr-defined]
    bare = path.removesuffix(".2027").removesuffix(".2028-2029")
    for one in differences(SAMPLE, made(change)):
        parts, words = bare.split("."), one.path.split(".")
        assert len(words) >= len(parts)
        assert all(part in ("*", word) for part, word in zip(parts, words, strict=False))
        assert one.before != one.after
