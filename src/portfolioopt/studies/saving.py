"""The folder of a study: its answer, exactly, and its tables, written whole or not at all.

manifest.json            versions, command, when and how it ended
instance.resolved.yaml   the facts as used, defaults filled in
model.resolved.yaml      the choices as used
study.json               the answer (portfolioopt-study/1)
tables/*.csv
exhibits/*.json          what of it belongs on the page of a run (portfolioopt-exhibit/1)
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.result.exhibit import exhibit_to_json
from portfolioopt.runs import (
    EXHIBITS,
    MANIFEST,
    STUDY_FORMAT,
    folder_name,
    format_of,
    table_text,
    write_folder,
    write_texts,
)
from portfolioopt.studies.answer import Answer, from_json, to_json
from portfolioopt.studies.exhibiting import exhibits_of

STUDY_FILE = "study.json"


def write_study(
    answer: Answer, instance: Instance, model: Model, folder: Path | None = None, *, command: Sequence[str] = ()
) -> Path:
    """Writes the folder of a study and returns where it is.

    Without `folder`: runs/<UTC time>-<study>-<instance>-<hash> under the current folder. Raises `InvalidInput` where
    nothing can be written.
    """
    from portfolioopt.language.writing import to_resolved_yaml  # the YAML library is slow to load

    about = answer.about
    now = datetime.now(UTC)
    manifest = {
        "format": STUDY_FORMAT,
        "created": now.isoformat(timespec="seconds"),
        "command": list(command),
        "study": about.study,
        "instance": about.instance,
        "model": about.model,
        "complete": about.complete,
        "stopped_by": about.stopped_by,
        "solves": about.solves,
        "seconds": about.seconds,
        "seed": about.seed,
        "input_hash": about.input_hash,
        "versions": about.versions,
    }
    files = {
        MANIFEST: json.dumps(manifest, ensure_ascii=False, allow_nan=False, indent=2) + "\n",
        "instance.resolved.yaml": to_resolved_yaml(instance),
        "model.resolved.yaml": to_resolved_yaml(model),
        STUDY_FILE: to_json(answer),
        **{f"tables/{name}.csv": table_text(table) for name, table in answer.tables().items()},
        **{f"{EXHIBITS}/{name}.json": exhibit_to_json(shown) for name, shown in exhibits_of(answer).items()},
    }
    target = folder or folder_name((about.study, about.instance), about.input_hash, now)
    return write_folder(target, lambda new: write_texts(new, files))


def is_study(folder: Path) -> bool:
    """Whether a folder is one that `write_study` wrote."""
    return format_of(folder) == STUDY_FORMAT


def read_study(folder: Path) -> Answer:
    """The answer in the folder of a study. Raises `InvalidInput`."""
    return from_json((folder / STUDY_FILE).read_text(encoding="utf-8"))
