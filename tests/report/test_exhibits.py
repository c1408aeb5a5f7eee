"""What studies have found has its section: each kind drawn, told as a table, and never beside another input."""

import pytest

from portfolioopt.report.run import open_run
from portfolioopt.report.single import single_page
from report_samples import Reader, exhibits


@pytest.fixture(scope="module")
def reader(texts):
    return Reader(texts("exhibits"))


def test_every_exhibit_has_its_section_kind_by_kind(reader):
    headings = [text for level, text in reader.headings if level == 2 and text.startswith("What ") and "says" in text]
    assert headings == [
        f"What {name} says"
        for name in ("why_not", "walk_away", "core_index", "tornado", "frontier", "Any table/of mine")
    ]
    assert all(f"About {name}." in reader.text for name in exhibits(""))


def test_an_exhibit_of_another_input_is_left_out_and_said_so(reader):
    assert "Left out, as they were made for another input: foreign." in reader.text
    assert reader.text.count("What tornado says") == 2, "in the contents and as a heading"


def test_figures_of_exhibits_are_those_saved(reader):
    assert reader.table("Frontier").rows[1:] == [
        ["most cautious", "-20.0", "51.9", "52.0"],
        ["doing nothing", "0.0", "0.0", "-"],
        ["this plan", "45.6", "102.7", "-"],
    ]
    assert reader.table("What moves the value").rows[1] == [
        "capital.budget",
        "40.5 at x0.9",
        "110.0 at x1.1",
        "69.5",
        "at low",
    ]
    assert reader.table("How sure each decision is").rows[1:3] == [
        ["2026 sign: Cell plant with Voltara", "100%", "core"],
        ["2028 go_full: Software stack with Kernelwerk", "35%", "borderline"],
    ]
    prices = reader.table("Walk-away prices").rows[1:]
    assert prices == [
        ["gone", "nothing is feasible without it", "-"],
        ["Cell plant with Voltara", "50.3 to 51.3", "The stack cannot be full without it."],
        ["Software stack with Kernelwerk", "at least 3.2", "More was not proven."],
        ["idle", "0.0", "lacks 3.0 to be signed in every scenario"],
    ]
    assert "1 worth nothing to the portfolio as they stand is not drawn." in reader.text
    assert reader.table("Why in, why out").rows[1:] == [
        ["Software stack with Kernelwerk", "out", "12.5", "capital, software_engineer", "Its engineers are bound."],
        ["Cell plant with Voltara", "in", "no plan is feasible", "-", "-"],
    ]
    assert reader.table("What Any table/of mine says").rows[1:] == [["a", "1.50"], ["b", "-"], ["c", "3"]]


def test_marks_of_partnerships_are_known_as_everywhere_else(runs):
    run = open_run(runs("exhibits"))
    charts = {chart.title: chart for chart in single_page(run).charts}
    table = charts["Walk-away prices"].table
    assert [row[0].key for row in table.rows] == ["", run.keys["cell_plant"], run.keys["stack"], ""]
