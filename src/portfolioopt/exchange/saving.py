"""Files that are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portfolioopt.errors import Fault, InvalidInput


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A draft beside `path` that takes its place at the end; where that fails nothing stays. Raises `InvalidInput`."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=path.suffix)
        os.close(handle)
        draft = Path(name)
        try:
            yield draft
            umask = os.umask(0)
            os.umask(umask)
            draft.chmod(0o666 & ~umask)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError) -> InvalidInput:
    """The fault of a place where nothing can be written."""
    return InvalidInput([Fault((), f"cannot be written: {error.strerror or error}", file=str(path))])
