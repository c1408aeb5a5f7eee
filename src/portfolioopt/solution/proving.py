"""The process beside a search: one run of HiGHS that tells its bounds and solutions and takes over those of others.

Reads frames from standard input: (program, settings, seconds), then solutions in the program's columns. Writes frames
to standard output: ("bound", value), ("found", x, value), at last ("ended", run). Where the search is gone, so is it.
"""

import os
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Any

from portfolioopt.solution.frames import receive, send
from portfolioopt.solution.highs import run
from portfolioopt.solution.stop import Stop

if TYPE_CHECKING:
    from portfolioopt.networks.tree import Floats

OFTEN = 0.05
"""Seconds between two bounds that are told, at least."""


class _Pipes:
    """The exchange of the run with the search, over pipes."""

    def __init__(self, into: IO[bytes], out: IO[bytes]) -> None:
        self._into, self._out = into, out
        self._offer: Floats | None = None
        self._lock = threading.Lock()
        self._told, self._when = float("inf"), 0.0

    def listen(self) -> None:
        """Takes solutions in, until the search is gone."""
        try:
            while True:
                offer = receive(self._into)
                with self._lock:
                    self._offer = offer
        except EOFError:
            os._exit(0)

    def tell(self, *content: Any) -> None:
        """Writes to the search; ends where it is gone."""
        try:
            send(self._out, content)
        except (OSError, ValueError):
            os._exit(0)

    def bounded(self, bound: float) -> None:
        now = time.perf_counter()
        if bound < self._told and now - self._when >= OFTEN:
            self._told, self._when = bound, now
            self.tell("bound", bound)

    def found(self, x: "Floats", value: float) -> None:
        self.tell("found", x, value)

    def offered(self) -> "Floats | None":
        with self._lock:
            offer, self._offer = self._offer, None
        return offer


def main() -> None:
    """Proves, until the end or until nobody listens."""
    # what the solver's libraries may print must not fall between the frames
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    into = sys.stdin.buffer
    program, settings, seconds = receive(into)
    pipes = _Pipes(into, out)
    threading.Thread(target=pipes.listen, daemon=True).start()
    ended = run(program, settings, Stop(time.perf_counter() + seconds), exchange=pipes)
    pipes.tell("ended", ended)
    os._exit(0)


if __name__ == "__main__":
    main()
