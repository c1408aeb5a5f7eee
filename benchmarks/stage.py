"""What lies ready for the engines: the instance file, and the whole matrix where it is written."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cases import GAP, Case
from benchmarks.matrix import Matrix, read_matrix

if TYPE_CHECKING:
    from portfolioopt import Instance


@dataclass(frozen=True)
class Limits:
    """Of a piece of work: seconds and seed of a solve, repetitions of the rest."""

    seconds: float
    seed: int = 0
    gap: float = GAP
    """relative gap at which to stop"""
    cores: int = 2
    """of a solve, for engines that can use more than one; everything else has one"""
    repeats: int = 5
    """most repetitions of a short piece of work"""


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
        if self._made.exists():
            return self._made, ()
        return self.case.write(self._made, self.seed, tiny=self.tiny)

    @property
    def _made(self) -> Path:
        return self.folder / "instance.yaml"

    @property
    def matrix_file(self) -> Path:
        return self.folder / "matrix.npz"

    @property
    def mps_file(self) -> Path:
        return self.folder / "matrix.mps"

    @cached_property
    def instance(self) -> "Instance":
        """As the file says; what was made is JSON and needs no reader of YAML."""
        from portfolioopt import Instance, read_instance

        if self.file == self._made:
            return Instance.model_validate(json.loads(self.file.read_text(encoding="utf-8")))
        return read_instance(self.file, self.settings)

    @cached_property
    def matrix(self) -> Matrix:
        """As it was written."""
        return read_matrix(self.matrix_file)
