"""Python's collector of cyclic garbage, paused where millions of objects are made that form no cycles.

It would walk through all of a large portfolio again and again, to find nothing: that took half of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pauses the collector; where it is off already, by an outer pause or by the caller's own choice, it stays so."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
