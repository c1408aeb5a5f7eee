"""A page as one HTML file that fetches nothing, runs nothing but its own script, and takes no text for markup."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from portfolioopt import __version__
from portfolioopt.report import svg
from portfolioopt.report.content import NARROW, WIDE, Cell, Chart, Page
from portfolioopt.report.harmless import harmless

FOLDER = Path(__file__).parent / "page"
GENERATOR = "portfolioopt"
"""How our own files are known."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, drawn for one form."""

    chart: Chart
    form: str
    raw: str
    """The SVG as it was drawn, which stands alone."""

    @property
    def svg(self) -> str:
        """The SVG as part of the page."""
        return svg.clean(self.raw, self.chart.says)


def draw(charts: Sequence[Chart], progress: Callable[[int], None] = lambda _: None) -> dict[str, tuple[Drawing, ...]]:
    """Every chart in both forms, by name; `progress` is told the number of the one that is drawn."""
    found = {}
    for number, chart in enumerate(charts, 1):
        progress(number)
        found[chart.name] = tuple(Drawing(chart, form.name, svg.drawn(chart.draw(form))) for form in (WIDE, NARROW))
    return found


def html(page: Page, drawings: dict[str, tuple[Drawing, ...]]) -> str:
    """The whole file."""
    from markupsafe import Markup

    style, script = (Markup((FOLDER / name).read_text(encoding="utf-8")) for name in ("page.css", "page.js"))
    text: str = _template().render(
        page=page,
        names={section.name: section.title for section in page.sections},
        drawings={
            name: [{"form": drawing.form, "svg": Markup(drawing.svg)} for drawing in both]
            for name, both in drawings.items()
        },
        style=style,
        script=script,
        policy=policy(style, script),
        generator=f"{GENERATOR} {__version__}",
    )
    return text


def policy(style: str, script: str) -> str:
    """Nothing from anywhere; of styles and scripts only the two of the page, known by their hashes."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_finalized,
    )  # fmt: skip
    environment.filters["cell"] = lambda value: value if isinstance(value, Cell) else Cell(str(value))
    environment.filters["kind"] = lambda value: type(value).__name__
    return environment.get_template("page.html")


def _finalized(value: Any) -> Any:
    """Text without what would move, hide or break it."""
    return harmless(value) if type(value) is str else value
