"""Where points are computed. An engine takes payloads and gives back what workers sent, or that a worker was lost.

serial    in this process, one after the other
loky      in processes on this machine, one solver thread each
dask      on a Dask cluster (extra `dask`), by the address of its scheduler; without one, on a cluster of its own here
ray       on a Ray cluster (extra `ray`), by its address; without one, on one of its own here
"""

import importlib.util
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from portfolioopt.errors import MissingExtra, UnknownOption
from portfolioopt.solution.stop import Stop

ENGINES: dict[str, str] = {"serial": "", "loky": "joblib", "dask": "distributed", "ray": "ray"}
"""By name: the package that it needs."""
AT_AN_ADDRESS = ("dask", "ray")


@dataclass(frozen=True)
class Back:
    """What came back of a payload: what the worker sent, or, where it was lost, how."""

    ticket: int
    text: str = ""
    lost: str = ""
    deaths: int = 1
    """workers that were lost over it"""


class Engine(Protocol):
    """An engine at work. Raises `ConnectionError`, in a planner's words, where a cluster cannot be reached any more."""

    @property
    def width(self) -> int:
        """Payloads that it can make use of at a time."""
        ...

    def submit(self, ticket: int, payload: bytes) -> None:
        """Begins work on a payload."""
        ...

    def wait(self, seconds: float, /) -> list[Back]:
        """What has come back since, after at most so many seconds."""
        ...

    def close(self, *, now: bool) -> None:
        """Lets go of the workers; `now` where work is still under way, which is given up."""
        ...


@dataclass(frozen=True)
class Where:
    """Which engine, how many workers (as many as there are processors, if not given), and the cluster's address."""

    engine: str = "loky"
    workers: int | None = None
    address: str = ""

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise UnknownOption(f"there is no engine {self.engine}; the engines are {', '.join(ENGINES)}")
        if self.workers is not None and self.workers < 1:
            raise UnknownOption(f"there must be 1 worker or more, not {self.workers}")
        if self.address and self.engine not in AT_AN_ADDRESS:
            raise UnknownOption(f"the engine {self.engine} has no address; {' and '.join(AT_AN_ADDRESS)} have")
        if self.address and self.workers is not None:
            raise UnknownOption("a cluster at an address has the workers that it has: leave out either")

    def check(self) -> None:
        """Raises `MissingExtra` where the engine's package is not installed."""
        package = ENGINES[self.engine]
        if package and importlib.util.find_spec(package) is None:
            raise MissingExtra(self.engine, [package])

    def opened(self, stop: Stop) -> Engine:
        """The engine, ready for work; `stop` is somebody's wish to stop, which work in this process listens to."""
        self.check()
        engine: Engine = import_module(f"portfolioopt.points.engines.on_{self.engine}").opened(self, stop)
        return engine
