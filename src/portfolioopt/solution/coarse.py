"""A coarser tree: a part of the scenarios, each standing for those most like it, with prices near those of the whole.

A price belongs to a row at a node. A node of the whole takes that of the node of the scenario that stands for it,
changed in the ratio of their probabilities.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import numpy as np

from portfolioopt.formulation.build import Formulation, formulate
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.networks.tree import Floats, Ints, Partition, Tree
from portfolioopt.solution.inequalities.remembered import Remembered


def standing_for(formulation: Formulation, scenarios: int) -> Ints:
    """For every scenario the one that stands for it, of so many spread over the tree."""
    tree = formulation.portfolio.tree
    order = np.lexsort(tree.nodes.of[::-1])
    chosen = np.sort(order[np.linspace(0, len(order) - 1, scenarios).round().astype(np.int64)])
    levels = tree.levels[tree.level_of]
    standing = np.zeros(len(order), dtype=np.int64)
    for scenario in range(len(order)):
        apart = (tree.nodes.of[:, chosen] != tree.nodes.of[:, [scenario]]).sum(axis=0)
        apart[chosen == scenario] = -1
        distance = np.abs(levels[:, chosen] - levels[:, [scenario]]).sum(axis=(0, 2))
        standing[scenario] = chosen[np.lexsort((distance, apart))[0]]
    return standing


def coarser(formulation: Formulation, standing: Ints) -> Formulation:
    """The same portfolio in those scenarios only that stand for others, with the probability of all they stand for."""
    portfolio = formulation.portfolio
    futures = sorted(portfolio.instance.futures, key=lambda future: future.name)
    weight: dict[int, Decimal] = defaultdict(Decimal)
    for future, stand in zip(futures, standing.tolist(), strict=True):
        weight[stand] += future.probability
    kept = tuple(futures[w].model_copy(update={"probability": weight[w]}) for w in sorted(weight))
    coarse = lay_out(portfolio.instance.model_copy(update={"scenarios": kept}), portfolio.tree.known)
    return formulate(coarse, formulation.model)


def carried_over(prices: Floats, coarse: Formulation, formulation: Formulation, standing: Ints) -> Floats:
    """Prices of the coupling rows of the whole from those of the coarser tree."""
    place = {name: w for w, name in enumerate(coarse.portfolio.tree.scenarios)}
    names = formulation.portfolio.tree.scenarios
    stand = [place[names[w]] for w in standing.tolist()]
    known = dict(zip(coarse.row_keys(), prices.tolist(), strict=True))
    groups, coarse_groups = _partitions(formulation), _partitions(coarse)
    firsts = [[one.first_scenario(year) for year in range(len(one.count))] for one in groups]
    carried = np.zeros(len(formulation.labels))
    for row, (label, number) in enumerate(formulation.row_keys()):
        mine, theirs = (each[label.family == "capital"] for each in (groups, coarse_groups))
        if label.family == "risk":
            group, share = stand[label.group], 1.0
        else:
            first = firsts[label.family == "capital"][label.year][label.group]
            group = int(theirs.of[label.year, stand[first]])
            share = float(mine.probability[label.year][label.group] / theirs.probability[label.year][group])
        carried[row] = share * known.get((replace(label, group=group), number), 0.0)
    return carried


def standing_in(
    formulation: Formulation, coarse: Tree, standing: Ints, remembered: Iterable[Remembered]
) -> list[Remembered]:
    """Inequalities of the coarser tree at every node that one of its nodes stands for, in the same order at each."""
    tree = formulation.portfolio.tree
    place = {name: w for w, name in enumerate(coarse.scenarios)}
    stand = [place[tree.scenarios[w]] for w in standing.tolist()]
    stood: dict[tuple[int, int], list[int]] = defaultdict(list)
    for year, count in enumerate(tree.nodes.count):
        for node in range(count):
            first = tree.nodes.first_scenario(year)[node]
            stood[year, int(coarse.nodes.of[year, stand[first]])].append(node)
    return [replace(one, node=node) for one in remembered for node in stood[one.year, one.node]]


def _partitions(formulation: Formulation) -> tuple[Partition, Partition]:
    """What the groups of rows are: nodes, and the histories of capital."""
    return formulation.portfolio.tree.nodes, formulation.portfolio.capital_histories()
