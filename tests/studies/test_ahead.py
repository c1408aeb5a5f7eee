"""Cases solved several at a time, ahead of being asked for: the same answers, and nothing lost when a process is."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.portfolios import realistic
from portfolioopt import Instance, Means, price_deals, price_rights, price_terms, read_instance
from portfolioopt.cases import Applied, apply, case, forbid
from portfolioopt.studies import desk as desks
from portfolioopt.studies.ahead import Ahead, Asked
from portfolioopt.studies.answer import About, Answer
from portfolioopt.studies.from_base import FromBase
from portfolioopt.studies.optimum import Optimum
from portfolioopt.studies.pace import Step

FIVE = read_instance(Path(__file__).parents[2] / "instances" / "five_deals")
MEDIUM = Instance.model_validate(realistic(2, 16, 8, 6))
ANSWERED: list[str] = []
"""What processes were asked for an answer to."""
COUNTED = Means(gap=0.01, seed=3, work_limit=1.0)
STUDIES: dict[str, Callable[[Means], Answer]] = {
    "price_deals": lambda means: price_deals(MEDIUM, means=means, deals=[one.id for one in MEDIUM.partnerships[:4]]),
    "price_rights": lambda means: price_rights(FIVE, means=means),
    "price_terms": lambda means: price_terms(FIVE, FIVE.partnerships[0].id, means=means),
}


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Ahead]]:
    """Processes are started whatever the study; all that were."""
    found: list[Ahead] = []

    class Told(Ahead):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            found.append(self)

    answer = Ahead.answer

    def counted(self: Ahead, name: str) -> Optimum | None:
        came = answer(self, name)
        ANSWERED.append(name)
        return came

    ANSWERED.clear()
    monkeypatch.setattr(Ahead, "answer", counted)
    monkeypatch.setattr(desks, "WORTH_IT", 0.0)
    monkeypatch.setattr(desks, "cores", lambda: 2)
    monkeypatch.setattr(desks, "Ahead", Told)
    yield found
    assert not workers()


def workers() -> list[psutil.Process]:
    """Processes of loky that this one has."""
    children = psutil.Process().children(recursive=True)
    return [one for one in children if one.is_running() and "LokyProcess" in " ".join(one.cmdline())]


def told(answer: Answer) -> Answer:
    """An answer without how it came about."""
    nothing = About(
        "", "", "", "", complete=True, stopped_by="", solves=0, seconds=0, seed=0, input_hash="", versions={}
    )
    return replace(answer, about=nothing)  # type: ignore[type-var]


@pytest.mark.parametrize("study", STUDIES)
def test_where_work_is_counted_answers_are_the_same_as_one_after_the_other(study: str, begun: list[Ahead]) -> None:
    one_by_one = STUDIES[study](replace(COUNTED, threads=1))
    assert not begun
    at_once = STUDIES[study](COUNTED)
    assert len(begun) == 1
    assert len(ANSWERED) == at_once.about.solves - 1
    assert told(at_once) == told(one_by_one)
    assert (at_once.about.complete, at_once.about.solves) == (True, one_by_one.about.solves)


def test_of_what_takes_no_time_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(desks, "Ahead", never)
    assert price_deals(FIVE).about.complete


def test_what_is_lost_with_a_process_is_solved_by_whoever_asks(begun: list[Ahead]) -> None:
    killed: list[int] = []

    def kill(step: Step) -> None:
        if step.doing.startswith("without "):
            for worker in workers():
                killed.append(worker.pid)
                worker.kill()

    whole = price_deals(FIVE, means=COUNTED)
    hurt = price_deals(FIVE, means=COUNTED, watch=kill)
    assert told(hurt) == told(whole)
    assert hurt.about.complete
    assert len(begun) == 2
    assert killed


@pytest.mark.parametrize("wrong", ["value", "plan"])
def test_what_a_process_says_is_audited_before_it_is_believed(
    wrong: str, begun: list[Ahead], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = price_deals(FIVE, means=COUNTED)
    answer = Ahead.answer

    def tampered(self: Ahead, name: str) -> Optimum | None:
        found = answer(self, name)
        if found is None or found.plan is None:
            return found
        if wrong == "value":
            return replace(found, value=replace(found.value, low=found.value.low + 1, high=found.value.high + 1))
        return replace(found, plan=replace(found.plan, decisions=found.plan.decisions[1:]))

    monkeypatch.setattr(Ahead, "answer", tampered)
    assert told(price_deals(FIVE, means=COUNTED)) == told(honest)
    assert len(begun) == 2


def test_ctrl_c_keeps_what_is_done_and_leaves_no_process_behind(begun: list[Ahead]) -> None:
    sent: list[int] = []

    def watch(step: Step) -> None:
        if step.done == 4 and not sent:
            sent.append(step.done)
            os.kill(os.getpid(), signal.SIGINT)

    began = time.perf_counter()
    found = price_deals(MEDIUM, means=Means(gap=1e-4, seed=3), watch=watch)
    assert (found.about.complete, found.about.stopped_by) == (False, "interrupted")
    assert 0 < len(found.deals) < len(MEDIUM.partnerships)
    assert len(begun) == len(sent) == 1
    assert time.perf_counter() - began < 60


def test_another_question_of_the_same_name_is_not_answered(begun: list[Ahead]) -> None:
    desk = desks.Desk("price_deals", FIVE, "expected_value", COUNTED)
    first, second = (one.id for one in FIVE.partnerships[:2])

    def without(name: str) -> Applied:
        return apply(case("edited", forbid(name)), desk.instance, desk.model)

    with desk.at_work():
        work = FromBase.of(desk)
        asked = [work.asks("without it", without(first)), work.asks("another", without(second))]
        desk.ahead(asked)
        (ahead,) = begun
        assert ahead.holds(asked[0])
        other = Asked("without it", asked[1].instance, asked[1].model, asked[1].request)
        assert not ahead.holds(other)
        assert not ahead.holds(replace(asked[0], request=replace(asked[0].request, bound=1.0)))
        assert not ahead.holds(replace(asked[0], name="nobody has asked"))
        assert desk.optimum("without it", other.instance, other.model, other.request).value.low == pytest.approx(
            work.solved(work.asks("once more", without(second))).value.low
        )
