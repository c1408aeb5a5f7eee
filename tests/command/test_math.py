"""`portfolioopt math`: the algebra of one model, in 80 columns, and as JSON."""

import json
from pathlib import Path

import pytest

from portfolioopt.command import run
from portfolioopt.language.reading import shipped_models

ROOT = Path(__file__).parents[2]
INSTANCES = ("two_deals", "five_deals")


@pytest.mark.parametrize("model", shipped_models())
@pytest.mark.parametrize("instance", [None, *INSTANCES])
def test_it_fits_80_columns_without_colour(
    model: str, instance: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--instance", str(ROOT / "instances" / instance)] if instance else []
    assert run(["math", model, *more]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)
    assert any(line.startswith("Symbols") for line in lines)


def test_only_what_is_written_for_an_instance_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["math", "--instance", str(ROOT / "instances" / "two_deals")]) == 0
    shown = capsys.readouterr().out
    assert "Skills" in shown
    assert "hire.cost" not in shown
    for absent in ("Pools", "Rules", "Moves", "Risk", "Soft limits", "penalties", "fill[n,i]"):
        assert absent not in shown


def test_soft_limits_name_their_prices_where_they_may_be_exceeded(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["math", "cautious", "--instance", str(ROOT / "instances" / "five_deals")]) == 0
    shown = capsys.readouterr().out
    assert "E[NPV] − penalties" in shown
    assert "May be exceeded: skills at 0.3 for a unit and year." in shown


def test_json_holds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["math", "risk_averse", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["instance"] is None
    assert told["objective"]["latex"].startswith(r"(1 - \text{weight})\cdot \mathbb{E}")
    by_name = {block["name"]: block for block in told["blocks"]}
    assert by_name["risk.cvar"]["settings"] == {"tail": 0.1, "weight": 0.3}
    assert by_name["skills.write"]["rows"] is None
    assert {"symbol", "latex", "meaning", "code", "key"} == set(told["symbols"][0])


def test_what_cannot_be_read_is_told_as_ever(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["math", "no_such_model"]) == 3
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: portfolioopt-model/1\nlimits: {nowhere: {price: 1}}\n")
    assert run(["math", str(bad), "--instance", str(ROOT / "instances" / "two_deals")]) == 3
    assert "nowhere" in capsys.readouterr().err
