"""What was asked of a study that keeps its solves, as it stands in its folder: enough to go on with it anywhere.

asked.json      facts, choices, means, the study's own options, and the plan to start from (portfolioopt-study-asked/1)
against.json    the plan that changes are counted from, where the model names one
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.plans import KEPT, compared_with, plan_text
from portfolioopt.plan import Plan
from portfolioopt.points import Facts
from portfolioopt.points.edition import edition
from portfolioopt.points.facts import opened
from portfolioopt.points.store import write_whole
from portfolioopt.result.exact import decode, encode
from portfolioopt.runs import MANIFEST, STUDY_FORMAT, format_of
from portfolioopt.studies.answer import Answer
from portfolioopt.studies.means import Means

ASKED_FORMAT = "portfolioopt-study-asked/1"
ASKED_FILE = "asked.json"
Found = TypeVar("Found")


@dataclass(frozen=True)
class Asked:
    """A study that may be gone on with."""

    study: str
    instance: Instance
    model: Model
    means: Means
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the study's own, as JSON."""
    plan: Plan | None = None

    @property
    def document(self) -> dict[str, Any]:
        """As it is kept; the same document asks the same."""
        return {
            "format": ASKED_FORMAT,
            "study": self.study,
            "facts": Facts.of(self.instance, self.model).plain,
            "means": encode(self.means),
            "options": dict(self.options),
            "plan": None if self.plan is None else encode(self.plan),
            "edition": edition(),
        }


def keep(asked: Asked, folder: Path) -> None:
    """Writes what was asked into the folder. Raises `InvalidInput` where that cannot be."""
    try:
        keep_against(asked.instance, asked.model, folder)
        write_whole(folder / ASKED_FILE, _text(asked.document))
    except OSError as error:
        said = f"cannot be written: {error.strerror or error}"
        raise InvalidInput([Fault((), said, "choose another folder with --out", file=str(folder))]) from None


def kept(folder: Path, study: str) -> Asked:
    """What was asked in a folder. Raises `InvalidInput` where that cannot be read, or was another study."""

    def understood(raw: dict[str, Any], instance: Instance, model: Model) -> Asked:
        plan = None if raw["plan"] is None else decode(Plan, raw["plan"])
        return Asked(raw["study"], instance, model, decode(Means, raw["means"]), raw["options"], plan)

    return read_asked(folder, study, ASKED_FORMAT, f"{study} INSTANCE --out DIR", understood)


def read_asked(
    folder: Path, study: str, wanted: str, command: str, understood: Callable[[dict[str, Any], Instance, Model], Found]
) -> Found:
    """What `understood` makes of what was asked in a folder; `wanted` is its format, and `command` saves such a folder.

    Raises `InvalidInput` where that cannot be read, or was another study.
    """
    refuse_another(folder, study)
    try:
        raw = json.loads((folder / ASKED_FILE).read_text(encoding="utf-8"))
        if raw["format"] != wanted:
            raise ValueError(f"its format should be {wanted}")
        facts = opened(Facts(**raw["facts"]))
        return understood(raw, facts.instance, at_home(facts.model, folder))
    except OSError as error:
        message = f"holds no {study} to go on with: {error.strerror or error}"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{ASKED_FILE} cannot be read: {error}"
    hint = f"name the folder that a {study} was saved in: {command}"
    raise InvalidInput([Fault((), message, hint, file=str(folder))])


def answered(asked: Asked, folder: Path) -> Answer | None:
    """The whole answer that a folder holds to just this question; None where there is none."""
    from portfolioopt.studies.saving import read_study

    try:
        raw = json.loads((folder / ASKED_FILE).read_text(encoding="utf-8"))
        if raw != json.loads(_text(asked.document)):
            return None
        answer = read_study(folder)
    except (OSError, ValueError, InvalidInput):
        return None
    return answer if answer.about.complete and answer.about.study == asked.study else None


def refuse_another(folder: Path, study: str) -> None:
    """Raises `InvalidInput` where a folder is known to hold a run, or another study."""
    holds = format_of(folder)
    if not holds:
        return
    name = ""
    if holds == STUDY_FORMAT:
        name = str(json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("study", ""))
    if name == study:
        return
    what = f"the study {name.replace('_', '-')}" if name else "a run"
    hint = f"name another folder, or go on with {name.replace('_', '-')} there" if name else "name another folder"
    raise InvalidInput([Fault((), f"holds {what}, not {study}", hint, file=str(folder))])


def keep_against(instance: Instance, model: Model, folder: Path) -> None:
    """Writes the plan that changes are counted from beside what was asked, so that it is there on any machine."""
    if model.changes is not None and model.changes.against != "today":
        write_whole(folder / KEPT, plan_text(compared_with(model, instance)))


def at_home(model: Model, folder: Path) -> Model:
    """The model as one out of that folder: the plan that it names is the one kept there."""
    found = model.model_copy()
    found._folder = folder.resolve()
    return found


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
