"""Exhibits: what studies around a plan have found (frontiers, sensitivities, prices, reasons), saved beside its run.

Whatever made it, what was found travels in one of the shapes below, so that whoever reads the run (the report does)
need not know the study:

Frontier      what the best plan is worth at each level of something else
Tornado       how far value moves when one input at a time goes to its low and its high level
CoreIndex     the share of the plans considered that hold each decision
WalkAway      the most that each partnership is worth to the whole portfolio
WhyNot        what it would cost to have in what is out, or out what is in
PlainTable    anything else, as a table

Money is in the currency of the instance. A file says which input it was made for, so that none is read beside another.

A study gives its answer a method `exhibits` that returns them by name (see `studies/exhibiting.py`); they are saved in
the folder of the study, and the report of a run of the same input picks them up.
"""

import json
import math
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.result.exact import decode, encode

EXHIBIT_FORMAT = "portfolioopt-exhibit/1"
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One plan: where it stands, what it is worth, and the most any plan there can be worth."""

    name: str
    x: float
    value: float
    bound: float | None
    mark: Literal["", "plan", "today"]
    """`plan` is the plan of the run, `today` doing nothing."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """What the best plan is worth at each level of something else: of risk, capital, an exposure."""

    x_title: str
    value_title: str
    points: tuple[FrontierPoint, ...]


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """One input at its low and its high level, all else as in the run."""

    input: str
    low_level: str
    high_level: str
    low: float
    high: float
    plan_changes_at_low: bool
    plan_changes_at_high: bool


@dataclass(frozen=True, slots=True)
class Tornado:
    """How far value moves from `base` when one input at a time goes to its ends."""

    value_title: str
    base: float
    bars: tuple[TornadoBar, ...]


@dataclass(frozen=True, slots=True)
class CoreDecision:
    """A decision and the share of the plans considered that hold it."""

    partnership: str
    action: str
    year: int | None
    """None: in any year."""
    share: float
    standing: Literal["core", "borderline", "out", "open"]
    """`open`: time ended before it was known."""


@dataclass(frozen=True, slots=True)
class CoreIndex:
    """How sure each decision is, over `plans` plans."""

    plans: int
    decisions: tuple[CoreDecision, ...]


@dataclass(frozen=True, slots=True)
class WalkAwayPrice:
    """Optimum with a partnership available minus optimum without it, between two ends where a gap remains.

    An end that is None is without end: both are where nothing feasible is left without the partnership.
    """

    partnership: str
    low: float | None
    high: float | None
    said: str


@dataclass(frozen=True, slots=True)
class WalkAway:
    """The most that each partnership is worth to the whole portfolio."""

    prices: tuple[WalkAwayPrice, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a partnership is in or out, and between what the cost of the other choice lies.

    An end that is None is without end: both are where nothing feasible is left with the other choice.
    """

    partnership: str
    standing: Literal["in", "in part", "out"]
    low: float | None
    high: float | None
    limits: tuple[str, ...]
    """Limits in the way."""
    said: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why each partnership is in or out."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Anything else: named columns and rows of plain values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


Content = Frontier | Tornado | CoreIndex | WalkAway | WhyNot | PlainTable
KINDS: dict[str, type[Content]] = {
    "frontier": Frontier,
    "tornado": Tornado,
    "core_index": CoreIndex,
    "walk_away": WalkAway,
    "why_not": WhyNot,
    "table": PlainTable,
}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What a study found, and for which input."""

    title: str
    said: tuple[str, ...]
    """Sentences that tell a reader what to make of it."""
    input_hash: str
    """That of the run it was made for: facts and choices."""
    content: Content

    @property
    def kind(self) -> str:
        return next(name for name, shape in KINDS.items() if isinstance(self.content, shape))


def exhibit_to_json(exhibit: Exhibit) -> str:
    """Text in the format portfolioopt-exhibit/1; raises ValueError for numbers that are not finite."""
    _expect_finite(exhibit.content)
    document = {"format": EXHIBIT_FORMAT, "kind": exhibit.kind} | {
        name: encode(getattr(exhibit, name)) for name in ("title", "said", "input_hash", "content")
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def exhibit_from_json(text: str) -> Exhibit:
    """The exhibit that `exhibit_to_json` wrote; raises `InvalidInput` for any other text."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused("", f"is not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != EXHIBIT_FORMAT:
        raise _refused("format", f"is not an exhibit: its format should be {EXHIBIT_FORMAT}")
    kind = document.get("kind")
    if kind not in KINDS:
        raise _refused("kind", f"should be one of {', '.join(KINDS)}")
    hints = {"title": str, "said": tuple[str, ...], "input_hash": str, "content": KINDS[kind]}
    found: dict[str, Any] = {}
    for name, hint in hints.items():
        try:
            found[name] = decode(hint, document[name])
        except KeyError as error:
            raise _refused(name, f"{error} is missing") from None
        except (ValueError, TypeError, RecursionError) as error:
            raise _refused(name, str(error)) from None
    try:
        _expect_finite(found["content"])
    except ValueError as error:
        raise _refused("content", str(error)) from None
    return Exhibit(**found)


def _expect_finite(value: Any) -> None:
    """Raises ValueError for a number that is none or infinite: neither can be drawn."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} has no place in an exhibit")
    if isinstance(value, tuple):
        for item in value:
            _expect_finite(item)
    elif is_dataclass(value):
        for item in fields(value):
            _expect_finite(getattr(value, item.name))


def _refused(key: str, message: str) -> InvalidInput:
    return InvalidInput([Fault((key,) if key else (), message, hint="an exhibit is read only as it was saved")])
