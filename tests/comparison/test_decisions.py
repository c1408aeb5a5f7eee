"""Decisions added, dropped and shifted, by scenario."""

from fractions import Fraction

import pytest

from portfolioopt.comparison import compare, decision_changes
from portfolioopt.comparison.rows import LimitState
from portfolioopt.plan import Decision, Plan
from portfolioopt.result import Result
from result_samples import BEST, infeasible, solved


def with_plan(*decisions: tuple[str, int, str, str]) -> Result:
    kinds = {"sign": "form", "sell_stake": "restructure", "go_full": "expand"}
    plan = Plan.of(Decision(scenario, year, name, action, kinds[action]) for scenario, year, name, action in decisions)
    return solved(plan=plan)


def told(before: Result, after: Result) -> list[tuple[str, str, str, int | None, int | None, tuple[str, ...]]]:
    return [
        (one.happening, one.partnership, one.action, one.before, one.after, one.scenarios)
        for one in decision_changes(before, after)
    ]


SIGNED = [("high", 2026, "stack", "sign"), ("slow", 2026, "stack", "sign")]


def test_the_same_plan_changes_nothing() -> None:
    assert decision_changes(solved(), solved()) == ()


def test_decisions_are_added_dropped_and_shifted_where_they_are() -> None:
    later = [("high", 2027, "stack", "sign"), ("slow", 2027, "stack", "sign")]
    assert told(with_plan(*SIGNED), with_plan(*later)) == [("shifted", "stack", "sign", 2026, 2027, ("high", "slow"))]
    assert told(with_plan(*SIGNED), with_plan()) == [("dropped", "stack", "sign", 2026, None, ("high", "slow"))]
    assert told(with_plan(), with_plan(*SIGNED)) == [("added", "stack", "sign", None, 2026, ("high", "slow"))]
    narrow = Plan.of(one for one in BEST.decisions if one.action != "go_full")
    (change,) = decision_changes(solved(plan=narrow), solved())
    assert (change.scenarios, change.probability, change.kind) == (("slow",), Fraction(2, 5), "expand")


def test_what_changes_is_the_opposite_the_other_way_round() -> None:
    there, back = told(solved(), with_plan(*SIGNED)), told(with_plan(*SIGNED), solved())
    opposite = {"added": "dropped", "dropped": "added", "shifted": "shifted"}
    assert {(opposite[one[0]], *one[1:3], one[4], one[3], one[5]) for one in there} == set(back)


def test_a_result_without_a_plan_decides_nothing() -> None:
    dropped = decision_changes(solved(), infeasible())
    assert {one.happening for one in dropped} == {"dropped"}
    assert sum(len(one.scenarios) for one in dropped) == len(BEST.decisions)


def test_tables_stand_side_by_side() -> None:
    found = compare({"best": solved(), "early": with_plan(*SIGNED), "none": infeasible()})
    assert [row.values for row in found.outcomes if row.name == ("expected NPV",)] == [
        (solved().audit.expected_npv, with_plan(*SIGNED).audit.expected_npv, None)  # type: ignore[union-attr]
    ]
    rows = {row.name: row for row in found.decisions}
    assert rows["stack", "sign"].values == (((2027, ("high", "slow")),), ((2026, ("high", "slow")),), None)
    assert rows["cell_plant", "sign"].values[1] == ()
    assert all(row.differs for row in found.decisions)
    frame = found.frame("decisions")
    assert list(frame.columns) == ["partnership", "action", "run", "year", "scenario"]
    assert len(frame) == len(BEST.decisions) + len(SIGNED)
    assert set(found.frame("outcomes")["run"]) == {"best", "early"}


@pytest.mark.parametrize("table", ["money", "worth"])
def test_the_lines_of_a_table_of_money_sum_to_the_expected_npv(table: str) -> None:
    found = compare([solved(), with_plan(*SIGNED)])
    for number, result in enumerate(found.results):
        assert result.audit is not None
        assert sum(row.values[number] for row in getattr(found, table)) == result.audit.expected_npv


def test_limits_tell_how_far_they_are_used_and_when_they_bind() -> None:
    found = compare([solved(), with_plan()])
    rows = {row.name: row for row in found.limits}
    binds, unused = rows["capital", "at_most"].values
    assert isinstance(binds, LimitState)
    assert (binds.share, binds.binding, binds.excess) == (1, (2027,), 0)
    assert (unused.share, unused.binding) == (None, ())
    assert found.names == ("two-deals expected_npv 1", "two-deals expected_npv 2")


def test_nothing_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([])
