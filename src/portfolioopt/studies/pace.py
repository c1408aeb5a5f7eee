"""How far a study has come, how fast it goes, and how long it may still take."""

from collections.abc import Callable
from dataclasses import dataclass

from portfolioopt.solution.search import Sight

RECENT = 8
"""Solves that tell how long the next ones will take."""


@dataclass(frozen=True)
class Step:
    """What a watcher sees while a study runs."""

    study: str
    doing: str
    """What is being solved."""
    done: int
    """Solves so far."""
    expected: int
    """Solves in all, as far as is known; 0 where it is not."""
    seconds: float
    recent: float
    """Mean seconds of the last solves; 0 before the first."""
    stopping: bool = False
    sight: Sight | None = None
    """Where the solve under way is."""
    unit: str = "solves"
    """What is counted."""

    @property
    def rate(self) -> float:
        """Solves a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest may take; None where nobody knows."""
        if not self.done or self.expected <= self.done:
            return None
        return (self.expected - self.done) * self.recent


Watch = Callable[[Step], None]
