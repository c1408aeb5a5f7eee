"""A prover beside the search: HiGHS on every arc that could be better, in a process of its own on another core.

The search looks for plans and hands them over; the prover's bound falls the faster the better they are, and what it
finds itself the search audits like any other plan. A process, and not a thread, because it can be ended at once: HiGHS
asks only every few seconds whether to go on.
"""

import contextlib
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from portfolioopt.networks.tree import Floats
from portfolioopt.solution.frames import receive, send
from portfolioopt.solution.highs import Run, Settings
from portfolioopt.solution.scaled import Program

MODULE = "portfolioopt.solution.proving"


@dataclass
class Prover:
    """One run under way; `floor` is what the plan was worth without which no arc was left out."""

    program: Program
    settings: Settings
    floor: float
    bound: float = float("inf")
    """on every plan that is worth more than `floor`"""
    ended: Run | None = None
    _found: "SimpleQueue[tuple[Floats, float]]" = field(default_factory=SimpleQueue)
    _offers: "SimpleQueue[Floats | None]" = field(default_factory=SimpleQueue)
    _process: "subprocess.Popen[bytes] | None" = None
    _listener: threading.Thread | None = None

    @staticmethod
    def start(program: Program, settings: Settings, floor: float, seconds: float) -> "Prover | None":
        """Begins; None where no process can be had."""
        if not sys.executable:
            return None
        paths = os.pathsep.join(path or os.curdir for path in sys.path)
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
                start_new_session=True,  # Ctrl-C is for the search to hear
            )
        except OSError:
            return None
        prover = Prover(program, settings, floor, _process=process)
        # handing over takes as long as the process takes to start, and the search has better things to do
        threading.Thread(target=prover._hand_over, args=(seconds,), daemon=True).start()
        prover._listener = threading.Thread(target=prover._listen, daemon=True)
        prover._listener.start()
        return prover

    def _hand_over(self, seconds: float) -> None:
        """Hands the model over, then solutions as they come."""
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            send(self._process.stdin, (self.program, self.settings, seconds))
            while (x := self._offers.get()) is not None:
                send(self._process.stdin, x)

    def _listen(self) -> None:
        """Hears what it tells, until it has ended."""
        assert self._process is not None
        assert self._process.stdout is not None
        with contextlib.suppress(EOFError, OSError, ValueError):
            while self.ended is None:
                kind, *content = receive(self._process.stdout)
                if kind == "bound":
                    self.bound = min(self.bound, content[0])
                elif kind == "found":
                    self._found.put((content[0], content[1]))
                else:
                    run: Run = content[0]
                    if run.x is not None:
                        self._found.put((run.x, run.value))
                    self.ended = run

    @property
    def log(self) -> str:
        """What HiGHS told of its run, if it came to the end."""
        return "" if self.ended is None else self.ended.log

    def offer(self, full: Floats) -> None:
        """Hands over a solution ([columns of the formulation]) that the search has found."""
        x = self.program.within(full)
        if x is not None and self.ended is None:
            self._offers.put(x)

    def news(self) -> list[tuple[Floats, float]]:
        """What it has found since the last time: solutions ([columns of the formulation]) and their values."""
        fresh: list[tuple[Floats, float]] = []
        with contextlib.suppress(Empty):
            while True:
                x, value = self._found.get_nowait()
                fresh.append((self.program.whole(x), value))
        return fresh

    @property
    def has_news(self) -> bool:
        """Whether it has found solutions that nobody has looked at yet."""
        return not self._found.empty()

    @property
    def alive(self) -> bool:
        """Whether there is still something to expect of it."""
        return self._listener is not None and self._listener.is_alive()

    def end(self) -> None:
        """Ends it at once."""
        if self._process is None:
            return
        self._offers.put(None)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()
