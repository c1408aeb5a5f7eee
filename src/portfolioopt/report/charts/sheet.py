"""A sheet to draw on in pixels, x to the right and y downwards; altair draws what is on it.

Marks are gathered by kind and drawn in the order grid, bands, areas, frames, lines, paths, symbols, text, so that a
picture of thousands of marks is still a chart of a few layers. Every place is known before it is drawn: what would run
into something else is cut or left out by whoever draws.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from portfolioopt.report.charts.colours import FAINT, GRID, INK, PAPER, QUIET
from portfolioopt.report.charts.lettering import SIZE, SMALL, fitted, width_of
from portfolioopt.report.charts.tips import tip

LINE = 20
"""Pixels from one line of a legend to the next."""
SWATCH = 12
DASHES = {"solid": [1, 0], "dashed": [5, 3], "dotted": [2, 3]}
ALIGNED = {"start": "left", "middle": "center", "end": "right"}
ORDER = ("grid", "band", "area", "frame", "line", "path", "symbol", "text")
Point = tuple[float, float]


@dataclass
class Sheet:
    """Marks so far."""

    width: float
    bottom: float = 1
    _rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _paths: int = 0

    def area(
        self, x: float, y: float, width: float, height: float, fill: str, *, said: str = "", key: str = ""
    ) -> None:
        """A filled rectangle."""
        self._add("area", x, y, x2=x + width, y2=y + height, fill=fill, tip=tip(said, key))

    def frame(
        self, x: float, y: float, width: float, height: float, stroke: str = INK, *, thick: float = 2,
        dash: str = "solid",
    ) -> None:  # fmt: skip
        """The outline of a rectangle, drawn inside it."""
        inset = thick / 2
        right, below = x + width - inset, y + height - inset
        self._add(f"frame {dash}", x + inset, y + inset, x2=right, y2=below, stroke=stroke, thick=thick)

    def line(
        self, x: float, y: float, x2: float, y2: float, stroke: str = FAINT, *, thick: float = 1, dash: str = "solid"
    ) -> None:
        """A straight line."""
        self._add(f"line {dash}", x, y, x2=x2, y2=y2, stroke=stroke, thick=thick)

    def grid_line(self, x: float, y: float, x2: float, y2: float, stroke: str = GRID, *, dash: str = "solid") -> None:
        """A line behind everything else."""
        self._add(f"grid {dash}", x, y, x2=x2, y2=y2, stroke=stroke, thick=1)

    def path(
        self, points: Sequence[Point], stroke: str, *, thick: float = 2, dash: str = "solid", said: str = "",
        key: str = "",
    ) -> None:  # fmt: skip
        """A line from point to point."""
        self._paths += 1
        look = {"stroke": stroke, "thick": thick, "path": self._paths, "tip": tip(said, key)}
        for order, (x, y) in enumerate(points):
            self._add(f"path {dash}", x, y, order=order, **look)

    def band(self, points: Sequence[tuple[float, float, float]], fill: str, *, said: str = "") -> None:
        """The area between two lines: x, upper y and lower y of each point."""
        self._paths += 1
        for x, y, y2 in points:
            self._add("band", x, y, y2=y2, fill=fill, path=self._paths, tip=tip(said))

    def symbol(
        self, x: float, y: float, shape: str = "circle", fill: str = INK, *, size: float = 40, opacity: float = 1,
        said: str = "", key: str = "",
    ) -> None:  # fmt: skip
        """A symbol of a size in square pixels."""
        self._add("symbol", x, y, shape=shape, fill=fill, size=size, opacity=opacity, tip=tip(said, key))

    def text(
        self, x: float, y: float, text: str, *, size: int = SIZE, colour: str = INK, anchor: str = "start",
        bold: bool = False, room: float | None = None,
    ) -> None:  # fmt: skip
        """A line of text whose middle is at y, cut where there is not the room for it."""
        shown = text if room is None else fitted(text, room, size, bold=bold)
        if shown:
            self._add(f"text {anchor} {'bold' if bold else 'normal'} {size}", x, y, text=shown, fill=colour)
            self.bottom = max(self.bottom, y + size / 2 + 1)

    def legend(self, items: Sequence[tuple[str, str, str]], y: float = 0) -> float:
        """Swatches (shape, colour, meaning) in lines from y on; returns where they end."""
        x = 0.0
        for shape, colour, meaning in items:
            needed = SWATCH + 6 + width_of(meaning, SMALL) + 16
            if x and x + needed - 16 > self.width:
                x, y = 0.0, y + LINE
            self._swatch(shape, colour, x, y)
            self.text(x + SWATCH + 6, y + SWATCH / 2, meaning, size=SMALL, colour=QUIET, room=self.width - SWATCH - 6)
            x += needed
        return y + LINE + 2 if items else y

    def _swatch(self, shape: str, colour: str, x: float, y: float) -> None:
        middle = y + SWATCH / 2
        if shape == "area":
            self.area(x, y, SWATCH, SWATCH, colour)
        elif shape in ("frame", "dashed frame"):
            self.frame(x, y, SWATCH, SWATCH, colour, dash="dashed" if shape == "dashed frame" else "solid")
        elif shape in DASHES:
            self.line(x, middle, x + SWATCH + 2, middle, colour, thick=2.5, dash=shape)
        else:
            self.symbol(x + SWATCH / 2, middle, shape, colour, size=60)

    def _add(self, kind: str, x: float, y: float, **more: Any) -> None:
        self._rows.setdefault(kind, []).append({"x": round(x, 2), "y": round(y, 2)} | more)
        self.bottom = max(self.bottom, y, more.get("y2", y))

    def document(self) -> dict[str, Any]:
        """The chart in Vega-Lite."""
        import altair as alt
        from altair.utils.schemapi import debug_mode

        # the shape of what is built here is tested; to check it anew for every mark would take most of the time
        with debug_mode(False):
            chart = alt.layer(*self._layers()).properties(width=self.width, height=self.bottom)
            document: dict[str, Any] = chart.to_dict(validate=False)
        # marks join at the end: altair would copy every one of them several times
        document["datasets"] = {_set(kind): rows for kind, rows in self._rows.items()}
        return document

    def _layers(self) -> Iterator[Any]:
        """A layer for each kind of mark, in their order."""
        import altair as alt

        own: dict[str, Any] = {"scale": None, "legend": None}
        across = alt.Scale(domain=[0, self.width], range=[0, self.width], nice=False, zero=False)
        down = alt.Scale(domain=[0, self.bottom], range=[0, self.bottom], nice=False, zero=False)
        place = {"x": alt.X("x:Q", axis=None, scale=across), "y": alt.Y("y:Q", axis=None, scale=down)}
        ends = {"x2": alt.X2("x2:Q"), "y2": alt.Y2("y2:Q")}
        fill = alt.Fill("fill:N", **own)
        outline = {"stroke": alt.Stroke("stroke:N", **own), "strokeWidth": alt.StrokeWidth("thick:Q", **own)}
        words = {"description": alt.Description("tip:N")}
        one = {"detail": alt.Detail("path:N")}
        for kind in sorted(self._rows, key=lambda kind: ORDER.index(kind.partition(" ")[0])):
            shape, _, rest = kind.partition(" ")
            chart = alt.Chart(alt.NamedData(name=_set(kind)))
            dash = {"strokeDash": DASHES[rest]} if rest in DASHES and rest != "solid" else {}
            match shape:
                case "area":
                    yield chart.mark_rect().encode(**place, **ends, fill=fill, **words)
                case "frame":
                    yield chart.mark_rect(fill=None, aria=False, **dash).encode(**place, **ends, **outline)
                case "grid" | "line":
                    yield chart.mark_rule(aria=False, **dash).encode(**place, **ends, **outline)
                case "path":
                    yield chart.mark_line(**dash).encode(**place, **outline, **words, **one, order=alt.Order("order:Q"))
                case "band":
                    yield chart.mark_area().encode(**place, y2=ends["y2"], fill=fill, **words, **one)
                case "symbol":
                    look = {"shape": alt.Shape("shape:N", **own), "size": alt.Size("size:Q", **own)}
                    faint = alt.Opacity("opacity:Q", **own)
                    mark = chart.mark_point(filled=True, stroke=PAPER, strokeWidth=1)
                    yield mark.encode(**place, fill=fill, opacity=faint, **look, **words)
                case _:
                    anchor, weight, points = rest.split()
                    style = {"align": ALIGNED[anchor], "fontWeight": weight, "fontSize": int(points)}
                    mark = chart.mark_text(baseline="middle", aria=False, **style)
                    yield mark.encode(**place, fill=fill, text=alt.Text("text:N"))


def _set(kind: str) -> str:
    """The name of a kind's data."""
    return kind.replace(" ", "_")
