"""Points are handed out until all have an outcome, whatever dies; what is stored is never computed again."""

import json
import os
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from portfolioopt import InvalidInput, UnknownOption, cases, read_instance, read_model
from portfolioopt.errors import MissingExtra
from portfolioopt.points import Facts, Outcome, Pace, Point, Store, Where, compute_points, solve_asked
from portfolioopt.points.engines import Back
from portfolioopt.points.running import MOST_DEATHS
from portfolioopt.points.work import as_sent, compute
from portfolioopt.solution.stop import Stop

INSTANCES = Path(__file__).parents[2] / "instances"
POINTS = 40


def grid(number: int) -> list[Point]:
    facts = Facts.of(read_instance(INSTANCES / "two_deals"), read_model("expected_value"))
    return [
        facts.point(solve_asked([cases.scale("capital.budget", Decimal(50 + 2 * step) / 100)]))
        for step in range(number)
    ]


@pytest.fixture(scope="module")
def points() -> list[Point]:
    return grid(POINTS)


@pytest.fixture(scope="module")
def serial(points: list[Point], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run in one process stores."""
    folder = tmp_path_factory.mktemp("serial")
    assert len(compute_points(points, Store(folder), Where("serial"))) == len(points)
    return stored(folder)


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("points/*/*.json")}


@dataclass
class Killer:
    """Kills, at random, the process of a point that has just ended: it is at the next one by then."""

    folder: Path
    kills: int = 5
    every: int = 5
    rng: random.Random = field(default_factory=lambda: random.Random(4))
    killed: list[int] = field(default_factory=list)

    def __call__(self, pace: Pace) -> None:
        if len(self.killed) >= self.kills or pace.done < self.every * (len(self.killed) + 1):
            return
        lines = (self.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
        alive = [pid for pid in {json.loads(line)["pid"] for line in lines[-4:]} if pid not in self.killed]
        if alive:
            victim = self.rng.choice(alive)
            os.kill(victim, signal.SIGKILL)
            self.killed.append(victim)


def test_five_workers_killed_at_random_leave_the_bytes_of_a_run_in_one_process(
    points: list[Point], serial: dict[str, bytes], tmp_path: Path
) -> None:
    killer = Killer(tmp_path)
    paces: list[int] = []

    def watch(pace: Pace) -> None:
        killer(pace)
        paces.append(pace.lost)

    found = compute_points(points, Store(tmp_path), Where("loky", workers=2), watch=watch)
    assert len(killer.killed) == 5
    assert paces[-1] >= 1
    assert [found[point.key].kind for point in points] == ["done"] * len(points)
    assert stored(tmp_path) == serial


def test_what_is_stored_is_not_computed_again(
    points: list[Point], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    first = compute_points(points[:3], store, Where("serial"))
    monkeypatch.setattr(Where, "opened", lambda *_: pytest.fail("an engine was started"))
    assert compute_points(points[:3], store, Where("loky")) == first


def test_a_run_that_was_stopped_goes_on_on_another_engine(
    points: list[Point], serial: dict[str, bytes], tmp_path: Path
) -> None:
    stop, points = Stop(), points[:12]
    first = compute_points(
        points, Store(tmp_path), Where("serial"), stop=stop, watch=lambda pace: stop.ask() if pace.done >= 7 else None
    )
    assert len(first) == 7
    seen: list[tuple[int, int]] = []
    compute_points(points, Store(tmp_path), Where("loky", 2), watch=lambda pace: seen.append((pace.known, pace.done)))
    assert seen[0] == (len(first), 0)
    assert seen[-1] == (len(first), len(points) - len(first))
    assert stored(tmp_path) == {f"{point.key}.json": serial[f"{point.key}.json"] for point in points}


def test_half_a_file_is_computed_again(points: list[Point], serial: dict[str, bytes], tmp_path: Path) -> None:
    store = Store(tmp_path)
    compute_points(points[:2], store, Where("serial"))
    paths = sorted(tmp_path.glob("points/*/*.json"))
    paths[0].write_text(paths[0].read_text(encoding="utf-8")[:50], encoding="utf-8")
    paths[1].write_text("{}", encoding="utf-8")
    compute_points(points[:2], store, Where("serial"))
    assert stored(tmp_path) == {path.name: serial[path.name] for path in paths}


def test_nothing_half_written_is_left_behind(
    points: list[Point], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidInput, match="No space left on device"):
        compute_points(points[:1], Store(tmp_path), Where("serial"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_point_that_cannot_be_asked_ends_no_other(points: list[Point], tmp_path: Path) -> None:
    wrong = points[0].facts.point(solve_asked([cases.scale("capital.nothing", 2)]))
    found = compute_points([wrong, *points[:2]], Store(tmp_path), Where("serial"))
    assert [found[point.key].kind for point in (wrong, *points[:2])] == ["refused", "done", "done"]
    assert "capital.nothing" in found[wrong.key].reason


def test_what_holds_not_for_good_is_asked_again(points: list[Point], tmp_path: Path) -> None:
    store, point = Store(tmp_path), points[0]
    store.keep(point, Outcome(point.key, "clock", {"status": "feasible"}))
    assert store.found(point) is None
    unsettled = store.unsettled(point)
    assert unsettled is not None
    assert unsettled.kind == "clock"
    assert compute_points([point], store, Where("serial"))[point.key].kind == "done"
    assert store.unsettled(point) is None


@dataclass
class Dying:
    """An engine on which one point kills every worker."""

    poison: int
    width: int = 2
    deaths: int = 0
    waiting: list[tuple[int, bytes]] = field(default_factory=list)
    poisoned: bytes = b""

    def submit(self, ticket: int, payload: bytes) -> None:
        if ticket == self.poison:
            self.poisoned = payload
        self.waiting.append((ticket, payload))

    def wait(self, _seconds: float) -> list[Back]:
        ticket, payload = self.waiting.pop(0)
        if payload == self.poisoned:
            self.deaths += 1
            return [Back(ticket, lost="its process was killed")]
        return [Back(ticket, compute(payload))]

    def close(self, *, now: bool) -> None:
        assert not now


def test_a_point_that_kills_its_workers_is_given_up_with_its_reason(
    points: list[Point], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Dying(poison=2)
    monkeypatch.setattr(Where, "opened", lambda *_: engine)
    found = compute_points(points[:4], Store(tmp_path), Where())
    assert [found[point.key].kind for point in points[:4]] == ["done", "failed", "done", "done"]
    assert engine.deaths == MOST_DEATHS
    assert "workers were lost over it" in found[points[1].key].reason
    assert Store(tmp_path).found(points[1]) is None


def test_five_workers_lost_over_one_point_are_no_reason_to_give_it_up(
    points: list[Point], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[int] = []

    class Unlucky(Dying):
        def wait(self, seconds: float) -> list[Back]:
            order.append(self.waiting[0][0])
            if self.deaths == 5:
                self.poisoned = b""
            return super().wait(seconds)

    engine = Unlucky(poison=1)
    monkeypatch.setattr(Where, "opened", lambda *_: engine)
    found = compute_points(points[:4], Store(tmp_path), Where())
    assert engine.deaths == 5
    assert {outcome.kind for outcome in found.values()} == {"done"}
    assert order[:4] == [1, 2, 3, 4], "the others do not wait for it"


def test_an_answer_to_something_else_is_not_taken(
    points: list[Point], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Confused(Dying):
        def wait(self, _seconds: float) -> Sequence[Back]:  # type: ignore[override]
            ticket, _ = self.waiting.pop(0)
            return [Back(ticket, as_sent(Outcome("of another", "done", {"status": "optimal"})))]

    monkeypatch.setattr(Where, "opened", lambda *_: Confused(poison=0))
    found = compute_points(points[:1], Store(tmp_path), Where())
    assert found[points[0].key].kind == "failed"


def test_the_pace_tells_what_is_left() -> None:
    pace = Pace(10, known=4)
    assert pace.left is None
    pace.began -= 6.0
    for _ in range(3):
        pace.ended(Outcome("", "done"))
    assert pace.each == pytest.approx(2.0, abs=0.2)
    assert pace.left == pytest.approx(6.0, abs=0.6)


def test_an_engine_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownOption, match="there is no engine spark"):
        Where("spark")
    with pytest.raises(UnknownOption, match="has no address"):
        Where("loky", address="tcp://somewhere:8786")
    with pytest.raises(UnknownOption, match="1 worker or more"):
        Where("loky", workers=0)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(MissingExtra, match=r"portfolioopt\[dask\]"):
        Where("dask").check()
