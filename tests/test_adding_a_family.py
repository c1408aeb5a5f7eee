"""docs/adding_a_family.md is true: its edits, made in a copy of the sources, add a family, solved and audited."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from test_families_complete import OF_SOFT_FAMILIES, PLACES
from test_pages import BLOCK, DOCS, ROOT, apply

PAGE = (DOCS / "adding_a_family.md").read_text(encoding="utf-8")
FILE = re.compile(r"# (src/\S+\.py)\n")
MISSING = r"missing in ([\w/.]+): attention"
INSTANCE = """\
format: portfolioopt-instance/1
name: attentive
horizon: {first_year: 2026, years: 2}
discount_rate: 0
partnerships:
  - {id: small, states: {full: {benefit: 10, interfaces: 2}}, actions: [{id: f, kind: form, from: none, to: full}]}
  - {id: large, states: {full: {benefit: 15, interfaces: 3}}, actions: [{id: f, kind: form, from: none, to: full}]}
  - {id: other, states: {full: {benefit: 12, interfaces: 2}}, actions: [{id: f, kind: form, from: none, to: full}]}
attention:
  - {id: steering, at_most: [4, 5]}
"""
QUIETLY = ("-q", "-n", "0", "-p", "no:cacheprovider", "tests/test_families_complete.py")
SOLVE = """\
import portfolioopt
from portfolioopt.command import run
from portfolioopt.result.wording import limit_words

facts = portfolioopt.read_instance("attentive.yaml")
best = portfolioopt.solve(facts)
soft = portfolioopt.solve(facts, portfolioopt.Model.model_validate({"limits": {"steering": {"price": 1}}}))
print(best.status, best.verified, best.expected_npv, best.limits.query("headroom == 0")["id"].tolist())
print(soft.status, soft.expected_npv, soft.penalties)
print(limit_words(facts, "attention", "steering"))
run(["math", "--instance", "attentive.yaml"])
run(["export", "attentive.yaml", "-o", "attentive.xlsx"])
run(["import", "attentive.xlsx", "-o", "back.yaml"])
print(portfolioopt.read_instance("back.yaml") == facts)
"""


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sources and what their tests need, to be edited."""
    without = shutil.ignore_patterns("__pycache__")
    for folder in ("src", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=without)
    for folder in ("models", "instances", "tests"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with the copy as its portfolioopt."""
    path = os.pathsep.join(map(str, (copy / "src", copy, copy / "tests")))
    env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *arguments], cwd=copy, env=env, capture_output=True, text=True)


def follow() -> None:
    """Does what the page says."""
    for kind, text in BLOCK.findall(PAGE):
        if kind == "diff":
            apply(text)
        elif kind == "python":
            named = FILE.match(text)
            assert named, text.partition("\n")[0]
            Path(named[1]).write_text(text.partition("\n")[2], encoding="utf-8")


def test_the_places_told_are_those_that_are_checked() -> None:
    told = re.findall(r"^\| `([\w/.]+)` \|", PAGE, re.MULTILINE)
    assert sorted(told) == sorted({*PLACES, *OF_SOFT_FAMILIES})


def test_what_the_page_adds_is_complete_solved_audited_and_told(copy: Path) -> None:
    # the name alone: every other place is named
    apply('--- src/portfolioopt/language/families/__init__.py\n     "coordination",\n+    "attention",\n')
    said = run(copy, "-m", "pytest", *QUIETLY).stdout
    assert set(re.findall(MISSING, said)) == set(PLACES)

    shutil.copy(ROOT / "src/portfolioopt/language/families/__init__.py", copy / "src/portfolioopt/language/families")
    follow()
    done = run(copy, "-m", "pytest", *QUIETLY)
    assert done.returncode == 0, done.stdout
    (copy / "attentive.yaml").write_text(INSTANCE, encoding="utf-8")
    solved = run(copy, "-c", SOLVE)
    assert solved.returncode == 0, solved.stderr
    lines = solved.stdout.splitlines()
    # the two of 2 interfaces in both years: 22 + 22; all three at once would be 7 where 4 and 5 are allowed
    assert lines[0] == "optimal True 44.0 ['steering']"
    assert lines[1] == "optimal 74.0 5.0"
    assert "at most 4 to 5 by year live interfaces at once" in lines
    assert any("interfaces[p,n,a]·take[p,n,a] ≤ attention.at_most(y)" in line for line in lines)
    assert lines[-1] == "True"
