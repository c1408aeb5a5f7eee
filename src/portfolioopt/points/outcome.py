"""What came of a point. All of it but `told` is the same wherever and whenever the point is computed."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

OUTCOME_FORMAT = "portfolioopt-outcome/1"
Kind = Literal["done", "clock", "refused", "failed"]
"""
done      answered
clock     answered, but a time limit had a say: on another machine, or another day, the answer may be another one
refused   the question cannot be asked of these facts; `reason` says why
failed    no answer: workers were lost, or our fault; `reason` says which
"""


@dataclass(frozen=True)
class Worked:
    """What a function that answers returns: JSON, exact numbers as text."""

    answer: dict[str, Any]
    clock: bool = False
    """Whether a time limit had a say in it."""


@dataclass(frozen=True)
class Outcome:
    """An answer, or the reason why there is none."""

    key: str
    kind: Kind
    answer: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    told: dict[str, Any] = field(default_factory=dict, compare=False)
    """Seconds, process, machine: of interest, but never the same twice, so neither compared nor kept with the rest."""

    @property
    def final(self) -> bool:
        """Whether asking again would bring the same."""
        return self.kind in ("done", "refused")

    def text(self, asked: str = "") -> str:
        """The outcome without `told`, as it is stored; `asked` is for whoever reads the file."""
        document: dict[str, Any] = {"format": OUTCOME_FORMAT, "key": self.key, "kind": self.kind}
        if asked:
            document["asked"] = json.loads(asked)
        if self.reason:
            document["reason"] = self.reason
        return json.dumps({**document, "answer": self.answer}, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def outcome_from(text: str, key: str) -> Outcome:
    """The outcome that `Outcome.text` wrote for the point of that key; raises ValueError for any other text."""
    raw: Any = json.loads(text)
    if not isinstance(raw, dict) or raw.get("format") != OUTCOME_FORMAT or raw.get("key") != key:
        raise ValueError("holds no outcome of that point")
    if raw.get("kind") not in ("done", "clock", "refused", "failed") or not isinstance(raw.get("answer"), dict):
        raise ValueError("holds no outcome that can be read")
    return Outcome(key, raw["kind"], raw["answer"], str(raw.get("reason", "")))
