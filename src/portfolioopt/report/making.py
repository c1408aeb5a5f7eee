"""From run folders to the files of a report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from portfolioopt.report.comparison import comparison_page
from portfolioopt.report.content import Page
from portfolioopt.report.extra import need_extra
from portfolioopt.report.html import draw, html
from portfolioopt.report.pdf import write_pdf
from portfolioopt.report.run import Run, open_run
from portfolioopt.report.single import single_page
from portfolioopt.report.writing import refuse_foreign, write_page, write_pictures

ONE, SEVERAL = "report.html", "comparison.html"


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a report."""

    page: Path
    charts: tuple[str, ...]
    """Names of the charts, in the order of the page."""
    pictures: tuple[Path, ...]
    pdf: Path | None


def default_page(runs: Sequence[Path]) -> Path:
    """Where the page goes if no place is asked for: into the (first) run folder."""
    return runs[0] / (ONE if len(runs) == 1 else SEVERAL)


def page_of(runs: Sequence[Run]) -> Page:
    """The report of one run, or of several side by side."""
    return single_page(runs[0]) if len(runs) == 1 else comparison_page(runs)


def write_report(
    folders: Sequence[Path],
    page: Path | None = None,
    *,
    studies: Sequence[Path] = (),
    pictures: Path | None = None,
    browser: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Written:
    """Writes the report of one run, or the comparison of several, and returns where it is.

    page       the HTML file; without it, report.html or comparison.html in the first run folder
    studies    folders of studies whose exhibits belong on the page, beside those that are found by themselves
    pictures   folder for a PNG of each chart
    browser    prints the page as PDF beside it
    progress   told in words what is being done

    Raises `MissingExtra` where packages are missing, `InvalidInput` for what is no run or cannot be written.
    """
    need_extra()
    said = progress or (lambda _: None)
    target = page or default_page(folders)
    refuse_foreign(target)
    said("reading")
    made = page_of([open_run(folder, studies) for folder in folders])
    drawings = draw(made.charts, lambda number: said(f"drawing chart {number} of {len(made.charts)}"))
    write_page(target, html(made, drawings))
    shown = tuple(write_pictures(pictures, drawings)) if pictures else ()
    printed = None
    if browser is not None:
        said("printing")
        printed = target.with_suffix(".pdf")
        write_pdf(target, printed, browser)
    return Written(target, tuple(chart.name for chart in made.charts), shown, printed)
