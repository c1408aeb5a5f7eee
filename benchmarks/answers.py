"""What an engine hands back of a piece of work, and the watch it measures itself with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from os import times
from time import perf_counter, process_time
from typing import Any

from benchmarks.curve import Point

ENOUGH = 3.0
"""Seconds after which a piece of work is not repeated."""


@dataclass(frozen=True)
class Answer:
    """Wall and CPU seconds of the work alone; what a solve found; x in the columns of the matrix handed to peers."""

    seconds: float
    cpu_seconds: float
    value: float | None = None
    bound: float | None = None
    ended: str = ""
    """in the engine's own words"""
    audited: bool | None = None
    """whether the audit accepts the plan; None where there is none, or nobody asked"""
    points: tuple[Point, ...] = ()
    size: dict[str, int] = field(default_factory=dict)
    x: Any = None
    """numpy array, or None"""


class Watch:
    """Wall and CPU seconds of this process, and of those that it began and ended, since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = perf_counter(), _cpu_seconds()

    @property
    def read(self) -> tuple[float, float]:
        return perf_counter() - self._wall, _cpu_seconds() - self._cpu


def _cpu_seconds() -> float:
    spent = times()
    return process_time() + spent.children_user + spent.children_system


def timed(work: Callable[[], object], repeats: int) -> Answer:
    """The work, repeated where it is short; the fastest counts."""
    fastest: tuple[float, float] | None = None
    spent = 0.0
    for _ in range(repeats):
        watch = Watch()
        work()
        read = watch.read
        fastest = read if fastest is None else min(fastest, read)
        spent += read[0]
        if spent > ENOUGH:
            break
    assert fastest is not None
    return Answer(*fastest)
