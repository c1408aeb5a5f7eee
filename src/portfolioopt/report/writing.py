"""A report as files: the page, a picture of each chart, a PDF."""

import os
import tempfile
from pathlib import Path

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.report import svg
from portfolioopt.report.html import GENERATOR, Drawing

MARK = f'<meta name="generator" content="{GENERATOR} '
HEAD = 4_000
"""Letters in which the mark of our own pages stands."""


def write_page(path: Path, text: str) -> None:
    """Writes the page whole or not at all; raises `InvalidInput` where a file is there that is not an earlier page."""
    refuse_foreign(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}-", delete=False
        ) as file:
            file.write(text)
        Path(file.name).chmod(0o666 & ~_umask())
        Path(file.name).replace(path)
    except OSError as error:
        raise InvalidInput([Fault((), f"cannot be written: {error.strerror or error}", file=str(path))]) from None


def refuse_foreign(path: Path) -> None:
    """Raises `InvalidInput` for a place that holds something else than an earlier page."""
    try:
        if not path.exists():
            return
        ours = path.is_file() and _is_ours(path)
    except OSError as error:
        raise InvalidInput([Fault((), f"cannot be read: {error.strerror or error}", file=str(path))]) from None
    if not ours:
        message = "is a folder" if path.is_dir() else "exists and is not an earlier report"
        raise InvalidInput(
            [Fault((), f"{message}, so it is not overwritten", "choose another file with -o", file=str(path))]
        )


def _is_ours(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as file:
        return MARK in file.read(HEAD)


def write_pictures(folder: Path, drawings: dict[str, tuple[Drawing, ...]]) -> list[Path]:
    """A PNG of each chart, in the order of the page; raises `InvalidInput` where they cannot be written."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, (wide, *_)) in enumerate(drawings.items(), 1):
            path = folder / f"{number:02d}-{name}.png"
            path.write_bytes(svg.png(wide.raw))
            written.append(path)
    except OSError as error:
        raise InvalidInput([Fault((), f"cannot be written: {error.strerror or error}", file=str(folder))]) from None
    return written


def _umask() -> int:
    """The mask of this process, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
