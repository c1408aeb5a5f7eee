"""All networks of a portfolio side by side as flat arrays, and what flows along every arc.

Places and effects of all partnerships are numbered through. The flow along an arc is the flow of the place it leads
to, plus that of the action that takes effect on it; so flows are kept by place and by effect, and summed by arc only
where a row needs them. Effect 0 is "none" and carries nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from portfolioopt.language.collector import collector_paused
from portfolioopt.language.instance import Instance
from portfolioopt.language.partnership import Action, Partnership
from portfolioopt.networks.flows import Label, Places, Realization, Sheet, Spread, dense, spans
from portfolioopt.networks.lives import Network, network, shape_of
from portfolioopt.networks.tree import Floats, Ints, Partition, Tree, grow


@dataclass(frozen=True)
class YearArcs:
    """The arcs of one year, all partnerships in order, sorted by source.

    `source` and `target` number the places reached in the year before and in this one ("slots"); in year 0 every
    partnership has one source slot, its start.
    """

    source: Ints
    target: Ints
    place: Ints
    """place that the arc leads to"""
    decided: Ints
    """action decided, numbered through all partnerships; −1: none"""
    effect: Ints
    """effect carried, 0: none"""
    partnership: Ints
    slot_partnership: Ints
    """[target slots] → partnership"""

    @property
    def size(self) -> int:
        return len(self.place)

    @property
    def slots(self) -> int:
        return len(self.slot_partnership)

    def of(self, partnership: int) -> slice:
        """The arcs of one partnership."""
        first, after = np.searchsorted(self.partnership, (partnership, partnership + 1)).tolist()
        return slice(first, after)


@dataclass(frozen=True)
class Flow:
    """A flow by the place that an arc leads to and by the effect it carries, on the last axis of both."""

    by_place: Floats
    by_effect: Floats


@dataclass(frozen=True)
class Portfolio:
    """Networks and flows of all partnerships, in the order of their ids."""

    instance: Instance
    tree: Tree
    partnerships: tuple[Partnership, ...]
    networks: tuple[Network, ...]
    years: tuple[YearArcs, ...]
    place_start: Ints
    """first place of each partnership"""
    actions: tuple[tuple[int, Action], ...]
    """(partnership, action) by number"""
    active: Floats
    """[places] 1 where a partnership there is active"""
    places: Spread
    """what flows at every place"""
    effects: Spread
    """what flows once with every effect"""

    @property
    def money(self) -> Flow:
        """Money a year by [level vector, …], terminal values left out."""
        return Flow(self.places.money, self.effects.money)

    @property
    def terminal(self) -> Flow:
        return Flow(self.places.terminal, self.effects.terminal)

    @property
    def capital(self) -> Flow:
        return Flow(self.places.capital, self.effects.capital)

    @property
    def proceeds(self) -> Flow:
        return Flow(self.places.proceeds, self.effects.proceeds)

    @property
    def capital_drivers(self) -> frozenset[str]:
        """Drivers that capital or proceeds of any partnership vary with."""
        return self.places.drivers | self.effects.drivers

    def carried(self, label: Label) -> Flow:
        """A labelled flow; zeros where nobody carries it."""
        by_place = dense(self.places.use.get(label), len(self.active))
        return Flow(by_place, dense(self.effects.use.get(label), len(self.actions) + 1))

    def along(self, year: int, flow: Flow) -> Floats:
        """Flow along every arc of a year."""
        arcs = self.years[year]
        sums: Floats = flow.by_place[..., arcs.place] + flow.by_effect[..., arcs.effect]
        return sums

    def use(self, year: int, label: Label) -> Floats:
        """Use of a labelled flow along every arc of a year."""
        return self.along(year, self.carried(label))

    def in_states(self, year: int, partnership: int, states: Iterable[str]) -> Ints:
        """Arcs of a year on which that partnership is in one of the states, notice years included."""
        names = self.partnerships[partnership].state_names
        wanted = [names.index(state) for state in states]
        arcs = self.years[year]
        own = arcs.of(partnership)
        state = self.networks[partnership].state[arcs.place[own] - self.place_start[partnership]]
        held: Ints = own.start + np.flatnonzero(np.isin(state, wanted))
        return held

    def capital_histories(self) -> Partition:
        """Scenarios that share a node and every level so far that capital, proceeds or the budget vary with."""
        capital = self.instance.capital
        budget = frozenset() if capital is None else frozenset(capital.sensitivity.budget)
        return self.tree.histories(self.capital_drivers | budget)

    def number(self, partnership: str) -> int:
        """Position of the partnership with that id."""
        return self._numbers[partnership]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {one.id: number for number, one in enumerate(self.partnerships)}


def lay_out(instance: Instance, known: frozenset[str] = frozenset()) -> Portfolio:
    """The whole portfolio as arrays; `known` are drivers whose whole paths are known from the start."""
    with collector_paused():
        return _lay_out(instance, known)


def _lay_out(instance: Instance, known: frozenset[str]) -> Portfolio:
    tree = grow(instance, known)
    partnerships = tuple(sorted(instance.partnerships, key=lambda partnership: partnership.id))
    networks = tuple(network(shape_of(partnership, instance.horizon)) for partnership in partnerships)
    own_actions = [sorted(partnership.actions, key=lambda action: action.id) for partnership in partnerships]
    action_start = _starts(np.array([len(own) for own in own_actions], dtype=np.int64))
    actions = tuple((number, action) for number, own in enumerate(own_actions) for action in own)
    laid = _Laid(networks)
    # carriers: the states of a partnership, then the lead years of its actions
    carriers = np.array([one.carriers for one in networks], dtype=np.int64)
    first_carrier = _starts(carriers)
    sheet, effects = Sheet(int(carriers.sum())), Sheet(len(actions) + 1)
    realization = Realization(instance.readiness)
    for partnership, own, first, first_action in zip(
        partnerships, own_actions, first_carrier.tolist(), action_start.tolist(), strict=True
    ):
        names = partnership.state_names
        ready = partnership.readiness is not None
        for carrier, name in enumerate(names, first):
            if name in partnership.states:
                sheet.read(carrier, partnership.states[name])
            if ready:
                sheet.realization[carrier], sheet.breakdown_rate[carrier] = realization.of(partnership, name)
        for number, action in enumerate(own):
            lead, effect = first + len(names) + number, first_action + number + 1
            sheet.read(lead, action.during)
            effects.read(effect, action.at_effect)
            if ready:
                scales = realization.of(partnership, action.to)
                sheet.realization[lead], sheet.breakdown_rate[lead] = scales
                effects.realization[effect], effects.breakdown_rate[effect] = scales
    places = Places(laid.by_place("carrier") + first_carrier[laid.owner], laid.by_place("at"), sheet.carriers)
    every_effect = np.arange(effects.carriers)
    return Portfolio(
        instance=instance,
        tree=tree,
        partnerships=partnerships,
        networks=networks,
        years=laid.years(instance.horizon.years, action_start),
        place_start=laid.place_start,
        actions=actions,
        active=laid.by_place("active").astype(float),
        places=sheet.spread(places, tree),
        effects=effects.spread(Places(every_effect, np.zeros_like(every_effect), effects.carriers), tree),
    )


class _Laid:
    """Networks laid side by side: what partnerships of one shape share is looked up, not walked through again."""

    def __init__(self, networks: tuple[Network, ...]) -> None:
        self._unique = list({id(one): one for one in networks}.values())
        numbers = {id(one): number for number, one in enumerate(self._unique)}
        self._which = np.array([numbers[id(one)] for one in networks], dtype=np.int64)
        self._partnerships = np.arange(len(networks))
        sizes = self._lengths([one.at for one in self._unique])
        self.place_start = _starts(sizes)
        self.owner = np.repeat(self._partnerships, sizes)
        """[places] → partnership"""

    def by_place(self, name: str) -> Ints:
        """One of the networks' arrays over their places, for all partnerships."""
        return self._gathered([getattr(one, name) for one in self._unique])

    def years(self, years: int, action_start: Ints) -> tuple[YearArcs, ...]:
        """The arcs of all networks, year by year."""
        laid: list[YearArcs] = []
        source_start = self._partnerships
        for year in range(years):
            arcs = self._lengths([one.source[year] for one in self._unique])
            slots = self._lengths([one.reached[year] for one in self._unique])
            owner = np.repeat(self._partnerships, arcs)
            target_start, first_action = _starts(slots), action_start[owner]
            place = self._gathered([one.reached[year][one.target[year]] for one in self._unique])
            decided = self._gathered([one.decided[year] for one in self._unique])
            effect = self._gathered([one.effect[year] for one in self._unique])
            laid.append(
                YearArcs(
                    source=self._gathered([one.source[year] for one in self._unique]) + source_start[owner],
                    target=self._gathered([one.target[year] for one in self._unique]) + target_start[owner],
                    place=place + self.place_start[owner],
                    decided=np.where(decided >= 0, decided + first_action, -1),
                    effect=np.where(effect >= 0, effect + first_action + 1, 0),
                    partnership=owner,
                    slot_partnership=np.repeat(self._partnerships, slots),
                )
            )
            source_start = target_start
        return tuple(laid)

    def _lengths(self, arrays: list[Ints]) -> Ints:
        """By partnership, how long its network's array is."""
        return np.array([len(one) for one in arrays], dtype=np.int64)[self._which]

    def _gathered(self, arrays: list[Ints]) -> Ints:
        """The networks' arrays one after the other, in the order of the partnerships."""
        starts = _starts(np.array([len(one) for one in arrays], dtype=np.int64))
        gathered: Ints = np.concatenate(arrays)[spans(starts[self._which], self._lengths(arrays))]
        return gathered


def _starts(lengths: Ints) -> Ints:
    """Where each span begins if they stand one after the other."""
    return np.cumsum(lengths) - lengths
