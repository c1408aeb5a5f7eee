"""Every partnership's life, year by year, replayed from the instance and the decisions of a plan.

A decision that may not be taken is reported and left out; the life goes on without it, so that one fault does not
hide the next.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from portfolioopt.audit.findings import Finding, Standing
from portfolioopt.audit.futures import Futures
from portfolioopt.language.instance import Horizon, Instance
from portfolioopt.language.partnership import EXITED, NONE, Action, Partnership
from portfolioopt.plan import Plan

STATE: Final = "state"
NOTICE: Final = "notice"
LEAD: Final = "lead"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a partnership is in one year."""

    phase: str
    state: str
    """Its state; in a lead year the one that the action leads to."""
    years: int
    """Index into the profiles: years completed in the state, or of lead."""
    action: Action | None = None
    """The action it executes: under notice, in lead, or taking effect in this year."""

    @property
    def occupies(self) -> str | None:
        """The state it is in, notice years included; in a lead year none at all."""
        return None if self.phase == LEAD else self.state

    @property
    def effect(self) -> Action | None:
        """The action that takes effect in this year."""
        return self.action if self.phase == STATE else None

    @property
    def active(self) -> bool:
        """In a state other than none and exited, or in a lead year towards such a state."""
        return self.state not in (NONE, EXITED)


@dataclass(frozen=True, slots=True, eq=False)  # each is its own: what is kept by life is found at once
class Life:
    """A partnership's places in the years y = 0 … T−1, the decisions that led there, and those left out."""

    places: tuple[Place, ...]
    taken: tuple[tuple[int, Action], ...]
    refused: tuple[tuple[int, str], ...]
    """Year and reason of each decision that may not be taken."""


Intents = tuple[tuple[int, str, str], ...]
"""What a plan decides for one partnership in one scenario: year, action and kind, by year."""
Lives = dict[str, tuple[Life, ...]]
"""By partnership, its life in each scenario; scenarios that decide alike share one object."""
Told = dict[str, dict[Intents, Life]]
"""Lives followed before, by partnership and what is decided for it."""


def replay(instance: Instance, futures: Futures, plan: Plan, told: Told) -> tuple[Lives, list[Finding]]:
    """All lives, and a finding (family `life`) for each decision that may not be taken.

    A life depends on the instance and on what is decided for its partnership alone, so each is followed once.
    """
    intents, findings = _sort(instance, futures, plan)
    lives: Lives = {}
    for partnership in instance.partnerships:
        chosen = intents.get(partnership.id)
        known = told.setdefault(partnership.id, {})
        if chosen is None:
            idle = known.get(())
            if idle is None:
                idle = known[()] = follow(partnership, (), instance.horizon)
            lives[partnership.id] = (idle,) * len(futures.names)
            continue
        row = []
        for name in futures.names:
            decided = tuple(sorted(chosen.get(name, ())))
            life = known.get(decided)
            if life is None:
                life = known[decided] = follow(partnership, decided, instance.horizon)
            row.append(life)
            if life.refused:
                findings += [
                    Finding("life", partnership.id, name, futures.first_year + year, reason)
                    for year, reason in life.refused
                ]
        lives[partnership.id] = tuple(row)
    return lives, findings


def follow(partnership: Partnership, intents: Intents, horizon: Horizon) -> Life:
    """One life under the decisions given, each in year y with notice N and lead L.

    Years y … y+N−1 are spent in the old state, y+N … y+N+L−1 in lead, and the action takes effect in e = y+N+L.
    The next decision is possible in e + 1.
    """
    state, years = partnership.start.state, partnership.start.years
    if not intents:
        return _idle(state, years, horizon.years)
    actions = {action.id: action for action in partnership.actions}
    running: Action | None = None
    begun = 0
    places, taken, refused = [], [], []
    waiting = iter(intents)
    intent = next(waiting, None)
    for year in range(horizon.years):
        while intent is not None and intent[0] == year:
            _, name, kind = intent
            intent = next(waiting, None)
            action = actions.get(name)
            if action is None:
                reasons = ["there is no such action"]
            elif running is not None:
                effect = horizon.first_year + begun + running.notice_years + running.lead_years
                reasons = [f"{running.id} is still being executed and takes effect in {effect}"]
            else:
                reasons = list(_reasons_against(action, kind, year, state, years, horizon))
            if reasons or action is None:
                refused.append((year, f"{name} may not be taken: {'; '.join(reasons)}"))
            else:
                running, begun = action, year
                taken.append((year, action))
        if running is None:
            places.append(_settled(state, years))
            years += 1
            continue
        elapsed = year - begun
        if elapsed < running.notice_years:
            places.append(Place(NOTICE, state, years, running))
            years += 1
        elif elapsed < running.notice_years + running.lead_years:
            places.append(Place(LEAD, running.to, elapsed - running.notice_years, running))
        else:
            state, years = running.to, 0
            places.append(Place(STATE, state, years, running))
            years += 1
            running = None
    return Life(tuple(places), tuple(taken), tuple(refused))


@lru_cache(maxsize=1 << 12)
def _idle(state: str, years: int, horizon: int) -> Life:
    """The life of all partnerships that are so many years in a state and decide nothing."""
    return Life(tuple(_settled(state, years + year) for year in range(horizon)), (), ())


@lru_cache(maxsize=1 << 14)
def _settled(state: str, years: int) -> Place:
    """A year in a state with no action under way; one object serves everywhere."""
    return Place(STATE, state, years)


def _reasons_against(action: Action, kind: str, year: int, state: str, years: int, horizon: Horizon) -> Iterator[str]:
    """Why a partnership that executes nothing and is in `state` may not take the action in `year`."""
    calendar = horizon.first_year + year
    if kind != action.kind:
        yield f"it is of kind {action.kind}, not {kind}"
    if state not in action.from_:
        yield f"it starts from {' or '.join(action.from_)}, and the partnership is in {state}"
    elif years < action.after_years:
        yield f"it needs {action.after_years} years completed in {state}, and there are {years}"
    if action.window is not None and not action.window[0] <= calendar <= action.window[1]:
        first, last = action.window
        yield f"its window is {first}" if first == last else f"its window is {first} to {last}"
    effect = calendar + action.notice_years + action.lead_years
    if effect > horizon.last_year:
        yield f"it would take effect in {effect}, after the horizon ends in {horizon.last_year}"


def standings(futures: Futures, lives: Lives) -> Iterator[Standing]:
    """Where each partnership is in each scenario and year."""
    for partnership, row in lives.items():
        for scenario, life in zip(futures.names, row, strict=True):
            for year, place in enumerate(life.places, futures.first_year):
                yield Standing(partnership, scenario, year, place.state, place.phase, place.years, place.active)


def _sort(
    instance: Instance, futures: Futures, plan: Plan
) -> tuple[Mapping[str, dict[str, list[tuple[int, str, str]]]], list[Finding]]:
    """Decisions by partnership and scenario, where there are any; findings for those that name what does not exist."""
    intents: dict[str, dict[str, list[tuple[int, str, str]]]] = {}
    partnerships = {partnership.id for partnership in instance.partnerships}
    scenarios, calendar = set(futures.names), instance.horizon.calendar
    findings = []
    for decision in plan.decisions:
        name, scenario, year = decision.partnership, decision.scenario, decision.year
        if name in partnerships and scenario in scenarios and year in calendar:
            moment = (year - futures.first_year, decision.action, decision.kind)
            intents.setdefault(name, {}).setdefault(scenario, []).append(moment)
            continue
        unknown = [
            what
            for known, what in (
                (name in partnerships, f"there is no partnership called {name}"),
                (scenario in scenarios, f"there is no scenario called {scenario}"),
                (year in calendar, f"there is no year {year} in the horizon"),
            )
            if not known
        ]
        message = f"{decision.action} may not be taken: {'; '.join(unknown)}"
        findings.append(Finding("life", name, scenario, year, message))
    return intents, findings
