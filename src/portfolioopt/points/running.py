"""Hands points out until all have an outcome: what is stored is taken, what a lost worker had is handed out again."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from portfolioopt.points.engines import Engine, Where
from portfolioopt.points.outcome import Outcome
from portfolioopt.points.point import Point
from portfolioopt.points.store import Store
from portfolioopt.points.work import received
from portfolioopt.solution.stop import Stop

MOST_DEATHS = 6
"""Workers that may be lost over one point before it is given up: it may be what kills them. Where workers die by
chance, and are long in coming back, a point may be unlucky several times."""
LOOK = 0.2
"""Seconds between looks at the wish to stop."""
RECENT = 30
"""Outcomes that tell how long the next ones will take."""


@dataclass
class Pace:
    """How far one has come, for whoever watches."""

    points: int
    known: int = 0
    """outcomes that were stored before"""
    done: int = 0
    """outcomes of this time"""
    failed: int = 0
    lost: int = 0
    """workers lost so far"""
    began: float = field(default_factory=time.perf_counter)
    stopping: bool = False
    _ends: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def each(self) -> float:
        """Seconds from one outcome to the next, of late; 0 before the first."""
        if not self._ends:
            return 0.0
        since = self.began if self.done <= len(self._ends) else self._ends[0]
        counted = len(self._ends) if self.done <= len(self._ends) else len(self._ends) - 1
        return (self._ends[-1] - since) / max(counted, 1)

    @property
    def left(self) -> float | None:
        """Seconds that the rest may take; None where nobody knows."""
        return (self.points - self.known - self.done) * self.each if self.done else None

    def ended(self, outcome: Outcome) -> None:
        """Books an outcome of this time."""
        self.done += 1
        self.failed += outcome.kind in ("refused", "failed")
        self._ends.append(time.perf_counter())


Watch = Callable[[Pace], None]


@dataclass
class _Open:
    """A point without an outcome, and the workers lost over it."""

    point: Point
    deaths: int = 0


def compute_points(
    points: Sequence[Point],
    store: Store,
    where: Where | None = None,
    *,
    stop: Stop | None = None,
    watch: Watch | None = None,
    engine: Engine | None = None,
) -> dict[str, Outcome]:
    """The outcome of each point, by its key; those missing at the end are what `stop` left undone.

    `engine` is one that has been opened already; it is closed in any case.

    A point that cannot be answered has an outcome that says why, and hinders no other. Raises `MissingExtra`,
    `ConnectionError` where a cluster cannot be reached, and `InvalidInput` where nothing can be stored: what is stored
    by then is kept, and the same call goes on from there.
    """
    where, stop = where or Where(), stop or Stop()
    by_key = {point.key: point for point in points}
    stored = {key: store.found(point) for key, point in by_key.items()}
    found = {key: outcome for key, outcome in stored.items() if outcome is not None}
    pace = Pace(len(by_key), known=len(found))
    waiting = deque(_Open(point) for key, point in by_key.items() if key not in found)
    if watch is not None:
        watch(pace)
    if waiting and not stop.due:
        _Handing(store, where, stop, watch, pace, found, waiting).out(engine or where.opened(stop))
    elif engine is not None:
        engine.close(now=True)
    return {key: found[key] for key in by_key if key in found}


@dataclass
class _Handing:
    """The points of one call, on their way to workers and back."""

    store: Store
    where: Where
    stop: Stop
    watch: Watch | None
    pace: Pace
    found: dict[str, Outcome]
    waiting: deque[_Open]
    under_way: dict[int, _Open] = field(default_factory=dict)
    tickets: int = 0

    def out(self, engine: Engine) -> None:
        """Until nothing is left, or somebody asks to stop."""
        whole = False
        try:
            while (self.waiting or self.under_way) and not self.stop.due:
                self.give(engine)
                for back in engine.wait(min(LOOK, self.stop.left)):
                    self.take(back.ticket, back.text, back.lost, back.deaths)
                self.tell()
            whole = not self.under_way
        finally:
            engine.close(now=not whole)

    def give(self, engine: Engine) -> None:
        while self.waiting and len(self.under_way) < engine.width:
            one = self.waiting.popleft()
            self.tickets += 1
            self.under_way[self.tickets] = one
            engine.submit(self.tickets, one.point.payload)

    def take(self, ticket: int, text: str, lost: str, deaths: int) -> None:
        one = self.under_way.pop(ticket)
        if not lost:
            self.keep(one, received(text))
            return
        one.deaths += deaths
        self.pace.lost += deaths
        if one.deaths < MOST_DEATHS:
            self.waiting.append(one)  # behind all others: what kills workers now may be over by then
            return
        reason = f"{one.deaths} workers were lost over it, the last because {lost}"
        self.keep(one, Outcome(one.point.key, "failed", reason=reason))

    def keep(self, one: _Open, outcome: Outcome) -> None:
        if outcome.key != one.point.key:  # what a worker could not even read has no key of its own
            outcome = Outcome(one.point.key, "failed", reason=outcome.reason or "the worker answered something else")
        self.store.keep(one.point, outcome, engine=self.where.engine, workers_lost=one.deaths)
        self.found[outcome.key] = outcome
        self.pace.ended(outcome)

    def tell(self) -> None:
        self.pace.stopping = self.stop.due
        if self.watch is not None:
            self.watch(self.pace)
