"""What every answer tells of itself, and answers as JSON (portfolioopt-study/1) and back.

An answer is a frozen dataclass with a field `about` and a method `tables` that gives its tables by name. As JSON it
is its fields, exactly, with those of `about` on top.
"""

import json
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, Protocol

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.result import input_hash
from portfolioopt.result.exact import decode, encode
from portfolioopt.result.making import versions
from portfolioopt.result.tables import Table
from portfolioopt.runs import STUDY_FORMAT
from portfolioopt.studies import STUDIES
from portfolioopt.studies.desk import Desk


@dataclass(frozen=True)
class Failed:
    """A solve that has no answer."""

    asked: str
    reason: str


@dataclass(frozen=True)
class About:
    """What was asked, of what, and whether the answer is whole."""

    study: str
    instance: str
    model: str
    currency: str
    complete: bool
    """Whether everything was asked; if not, what is told holds, but more could be told."""
    stopped_by: str
    """What ended it early: `interrupted`, `time limit`; empty if nothing did."""
    solves: int
    seconds: float
    seed: int
    input_hash: str
    versions: dict[str, str]
    known: int = 0
    """Solves whose answers were stored before, and were taken."""
    failed: tuple[Failed, ...] = ()
    """Solves that ended without an answer; the study went on without them."""

    @staticmethod
    def of(desk: Desk, *, complete: bool) -> "About":
        """Of a study that ends now; one whose last solve was cut short is not complete."""
        complete = complete and not desk.cut_short and not desk.failed
        return About(
            study=desk.study,
            instance=desk.instance.name,
            model=desk.model.name,
            currency=desk.instance.currency,
            complete=complete,
            stopped_by="" if complete else desk.stopped_by,
            solves=desk.done,
            seconds=desk.seconds,
            seed=desk.seed,
            input_hash=input_hash(desk.instance, desk.model),
            versions=versions(),
            known=desk.known,
            failed=tuple(Failed(asked, reason) for asked, reason in desk.failed),
        )


class Answer(Protocol):
    """What a study returns."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def about(self) -> About: ...

    def tables(self) -> dict[str, Table]:
        """Tidy tables by name."""
        ...


def to_json(answer: Answer) -> str:
    """The whole answer as text, a line for each of its fields; ±∞ is text, as JSON has no word for it."""
    document = {"format": STUDY_FORMAT, "study": answer.about.study, **encode(answer)}
    lines = [f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in document.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(text: str) -> Answer:
    """The answer that `to_json` wrote; raises `InvalidInput` for any other text."""
    try:
        document = json.loads(text)
        study = document.pop("study")
        if document.pop("format") != STUDY_FORMAT or study not in STUDIES:
            raise ValueError("its format or study is not known here")
        found: Answer = decode(answer_type(study), document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput([Fault((), f"holds no answer of a study: {error}", "ask again")]) from None
    return found


def answer_type(study: str) -> Any:
    """The class of a study's answers."""
    return import_module(f"portfolioopt.studies.{study}").ANSWER
