"""`portfolioopt models` lists every shipped model with what it is for."""

import pytest

from portfolioopt.command import run
from portfolioopt.language.reading import shipped_models


def test_every_shipped_model_has_a_line_that_says_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(shipped_models())
    assert all(len(line.split()) > 3 for line in lines)
