"""The pages of the docs keep their word: commands print what is shown below them, snippets run.

A block of `sh` with commands of portfolioopt is run; if a block of `text` follows, what they print must be that, but
for the seconds that it took. A block of `python` is run in the same way.
"""

import re
import shlex
from pathlib import Path

import pytest

from portfolioopt.command import run
from portfolioopt.studies import STUDIES

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def steps(name: str) -> list[tuple[str, str, str | None]]:
    """(kind, text, what it must print) of every block that is run."""
    blocks = BLOCK.findall((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8"))
    following = [*blocks[1:], ("", "")]
    return [
        (kind, text, claim if after == "text" else None)
        for (kind, text), (after, claim) in zip(blocks, following, strict=True)
        if kind != "text"
    ]


def without_seconds(text: str) -> str:
    return re.sub(r" in (<0\.1|[\d.]+) s(econds)?\b| in \d+ min \d+ s", " in … s", text)


@pytest.mark.parametrize("name", STUDIES)
def test_what_a_page_shows_comes_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("instances", "models"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    shown = steps(name)
    assert any(claim for kind, _, claim in shown if kind == "sh"), "a page shows what its command prints"
    scope: dict[str, object] = {}
    for kind, text, claim in shown:
        capsys.readouterr()
        if kind == "python":
            exec(compile(text, f"{name}.md", "exec"), scope)
        else:
            for line in text.splitlines():
                command, _, remark = line.partition("#")
                code = re.search(r"exits with (\d+)", remark)
                assert run(shlex.split(command)[1:]) == (int(code[1]) if code else 0), line
        if claim is not None:
            assert without_seconds(capsys.readouterr().out) == without_seconds(claim)
