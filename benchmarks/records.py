"""Results: one line of JSON for each measurement, with what it was measured on; files are only ever appended to."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.curve import Point, gap_of

RESULTS = Path(__file__).parent / "results.jsonl"
PACKAGES = ("portfolioopt", "highspy", "pyomo", "numpy", "scipy", "linopy", "ortools", "pyscipopt")
CPU_FACTS = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Record:
    """One engine in one phase on one case; `outcome` tells whether there is anything to read in it."""

    run: str
    """when the run began, UTC; records of one run compare with each other"""
    case: str
    phase: str
    engine: str
    seed: int
    time_limit: float
    outcome: str
    """measured | not installed | no data | left out | killed | failed"""
    seconds: float | None = None
    """of the work alone, as the next"""
    cpu_seconds: float | None = None
    process_seconds: float | None = None
    """of the whole process, as the next two: start of Python, imports and reading included"""
    process_cpu_seconds: float | None = None
    peak_memory_mb: float | None = None
    value: float | None = None
    """of the plan: the audit's where it accepts the plan, else the engine's own word"""
    bound: float | None = None
    audited: bool | None = None
    ended: str = ""
    size: dict[str, int] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    tiny: bool = False
    """measured at the size of the tests: of no interest but to them"""

    @property
    def gap(self) -> float | None:
        """Relative, between the engine's own plan and its own bound."""
        return gap_of(self.value, self.bound)

    def at(self, seconds: float) -> Point | None:
        """What was known at some second of the solve; None before the first point."""
        known = [point for point in self.points if point.seconds <= seconds]
        return known[-1] if known else None


def append(records: Iterable[Record], path: Path) -> None:
    """At the end of a file, which is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for record in records:
            raw = asdict(record)
            raw["gap"] = record.gap
            raw["points"] = [[point.seconds, point.value, point.bound] for point in record.points]
            file.write(json.dumps(raw, allow_nan=False) + "\n")


def read(path: Path) -> list[Record]:
    """All records of a file; none where there is no file."""
    if not path.exists():
        return []
    names = {one.name for one in fields(Record)}
    records = []
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = {key: value for key, value in json.loads(line).items() if key in names}
        raw["points"] = tuple(Point(*point) for point in raw["points"])
        records.append(Record(**raw))
    return records


def machine() -> dict[str, Any]:
    """What kind of machine this is; nothing that names it."""
    models = [line for line in _lines(CPU_FACTS) if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.processor() or platform.machine()
    return {"cpu": model, "count": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}


def versions() -> dict[str, str]:
    """Versions of what takes part, where installed."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
