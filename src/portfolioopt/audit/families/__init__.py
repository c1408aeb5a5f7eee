"""One module per limit family: how far a plan uses it, and the money that it earns or costs, in exact rationals.

The same names stand in `language.families` (what may be written) and `formulation.families` (the rows); a test says
which place is missing. Each module here has `replay(ledger)`, which yields its entries.
"""

from collections.abc import Iterator
from importlib import import_module

from portfolioopt.audit.ledger import Entry, Ledger
from portfolioopt.language.families import FAMILY_NAMES


def replay(ledger: Ledger) -> Iterator[Entry]:
    """The entries of all families, in their order."""
    for name in FAMILY_NAMES:
        yield from import_module(f"{__name__}.{name}").replay(ledger)
