"""What a partnership may do and when, and where it stands after it has done it."""

from typing import Any

import pytest

from .cases import Written, audited, broken, case, deal, form, leave, messages, owned, take, value


def standing(written: Written, *decisions: Any) -> list[str]:
    """Phase, state and years of the one partnership, year by year, and `*` while active."""
    found = audited(written, *decisions)
    return [f"{one.phase} {one.state} {one.years}{'*' if one.active else ''}" for one in found.standings]


def test_notice_then_lead_then_effect() -> None:
    partnership = deal(states={"on": {}}, actions=(form(notice_years=1, lead_years=2),))
    assert standing(case(partnership, years=6), take("form", 2027)) == [
        "state none 0",
        "notice none 1",
        "lead on 0*",
        "lead on 1*",
        "state on 0*",
        "state on 1*",
    ]


def test_years_of_notice_count_in_the_old_state_and_lead_towards_the_exit_is_not_active() -> None:
    partnership = deal(
        states={"on": {}}, actions=(leave(notice_years=2, lead_years=1),), start={"state": "on", "years": 3}
    )
    assert standing(case(partnership, years=5), take("leave", 2026)) == [
        "notice on 3*",
        "notice on 4*",
        "lead exited 0",
        "state exited 0",
        "state exited 1",
    ]


def test_an_action_from_a_state_to_itself_begins_it_anew() -> None:
    renew = {"id": "renew", "kind": "restructure", "from": "on", "to": "on"}
    partnership = deal(states={"on": {"benefit": [1, 10]}}, actions=(renew,), start={"state": "on"})
    assert value(case(partnership, years=4), take("renew", 2028, kind="restructure")) == 1 + 10 + 1 + 10


@pytest.mark.parametrize(("year", "ok"), [(2026, False), (2027, True), (2028, True), (2029, False)])
def test_a_window_includes_both_ends(year: int, ok: bool) -> None:
    written = case(deal(states={"on": {}}, actions=(form(window=[2027, 2028]),)), years=5)
    found = audited(written, take("form", year))
    assert found.ok is ok
    assert ok or "its window is 2027 to 2028" in messages(found)


def test_a_window_of_one_year_is_told_by_that_year() -> None:
    written = case(deal(states={"on": {}}, actions=(form(window=[2027, 2027]),)), years=3)
    assert "its window is 2027" in messages(audited(written, take("form", 2026)))
    assert "2027 to 2027" not in messages(audited(written, take("form", 2026)))


@pytest.mark.parametrize(
    ("completed", "year", "ok"), [(0, 2027, False), (0, 2028, True), (1, 2026, False), (1, 2027, True), (2, 2026, True)]
)
def test_after_years_counts_years_completed_before_and_within_the_horizon(completed: int, year: int, ok: bool) -> None:
    partnership = deal(states={"on": {}}, actions=(leave(after_years=2),), start={"state": "on", "years": completed})
    found = audited(case(partnership, years=4), take("leave", year))
    assert found.ok is ok
    assert ok or "needs 2 years completed in on" in messages(found)


def test_the_next_decision_waits_until_the_year_after_the_effect() -> None:
    partnership = deal(states={"on": {}}, actions=(form(lead_years=1), leave(after_years=1)))
    written = case(partnership, years=5)
    assert audited(written, take("form", 2026), take("leave", 2028)).ok
    for year in (2026, 2027):
        found = audited(written, take("form", 2026), take("leave", year))
        assert broken(found) == [("life", "deal", year)]
        assert "form is still being executed and takes effect in 2027" in messages(found)


def test_immediate_actions_are_one_a_year() -> None:
    partnership = deal(states={"on": {}}, actions=(form(), leave()))
    written = case(partnership, years=3)
    assert audited(written, take("form", 2026), take("leave", 2027)).ok
    assert broken(audited(written, take("form", 2026), take("leave", 2026))) == [("life", "deal", 2026)]


def test_the_same_decision_twice_is_refused_once() -> None:
    found = audited(case(deal(states={"on": {}}, actions=(form(),)), years=3), take("form", 2026), take("form", 2026))
    assert broken(found) == [("life", "deal", 2026)]


@pytest.mark.parametrize(
    ("notice", "lead", "ok"), [(0, 0, True), (1, 1, True), (2, 0, True), (0, 2, True), (2, 1, False), (0, 3, False)]
)
def test_the_effect_lies_within_the_horizon(notice: int, lead: int, ok: bool) -> None:
    partnership = deal(states={"on": {}}, actions=(form(notice_years=notice, lead_years=lead),))
    found = audited(case(partnership, years=4), take("form", 2027))
    assert found.ok is ok
    assert ok or "would take effect in 2030, after the horizon ends in 2029" in messages(found)


def test_an_action_starts_from_its_states_only() -> None:
    partnership = deal(states={"a": {}, "b": {}}, actions=(leave("a"), form("b")))
    found = audited(case(partnership, years=3), take("form", 2026), take("leave", 2027))
    assert "leave may not be taken: it starts from a, and the partnership is in b" in messages(found)
    either = {**leave(), "from": ["a", "b"]}
    partnership = deal(states={"a": {}, "b": {}}, actions=(either, form("b")))
    assert audited(case(partnership, years=3), take("form", 2026), take("leave", 2027)).ok


def test_all_reasons_against_a_decision_are_told_at_once() -> None:
    partnership = deal(states={"on": {}}, actions=(leave(window=[2027, 2027], notice_years=3),))
    found = audited(case(partnership, years=2), take("leave", 2026, kind="form"))
    assert len(found.findings) == 1
    for reason in ("kind exit, not form", "it is in none", "window is 2027;", "take effect in 2029"):
        assert reason.replace("it is in", "the partnership is in") in messages(found)


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (take("form", 2026, "nobody"), "there is no partnership called nobody"),
        (take("form", 2026, scenario="never"), "there is no scenario called never"),
        (take("form", 2025), "there is no year 2025 in the horizon"),
        (take("form", 2028), "there is no year 2028 in the horizon"),
        (take("fly", 2026), "there is no such action"),
    ],
)
def test_what_does_not_exist_is_a_finding_and_no_error(decision: Any, message: str) -> None:
    found = audited(case(deal(states={"on": {"benefit": 5}}, actions=(form(),)), years=2), decision)
    assert [finding.family for finding in found.findings] == ["life"]
    assert message in messages(found)
    assert found.objective == 0


def test_an_illegal_decision_is_left_out_and_the_life_goes_on() -> None:
    partnership = deal(states={"on": {"benefit": 10}}, actions=(form(), leave(after_years=2)))
    found = audited(case(partnership, years=4), take("form", 2026), take("leave", 2027), take("leave", 2028))
    assert broken(found) == [("life", "deal", 2027)]
    assert found.expected_npv == 20  # left in 2028 after all


def test_standings_tell_partnership_scenario_and_calendar_year() -> None:
    found = audited(case(owned("a"), owned("b"), years=2))
    assert [(one.partnership, one.scenario, one.year) for one in found.standings] == [
        ("a", "base", 2026),
        ("a", "base", 2027),
        ("b", "base", 2026),
        ("b", "base", 2027),
    ]
