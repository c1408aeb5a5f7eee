"""When two plans differ in decisions that matter, and by how much.

A decision is an action of a partnership, taken in a scenario whenever it is. Two plans lie apart by

    Σ_w π_w·( number of decisions that only one of them takes in w
              + Σ over those that both take, in different years: 0.1 a year, at most 0.5 )

Cosmetic differences count nothing: who is hired, what is decided in scenarios of probability 0, and idle actions, which
change no flow, nor whether a partnership is active or in a state that some limit, link or rule names. Two plans are
distinct if, beyond years, some decision differs somewhere.

Along a life every action of most partnerships can be taken once at most, and whether it is taken is a sum of arcs. An
action that can be taken again gets a column of its own that is 1 where it is taken at all; its years do not count.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.draft import INFINITY, Row
from portfolioopt.language.families.activity import chosen
from portfolioopt.language.families.links import Requires
from portfolioopt.language.instance import Instance
from portfolioopt.language.partnership import EXITED, NONE, Action, AtEffect, During, Partnership, State
from portfolioopt.networks.portfolio import Portfolio
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.plan import Plan
from portfolioopt.solution.conditions import CONDITION

SHIFT, MOST_SHIFT = Fraction(1, 10), Fraction(1, 2)
"""What a year's shift of a decision counts, and the most that any shift does."""
Act = tuple[str, str]
"""Partnership and action."""
Pattern = dict[tuple[str, str, str], int]
"""(scenario, partnership, action) → first calendar year in which it is taken."""


@dataclass(frozen=True, eq=False)
class Yardstick:
    """What counts as a difference between plans of one instance."""

    portfolio: Portfolio
    acts: frozenset[Act]
    """Actions that count."""
    again: frozenset[Act]
    """Those of them that a life can take more than once."""

    @staticmethod
    def of(portfolio: Portfolio) -> "Yardstick":
        """For the plans of a portfolio."""
        instance = portfolio.instance
        acts = {
            (partnership.id, action.id)
            for partnership in instance.partnerships
            for action in partnership.actions
            if not _idle(instance, partnership, action)
        }
        repeated = _taken_again(portfolio)
        names = [(portfolio.partnerships[owner].id, action.id) for owner, action in portfolio.actions]
        again = {name for name, more in zip(names, repeated.tolist(), strict=True) if more}
        return Yardstick(portfolio, frozenset(acts), frozenset(again & acts))

    @cached_property
    def chances(self) -> dict[str, Fraction]:
        """Probability of the scenarios that can happen."""
        futures = self.portfolio.instance.futures
        return {future.name: Fraction(future.probability) for future in futures if future.probability}

    def pattern(self, plan: Plan) -> Pattern:
        """What a plan decides, as far as it counts."""
        found: Pattern = {}
        for one in plan.decisions:
            if (one.partnership, one.action) in self.acts and one.scenario in self.chances:
                key = (one.scenario, one.partnership, one.action)
                found[key] = min(one.year, found.get(key, one.year))
        return found

    def distance(self, one: Pattern, other: Pattern) -> Fraction:
        """By how much two plans lie apart."""
        total = Fraction(0)
        for key in one.keys() ^ other.keys():
            total += self.chances[key[0]]
        for key in one.keys() & other.keys():
            if key[1:] not in self.again:
                total += self.chances[key[0]] * shifted(one[key] - other[key])
        return total

    def distinct(self, one: Pattern, other: Pattern) -> bool:
        """Whether some decision differs, beyond its year."""
        return one.keys() != other.keys()

    @cached_property
    def takes(self) -> "list[tuple[tuple[str, str, str], Ints, Ints]]":
        """For every decision in every scenario: its take columns along the scenario, and their calendar years."""
        portfolio = self.portfolio
        tree = portfolio.tree
        first = portfolio.instance.horizon.first_year
        names = [(portfolio.partnerships[owner].id, action.id) for owner, action in portfolio.actions]
        by_action: dict[int, list[tuple[int, Ints]]] = {}
        for year, arcs in enumerate(portfolio.years):
            deciding = np.flatnonzero(arcs.decided >= 0)
            for number in np.unique(arcs.decided[deciding]).tolist():
                if names[number] in self.acts:
                    by_action.setdefault(number, []).append((year, deciding[arcs.decided[deciding] == number]))
        starts, sizes = _starts(portfolio)
        found = []
        for w, scenario in enumerate(tree.scenarios):
            if scenario not in self.chances:
                continue
            for number, years in by_action.items():
                columns = [starts[year] + int(tree.nodes.of[year, w]) * sizes[year] + arcs for year, arcs in years]
                when = [np.full(len(arcs), first + year) for year, arcs in years]
                found.append(((scenario, *names[number]), np.concatenate(columns), np.concatenate(when)))
        return found

    def marked(self, formulation: Formulation) -> tuple[Formulation, dict[tuple[str, str, str], int]]:
        """The formulation with a column, 1 or 0, for every decision that can be taken again: whether it is at all."""
        repeated = [one for one in self.takes if one[0][1:] in self.again]
        if not repeated:
            return formulation, {}
        count = len(repeated)
        wider, fresh = formulation.with_columns("taken_at_all", np.zeros(count), np.ones(count), binary=True)
        rows = []
        years = len(self.portfolio.years)
        for column, (_, columns, _) in zip(fresh.tolist(), repeated, strict=True):
            both = np.append(columns, column)
            ones = np.ones(len(columns))
            rows.append(Row(CONDITION, "taken", 0, 0, both, np.append(ones, -1.0), 0.0, INFINITY))
            rows.append(Row(CONDITION, "taken", 0, 0, both, np.append(ones, -float(years)), -INFINITY, 0.0))
        columns_of = {one[0]: column for one, column in zip(repeated, fresh.tolist(), strict=True)}
        return wider.with_rows(rows), columns_of

    def row(
        self, name: str, reference: Pattern, columns_of: dict[tuple[str, str, str], int], *, weighed: bool, least: float
    ) -> tuple[Row, float]:
        """distance(x, reference) ≥ least as a row; unweighed, the number of decisions that differ. And the constant
        by which the sum of its terms falls short of the distance.
        """
        parts: list[Ints] = []
        values: list[Floats] = []
        constant = 0.0
        for key, columns, years in self.takes:
            chance = float(self.chances[key[0]]) if weighed else 1.0
            held = reference.get(key)
            if key in columns_of:
                columns, worth = np.array([columns_of[key]]), np.array([1.0 if held is None else -1.0])
            elif held is None:
                worth = np.ones(len(columns))
            else:
                shift = [float(shifted(int(year) - held)) if weighed else 0.0 for year in years.tolist()]
                worth = np.array(shift) - 1.0
            constant += 0.0 if held is None else chance
            parts.append(columns)
            values.append(chance * worth)
        together, which = np.unique(np.concatenate(parts), return_inverse=True)
        sums = np.zeros(len(together))
        np.add.at(sums, which, np.concatenate(values))
        kept = np.abs(sums) > 1e-15
        return Row(CONDITION, name, 0, 0, together[kept], sums[kept], least - constant, INFINITY), constant


def shifted(years: int) -> Fraction:
    """What a shift by so many years counts."""
    return min(SHIFT * abs(years), MOST_SHIFT)


def _starts(portfolio: Portfolio) -> tuple[list[int], list[int]]:
    """First take column of every year, and its arcs."""
    sizes = [arcs.size for arcs in portfolio.years]
    nodes = portfolio.tree.nodes.count
    starts = np.concatenate(([0], np.cumsum([size * count for size, count in zip(sizes, nodes, strict=True)])))
    return starts[:-1].tolist(), sizes


def _taken_again(portfolio: Portfolio) -> np.ndarray:
    """[actions] whether a life can take it more than once; the n-th action of all partnerships in one sweep."""
    owners = np.array([owner for owner, _ in portfolio.actions], dtype=np.int64)
    again = np.zeros(len(owners), dtype=bool)
    if not len(owners):
        return again
    rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
    for turn in range(int(rank.max()) + 1):
        mine = np.append(rank == turn, False)  # −1, no decision, reads the last entry
        times = np.zeros(len(portfolio.partnerships))
        for arcs in portfolio.years:
            here = times[arcs.source] + mine[arcs.decided]
            twice = (here > 1) & mine[arcs.decided]
            again[np.unique(arcs.decided[twice])] = True
            times = np.zeros(arcs.slots)
            np.maximum.at(times, arcs.target, here)
    return again


def _idle(instance: Instance, partnership: Partnership, action: Action) -> bool:
    """Whether taking the action changes nothing: no flow, no activity, no state that anything names."""
    if action.during != During() or action.at_effect != AtEffect():
        return False
    named = _named_states(instance, partnership.id)
    counted = any(chosen(limit, partnership) for limit in instance.activity)
    away = (NONE, EXITED)
    for origin in action.from_:
        before, after = partnership.state(origin), partnership.state(action.to)
        if action.lead_years and (before != State() or counted or named):
            return False
        if counted and ((origin in away) != (action.to in away)):
            return False
        if any((origin in states) != (action.to in states) for states in named):
            return False
        if before != after or not _constant(before):
            return False
    return True


def _named_states(instance: Instance, partnership: str) -> list[set[str]]:
    """Sets of states of a partnership that links and rules tell apart from the others."""
    named = [set(rule.states) for rule in instance.rules if rule.partnership == partnership]
    for link in instance.links:
        members = (link.when, link.needs) if isinstance(link, Requires) else link.members
        named += [set(member.states) for member in members if member.partnership == partnership]
    return named


def _constant(state: State) -> bool:
    """Whether its flows do not depend on the year in the state."""
    profiles = [state.benefit, state.cost, state.capital, state.interfaces, state.breakdown_loss, state.terminal]
    profiles += [*state.effort.values(), *state.exposure.values(), *state.provides.values()]
    return all(len(set(profile)) <= 1 for profile in profiles)
