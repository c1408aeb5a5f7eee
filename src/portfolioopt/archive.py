"""What lies under a folder of runs: which runs and studies there are, and which of them may go.

A run or study is known by its manifest alone, so a long list costs little. One is *named* where whoever saved it chose
its name (`--out`); it is kept for good, as is one whose folder holds a file called `keep`.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.checking import did_you_mean
from portfolioopt.runs import EXHIBITS, MANIFEST, RUN_FORMAT, RUNS, STUDY_FORMAT, TO_MAKE_ONE, is_there

KINDS: dict[str, Literal["run", "study"]] = {RUN_FORMAT: "run", STUDY_FORMAT: "study"}
KEEP = "keep"
"""A file of this name says that a folder is to stay."""
UNNAMED = re.compile(r"\d{8}T\d{6}Z-.+")
OURS = (
    MANIFEST, "instance.resolved.yaml", "model.resolved.yaml", "result.json", "study.json", "solver.log",
    "tables/*.csv", f"{EXHIBITS}/*.json", "report.html", "report.pdf", "comparison.html", "comparison.pdf", KEEP,
    "asked.json", "log.jsonl", "points/*/*.json",
)  # fmt: skip
"""Files that the commands write into such a folder; those of the last line are a sweep's."""
FOLDERS = ("tables", EXHIBITS, "points", "points/*")


@dataclass(frozen=True, slots=True)
class Saved:
    """A run or a study, as its manifest tells it."""

    folder: Path
    kind: Literal["run", "study"]
    created: datetime
    what: str
    """`solve`, or the name of the study."""
    instance: str
    model: str
    status: str
    """Of a run that of its result; of a study `complete` or `partial`."""
    value: float | None
    """The objective of the plan of a run."""
    gap: float | None
    verified: bool | None
    input_hash: str

    @property
    def named(self) -> bool:
        return UNNAMED.fullmatch(self.folder.name) is None

    @property
    def kept(self) -> bool:
        """Whether it stays whatever its age."""
        return self.named or (self.folder / KEEP).exists()


def saved_under(folder: Path) -> list[Saved]:
    """The runs and studies that lie in a folder, the newest first; what else lies there is passed over.

    Raises `InvalidInput` where the folder cannot be read; one that is not there holds none.
    """
    try:
        inner = [one for one in folder.iterdir() if one.is_dir()] if is_there(folder) else []
    except OSError as error:
        raise InvalidInput([Fault((), f"cannot be read: {error.strerror or error}", file=str(folder))]) from None
    found = (saved_in(one) for one in inner if not one.name.startswith("."))
    return sorted(
        (one for one in found if one is not None), key=lambda one: (one.created, one.folder.name), reverse=True
    )


def saved_in(folder: Path) -> Saved | None:
    """The run or study in a folder; None where there is none."""
    try:
        document: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        kind = KINDS[document["format"]]
        created = datetime.fromisoformat(document["created"])
        study = kind == "study"
        return Saved(
            folder,
            kind,
            created if created.tzinfo else created.replace(tzinfo=UTC),
            str(document["study"]) if study else "solve",
            str(document["instance"]),
            str(document["model"]),
            ("complete" if document["complete"] else "partial") if study else str(document["status"]),
            None if study else _number(document["objective"]),
            None if study else _number(document["gap"]),
            None if study else bool(document["verified"]),
            str(document["input_hash"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def find(wanted: str, root: Path = RUNS) -> Saved:
    """A run or study by its folder, its name under `root`, the beginning of that, or its place in the list (1: newest).

    Raises `InvalidInput` where there is none, or more than one.
    """
    there = saved_in(Path(wanted))
    if there is not None:
        return there
    every = saved_under(root)
    exact = [one for one in every if one.folder.name == wanted]
    if not exact and wanted.isdecimal() and 1 <= int(wanted) <= len(every):
        exact = [every[int(wanted) - 1]]
    matching = exact or [one for one in every if wanted and one.folder.name.startswith(wanted)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        message, hint = f"{len(matching)} of the runs and studies in {root} begin so", "give more of the name"
    elif not every:
        message, hint = f"there is no run or study in {root}", TO_MAKE_ONE
    else:
        close = did_you_mean(wanted, [one.folder.name for one in every])
        message = f"is no run or study, nor the name of one in {root}"
        hint = close if close.startswith("did you mean") else "portfolioopt runs list names them"
    raise InvalidInput([Fault((), message, hint, file=wanted)])


def studies_beside(folder: Path, input_hash: str) -> list[Path]:
    """The studies that lie beside a run and were asked of the same facts and choices, the oldest first."""
    try:
        beside = saved_under(folder.resolve().parent)
    except InvalidInput:
        return []
    return [one.folder for one in reversed(beside) if one.kind == "study" and one.input_hash == input_hash]


def may_go(
    saved: Iterable[Saved], keep: int, older_than: timedelta | None = None, now: datetime | None = None
) -> list[Saved]:
    """Those that nobody named or kept, beyond the newest `keep` of them, and older than that if it is given."""
    loose = sorted((one for one in saved if not one.kept), key=lambda one: one.created, reverse=True)
    moment = now or datetime.now(UTC)
    return [one for one in loose[keep:] if older_than is None or moment - one.created > older_than]


def foreign_in(folder: Path) -> list[str]:
    """What lies in the folder of a run or study that no command of ours has written."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        inner = path.is_dir() and not path.is_symlink()
        if not _matches(name, FOLDERS if inner else OURS):
            found.append(name)
    return found


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(PurePosixPath(name).match(pattern) and name.count("/") == pattern.count("/") for pattern in patterns)


def remove(saved: Saved) -> None:
    """Deletes the folder of a run or study, whole or not at all.

    Raises `InvalidInput` where it is a link, is not (or no longer) what was listed, holds what no command of ours has
    written, or cannot be deleted.
    """
    folder = saved.folder
    if folder.is_symlink():
        raise _stays(folder, "is a link")
    if saved_in(folder) != saved:
        raise _stays(folder, "is not what was listed")
    foreign = foreign_in(folder)
    if foreign:
        raise _stays(folder, f"holds what no command of portfolioopt has written: {', '.join(foreign[:3])}")
    try:
        # out of sight at once, so that one that cannot be deleted whole is not left in pieces under its name
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as work:
            shutil.move(folder, Path(work) / "old")
    except OSError as error:
        raise _stays(folder, f"cannot be deleted: {error.strerror or error}") from None


def _stays(folder: Path, message: str) -> InvalidInput:
    return InvalidInput([Fault((), message, "delete it by hand if it is to go", file=str(folder))])


def size_of(folders: Sequence[Path]) -> int:
    """Bytes of all files in the folders."""
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
