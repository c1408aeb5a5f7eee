"""Answers on the page of a run: what a study has found, in the shapes that the report draws (`result/exhibit.py`).

An answer that has something to show there has a method

    def exhibits(self) -> dict[str, Exhibit]

that gives exhibits by a short name; "" is the one that the study is about. They are saved with the answer, and every
report of a run of the same facts and choices shows them; of answers to the same question the last one.
"""

import math
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from portfolioopt.result.exhibit import Content, Exhibit
from portfolioopt.result.figures import between
from portfolioopt.studies.answer import About, Answer
from portfolioopt.studies.interval import Interval


@runtime_checkable
class Exhibiting(Protocol):
    """An answer with something to show."""

    def exhibits(self) -> Mapping[str, Exhibit]: ...


def exhibits_of(answer: Answer) -> dict[str, Exhibit]:
    """The exhibits of an answer by the names of their files; none where it has nothing to show."""
    if not isinstance(answer, Exhibiting):
        return {}
    study = answer.about.study
    return {f"{study}-{name}" if name else study: exhibit for name, exhibit in answer.exhibits().items()}


def exhibit(about: About, title: str, content: Content, *said: str) -> Exhibit:
    """What a study found, with sentences for its reader; one of an answer that is not whole says so."""
    partial = () if about.complete else (f"Partial answer, stopped by: {about.stopped_by}. What is told holds.",)
    return Exhibit(title, (*said, *partial), about.input_hash, content)


def end(value: float) -> float | None:
    """One end of an interval: None where it is without end."""
    return value if math.isfinite(value) else None


def told(value: Interval | None, decimals: int, scale: float = 0.0, *, signed: bool = False) -> str:
    """An interval in a table; `scale` is the size of the numbers it is a difference of. None: there is no answer."""
    if value is None:
        return "-"
    settled = math.isfinite(value.low) and math.isfinite(value.high) and value.settled_beside(scale)
    return between(value.low, value.low if settled else value.high, decimals, signed=signed)
