"""Measures the registered cases, phase by phase, and prints each against its floor or peer of the same run.

python benchmarks/run.py                                  every case that is not marked long
python benchmarks/run.py realistic_40x10x8 --seed 2 --time-limit 60
python benchmarks/run.py --phase hand-over --json out.json

Seconds of different runs, or of different machines, do not compare; ratios within one run do, roughly.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from peers import installed
from prepared import Prepared
from registry import CASES, PHASES, Measured, Phase

REPEATS, ENOUGH = 5, 3.0
"""Most repetitions of a short phase, and the seconds after which no other is begun."""
PACKAGES = ("portfolioopt", "highspy", "pyomo", "numpy", "scipy", "linopy", "ortools")


def machine() -> dict[str, Any]:
    """What kind of machine this is and how busy it was; nothing that names it."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def versions() -> dict[str, str]:
    """Versions of what takes part, where installed."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def measure(phase: Phase, prepared: Prepared, time_limit: float) -> Measured:
    """One phase; the fastest of some repetitions where it is short."""
    best = phase.measure(prepared, time_limit)
    spent, done = best.seconds, 1
    while phase.short and done < REPEATS and spent < ENOUGH:
        again = phase.measure(prepared, time_limit)
        spent, done = spent + again.seconds, done + 1
        best = min(best, again, key=lambda measured: measured.seconds)
    return best


def measure_case(name: str, seed: int, time_limit: float, phases: Iterable[Phase]) -> dict[str, Any]:
    """All phases of a case, printed as they end."""
    prepared = Prepared(CASES[name], seed)
    figures = prepared.figures()
    print(
        f"\n{name}, seed {seed}: " + ", ".join(f"{key.replace('_', ' ')} {count:,}" for key, count in figures.items())
    )
    print(f"{'phase':12} {'engine':13} {'seconds':>9}  {'ratio':>18}  {'value':>13} {'bound':>13} {'gap':>8}  plan")
    seconds: dict[tuple[str, str], float] = {}
    rows = []
    for phase in phases:
        if not installed(phase.needs):
            print(f"{phase.name:12} {phase.engine:13} left out: {phase.needs} is not installed")
            continue
        measured = measure(phase, prepared, time_limit)
        seconds[phase.name, phase.engine] = measured.seconds
        floor = None if phase.against is None else seconds.get(phase.against)
        ratio = None if not floor else measured.seconds / floor
        print(_line(phase, measured, ratio), flush=True)
        against = None if phase.against is None else " ".join(phase.against)
        row = {"phase": phase.name, "engine": phase.engine, **asdict(measured), "gap": measured.gap}
        rows.append({**row, "ratio": ratio, "against": against})
    prepared.close()
    return {"case": name, "seed": seed, "time_limit": time_limit, "size": figures, "measured": rows}


def _line(phase: Phase, measured: Measured, ratio: float | None) -> str:
    against = "" if phase.against is None or ratio is None else f"{ratio:.3g} × {phase.against[1]}"
    value = "" if measured.value is None else f"{measured.value:,.2f}"
    bound = "" if measured.bound is None else f"{measured.bound:,.2f}"
    gap = "" if measured.gap is None else f"{measured.gap:.3%}"
    plan = {None: "", True: "audit accepts", False: "audit refuses"}[measured.audited]
    if phase.name == "solve" and measured.audited is None:
        plan = "none"
    work = f"{phase.name:12} {phase.engine:13} {measured.seconds:9.3f}  {against:>18}"
    return f"{work}  {value:>13} {bound:>13} {gap:>8}  {plan}".rstrip()


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="*", help=f"one or more of {', '.join(CASES)}")
    parser.add_argument("--seed", type=int, default=1, help="of the cases that are made (default 1)")
    parser.add_argument("--time-limit", type=float, default=60, help="seconds of a solve (default 60)")
    parser.add_argument("--phase", action="append", choices=sorted({phase.name for phase in PHASES}))
    parser.add_argument("--long", action="store_true", help="the large cases too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the results")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.case if name not in CASES]
    if unknown:
        parser.error(f"there is no case {unknown[0]}; there are {', '.join(CASES)}")
    names = asked.case or [name for name, case in CASES.items() if asked.long or not case.long]
    wanted = [phase for phase in PHASES if asked.phase is None or phase.name in asked.phase]
    about = {"machine": machine(), "versions": versions()}
    print(*(f"{key} {value}" for part in about.values() for key, value in part.items()), sep=", ")
    results = []
    for name in names:
        results.append(measure_case(name, asked.seed, asked.time_limit, wanted))
        if asked.json is not None:  # after every case, so that an interrupt loses none
            asked.json.write_text(json.dumps({**about, "results": results}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
