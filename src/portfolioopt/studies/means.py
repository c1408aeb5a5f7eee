"""When a study stops and with what means."""

from dataclasses import dataclass

SAFETY, LEAST_SAFETY = 20.0, 600.0
"""Seconds after which a solve is ended though its work is not done: by unit of work, and at least. A net, no limit."""


@dataclass(frozen=True)
class Means:
    """What is None is taken from the model."""

    time_limit: float = 600.0
    """Seconds for the whole study."""
    solve_limit: float | None = None
    """Seconds for each solve."""
    gap: float | None = None
    """Relative gap at which a plan counts as optimal."""
    threads: int | None = None
    seed: int | None = None
    """Of the solver, and of whatever a study draws by chance."""
    verify: bool = True
    """Whether a second, different run must confirm the first."""
    work_limit: float | None = None
    """Work for each solve, counted and not timed, in units of very roughly a second."""


def net(work: float) -> float:
    """Seconds after which a solve whose work is limited is ended whatever has come of it."""
    return max(SAFETY * work, LEAST_SAFETY)
