"""The pages of the docs keep their word: commands print what is shown below them, snippets run, files shown are used.

Every block is run, in order, in a folder that looks like the checkout:

    sh      each line; a remark `# exits with 4` tells the exit code that is claimed
    python  as a program; all of a page share their names
    yaml    one that begins with `# NAME.yaml` is saved under that name
    diff    below `--- FILE`, lines with - are replaced by those with + in the file, as a reader would
    text    what the block above prints (what it says beside, if it prints nothing); a line `…` stands for any lines

Seconds and numbers of solves are not compared, and neither are the folders that runs are saved in.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from portfolioopt.command import run
from portfolioopt.studies import STUDIES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ELSEWHERE = {
    "whatif": "tests/test_whatif_page.py runs it, each solve once",
    "adding_a_family": "tests/test_adding_a_family.py makes its edits in a copy of the sources",
    "speed": "python -m benchmarks page writes it; its commands measure for hours",
}
"""Pages that are not run here, and why."""
PAGES = sorted(
    name for page in DOCS.rglob("*.md") if (name := str(page.relative_to(DOCS).with_suffix(""))) not in ELSEWHERE
)
BLOCK = re.compile(r"^```(sh|python|text|yaml|diff)\n(.*?)^```", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"# ([\w.-]+\.yaml)\n")


def steps(name: str) -> list[tuple[str, str, str | None]]:
    """(kind, text, what it must print) of every block that is run."""
    blocks = BLOCK.findall((DOCS / f"{name}.md").read_text(encoding="utf-8"))
    following = [*blocks[1:], ("", "")][: len(blocks)]
    return [
        (kind, text, claim if after == "text" else None)
        for (kind, text), (after, claim) in zip(blocks, following, strict=True)
        if kind != "text"
    ]


def comparable(text: str) -> str:
    """The same without seconds, without the time in the names of run folders, and without how many solves it took: a
    search that stops when its time is up may take one more or less.
    """
    text = re.sub(r"\b\d+ solves in ", "… solves in ", text)
    text = re.sub(r" in (<0\.1|[\d.]+) s(econds)?\b| in \d+ min \d+ s", " in … s", text)
    text = re.sub(r"(;|after|audit) (<0\.1|[\d.]+) s\b", r"\1 … s", text)
    return re.sub(r"\d{8}T\d{6}Z-|-[0-9a-f]{8}\b", "…", text)


def shown_as(claim: str, printed: str) -> bool:
    """Whether a claim is what was printed, where a line `…` stands for any number of lines."""
    first, *others = ([*part.splitlines()] for part in re.split(r"^ *…\n", claim, flags=re.MULTILINE))
    lines = printed.splitlines()
    if not others:
        return lines == first
    if lines[: len(first)] != first:
        return False
    at = len(first)
    *middle, last = others
    for part in middle:
        found = (place for place in range(at, len(lines) - len(part) + 1) if lines[place : place + len(part)] == part)
        place = next(found, None)
        if place is None:
            return False
        at = place + len(part)
    return len(lines) - len(last) >= at and lines[len(lines) - len(last) :] == last


def apply(diff: str) -> None:
    """Makes the edit that a page asks its reader to make."""
    header, *lines = diff.splitlines()
    file = Path(header.removeprefix("--- "))
    old, new = ("".join(f"{line[1:]}\n" for line in lines if line[:1] in (sign, " ")) for sign in "-+")
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file} holds these lines {text.count(old)} times:\n{old}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def sets_up(line: str) -> bool:
    """Whether a line makes an environment. Every run of the tests begins with those of the README and the Makefile."""
    command = line.partition("#")[0].strip()
    if not re.match(r"(python3 -m venv|(\.venv/bin/)?python -m pip|source|make) ", command):
        return False
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace(" --quiet", "")
    made = makefile.replace("$(BIN)", ".venv/bin").replace("$(PYTHON)", "python3").replace("$@", ".venv").splitlines()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    known = command in readme or f"\t{command}" in made
    assert known, f"neither the README nor the Makefile has this line: {command}"
    return True


def shell(line: str) -> int:
    """Runs a line that is more than a command of ours."""
    folder = Path(".commands")
    folder.mkdir(exist_ok=True)
    (folder / "portfolioopt").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m portfolioopt "$@"\n', encoding="utf-8")
    (folder / "portfolioopt").chmod(0o755)
    path = os.pathsep.join([str(folder.resolve()), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(["bash", "-c", line], env={**os.environ, "PATH": path}, capture_output=True, text=True)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_comes_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("instances", "models"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    shown = steps(name)
    if name in STUDIES:
        assert any(claim for kind, _, claim in shown if kind == "sh"), "a page shows what its command prints"
    scope: dict[str, object] = {}
    for kind, text, claim in shown:
        capsys.readouterr()
        if kind == "python":
            exec(compile(text, f"{name}.md", "exec"), scope)
        elif kind == "diff":
            apply(text)
        elif kind == "yaml":
            if file := NAMED.match(text):
                Path(file[1]).write_text(text, encoding="utf-8")
        else:
            for line in text.splitlines():
                if sets_up(line):
                    continue
                command, _, remark = line.partition("#")
                code = re.search(r"exits with (\d+)", remark)
                alone = command.startswith("portfolioopt ") and not re.search(r"[|>;&]", command)
                ended = run(shlex.split(command)[1:]) if alone else shell(command)
                assert ended == (int(code[1]) if code else 0), line
        if claim is not None:
            printed = capsys.readouterr()
            assert shown_as(comparable(claim), comparable(printed.out or printed.err)), printed.out or printed.err
