"""`portfolioopt init` gives a sound first instance and overwrites nothing."""

from pathlib import Path

import pytest

from portfolioopt.command import run
from portfolioopt.language.reading import read_instance


def test_the_copy_is_sound(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "a" / "b")]) == 0
    assert read_instance(tmp_path / "a" / "b").partnerships


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "instance.yaml").write_text("mine")
    assert run(["init", str(tmp_path)]) == 2
    assert "already holds instance.yaml" in capsys.readouterr().err
    assert (tmp_path / "instance.yaml").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["instance.yaml"]


def test_a_file_in_the_way_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run(["init", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
