"""`portfolioopt models` lists every shipped model with what it is for."""

import json
from pathlib import Path

import pytest

from portfolioopt.command import run
from portfolioopt.language.reading import shipped_models


def test_every_shipped_model_has_a_line_that_says_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in lines] == list(shipped_models())
    assert all(len(line.split()) > 3 for line in lines)
    assert run(["models", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found] == list(shipped_models())
    assert all(Path(one["file"]).is_file() and one["asks"].endswith("?") for one in found)
