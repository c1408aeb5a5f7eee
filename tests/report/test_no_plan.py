"""A run without a plan has a page that helps: why there is none, what of doing nothing, what to do next."""

import inspect

from portfolioopt.command.solve import solve_command
from portfolioopt.report.making import write_report
from portfolioopt.report.sections import no_plan
from portfolioopt.result.sentences import way_on
from report_samples import Reader, infeasible_run


def test_what_contradicts_itself_stands_first(texts):
    page = Reader(texts("infeasible"))
    assert [text.strip() for level, text in page.headings if level == 2][:3] == [
        "Why is there no plan?",
        "What of doing nothing?",
        "What to do next?",
    ]
    assert "2 limits contradict each other" in page.text
    assert "These 2 cannot all hold; without any one of them the others can." in page.text
    table = page.table("Limits, links and rules").rows
    assert [row[0] for row in table[1:3]] == ["capital", "stack_needs_cells"]
    assert table[1][2] == "a capital budget of 0 to 130 by year (EUR million)"


def test_a_conflict_of_one_and_one_that_may_not_be_smallest_are_said_so(tmp_path):
    one = Reader(write_report([infeasible_run(tmp_path / "one", conflict=("capital",))]).page.read_text())
    assert "No plan satisfies this limit, whatever becomes of the others." in one.text
    unsure = infeasible_run(tmp_path / "unsure", conflict_is_smallest=False)
    assert "There may be a smaller set" in Reader(write_report([unsure]).page.read_text()).text
    unknown = infeasible_run(tmp_path / "unknown", conflict=())
    assert "was not found out in the time given" in Reader(write_report([unknown]).page.read_text()).text


def test_no_plan_is_not_called_infeasible(tmp_path):
    run = infeasible_run(tmp_path / "run", conflict=(), status="no_plan", stop_reason="time limit", bound=200.0)
    page = Reader(write_report([run]).page.read_text())
    assert "Stopped by: time limit" in page.text
    assert "nothing has been proven either way" in page.text
    assert "No plan can be worth more than 200.0 EUR million." in page.text
    assert "nfeasible" not in page.text


def test_every_option_that_it_names_exists():
    options = inspect.signature(solve_command).parameters
    source = inspect.getsource(no_plan) + inspect.getsource(way_on)
    for option in ("model", "time-limit", "work-limit", "set"):
        assert f"--{option}" in source
        assert option.replace("-", "_") in options or option == "set"


def test_doing_nothing_is_the_plan_only_where_it_is_said_so(texts):
    page = Reader(texts("idle"))
    assert "Nothing changes in 2026" in page.text
    assert "The plan is to change nothing: no better plan was found yet." in page.text
    assert "No partnership is in force in any year." in page.text
