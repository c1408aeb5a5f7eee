"""A partnership's possible lives as a network of places and arcs.

A place is (state, years completed), a notice year of an action or a lead year of one. Years completed are capped
where all of the state's profiles and every `after_years` have become constant. An arc leads from the place held in
one year to the place held in the next: keep, go on with an action under way, or decide on one. Only what can be
reached from today, and only actions that take effect within the horizon, are made.

Partnerships whose states and actions have the same timing share one network.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from portfolioopt.language.instance import Horizon
from portfolioopt.language.partnership import During, Partnership
from portfolioopt.networks.tree import Ints

FLOWS = ("benefit", "cost", "capital", "interfaces", "breakdown_loss", "terminal")
TAGGED_FLOWS = ("effort", "exposure", "provides")


class Timing(NamedTuple):
    """When an action may be decided and how long it takes; states by number."""

    sources: tuple[int, ...]
    target: int
    first: int
    last: int
    after: int
    notice: int
    lead: int


class Shape(NamedTuple):
    """All that the network of a partnership depends on."""

    years: int
    caps: tuple[int, ...]
    start_state: int
    start_years: int
    actions: tuple[Timing, ...]


class Place(NamedTuple):
    """Where a partnership can be in a year: in a state, or in a lead year of an action (then state is −1)."""

    state: int
    at: int
    """Profile index: years completed in the state, capped; or the lead year."""
    action: int
    """The action under way (notice or lead), −1 in a settled state."""
    step: int
    """Notice or lead year of that action, 0 = the first."""


@dataclass(frozen=True)
class Network:
    """Places, and for each year the arcs into it.

    Arrays of one year run in parallel, sorted by source: `source` and `target` are positions in the places reached in
    the year before and in this one (`reached`), `decided` the action decided on this arc and `effect` the action that
    takes effect on it (−1: none).
    """

    places: tuple[Place, ...]
    reached: tuple[Ints, ...]
    source: tuple[Ints, ...]
    target: tuple[Ints, ...]
    decided: tuple[Ints, ...]
    effect: tuple[Ints, ...]
    state: Ints
    """[places] state, −1 in a lead year"""
    at: Ints
    """[places] index into the profiles that apply"""
    carrier: Ints
    """[places] what has those profiles: a state by its number, or the lead years of an action, numbered after them"""
    carriers: int
    active: Ints
    """[places] 1 in a state other than none and exited, or in a lead year towards such a state"""


def flow_length(record: During) -> int:
    """The number of years after which every profile of a state or of lead years has become constant."""
    longest = 1  # what is not written is 0 throughout
    for key in record.model_fields_set:
        if key in FLOWS:
            longest = max(longest, len(getattr(record, key)))
        elif key in TAGGED_FLOWS:
            longest = max(longest, *map(len, getattr(record, key).values()), 1)
    return longest


def shape_of(partnership: Partnership, horizon: Horizon) -> Shape:
    """The timing of a partnership; its actions in the order of their ids."""
    states = partnership.state_names
    number = {name: position for position, name in enumerate(states)}
    caps = [
        flow_length(partnership.states[name]) - 1 if name in partnership.states else 0  # without flows
        for name in states
    ]
    actions = []
    for action in sorted(partnership.actions, key=lambda action: action.id):
        # an action that could not take effect within the horizon may not be taken
        first, last = 0, horizon.years - 1 - action.notice_years - action.lead_years
        if action.window is not None:
            first = max(first, action.window[0] - horizon.first_year)
            last = min(last, action.window[1] - horizon.first_year)
        sources = tuple(sorted(number[name] for name in set(action.from_)))
        for source in sources:
            caps[source] = max(caps[source], action.after_years - 1)
        actions.append(
            Timing(sources, number[action.to], first, last, action.after_years, action.notice_years, action.lead_years)
        )
    return Shape(horizon.years, tuple(caps), number[partnership.start.state], partnership.start.years, tuple(actions))


@lru_cache(maxsize=50_000)
def network(shape: Shape) -> Network:
    """The network of all partnerships of one shape."""
    places: dict[Place, int] = {}
    reached_by_year: list[Ints] = []
    columns: list[tuple[Ints, Ints, Ints, Ints]] = []
    caps = shape.caps

    def settled(state: int, years: int) -> Place:
        return Place(state, min(years, caps[state]), -1, -1)

    def under_way(action: int, step: int, state: int, years: int) -> tuple[Place, int]:
        """The place of step `step` of an action decided in `state`, and the action that takes effect there."""
        timing = shape.actions[action]
        if step < timing.notice:
            return Place(state, min(years, caps[state]), action, step), -1
        if step < timing.notice + timing.lead:
            return Place(-1, step - timing.notice, action, step), -1
        return settled(timing.target, 0), action

    def onward(state: int, years: int, year: int) -> list[tuple[Place, int, int]]:
        """From a state with so many years completed at the start of a year: (place, decided, effect)."""
        arcs = [(settled(state, years), -1, -1)]
        for action, timing in enumerate(shape.actions):
            if state in timing.sources and timing.first <= year <= timing.last and years >= timing.after:
                place, effect = under_way(action, 0, state, years)
                arcs.append((place, action, effect))
        return arcs

    held: list[Place | None] = [None]
    for year in range(shape.years):
        arcs: list[tuple[int, Place, int, int]] = []
        for position, place in enumerate(held):
            if place is None:
                onwards = onward(shape.start_state, shape.start_years, year)
            elif place.action < 0:
                onwards = onward(place.state, place.at + 1, year)
            else:
                following, effect = under_way(place.action, place.step + 1, place.state, place.at + 1)
                onwards = [(following, -1, effect)]
            arcs += [(position, *arc) for arc in onwards]
        now: dict[Place, int] = {}
        for _, place, _, _ in arcs:
            places.setdefault(place, len(places))
            now.setdefault(place, len(now))
        reached_by_year.append(np.array([places[place] for place in now], dtype=np.int64))
        columns.append(
            (
                np.array([source for source, _, _, _ in arcs], dtype=np.int64),
                np.array([now[place] for _, place, _, _ in arcs], dtype=np.int64),
                np.array([decided for _, _, decided, _ in arcs], dtype=np.int64),
                np.array([effect for _, _, _, effect in arcs], dtype=np.int64),
            )
        )
        held = list(now)
    source, target, decided, effect_of = (tuple(column) for column in zip(*columns, strict=True))
    states = len(caps)
    nowhere = (0, states - 1)  # none and exited
    return Network(
        places=tuple(places),
        reached=tuple(reached_by_year),
        source=source,
        target=target,
        decided=decided,
        effect=effect_of,
        state=np.array([place.state for place in places], dtype=np.int64),
        at=np.array([place.at for place in places], dtype=np.int64),
        carrier=np.array(
            [place.state if place.state >= 0 else states + place.action for place in places], dtype=np.int64
        ),
        carriers=states + len(shape.actions),
        active=np.array(
            [
                (place.state if place.state >= 0 else shape.actions[place.action].target) not in nowhere
                for place in places
            ],
            dtype=np.int64,
        ),
    )
