"""How value and bound close in on each other: portfolioopt and plain HiGHS, one after the other in one run.

python benchmarks/curves.py automaker_2026 realistic_40x10x8 --time-limit 60 --out runs/curves

Writes CASE.csv, and CASE.png, CASE.svg and CASE.html where altair and vl-convert are installed (extra `report`).
"""

import argparse
import csv
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers import installed, plain_highs
from prepared import Prepared
from registry import CASES, HIGHS, OURS

from portfolioopt import solve
from portfolioopt.audit import audit
from portfolioopt.plan import TODAY
from portfolioopt.solution.decisions import plan_of

COLOURS = {OURS: "#1f5f8b", HIGHS: "#c2571a"}
SHOWN = 6.0
"""Percent below and above the best plan that the picture shows at most."""


@dataclass(frozen=True)
class Seen:
    """What was known of an engine's solve at some second; ±∞ where nothing was."""

    engine: str
    seconds: float
    value: float
    bound: float


def watch_ours(prepared: Prepared, time_limit: float) -> list[Seen]:
    """What `solve` tells its watcher, and how it ended."""
    instance = prepared.instance
    seen: list[Seen] = []
    began = time.perf_counter()

    def note(value: float, bound: float) -> None:
        seen.append(Seen(OURS, time.perf_counter() - began, value, bound))

    result = solve(
        instance, prepared.model, time_limit=time_limit, progress=lambda sight: note(sight.value, sight.bound)
    )
    note(
        -math.inf if result.objective is None else result.objective, math.inf if result.bound is None else result.bound
    )
    return changes(seen)


def watch_highs(prepared: Prepared, time_limit: float) -> list[Seen]:
    """What HiGHS tells its watcher; an end at a plan that the audit refuses is told by the caller's `print`."""
    instance = prepared.instance
    seen: list[Seen] = []
    began = time.perf_counter()

    def note(value: float, bound: float) -> None:
        seen.append(Seen(HIGHS, time.perf_counter() - began, value, bound))

    program, ended = plain_highs(instance, prepared.model, time_limit, note)
    note(ended.value, ended.bound)
    if ended.x is not None:
        found = audit(instance, prepared.model, plan_of(prepared.formulation, program.whole(ended.x)), TODAY)
        print(f"  the audit {'accepts' if found.ok else 'refuses'} the plan of plain HiGHS")
    return changes(seen)


def changes(seen: list[Seen]) -> list[Seen]:
    """Only where value or bound moved, each kept as the best so far; and the end."""
    kept: list[Seen] = []
    value, bound = -math.inf, math.inf
    for one in seen:
        better = Seen(one.engine, one.seconds, max(value, one.value), min(bound, one.bound))
        if (better.value, better.bound) != (value, bound) or one is seen[-1]:
            kept.append(better)
        value, bound = better.value, better.bound
    return kept


def write_csv(seen: list[Seen], path: Path) -> None:
    """One row per change; empty where nothing was known."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("engine", "seconds", "value", "bound"))
        for one in seen:
            known = (repr(round(amount, 6)) if math.isfinite(amount) else "" for amount in (one.value, one.bound))
            writer.writerow((one.engine, f"{one.seconds:.3f}", *known))


def picture(seen: list[Seen], title: str, said: str) -> Any:
    """Percent from the best plan of the run: plans rise to zero from below, bounds fall to it from above."""
    import altair as alt  # type: ignore[import-not-found, unused-ignore]
    import pandas as pd

    best = max(one.value for one in seen)
    rows = []
    for one in seen:
        for kind, amount in (("plan", one.value), ("bound", one.bound)):
            percent = 100 * (amount - best) / abs(best)
            if math.isfinite(percent):
                rows.append({"engine": one.engine, "seconds": one.seconds, "what": kind, "percent": percent})
    frame = pd.DataFrame(rows)
    low, high = max(frame["percent"].min(), -SHOWN), min(frame["percent"].max(), SHOWN)
    margin = 0.05 * (high - low) + 0.02
    lines = (
        alt.Chart(frame)
        .mark_line(interpolate="step-after", clip=True, strokeWidth=2.2)
        .encode(
            x=alt.X(
                "seconds:Q",
                title="seconds since the start, formulation included",
                scale=alt.Scale(domain=[0, max(one.seconds for one in seen)], nice=False),
            ),
            y=alt.Y(
                "percent:Q",
                title="percent from the best plan of the run",
                scale=alt.Scale(domain=[low - margin, high + margin], nice=False),
            ),
            color=alt.Color(
                "engine:N", title=None, scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
            ),
            strokeDash=alt.StrokeDash(
                "what:N", title=None, scale=alt.Scale(domain=["plan", "bound"], range=[[1, 0], [5, 3]])
            ),
        )
    )
    zero = alt.Chart(pd.DataFrame({"percent": [0.0]})).mark_rule(color="#bbbbbb").encode(y="percent:Q")
    return (
        (zero + lines)
        .properties(width=620, height=300, title=alt.Title(title, subtitle=said, anchor="start"), background="white")
        .configure_view(stroke=None)
        .configure_axis(gridColor="#eeeeee")
        .configure_legend(orient="bottom", symbolStrokeWidth=2.2, symbolSize=300)
    )


def draw(seen: list[Seen], folder: Path, name: str, title: str, said: str) -> None:
    """PNG, SVG and a page that needs no network."""
    chart = picture(seen, title, said)
    chart.save(folder / f"{name}.png", ppi=144)
    chart.save(folder / f"{name}.svg")
    chart.save(folder / f"{name}.html", inline=True)


def main(arguments: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="+", choices=list(CASES), metavar="case", help=f"of {', '.join(CASES)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=60)
    parser.add_argument("--out", type=Path, default=Path("runs") / "curves")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    drawn = installed("altair") and installed("vl_convert")
    if not drawn:
        print("altair and vl-convert are not installed (extra report): the figures are written as CSV only")
    for name in asked.case:
        print(name)
        prepared = Prepared(CASES[name], asked.seed)
        highs = watch_highs(prepared, asked.time_limit)
        ours = watch_ours(prepared, asked.time_limit)
        prepared.close()
        write_csv(ours + highs, asked.out / f"{name}.csv")
        for last in (ours[-1], highs[-1]):
            print(f"  {last.engine}: {last.value:,.2f} of at most {last.bound:,.2f} after {last.seconds:.1f} s")
        if drawn and math.isfinite(max(one.value for one in ours + highs)):
            made = "" if isinstance(CASES[name].source, Path) else f", seed {asked.seed}"
            said = f"{asked.time_limit:g} s, one thread each, one run on a shared machine{made}"
            draw(ours + highs, asked.out, name, f"{name}: plan and bound over time", said)


if __name__ == "__main__":
    main(sys.argv[1:])
