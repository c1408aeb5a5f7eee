"""What lies ready for the engines: the instance file, and the whole matrix where it is written."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cases import Case
from benchmarks.matrix import Matrix, read_matrix

if TYPE_CHECKING:
    from portfolioopt import Instance


@dataclass(frozen=True)
class Limits:
    """Of a solve: seconds, seed of the engine; always one thread, and 1e-4 as the gap to stop at."""

    seconds: float
    seed: int = 0


GAP = 1e-4
"""Relative gap at which every engine may stop; the default of HiGHS and of our models."""


@dataclass
class Stage:
    """A case at a seed in a folder."""

    case: Case
    seed: int
    folder: Path
    tiny: bool = False

    @cached_property
    def file(self) -> Path:
        """The instance file; written on first use."""
        return self._source[0]

    @property
    def settings(self) -> tuple[str, ...]:
        """Made to the instance as it is read; none at the tiny size, whose file is another."""
        return () if self.tiny else self._source[1]

    @cached_property
    def _source(self) -> tuple[Path, tuple[str, ...]]:
        target = self.folder / "instance.yaml"
        if target.exists():
            return target, ()
        return self.case.write(target, self.seed, tiny=self.tiny)

    @property
    def matrix_file(self) -> Path:
        return self.folder / "matrix.npz"

    @property
    def mps_file(self) -> Path:
        return self.folder / "matrix.mps"

    @cached_property
    def instance(self) -> "Instance":
        """Read from the file."""
        from portfolioopt import read_instance

        return read_instance(self.file, self.settings)

    @cached_property
    def matrix(self) -> Matrix:
        """As it was written."""
        return read_matrix(self.matrix_file)
