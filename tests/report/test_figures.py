"""Every figure on the page is the audit's, and the same that the terminal shows."""

import io
import json
import re
from fractions import Fraction

import pytest

from portfolioopt.audit.findings import MONEY_LINES
from portfolioopt.command.show import report_console, show_result
from portfolioopt.report.content import NARROW, WIDE
from portfolioopt.report.run import open_run
from portfolioopt.report.sections.worth import WORDS
from portfolioopt.report.single import single_page
from portfolioopt.result.figures import decimals_for, figure, percent
from report_samples import Reader, number, read_result

RUNS = ["two", "soft", "five", "big"]


def likely(result):
    return {each.name: Fraction(each.probability) for each in result.outline.scenarios}


def terminal(result):
    """What `show` prints, as one line and as words by line."""
    text = io.StringIO()
    show_result(result, report_console(text, 120))
    return text.getvalue()


@pytest.fixture(scope="module", params=RUNS)
def read(request, runs):
    """The result of a run, its page as a reader sees it, and the page before it is drawn."""
    folder = runs(request.param)
    page = single_page(open_run(folder))
    return read_result(folder), page


@pytest.fixture(scope="module")
def five(runs, texts):
    return read_result(runs("five")), Reader(texts("five"))


def rows(page, name):
    """The rows of a chart's table as text."""
    chart = next(chart for chart in page.charts if chart.name == name)
    return [[getattr(cell, "text", cell) for cell in row] for row in chart.table.rows]


def test_the_value_is_that_of_the_audit(read):
    result, page = read
    answer = page.answers[1]
    table = next(block for block in answer.blocks if hasattr(block, "columns"))
    first = table.rows[0]
    assert first[0] == "Expected NPV"
    assert number(first[1]) == pytest.approx(float(result.audit.expected_npv), abs=0.5)
    if result.do_nothing is not None:
        assert number(first[2]) == pytest.approx(float(result.do_nothing.expected_npv), abs=0.5)
        assert number(first[3]) == pytest.approx(number(first[1]) - number(first[2]))


def test_value_line_by_line_adds_up_to_the_expected_value(read):
    result, page = read
    told = {row[0]: row[1] for row in rows(page, "value")}
    share = likely(result)
    lines = {
        line: sum(share[one.scenario] * one.discounted for one in result.audit.money if one.line == line)
        for line in MONEY_LINES
    }
    assert sum(lines.values()) == result.audit.expected_npv
    *parts, total = told
    assert parts == [WORDS[line] for line, amount in lines.items() if amount]
    for line, amount in lines.items():
        if amount:
            assert number(told[WORDS[line]]) == pytest.approx(float(amount), abs=0.51)
    assert number(told[total]) == pytest.approx(float(result.audit.expected_npv), abs=0.51)


def test_npv_by_scenario_is_that_of_the_audit(read):
    result, page = read
    told = {row[0]: row for row in rows(page, "npv")}
    decimals = decimals_for(
        [*result.audit.npv.values(), *(result.do_nothing.npv.values() if result.do_nothing else ())]
    )
    assert told.keys() == result.audit.npv.keys()
    for name, value in result.audit.npv.items():
        assert told[name][2] == figure(value, decimals)
        assert told[name][1] == percent(likely(result)[name])


def test_cumulative_cash_adds_up_the_money_of_the_audit(read):
    result, page = read
    chart = next(chart for chart in page.charts if chart.name == "cash")
    share, total = likely(result), Fraction(0)
    for row in chart.table.rows:
        total += sum(
            share[one.scenario] * one.amount
            for one in result.audit.money
            if one.year == int(row[0]) and one.line != "terminal"
        )
        assert number(row[1]) == pytest.approx(float(total), abs=0.51)


def test_the_spread_of_cash_is_told_by_scenarios_that_have_it(runs):
    result, page = read_result(runs("big")), single_page(open_run(runs("big")))
    table = next(chart for chart in page.charts if chart.name == "cash").table
    at = {name: place for place, name in enumerate(table.columns)}
    years = list(result.outline.calendar)
    for place, year in ((0, years[0]), (9, years[9]), (17, years[-1])):
        ends = []
        for scenario in likely(result):
            money = (one for one in result.audit.money if one.scenario == scenario and one.year <= year)
            ends.append(float(sum(one.amount for one in money if one.line != "terminal")))
        ends.sort()
        row = [number(text) for text in table.rows[place]]
        # 24 scenarios alike: the tenth share is reached with the third, the ninetieth with the 22nd
        assert row[at["10%"]] == pytest.approx(ends[2], abs=0.06)
        assert row[at["90%"]] == pytest.approx(ends[21], abs=0.06)
        assert row[at["25%"]] == pytest.approx(ends[5], abs=0.06)
        assert row[at["75%"]] == pytest.approx(ends[17], abs=0.06)


def test_states_on_the_road_map_are_those_of_the_audit(read):
    result, page = read
    standing = {(one.partnership, one.scenario, one.year): one for one in result.audit.standings}
    titles = {each.title: each.id for each in result.outline.partnerships}
    lookup_scenarios = set(likely(result))
    found = 0
    for chart in page.charts:
        if not chart.name.startswith("road-map-") or chart.name == "road-map-branches":
            continue
        years = [int(column) for column in chart.table.columns[1:-1]]
        for row in chart.table.rows:
            partnership = titles[row[0].text]
            for year, cell in zip(years, row[1:-1], strict=True):
                word = re.split(r"[ *\[(]", cell.text)[0]
                states = {standing[partnership, scenario, year].state for scenario in lookup_scenarios}
                assert ("none" if word == "-" else word) in states
                assert ("*" in cell.text) or len(states) == 1
                found += 1
    assert found > 4


def test_worths_on_the_road_map_are_those_of_the_audit(read):
    result, page = read
    titles = {each.title: each.id for each in result.outline.partnerships}
    share = likely(result)
    for chart in page.charts:
        if chart.name.startswith("road-map-") and chart.name != "road-map-branches":
            for row in chart.table.rows:
                worth = result.audit.worth[titles[row[0].text]]
                expected = sum(share[name] * value for name, value in worth.items())
                assert number(row[-1]) == pytest.approx(float(expected), abs=0.51)


def test_capital_by_year_is_what_the_terminal_shows(five):
    result, page = five
    shown = terminal(result).split("\nCapital by year")[1].split("\n\n")[0].splitlines()[2:]
    told = page.table("Capital by year").rows[1:]
    assert [[cell for cell in row if cell] for row in told] == [line.split() for line in shown]


def test_shares_of_limits_are_what_the_terminal_shows(five):
    result, page = five
    shown = [line.split() for line in terminal(result).splitlines()]
    tables = [page.table("Engineers by skill and year"), page.table("Activity and decisions by year")]
    compared = 0
    for table in tables:
        for row in table.rows[1:]:
            name, *shares = row[:-1]
            assert [name, *shares] in [line[: len(row) - 1] for line in shown], name
            compared += 1
    assert compared >= 4


def test_scenarios_are_what_the_terminal_shows(five):
    result, page = five
    shown = [line.split() for line in terminal(result).splitlines()]
    for row in page.table("NPV by scenario").rows[1:]:
        assert row in shown


def test_decisions_are_what_the_terminal_shows(five):
    result, page = five
    text = re.sub(r"\s+", " ", terminal(result))
    for decision in result.plan.decisions:
        if decision.year == result.outline.first_year:
            assert f"({decision.partnership}, {decision.action})" in page.text
            assert f"({decision.partnership}, {decision.action})" in text


def test_use_of_exposures_and_requirements_is_that_of_the_audit(five):
    result, page = five
    for caption, family, first in (
        ("Exposures against", "exposures", "use"),
        ("Capabilities against", "requirements", "provided"),
    ):
        table = page.table(caption)
        years = [int(column) for column in table.rows[0][1:-1]]
        seen = set()
        for row in table.rows[1:]:
            name, word = row[0].rsplit(", ", 1)
            uses = [one for one in result.audit.limits if (one.family, one.id) == (family, name)]
            for year, text in zip(years, row[1:-1], strict=True):
                if text == "-":
                    continue
                part = "use" if word == first else "limit"
                assert any(
                    number(text) == pytest.approx(float(getattr(one, part)), abs=0.06)
                    for one in uses
                    if one.year == year
                )
            seen.add(name)
        assert seen == {one.id for one in result.audit.limits if one.family == family}


def test_partnerships_draw_in_all_what_the_audit_says(runs):
    for name in ("two", "soft", "five"):
        run = open_run(runs(name))
        share = likely(run.result)
        drawn = run.contributions.over_horizon("capital")["capital"]
        audited = sum(share[one.scenario] * one.amount for one in run.result.audit.money if one.line == "capital")
        assert sum(drawn.values()) == audited


def marks(document):
    """All rows of data that a chart draws."""
    return [row for rows in document["datasets"].values() for row in rows]


def test_what_a_mark_says_stands_in_the_table_below(read):
    _, page = read
    for name, last in (("capital", 1), ("npv", 1), ("value", 1)):
        chart = next((chart for chart in page.charts if chart.name == name), None)
        if chart is None:
            continue
        cells = {getattr(cell, "text", cell) for row in chart.table.rows for cell in row}
        for form in (WIDE, NARROW):
            said = [row["tip"].partition("|")[2] for row in marks(chart.draw(form)) if row.get("tip", "|") != "|"]
            assert said
            for words in said:
                figures = re.findall(r"-?\d[\d,]*\.?\d*(?![\d%])", words.partition(": ")[2])
                assert figures, words
                assert figures[-last].rstrip(",") in cells or any(one.rstrip(",") in cells for one in figures), words


def test_every_number_that_is_drawn_is_a_number(read):
    _, page = read
    for chart in page.charts:
        for form in (WIDE, NARROW):
            json.dumps(chart.draw(form), allow_nan=False)
