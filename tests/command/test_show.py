import io
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from portfolioopt.command.show import report_console, show_result
from portfolioopt.command.show.layout import cut
from portfolioopt.command.show.marks import state_codes
from portfolioopt.language.reading import read_instance
from portfolioopt.plan import TODAY, Decision, Hiring, Plan
from portfolioopt.result import NOT_VERIFIED, Result, Verification
from portfolioopt.result.figures import decimals_for, difference, figure, percent, seconds, years_text
from portfolioopt.result.limit_shares import share_words
from portfolioopt.result.wording import some
from result_samples import BEST, TWO_DEALS, big, infeasible, soft, solved, two_deals


def shown(result, width=80):
    text = io.StringIO()
    show_result(result, report_console(text, width))
    return text.getvalue()


def plain(text):
    """One long line, for sentences that are broken over lines."""
    return re.sub(r"\s+", " ", text)


def section(text, title):
    """The lines of one section."""
    return text.split(f"\n{title}")[1].split("\n\n")[0].splitlines()


HEADINGS = [
    "Road map",
    "Branches",
    "This year",
    "Capital by year",
    "Bandwidth and exposure",
    "Scenarios",
    "Checks",
]


def test_the_value_of_the_plan_comes_first():
    lines = shown(solved()).splitlines()
    assert lines[0] == "two-deals  model expected_npv, 2026 to 2029, figures in EUR million"
    assert lines[2].split() == ["Expected", "NPV", "102.7", "0.0", "+102.7"]


def test_sections_stand_in_the_order_in_which_a_strategist_asks():
    text = shown(solved())
    places = [text.index(f"\n{title}") for title in HEADINGS]
    assert places == sorted(places)


def test_the_currency_is_named_once():
    assert shown(solved()).count("EUR million") == 1


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_console(width):
    assert max(len(line) for line in shown(solved(), width).splitlines()) <= width


def test_no_line_ends_in_spaces():
    assert not [line for line in shown(solved()).splitlines() if line != line.rstrip()]


def test_a_saved_result_shows_the_same():
    assert shown(Result.from_json(solved().to_json())) == shown(solved())


def test_the_road_map_shows_the_likeliest_branch_and_marks_where_others_differ():
    text = shown(solved())
    rows = [line.split() for line in section(text, "Road map  most probable branch: high (60%)")]
    assert ["Cell", "plant", "with", "Voltara", ">O", "O", "O*", "O*", "64.8"] in rows
    assert ["Software", "stack", "with", "Kernelwerk", ".", ">C", "C*", "C*", "37.8"] in rows
    assert ". not formed   O owned   C core   > decided this year" in text


def test_what_partnerships_earn_adds_up_to_the_plan():
    rows = [line.split() for line in section(shown(solved()), "Road map")]
    earned = [float(row[-1]) for row in rows if row[-2:-1] == ["O*"] or row[-2:-1] == ["C*"]]
    assert sum(earned) == pytest.approx(102.7, abs=0.11)
    assert ["plan", "102.7"] in rows


def test_branches_tell_only_what_differs():
    text = shown(solved())
    lines = section(text, "Branches")
    assert lines[1:] == [
        "  Review 2028",
        "   - high (60%), as in the road map: keep everything as it is",
        "   - slow (40%)",
        "     > 2028 restructure Cell plant with Voltara: supply",
        "     > 2028 expand Software stack with Kernelwerk: full",
    ]


def test_decisions_common_to_all_branches_of_a_review_are_told_once():
    both = [Decision(s, 2028, "cell_plant", "sell_stake", "restructure") for s in ("high", "slow")]
    plan = Plan.of({*BEST.decisions, *both})
    lines = section(shown(solved(plan=plan)), "Branches")
    assert lines[1:] == [
        "  Review 2028",
        "   - all",
        "     > 2028 restructure Cell plant with Voltara: supply",
        "   - high (60%), as in the road map: nothing more",
        "   - slow (40%)",
        "     > 2028 expand Software stack with Kernelwerk: full",
    ]


def test_one_plan_for_all_scenarios_is_said_so():
    plan = Plan.of(decision for decision in BEST.decisions if decision.year < 2028)
    assert "The same decisions are taken in every scenario." in shown(solved(plan=plan))


def test_this_years_decisions_are_told_in_words():
    assert section(shown(solved()), "This year: what changes in 2026") == [
        "",
        "   - Form Cell plant with Voltara (cell_plant, sign): owned from 2026",
    ]


def test_a_year_without_decisions_says_when_the_next_is_due():
    later = Plan.of(decision for decision in BEST.decisions if (decision.partnership, decision.year) == ("stack", 2027))
    assert "keeps its state. The next decision is due in 2027." in plain(shown(solved(plan=later)))
    assert "Nor does any change later." in plain(shown(solved(plan=TODAY)))


def test_the_capital_account_adds_up_and_says_what_binds():
    lines = section(shown(solved()), "Capital by year")
    assert lines[1].split() == ["budget", "carried", "over", "recycled", "drawn", "left", "least", "left"]
    assert lines[3].split() == ["2027", "50.0", "30.0", "-", "80.0", "0.0", "0.0", "binds"]
    # slow: 0 + 60 + 0.5 · 90 − 80 = 25; high: 60 left; expected 46
    assert lines[4].split() == ["2028", "60.0", "-", "18.0", "32.0", "46.0", "25.0"]


def test_limits_show_their_highest_use():
    lines = section(shown(solved()), "Bandwidth and exposure")
    assert ["software_engineer", "50", "90", "90", "90"] in [line.split() for line in lines]


def test_scenarios_are_sorted_from_best_to_worst():
    lines = section(shown(solved()), "Scenarios")
    assert [line.split()[:3] for line in lines[2:]] == [["high", "60%", "140.7"], ["slow", "40%", "45.6"]]


@pytest.mark.parametrize(
    ("plan", "status", "said"),
    [
        (TODAY, "optimal", "The plan is to change nothing: no change makes it better."),
        (TODAY, "feasible", "The plan is to change nothing: no better plan was found yet."),
        (
            Plan(hiring=tuple(Hiring(name, 2026, "software_engineer", Decimal(3)) for name in ("high", "slow"))),
            "optimal",
            "The plan changes no partnership, it only hires: no change makes it better.",
        ),
    ],
)
def test_a_plan_that_does_nothing_says_so_at_the_top(plan, status, said):
    instance = read_instance(TWO_DEALS, ["skills.software_engineer.hire={cost: 0.2, at_most: 8}"])
    text = shown(solved(instance, plan=plan, status=status))
    assert said in plain(text.split("\nRoad map")[0])
    assert "The plan" not in shown(solved()).split("\nRoad map")[0]


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({}, "portfolioopt report makes a page of the run; try another budget or term with --set path=value"),
        ({"status": "feasible", "stop_reason": "time limit"}, "give it more time (--time-limit) to close the gap"),
        ({"status": "feasible", "stop_reason": "interrupted"}, "let it run to its end to close the gap"),
        ({"verified": False, "options": {"verify": False}}, "solve without --no-verify"),
        ({"verified": False, "options": {"verify": True}}, "give it more time (--time-limit), so that a second run"),
    ],
)
def test_the_last_line_says_what_would_help(changes, hint):
    assert f"Next: {hint}" in plain(shown(solved(**changes)))


def test_every_option_that_a_hint_names_exists():
    import ast
    import inspect

    from portfolioopt.command.show import closing, no_plan
    from portfolioopt.command.solve import solve_command

    options = inspect.signature(solve_command).parameters
    for module in (closing, no_plan):
        nodes = ast.walk(ast.parse(inspect.getsource(module)))
        said = " ".join(str(node.value) for node in nodes if isinstance(node, ast.Constant))
        named = re.findall(r"--([a-z-]+)", said)
        assert named
        for option in named:
            assert option.replace("-", "_") in options or option == "set", option


def test_scenarios_that_lose_against_doing_nothing_are_counted():
    plan = Plan.of(Decision(s, 2026, "cell_plant", "sign", "form") for s in ("high", "slow"))
    assert "With a probability of 40% the plan earns less than doing nothing." in plain(shown(solved(plan=plan)))


def test_proof_and_audit_are_told_in_plain_words():
    text = plain(shown(solved()))
    assert "Optimal: no plan can be worth more than 102.7 (gap <0.01%). Audited and verified; 0.6 s." in text
    assert "Verified: a second run found no better plan." in text


def test_a_plan_that_is_not_proven_or_verified_says_so():
    result = solved(status="feasible", stop_reason="time limit", bound=105.0, verified=False, verification=NOT_VERIFIED)
    text = plain(shown(result))
    assert "Not proven optimal, stopped by: time limit; no plan can be worth more than 105.0, 2.28% above" in text
    assert "Audited, not verified" in text


def test_a_plan_that_is_not_proven_but_not_contradicted_is_not_called_verified():
    said = Verification("prices", 105.0, 0.1, "Not contradicted: a bound fits.")
    text = plain(shown(solved(status="feasible", stop_reason="time limit", bound=105.0, verification=said)))
    assert "Audited, not contradicted" in text
    assert "erified" not in text
    assert "Next: give it more time" in text


def test_soft_limits_exceeded_are_told_with_their_price():
    text = plain(shown(soft()))
    assert "software_engineer: up to 2.5 beyond it, 2026, at 0.30 per unit and year" in text
    assert "full_stack: up to 1 beyond it, 2029, at 2.00 per unit and year" in text
    assert "every hard limit" in text


def test_what_was_maximized_is_told_apart_from_value():
    rows = [line.split() for line in shown(soft()).splitlines()[1:7]]
    assert [" ".join(row[: -3 if len(row) > 3 else None]) for row in rows[1:]] == [
        "Expected NPV",
        "Worst scenario",
        "Price of exceeded limits",
        "Price of changes against today",
        "Objective",
    ]


def test_hired_engineers_are_told():
    text = plain(shown(soft()))
    assert "Hire 7.5 software_engineer for 2026" in text
    assert "Hired: up to 7.5 software_engineer (2026), counted in the limit." in text


def test_an_exceeded_limit_counts_as_binding():
    lines = section(shown(soft()), "Bandwidth and exposure")
    assert ["software_engineer", "102", "90", "70", "70", "2026"] in [line.split() for line in lines]


def test_doing_nothing_that_breaks_a_limit_is_not_offered_as_open():
    settings = [
        "requirements=[{id: income, capability: cells, at_least: [0, 0, 1, 1]}]",
        "partnerships.cell_plant.states.supply.provides={cells: 1}",
        "partnerships.cell_plant.states.owned.provides={cells: 1}",
    ]
    text = plain(shown(solved(read_instance(TWO_DEALS, settings))))
    assert "Doing nothing is not open: it would break income in 2028-2029." in text


def test_an_infeasible_result_names_the_limits_that_contradict_each_other():
    text = plain(shown(infeasible()))
    assert "Infeasible: no plan satisfies all limits." in text
    assert "- capital: a capital budget of 0 to 130 by year (EUR million)" in text
    assert "- stack_needs_cells: stack in full needs cell_plant in owned or supply" in text
    assert "These 2 cannot all hold; without any one of them the others can." in text


def test_a_conflict_that_may_not_be_smallest_is_not_called_so():
    text = plain(shown(infeasible(conflict_is_smallest=False)))
    assert "These 2 cannot all hold. There may be a smaller set that contradicts itself" in text
    assert "without any one of them" not in text


def test_one_limit_may_contradict_itself():
    text = plain(shown(infeasible(("capital",))))
    assert "No plan satisfies this limit, whatever becomes of the others." in text


def test_no_plan_is_not_called_infeasible():
    text = plain(shown(infeasible((), status="no_plan", stop_reason="time limit")))
    assert "No plan was found; stopped by: time limit." in text
    assert "nfeasible" not in text


@pytest.fixture(scope="module")
def big_result():
    return big()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_large_portfolio_still_fits(big_result, width):
    assert max(len(line) for line in shown(big_result, width).splitlines()) <= width


def test_a_long_horizon_is_cut_into_blocks_of_years(big_result):
    text = shown(big_result)
    assert "'26 '27" in text
    assert "'43      NPV" in text or "'43 " in text


def test_partnerships_that_are_never_active_are_counted_instead_of_shown(big_result):
    assert "30 partnerships that are never active are not shown." in shown(big_result)


def test_titles_cut_to_the_same_are_shown_by_id(big_result):
    assert re.search(r"^ +p0 +>F", shown(big_result), re.MULTILINE)


def test_a_long_list_of_scenarios_branches_or_limits_is_cut(big_result):
    text = shown(big_result)
    assert "… 8 between …" in text
    assert "… and 8 more branches" in text


def test_a_horizon_too_long_for_a_grid_shows_the_closest_years(big_result):
    assert ["skill_0", "100", "2026-2043", "2026-2043"] in [line.split() for line in shown(big_result).splitlines()]


def test_names_out_of_a_file_cannot_drive_the_terminal():
    result = solved()
    hostile = replace(result.outline, instance="x\x1b[2J\x9b31m\u202e[bold]y[/bold]:smile:")
    text = shown(replace(result, outline=hostile, stop_reason="\x1b]0;title\x07"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "[bold]y[/bold]:smile:" in text


def test_without_a_terminal_there_is_no_colour(monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b" not in shown(solved())


def test_no_color_is_honoured_on_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    def on_terminal():
        text = Terminal()
        show_result(solved(), report_console(text, 80))
        return text.getvalue()

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert re.search("\x1b\\[[0-9;]*3[0-9]", on_terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search("\x1b\\[[0-9;]*3[0-9]", on_terminal())


def test_colour_adds_nothing_to_the_words(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    text = io.StringIO()
    console = report_console(text, 80)
    console._force_terminal, console._color_system = True, None
    show_result(solved(), console)
    assert re.sub("\x1b\\[[0-9;]*m", "", text.getvalue()) == shown(solved())


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234567.4, 0, "1,234,567"), (-0.04, 1, "0.0"), (-1234.56, 1, "-1,234.6"), (Fraction(1, 3), 2, "0.33")],
)
def test_figures_have_separators_and_no_minus_zero(value, decimals, text):
    assert figure(value, decimals) == text


def test_gains_carry_a_sign():
    assert [figure(value, 1, signed=True) for value in (2.5, -2.5, 0)] == ["+2.5", "-2.5", "0.0"]


def test_differences_agree_with_the_figures_shown():
    assert difference(1143.56, 293.66, 0) == "+850"


@pytest.mark.parametrize(("values", "decimals"), [([12345, 1], 0), ([1234, 1], 1), ([9.5], 2), ([], 1), ([0], 1)])
def test_a_table_has_the_decimals_its_largest_figure_asks_for(values, decimals):
    assert decimals_for(values) == decimals


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (0.4, 0, "40%"),
        (0.00004, 2, "<0.01%"),
        (0.021, 2, "2.10%"),
        (0, 2, "0.00%"),
        (0.004, 0, "0.40%"),
        (99, 2, ">1,000%"),
    ],
)
def test_percentages_do_not_hide_small_or_absurd_shares(share, decimals, text):
    assert percent(share, decimals) == text


@pytest.mark.parametrize(("value", "text"), [(0.04, "<0.1 s"), (9.94, "9.9 s"), (59.6, "60 s"), (200, "3 min 20 s")])
def test_durations_are_read_at_a_glance(value, text):
    assert seconds(value) == text


def test_years_are_told_as_ranges():
    assert years_text([2030, 2026, 2027, 2028, 2026]) == "2026-2028, 2030"


def test_state_codes_are_short_and_unique():
    codes = state_codes(["none", "operating", "owned", "option", "exited", "one", "o", "o1"])
    assert (codes["none"], codes["exited"], codes["operating"]) == (".", "x", "O")
    assert len(set(codes.values())) == len(codes)
    assert max(len(code) for code in codes.values()) <= 2


def test_long_titles_are_cut_after_a_word():
    assert cut("Battery joint venture with Voltara", 30) == "Battery joint venture with…"
    assert cut("Electrification", 8) == "Electri…"
    assert cut("Short", 8) == "Short"


def test_long_lists_are_cut():
    assert some("abcdef") == "a, b, c and 3 more"
    assert some("abcd") == "a, b, c and d"
    assert some("") == ""


def test_an_instance_without_domains_or_scenarios_needs_no_headings_for_them():
    instance = two_deals()
    members = tuple(member.model_copy(update={"domain": None}) for member in instance.partnerships)
    single = instance.model_copy(update={"partnerships": members, "scenarios": (), "review_years": None})
    plan = Plan.of([Decision("base", 2026, "cell_plant", "sign", "form")])
    text = shown(solved(single, plan=plan))
    assert "no domain" not in text
    assert "Scenarios" not in text
    assert "least left" not in text
    assert "Branches" not in text


def test_almost_all_of_a_limit_does_not_look_like_all_of_it():
    assert [share_words(Fraction(share)) for share in ("0.996", "1", "1.004", "0.5", "20")] == [
        "99",
        "100",
        "101",
        "50",
        "999",
    ]
    assert share_words(None) == "-"


def test_ten_years_of_limits_fit_eighty_columns():
    result = big(years=10, partnerships=12, scenarios=2)
    assert ["skill_0", *["100"] * 10, "2026-2035"] in [line.split() for line in shown(result).splitlines()]
