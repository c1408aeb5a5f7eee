"""From a path to text, or to one plain fault: what is missing, unreadable, no regular file, binary or not UTF-8."""

import os
import stat
from pathlib import Path

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.syntax import line_and_column

LARGEST_FILE = 100_000_000
"""Bytes. The largest instance that can be solved has about two million."""


def read_text(path: Path) -> str:
    """The text of a UTF-8 file; raises `InvalidInput`."""
    data = read_bytes(path)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _refused(path, "is written in UTF-16", "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in data[:1000]:
            raise _refused(path, "is not a text file", "an instance or a model is YAML or JSON in UTF-8") from None
        before = data[: error.start].decode("utf-8-sig")
        line, column = line_and_column(before, len(before))
        raise _refused(path, "is not UTF-8 from here on", "save it as UTF-8", line, column) from None
    if "\0" in text:
        line, column = line_and_column(text, text.index("\0"))
        raise _refused(path, "is not a text file: it holds a NUL character", "", line, column)
    return text


def read_bytes(path: Path) -> bytes:
    """What a file holds; raises `InvalidInput`."""
    try:
        # a pipe or a device would keep us waiting for ever: look at the kind first, and never wait while opening
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:  # noqa: PTH123 - a handle, not a path
            status = os.fstat(handle)
            if stat.S_ISDIR(status.st_mode):
                raise _refused(path, "is a folder, not a file")
            if not stat.S_ISREG(status.st_mode):
                raise _refused(path, "is not a regular file")
            if status.st_size > LARGEST_FILE:
                raise _refused(path, f"has {status.st_size:,} bytes; the most that is read is {LARGEST_FILE:,}")
            return file.read()
    except InvalidInput:  # a ValueError too
        raise
    except FileNotFoundError:
        raise _refused(path, "there is no such file", _near(path)) from None
    except IsADirectoryError:
        raise _refused(path, "is a folder, not a file") from None
    except PermissionError:
        raise _refused(path, "may not be read", "its permissions forbid it") from None
    except (OSError, ValueError) as error:
        raise _refused(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _near(path: Path) -> str:
    """A suggestion from the files of the same folder."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except (OSError, ValueError):
        return ""
    hint = did_you_mean(path.name, names)
    return hint if hint.startswith("did") else ""


def _refused(path: Path, message: str, hint: str = "", line: int = 0, column: int = 0) -> InvalidInput:
    return InvalidInput([Fault((), message, hint, file=str(path), line=line, column=column)])
