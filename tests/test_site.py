"""The site: every page of docs/ is in it, it builds without a warning, and it needs no network."""

import re
import subprocess
import sys
from pathlib import Path

from docs.extension import PARTS, PLACE, fill
from docs.extension.studies import GUIDES, pages
from portfolioopt.studies import STUDIES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(str(page.relative_to(DOCS).with_suffix("")) for page in DOCS.rglob("*.md"))
FETCHED = re.compile(r"""<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)="((?:https?:)?//[^"]+)""")
NAMED_BY_CSS = re.compile(r"""(?:@import|url\()\s*["']?((?:https?:)?//[^"')]+)""")


def listed(page: str) -> set[str]:
    """The pages that the tables of contents of a page name."""
    text = fill((DOCS / f"{page}.md").read_text(encoding="utf-8"))
    lines = [line for block in re.findall(r"```{toctree}\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    return {line.strip() for line in lines if line.strip() and not line.startswith(":")}


def test_the_site_builds_without_a_warning_and_fetches_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-d", str(tmp_path / "trees")]
    done = subprocess.run([*command, str(DOCS), str(tmp_path / "site")], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert [page for page in PAGES if not (tmp_path / "site" / f"{page}.html").exists()] == []
    for file in (tmp_path / "site").rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert FETCHED.findall(text) == [], file.name
        assert not PLACE.search(text), f"{file.name} holds a part that was not made"
    for style in (tmp_path / "site").rglob("*.css"):
        assert NAMED_BY_CSS.findall(style.read_text(encoding="utf-8")) == [], style.name


def test_every_page_is_in_a_table_of_contents() -> None:
    missing = set(PAGES) - listed("index") - {"index"}
    assert not missing, f"in no table of contents of docs/index.md: {', '.join(sorted(missing))}"
    unknown = listed("index") - set(PAGES)
    assert not unknown, f"docs/index.md names pages that are not there: {', '.join(sorted(unknown))}"


def test_every_study_has_its_page_among_the_questions_and_no_guide_is_there() -> None:
    assert [name for name in STUDIES if name not in pages()] == []
    assert set(pages()).isdisjoint(GUIDES)
    assert {f"{name}.md" for name in GUIDES} <= {page.name for page in DOCS.glob("*.md")}


def test_every_part_made_from_the_code_is_on_a_page() -> None:
    named = {name for page in PAGES for name in PLACE.findall((DOCS / f"{page}.md").read_text(encoding="utf-8"))}
    assert named == set(PARTS)
