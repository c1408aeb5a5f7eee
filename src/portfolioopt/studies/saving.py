"""The folder of a study: its answer, exactly, and its tables, written whole or not at all.

The folder of a study that keeps its points as they are solved is there from the beginning, so that it can be gone on
with; what stands in it below is written when the study ends, file by file, the answer last.

manifest.json            versions, command, when and how it ended
instance.resolved.yaml   the facts as used, defaults filled in
model.resolved.yaml      the choices as used
study.json               the answer (portfolioopt-study/1)
tables/*.csv             and *.parquet, where asked for
exhibits/*.json          what of it belongs on the page of a run (portfolioopt-exhibit/1)
"""

import importlib.util
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portfolioopt.errors import Fault, InvalidInput, MissingExtra
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.points.store import write_whole
from portfolioopt.result import input_hash
from portfolioopt.result.exhibit import exhibit_to_json
from portfolioopt.result.tables import Table
from portfolioopt.runs import (
    EXHIBITS,
    MANIFEST,
    STUDY_FORMAT,
    folder_name,
    format_of,
    refuse_unusable,
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
    about, now = answer.about, datetime.now(UTC)
    files = _files(answer, instance, model, now, command)
    target = folder or folder_name((about.study, about.instance), about.input_hash, now)
    return write_folder(target, lambda new: write_texts(new, files))


def begin_study(
    study: str, instance: Instance, model: Model, folder: Path | None, *, command: Sequence[str] = ()
) -> Path:
    """Makes the folder of a study that will keep its points there, and returns where it is.

    Raises `InvalidInput` where nothing can be written, or something else stands there.
    """
    refuse_unusable(folder)
    now = datetime.now(UTC)
    target = folder or folder_name((study, instance.name), input_hash(instance, model), now)
    manifest = {
        "format": STUDY_FORMAT,
        "created": now.isoformat(timespec="seconds"),
        "command": list(command),
        "study": study,
        "instance": instance.name,
        "model": model.name,
        "complete": False,
        "stopped_by": "it has not ended, or was killed",
    }
    with _told(target):
        write_whole(target / MANIFEST, _json(manifest))
    return target


def settle_study(
    answer: Answer,
    instance: Instance,
    model: Model,
    folder: Path,
    *,
    command: Sequence[str] = (),
    parquet: bool = False,
) -> None:
    """Writes the answer into the folder that `begin_study` made; the rest of the folder stays.

    Raises `InvalidInput` where nothing can be written, and `MissingExtra` where Parquet is asked for without pyarrow.
    """
    if parquet:
        check_parquet()
    files = _files(answer, instance, model, datetime.now(UTC), command)
    with _told(folder):
        _clear(folder, files)
        for name, text in files.items():
            write_whole(folder / name, text)
        if parquet:
            for name, table in answer.tables().items():
                _write_parquet(table, folder / "tables" / f"{name}.parquet")


def _clear(folder: Path, files: Mapping[str, str]) -> None:
    """Takes away tables and exhibits of another question that was asked in the same folder before."""
    for path in [*(folder / "tables").glob("*.csv"), *(folder / EXHIBITS).glob("*.json")]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for path in (folder / "tables").glob("*.parquet"):
        beside = path.with_suffix(".csv")
        same = beside.exists() and beside.read_text(encoding="utf-8") == files[f"tables/{beside.name}"]
        if not same:
            path.unlink()


def check_parquet() -> None:
    """Raises `MissingExtra` where Parquet cannot be written."""
    if importlib.util.find_spec("pyarrow") is None:
        raise MissingExtra("parquet", ["pyarrow"])


def _files(answer: Answer, instance: Instance, model: Model, now: datetime, command: Sequence[str]) -> dict[str, str]:
    """The files of a study, the answer last."""
    from portfolioopt.language.writing import to_resolved_yaml  # the YAML library is slow to load

    about = answer.about
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
    return {
        "instance.resolved.yaml": to_resolved_yaml(instance),
        "model.resolved.yaml": to_resolved_yaml(model),
        **{f"tables/{name}.csv": table_text(table) for name, table in answer.tables().items()},
        **{f"{EXHIBITS}/{name}.json": exhibit_to_json(shown) for name, shown in exhibits_of(answer).items()},
        MANIFEST: _json(manifest),
        STUDY_FILE: to_json(answer),
    }


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _write_parquet(table: Table, path: Path) -> None:
    """The same rows as the CSV, with types."""
    import pyarrow
    import pyarrow.parquet

    columns = dict(zip(table.columns, zip(*table.rows, strict=True), strict=True)) if table.rows else {}
    found = pyarrow.table({name: list(columns.get(name, ())) for name in table.columns})
    draft = path.with_name(f".{path.name}")
    pyarrow.parquet.write_table(found, draft)
    draft.replace(path)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the system says is told in words."""
    try:
        yield
    except OSError as error:
        said = f"cannot be written: {error.strerror or error}"
        raise InvalidInput([Fault((), said, "choose another folder with --out", file=str(folder))]) from None


def is_study(folder: Path) -> bool:
    """Whether a folder is one that `write_study` wrote."""
    return format_of(folder) == STUDY_FORMAT


def read_study(folder: Path) -> Answer:
    """The answer in the folder of a study. Raises `InvalidInput`."""
    return from_json((folder / STUDY_FILE).read_text(encoding="utf-8"))
