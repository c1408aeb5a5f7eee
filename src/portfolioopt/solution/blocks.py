"""Branches solved apart: a bound from small mixed-integer blocks that trade with each other at prices.

The tree is cut at review years into blocks: the years up to the first split, then every branch from one split to the
next. Rows inside a block stay as they are. Rows across blocks are relaxed at prices λ: the path rows at a cut (a
partnership may enter a block at any place, at that place's price), what is carried over of capital (sold by the
block before, bought by the one after), and rows over the whole horizon. Whatever the prices,

    Σ_blocks max over the block of its own rows at c − λ·A   +   Σ_relaxed λ_i·b_i

is no less than any plan is worth, and at the prices of the LP it is no more than the LP's bound: the integrality of
everything within a block counts (Lagrangian decomposition; Guignard and Kim 1987).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.pyomo_model import Mask
from portfolioopt.networks.tree import Floats, Ints


@dataclass(frozen=True)
class Block:
    """One block as a formulation of its own over the same columns; only `kept` ones are part of it."""

    name: str
    year: int
    node: int
    formulation: Formulation
    kept: Mask


@dataclass(frozen=True)
class Blocks:
    """All blocks at some prices; the bound is `relaxed` plus the bounds of the blocks."""

    blocks: tuple[Block, ...]
    relaxed: float


def split_years(formulation: Formulation) -> list[int]:
    """Years in which some node splits."""
    count = formulation.portfolio.tree.nodes.count
    return [year for year in range(1, len(count)) if count[year] > count[year - 1]]


def cut_into_blocks(formulation: Formulation, prices: Floats, cuts: Sequence[int]) -> Blocks:
    """The blocks between the cut years, at these prices of all rows (paths first)."""
    portfolio = formulation.portfolio
    tree = portfolio.tree
    begin = [max((cut for cut in (0, *cuts) if cut <= year), default=0) for year in range(tree.years)]
    numbers: dict[tuple[int, int], int] = {}
    block_of: list[Ints] = []
    for year in range(tree.years):
        first = tree.nodes.first_scenario(year)
        keys = [(begin[year], int(tree.nodes.of[begin[year], w])) for w in first.tolist()]
        block_of.append(np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64))
    column_block = np.full(len(formulation.objective), -1, dtype=np.int64)
    for year, arcs in enumerate(portfolio.years):
        column_block[formulation.year_columns(year)] = np.repeat(block_of[year], arcs.size)
    row_block = np.concatenate((_path_blocks(formulation, block_of, begin), _limit_blocks(formulation, block_of)))
    return _assemble(formulation, prices, numbers, column_block, row_block)


def _path_blocks(formulation: Formulation, block_of: list[Ints], begin: list[int]) -> Ints:
    """Block of every path row; −1 at a cut."""
    portfolio = formulation.portfolio
    parts = []
    for year in range(len(portfolio.years)):
        slots = len(portfolio.partnerships) if year == 0 else portfolio.years[year - 1].slots
        at_cut = year > 0 and begin[year] == year
        parts.append(np.repeat(np.full_like(block_of[year], -1) if at_cut else block_of[year], slots))
    return np.concatenate(parts)


def _limit_blocks(formulation: Formulation, block_of: list[Ints]) -> Ints:
    """Block of every other row; −1 for rows over the whole horizon."""
    portfolio = formulation.portfolio
    tree = portfolio.tree
    capital = portfolio.instance.capital
    histories = None
    if capital is not None:
        histories = tree.histories(portfolio.capital_drivers | set(capital.sensitivity.budget))
    totals = {limit.id for limit in portfolio.instance.moves if limit.total}
    found = []
    for label in formulation.labels:
        if label.family in ("risk", "cut") or (label.family == "moves" and label.limit in totals):
            found.append(-1)
        elif label.family == "capital" and histories is not None:
            w = int(histories.first_scenario(label.year)[label.group])
            found.append(int(block_of[label.year][tree.nodes.of[label.year, w]]))
        else:
            found.append(int(block_of[label.year][label.group]))
    return np.array(found, dtype=np.int64)


def _assemble(
    formulation: Formulation,
    prices: Floats,
    numbers: dict[tuple[int, int], int],
    column_block: Ints,
    row_block: Ints,
) -> Blocks:
    matrix = formulation.matrix
    across = row_block < 0
    usable = np.where(np.isneginf(formulation.row_lower), np.maximum(prices, 0), prices)
    usable = np.where(np.isposinf(formulation.row_upper), np.minimum(usable, 0), usable)
    crossing = np.where(across, usable, 0.0)
    side = np.where(crossing >= 0, formulation.row_upper, formulation.row_lower)
    relaxed = float(crossing[crossing != 0] @ side[crossing != 0]) + formulation.constant
    objective = formulation.objective - matrix.T @ crossing
    entries = matrix.tocoo()
    inside = ~across[entries.row]
    # other columns belong to the first block whose rows they stand in; left over capital also stands in the next
    other = inside & (entries.col >= formulation.takes)
    order = np.lexsort((row_block[entries.row[other]], entries.col[other]))
    columns, blocks_there = entries.col[other][order], row_block[entries.row[other]][order]
    owner_first = np.unique(columns, return_index=True)
    column_block[owner_first[0]] = blocks_there[owner_first[1]]
    rest = column_block < 0  # in no row of a block: they stand on their own
    relaxed += float(
        np.where(
            objective[rest] > 0, objective[rest] * formulation.upper[rest], objective[rest] * formulation.lower[rest]
        ).sum()
    )
    # what a column of one block does in a row of another is bought there and sold at home, at the row's price
    foreign = inside & (column_block[entries.col] != row_block[entries.row])
    trade = usable[entries.row[foreign]] * entries.data[foreign]
    sold = np.zeros_like(objective)
    np.add.at(sold, entries.col[foreign], trade)
    built = []
    for (year, node), number in numbers.items():
        rows = np.flatnonzero(row_block == number)
        kept = column_block == number
        own = np.where(kept, objective - sold, 0.0)
        visiting = foreign & (row_block[entries.row] == number)
        np.add.at(own, entries.col[visiting], usable[entries.row[visiting]] * entries.data[visiting])
        kept[entries.col[visiting]] = True
        built.append(_block(formulation, own, kept, rows, year, node))
    return Blocks(tuple(built), relaxed)


def _block(formulation: Formulation, objective: Floats, kept: Mask, rows: Ints, year: int, node: int) -> Block:
    """One block; where it begins at a cut, every partnership enters at exactly one place."""
    entry = sp.csr_array((0, len(objective)))
    if year:
        arcs = formulation.portfolio.years[year]
        columns = formulation.take_start[year] + node * arcs.size + np.arange(arcs.size)
        shape = (len(formulation.portfolio.partnerships), len(objective))
        entry = sp.csr_array((np.ones(arcs.size), (arcs.partnership, columns)), shape=shape)
    paths, limits = rows[rows < formulation.paths], rows[rows >= formulation.paths]
    ones = np.ones(entry.shape[0])
    matrix = sp.csr_array(sp.vstack([entry, formulation.matrix[paths], formulation.matrix[limits]], format="csr"))
    part = replace(
        formulation,
        paths=entry.shape[0] + len(paths),
        objective=objective,
        constant=0.0,
        matrix=matrix,
        row_lower=np.concatenate((ones, formulation.row_lower[paths], formulation.row_lower[limits])),
        row_upper=np.concatenate((ones, formulation.row_upper[paths], formulation.row_upper[limits])),
        labels=tuple(formulation.labels[number - formulation.paths] for number in limits.tolist()),
    )
    return Block(f"years from {year}, branch {node}", year, node, part, kept)
