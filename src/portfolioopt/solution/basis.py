"""Where the simplex method ended, in words that another formulation understands, for it to begin there.

Arcs and paths are told by partnership, other columns by kind, rows by their limit. A partnership that now has other
lives, or a kind of which there are now more, begins as if nothing were known; HiGHS completes what is then missing.
"""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from portfolioopt.formulation.build import Formulation, RowKey
from portfolioopt.networks.tree import Ints
from portfolioopt.solution.cuts import VALUED

LOWER, BASIC, UPPER = 0, 1, 2
"""As HiGHS numbers them."""
Standing = np.ndarray[tuple[int], np.dtype[np.uint8]]
"""LOWER, BASIC, UPPER or another number of HiGHS's, by column or row."""
DIGIT = ord("0")


@dataclass(frozen=True)
class Basis:
    """One digit for each column or row, in the order of the formulation."""

    lives: dict[str, str]
    """arcs by partnership"""
    paths: dict[str, str]
    """path rows by partnership"""
    others: dict[str, str]
    """columns other than arcs by kind"""
    rows: dict[RowKey, int]
    """coupling rows that are not basic"""

    @staticmethod
    def of(formulation: Formulation, columns: Standing, rows: Standing) -> "Basis":
        """What a basis [columns], [rows] of a formulation says."""
        names = [one.id for one in formulation.portfolio.partnerships]
        kinds = {group.name: formulation.group(group.name) for group in formulation.groups[1:]}
        coupling = rows[formulation.paths :].tolist()
        return Basis(
            _by_owner(columns[: formulation.takes], formulation.partnership_of_arcs, names),
            _by_owner(rows[: formulation.paths], _owner_of_paths(formulation), names),
            {name: _digits(columns[of_kind]) for name, of_kind in kinds.items()},
            {
                key: standing
                for key, standing in zip(formulation.row_keys(), coupling, strict=True)
                if standing != BASIC and key[0].family != VALUED
            },
        )

    def within(self, formulation: Formulation) -> tuple[Standing, Standing]:
        """The same for the columns and rows of another formulation.

        Columns that are not known stand at their lower ends, rows are basic; inequalities were kept for their prices,
        so they are not.
        """
        columns = np.full(len(formulation.lower), LOWER, dtype=np.uint8)
        rows = np.full(len(formulation.row_lower), BASIC, dtype=np.uint8)
        names = [one.id for one in formulation.portfolio.partnerships]
        arcs, paths = columns[: formulation.takes], rows[: formulation.paths]
        for standing, owner, known in (
            (arcs, formulation.partnership_of_arcs, self.lives),
            (paths, _owner_of_paths(formulation), self.paths),
        ):
            for number, theirs in zip(names, _split(owner, len(names)), strict=True):
                _write(standing, theirs, known.get(number, ""))
        for name in {group.name for group in formulation.groups[1:]}:
            _write(columns, formulation.group(name), self.others.get(name, ""))
        upper = np.isfinite(formulation.row_upper[formulation.paths :]).tolist()
        rows[formulation.paths :] = [
            (UPPER if bounded else LOWER) if key[0].family == VALUED else self.rows.get(key, BASIC)
            for key, bounded in zip(formulation.row_keys(), upper, strict=True)
        ]
        return columns, rows


def _owner_of_paths(formulation: Formulation) -> Ints:
    portfolio = formulation.portfolio
    slots = chain([np.arange(len(portfolio.partnerships))], (arcs.slot_partnership for arcs in portfolio.years))
    counts = portfolio.tree.nodes.count
    return np.concatenate([np.tile(owner, count) for owner, count in zip(slots, counts, strict=False)])


def _split(owner: Ints, count: int) -> list[Ints]:
    """Where each owner's are, in their order."""
    order = np.argsort(owner, kind="stable")
    return np.split(order, np.cumsum(np.bincount(owner, minlength=count))[:-1])


def _by_owner(standing: Standing, owner: Ints, names: list[str]) -> dict[str, str]:
    return {name: _digits(standing[theirs]) for name, theirs in zip(names, _split(owner, len(names)), strict=True)}


def _digits(standing: Standing) -> str:
    return (standing + DIGIT).astype(np.uint8).tobytes().decode("ascii")


def _write(standing: Standing, where: Ints, digits: str) -> None:
    if len(digits) == len(where):
        standing[where] = np.frombuffer(digits.encode("ascii"), dtype=np.uint8) - DIGIT
