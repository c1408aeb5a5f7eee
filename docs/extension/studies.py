"""The pages of the studies, one for each, without a list that could forget one."""

from pathlib import Path

from portfolioopt.studies import STUDIES

SOURCE = Path(__file__).resolve().parents[1]
GUIDES = ("index", "tutorial", "reading_a_plan", "concepts", "language", "algebra", "api", "adding_a_family", "speed",
          "clusters")  # fmt: skip
"""Pages of docs/ that answer no question of a planner; the index names them by hand."""


def pages() -> list[str]:
    """Pages that answer a question: what-ifs, every study in its order, and any other page that is there."""
    there = {page.stem for page in SOURCE.glob("*.md")} - set(GUIDES)
    listed = [name for name in ("whatif", *STUDIES) if name in there]
    return [*listed, *sorted(there - set(listed))]


def studies() -> str:
    """The table of contents of the questions."""
    return "\n".join(["```{toctree}", ":caption: Questions", ":maxdepth: 1", "", *pages(), "```"])
