"""In this process, one point after the other. A wish to stop ends the solve under way too."""

from collections import deque

from portfolioopt.points.engines import Back, Where
from portfolioopt.points.point import point_from
from portfolioopt.points.work import answered, as_sent
from portfolioopt.solution.stop import Stop


class Serial:
    """Computes while it is waited for."""

    width = 1

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._waiting: deque[tuple[int, bytes]] = deque()

    def submit(self, ticket: int, payload: bytes) -> None:
        self._waiting.append((ticket, payload))

    def wait(self, _seconds: float) -> list[Back]:
        ticket, payload = self._waiting.popleft()
        point, _, _ = point_from(payload)
        outcome = answered(point, self._stop)
        return [] if self._stop.due else [Back(ticket, as_sent(outcome))]

    def close(self, *, now: bool) -> None:  # noqa: ARG002
        self._waiting.clear()


def opened(_where: Where, stop: Stop) -> Serial:
    """Nothing to be started."""
    return Serial(stop)
