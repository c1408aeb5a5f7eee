"""The worked examples of the pages of frontier, rolling and stress, on two scenarios of the large instance.

Each runs the very command that its page shows, with the instance made smaller and little work for each solve; whatif
has its own (`tests/test_whatif_page.py`), and so has sweep (`test_sweep.py`).
"""

import re
import shlex
from decimal import Decimal
from pathlib import Path

import pytest

from portfolioopt import Instance, cases, read_instance
from portfolioopt.cases import apply
from portfolioopt.command import run
from portfolioopt.language.writing import to_yaml
from portfolioopt.studies.answer import from_json
from portfolioopt.studies.frontier import Frontier
from portfolioopt.studies.rolling import Rolling
from portfolioopt.studies.stress import Stress

ROOT = Path(__file__).parents[2]
LARGE = "instances/automaker_2026"
STAY = ("steady", "slow_ev")


def example(study: str) -> list[str]:
    """The arguments of the command that a page shows on the large instance."""
    page = (ROOT / "docs" / f"{study}.md").read_text(encoding="utf-8")
    (command,) = re.findall(rf"^\$ portfolioopt ({study} {LARGE}.*)$", page, re.MULTILINE)
    return shlex.split(command)


@pytest.fixture(scope="module")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The large instance in two of its scenarios."""
    facts = read_instance(ROOT / LARGE)
    others = [future.name for future in facts.scenarios if future.name not in STAY]
    halves = [cases.set_value(f"scenarios.{name}.probability", Decimal("0.5")) for name in STAY]
    smaller, _ = apply(cases.case("smaller", *(cases.remove(f"scenarios.{name}") for name in others), *halves), facts)
    assert isinstance(smaller, Instance)
    place = tmp_path_factory.mktemp("reduced") / "instance.yaml"
    place.write_text(to_yaml(smaller), encoding="utf-8")
    return place


@pytest.mark.parametrize("study", ["frontier", "rolling", "stress"])
def test_the_worked_example_of_a_page_on_the_large_instance_made_smaller(
    study: str, reduced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = example(study)
    assert command[1] == LARGE
    if "--out" in command:
        del command[command.index("--out") : command.index("--out") + 2]
    less = ["--work-limit", "2.5", "--gap", "0.1", "--no-verify", "--out", str(tmp_path / "out")]
    assert run([study, str(reduced), *command[2:], *less]) == 0
    told = capsys.readouterr().out
    answer = from_json((tmp_path / "out" / "study.json").read_text(encoding="utf-8"))
    if isinstance(answer, Frontier):
        values = [one.value.low for one in answer.points]
        assert len(answer.points) > 1
        assert values == sorted(values, reverse=True)
        assert "given up" in told
    elif isinstance(answer, Rolling):
        assert answer.rolling is not None
        assert answer.rolling <= answer.policy.low * (1 + 1e-9)
        assert answer.policy.low <= answer.hindsight.high
        assert set(answer.scenarios) == set(STAY)
        assert "plan again at each review" in told
    else:
        assert isinstance(answer, Stress)
        assert answer.npv is not None
        assert answer.draws == answer.asked
        assert len(answer.volatility) == 2
        assert answer.correlation != ()
        assert "correlated: " in told
