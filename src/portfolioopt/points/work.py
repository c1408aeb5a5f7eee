"""What a worker does with a point: reads it, has it answered, and says how that went. Nothing else is ever run."""

import json
import os
import platform
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from portfolioopt.errors import EngineFault, InvalidInput, UnknownOption
from portfolioopt.points.edition import differences
from portfolioopt.points.facts import Opened, opened
from portfolioopt.points.outcome import Outcome, Worked
from portfolioopt.points.point import Point, point_from
from portfolioopt.solution.stop import Stop

Work = Callable[[Opened, Mapping[str, Any], Stop], Worked]
OURS = "portfolioopt."
ONE_AT_A_TIME = threading.Lock()
"""HiGHS keeps one set of threads for a whole process, so two points must not be worked at in one at once."""


def compute(payload: bytes) -> str:
    """What came of a point, as JSON. It raises nothing: what goes wrong is an outcome too."""
    try:
        point, key, asking = point_from(payload)
    except (ValueError, KeyError, TypeError) as error:
        return as_sent(Outcome("", "failed", reason=f"what was sent is {error}"))
    other = differences(asking)
    if other:
        return as_sent(Outcome(key, "failed", reason=f"the worker on {platform.node()} has {other}"))
    return as_sent(answered(point, Stop()))


def answered(point: Point, stop: Stop) -> Outcome:
    """What comes of a point in this process."""
    began = time.perf_counter()
    try:
        with ONE_AT_A_TIME:
            worked = work_of(point.work)(opened(point.facts), json.loads(point.asked), stop)
        outcome = Outcome(point.key, "clock" if worked.clock else "done", worked.answer)
    except InvalidInput as invalid:
        outcome = Outcome(point.key, "refused", reason="; ".join(map(str, invalid.faults)))
    except UnknownOption as error:
        outcome = Outcome(point.key, "refused", reason=str(error))
    except Exception as error:
        outcome = Outcome(point.key, "failed", reason=f"{type(error).__name__}: {error}")
    told = {
        "seconds": round(time.perf_counter() - began, 4),
        "host": platform.node(),
        "pid": os.getpid(),
    }
    return Outcome(outcome.key, outcome.kind, outcome.answer, outcome.reason, told)


def work_of(name: str) -> Work:
    """The function of that name; only one of this package is ever taken."""
    module, _, function = name.partition(":")
    if not module.startswith(OURS):
        raise EngineFault(f"{name} is no function of portfolioopt")
    found: Work = getattr(import_module(module), function)
    return found


def as_sent(outcome: Outcome) -> str:
    """An outcome as a worker sends it."""
    return json.dumps(
        {
            "key": outcome.key,
            "kind": outcome.kind,
            "answer": outcome.answer,
            "reason": outcome.reason,
            "told": outcome.told,
        },
        ensure_ascii=False,
        allow_nan=False,
    )


def received(text: str) -> Outcome:
    """The outcome that a worker sent."""
    return Outcome(**json.loads(text))
