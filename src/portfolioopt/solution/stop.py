"""When to stop: at a deadline, when a limit of work is reached, or when somebody asks for it.

Seconds differ from machine to machine and from run to run; work is counted. A search that only a limit of work ends
does the same on every machine, step by step, and so ends with the same plan. A unit is very roughly a second of one
core of a present machine: simplex iterations, the turns of HiGHS's tree search by the size of their model, sweeps over
the networks, audits, each with a typical cost.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

BY_TIME, BY_WORK, INTERRUPTED = "time limit", "work limit", "interrupted"
"""Why a search was stopped, in words."""


@dataclass
class Work:
    """The work done so far by all who share this meter."""

    done: float = 0.0

    def add(self, amount: float) -> None:
        """Books so much more."""
        self.done += amount


@dataclass
class Stop:
    """When to stop; parts of a search have a stop of their own within that of the whole."""

    deadline: float = math.inf
    """seconds of `time.perf_counter`"""
    asked: threading.Event = field(default_factory=threading.Event)
    heard: Callable[[], None] | None = None
    """called when somebody asks"""
    work: Work = field(default_factory=Work)
    enough: Callable[[], bool] | None = None
    """whether there is no need to go on, as others have come to the end"""
    most_work: float = math.inf
    """of `work` at which to stop; if finite, shares of what is left are shares of work"""

    @property
    def counted(self) -> bool:
        """Whether work is what counts, and time only the last resort."""
        return self.most_work < math.inf

    @property
    def seconds_left(self) -> float:
        return max(self.deadline - time.perf_counter(), 0.0)

    @property
    def left(self) -> float:
        """Seconds left, or work where that is what counts."""
        return max(self.most_work - self.work.done, 0.0) if self.counted else self.seconds_left

    @property
    def now(self) -> float:
        """A clock for what lies between: seconds, or work where that is what counts."""
        return self.work.done if self.counted else time.perf_counter()

    @property
    def due(self) -> bool:
        if self.asked.is_set() or self.seconds_left <= 0 or self.left <= 0:
            return True
        return self.enough is not None and self.enough()

    @property
    def reason(self) -> str:
        """Why it is due, in words."""
        if self.asked.is_set():
            return INTERRUPTED
        return BY_WORK if self.seconds_left > 0 and self.left <= 0 else BY_TIME

    def ask(self) -> None:
        """Asks everybody who shares this wish to stop."""
        self.asked.set()
        if self.heard is not None:
            self.heard()

    def within(self, amount: float) -> "Stop":
        """The same, but after no more than so many seconds from now, or so much work where that is what counts."""
        if self.counted:
            return replace(self, heard=None, most_work=min(self.most_work, self.now + amount))
        return replace(self, heard=None, deadline=min(self.deadline, self.now + amount))
