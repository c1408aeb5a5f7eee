"""What was asked, as it is kept in the folder of a sweep: enough to go on with it on another machine.

asked.json      facts, design and means (portfolioopt-sweep-asked/1)
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.points import Facts
from portfolioopt.points.store import write_whole
from portfolioopt.result.exact import decode, encode
from portfolioopt.studies.asked import ASKED_FILE, keep_against, read_asked
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

    def understood(raw: dict[str, Any], instance: Instance, model: Model) -> Asked:
        return Asked(instance, model, Design.of(raw["design"]), decode(Means, raw["means"]))

    return read_asked(folder, "sweep", ASKED_FORMAT, "sweep INSTANCE ... --out DIR", understood)
