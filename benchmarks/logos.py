"""Capital-budgeting cases of the LOGOS tool, and their answers."""

from pathlib import Path
from typing import Any

from portfolioopt.exchange.neighbours.logos import instance_of
from portfolioopt.exchange.neighbours.logos_reading import read_budgeting

DATA = Path(__file__).parent / "data" / "logos"
KNOWN = {
    "test_skp": 106.0,
    "test_dkp": 4.388,
    "test_mckp": 59.826,
    "test_mandated": 37.13,
    "use_case_1a_fy19": 19.9,
    "use_case_1b_fy19": 263.17,
}
"""Best values by the project's own gold results."""


def case(name: str) -> dict[str, Any]:
    """A case that lies here, as an instance."""
    return instance_of(read_budgeting(DATA / f"{name}.xml"), f"logos-{name}")
