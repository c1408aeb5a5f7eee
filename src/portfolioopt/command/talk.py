"""What a command says: data on stdout, talk on stderr, and nothing that a terminal would take for a command."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portfolioopt.errors import Fault

MOST_FAULTS = 100
"""Shown; `--json` gives them all."""


def data(text: str) -> None:
    """Text that the caller asked for."""
    sys.stdout.write(f"{text}\n")


def talk(text: str) -> None:
    """A line beside the data."""
    sys.stderr.write(f"{harmless(text)}\n")


def faults(found: Sequence["Fault"], before: str = "") -> None:
    """One line for each fault, with a word before it."""
    for fault in found[:MOST_FAULTS]:
        talk(f"{before}{fault}")
    if len(found) > MOST_FAULTS:
        talk(f"{before}… and {len(found) - MOST_FAULTS} more")


def harmless(text: str) -> str:
    """The same with control characters (and line ends) spelled out: texts of a file reach the terminal."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
