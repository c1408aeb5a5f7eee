"""docs/speed.md: what to expect at which size, from the results alone; what has not been measured is said to be so."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.cases import PRICE_DEALS, SWEEP, Case
from benchmarks.curve import Point
from benchmarks.pictures import latest
from benchmarks.records import Record
from benchmarks.registry import ALONE, COMMANDS, CP_SAT, FLOOR, HIGHS, LINOPY, OURS, SCIP, SCRATCH

MISSING = "not measured"
USELESS = 10.0
"""Relative gap beyond which its size says nothing."""
PEERS = (HIGHS, SCIP, CP_SAT)
TOP = """# What to expect at which size

This page is written by `python -m benchmarks page` from `benchmarks/results.jsonl`; nothing in it is typed by hand.
A figure is one measurement on two cores (SCIP: one) of a machine that did other things too: seconds compare within a
run, not between machines. Measure on your own:

    pip install -e ".[bench]"
    python -m benchmarks run realistic_40x10x8
    python -m benchmarks pictures
    python -m benchmarks page

Every engine runs alone in a process of its own. The peers are given the finished matrix, of which neither the
writing nor the reading counts in their seconds; portfolioopt starts from the instance and audits its plans within
its own. A gap is (bound − plan) / |plan|, of each engine's own plan and bound. Plans of the peers are put before
portfolioopt's audit; where it refuses one, the value is the engine's own word and marked †.
"""


def page(records: Sequence[Record], cases: Mapping[str, Case], folder: Path) -> str:
    """The whole page; `folder` is where it will stand, for the pictures."""
    measured = [record for record in records if record.outcome == "measured"]
    names = [name for name, case in cases.items() if not case.file or any(one.case == name for one in measured)]
    parts = [
        TOP,
        _machines(measured),
        "## portfolioopt alone\n",
        _alone(records, names, cases),
        "## Beside others\n",
        _beside(records, names),
        "## How the gap closes\n",
        _pictures(names, folder),
        "## From facts to rows\n",
        _stages(records, names),
        "## The hand-over to HiGHS\n",
        _hand_overs(records, names),
        "## What changes and commands cost\n",
        _rest(records),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _machines(measured: Sequence[Record]) -> str:
    if not measured:
        return f"Nothing has been measured yet: every figure below is “{MISSING}”.\n"
    last = max(measured, key=lambda record: record.run)
    machine = f"{last.machine.get('cpu', 'unknown')} × {last.machine.get('count', '?')}, {last.machine.get('system')}"
    versions = ", ".join(f"{name} {number}" for name, number in last.versions.items())
    return f"Last run: {last.run[:10]}; {machine}, Python {last.machine.get('python')}; {versions}.\n"


def _alone(records: Sequence[Record], names: Iterable[str], cases: Mapping[str, Case]) -> str:
    """How far it comes by when."""
    marks = (10, 60)
    head = ("case", "what", "first plan", *(f"gap at {mark} s" for mark in marks), "gap", "after", "CPU s", "peak MB")
    rows = []
    for name in names:
        record = next((one for one in latest(records, name, "solve") if one.engine == OURS), None)
        start = (f"`{name}`", cases[name].about)
        if record is None or record.outcome != "measured":
            rows.append((*start, MISSING if record is None else record.outcome, *[""] * (len(head) - 3)))
            continue
        seconds = record.seconds or 0.0
        found = [point.seconds for point in record.points if point.value is not None]
        rows.append(
            (
                *start,
                f"{found[0]:.1f} s" if found else "none",
                *(_gap(record.at(mark)) if mark < seconds else "ended" for mark in marks),
                _share(record.gap, ".3%"),
                f"{seconds:.1f} s",
                _figure(record.cpu_seconds, ".1f"),
                _memory(record),
            )
        )
    return _table(head, rows)


def _gap(point: Point | None) -> str:
    return "none" if point is None else _share(point.gap, ".2%")


def _beside(records: Sequence[Record], names: Iterable[str]) -> str:
    """Cases that a peer has solved too: every engine of the latest run."""
    head = ("case", "columns", "engine", "plan", "bound", "gap", "seconds", "CPU s", "peak MB")
    rows = []
    for name in names:
        solved = {record.engine: record for record in latest(records, name, "solve")}
        if all(solved[engine].outcome != "measured" for engine in PEERS if engine in solved):
            continue
        columns = next((one.size["columns"] for one in solved.values() if "columns" in one.size), None)
        start = [f"`{name}`", _figure(columns, ",")]
        for engine in (OURS, *PEERS):
            rows.append((*start, engine, *_found(solved.get(engine))))
            start = ["", ""]
    return _table(head, rows) if rows else f"Other engines: {MISSING}.\n"


def _found(record: Record | None) -> tuple[str, ...]:
    if record is None or record.outcome != "measured":
        return (MISSING if record is None else record.outcome, *[""] * 5)
    refused = "†" if record.audited is False else ""
    return (
        (_figure(record.value, ",.2f") or "none") + refused,
        _figure(record.bound, ",.2f") or "none",
        _share(record.gap, ".3%"),
        _figure(record.seconds, ".1f"),
        _figure(record.cpu_seconds, ".1f"),
        _memory(record),
    )


def _pictures(names: Iterable[str], folder: Path) -> str:
    drawn = [name for name in names if (folder / "speed" / f"{name}.svg").exists()]
    if not drawn:
        return f"Pictures: {MISSING}.\n"
    return "\n".join(f"![Gap against time of {name}](speed/{name}.svg)\n" for name in drawn)


def _stages(records: Sequence[Record], names: Iterable[str]) -> str:
    """Seconds of each stage of portfolioopt, and the memory of a process that has come so far."""
    phases = ("read", "validate", "networks", "formulation")
    head = ("case", *(f"{phase}, s" for phase in phases), "read ÷ plain JSON", "peak MB")
    rows = []
    for name in names:
        found = {phase: _by_engine(records, name, phase) for phase in phases}
        seconds = [_figure(_seconds(found[phase].get(OURS)), ".3f") for phase in phases]
        if not any(seconds):
            continue
        ratio = _ratio(found["read"].get(OURS), found["read"].get("json.loads"))
        memory = found["formulation"].get(OURS)
        rows.append((f"`{name}`", *seconds, ratio, _memory(memory)))
    return _table(head, rows) if rows else f"Stages: {MISSING}.\n"


def _hand_overs(records: Sequence[Record], names: Iterable[str]) -> str:
    head = ("case", "non-zeros", "numpy to HiGHS, s", "portfolioopt, s", "ratio", "linopy, s", "ratio")
    rows = []
    for name in names:
        found = _by_engine(records, name, "hand-over")
        floor = found.get(FLOOR)
        if floor is None:
            continue
        size = floor.size.get("non_zeros")
        figures = [f"`{name}`", f"{size:,}" if size else "", _figure(floor.seconds, ".4f")]
        for engine in (OURS, LINOPY):
            figures += [_figure(_seconds(found.get(engine)), ".3f"), _ratio(found.get(engine), floor)]
        rows.append(tuple(figures))
    return _table(head, rows) if rows else f"Hand-over: {MISSING}.\n"


def _rest(records: Sequence[Record]) -> str:
    """The what-if and the command line."""
    rows = []
    for changed, how in (("automaker_2026_budget", "lowered"), ("automaker_2026_budget_up", "raised")):
        again, cold = (_by_engine(records, changed, phase).get(OURS) for phase in ("solve after a change", "solve"))
        rows += [
            (f"one budget of `automaker_2026` {how}, solved again", _figure(_seconds(again), ".2f"), _cpu(again)),
            ("the same from cold", _figure(_seconds(cold), ".2f"), _cpu(cold)),
            ("… ratio", _ratio(again, cold), ""),
        ]
    deals = _by_engine(records, "automaker_2026_deals", PRICE_DEALS)
    rows += [
        ("every deal of `automaker_2026` priced, each case from scratch", *_costs(deals.get(SCRATCH))),
        ("the same as one study", *_costs(deals.get(OURS))),
        ("… ratio", _ratio(deals.get(OURS), deals.get(SCRATCH)), ""),
    ]
    swept = _by_engine(records, "automaker_2026_sweep", SWEEP)
    for engine, said in (
        (COMMANDS, "`automaker_2026` in 60 variations, by a loop of `portfolioopt solve`"),
        (ALONE, "the same, by a sweep in one process"),
        (OURS, "the same, by a sweep on two"),
    ):
        rows.append((said, _figure(_seconds(swept.get(engine)), ".1f"), _cpu(swept.get(engine))))
    rows.append(("… one process by two", _ratio(swept.get(ALONE), swept.get(OURS)), ""))
    rows.append(("… loop of commands by two", _ratio(swept.get(COMMANDS), swept.get(OURS)), ""))
    for phase, said in (
        ("command --help", "`portfolioopt --help`"),
        ("command solve", "`portfolioopt solve instances/two_deals`"),
    ):
        found = _by_engine(records, "two_deals", phase).get(OURS)
        rows.append((said, _figure(_seconds(found), ".2f"), _cpu(found)))
    return _table(("what", "seconds", "CPU s"), [(said, wall or MISSING, cpu) for said, wall, cpu in rows])


def _costs(record: Record | None) -> tuple[str, str]:
    """Seconds and CPU seconds."""
    return _figure(_seconds(record), ".1f"), _cpu(record)


def _by_engine(records: Sequence[Record], case: str, phase: str) -> dict[str, Record]:
    """What was measured in the latest run."""
    return {one.engine: one for one in latest(records, case, phase) if one.outcome == "measured"}


def _seconds(record: Record | None) -> float | None:
    return None if record is None else record.seconds


def _memory(record: Record | None) -> str:
    return "" if record is None else _figure(record.peak_memory_mb, ",.0f")


def _cpu(record: Record | None) -> str:
    return "" if record is None else _figure(record.cpu_seconds, ".2f")


def _ratio(record: Record | None, floor: Record | None) -> str:
    """Of seconds, only within one run."""
    if record is None or floor is None or record.run != floor.run or not record.seconds or not floor.seconds:
        return ""
    return f"{record.seconds / floor.seconds:.3g}"


def _share(gap: float | None, form: str) -> str:
    """A gap as a percentage, unless it says no more than that the plan is worth next to nothing."""
    if gap is not None and gap > USELESS:
        return f"> {USELESS:,.0%}"
    return _figure(gap, form) or "none"


def _figure(amount: float | None, form: str) -> str:
    return "" if amount is None else format(amount, form)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
