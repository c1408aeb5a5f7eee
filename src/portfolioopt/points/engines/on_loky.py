"""In processes on this machine, by loky, which comes with joblib.

Each worker is a pool of one process with one point at a time. In a shared pool the death of one process breaks the
work of all, and nobody knows whose point it was that killed it; here it costs the point that it was at, and no other.
"""

import contextlib
import os
import signal
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from typing import Any

from joblib import cpu_count
from joblib.externals.loky.process_executor import (
    BrokenProcessPool,
    ProcessPoolExecutor,
    ShutdownExecutorError,
)

from portfolioopt.errors import EngineFault
from portfolioopt.points.engines import Back, Where
from portfolioopt.points.work import compute
from portfolioopt.solution.stop import Stop

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
MOST_STARTS = 5
"""Times that a pool which died idle is made anew before its machine is told to be sick."""


def _begin() -> None:
    """In a new worker: Ctrl-C is the parent's to hear; and what every solve needs is loaded before the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import portfolioopt.points.solving  # noqa: F401


@dataclass
class _Worker:
    """A pool of one process, and the payload it is at."""

    pool: Any = None
    ticket: int | None = None
    future: "Future[str] | None" = None

    def start(self) -> None:
        """Brings the process to where it waits for its first payload."""
        if self.pool is None:
            self.pool = ProcessPoolExecutor(max_workers=1, timeout=None, initializer=_begin, env=ONE_THREAD)
            self.pool.submit(os.getpid)

    def give(self, ticket: int, payload: bytes) -> None:
        for _ in range(MOST_STARTS):
            try:
                self.start()
                self.future, self.ticket = self.pool.submit(compute, payload), ticket
            except (BrokenProcessPool, ShutdownExecutorError):  # it died idle
                self.drop()
            else:
                return
        raise EngineFault("a process for a worker was started again and again, and died each time")

    def taken(self) -> Back:
        """What came of the payload."""
        assert self.future is not None
        assert self.ticket is not None
        future, ticket = self.future, self.ticket
        self.future = self.ticket = None
        try:
            return Back(ticket, future.result())
        except (BrokenProcessPool, ShutdownExecutorError, CancelledError):
            self.drop()
            return Back(ticket, lost="its process was killed or ran out of memory")

    def drop(self) -> None:
        """Gives up the process."""
        if self.pool is not None:
            with contextlib.suppress(OSError, RuntimeError):
                self.pool.shutdown(wait=False, kill_workers=True)
        self.pool = None


class Loky:
    """So many workers on this machine."""

    def __init__(self, workers: int) -> None:
        self._workers = [_Worker() for _ in range(workers)]
        for worker in self._workers:
            worker.start()

    @property
    def width(self) -> int:
        return len(self._workers)

    def submit(self, ticket: int, payload: bytes) -> None:
        next(worker for worker in self._workers if worker.future is None).give(ticket, payload)

    def wait(self, seconds: float) -> list[Back]:
        at_work = {worker.future: worker for worker in self._workers if worker.future is not None}
        done, _ = wait(at_work, timeout=seconds, return_when=FIRST_COMPLETED)
        return [at_work[future].taken() for future in done]

    def close(self, *, now: bool) -> None:
        for worker in self._workers:
            if now:
                worker.drop()
            elif worker.pool is not None:
                worker.pool.shutdown(wait=True)


def opened(where: Where, _stop: Stop) -> Loky:
    """As many workers as are asked for, or as this process may use processors."""
    workers = where.workers or min(cpu_count(), os.cpu_count() or 1)
    return Loky(workers)
