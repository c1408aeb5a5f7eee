"""Solves of a study, kept as points: each under a key of all that decides its answer, so that none is made twice.

What decides it: instance and model; the conditions, and the plans to start from; what the session knew from the solve
before (prices, plan and bound, and the case that they are of); gap, seed, threads and work; the engine's code and the
versions beneath it. Where a limit of time ended a solve, it decided too: such an answer is taken again by whoever gives
no more time, and is asked for anew by all others. One that Ctrl-C or the study's own end cut short always is.
"""

import hashlib
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from portfolioopt.errors import EngineFault
from portfolioopt.plan import Plan
from portfolioopt.points import Facts, Outcome, Point, Store, Worked
from portfolioopt.points.facts import compact, memory_text
from portfolioopt.points.solving import BY_THE_CLOCK
from portfolioopt.result.exact import encode
from portfolioopt.result.hashing import canonical
from portfolioopt.solving import Solved
from portfolioopt.studies.means import Means

MOST_TIME = "most_time"
"""Kept of an answer that a limit of time ended: seconds for the study and for the solve; 0 if it was cut short."""


class Kept:
    """The points of one study: what is stored of them, and what is to be stored."""

    def __init__(self, store: Store, means: Means) -> None:
        self._store, self._means = store, means

    def point(self, case: Solved, asked: dict[str, Any], before: Solved | None, work: str) -> Point:
        """A solve, with all that decides its answer; `work` names the method that makes it."""
        from portfolioopt.language.writing import to_yaml  # slow to load

        request = case.request
        facts = Facts(
            to_yaml(case.instance),
            to_yaml(case.model),
            "" if request.against is None else compact(encode(request.against)),
            "" if before is None else memory_text(before.memory),
        )
        means = {"gap": self._means.gap, "seed": self._means.seed, "threads": self._means.threads}
        return facts.point(
            {
                "request": {
                    "conditions": plain(request.conditions),
                    "known": plain(request.known),
                    "starts": [_digest(encode(plan)) for plan in request.starts],
                    "bound": plain(request.bound),
                    "ties": request.ties,
                },
                "after": "" if before is None else _case_digest(before),
                "means": {**means, "verify": self._means.verify, "work_limit": self._means.work_limit},
                **asked,
            },
            work,
        )

    def found(self, point: Point) -> Outcome | None:
        """What is known of a point and need not be asked again."""
        outcome = self._store.found(point)
        if outcome is not None:
            return outcome
        before = self._store.unsettled(point)
        if before is None or before.kind != "clock":
            return None
        study, solve = (float(seconds) for seconds in before.answer.get(MOST_TIME, (0, 0)))
        enough = study >= self._means.time_limit and solve >= _solve_limit(self._means)
        return before if enough else None

    def keep(self, point: Point, worked: Worked, seconds: float, *, cut_short: bool) -> None:
        """Stores an answer. Raises `InvalidInput` where nothing can be written."""
        answer = worked.answer
        if worked.clock:
            limits = (0.0, 0.0) if cut_short else (self._means.time_limit, _solve_limit(self._means))
            answer = {**answer, MOST_TIME: encode(limits)}
        outcome = Outcome(point.key, "clock" if worked.clock else "done", answer, told={"seconds": round(seconds, 4)})
        self._store.keep(point, outcome, engine="serial")

    def fail(self, point: Point, reason: str, seconds: float) -> None:
        """Stores that a point has no answer, and why; it is asked again the next time."""
        told = {"seconds": round(seconds, 4)}
        self._store.keep(point, Outcome(point.key, "failed", reason=reason, told=told), engine="serial")


def ended_by_the_clock(reason: str) -> bool:
    """Whether a solve that ended so might have ended otherwise on another day."""
    return reason in BY_THE_CLOCK


def plain(value: Any) -> Any:
    """Anything that a request is made of as JSON, the same in every process: the kinds of records are named, and sets
    are sorted.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | Fraction | Decimal):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, Plan):
        return _digest(encode(value))
    if isinstance(value, BaseModel):
        return [type(value).__name__, canonical(value)]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, {one.name: plain(getattr(value, one.name)) for one in fields(value)}]
    if isinstance(value, frozenset | set):
        return sorted((plain(item) for item in value), key=compact)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return sorted(([plain(key), plain(item)] for key, item in value.items()), key=compact)
    raise EngineFault(f"a {type(value).__name__} has no plain form")


def _solve_limit(means: Means) -> float:
    return float("inf") if means.solve_limit is None else means.solve_limit


def _case_digest(case: Solved) -> str:
    """What the bound of a solve is of: it is carried over to cases that ask no less."""
    from portfolioopt.language.writing import to_yaml  # slow to load

    request = case.request
    asked = [plain(request.conditions), plain(request.known), plain(request.against)]
    return _digest([to_yaml(case.instance), to_yaml(case.model), asked])


def _digest(value: Any) -> str:
    return hashlib.sha256(compact(value).encode()).hexdigest()
