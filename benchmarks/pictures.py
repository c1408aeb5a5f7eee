"""Gap against time, a picture for each case: of each engine, between its own best plan and its own bound."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.records import Record
from benchmarks.registry import CP_SAT, HIGHS, OURS, SCIP

COLOURS = {OURS: "#1f5f8b", HIGHS: "#c2571a", SCIP: "#4d7d3c", CP_SAT: "#8a5a9e"}
MOST, LEAST = 100.0, 0.01
"""Percent: gaps above are not drawn, those below are drawn as this. Both ends of the scale, which is logarithmic."""
SHORTEST = 0.05
"""Seconds before which nothing is drawn."""


def draw_all(records: Sequence[Record], folder: Path, *, png: bool = False) -> Iterator[Path]:
    """A picture for each case of which anything has been solved, from its latest run."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in dict.fromkeys(record.case for record in records):
        solved = latest(records, case, "solve")
        rows = gaps(solved)
        if not rows:
            continue
        chart = picture(rows, case, solved)
        for kind in ("svg", "png") if png else ("svg",):
            path = folder / f"{case}.{kind}"
            chart.save(path, **({"ppi": 144} if kind == "png" else {}))
            yield path


def latest(records: Sequence[Record], case: str, phase: str) -> list[Record]:
    """What the latest run that has the phase measured of it, one record for each engine."""
    mine = [record for record in records if (record.case, record.phase) == (case, phase)]
    run = max((record.run for record in mine), default="")
    return list({record.engine: record for record in mine if record.run == run}.values())


def gaps(solved: Sequence[Record]) -> list[dict[str, Any]]:
    """(engine, seconds, percent) wherever there was a gap to tell, and at the end of each solve."""
    rows = []
    for record in solved:
        for point in record.points:
            if point.gap is not None:
                percent = min(max(100 * point.gap, LEAST), MOST)
                seconds = max(point.seconds, SHORTEST)
                rows.append({"engine": record.engine, "seconds": seconds, "percent": percent})
    return rows


def picture(rows: list[dict[str, Any]], case: str, solved: Sequence[Record]) -> Any:
    """Both scales logarithmic, steps: a gap stays until something better is found or proven."""
    import altair as alt

    engines = [engine for engine in COLOURS if any(row["engine"] == engine for row in rows)]
    blank = [record.engine for record in solved if record.engine not in engines and record.outcome == "measured"]
    said = f"two cores, one after the other in one run, seed {solved[0].seed}"
    if blank:
        said += f"; no plan and bound by {', '.join(blank)}"
    latest_second = max(row["seconds"] for row in rows)
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(interpolate="step-after", strokeWidth=2.2, clip=True)
        .encode(
            x=alt.X(
                "seconds:Q",
                title="seconds since the instance was read (others: since the matrix was written)",
                scale=alt.Scale(type="log", domain=[SHORTEST, max(latest_second, 1.0)], nice=False),
            ),
            y=alt.Y(
                "percent:Q",
                title="gap between plan and bound, percent",
                scale=alt.Scale(type="log", domain=[LEAST, MOST], nice=False),
            ),
            color=alt.Color(
                "engine:N", title=None, scale=alt.Scale(domain=engines, range=[COLOURS[name] for name in engines])
            ),
        )
        .properties(width=620, height=300, background="white", title=alt.Title(case, subtitle=said, anchor="start"))
        .configure_view(stroke=None)
        .configure_axis(gridColor="#eeeeee")
        .configure_legend(orient="bottom", symbolStrokeWidth=2.2, symbolSize=300)
    )
