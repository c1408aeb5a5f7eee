"""On a Ray cluster: payloads are tasks of one function, handed out again by us when their workers die.

Certificates and tokens are those of Ray's own settings (`RAY_USE_TLS`, `RAY_AUTH_MODE`): nothing of them passes here.
"""

import contextlib
import logging
import os
from typing import Any

# what Ray reports home, and how it warns, is decided before it is loaded
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import ray
import ray.exceptions

from portfolioopt.points.engines import Back, Where
from portfolioopt.points.work import compute
from portfolioopt.solution.stop import Stop

AHEAD = 2
"""Payloads for each processor: one that is being worked at, and one that is already there when it ends."""


class Ray:
    """A connection to a cluster, and the payloads that are with it."""

    def __init__(self, *, own: bool) -> None:
        self._own = own
        # a lost worker is told to whoever hands points out, who counts; one that dies is no reason to try silently
        self._compute = ray.remote(num_cpus=1, max_retries=0)(compute)
        self._at: dict[Any, int] = {}

    @property
    def width(self) -> int:
        return max(AHEAD * int(ray.cluster_resources().get("CPU", 0)), 1)

    def submit(self, ticket: int, payload: bytes) -> None:
        self._at[self._compute.remote(payload)] = ticket

    def wait(self, seconds: float) -> list[Back]:
        done, _ = ray.wait(list(self._at), num_returns=1, timeout=seconds)
        return [self._taken(reference) for reference in done]

    def _taken(self, reference: Any) -> Back:
        ticket = self._at.pop(reference)
        try:
            return Back(ticket, ray.get(reference))
        except ray.exceptions.RayTaskError as error:
            return Back(ticket, lost=f"it could not begin: {error.cause}")
        except ray.exceptions.RayError as error:
            return Back(ticket, lost=f"of {type(error).__name__}")

    def close(self, *, now: bool) -> None:
        with contextlib.suppress(ray.exceptions.RayError):
            for reference in self._at if now else ():
                ray.cancel(reference, force=True)
        if self._own:
            ray.shutdown()


def opened(where: Where, _stop: Stop) -> Ray:
    """A connection to the cluster at the address; without one, to a cluster started here."""
    if ray.is_initialized():
        return Ray(own=False)
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": True}
    try:
        if where.address:
            ray.init(address=where.address, **quiet)
        else:
            ray.init(address="local", num_cpus=where.workers, include_dashboard=False, **quiet)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise ConnectionError(f"no Ray cluster answers at {where.address or 'this machine'}: {error}") from error
    return Ray(own=True)
