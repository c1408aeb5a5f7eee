"""The scenario tree as mpi-sppy wants it: stages, nodes named ROOT, ROOT_0, ROOT_0_1 …, scenarios in their order.

Years in which the same scenarios can be told apart make one stage. From where every scenario is alone nothing has to
agree any more: these years are the leaves, which mpi-sppy adds below the nodes of the last stage.
"""

from dataclasses import dataclass
from functools import cached_property

from portfolioopt.networks.tree import Tree

ROOT = "ROOT"


@dataclass(frozen=True)
class Node:
    """Scenarios that cannot be told apart during the years of a stage."""

    name: str
    stage: int
    """from 1"""
    chance: float
    """probability, given the node above"""
    above: str | None
    years: tuple[int, ...]
    scenarios: tuple[int, ...]
    """positions in `Stages.scenarios`"""


@dataclass(frozen=True)
class Stages:
    """Nodes stage by stage; the scenarios of every node stand side by side."""

    scenarios: tuple[str, ...]
    probability: tuple[float, ...]
    nodes: tuple[Node, ...]

    @cached_property
    def path(self) -> tuple[tuple[Node, ...], ...]:
        """[scenario] → its nodes, from the root on."""
        return tuple(
            tuple(node for node in self.nodes if position in node.scenarios) for position in range(len(self.scenarios))
        )

    @property
    def count(self) -> int:
        """Stages in which scenarios have to agree."""
        return self.nodes[-1].stage

    @property
    def names(self) -> list[str]:
        """All nodes by name, for more than one stage the leaves as well."""
        named = [node.name for node in self.nodes]
        if self.count == 1:
            return named
        last = [node for node in self.nodes if node.stage == self.count]
        return named + [f"{node.name}_{leaf}" for node in last for leaf in range(len(node.scenarios))]


def stages_of(tree: Tree) -> Stages:
    """The stages of a tree of two scenarios or more."""
    every = len(tree.scenarios)
    years: list[list[int]] = []
    for year in range(tree.years):
        if tree.nodes.count[year] == every and years:
            break  # and so it is in all later years
        if years and tree.nodes.count[year] == tree.nodes.count[years[-1][0]]:
            years[-1].append(year)
        else:
            years.append([year])
    order = sorted(range(every), key=lambda w: [int(tree.nodes.of[stage[0], w]) for stage in years])
    nodes: list[Node] = []
    above: dict[int, Node] = {}
    for stage, span in enumerate(years, 1):
        now: dict[int, Node] = {}
        below: dict[str, int] = {}
        for group in dict.fromkeys(int(tree.nodes.of[span[0], w]) for w in order):
            members = tuple(place for place, w in enumerate(order) if tree.nodes.of[span[0], w] == group)
            parent = above[members[0]] if above else None
            number = below.get(parent.name, 0) if parent else 0
            name = f"{parent.name}_{number}" if parent else ROOT
            if parent:
                below[parent.name] = number + 1
            chance = _probability(tree, order, members) / (
                _probability(tree, order, parent.scenarios) if parent else 1.0
            )
            node = Node(name, stage, chance if parent else 1.0, parent.name if parent else None, tuple(span), members)
            nodes.append(node)
            now |= dict.fromkeys(members, node)
        above = now
    return Stages(
        tuple(tree.scenarios[w] for w in order), tuple(float(tree.probability[w]) for w in order), tuple(nodes)
    )


def _probability(tree: Tree, order: list[int], places: tuple[int, ...]) -> float:
    return float(sum(tree.probability[order[place]] for place in places))
