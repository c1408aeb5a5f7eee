"""All networks of a portfolio side by side as flat arrays, and what flows along every arc.

Places and effects of all partnerships are numbered through. The flow along an arc is the flow of the place it leads
to, plus that of the action that takes effect on it; so flows are kept by place and by effect, and summed by arc only
where a row needs them. Effect 0 is "none" and carries nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from portfolioopt.language.instance import Instance
from portfolioopt.language.partnership import (
    ELEMENTS,
    EXITED,
    NONE,
    Action,
    AtEffect,
    During,
    Partnership,
    Sensitivity,
    State,
)
from portfolioopt.networks.lives import TAGGED_FLOWS, Network, Place, network, shape_of
from portfolioopt.networks.tree import Floats, Ints, Tree, grow

Label = tuple[str, str]
"""A flow that no driver changes: ("effort", skill), ("exposure", tag), ("provides", capability), ("interfaces", "")."""


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
    use_by_place: dict[Label, Floats]
    use_by_effect: dict[Label, Floats]
    active: Floats
    """[places] 1 where a partnership there is active"""
    money_by_place: Floats
    """[level vectors, places] money a year, terminal values left out"""
    money_by_effect: Floats
    terminal_by_place: Floats
    terminal_by_effect: Floats
    capital_by_place: Floats
    capital_by_effect: Floats
    proceeds_by_effect: Floats
    capital_drivers: frozenset[str]
    """drivers that capital or proceeds of any partnership vary with"""

    def along(self, year: int, by_place: Floats, by_effect: Floats) -> Floats:
        """Flow along every arc of a year; the last axis of both arguments is places or effects."""
        arcs = self.years[year]
        flow: Floats = by_place[..., arcs.place] + by_effect[..., arcs.effect]
        return flow

    def use(self, year: int, label: Label) -> Floats:
        """Use of a labelled flow along every arc of a year; zeros where nobody carries it."""
        if label not in self.use_by_place:
            return np.zeros(self.years[year].size)
        return self.along(year, self.use_by_place[label], self.use_by_effect[label])

    def in_states(self, partnership: int, states: Iterable[str]) -> Floats:
        """[places] 1 where that partnership is in one of the states, notice years included."""
        names = self.partnerships[partnership].state_names
        wanted = {names.index(state) for state in states}
        here = np.zeros(len(self.active))
        start = self.place_start[partnership]
        for position, place in enumerate(self.networks[partnership].places):
            if place.state in wanted:
                here[start + position] = 1
        return here

    def number(self, partnership: str) -> int:
        """Position of the partnership with that id."""
        return next(place for place, one in enumerate(self.partnerships) if one.id == partnership)


class _Sheet:
    """Collects labelled values by place or effect while partnerships are read one by one."""

    def __init__(self) -> None:
        self.entries: dict[Label, tuple[list[int], list[float]]] = {}

    def put(self, label: Label, where: int, value: float) -> None:
        if value:
            places, values = self.entries.setdefault(label, ([], []))
            places.append(where)
            values.append(value)

    def dense(self, size: int, label: Label) -> Floats:
        flow = np.zeros(size)
        if label in self.entries:
            places, values = self.entries[label]
            flow[places] = values
        return flow


def lay_out(instance: Instance) -> Portfolio:
    """The whole portfolio as arrays."""
    tree = grow(instance)
    partnerships = tuple(sorted(instance.partnerships, key=lambda partnership: partnership.id))
    networks = tuple(network(shape_of(partnership, instance.horizon)) for partnership in partnerships)
    sizes = np.array([len(one.places) for one in networks], dtype=np.int64)
    place_start = np.concatenate(([0], np.cumsum(sizes)))[:-1].astype(np.int64)
    actions: list[tuple[int, Action]] = []
    action_start = []
    for position, partnership in enumerate(partnerships):
        action_start.append(len(actions))
        actions += [(position, action) for action in sorted(partnership.actions, key=lambda action: action.id)]
    years = _years(networks, place_start, np.array(action_start, dtype=np.int64), instance.horizon.years)
    return _with_flows(instance, tree, partnerships, networks, years, place_start, tuple(actions))


def _years(networks: tuple[Network, ...], place_start: Ints, action_start: Ints, years: int) -> tuple[YearArcs, ...]:
    laid: list[YearArcs] = []
    count = len(networks)
    source_slots = np.ones(count, dtype=np.int64)
    numbers = np.arange(count)
    for year in range(years):
        arcs = np.array([len(one.source[year]) for one in networks], dtype=np.int64)
        slots = np.array([len(one.reached[year]) for one in networks], dtype=np.int64)
        source_start = np.concatenate(([0], np.cumsum(source_slots)))[:-1]
        target_start = np.concatenate(([0], np.cumsum(slots)))[:-1]
        owner = np.repeat(numbers, arcs)
        source = np.concatenate([one.source[year] for one in networks]) + source_start[owner]
        target = np.concatenate([one.target[year] for one in networks]) + target_start[owner]
        place = np.concatenate([one.reached[year][one.target[year]] for one in networks]) + place_start[owner]
        decided = np.concatenate([one.decided[year] for one in networks])
        effect = np.concatenate([one.effect[year] for one in networks])
        first_action = action_start[owner]
        laid.append(
            YearArcs(
                source,
                target,
                place,
                np.where(decided >= 0, decided + first_action, -1),
                np.where(effect >= 0, effect + first_action + 1, 0),
                owner,
                np.repeat(numbers, slots),
            )
        )
        source_slots = slots
    return tuple(laid)


def _with_flows(
    instance: Instance,
    tree: Tree,
    partnerships: tuple[Partnership, ...],
    networks: tuple[Network, ...],
    years: tuple[YearArcs, ...],
    place_start: Ints,
    actions: tuple[tuple[int, Action], ...],
) -> Portfolio:
    places = int(place_start[-1]) + len(networks[-1].places) if networks else 0
    effects = len(actions) + 1
    by_place, by_effect = _Sheet(), _Sheet()
    active = np.zeros(places)
    levels = len(tree.levels)
    money = {name: np.zeros((levels, places)) for name in ("money", "terminal", "capital")}
    money_effect = {name: np.zeros((levels, effects)) for name in ("money", "terminal", "capital", "proceeds")}
    drivers: set[str] = set()
    for partnership, one, start in zip(partnerships, networks, place_start.tolist(), strict=True):
        names = partnership.state_names
        factors = Realization(instance, partnership)
        own_actions = sorted(partnership.actions, key=lambda action: action.id)
        groups: dict[tuple[int, int], list[tuple[int, Place]]] = {}
        for position, place in enumerate(one.places):
            lead = place.state < 0
            groups.setdefault((place.state, place.action if lead else -1), []).append((start + position, place))
            target = own_actions[place.action].to if lead else names[place.state]
            active[start + position] = target not in (NONE, EXITED)
        for (state, action), members in groups.items():
            record: During = own_actions[action].during if state < 0 else partnership.state(names[state])
            leads_to = own_actions[action].to if state < 0 else names[state]
            where = [number for number, _ in members]
            index = np.array([place.at for _, place in members])
            _put_labels(by_place, where, index, record)
            realization, rate = factors.of(leads_to)
            values = {flow: _profile(getattr(record, flow), index) for flow in MONEY_FLOWS}
            scaled = _scaled(values, record.sensitivity, tree)
            money["money"][:, where] = _money(scaled, realization, rate)
            money["terminal"][:, where] = scaled["terminal"]
            money["capital"][:, where] = scaled["capital"]
            drivers.update(record.sensitivity.capital)
    for number, (owner, one_action) in enumerate(actions, start=1):
        at_effect = one_action.at_effect
        if not at_effect.model_fields_set:
            continue
        realization, rate = Realization(instance, partnerships[owner]).of(one_action.to)
        _put_effect_labels(by_effect, number, at_effect)
        values = {flow: np.array([float(getattr(at_effect, flow))]) for flow in (*MONEY_FLOWS, "proceeds")}
        scaled = _scaled(values, at_effect.sensitivity, tree)
        proceeds = scaled["proceeds"]
        money_effect["money"][:, number] = (_money(scaled, realization, rate) + proceeds)[:, 0]
        money_effect["terminal"][:, number] = scaled["terminal"][:, 0]
        money_effect["capital"][:, number] = scaled["capital"][:, 0]
        money_effect["proceeds"][:, number] = proceeds[:, 0]
        drivers.update(at_effect.sensitivity.capital, at_effect.sensitivity.proceeds)
    labels = sorted({*by_place.entries, *by_effect.entries})
    return Portfolio(
        instance,
        tree,
        partnerships,
        networks,
        years,
        place_start,
        actions,
        {label: by_place.dense(places, label) for label in labels},
        {label: by_effect.dense(effects, label) for label in labels},
        active,
        money["money"],
        money_effect["money"],
        money["terminal"],
        money_effect["terminal"],
        money["capital"],
        money_effect["capital"],
        money_effect["proceeds"],
        frozenset(drivers),
    )


MONEY_FLOWS = ("benefit", "cost", "capital", "breakdown_loss", "terminal")


def _profile(profile: tuple[object, ...], index: Ints) -> Floats:
    values = np.array([float(value) for value in profile])  # type: ignore[arg-type]
    chosen: Floats = values[np.minimum(index, len(values) - 1)]
    return chosen


def _put_labels(sheet: _Sheet, where: list[int], index: Ints, record: During) -> None:
    for kind in TAGGED_FLOWS:
        for name, profile in getattr(record, kind).items():
            for place, value in zip(where, _profile(profile, index).tolist(), strict=True):
                sheet.put((kind, name), place, value)
    for place, value in zip(where, _profile(record.interfaces, index).tolist(), strict=True):
        sheet.put(("interfaces", ""), place, value)


def _put_effect_labels(sheet: _Sheet, effect: int, record: AtEffect) -> None:
    for kind in TAGGED_FLOWS:
        for name, value in getattr(record, kind).items():
            sheet.put((kind, name), effect, float(value))
    sheet.put(("interfaces", ""), effect, float(record.interfaces))


def _scaled(values: dict[str, Floats], sensitivity: Sensitivity, tree: Tree) -> dict[str, Floats]:
    """Every flow times its driver factor max(0, 1 + Σ_d β_d·(level_d − 1)); [level vectors, places]."""
    scaled: dict[str, Floats] = {}
    for flow, flows in values.items():
        factor = driver_factor(getattr(sensitivity, flow), tree)
        scaled[flow] = factor[:, None] * flows[None, :]
    return scaled


def driver_factor(coefficients: dict[str, object], tree: Tree) -> Floats:
    """max(0, 1 + Σ_d β_d·(level_d − 1)) for every level vector of the tree."""
    factor = np.ones(len(tree.levels))
    for driver, beta in coefficients.items():
        factor += float(beta) * (tree.levels[:, tree.drivers.index(driver)] - 1)  # type: ignore[arg-type]
    return np.maximum(factor, 0)


def _money(scaled: dict[str, Floats], realization: float, rate: float) -> Floats:
    """realization·benefit − cost − breakdown_rate·breakdown_loss − capital."""
    money: Floats = (
        realization * scaled["benefit"] - scaled["cost"] - rate * scaled["breakdown_loss"] - scaled["capital"]
    )
    return money


class Realization:
    """Realization of benefits and breakdown rate of a partnership in each of its states.

    g = Σ weight·(score − 1)/4, then linear between the values at g = 0 and at g = 1; without readiness 1 and 0.
    """

    def __init__(self, instance: Instance, partnership: Partnership) -> None:
        self._scale = instance.readiness
        self._partnership = partnership

    def of(self, state: str) -> tuple[float, float]:
        own = self._partnership.readiness
        if own is None:
            return 1.0, 0.0
        changed = self._state(state).readiness
        weights = self._scale.weights
        g = 0.0
        for element in ELEMENTS:
            score = getattr(changed, element)
            score = getattr(own, element) if score is None else score
            g += float(getattr(weights, element)) * (float(score) - 1) / 4
        low, high = (float(value) for value in self._scale.realization)
        often, rare = (float(value) for value in self._scale.breakdown_rate)
        return low + g * (high - low), often + g * (rare - often)

    def _state(self, state: str) -> State:
        return self._partnership.state(state)
