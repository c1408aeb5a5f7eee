"""What solvers print goes past Python's `sys.stdout`; here it is led into a file."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def output_to(path: Path | str) -> Iterator[None]:
    """Everything that this process prints, by whatever library, is written to a file."""
    sys.stdout.flush()
    kept, target = os.dup(1), os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(target, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(target)
