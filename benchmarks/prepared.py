"""A case made ready stage by stage, so that each phase is measured on what the one before it left."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from portfolioopt import Instance, read_instance
from portfolioopt.formulation.build import Formulation, formulate
from portfolioopt.language.model import Model
from portfolioopt.networks.portfolio import Portfolio, lay_out
from portfolioopt.solution.program import Program, hand_over


@dataclass(frozen=True)
class Case:
    """An instance to measure on: a file, or made from a seed, and the same at a size for the tests."""

    name: str
    source: Path | Callable[[int], dict[str, Any]]
    tiny: Path | Callable[[int], dict[str, Any]]
    long: bool = False
    """Left out unless asked for by name or with --long."""


class Prepared:
    """A case at a seed; every stage is made once, when first asked for."""

    def __init__(self, case: Case, seed: int, *, tiny: bool = False) -> None:
        self.case = case
        self.model = Model()
        source = case.tiny if tiny else case.source
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if isinstance(source, Path):
            self.file = source
        else:
            # JSON is YAML: what is made is read through the same door as what planners write
            self._folder = tempfile.TemporaryDirectory(prefix="portfolioopt-benchmark-")
            self.file = Path(self._folder.name) / "instance.yaml"
            self.file.write_text(json.dumps(source(seed), indent=1), encoding="utf-8")

    def close(self) -> None:
        """Removes the file that was made."""
        if self._folder is not None:
            self._folder.cleanup()

    @cached_property
    def instance(self) -> Instance:
        """Read from the file."""
        return read_instance(self.file)

    @cached_property
    def portfolio(self) -> Portfolio:
        """Tree and networks."""
        return lay_out(self.instance)

    @cached_property
    def formulation(self) -> Formulation:
        """All rows and columns."""
        return formulate(self.portfolio, self.model)

    @cached_property
    def program(self) -> Program:
        """The whole model as HiGHS takes it."""
        return hand_over(self.formulation)

    def figures(self) -> dict[str, int]:
        """How large the whole model is."""
        return {
            "partnerships": len(self.instance.partnerships),
            "years": self.instance.horizon.years,
            "scenarios": len(self.portfolio.tree.scenarios),
            "columns": len(self.program.columns),
            "rows": len(self.program.rows),
            "coupling_rows": len(self.formulation.labels),
            "non_zeros": int(self.program.matrix.nnz),
        }
