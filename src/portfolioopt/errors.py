"""The one tree of errors: everything portfolioopt raises on purpose derives from `PortfolioError`.

PortfolioError
├── InvalidInput (also a ValueError)      faults in facts or choices, all of them at once
│   ├── InvalidInstance
│   ├── InvalidModel
│   └── InvalidCase
├── UnknownOption (also a TypeError)      a solver option that does not exist or is out of range
├── MissingExtra (also an ImportError)    packages that are not installed, and how to get them
├── WrongProcesses                        not started by mpiexec, or by so many processes as cannot share the work
└── EngineFault                           our fault: a plan that the audit refuses, a solver that breaks
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it is, and what to do about it."""

    path: tuple[str | int, ...]
    """Keys and list positions from the top of the file, e.g. ("partnerships", 0, "start", "state")."""
    message: str
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    cell: str = ""
    """The cell of a workbook: States!C5."""
    sought: str = ""
    """The name that a broken reference looks for; not shown."""

    @property
    def key(self) -> str:
        """The path as a planner writes it: partnerships[0].start.state."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text

    def at(self, file: str, line: int, column: int) -> "Fault":
        return replace(self, file=file, line=line, column=column)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.cell, self.line, self.column) if part)
        head = ": ".join(part for part in (place, self.key, self.message) if part)
        return f"{head} ({self.hint})" if self.hint else head


class PortfolioError(Exception):
    """Anything portfolioopt raises on purpose."""


class InvalidInput(PortfolioError, ValueError):
    """Facts or choices that cannot be used; `faults` lists all that is wrong."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type["InvalidInput"], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class InvalidInstance(InvalidInput):
    """An instance that breaks the language or contradicts itself."""


class InvalidModel(InvalidInput):
    """A model file that breaks the language or does not fit its instance."""


class InvalidCase(InvalidInput):
    """Changes that cannot be made, or that make the facts or the choices unsound."""


class UnknownOption(PortfolioError, TypeError):
    """A solver option that does not exist or is out of range."""


class MissingExtra(PortfolioError, ImportError):
    """Packages that only some commands need are not installed."""

    def __init__(self, extra: str, packages: Sequence[str]) -> None:
        self.extra, self.packages = extra, tuple(packages)
        needed = " and ".join(part for part in (", ".join(packages[:-1]), packages[-1]) if part)
        super().__init__(f"this needs {needed}, not installed here: pip install 'portfolioopt[{extra}]'")


class WrongProcesses(PortfolioError):
    """Not started by `mpiexec`, or by so many processes as cannot share the work."""

    def __init__(self, said: str, process: int = 0) -> None:
        self.process = process
        """Of the processes, the one that raises this; 0 is the first."""
        super().__init__(said)


class EngineFault(PortfolioError):
    """Our fault: a plan that the audit refuses, or a solver that breaks down."""
