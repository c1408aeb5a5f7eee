"""Plans may differ between scenarios only by what has been seen before the latest review."""

from typing import Any

import pytest

from .cases import Written, audited, broken, case, deal, form, futures, hire, messages, owned, take

YEARS = 5
SEEN_2027: dict[str, Any] = {"demand": [1, 0.5, 0.5, 0.5, 0.5]}


def two_futures(levels: Written, **more: Any) -> Written:
    partnership = deal(states={"on": {}}, actions=(form(),))
    return case(partnership, years=YEARS, **futures(("high", 0.5, {"demand": 1}), ("low", 0.5, levels)), **more)


@pytest.mark.parametrize(("year", "ok"), [(2026, False), (2027, False), (2028, True), (2030, True)])
def test_a_level_seen_in_a_year_may_be_acted_on_the_year_after(year: int, ok: bool) -> None:
    found = audited(two_futures(SEEN_2027), take("form", year, scenario="low"))
    assert broken(found) == ([] if ok else [("tree", "deal", year)])


@pytest.mark.parametrize(("year", "ok"), [(2028, False), (2029, True), (2030, True)])
def test_it_waits_for_the_next_review(year: int, ok: bool) -> None:
    found = audited(two_futures(SEEN_2027, review_years=[2027, 2029]), take("form", year, scenario="low"))
    assert found.ok is ok
    if not ok:
        assert "known at the review of 2027 does not tell the two apart" in messages(found)


def test_what_is_seen_in_the_review_year_itself_waits_too() -> None:
    assert not audited(two_futures(SEEN_2027, review_years=[2027]), take("form", 2030, scenario="low")).ok


def test_with_no_review_year_there_is_the_first_only() -> None:
    assert audited(two_futures(SEEN_2027), take("form", 2030, scenario="low")).ok
    assert not audited(two_futures(SEEN_2027, review_years=[]), take("form", 2030, scenario="low")).ok


def test_what_was_seen_once_stays_known_when_levels_meet_again() -> None:
    levels = {"demand": [0.5, 1, 1, 1, 1]}
    assert audited(two_futures(levels), take("form", 2027, scenario="low")).ok


def test_levels_are_compared_as_numbers() -> None:
    levels = {"demand": [1.0, 1, 1, 1, 1]}
    assert not audited(two_futures(levels), take("form", 2030, scenario="low")).ok


def test_the_same_decision_everywhere_is_always_fine() -> None:
    written = two_futures(SEEN_2027)
    assert audited(written, take("form", 2026, scenario="low"), take("form", 2026, scenario="high")).ok


def test_another_action_in_the_same_year_is_a_difference() -> None:
    partnership = deal(states={"on": {}}, actions=(form(), {**form(), "id": "sign"}))
    written = case(partnership, years=2, **futures(("high", 0.5, {"demand": 1}), ("low", 0.5, {"demand": 0.5})))
    found = audited(written, take("form", 2026, scenario="high"), take("sign", 2026, scenario="low"))
    assert broken(found) == [("tree", "deal", 2026)]
    assert "sign here, form in high, although" in messages(found)


def test_drivers_that_move_no_flow_still_tell_scenarios_apart() -> None:
    written = two_futures({"demand": [0.9, 1, 1, 1, 1]})
    assert audited(written, take("form", 2027, scenario="low")).ok


def test_each_group_of_three_scenarios_is_compared_within() -> None:
    seen = [0.5, 1, 1]
    written = case(
        deal(states={"on": {}}, actions=(form(),)),
        years=3,
        **futures(("a", 0.4, {"d": 1}), ("b", 0.3, {"d": seen}), ("c", 0.3, {"d": seen})),
    )
    assert audited(written, take("form", 2027, scenario="b"), take("form", 2027, scenario="c")).ok
    found = audited(written, take("form", 2027, scenario="c"))
    assert [(finding.scenario, finding.year) for finding in found.findings] == [("c", 2027)]


@pytest.mark.parametrize(("year", "ok"), [(2027, False), (2028, True)])
def test_hiring_follows_the_same_rule(year: int, ok: bool) -> None:
    written = two_futures(SEEN_2027, skills={"engineer": {"capacity": 0, "hire": {"cost": 1, "at_most": 9}}})
    found = audited(written, hire(3, year, scenario="low"))
    assert broken(found) == ([] if ok else [("tree", "engineer", year)])
    assert audited(written, hire(0, 2026, scenario="low")).ok
    assert audited(written, hire("3", year, scenario="low"), hire("3.0", year, scenario="high")).ok


def test_scenarios_of_no_probability_are_bound_too() -> None:
    written = case(
        deal(states={"on": {}}, actions=(form(),)), years=2, **futures(("a", 1, {"d": 1}), ("b", 0, {"d": 1}))
    )
    assert not audited(written, take("form", 2026, scenario="a")).ok


def test_one_scenario_needs_no_review() -> None:
    assert audited(case(owned(), years=3, review_years=[2028])).ok


def test_only_the_partnership_that_differs_is_named() -> None:
    partnerships = [deal(name, {"on": {}}, (form(),)) for name in ("a", "b")]
    written = case(*partnerships, years=2, **futures(("high", 0.5, {"d": 1}), ("low", 0.5, {"d": 1})))
    same = [take("form", 2026, "a", name) for name in ("high", "low")]
    assert broken(audited(written, *same, take("form", 2026, "b", "low"))) == [("tree", "b", 2026)]
