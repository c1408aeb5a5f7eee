"""What a page is made of: sections of facts, tables and charts, in plain data. How they look is said elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Tone = Literal["", "good", "bad", "warn", "quiet", "strong"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    text: str
    tone: Tone = ""
    key: str = ""
    """Of the partnership that the cell names: pointing at it lights up its marks in every chart."""


TableRow = tuple[Cell | str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; the first `names` columns hold names, the others figures."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    names: int = 1
    note: str = ""
    """What is left out, or how to read it."""
    words: bool = False
    """Whether the other columns hold words, not figures."""
    worded: tuple[int, ...] = ()
    """Single columns (0: the first) that hold words among those that hold figures."""


@dataclass(frozen=True, slots=True)
class Form:
    """The room that a chart is drawn for, in pixels: the page holds a wide and a narrow drawing of each."""

    name: Literal["wide", "narrow"]
    width: int

    @property
    def narrow(self) -> bool:
        return self.name == "narrow"


WIDE, NARROW = Form("wide", 920), Form("narrow", 350)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table."""

    name: str
    """Of its file and its place on the page: letters, digits and hyphens."""
    title: str
    says: str
    """What it shows, for who cannot see it."""
    draw: Callable[[Form], dict[str, Any]] = field(repr=False)
    """Makes a Vega-Lite document."""
    table: Table
    """The figures drawn."""
    note: str = ""
    domain: str = ""
    """Where it shows the partnerships of one domain only."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list, and the lines under it."""

    text: str
    items: tuple["Item", ...] = ()
    tone: Tone = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Item, ...]
    title: str = ""


Block = Paragraph | Listing | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the questions that the first screen answers."""

    question: str
    headline: str
    tone: Tone
    blocks: tuple[Block, ...]
    more: str = ""
    """Name of the section that says more."""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report."""

    title: str
    subtitle: str
    proof: Paragraph
    answers: tuple[Answer, ...]
    sections: tuple[Section, ...]
    domains: tuple[str, ...] = ()
    """To filter by, where there are several."""
    source: tuple[str, ...] = ()
    """Where the figures come from, at the foot of the page."""

    @property
    def charts(self) -> tuple[Chart, ...]:
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Chart))
