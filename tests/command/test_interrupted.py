"""Ctrl-C ends a study with what is known by then: told, saved, labelled, and the exit code says so."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portfolioopt.command import run, study
from portfolioopt.studies.answer import Answer
from portfolioopt.studies.pace import Step
from portfolioopt.studies.price_deals import PriceDeals
from portfolioopt.studies.saving import read_study

INSTANCES = Path(__file__).parents[2] / "instances"


def test_a_signal_in_the_midst_of_a_study_keeps_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent: list[int] = []

    def watch(step: Step) -> None:
        if step.done == 3 and not sent:
            sent.append(step.done)
            os.kill(os.getpid(), signal.SIGINT)

    @contextmanager
    def watching(*, wanted: bool) -> Iterator[object]:
        assert wanted
        yield watch

    monkeypatch.setattr(study, "study_progress", watching)
    folder = tmp_path / "study"
    assert run(["price", "deals", str(INSTANCES / "five_deals"), "--out", str(folder)]) == 130
    assert "Partial answer, stopped by: interrupted" in capsys.readouterr().out
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["complete"], manifest["stopped_by"]) == (False, "interrupted")
    saved: Answer = read_study(folder)
    assert isinstance(saved, PriceDeals)
    assert saved.base.low == pytest.approx(1245.938168, abs=1e-6)
    assert 1 <= len(saved.deals) < 6
    assert len(sent) == 1


@pytest.mark.parametrize("command", [["validate"], ["solve"], ["price", "deals"], ["runs", "list"]])
def test_a_signal_before_anything_is_read_is_told_in_one_line(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def reading(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    if command == ["runs", "list"]:
        monkeypatch.setattr(Path, "iterdir", reading)
        asked = command
    else:
        monkeypatch.setattr("portfolioopt.language.reading.parse", reading)
        asked = [*command, str(INSTANCES / "five_deals")]
    assert run(asked) == 130
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "portfolioopt: interrupted\n")
