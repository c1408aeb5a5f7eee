"""Cases of a study solved ahead of being asked for, several at a time, each in a process of its own with one thread.

Cases that all start from what is known of the same base do not wait for each other: so many at a time cost less than
one after the other with a prover beside each. Whoever asks for one waits until it is there, in the order of asking;
what is lost with a process, or was asked otherwise, is solved by whoever asks.
"""

import signal
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace

from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.solution.request import Request
from portfolioopt.solution.stop import Stop
from portfolioopt.solving import Session, Solved
from portfolioopt.studies.means import Means
from portfolioopt.studies.optimum import Optimum


@dataclass(frozen=True)
class Asked:
    """A case, and what it will be asked as."""

    name: str
    instance: Instance
    model: Model
    request: Request


@dataclass(frozen=True)
class Shared:
    """What the solves of a study have in common."""

    base: Solved
    """from which each of them starts"""
    means: Means
    most_seconds: float
    """for each"""
    ends: float
    """when the study is over, by `time.time`"""


class Ahead:
    """So many processes at work at cases, first come first served."""

    def __init__(self, cases: Sequence[Asked], shared: Shared, processes: int) -> None:
        from joblib.externals.loky.process_executor import ProcessPoolExecutor  # slow to load

        from portfolioopt.points.engines.on_loky import ONE_THREAD

        self.processes = min(processes, len(cases))
        self._pool = ProcessPoolExecutor(
            max_workers=self.processes,
            timeout=None,
            initializer=_begin,
            initargs=(shared,),
            env=ONE_THREAD,
        )
        self._cases: dict[str, tuple[Asked, Future[Optimum]]] = {case.name: (case, Future()) for case in cases}
        self._waiting = deque(self._cases.values())
        self._lock = threading.RLock()
        for _ in range(self.processes):
            self._begin_next()

    def _begin_next(self) -> None:
        """Gives a free process the next case: the pool never has any that wait, which it could not be closed with."""
        with self._lock:
            if not self._waiting:
                return
            case, answer = self._waiting.popleft()
            try:
                self._pool.submit(_solve, case).add_done_callback(lambda done: self._ended(answer, done))
            except (RuntimeError, OSError) as error:  # the pool is broken, or closed
                self._give_up(error, answer)

    def _ended(self, answer: "Future[Optimum]", done: "Future[Optimum]") -> None:
        error = CancelledError() if done.cancelled() else done.exception()
        if error is None:
            answer.set_result(done.result())
        else:
            answer.set_exception(error)
        self._begin_next()

    def _give_up(self, error: BaseException, *answers: "Future[Optimum]") -> None:
        """Nothing comes of these any more, nor of those that wait."""
        with self._lock:
            for answer in (*answers, *(waiting for _, waiting in self._waiting)):
                answer.set_exception(error)
            self._waiting.clear()

    def holds(self, asked: Asked) -> bool:
        """Whether just that is being solved, or has been."""
        known = self._cases.get(asked.name)
        if known is None:
            return False
        case = known[0]
        return case.instance is asked.instance and (case.model, case.request) == (asked.model, asked.request)

    def wait(self, name: str, seconds: float) -> bool:
        """Whether there is an answer, or the certainty that none will come, after at most so many seconds."""
        try:
            self._cases[name][1].exception(timeout=seconds)
        except TimeoutError:
            return False
        return True

    def answer(self, name: str) -> Optimum | None:
        """What came of a case, without an audit; None where its process was lost, or could not solve it."""
        future = self._cases.pop(name)[1]
        return None if future.exception() is not None else future.result()

    def close(self) -> None:
        """Gives up what is still under way."""
        self._give_up(CancelledError())
        self._pool.shutdown(wait=True, kill_workers=any(not future.done() for _, future in self._cases.values()))


_SHARED: list[Shared] = []
"""In a worker: what its study's solves have in common."""


def _begin(shared: Shared) -> None:
    """In a new worker: Ctrl-C is the parent's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _SHARED[:] = [shared]


def _solve(case: Asked) -> Optimum:
    """In a worker: a case, from what is known of the base."""
    (shared,) = _SHARED
    means, base = shared.means, shared.base
    left = min(shared.most_seconds, shared.ends - time.time())
    if left <= 0:
        return Optimum.none(case.name, "time limit")
    began = time.perf_counter()
    result = Session.knowing(base.instance, base.model, base.memory, base.request).solve(
        case.instance,
        case.model,
        gap=means.gap,
        time_limit=left,
        work_limit=means.work_limit,
        threads=1,
        seed=means.seed,
        verify=means.verify,
        request=replace(case.request, explain=False, stop=Stop()),
    )
    return replace(Optimum.of(case.name, result, time.perf_counter() - began), audit=None)
