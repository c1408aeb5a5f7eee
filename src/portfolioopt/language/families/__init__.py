"""One module per limit family: what its section of an instance may say, and what must hold between its parts.

The same names stand in `formulation.families` (the rows) and `audit.families` (the replay), and each is a field of
`Instance`; a test says which place is missing. Each module here has `ids(section)`, the limits it names, and
`check(checker, section)`.
"""

from importlib import import_module
from types import ModuleType

FAMILY_NAMES = (
    "capital",
    "skills",
    "exposures",
    "requirements",
    "pools",
    "coordination",
    "activity",
    "moves",
    "links",
    "rules",
)
"""In the order in which they are read, built, audited and shown."""

SOFT_FAMILIES = ("capital", "skills", "exposures", "requirements", "activity", "moves", "links", "rules")
"""Those that limit something, so that a model may let it be exceeded at a price."""


def module(name: str) -> ModuleType:
    """The module of one family."""
    return import_module(f"{__name__}.{name}")
