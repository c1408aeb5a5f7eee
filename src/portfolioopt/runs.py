"""The run folder: everything about one solve, written whole or not at all.

manifest.json            versions, options, hash of the input, how and when it ended
instance.resolved.yaml   the facts as used, defaults filled in
model.resolved.yaml      the choices as used
against.json             the plan that changes were counted from, where the model names one (portfolioopt-plan/1)
result.json              the result, exactly (portfolioopt-result/1)
tables/*.csv             actions, states, limits, money, worth
solver.log
exhibits/*.json          what studies around the plan have found, added later (portfolioopt-exhibit/1)
"""

import contextlib
import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.result import Result, tables
from portfolioopt.result.exhibit import Exhibit, exhibit_from_json, exhibit_to_json

RUN_FORMAT = "portfolioopt-run/1"
STUDY_FORMAT = "portfolioopt-study/1"
"""Of the folder of a study, which is written in the same way."""
MANIFEST = "manifest.json"
INSTANCE_USED, MODEL_USED = "instance.resolved.yaml", "model.resolved.yaml"
EXHIBITS = "exhibits"
RUNS = Path("runs")
TO_MAKE_ONE = "a run is a folder that solve has saved: portfolioopt solve INSTANCE --out DIR"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_run(
    result: Result,
    instance: Instance,
    model: Model,
    folder: Path | None = None,
    *,
    command: Sequence[str] = (),
) -> Path:
    """Write a run folder and return where it is.

    Without `folder`: runs/<UTC time>-<instance>-<model>-<hash> under the current folder. An existing run is replaced;
    any other existing folder is refused. Raises `InvalidInput` where nothing can be written.
    """
    now = datetime.now(UTC)
    target = folder or folder_name((result.instance_name, result.model_name), result.input_hash, now)
    facts = manifest(result, now, command)
    return write_folder(target, lambda new: _fill(new, result, instance, model, facts))


def write_folder(target: Path, fill: Callable[[Path], None]) -> Path:
    """Has a new folder filled and puts it in its place; it is there whole or not at all. Returns the place.

    A folder that was written so before is replaced; any other is refused. Raises `InvalidInput`.
    """
    refuse_unusable(target)
    try:
        _write(target.resolve(), fill)
    except OSError as error:
        raise _refused(target, f"cannot be written: {error.strerror or error}") from None
    return target


def write_texts(folder: Path, files: Mapping[str, str]) -> None:
    """Writes files into a folder, which is made; names may hold one folder more."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def folder_name(names: Sequence[str], asked: str, now: datetime) -> Path:
    """A place under runs/ that is free: by time, names and a hash of what was asked."""
    plain = (re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:40] or "unnamed" for name in names)
    return _unused(RUNS / "-".join((now.strftime("%Y%m%dT%H%M%SZ"), *plain, asked[:8])))


def refuse_unusable(folder: Path | None) -> None:
    """Raises `InvalidInput` where a run could not be written, so that one learns it before the solve.

    That is: `folder` is a file, or holds something that is not a run, or may not be made. None is the default place.
    """
    folder = folder or RUNS / "new"
    try:
        if folder.exists() and not folder.is_dir():
            raise _refused(folder, "is a file, not a folder")
        if folder.exists() and any(folder.iterdir()) and format_of(folder) not in (RUN_FORMAT, STUDY_FORMAT):
            raise _refused(folder, "exists and is not a run folder")
        above = next(place for place in folder.resolve().parents if place.exists())
        if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
            raise _refused(folder, f"cannot be written: nothing can be made in {above}")
    except OSError as error:
        raise _refused(folder, f"cannot be read: {error.strerror or error}") from None


def is_run(folder: Path) -> bool:
    """Whether a folder is one that `write_run` wrote."""
    return format_of(folder) == RUN_FORMAT


def format_of(folder: Path) -> str:
    """What kind of folder we wrote there; empty where we did not."""
    try:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(document.get("format", "")) if isinstance(document, dict) else ""


def is_there(folder: Path) -> bool:
    """Whether a folder (or file) exists; not if its name is one that none can have."""
    try:
        return folder.exists()
    except (OSError, ValueError):
        return False


def read_run(folder: Path) -> Result:
    """The result of a run folder; raises `InvalidInput` where there is none."""
    try:
        return Result.from_json((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        message = f"holds no result that can be read: {said}" if is_there(folder) else "there is no such folder"
        raise InvalidInput([Fault((), message, TO_MAKE_ONE, file=str(folder))]) from None


def write_exhibit(folder: Path, name: str, exhibit: Exhibit) -> Path:
    """Add an exhibit to a run folder, whole or not at all; one of the same name is replaced.

    What studies save by themselves lies in their own folders, from which reports pick it up.

    Raises `InvalidInput` where the folder is no run or cannot be written.
    """
    if not is_run(folder):
        raise InvalidInput([Fault((), "is not a run folder", TO_MAKE_ONE, file=str(folder))])
    path = folder / EXHIBITS / f"{name}.json"
    text = exhibit_to_json(exhibit)
    try:
        path.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".", ignore_cleanup_errors=True) as work:
            new = Path(work) / path.name
            new.write_text(text, encoding="utf-8", newline="\n")
            new.replace(path)
    except OSError as error:
        raise _refused(path, f"cannot be written: {error.strerror or error}") from None
    return path


def read_exhibits(folder: Path) -> dict[str, Exhibit]:
    """The exhibits in the folder of a run or study by name; raises `InvalidInput`, which names what cannot be read."""
    found = {}
    for path in sorted((folder / EXHIBITS).glob("*.json")):
        try:
            found[path.stem] = exhibit_from_json(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            said = error.strerror if isinstance(error, OSError) else error
            raise InvalidInput([Fault((), f"cannot be read: {said}", file=str(path))]) from None
        except InvalidInput as invalid:
            raise InvalidInput([replace(fault, file=str(path)) for fault in invalid.faults]) from None
    return found


def manifest(result: Result, created: datetime, command: Sequence[str] = ()) -> dict[str, Any]:
    """What one needs to know to trust a run or to repeat it."""
    return {
        "format": RUN_FORMAT,
        "created": created.isoformat(timespec="seconds"),
        "command": list(command),
        "instance": result.instance_name,
        "model": result.model_name,
        "status": result.status,
        "stop_reason": result.stop_reason,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "verified": result.verified,
        "verification": result.verification.said,
        "input_hash": result.input_hash,
        "options": result.options,
        "timings": result.timings,
        "versions": result.versions,
    }


def _write(target: Path, fill: Callable[[Path], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # beside the target, so that the last step is a rename within one file system
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-", ignore_cleanup_errors=True) as work:
        new, old = Path(work) / "new", Path(work) / "old"
        fill(new)
        replaced = target.exists()
        if replaced:
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if replaced:
                old.rename(target)
            raise


def _fill(folder: Path, result: Result, instance: Instance, model: Model, facts: dict[str, Any]) -> None:
    # the YAML library is slow to load
    from portfolioopt.language.plans import KEPT, compared_with, plan_text
    from portfolioopt.language.writing import to_resolved_yaml

    files = {
        MANIFEST: json.dumps(facts, ensure_ascii=False, allow_nan=False, indent=2) + "\n",
        INSTANCE_USED: to_resolved_yaml(instance),
        MODEL_USED: to_resolved_yaml(model),
        "result.json": result.to_json(),
        "solver.log": result.log,
    }
    if model.changes is not None and model.changes.against != "today":
        with contextlib.suppress(InvalidInput):  # gone since the solve: no reason to lose the run
            files[KEPT] = plan_text(compared_with(model, instance))
    if result.plan is not None:
        files |= {
            "tables/actions.csv": table_text(tables.actions_table(result.plan.decisions)),
            "tables/states.csv": table_text(tables.states_table(result.plan.standings)),
            "tables/limits.csv": table_text(tables.limits_table(result.audit)),
            "tables/money.csv": table_text(tables.money_table(result.audit)),
            "tables/worth.csv": table_text(tables.worth_table(result.audit)),
        }
    write_texts(folder, files)


def table_text(table: tables.Table) -> str:
    """A table as CSV that a spreadsheet reads as data: text that it would take for a formula gets an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # a lone carriage return ends a row for some spreadsheets, and would begin a cell of its own
    text = value.replace("\r", " ")
    return f"'{text}" if value.startswith(FORMULA_STARTS) else text


def _unused(folder: Path) -> Path:
    """The folder itself, or with a number behind it where two runs end in the same second."""
    candidates = (folder, *(folder.with_name(f"{folder.name}-{number}") for number in range(2, 1000)))
    return next((candidate for candidate in candidates if not candidate.exists()), folder)


def _refused(folder: Path, message: str) -> InvalidInput:
    return InvalidInput([Fault((), message, hint="choose another folder with --out", file=str(folder))])
