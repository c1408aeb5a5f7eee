"""What is recorded of a measurement comes back as it was, and the page and pictures say what it says."""

import math
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import records
from benchmarks.cases import cases
from benchmarks.curve import Curve, Point, gap_of
from benchmarks.measure import Plan, measure_cases, run_jobs
from benchmarks.memory import peak_memory_mb
from benchmarks.page import MISSING, page
from benchmarks.pictures import draw_all, gaps
from benchmarks.records import Record
from benchmarks.registry import HIGHS, OURS, WORKS
from benchmarks.worker import Job

CASE = "realistic_40x10x8"
SOLVED = Record(
    "2026-01-02T00:00:00Z", CASE, "solve", OURS, 1, 60.0, "measured", seconds=60.5, cpu_seconds=59.0,
    value=100.0, bound=101.0, audited=True, size={"columns": 28_000},
    points=(Point(2.0, None, 120.0), Point(5.0, 90.0, 110.0), Point(60.5, 100.0, 101.0)),
    peak_memory_mb=412.3, machine={"cpu": "some", "count": 2}, versions={"highspy": "1.15.1"},
)  # fmt: skip
PEER = replace(SOLVED, engine=HIGHS, value=98.0, audited=False)


def test_only_what_is_better_becomes_a_point_and_the_end_is_kept() -> None:
    curve = Curve()
    for at, (value, bound) in enumerate([(-math.inf, 9.0), (3.0, 9.0), (3.0, 9.0), (2.0, 8.0), (1e30, 1e30)]):
        curve.note(value, bound, float(at))
    *points, last = curve.closed()
    assert points == [Point(0.0, None, 9.0), Point(1.0, 3.0, 9.0), Point(3.0, 3.0, 8.0)]
    assert (last.value, last.bound) == (3.0, 8.0)


def test_a_gap_needs_a_plan_and_a_bound_and_is_never_negative() -> None:
    assert gap_of(None, 1.0) is gap_of(1.0, None) is None
    assert gap_of(100.0, 103.0) == pytest.approx(0.03)
    assert gap_of(-100.0, -99.0) == pytest.approx(0.01)
    assert gap_of(5.0, 4.0) == 0.0


def test_records_come_back_from_a_file_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.jsonl"
    records.append([SOLVED], path)
    records.append([PEER], path)
    assert records.read(path) == [SOLVED, PEER]
    assert records.read(tmp_path / "none") == []


def test_a_record_tells_what_was_known_at_a_second() -> None:
    assert SOLVED.at(1) is None
    assert SOLVED.at(30) == Point(5.0, 90.0, 110.0)


def test_the_machine_is_told_by_its_kind_alone() -> None:
    assert set(records.machine()) == {"cpu", "count", "system", "python"}


def test_the_page_says_what_was_measured_and_what_was_not(tmp_path: Path) -> None:
    text = page([SOLVED, PEER], cases(), tmp_path)
    alone = next(line for line in text.splitlines() if line.startswith(f"| `{CASE}` | generated"))
    figures = ["5.0 s", "22.22%", "22.22%", "1.000%", "60.5 s", "59.0", "412 |"]
    assert alone.split(" | ")[2:] == figures
    assert "98.00†" in text
    assert MISSING in text
    assert "`capacities_100000x10x12`" in text


def test_a_page_without_results_says_so_of_everything(tmp_path: Path) -> None:
    text = page([], cases(), tmp_path)
    assert "Nothing has been measured yet" in text
    assert "%" not in text.split("## portfolioopt alone")[1].replace("gap at 10 s", "")


def test_only_seconds_of_one_run_are_compared(tmp_path: Path) -> None:
    floor = replace(SOLVED, phase="hand-over", engine="numpy to HiGHS", seconds=0.5)
    ours = replace(floor, engine=OURS, seconds=2.0)
    assert "| 2.000 | 4 |" in page([floor, ours], cases(), tmp_path)
    assert "| 2.000 | 4 |" not in page([floor, replace(ours, run="2026-01-03T00:00:00Z")], cases(), tmp_path)


def test_only_points_with_a_gap_are_drawn() -> None:
    assert [row["percent"] for row in gaps([SOLVED])] == [pytest.approx(22.222, abs=0.01), pytest.approx(1.0)]


def test_a_picture_is_drawn_for_each_case_solved(tmp_path: Path) -> None:
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    drawn = list(draw_all([SOLVED, PEER, replace(SOLVED, case="other", phase="read")], tmp_path))
    assert drawn == [tmp_path / f"{CASE}.svg"]
    assert ElementTree.parse(drawn[0]).getroot().tag.endswith("svg")


def test_what_is_missing_is_recorded_and_not_raised() -> None:
    known = cases()
    solving = tuple(work for work in WORKS if work.phase == "solve")
    absent = replace(solving[1], needs="no_such_module")
    assert [one.outcome for one in measure_cases([known["mmkp_INST01"]], Plan(solving[:1]))] == ["no data"]
    assert [one.outcome for one in measure_cases([known["mmkp_I01"]], Plan((absent,)))] == ["not installed"]
    large = measure_cases([known["capacities_100000x10x12"]], Plan(solving[:1]))
    assert [one.outcome for one in large] == ["left out"]


def test_a_measurement_tells_seconds_and_memory_of_its_own_process() -> None:
    solving = tuple(work for work in WORKS if work.key == ("solve", HIGHS))
    (record,) = measure_cases([cases()["mmkp_I01"]], Plan(solving, time_limit=5, tiny=True))
    assert (record.outcome, record.value, record.audited, record.tiny) == ("measured", 173.0, True, True)
    assert record.seconds is not None
    assert record.process_seconds is not None
    assert record.process_seconds > record.seconds > 0
    assert record.process_cpu_seconds is not None
    assert record.peak_memory_mb is not None
    assert 10 < record.peak_memory_mb < 2_000


def test_a_process_that_does_not_end_is_ended(tmp_path: Path) -> None:
    ran = run_jobs([Job("mmkp_I01", "prepare", OURS, 1, 1.0, str(tmp_path), tiny=True)], 0.0)
    assert ran.killed
    assert ran.answers == ()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's mark is read on Linux")
def test_memory_of_a_process_that_is_gone_cannot_be_told() -> None:
    assert peak_memory_mb(2**30) is None
    assert (peak_memory_mb() or 0) > 10
