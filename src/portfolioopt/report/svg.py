"""A chart as the SVG that a page holds: drawn by vl-convert, then copied element by element from a short list.

What is copied can neither run nor fetch nor style anything: elements and attributes not in the list are left out,
whatever a name in an instance may look like. Descriptions of marks become `data-tip` and `data-key`.
"""

import re
import xml.etree.ElementTree as ET
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from portfolioopt.report.charts.colours import INK, PAPER
from portfolioopt.report.charts.lettering import FACE, SMALL
from portfolioopt.report.charts.tips import apart
from portfolioopt.report.harmless import harmless

ELEMENTS = {"svg", "g", "path", "line", "rect", "text", "tspan", "circle", "ellipse", "polyline", "polygon"}
ATTRIBUTES = {
    "cx", "cy", "d", "dx", "dy", "fill", "fill-opacity", "font-size", "font-style", "font-weight", "height", "opacity",
    "points", "r", "rx", "ry", "stroke", "stroke-dasharray", "stroke-opacity", "stroke-width", "stroke-linejoin",
    "stroke-linecap", "text-anchor", "transform", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip
USELESS = {"opacity": "1", "transform": "translate(0,0)", "stroke-width": "1", "stroke-dasharray": "1,0"}
EMPTY_PATHS = ("", "M0,0h0v0h0Z")
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
CONFIG: dict[str, Any] = {
    "font": FACE,
    "background": PAPER,
    "view": {"stroke": None},
    "text": {"fontSize": SMALL, "color": INK},
}
SCALE = 2
"""Pixels of a PNG for one of the page."""


def drawn(document: dict[str, Any]) -> str:
    """The SVG of a Vega-Lite document, as vl-convert draws it; addresses in it would not be opened."""
    import vl_convert

    for rows in document["datasets"].values():
        for row in rows:
            row |= {name: harmless(value) for name, value in row.items() if isinstance(value, str)}
    drawing: str = vl_convert.vegalite_to_svg(document, config=CONFIG, allowed_base_urls=[])
    return drawing


def png(svg: str) -> bytes:
    """A drawing as a picture file."""
    import vl_convert

    return vl_convert.svg_to_png(svg, scale=SCALE)


def clean(svg: str, label: str) -> str:
    """The drawing as part of a page: one picture with one label for who cannot see it."""
    root = ET.fromstring(svg)
    width, height = (float(root.get(side, "1")) for side in ("width", "height"))
    said = f'role="img" aria-label={quoteattr(harmless(label))}'
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    inner = "".join(_copied(child) for child in root)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {said} {size}>{inner}</svg>'


def _copied(element: ET.Element) -> str:
    name = element.tag.rpartition("}")[2]
    if name not in ELEMENTS or element.get("display") == "none":
        return ""
    if name == "path" and element.get("d", "") in EMPTY_PATHS:
        return ""
    attributes = {
        key: LONG_NUMBER.sub(_short, value)
        for key, value in element.attrib.items()
        if key in ATTRIBUTES and USELESS.get(key) != value
    }
    said, key = apart(element.get("aria-label", "")) if element.get("aria-roledescription") not in GROUPS else ("", "")
    if said and name != "g":
        attributes["data-tip"] = said
        if key:
            attributes["data-key"] = key
    inner = escape(element.text or "") if name in ("text", "tspan") else ""
    inner += "".join(_copied(child) for child in element)
    if name == "g" and not attributes:
        return inner
    if name in ("g", "text") and not inner:
        return ""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


GROUPS = ("axis", "legend", "title", "group mark container")


def _short(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
