"""The model's table of contents: families in reading order, then value, risk and objective."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation import changes, risk
from portfolioopt.formulation.algebra import Written, name_of
from portfolioopt.formulation.draft import ColumnGroup, Draft, Level, Row, Rows
from portfolioopt.formulation.families import (
    activity,
    capital,
    coordination,
    exposures,
    links,
    moves,
    pools,
    requirements,
    rules,
    skills,
)
from portfolioopt.formulation.paths import path_rows
from portfolioopt.formulation.value import expected_value
from portfolioopt.language.collector import collector_paused
from portfolioopt.language.model import Model, Objective
from portfolioopt.networks.portfolio import Portfolio
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.plan import TODAY, Plan


@dataclass(frozen=True)
class RowLabel:
    """The limit that a row stands for."""

    family: str
    limit: str
    year: int
    group: int


RowKey = tuple[RowLabel, int]
"""A row by its limit, year and group, and which of the rows that share them it is."""


@dataclass(frozen=True)
class Formulation:
    """Finished rows: maximize objective·x + constant, row_lower ≤ matrix·x ≤ row_upper, lower ≤ x ≤ upper.

    The first `takes` columns are take[p,n,a]; the first `paths` rows are the paths of the partnerships.
    """

    portfolio: Portfolio
    model: Model
    groups: tuple[ColumnGroup, ...]
    take_start: tuple[int, ...]
    takes: int
    paths: int
    objective: Floats
    constant: float
    matrix: sp.csr_array
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    binary: np.ndarray[tuple[int], np.dtype[np.bool_]]
    hired: dict[tuple[str, int, int], int]
    """(skill, year, node) → column of the engineers hired"""
    labels: tuple[RowLabel, ...]
    """of the rows after the paths"""
    written: tuple[Written, ...] = ()
    """how much each function has written, in the order of the algebra"""
    earned: tuple[tuple[int, Ints, Floats], ...] = ()
    """as in the draft: what columns other than take add to NPV"""
    charged: tuple[tuple[Ints, Floats], ...] = ()
    """as in the draft: penalties and changes"""

    def year_columns(self, year: int) -> slice:
        """The take columns of a year: nodes one after the other, each with all arcs."""
        nodes = self.portfolio.tree.nodes.count[year]
        start = self.take_start[year]
        return slice(start, start + nodes * self.portfolio.years[year].size)

    @cached_property
    def partnership_of_arcs(self) -> Ints:
        """[takes] The partnership of each arc at each node."""
        counts = self.portfolio.tree.nodes.count
        return np.concatenate([np.tile(arcs.partnership, counts[y]) for y, arcs in enumerate(self.portfolio.years)])

    @cached_property
    def by_column(self) -> sp.csc_array:
        """The matrix again, for taking columns out of it."""
        return sp.csc_array(self.matrix)

    @cached_property
    def others_by_row(self) -> sp.csr_array:
        """The matrix of the columns other than arcs."""
        return sp.csr_array(self.by_column[:, self.takes :])

    @cached_property
    def rows_with_arcs(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether each row holds an arc."""
        return np.diff(self.matrix.indptr) > np.diff(self.others_by_row.indptr)

    @cached_property
    def year_of_others(self) -> Ints:
        """The first year in whose rows each column other than an arc stands."""
        years = np.array([0] * self.paths + [label.year for label in self.labels], dtype=np.int64)
        held = self.others_by_row.tocoo()
        first = np.full(held.shape[1], len(self.take_start), dtype=np.int64)
        np.minimum.at(first, held.col, years[held.row])
        return first

    @cached_property
    def families(self) -> tuple[tuple[str, ...], Ints]:
        """The families that have rows, in reading order, and the number of its family for every row after the paths."""
        known: dict[str, int] = {}
        numbers = [known.setdefault(label.family, len(known)) for label in self.labels]
        return tuple(known), np.array(numbers, dtype=np.int64)

    def with_rows(self, rows: list[Row]) -> "Formulation":
        """The same with more rows at the end."""
        more = coupling_matrix(rows, self.matrix.shape[1])
        return replace(
            self,
            matrix=sp.csr_array(sp.vstack([self.matrix, more], format="csr")),
            row_lower=np.concatenate([self.row_lower, [row.lower for row in rows]]),
            row_upper=np.concatenate([self.row_upper, [row.upper for row in rows]]),
            labels=(*self.labels, *(RowLabel(row.family, row.limit, row.year, row.group) for row in rows)),
        )

    def with_columns(
        self, name: str, lower: Floats, upper: Floats, *, binary: bool = False
    ) -> tuple["Formulation", Ints]:
        """The same with more columns at the end, worth nothing and in no row yet; and their numbers."""
        width, more = len(self.lower), len(lower)
        wider = replace(
            self,
            groups=(*self.groups, ColumnGroup(name, width, lower, upper, binary)),
            objective=np.concatenate((self.objective, np.zeros(more))),
            matrix=sp.csr_array(
                (self.matrix.data, self.matrix.indices, self.matrix.indptr), shape=(self.matrix.shape[0], width + more)
            ),
            lower=np.concatenate((self.lower, lower)),
            upper=np.concatenate((self.upper, upper)),
            binary=np.concatenate((self.binary, np.full(more, binary))),
        )
        return wider, np.arange(width, width + more)

    def reopened(self, objective: Objective | None = None) -> Draft:
        """A draft with the columns of this formulation and none of its rows, to write more on; with another objective
        where one is given.
        """
        model = self.model if objective is None else self.model.model_copy(update={"objective": objective})
        draft = Draft(self.portfolio, model)
        draft.groups, draft.width = list(self.groups), len(self.lower)
        draft.earned, draft.charged = list(self.earned), list(self.charged)
        draft.hired, draft.constant = dict(self.hired), self.constant
        return draft

    def extended(self, draft: Draft) -> "Formulation":
        """The same with the columns and rows that were written on a reopened draft, at the end."""
        wider = self
        for group in draft.groups[len(self.groups) :]:
            wider, _ = wider.with_columns(group.name, group.lower, group.upper, binary=group.binary)
        return wider.with_rows([row for rows in draft.rows for row in rows.single()])

    def row_keys(self) -> Iterator[RowKey]:
        """Of the rows after the paths: what tells a row from all others, in this formulation and in similar ones."""
        seen: Counter[RowLabel] = Counter()
        for label in self.labels:
            yield label, seen[label]
            seen[label] += 1

    def group(self, name: str) -> Ints:
        """Columns of all groups of that name, in the order they were made."""
        found = [np.arange(group.start, group.start + group.size) for group in self.groups if group.name == name]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def formulate(portfolio: Portfolio, model: Model, against: Plan = TODAY, *, apart: Level | None = None) -> Formulation:
    """All rows and columns of an instance under a model; for `apart` see `formulation.apart`."""
    with collector_paused():
        return _formulate(portfolio, model, against, apart)


def _formulate(portfolio: Portfolio, model: Model, against: Plan, apart: Level | None) -> Formulation:
    draft = Draft(portfolio, model, apart)
    capital.write(draft)
    skills.write(draft)
    exposures.write(draft)
    requirements.write(draft)
    pools.write(draft)
    coordination.write(draft)
    activity.write(draft)
    moves.write(draft)
    links.write(draft)
    rules.write(draft)
    changes.write(draft, against)
    return _finish(draft, objective_of(draft))


def objective_of(draft: Draft) -> Floats:
    """What is maximized, by column.

    (1 − weight)·E[NPV] + weight·risk − penalties − changes
    """
    chosen = draft.model.objective.risk
    weight = 0.0 if chosen is None else float(chosen.weight)
    terms = [] if chosen is None or not weight else risk.MEASURES[chosen.measure](draft, chosen)
    objective = (1 - weight) * expected_value(draft)
    for columns, values in terms:
        np.add.at(objective, columns, weight * values)
    for columns, money in draft.charged:
        np.add.at(objective, columns, money)
    return objective


def _finish(draft: Draft, objective: Floats) -> Formulation:
    paths, starts = path_rows(draft)
    lives = Written(name_of(path_rows), len(starts), draft.takes)
    return Formulation(
        portfolio=draft.portfolio,
        model=draft.model,
        groups=tuple(draft.groups),
        take_start=tuple(draft.take_start),
        takes=draft.takes,
        paths=len(starts),
        objective=objective,
        constant=draft.constant,
        matrix=_matrix_of(paths, draft.rows, draft.width),
        row_lower=np.concatenate([starts, *(np.full(rows.size, rows.lower) for rows in draft.rows)]),
        row_upper=np.concatenate([starts, *(np.full(rows.size, rows.upper) for rows in draft.rows)]),
        lower=np.concatenate([group.lower for group in draft.groups]),
        upper=np.concatenate([group.upper for group in draft.groups]),
        binary=np.concatenate([np.full(group.size, group.binary) for group in draft.groups]),
        hired=draft.hired,
        labels=tuple(
            RowLabel(rows.family, rows.limit, rows.year, group) for rows in draft.rows for group in rows.groups.tolist()
        ),
        written=tuple((draft.written | {lives.name: lives}).values()),
        earned=tuple(draft.earned),
        charged=tuple(draft.charged),
    )


def _matrix_of(paths: tuple[Ints, Ints, Floats], blocks: list[Rows], width: int) -> sp.csr_array:
    """Path rows and the rows of the families as one matrix over all columns."""
    lengths = np.concatenate([paths[0], *(np.full(rows.size, len(rows.coefficients)) for rows in blocks)])
    pointers = np.concatenate(([0], np.cumsum(lengths)))
    # 32 bits, where they suffice, are what every later copy of the matrix is asked for
    index = np.int32 if max(int(pointers[-1]), width) < 2**31 else np.int64
    columns = np.concatenate([paths[1], *(rows.columns.ravel() for rows in blocks)], dtype=index)
    values = np.concatenate([paths[2], *(np.tile(rows.coefficients, rows.size) for rows in blocks)])
    return sp.csr_array((values, columns, pointers.astype(index)), shape=(len(lengths), width))


def coupling_matrix(rows: list[Row], width: int) -> sp.csr_array:
    """Single rows as a matrix over all columns."""
    lengths = np.array([len(row.columns) for row in rows], dtype=np.int64)
    pointers = np.concatenate(([0], np.cumsum(lengths)))
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *(row.columns for row in rows)])
    values = np.concatenate([np.zeros(0), *(row.coefficients for row in rows)])
    return sp.csr_array((values, columns, pointers), shape=(len(rows), width))
