"""`solve` as a caller sees it: its statuses, its options, and that it leaves nothing behind."""

import logging
import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audit.cases import case, deal, form, futures, owned
from engine_samples import Written, best_of, objective_of, solved
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import (
    Audit,
    Instance,
    InvalidInput,
    InvalidInstance,
    InvalidModel,
    Model,
    Plan,
    Result,
    UnknownOption,
    read_instance,
    read_model,
    solve,
    solving,
)
from portfolioopt.language.plans import write_plan
from portfolioopt.plan import TODAY
from portfolioopt.solution.cuts import Breach
from portfolioopt.solution.judgement import Verdict
from portfolioopt.solution.search import Sight

INSTANCES = Path(__file__).parents[1] / "instances"
ONE_DEAL = Instance.model_validate(case(deal("deal", {"on": {"benefit": 10}}, (form(),))))


def crowded(size: int, years: int = 6, seed: int = 0) -> Instance:
    """A portfolio that takes a while: many deals, a few tight limits, three futures."""
    rng = np.random.default_rng(seed)

    def number(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    partnerships = [
        deal(
            f"p{position:03d}",
            {
                "small": {
                    "benefit": [0, number(20, 60), number(40, 90)],
                    "capital": [number(20, 70), number(0, 20), 0],
                    "effort": {"engineer": number(5, 20), "coder": number(5, 20)},
                    "exposure": {"america": number(10, 50)},
                    "sensitivity": {"benefit": {"demand": 1}},
                },
                "large": {
                    "benefit": [number(20, 60), number(60, 140)],
                    "capital": [number(50, 120), 0],
                    "effort": {"engineer": number(15, 40), "coder": number(10, 40)},
                    "exposure": {"america": number(30, 90)},
                    "sensitivity": {"benefit": {"demand": 1.2}},
                },
            },
            (
                form("small", lead_years=1),
                {"id": "grow", "kind": "expand", "from": "small", "to": "large", "after_years": 1},
                {"id": "leave", "kind": "exit", "from": ["small", "large"], "to": "exited"},
            ),
        )
        for position in range(size)
    ]
    written = case(
        *partnerships,
        years=years,
        capital={"budget": size * 3, "carry_over": 0.9},
        skills={"engineer": {"capacity": size * 3}, "coder": {"capacity": size * 3}},
        exposures=[{"id": "cap", "tag": "america", "at_most": size * 7}],
        moves=[{"id": "pace", "at_most": size // 12}],
        **futures(
            ("base", 0.5, {}),
            ("slow", 0.3, {"demand": [1, 0.8] + [0.6] * (years - 2)}),
            ("fast", 0.2, {"demand": [1, 1.1] + [1.3] * (years - 2)}),
        ),
    ) | {"discount_rate": 0.08}  # fmt: skip
    return Instance.model_validate(written)


@pytest.fixture(scope="module")
def large() -> Instance:
    return crowded(80)


# ---- statuses --------------------------------------------------------------------------------------------------------


def test_a_plan_at_the_asked_gap_is_optimal() -> None:
    result = solve(ONE_DEAL)
    assert (result.status, result.stop_reason, result.objective, result.bound) == ("optimal", "gap reached", 10, 10)
    assert result.gap == 0
    assert (result.verified, result.verification.method) == (True, "second run")
    assert result.conflict == ()


def test_the_shipped_example_has_the_value_worked_out_by_hand() -> None:
    result = solve(read_instance(INSTANCES / "two_deals"))
    assert result.status == "optimal"
    assert result.objective == pytest.approx(102.663752, abs=1e-6)
    assert objective_of(result) == objective_of(solve(read_instance(INSTANCES / "two_deals"), "expected_value"))


def test_without_any_plan_the_conflict_is_told_and_no_figure_is_made_up() -> None:
    rules = [
        {"id": "keep", "partnership": "a", "states": ["on"], "must": "always"},
        {"id": "end", "partnership": "a", "states": ["on"], "must": "never"},
        {"id": "other", "partnership": "a", "states": ["exited"], "must": "never"},
    ]
    result = solved(case(owned("a"), rules=rules))
    assert (result.status, result.stop_reason, result.conflict) == ("infeasible", "infeasible", ("end",))
    assert result.conflict_is_smallest
    assert (result.plan, result.objective, result.expected_npv, result.gap) == (None, None, None, None)
    assert result.verified


def test_a_tight_time_limit_leaves_the_best_plan_so_far_with_its_gap(large: Instance) -> None:
    began = time.perf_counter()
    result = solve(large, time_limit=4)
    assert time.perf_counter() - began < 8
    assert result.status in ("feasible", "optimal")
    assert result.audit is not None
    assert result.audit.ok
    assert result.objective is not None
    assert result.objective >= 0  # doing nothing is a plan
    if result.status == "feasible":
        assert result.stop_reason == "time limit"
        assert result.bound is None or result.bound >= result.objective
        assert result.gap is None or result.gap > 1e-4


def test_no_time_at_all_leaves_at_least_doing_nothing(large: Instance) -> None:
    result = solve(large, time_limit=0.001)
    assert (result.status, result.stop_reason) == ("feasible", "time limit")
    assert result.plan == TODAY
    assert not result.verified


def test_no_time_and_nothing_that_may_be_done_is_no_plan_and_not_called_infeasible() -> None:
    written = crowded(40).model_dump(by_alias=True, exclude_unset=True)
    rule = {"id": "must", "partnership": "p000", "states": ["large"], "years": [2030, 2031], "must": "always"}
    result = solve(Instance.model_validate({**written, "rules": [rule]}), time_limit=0.001)
    assert (result.status, result.stop_reason, result.conflict, result.plan) == ("no_plan", "time limit", (), None)
    assert not result.verified


def test_where_work_is_limited_the_same_comes_out_however_fast_the_machine_is(
    large: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = solve(large, work_limit=1, time_limit=600, threads=1)
    clock = time.perf_counter
    monkeypatch.setattr(time, "perf_counter", lambda: 3 * clock())
    slower = solve(large, work_limit=1, time_limit=600, threads=1)
    assert one.stop_reason in ("work limit", "gap reached")
    assert (one.plan, one.objective, one.bound, one.stop_reason) == (
        slower.plan, slower.objective, slower.bound, slower.stop_reason,
    )  # fmt: skip
    assert solve(large, work_limit=0.001, time_limit=600, gap=0).stop_reason == "work limit"


def test_ctrl_c_keeps_the_best_plan_so_far(large: Instance) -> None:
    before = signal.getsignal(signal.SIGINT)
    timer = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    began = time.perf_counter()
    seen: list[Sight] = []
    result = solve(large, gap=0, time_limit=60, progress=seen.append)
    timer.cancel()
    assert time.perf_counter() - began < 30
    assert result.status in ("feasible", "optimal")
    assert result.status == "optimal" or result.stop_reason == "interrupted"
    assert result.status == "optimal" or "stopping" in [sight.phase for sight in seen]
    assert result.audit is not None
    assert result.audit.ok
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_gives_up_at_once(large: Instance) -> None:
    before = signal.getsignal(signal.SIGINT)

    def twice(_: Sight) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        solve(large, gap=0, time_limit=60, progress=twice)
    assert signal.getsignal(signal.SIGINT) is before


# ---- options ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "option",
    [
        {"gap": -0.1},
        {"gap": float("nan")},
        {"gap": float("inf")},
        {"gap": "small"},
        {"time_limit": 0},
        {"time_limit": -5},
        {"time_limit": float("nan")},
        {"threads": 0},
        {"threads": 1.5},
        {"threads": 1000},
        {"threads": "all"},
        {"seed": -1},
        {"seed": 2**31},
        {"seed": 0.5},
    ],
    ids=str,
)
def test_an_option_out_of_range_is_refused_and_named(option: dict[str, Any]) -> None:
    with pytest.raises(UnknownOption, match=next(iter(option))):
        solve(ONE_DEAL, **option)


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="presolve"):
        solve(ONE_DEAL, presolve=False)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "option",
    [
        {"gap": 0},
        {"gap": 1},
        {"gap": Decimal("0.01")},
        {"gap": np.float64(0.01)},
        {"time_limit": 5},
        {"time_limit": 2.5},
        {"seed": 2**31 - 1},
        {"threads": 2},
    ],
    ids=str,
)
def test_an_option_in_range_is_taken_and_reported(option: dict[str, Any]) -> None:
    result = solve(ONE_DEAL, **option)
    assert result.status == "optimal"
    ((name, value),) = option.items()
    assert result.options[name] == float(value)


def test_the_second_run_may_be_spared_and_the_result_says_so() -> None:
    result = solve(ONE_DEAL, verify=False)
    assert (result.status, result.objective, result.verified) == ("optimal", 10, False)
    assert result.verification.said.startswith("Not verified")
    assert "verification" not in result.timings
    assert result.options["verify"] is False


def test_models_go_by_name_file_or_record(tmp_path: Path) -> None:
    instance = read_instance(INSTANCES / "two_deals")
    (tmp_path / "mine.yaml").write_text("format: portfolioopt-model/1\nname: mine\nsolver: {gap: 0.01}\n")
    by_name, by_record = solve(instance, "expected_value"), solve(instance, Model())
    by_file = solve(instance, read_model(tmp_path / "mine.yaml"))
    assert objective_of(by_name) == objective_of(by_record) == objective_of(by_file)
    assert by_file.model_name == "mine"
    assert by_file.options["gap"] == 0.01


def test_a_model_that_does_not_exist_or_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidModel):
        solve(ONE_DEAL, "no_such_model")
    with pytest.raises(InvalidModel, match="no_such_limit"):
        solve(ONE_DEAL, Model.model_validate({"limits": {"no_such_limit": {"price": 1}}}))


def test_an_instance_that_was_built_past_its_checks_is_refused() -> None:
    written = case(deal("deal", {"on": {}}, (form("nowhere"),)))
    with pytest.raises(InvalidInstance, match="nowhere"):
        solve(Instance.model_validate(written))


def test_a_plan_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    model = Model.model_validate({"changes": {"price": 1, "against": str(tmp_path / "missing.json")}})
    with pytest.raises(InvalidInput, match=r"missing\.json"):
        solve(ONE_DEAL, model)


# ---- what it leaves behind -------------------------------------------------------------------------------------------


@pytest.fixture
def silent(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is printed, on any level, and nothing is logged."""
    caplog.set_level(logging.DEBUG)
    yield
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert [record for record in caplog.records if record.name.startswith("portfolioopt")] == []


@pytest.mark.parametrize("seed", [0, 3, 5])
@pytest.mark.usefixtures("silent")
def test_nothing_is_printed(seed: int) -> None:
    solved(*random_instance(seed))


@pytest.mark.usefixtures("silent")
def test_nothing_is_printed_when_nothing_is_feasible() -> None:
    assert solved(case(owned(), activity=[{"id": "few", "at_most": 0}])).status == "infeasible"


def test_the_handler_of_ctrl_c_is_the_callers_again() -> None:
    def own(*_: object) -> None:
        """The caller's."""

    before = signal.signal(signal.SIGINT, own)
    try:
        solve(ONE_DEAL)
        assert signal.getsignal(signal.SIGINT) is own
        with pytest.raises(UnknownOption):
            solve(ONE_DEAL, gap=-1)
        assert signal.getsignal(signal.SIGINT) is own
        with pytest.raises(ZeroDivisionError):
            solve(crowded(30), progress=lambda _: 1 // 0)  # type: ignore[arg-type,return-value]
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_callers_objects_stay_as_they_are() -> None:
    written, choices = random_instance(4)
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    before = instance.model_dump(), model.model_dump()
    solve(instance, model)
    assert (instance.model_dump(), model.model_dump()) == before
    assert random_instance(4) == (written, choices)


def test_random_states_directory_and_environment_stay_as_they_are() -> None:
    import random

    before = random.getstate(), np.random.get_state()[1].tolist(), Path.cwd(), dict(os.environ)  # type: ignore[index]
    solved(*random_instance(5, tight=True))
    after = random.getstate(), np.random.get_state()[1].tolist(), Path.cwd(), dict(os.environ)  # type: ignore[index]
    assert after == before


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    solve(ONE_DEAL, threads=2)
    assert threading.active_count() == before


def test_solving_in_other_threads_gives_the_same_answers() -> None:
    inputs = [random_instance(seed) for seed in range(8)]
    alone = [solved(*each) for each in inputs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda each: solved(*each), inputs))
    assert [(one.status, one.plan, one.objective) for one in together] == [
        (one.status, one.plan, one.objective) for one in alone
    ]


def test_no_warning_is_raised_on_the_way() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(6):
            solved(*random_instance(seed, tight=bool(seed % 2)))


# ---- what it reports -------------------------------------------------------------------------------------------------


def test_the_result_tells_where_the_time_went() -> None:
    result = solve(ONE_DEAL)
    assert {"networks", "formulation", "hand-over", "search", "verification", "audit", "total"} <= set(result.timings)
    assert all(seconds >= 0 for seconds in result.timings.values())
    assert result.timings["total"] >= sum(result.timings[phase] for phase in ("networks", "formulation", "search"))


def test_the_log_holds_every_run() -> None:
    result = solve(ONE_DEAL)
    assert "--- search: presolve on" in result.log
    assert "--- verification: presolve off" in result.log


def test_plans_that_the_audit_refused_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "refused" not in solve(ONE_DEAL).verification.said
    honest = solving.verdict_of

    def strict(instance: Instance, found: Audit) -> Verdict:
        early = any(one.line == "benefit" and one.year == 2026 for one in found.money)
        breaches = (Breach("unknown", "unknown", "base", 0),) if early else ()
        return Verdict(honest(instance, found).objective, breaches)

    monkeypatch.setattr(solving, "verdict_of", strict)
    late = Instance.model_validate(case(deal("deal", {"on": {"benefit": 10}}, (form(),)), years=2))
    result = solve(late)
    assert result.objective == 10
    assert result.verification.said.endswith(
        "The audit refused a plan of the solver that broke a hard limit; the search went on without it."
    )
    assert solve(late, verify=False).verification.said.startswith("Not verified: no second run was made. The audit ref")


def test_doing_nothing_is_audited_beside_the_plan() -> None:
    result = solve(Instance.model_validate(case(owned("a", benefit=3), deal("b", {"on": {"benefit": 2}}, (form(),)))))
    assert result.do_nothing is not None
    assert (result.do_nothing.objective, objective_of(result)) == (3, 5)


def test_progress_is_told() -> None:
    seen: list[Sight] = []
    result = solve(crowded(20), gap=0, time_limit=6, progress=seen.append)
    assert result.audit is not None
    assert seen
    # a slow machine gives up solving this one whole, and goes on with prices
    assert "search" in {sight.phase for sight in seen}
    assert {"verification", "prices"} & {sight.phase for sight in seen}
    assert {sight.phase for sight in seen} <= {"search", "verification", "prices", "cores", "neighbourhoods", "ties",
                                               "LP relaxation", "scenarios apart"}  # fmt: skip


def test_a_plan_to_compare_with_is_offered_as_a_start(tmp_path: Path) -> None:
    first = solve(ONE_DEAL)
    assert first.plan is not None
    write_plan(Plan(first.plan.decisions), tmp_path / "before.json")
    model = Model.model_validate({"changes": {"price": 100, "against": str(tmp_path / "before.json")}})
    assert solve(ONE_DEAL, model, time_limit=0.001).plan == first.plan


# ---- laws ------------------------------------------------------------------------------------------------------------


def with_budget(written: Written, by: int) -> Written:
    budget = written["capital"]["budget"]
    richer = [number + by for number in budget] if isinstance(budget, list) else budget + by
    return {**written, "capital": {**written["capital"], "budget": richer}}


def objective_or_nothing(result: Result) -> float:
    return -np.inf if result.objective is None else result.objective


@pytest.mark.parametrize("seed", range(24))
def test_more_budget_never_hurts(seed: int) -> None:
    written, choices = random_instance(seed, tight=bool(seed % 2))
    if "capital" not in written or "sensitivity" in written["capital"]:
        return  # more budget is not more in every scenario, or there is none
    values = [objective_or_nothing(solved(with_budget(written, by), choices)) for by in (0, 1, 1000)]
    assert all(poorer == richer or poorer <= richer + 1e-9 * abs(richer) for poorer, richer in pairwise(values))


@pytest.mark.parametrize("family", ["capital", "skills", "exposures", "activity", "moves", "rules"])
@pytest.mark.parametrize("seed", range(4))
def test_dropping_a_family_of_limits_never_hurts(seed: int, family: str) -> None:
    written, choices = random_instance(seed)
    choices = {key: value for key, value in choices.items() if key != "limits"}
    free = {key: value for key, value in written.items() if key != family}
    limited = objective_or_nothing(solved(written, choices))
    assert objective_or_nothing(solved(free, choices)) >= limited - 1e-9 * abs(limited) or limited == -np.inf


def test_a_year_at_the_end_that_nothing_flows_in_changes_nothing() -> None:
    written = case(deal("deal", {"on": {"benefit": [4, 3, 0]}}, (form(window=[2026, 2026]),)), years=2)
    longer = written | {"horizon": {"first_year": 2026, "years": 5}}
    assert objective_of(best_of(written)) == objective_of(best_of(longer)) == best_plan(longer).objective == 7
