"""A sweep solves what its design says, each point as if alone, keeps it at once, and tells where the plan changes."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from engine_samples import objective_of
from portfolioopt import InvalidCase, InvalidInput, Means, Model, UnknownOption, cases, read_instance, solve
from portfolioopt.cases import apply
from portfolioopt.command import run
from portfolioopt.command.show.layout import report_console
from portfolioopt.command.study import show_answer
from portfolioopt.plan import Plan
from portfolioopt.points import Outcome, Where
from portfolioopt.result.exact import encode
from portfolioopt.result.exhibit import CoreIndex, Tornado, exhibit_from_json
from portfolioopt.runs import read_run
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.sweep import Design, Sweep, grid, levels_of, listed, one_at_a_time, range_of, sample, sweep
from portfolioopt.studies.sweep.designs import Trial
from portfolioopt.studies.sweep.files import is_sweep_file, read_sweep
from portfolioopt.studies.sweep.found import point_of
from portfolioopt.studies.sweep.inputs import each_of, read_varied
from portfolioopt.studies.sweep.tables import differing
from portfolioopt.studies.sweep.tornado import core

ROOT = Path(__file__).parents[2]
TWO = ROOT / "instances" / "two_deals"
HERE = Where("serial")
FACTS = read_instance(TWO)
BUDGETS = levels_of("capital.budget", ["x0.8", "x1.1"])
RATES = levels_of("discount_rate", [Decimal("0.05"), Decimal("0.10")])


@pytest.fixture(scope="module")
def crossed() -> Sweep:
    return sweep(FACTS, grid([BUDGETS, RATES]), where=HERE)


@pytest.fixture(scope="module")
def alone() -> Sweep:
    """One input at a time."""
    return sweep(
        FACTS, one_at_a_time([BUDGETS, range_of("discount_rate", Decimal("0.05"), Decimal("0.10"))]), where=HERE
    )


def test_a_grid_holds_every_combination(crossed: Sweep) -> None:
    assert [point.levels for point in crossed.points[1:]] == [
        ("x0.8", "0.05"), ("x0.8", "0.10"), ("x1.1", "0.05"), ("x1.1", "0.10"),
    ]  # fmt: skip
    assert crossed.about.complete


def test_every_point_is_what_solving_it_alone_says(crossed: Sweep) -> None:
    for point, trial in zip(crossed.points[1:], grid([BUDGETS, RATES]).trials, strict=True):
        alone = solve(*apply(cases.case("alone", *trial.changes), FACTS))
        assert (point.value, point.status, point.bound) == (objective_of(alone), alone.status, alone.bound)
        assert point.outcome == "done"
        assert alone.audit is not None
        assert point.worst == min(alone.audit.npv.values())
        assert alone.plan is not None
        assert {(act.partnership, act.action, act.year) for act in point.acts} == {
            (one.partnership, one.action, one.year) for one in alone.plan.decisions
        }
        binding = alone.limits.query("headroom == 0 and use > 0")
        assert {(limit.id, limit.year) for limit in point.binding} == set(
            zip(binding["id"], binding["year"], strict=True)
        )


def test_one_at_a_time_changes_nothing_else(alone: Sweep) -> None:
    assert [point.levels for point in alone.points[1:]] == [("x0.8", ""), ("x1.1", ""), ("", "0.05"), ("", "0.10")]
    assert {one.input: (one.low, one.high) for one in alone.swings} == {
        "capital.budget": (1, 2),
        "discount_rate": (3, 4),
    }
    spreads = [one.spread for one in alone.swings]
    assert spreads == sorted(spreads, reverse=True)


def test_it_marks_where_the_plan_changes_and_not_only_the_value(alone: Sweep) -> None:
    changes = {point.name: point.plan_changes for point in alone.points}
    # another rate moves the value of the same plan; another budget makes another plan the best one
    assert changes == {
        "base": False,
        "capital.budget x0.8": True,
        "capital.budget x1.1": True,
        "discount_rate 0.05": False,
        "discount_rate 0.10": False,
    }
    richer = alone.points[2]
    assert richer.base_plan == alone.base.value
    assert richer.value is not None
    assert alone.base.value is not None
    assert richer.value > alone.base.value
    added, dropped = differing(richer, alone.base)
    assert added
    assert set(added) <= set(richer.acts)
    assert set(dropped) <= set(alone.base.acts)
    assert alone.points[1].base_plan_breaks == ("capital",)


def outcome(value: str, stays: str, there: str, **more: object) -> Outcome:
    """Of a point worth so much, where the base plan is worth so much, and whose plan is worth so much in the base."""
    worth = {"breaks": [], "whole": True}
    answer = {"objective": value, "plan": encode(Plan()), "probabilities": {}, "npv": {}, "status": "feasible"}
    both = {"base_plan": worth | {"objective": stays}, "in_base": worth | {"objective": there}}
    return Outcome("k", "done", answer | both | more)


@pytest.mark.parametrize(
    ("point", "changes"),
    [
        (outcome("110", "110", "100"), False),
        (outcome("112", "110", "99"), True),
        (outcome("112", "110", "102"), False),  # better by 2 in the base too, where it was overlooked
        (outcome("113", "110", "102"), True),
        (outcome("110", "110", "100", base_plan={"objective": "120", "breaks": ["capital"], "whole": True}), True),
        (outcome("110", "110", "100", base_plan={"objective": "110", "breaks": [], "whole": False}), True),
        (outcome("112", "110", "102", in_base={"objective": "102", "breaks": ["capital"], "whole": True}), True),
    ],
)
def test_what_was_only_overlooked_in_the_base_is_no_change_of_plan(point: Outcome, changes: bool) -> None:
    base = outcome("100", "100", "100")
    assert point_of(1, Trial("t", (), ()), "k", point, base, Decimal("0.1")).plan_changes is changes


def test_what_is_not_proven_is_said(alone: Sweep) -> None:
    points = list(alone.points)
    points[1] = replace(points[1], status="feasible", gap=0.033)
    found = replace(alone, points=tuple(points))
    console = report_console(StringIO())
    show_answer(found, console)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert "*?" in told
    assert "up to 3.3% more may be possible" in " ".join(told.split())
    assert any("up to 3.3% more" in line for line in found.exhibits()[""].said)
    assert not any("proven" in line for line in alone.exhibits()[""].said)


def test_the_share_of_plans_with_a_decision_counts_plans(crossed: Sweep) -> None:
    shares = {act: share for act, _, share in core(crossed.points)}
    for (partnership, action), share in shares.items():
        held = sum(any((a.partnership, a.action) == (partnership, action) for a in p.acts) for p in crossed.points)
        assert share == held / 5


def test_figures_of_risk_are_those_of_the_scenarios(crossed: Sweep) -> None:
    chances = {future.name: Fraction(future.probability) for future in FACTS.futures}
    for point in crossed.points:
        worst = sorted((value, chances[name]) for name, value in point.npv.items())
        room, gathered = Fraction(1, 10), Fraction(0)
        for value, chance in worst:
            gathered += min(room, chance) * value
            room -= min(room, chance)
        assert point.cvar == gathered * 10
        assert point.worst == worst[0][0]
        assert point.npv[point.worst_scenario] == point.worst


def test_a_sample_fills_every_range_evenly() -> None:
    varied = [
        range_of("capital.budget", "x0.8", "x1.2"),
        range_of("scenarios.slow", "0 years later", "2 years later"),
        range_of("skills.software_engineer.capacity", 100, 109),
        levels_of("capital.recycle", [0, 1]),
    ]
    drawn = sample(varied, 20, seed=7)
    assert drawn == sample(varied, 20, seed=7)
    assert drawn != sample(varied, 20, seed=8)
    by_input = list(zip(*(trial.levels for trial in drawn.trials), strict=True))
    factors = np.sort([float(level.removeprefix("x")) for level in by_input[0]])
    slots = np.floor((factors - 0.8) / 0.02 + 1e-9).astype(int).clip(0, 19)
    assert slots.tolist() == list(range(20))  # one in each twentieth
    assert set(by_input[1]) == {"0 years later", "1 year later", "2 years later"}
    assert sorted(by_input[2]) == sorted(str(100 + number // 2) for number in range(20))
    assert sorted(by_input[3]) == ["0"] * 10 + ["1"] * 10


def test_numbers_between_decimal_ends_are_any() -> None:
    level = range_of("discount_rate", Decimal("0.05"), Decimal("0.10")).at(0.123456789)
    assert level.said == "0.0561728"


def test_each_member_of_a_star_is_an_input_by_itself() -> None:
    varied = each_of(read_varied("skills.*.capacity=x0.9..x1.1", "--each"), FACTS, Model())
    assert [one.name for one in varied] == [f"skills.{name}.capacity" for name in FACTS.skills]
    states = each_of(read_varied("partnerships.*.states.*.benefit=x0.9,x1.1", "--each"), FACTS, Model())
    assert [one.name for one in states] == [f"partnerships.{one.id}.states.*.benefit" for one in FACTS.partnerships]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("capital.budget", "is not PATH=LEVELS"),
        ("capital.budget=", "a level is empty"),
        ("capital.budget=x0.9,,x1", "a level is empty"),
        ("capital.budget=x0.9,x0.9", "given twice"),
        ("capital.budget=x0.8..+5", "not of one kind"),
        ("name=a..b", "is no number"),
        ("capital.budget=x1..x1", "both ends are the same"),
        ("capital.budget=[1", "cannot be read"),
    ],
)
def test_what_is_no_input_is_told(text: str, said: str) -> None:
    with pytest.raises(InvalidCase, match=re.escape(said)) as told:
        read_varied(text, f"--vary {text}")
    assert f"--vary {text}" in str(told.value)


def test_levels_may_hold_lists_and_quotes() -> None:
    found = read_varied('capital.budget=[1, 2, 3, 4, 5],"x0.9",x1.1', "--vary")
    assert [level.said for level in found.ends] == ["[1, 2, 3, 4, 5]", "x0.9", "x1.1"]


def test_designs_that_make_no_sense_are_refused() -> None:
    for make, said in (
        (lambda: grid([range_of("capital.budget", "x0.8", "x1.2")]), "needs levels, not a range"),
        (lambda: grid([]), "nothing is varied"),
        (lambda: grid([BUDGETS, BUDGETS]), "varied twice"),
        (lambda: sample([BUDGETS], 200_000), "200,000 points"),
        (lambda: listed([]), "no case"),
    ):
        with pytest.raises(UnknownOption, match=said):
            make()


def test_a_case_without_a_plan_and_one_that_is_unsound_end_no_other(tmp_path: Path) -> None:
    given = [
        cases.case("never", cases.force("stack"), cases.scale("capital.budget", 0)),
        cases.case("unsound", cases.set_value("scenarios.slow.probability", Decimal("0.9"))),
        cases.case("fine", cases.scale("capital.budget", Decimal("1.5"))),
    ]
    found = sweep(FACTS, listed(given), where=HERE, folder=tmp_path)
    assert [(one.outcome, one.status) for one in found.points[1:]] == [
        ("done", "infeasible"), ("refused", ""), ("done", "optimal"),
    ]  # fmt: skip
    assert set(found.points[1].conflict) >= {"capital"}
    assert "probabilit" in found.points[2].reason
    assert found.about.complete
    again = sweep(FACTS, listed(given), where=HERE, folder=tmp_path)
    assert (again.about.solves, again.known) == (0, 4)
    assert again.points == found.points


def test_the_answer_travels_as_json_and_its_tables_are_tidy(alone: Sweep) -> None:
    assert from_json(to_json(alone)) == alone
    found = alone.tables()
    assert set(found) == {"points", "decisions", "changes", "binding", "npv", "core", "tornado"}
    points = found["points"].frame()
    assert list(points["capital.budget"]) == ["", "x0.8", "x1.1", "", ""]
    assert points["value"].notna().all()
    assert len(found["npv"].rows) == 5 * len(FACTS.futures)


def test_an_input_with_the_name_of_a_column_has_a_column_of_its_own() -> None:
    found = sweep(FACTS, grid([levels_of("discount_rate", [Decimal("0.05")], "value")]), where=HERE)
    assert len(set(found.tables()["points"].columns)) == len(found.tables()["points"].columns)


def test_a_design_travels_as_json() -> None:
    for design in (grid([BUDGETS, RATES]), sample([BUDGETS], 3, 1), listed([cases.case("a", cases.forbid("stack"))])):
        assert Design.of(json.loads(json.dumps(design.plain))) == design


def test_the_time_for_the_whole_ends_it_with_what_is_done(tmp_path: Path) -> None:
    found = sweep(FACTS, grid([BUDGETS, RATES]), means=Means(time_limit=1e-6), where=HERE, folder=tmp_path)
    assert not found.about.complete
    assert found.about.stopped_by == "time limit"
    assert {point.outcome for point in found.points[1:]} == {"missing"}


SWEEP_FILE = """\
format: portfolioopt-sweep/1
base: {instance: INSTANCE}
grid:
  - {path: capital.budget.2026, values: [+10, +-10]}
  - name: stack
    levels:
      - {name: open}
      - {name: closed, changes: [{forbid: stack}]}
solver: {gap: 0.001}
"""


def declared(text: str, folder: Path) -> Path:
    path = folder / "sweep.yaml"
    path.write_text(text.replace("INSTANCE", str(TWO)), encoding="utf-8")
    return path


def test_a_sweep_is_declared_in_a_file(tmp_path: Path) -> None:
    path = declared(SWEEP_FILE, tmp_path)
    assert is_sweep_file(path)
    assert not is_sweep_file(TWO / "instance.yaml")
    found = read_sweep(path)
    assert found.foundation is not None
    assert found.foundation.instance == TWO
    design = found.design(FACTS, Model())
    assert [trial.levels for trial in design.trials] == [
        ("+10", "open"), ("+10", "closed"), ("+-10", "open"), ("+-10", "closed"),
    ]  # fmt: skip
    assert [change.said for change in design.trials[3].changes] == ["capital.budget.2026: -10", "forbid stack"]


@pytest.mark.parametrize(
    ("change", "to", "place", "said"),
    [
        ("grid:", "gird:", "3:1", "gird"),
        ("capital.budget.2026", "capital.budgets", "4:5", "capital.budgets"),
        ("values: [+10, +-10]", "values: []", "4:", "values"),
        ("values: [+10, +-10]", "from: 1", "4:", "no levels and no ends"),
        ("path: capital.budget.2026, ", "", "4:", "does not say what is varied"),
        ("forbid: stack", "forbidd: stack", "8:", "forbidd"),
        ("{name: closed,", "{name: open,", "8:", "two levels called open"),
        ("name: stack", "path: stack", "5:", "levels go with a name"),
        ("gap: 0.001", "gap: much", "9:", "gap"),
        ("solver:", "sample: {points: 3, inputs: [{path: discount_rate, values: [0.1]}]}\nsolver:", "9:", "says both"),
        ("forbid: stack", "forbid: stak", "8:", "stak"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_where_it_stands(
    change: str, to: str, place: str, said: str, tmp_path: Path
) -> None:
    path = declared(SWEEP_FILE.replace(change, to, 1), tmp_path)
    with pytest.raises(InvalidInput) as told:
        read_sweep(path).design(FACTS, Model())
    assert f"{path}:{place}" in str(told.value)
    assert said in str(told.value)


def test_the_command_solves_keeps_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = declared(SWEEP_FILE, tmp_path), tmp_path / "out"
    assert run(["sweep", str(path), "--engine", "serial", "--out", str(out), "--parquet"]) == 0
    told = capsys.readouterr()
    assert "4 of 4 points (grid)" in told.out
    assert f"portfolioopt sweep --resume {out}" in told.err
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    assert run(["sweep", "--resume", str(out), "--engine", "serial", "--json"]) == 0
    answer = from_json(capsys.readouterr().out)
    assert isinstance(answer, Sweep)
    assert (answer.about.solves, answer.known) == (0, 5)
    for file, data in before.items():
        if file.parent.name == "tables" or "points" in file.parts:
            assert file.read_bytes() == data, file
    import pandas as pd

    frame = pd.read_parquet(out / "tables" / "points.parquet")
    assert list(frame["value"]) == [pytest.approx(float(point.value or 0)) for point in answer.points]
    assert run(["show", str(out)]) == 0
    assert "4 of 4 points" in capsys.readouterr().out


def test_a_sweep_of_a_run_is_on_the_page_of_the_run(tmp_path: Path) -> None:
    base, out = tmp_path / "base", tmp_path / "out"
    assert run(["solve", str(TWO), "--out", str(base), "--quiet"]) == 0
    varied = ["--one-at-a-time", "--range", "capital.budget=x0.8..x1.1", "--vary", "capital.recycle=0"]
    assert run(["sweep", str(base), *varied, "--engine", "serial", "--out", str(out), "-q"]) == 0
    shown = {path.stem: exhibit_from_json(path.read_text(encoding="utf-8")) for path in out.glob("exhibits/*.json")}
    assert set(shown) == {"sweep", "sweep-core"}
    assert shown["sweep"].input_hash == read_run(base).input_hash
    content, index = shown["sweep"].content, shown["sweep-core"].content
    assert isinstance(content, Tornado)
    assert isinstance(index, CoreIndex)
    bars = {bar.input: bar for bar in content.bars}
    assert bars["capital.budget"].plan_changes_at_low
    assert (bars["capital.recycle"].low_level, bars["capital.recycle"].high_level) == ("0", "as it is")
    assert index.plans == 4
    assert {one.standing for one in index.decisions if one.share < 1} == {"borderline"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([str(TWO)], 2, "say what is varied"),
        ([str(TWO), "--vary", "capital.budgte=x0.9"], 3, "budget"),
        ([str(TWO), "--range", "capital.budget=x0.9..x1.1"], 2, "needs levels, not a range"),
        ([str(TWO), "--vary", "capital.budget=x0.9", "--engine", "spark"], 2, "there is no engine spark"),
        ([str(TWO), "--vary", "capital.budget=x0.9", "--address", "tcp://x:1"], 2, "has no address"),
        ([str(TWO), "--resume", "."], 2, "leave out what to vary"),
        (["--resume", "nowhere"], 3, "holds no sweep to go on with"),
        ([str(TWO), "--cases", "nowhere.yaml"], 3, "nowhere.yaml"),
        ([str(TWO), "--vary", "capital.budget=x0.9", "--sample", "3", "--one-at-a-time"], 2, "either a sample"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(["sweep", *arguments]) == code
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_in_which_nothing_can_be_asked_says_so(tmp_path: Path) -> None:
    arguments = ["--vary", "scenarios.slow.probability=0.9", "--engine", "serial", "--out", str(tmp_path / "out"), "-q"]
    assert run(["sweep", str(TWO), *arguments]) == 3


def test_the_worked_example_of_the_page_on_two_scenarios_of_the_large_instance() -> None:
    facts = read_instance(ROOT / "instances" / "automaker_2026")
    others = [future.name for future in facts.scenarios if future.name not in ("steady", "slow_ev")]
    halves = [cases.set_value(f"scenarios.{name}.probability", Decimal("0.5")) for name in ("steady", "slow_ev")]
    smaller = cases.case("smaller", *(cases.remove(f"scenarios.{name}") for name in others), *halves)
    reduced, model = apply(smaller, facts)
    declared = read_sweep(ROOT / "instances" / "automaker_2026" / "sweep.yaml")
    design = declared.design(reduced, model)
    assert len(design.trials) == 10
    few = replace(design, trials=design.trials[:2])
    found = sweep(reduced, few, model, Means(gap=0.2, work_limit=2, verify=False), where=HERE)
    assert [point.outcome for point in found.points] == ["done"] * 3
    assert [point.value is not None for point in found.points] == [True] * 3
    assert found.swings[0].input == "capital"
