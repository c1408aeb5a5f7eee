"""A point: what is asked of which facts; its key, and how it travels to a worker."""

import hashlib
import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portfolioopt.points.edition import edition
from portfolioopt.points.facts import Facts

POINT_FORMAT = "portfolioopt-point/1"


@dataclass(frozen=True)
class Point:
    """Plain data; made by `Facts.point`."""

    facts: Facts
    asked: str
    """JSON, keys sorted."""
    work: str
    """Who answers: `portfolioopt.…:function`."""

    @cached_property
    def key(self) -> str:
        """SHA-256 of all that decides the answer."""
        parts = [POINT_FORMAT, edition(), self.work, self.facts.digest, self.asked]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @cached_property
    def payload(self) -> bytes:
        """All of it, to be sent to a worker: JSON, compressed."""
        text = json.dumps(
            {
                "format": POINT_FORMAT,
                "key": self.key,
                "edition": edition(),
                "work": self.work,
                "facts": self.facts.plain,
                "asked": self.asked,
            },
            ensure_ascii=False,
        )
        return zlib.compress(text.encode(), 1)


def point_from(payload: bytes) -> tuple[Point, str, dict[str, str]]:
    """The point of a payload, its key as told, and the edition that asks; raises ValueError for any other bytes."""
    try:
        raw: Any = json.loads(zlib.decompress(payload))
    except zlib.error as error:
        raise ValueError(f"no point: {error}") from None
    if not isinstance(raw, dict) or raw.get("format") != POINT_FORMAT:
        raise ValueError(f"no point: its format should be {POINT_FORMAT}")
    return Point(Facts(**raw["facts"]), raw["asked"], raw["work"]), raw["key"], raw["edition"]
