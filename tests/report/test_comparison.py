"""Runs side by side: what differs in what was asked and decided, what it is worth, what binds."""

from fractions import Fraction

import pytest

from portfolioopt.report.comparison import comparison_page
from portfolioopt.report.run import open_run
from portfolioopt.report.sides import side_names
from portfolioopt.result.figures import difference, figure
from report_samples import Reader, read_result, two_deals_run


@pytest.fixture(scope="module")
def both(runs, texts):
    """The two results and their comparison as a reader sees it."""
    return read_result(runs("two")), read_result(runs("other")), Reader(texts("two", "other"))


def test_values_and_their_difference_are_those_of_the_audits(both):
    two, other, page = both
    rows = page.table("Value, EUR million").rows
    assert rows[1] == ["two", figure(two.expected_npv, 1), difference(two.expected_npv, 0, 1), ""]
    assert rows[2] == ["other", figure(other.expected_npv, 1), difference(other.expected_npv, 0, 1),
                       difference(other.expected_npv, two.expected_npv, 1)]  # fmt: skip


def test_decisions_that_differ_are_told_with_their_probability_in_each(both):
    _, _, page = both
    rows = {row[0]: row[1:] for row in page.table("Decisions that differ").rows[1:]}
    assert rows == {
        "2028 restructure Cell plant with Voltara (sell_stake)": ["40%", "-"],
        "2028 expand Software stack with Kernelwerk (go_full)": ["40%", "-"],
    }
    assert "2 decisions differ, 2 are the same in all." in page.text


def test_what_was_asked_differently_is_told_by_key(both):
    _, _, page = both
    rows = page.table("Facts that differ").rows[1:]
    assert sorted(rows) == [["capital.recycle", "0.5", "0"], ["discount_rate", "0.10", "0.12"]]
    assert "Choices: the same in all." in page.text


def test_money_line_by_line_leads_from_one_value_to_the_other(runs):
    page = comparison_page([open_run(runs(name)) for name in ("two", "other")])
    chart = next(chart for chart in page.charts if chart.name == "value")
    rows = {row[0]: [getattr(cell, "text", cell) for cell in row] for row in chart.table.rows}
    results = [read_result(runs(name)) for name in ("two", "other")]
    for line, name in (("capital", "capital drawn"), ("benefit", "benefits")):
        for number, result in enumerate(results, 1):
            share = {one.name: Fraction(one.probability) for one in result.outline.scenarios}
            amount = sum(share[one.scenario] * one.discounted for one in result.audit.money if one.line == line)
            assert rows[name][number] == figure(amount, 1)


def test_lives_that_differ_stand_one_under_the_other(runs):
    page = comparison_page([open_run(runs(name)) for name in ("two", "soft")])
    chart = next(chart for chart in page.charts if chart.name == "road-maps")
    assert [row[0].text for row in chart.table.rows] == [
        "Software stack with Kernelwerk: two",
        "Software stack with Kernelwerk: soft",
    ]


def test_limits_that_bind_in_other_years_are_told(runs, texts):
    rows = {row[0]: row[1:] for row in Reader(texts("two", "soft")).table("Years in which limits bind").rows[1:]}
    assert rows["software_engineer"] == ["-", "2026"]
    assert rows["capital"] == ["2027", "2026-2027"]


def test_a_run_without_a_plan_is_told_and_does_not_stop_the_others(texts):
    page = Reader(texts("two", "infeasible", "other"))
    assert "infeasible: infeasible" in page.text
    assert [row[3] for row in page.table("The runs compared").rows[1:]] == ["optimal", "infeasible", "optimal"]
    assert page.table("Decisions that differ").rows[0] == ["decision", "two", "other"]


def test_runs_without_any_plan_have_a_page(texts):
    page = Reader(texts("infeasible", "infeasible"))
    assert "None of the runs has a plan" in page.text
    assert "infeasible (1)" in page.text


def test_one_plan_beside_none_says_what_it_is_worth(texts):
    page = Reader(texts("infeasible", "two"))
    assert "There is one plan only" in page.text
    assert page.table("Value, EUR million").rows[1][:2] == ["two", "102.7"]


def test_the_same_run_twice_differs_in_nothing(texts):
    page = Reader(texts("two", "two"))
    for said in ("The same in 2026", "Worth the same", "The same in the worst scenario", "The same limits bind",
                 "Facts: the same in all.", "All take the same decisions, equally likely."):  # fmt: skip
        assert said in page.text


def test_names_are_as_much_of_the_path_as_tells_runs_apart(tmp_path):
    folders = [tmp_path / "a" / "run", tmp_path / "b" / "run", tmp_path / "c"]
    runs = [open_run(two_deals_run(folder)) for folder in folders]
    assert side_names(runs[:2]) == ["a/run", "b/run"]
    assert side_names(runs[1:]) == ["run", "c"]
    assert side_names([runs[0], runs[0]])[0].endswith("(1)")


def test_different_currencies_are_warned_of(runs, texts):
    assert "Figures are in different currencies" in Reader(texts("two", "lone")).text
