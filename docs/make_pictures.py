"""Makes docs/roadmap.svg, the picture in the README, from a solved run.

python docs/make_pictures.py          solves instances/five_deals first
python docs/make_pictures.py RUN      takes a run folder; the same run gives the same picture
"""

import io
import re
import sys
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import RenderableType
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

import portfolioopt
from portfolioopt.command.show import report
from portfolioopt.command.show.layout import ReportConsole
from portfolioopt.result import Result
from portfolioopt.runs import read_run

DOCS = Path(__file__).resolve().parent
PICTURE = DOCS / "roadmap.svg"
INSTANCE = DOCS.parent / "instances" / "five_deals"
COMMAND = "portfolioopt solve instances/five_deals"
COLUMNS = 100
LEFT_OUT_FROM = "Bandwidth and exposure"
"""The picture ends before this section: what binds, scenarios and checks would make it too tall for a page."""
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def picture(result: Result) -> str:
    """The first sections of a report as SVG, with nothing in it that a reader's program would fetch."""
    console = ReportConsole(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False,
        markup=False, emoji=False, legacy_windows=False, no_color=False,
    )  # fmt: skip
    for part in takewhile(_is_shown, report(result, console)):
        console.print(part)
    return console.export_svg(
        title=COMMAND, theme=SVG_EXPORT_THEME, code_format=_offline(CONSOLE_SVG_FORMAT), unique_id="roadmap"
    )


def _is_shown(part: RenderableType) -> bool:
    return not (isinstance(part, Text) and part.plain.strip().startswith(LEFT_OUT_FROM))


def _offline(template: str) -> str:
    """Rich's template without its web fonts and its remark: fonts are those that the reader has."""
    template = re.sub(r"@font-face \{\{.*?\}\}", "", template, flags=re.DOTALL)
    template = re.sub(r"<!--.*?-->", "", template, flags=re.DOTALL)
    template = re.sub(r"font-family: [^;]*;", f"font-family: {FONTS};", template)
    return re.sub(r"\n\s*\n+", "\n", template)


def main(arguments: Iterable[str]) -> None:
    """Writes the picture of the run given, or of a fresh solve."""
    run = next(iter(arguments), None)
    result = portfolioopt.solve(portfolioopt.read_instance(INSTANCE)) if run is None else read_run(Path(run))
    PICTURE.write_text(picture(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
