"""`portfolioopt report`: a run as a page for the board, or several runs side by side."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from portfolioopt.command.talk import data, harmless


def report_command(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run folders; two or more are compared.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The page; report.html in the run folder if not given."),
    ] = None,
    studies: Annotated[
        list[Path] | None,
        typer.Option(
            "--with",
            metavar="STUDY",
            help="Also show this saved study; may repeat. Studies of the same input beside the run are shown anyway.",
        ),
    ] = None,
    png: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write each chart as a PNG into this folder.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also print the page as PDF, with an installed browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Tell what was written as JSON.")] = False,
) -> None:
    """Write a run as one HTML page that works offline; compare two or more runs.

    Prints the names of the files written. Needs: pip install 'portfolioopt[report]'.
    """
    if studies and len(runs) > 1:
        raise typer.BadParameter("studies belong to one run, and a comparison shows several", param_hint="--with")
    from portfolioopt.report.extra import need_extra

    need_extra()

    from portfolioopt.report.making import write_report
    from portfolioopt.report.pdf import TO_GET_ONE, find_browser

    browser = find_browser() if pdf else None
    if pdf and browser is None:
        raise typer.BadParameter(TO_GET_ONE, param_hint="--pdf")
    with _progress() as progress:
        written = write_report(runs, out, studies=studies or (), pictures=png, browser=browser, progress=progress)
    files = [written.page, *written.pictures, *([written.pdf] if written.pdf else [])]
    if as_json:
        told = {
            "page": str(written.page),
            "pdf": str(written.pdf) if written.pdf else None,
            "charts": list(written.charts),
            "pictures": [str(path) for path in written.pictures],
        }
        data(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for path in files:
        data(harmless(str(path)))


@contextmanager
def _progress() -> Iterator[Callable[[str], None] | None]:
    """A line on stderr that says what is being done, if somebody is there to see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading") as status:
        yield status.update
