"""What studies find belongs on the page of a run of the same input: saved with the answer, and picked up by itself."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from portfolioopt import (
    Instance,
    Means,
    Model,
    alternatives,
    diagnose,
    explain,
    frontier,
    price_deals,
    price_limits,
    price_rights,
    price_terms,
    read_instance,
    rolling,
    security,
    solve,
    stability,
    stress,
    sweep,
    value_of_information,
)
from portfolioopt.command import run
from portfolioopt.plan import TODAY
from portfolioopt.points import Where
from portfolioopt.report.run import open_run
from portfolioopt.result.exhibit import CoreIndex, Frontier, PlainTable, Tornado, WalkAway, WhyNot
from portfolioopt.runs import read_exhibits, write_run
from portfolioopt.studies import STUDIES
from portfolioopt.studies.answer import Answer
from portfolioopt.studies.exhibiting import exhibits_of
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.saving import write_study
from portfolioopt.studies.sweep import levels_of, one_at_a_time

INSTANCES = Path(__file__).parents[2] / "instances"
QUICK = Means(verify=False)


@pytest.fixture(scope="module")
def facts() -> Instance:
    return read_instance(INSTANCES / "two_deals")


@pytest.fixture(scope="module")
def answers(facts: Instance) -> dict[str, Answer]:
    """An answer of every study that has something to show."""
    broke = read_instance(INSTANCES / "two_deals", ["capital.budget=0", "capital.recycle=0"])
    needed = Instance.model_validate(
        broke.model_dump(by_alias=True, exclude_unset=True)
        | {"rules": [{"id": "promise", "partnership": "cell_plant", "states": ["owned"], "must": "always"}]}
    )
    return {
        "price_deals": price_deals(facts, means=QUICK),
        "alternatives": alternatives(facts, means=QUICK, within=0.5, count=2, draws=0),
        "explain": explain(facts, "stack", means=QUICK),
        "security": security(facts, means=QUICK, years=[2028]),
        "price_limits": price_limits(facts, means=QUICK),
        "price_rights": price_rights(facts, means=QUICK),
        "price_terms": price_terms(facts, "cell_plant", means=QUICK),
        "stability": stability(facts, TODAY, means=QUICK),
        "value_of_information": value_of_information(facts, means=QUICK),
        "diagnose": diagnose(needed, means=QUICK, count=1),
        "frontier": frontier(facts, means=QUICK, against="capital", points=3),
        "rolling": rolling(facts, means=QUICK),
        "stress": stress(facts, means=QUICK, draws=300),
        "sweep": sweep(
            facts,
            one_at_a_time([levels_of("capital.budget", ["x0.9", "x1.1"])]),
            means=Means(verify=False, work_limit=20),
            where=Where("serial"),
        ),
    }


def test_every_study_shows_what_it_is_about_and_all_of_it_can_be_saved(
    answers: dict[str, Answer], facts: Instance, tmp_path: Path
) -> None:
    shapes = {
        "price_deals": {"price_deals": WalkAway},
        "alternatives": {"alternatives": CoreIndex, "alternatives-plans": PlainTable},
        "explain": {"explain-stack": WhyNot},
        "security": {"security": PlainTable},
        "price_limits": {"price_limits-more": PlainTable, "price_limits-costs": PlainTable},
        "price_rights": {"price_rights": PlainTable},
        "price_terms": {"price_terms-cell_plant": Tornado},
        "stability": {"stability": Frontier, "stability-changes": PlainTable},
        "value_of_information": {"value_of_information": PlainTable, "value_of_information-regret": PlainTable},
        "diagnose": {"diagnose": PlainTable, "diagnose-ways-out": PlainTable},
        "frontier": {"frontier-capital": Frontier},
        "rolling": {"rolling": PlainTable, "rolling-scenarios": PlainTable},
        "stress": {"stress": PlainTable, "stress-tail": PlainTable},
        "sweep": {"sweep": Tornado, "sweep-core": CoreIndex},
    }
    assert set(shapes) == set(STUDIES)
    for study, answer in answers.items():
        shown = exhibits_of(answer)
        assert {name: type(one.content) for name, one in shown.items()} == shapes[study], study
        folder = write_study(answer, facts, Model(), tmp_path / study)
        assert read_exhibits(folder) == shown, study
        assert {one.input_hash for one in shown.values()} == {answer.about.input_hash}


def test_exhibits_say_what_the_answers_say(answers: dict[str, Answer]) -> None:
    prices = {one.partnership: one for one in answers["price_deals"].deals}  # type: ignore[attr-defined]
    shown = exhibits_of(answers["price_deals"])["price_deals"].content
    assert isinstance(shown, WalkAway)
    for one in shown.prices:
        assert (one.low, one.high) == (prices[one.partnership].price.low, prices[one.partnership].price.high)
    terms = exhibits_of(answers["price_terms"])["price_terms-cell_plant"].content
    assert isinstance(terms, Tornado)
    assert all(bar.low <= terms.base + 1e-6 <= bar.high + 2e-6 for bar in terms.bars)
    curve = exhibits_of(answers["stability"])["stability"].content
    assert isinstance(curve, Frontier)
    assert [point.value for point in curve.points] == sorted(point.value for point in curve.points)
    assert [point.mark for point in curve.points][-1] == "plan"
    front = exhibits_of(answers["frontier"])["frontier-capital"].content
    assert isinstance(front, Frontier)
    assert [point.mark for point in front.points][-1] == "today"
    assert [point.value for point in front.points[:-1]] == sorted(
        (point.value for point in front.points[:-1]), reverse=True
    )
    again = exhibits_of(answers["rolling"])["rolling"].content
    assert isinstance(again, PlainTable)
    assert [name for name, _ in again.rows][:2] == ["with hindsight", "the policy: one plan, made today"]
    drawn = exhibits_of(answers["stress"])["stress"].content
    assert isinstance(drawn, PlainTable)
    assert drawn.rows[1] == ("mean of the draws", answers["stress"].npv.mean)  # type: ignore[attr-defined]
    swings = exhibits_of(answers["sweep"])["sweep"].content
    assert isinstance(swings, Tornado)
    assert [bar.input for bar in swings.bars] == ["capital.budget"]


def test_what_is_without_end_or_cut_short_is_told_as_that(answers: dict[str, Answer]) -> None:
    answer = answers["price_deals"]
    first, *others = answer.deals  # type: ignore[attr-defined]
    endless = replace(first, price=Interval(math.inf, math.inf))
    open_ended = replace(others[0], price=Interval(3.0, math.inf))
    about = replace(answer.about, complete=False, stopped_by="time limit")
    changed = replace(answer, about=about, deals=(endless, open_ended))  # type: ignore[type-var]
    exhibit = exhibits_of(changed)["price_deals"]
    assert isinstance(exhibit.content, WalkAway)
    assert [(one.low, one.high) for one in exhibit.content.prices] == [(None, None), (3.0, None)]
    assert exhibit.said[-1] == "Partial answer, stopped by: time limit. What is told holds."


def test_a_study_of_a_case_without_a_plan_shows_nothing() -> None:
    never = read_instance(INSTANCES / "two_deals").model_dump(by_alias=True, exclude_unset=True)
    never["rules"] = [
        {"id": f"r{number}", "partnership": "stack", "states": ["full"], "must": must}
        for number, must in enumerate(("always", "never"))
    ]
    facts = Instance.model_validate(never)
    for answer in (price_deals(facts, means=QUICK), explain(facts, "stack", means=QUICK)):
        assert exhibits_of(answer) == {}


def test_the_report_of_a_run_picks_up_the_studies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    two_deals, plan = str(INSTANCES / "two_deals"), str(tmp_path / "runs" / "plan")
    assert run(["solve", two_deals, "--no-verify", "-q", "--out", plan]) == 0
    assert run(["price", "deals", two_deals, "--no-verify", "-q"]) == 0
    assert run(["explain", plan, "stack", "--no-verify", "-q"]) == 0
    assert run(["explain", two_deals, "cell_plant", "--no-verify", "-q"]) == 0
    other = str(tmp_path / "other")
    assert run(["price", "deals", two_deals, "--set", "capital.recycle=0", "--no-verify", "-q", "--out", other]) == 0
    found = open_run(Path(plan))
    assert set(found.exhibits) == {"price_deals", "explain-stack", "explain-cell_plant"}
    assert found.foreign == ()
    assert len(found.studies) == 3

    capsys.readouterr()
    assert run(["report", plan, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    page = Path(told["page"]).read_text(encoding="utf-8")
    assert page.count(">Why in, why out</h2>") == page.count(">Walk-away prices</h2>") == 1
    assert "Left out" not in page

    assert run(["report", plan, "--with", other]) == 0
    page = Path(told["page"]).read_text(encoding="utf-8")
    assert "Left out" not in page, "the same study of the right input is there"
    assert run(["report", plan, "--with", str(tmp_path)]) == 3
    assert "is not the folder of a study" in capsys.readouterr().err
    assert run(["report", plan, plan, "--with", other]) == 2


def test_a_study_of_another_input_is_named_and_left_out(facts: Instance, tmp_path: Path) -> None:
    result = solve(facts, verify=False)
    folder = write_run(result, facts, Model(), tmp_path / "plan")
    dearer = read_instance(INSTANCES / "two_deals", ["discount_rate=0.2"])
    write_study(price_deals(dearer, Model(), QUICK), dearer, Model(), tmp_path / "study")
    assert open_run(folder).exhibits == {}
    assert open_run(folder, [tmp_path / "study"]).foreign == ("price_deals",)
