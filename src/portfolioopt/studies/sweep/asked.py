"""What was asked, as it is kept in the folder of a sweep: enough to go on with it on another machine.

asked.json      facts, design and means (portfolioopt-sweep-asked/1)
"""

import json
from dataclasses import dataclass
from pathlib import Path

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.points import Facts
from portfolioopt.points.facts import opened
from portfolioopt.points.store import write_whole
from portfolioopt.result.exact import decode, encode
from portfolioopt.studies.asked import ASKED_FILE, at_home, keep_against, refuse_another
from portfolioopt.studies.means import Means
from portfolioopt.studies.sweep.designs import Design

ASKED_FORMAT = "portfolioopt-sweep-asked/1"


@dataclass(frozen=True)
class Asked:
    """A sweep that may be gone on with."""

    instance: Instance
    model: Model
    design: Design
    means: Means


def keep(asked: Asked, folder: Path) -> None:
    """Writes what was asked into the folder. Raises `OSError`."""
    document = {
        "format": ASKED_FORMAT,
        "facts": Facts.of(asked.instance, asked.model).plain,
        "design": asked.design.plain,
        "means": encode(asked.means),
    }
    keep_against(asked.instance, asked.model, folder)
    write_whole(folder / ASKED_FILE, json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def kept(folder: Path) -> Asked:
    """What was asked in a folder. Raises `InvalidInput` where that cannot be read, or was another study."""
    refuse_another(folder, "sweep")
    try:
        raw = json.loads((folder / ASKED_FILE).read_text(encoding="utf-8"))
        if raw["format"] != ASKED_FORMAT:
            raise ValueError(f"its format should be {ASKED_FORMAT}")
        facts = opened(Facts(**raw["facts"]))
        model = at_home(facts.model, folder)
        return Asked(facts.instance, model, Design.of(raw["design"]), decode(Means, raw["means"]))
    except OSError as error:
        message = f"holds no sweep to go on with: {error.strerror or error}"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{ASKED_FILE} cannot be read: {error}"
    hint = "name the folder that a sweep was saved in: sweep INSTANCE ... --out DIR"
    raise InvalidInput([Fault((), message, hint, file=str(folder))])
