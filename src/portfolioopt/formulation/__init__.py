"""The algebra: networks and limits as finished linear rows, and the Pyomo model that is made of them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

UNUSED = ("scipy.stats", "scipy.integrate", "scipy.spatial")
"""What Pyomo loads as soon as scipy is there, for parts of it that are not ours: longer than most solves take."""


@contextmanager
def _left_out(names: tuple[str, ...]) -> Iterator[None]:
    """An import within finds these modules loaded; whoever asks for one afterwards loads it then."""
    stand_ins = {name: ModuleType(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


with _left_out(UNUSED):
    import scipy  # noqa: I001, F401  (before Pyomo, which otherwise looks for it later)
    import pyomo.common.dependencies  # noqa: F401
