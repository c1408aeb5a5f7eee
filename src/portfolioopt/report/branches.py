"""The branches of a plan: scenarios that decide alike to the end, named A, B, C, the likelier group first."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.result.lookup import Branch, Lookup

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Strand:
    """One branch to its end."""

    letter: str
    scenarios: tuple[str, ...]
    probability: Fraction
    groups: tuple[int, ...]
    """At each parting in turn, the group that it goes on in."""


@dataclass(frozen=True, slots=True)
class Branching:
    """Where the plan parts, and into what."""

    partings: tuple[tuple[int, tuple[Branch, ...]], ...]
    """By review year at which scenarios part: the groups, and what each decides until the next review."""
    strands: tuple[Strand, ...]

    @property
    def reviews(self) -> tuple[int, ...]:
        return tuple(review for review, _ in self.partings)

    def letters(self, scenarios: Iterable[str], most: int = 4) -> str:
        """The strands that some scenarios belong to: A, B and 3 more."""
        wanted = set(scenarios)
        own = [strand.letter for strand in self.strands if wanted & set(strand.scenarios)]
        return ", ".join(own) if len(own) <= most else f"{', '.join(own[: most - 1])} and {len(own) - most + 1} more"


def branching_of(lookup: Lookup) -> Branching:
    """The branches of a plan; one strand where it does the same in every scenario. Scenarios without a chance count
    like the others."""
    partings = tuple((review, tuple(parts)) for review, parts in lookup.branchings())
    paths: dict[tuple[int, ...], list[str]] = {}
    for scenario in lookup.probability:
        path = tuple(
            next((number for number, part in enumerate(parts) if scenario in part.scenarios), -1)
            for _, parts in partings
        )
        paths.setdefault(path, []).append(scenario)

    def likely(scenarios: Iterable[str]) -> Fraction:
        return sum((lookup.probability[name] for name in scenarios), Fraction(0))

    def order(path: tuple[int, ...]) -> tuple[tuple[Fraction, int], ...]:
        """Likelier groups first, at each parting; so that those who part late stand side by side."""
        return tuple(
            (-likely(name for other, own in paths.items() if other[: at + 1] == path[: at + 1] for name in own), group)
            for at, group in enumerate(path)
        )

    strands = [
        Strand(letter_of(number), tuple(paths[path]), likely(paths[path]), path)
        for number, path in enumerate(sorted(paths, key=order))
    ]
    return Branching(partings, tuple(strands))


def letter_of(number: int) -> str:
    """A, B, … Z, AA, AB, …"""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(LETTERS))
        text = LETTERS[rest] + text
    return text
