"""A report can be made of whatever the language can say: generated portfolios that together use every key of it."""

import json
from pathlib import Path

import pytest

from enumeration.generators import random_instance, random_plan
from portfolioopt.audit import audit
from portfolioopt.audit.contributions import Contributions
from portfolioopt.language.families import SOFT_FAMILIES
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import TODAY, Decision, Plan
from portfolioopt.report.comparison import comparison_page
from portfolioopt.report.content import NARROW, WIDE
from portfolioopt.report.html import html
from portfolioopt.report.run import Run
from portfolioopt.report.single import single_page
from portfolioopt.result import make_result
from report_samples import Reader

BENDING = Model.model_validate({"name": "bending", "limits": {family: {"price": 1} for family in SOFT_FAMILIES}})


def run_of(seed, decided=True):
    """A run of a generated portfolio under a random plan, every limit soft."""
    written, _ = random_instance(seed)
    instance = Instance.model_validate(written)
    kinds = {(one.id, action.id): action.kind for one in instance.partnerships for action in one.actions}
    plan = Plan.of(
        Decision(scenario, year, partnership, action, kinds[partnership, action])
        for partnership, action, year, scenario in (random_plan(seed, written) if decided else ())
    )
    result = make_result(
        instance,
        BENDING,
        status="feasible",
        stop_reason="time limit",
        plan=plan,
        audit=audit(instance, BENDING, plan),
        do_nothing=audit(instance, BENDING, TODAY),
    )
    contributions = Contributions(instance, plan)
    folder = Path(f"seed-{seed}-{decided}")
    return Run(folder, "today", result, instance, contributions, "", BENDING, {}, ())


@pytest.mark.parametrize("seed", range(30))
def test_a_generated_portfolio_has_a_page_whose_charts_are_sound(seed):
    page = single_page(run_of(seed))
    text = html(page, {chart.name: () for chart in page.charts})
    reader = Reader(text)
    places = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(places) == len(set(places))
    assert [level for level, _ in reader.headings].count(1) == 1
    for chart in page.charts:
        assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
        for form in (WIDE, NARROW):
            document = chart.draw(form)
            json.dumps(document, allow_nan=False)


@pytest.mark.parametrize("seed", range(10))
def test_generated_portfolios_can_be_compared_with_today_and_with_each_other(seed):
    runs = [run_of(seed), run_of(seed, decided=False), run_of(seed + 100)]
    for chosen in (runs[:2], runs[::2], runs):
        page = comparison_page(chosen)
        html(page, {chart.name: () for chart in page.charts})
        for chart in page.charts:
            assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
            json.dumps(chart.draw(NARROW), allow_nan=False)
