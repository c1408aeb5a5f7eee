"""The most memory that a process has held: what the kernel calls its high-water mark."""

import resource
import sys
from pathlib import Path


def peak_memory_mb(process: int | str = "self") -> float | None:
    """In MB of 10⁶ bytes; None where it cannot be told.

    Where the kernel tells it by process, that is read: the mark that `getrusage` gives starts from the parent's.
    """
    status = Path(f"/proc/{process}/status")
    try:
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) * 1024 / 1e6, 1)
    except OSError:
        pass
    if process != "self":
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)
