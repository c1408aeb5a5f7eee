"""On a Dask cluster: payloads are tasks of one function, whose workers Dask itself replaces when they die.

Certificates and tokens are those of Dask's own configuration (`distributed.comm.tls`): nothing of them passes here.
"""

import contextlib
import queue
import time
from collections.abc import Callable
from typing import Any

import distributed

from portfolioopt.points.edition import edition
from portfolioopt.points.engines import Back, Where
from portfolioopt.points.work import compute
from portfolioopt.solution.stop import Stop

ANSWER, PATIENCE = 15.0, 120.0
"""Seconds for the scheduler to answer, and for a first worker, or a new one, to come."""
COUNTED_EVERY = 2.0
TLS = "DASK_DISTRIBUTED__COMM__TLS__"
AHEAD = 2
"""Payloads for each worker: one that it is at, and one that is already there when it ends."""


class Dask:
    """A client of a cluster, and the payloads that are with it."""

    def __init__(self, client: Any, cluster: Any, stop: Stop) -> None:
        self._client, self._cluster, self._stop = client, cluster, stop
        self._ended: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._at: dict[int, Any] = {}
        self._workers = 0
        self._counted = self._seen = 0.0
        self._seen = time.monotonic()

    @property
    def width(self) -> int:
        return max(AHEAD * self.workers(), 1)

    def workers(self) -> int:
        """How many the cluster has now. Raises `ConnectionError` where it has had none for long."""
        now = time.monotonic()
        if now - self._counted >= COUNTED_EVERY:
            self._workers = len(self._asked(self._client.nthreads))
            self._counted = time.monotonic()
            if self._workers:
                self._seen = self._counted
            elif self._counted - self._seen > PATIENCE:
                raise ConnectionError(f"the Dask cluster has had no worker for {PATIENCE:.0f} s: start some")
        return self._workers

    def submit(self, ticket: int, payload: bytes) -> None:
        # a key of its own: Dask would take equal keys for work that is done
        key = f"portfolioopt-{id(self)}-{ticket}"
        future = self._asked(lambda: self._client.submit(compute, payload, key=key, pure=False))
        self._at[ticket] = future
        future.add_done_callback(lambda _future: self._ended.put(ticket))

    def wait(self, seconds: float) -> list[Back]:
        found: list[Back] = []
        with contextlib.suppress(queue.Empty):
            found.append(self._taken(self._ended.get(timeout=seconds)))
            while True:
                found.append(self._taken(self._ended.get_nowait()))
        if not found:
            self.workers()  # that they are gone is noticed even while nothing ends
        return found

    def _taken(self, ticket: int) -> Back:
        future = self._at.pop(ticket)
        if future.status == "finished":
            return Back(ticket, self._asked(future.result))
        if future.status == "error":
            error = self._asked(future.exception)
            if isinstance(error, distributed.KilledWorker):
                return Back(ticket, lost="each time its worker died", deaths=error.allowed_failures + 1)
            return Back(ticket, lost=f"of {type(error).__name__}: {error}")
        return Back(ticket, lost="the cluster dropped it", deaths=1)

    def _asked(self, question: Callable[[], Any]) -> Any:
        """What the cluster answers; a cluster that does not is told in words."""
        if self._client.status not in ("running", "connecting"):
            raise ConnectionError("the Dask scheduler has gone away")
        try:
            return question()
        except (OSError, TimeoutError) as error:
            raise ConnectionError(f"the Dask scheduler does not answer: {error}") from error

    def close(self, *, now: bool) -> None:
        with contextlib.suppress(Exception):  # whatever it says, we are leaving
            if now and self._at:
                self._client.cancel(list(self._at.values()), force=True)
            self._client.close(timeout=5)
        if self._cluster is not None:
            self._cluster.close(timeout=0 if now else 5)


def opened(where: Where, stop: Stop) -> Dask:
    """A client of the cluster at the address; without one, of a cluster started here."""
    cluster = None
    if where.address.startswith("tls://"):
        _check_identity(where.address)
    if not where.address:
        cluster = distributed.LocalCluster(
            n_workers=where.workers, threads_per_worker=1, processes=True, dashboard_address=None
        )
    try:
        client = distributed.Client(where.address or cluster, timeout=ANSWER, set_as_default=False, name="portfolioopt")
    except (OSError, TimeoutError, ValueError) as error:
        raise ConnectionError(f"no Dask scheduler answers at {where.address}: {error}") from error
    engine = Dask(client, cluster, stop)
    try:
        _check_editions(client)
    except BaseException:
        engine.close(now=True)
        raise
    return engine


def _check_identity(address: str) -> None:
    """Raises `ConnectionError` where Dask's configuration has no certificates to show to a cluster with TLS."""
    try:
        identity = distributed.Security().get_connection_args("client")["ssl_context"]
    except OSError as error:  # that of ssl is one, too
        raise ConnectionError(f"the certificates that Dask is told to use cannot be read: {error}") from None
    if identity is None:
        variables = ", ".join(f"{TLS}{name}" for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY"))
        raise ConnectionError(f"{address} asks for a certificate, and Dask is told of none: set {variables}")


def _check_editions(client: Any) -> None:
    """Raises `ConnectionError` where a worker has other code than we do: none of its answers would count."""
    found = client.run(edition, on_error="return")
    for worker, its in sorted(found.items()):
        if isinstance(its, BaseException):
            raise ConnectionError(f"the Dask worker {worker} cannot run portfolioopt: {its}")
        if its != edition():
            other = ", ".join(f"{name} {its.get(name)}" for name in edition() if its.get(name) != edition()[name])
            raise ConnectionError(f"the Dask worker {worker} has {other}: install the same there as here")
