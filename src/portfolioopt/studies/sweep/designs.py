"""Designs: which cases a sweep solves. A trial is a case with a name and the level of every input.

grid             every combination of levels
one at a time    one input after the other at its levels or ends, all else as it is
sample           a Latin hypercube over ranges and levels (McKay, Beckman and Conover 1979), from a seed
list             cases as they are given
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from portfolioopt.cases.changes import Case, Change
from portfolioopt.errors import UnknownOption
from portfolioopt.points.edits import changes_from, changes_text
from portfolioopt.studies.sweep.inputs import Input, Level, Range, Varied

Kind = Literal["grid", "one_at_a_time", "sample", "list"]
MOST_TRIALS = 100_000


@dataclass(frozen=True, slots=True)
class Trial:
    """A case to solve."""

    name: str
    levels: tuple[str, ...]
    """By input; empty where it is as in the base."""
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Design:
    """The inputs by name, and the trials."""

    kind: Kind
    inputs: tuple[str, ...]
    trials: tuple[Trial, ...]
    seed: int | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON."""
        trials = [{"name": one.name, "levels": one.levels, "changes": changes_text(one.changes)} for one in self.trials]
        return {"kind": self.kind, "inputs": self.inputs, "seed": self.seed, "trials": trials}

    @staticmethod
    def of(plain: dict[str, Any]) -> "Design":
        """What `plain` gave; raises KeyError, TypeError or `InvalidCase` for anything else."""
        trials = [Trial(one["name"], tuple(one["levels"]), changes_from(one["changes"])) for one in plain["trials"]]
        return Design(plain["kind"], tuple(plain["inputs"]), tuple(trials), plain["seed"])


def grid(varied: Sequence[Varied]) -> Design:
    """Every combination of the levels of all inputs, the last one changing fastest. Raises `UnknownOption`."""
    inputs: list[Input] = []
    for one in varied:
        if isinstance(one, Range):
            raise UnknownOption(f"{one.name}: a grid needs levels, not a range; or ask for a sample, or one at a time")
        inputs.append(one)
    _check(varied, math.prod(len(one.levels) for one in inputs))
    trials = [_trial(inputs, levels) for levels in product(*(one.levels for one in inputs))]
    return Design("grid", _names(inputs), tuple(trials))


def one_at_a_time(varied: Sequence[Varied]) -> Design:
    """Each input alone, at its levels or at the ends of its range. Raises `UnknownOption`."""
    _check(varied, sum(len(one.ends) for one in varied))
    trials = []
    for number, one in enumerate(varied):
        for level in one.ends:
            levels = [""] * len(varied)
            levels[number] = level.said
            trials.append(Trial(f"{one.name} {level.said}", tuple(levels), level.changes))
    return Design("one_at_a_time", _names(varied), tuple(trials))


def sample(varied: Sequence[Varied], points: int, seed: int = 0) -> Design:
    """So many points that fill the ranges evenly, each input by itself. Raises `UnknownOption`."""
    from numpy.random import default_rng
    from scipy.stats import qmc  # slow to load

    _check(varied, points)
    drawn = qmc.LatinHypercube(d=len(varied), rng=default_rng(seed)).random(points)
    trials = []
    for number, shares in enumerate(drawn.tolist(), 1):
        levels = [one.at(share) for one, share in zip(varied, shares, strict=True)]
        changes = tuple(change for level in levels for change in level.changes)
        trials.append(Trial(f"{number}: {_said(varied, levels)}", tuple(level.said for level in levels), changes))
    return Design("sample", _names(varied), tuple(trials), seed)


def listed(cases: Iterable[Case]) -> Design:
    """The cases, each with what it is based on."""
    trials = tuple(Trial(case.name, (), case.every_change) for case in cases)
    if not trials:
        raise UnknownOption("there is no case to solve")
    return Design("list", (), trials)


def _trial(inputs: Sequence[Input], levels: Sequence[Level]) -> Trial:
    changes = tuple(change for level in levels for change in level.changes)
    return Trial(_said(inputs, levels), tuple(level.said for level in levels), changes)


def _said(varied: Sequence[Varied], levels: Sequence[Level]) -> str:
    return ", ".join(f"{one.name} {level.said}" for one, level in zip(varied, levels, strict=True))


def _names(varied: Sequence[Varied]) -> tuple[str, ...]:
    return tuple(one.name for one in varied)


def _check(varied: Sequence[Varied], points: int) -> None:
    if not varied:
        raise UnknownOption("nothing is varied")
    names = _names(varied)
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise UnknownOption(f"{twice} is varied twice: give all its levels at once, or another name")
    if not 1 <= points <= MOST_TRIALS:
        raise UnknownOption(f"that makes {points:,} points; a sweep has 1 to {MOST_TRIALS:,}")
