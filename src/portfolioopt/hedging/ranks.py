"""The processes that hedge together, and mpi-sppy itself: imported only here, and only when hedging begins."""

import contextlib
import io
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

from portfolioopt.errors import MissingExtra, WrongProcesses

DEBUG = "--debug"
FAULT, INTERRUPTED = 1, 130
"""Exit codes, as of the command line."""
CYLINDERS = 3
"""Groups of processes: one hedges, one proves bounds, one looks for plans."""


@dataclass
class Ranks:
    """This process among the others."""

    world: Any
    """mpi4py's communicator"""
    said: io.StringIO = field(default_factory=io.StringIO)
    """what mpi-sppy has printed here"""

    @property
    def number(self) -> int:
        return int(self.world.Get_rank())

    @property
    def size(self) -> int:
        return int(self.world.Get_size())

    @property
    def first(self) -> bool:
        return self.number == 0

    def shared(self, what: Any) -> Any:
        """What the first process has, in all processes."""
        return self.world.bcast(what, root=0)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Where the first process fails before it has shared anything, the others are told that there is nothing."""
        try:
            yield
        except BaseException:
            if self.first:
                self.shared(None)
            raise

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """What mpi-sppy prints is kept for the log. Where one process fails all end: others would wait for ever."""
        try:
            with contextlib.redirect_stdout(self.said):
                yield
        except BaseException as error:
            if not isinstance(error, KeyboardInterrupt):
                sys.stderr.write(f"portfolioopt: process {self.number} failed: {type(error).__name__}: {error}\n")
                if DEBUG in sys.argv:
                    traceback.print_exception(error)
            sys.stderr.flush()
            self.world.Abort(INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAULT)
            raise


def join() -> Ranks:
    """The processes that `mpiexec` has started.

    Raises `MissingExtra` without mpi-sppy or mpi4py, `WrongProcesses` where their number does not do.
    """
    try:
        mpi = import_module("mpi4py.MPI")
        spec = import_module("importlib.util").find_spec("mpisppy")
    except (ImportError, RuntimeError) as error:
        if isinstance(error, RuntimeError):  # mpi4py is there, and no MPI for it to load
            raise WrongProcesses(
                f"no MPI can be loaded ({_line(error)}): pip install mpich, or use your cluster's own"
            ) from None
        raise MissingExtra("mpi", ("mpi-sppy", "mpi4py")) from None
    if spec is None:
        raise MissingExtra("mpi", ("mpi-sppy", "mpi4py"))
    ranks = Ranks(mpi.COMM_WORLD)
    if ranks.size % CYLINDERS:
        raise WrongProcesses(
            f"hedging takes {CYLINDERS} processes or a multiple of that, and there "
            f"{'is 1' if ranks.size == 1 else f'are {ranks.size}'}: mpiexec -n {CYLINDERS} portfolioopt hedge …",
            ranks.number,
        )
    return ranks


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())


def mpi_sppy(name: str) -> ModuleType:
    """A module of mpi-sppy, which opens log files in the folder it is imported in: nobody asked for these."""
    log = import_module("mpisppy.log")
    log.setup_logger = _no_file  # type: ignore[attr-defined]
    return import_module(name)


def _no_file(*_arguments: Any, **_named: Any) -> None:
    """In place of a log file."""
