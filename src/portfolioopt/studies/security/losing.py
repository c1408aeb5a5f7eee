"""The instance in which a partner is lost at the start of a year, and what has to happen there.

Every partnership with the partner that stands then, in a scenario, ends in its worst way:

    in a state      left at once, on the terms of the dearest exit that leads out of that state, without its proceeds;
                    where none does, for the largest breakdown loss of the state
    under way       (a decision taken before, in effect not before) cut short, on the dearer terms of the state that it
                    came from and the one that it led to; what has been spent by then stays spent. One that led
                    straight out of `none` just ends, as nothing stood that would have to be left

An action that is cut short is replaced by one of its own that ends in that year: within its notice years straight in
`exited`, likewise one that led out; within other lead years in a state that has the flows of the lead year just over,
active as that was, from which the loss then leads on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portfolioopt.language.instance import Instance
from portfolioopt.language.partnership import EXITED, Action, AtEffect, During, Partnership, State
from portfolioopt.plan import Decision, Plan
from portfolioopt.studies.terms import OUT

LOST, CUT_SHORT = "partner_lost", "cut_short"


@dataclass(frozen=True)
class Lost:
    """What the loss of a partner makes of an instance and a plan."""

    instance: Instance
    """In which the partnerships hit can end as they must; limits on moves do not count that."""
    hit: tuple[str, ...]
    """Partnerships that stand, or are under way, in some scenario."""
    before: tuple[Decision, ...]
    """The plan's decisions before the year; what is cut short as what becomes of it."""
    due: tuple[Decision, ...]
    """The losses in the year."""
    replaced: tuple[Decision, ...]
    """The plan's decisions that are cut short."""


def lose(instance: Instance, plan: Plan, names: Iterable[str], year: int) -> Lost:
    """These partnerships lost at the start of a year up to which a plan has been followed."""
    endings = {one.id: Endings(one, year) for one in instance.partnerships if one.id in set(names)}
    states = {
        (name, future.name): ending.partnership.start.state
        for name, ending in endings.items()
        for future in instance.futures
    }
    before: list[Decision] = []
    replaced: list[Decision] = []
    for one in plan.decisions:  # in each scenario in the order of years
        if one.year >= year:
            continue
        ending = endings.get(one.partnership)
        if ending is None:
            before.append(one)
            continue
        place = one.partnership, one.scenario
        action, states[place] = ending.after(one.action, one.year, states[place])
        before.append(Decision(one.scenario, one.year, one.partnership, action, one.kind))
        if action != one.action:
            replaced.append(one)
    due = [
        Decision(scenario, year, name, endings[name].loss_from(state), "exit")
        for (name, scenario), state in states.items()
        if state not in OUT
    ]
    hit = {one.partnership for one in (*due, *replaced)}
    return Lost(
        _with_endings(instance, endings),
        tuple(name for name in endings if name in hit),
        Plan.of(before).decisions,
        Plan.of(due).decisions,
        Plan.of(replaced).decisions,
    )


@dataclass
class Endings:
    """The ways in which one partnership ends if its partner is lost at the start of a year, as they are needed."""

    partnership: Partnership
    year: int
    states: dict[str, State] = field(default_factory=dict)
    """Of lead years that are cut short."""
    actions: dict[str, Action] = field(default_factory=dict)
    stands_for: dict[str, str] = field(default_factory=dict)
    """By action that is cut short, the one that it stands for."""
    _made: dict[Any, str] = field(default_factory=dict)
    _terms: dict[str, AtEffect] = field(default_factory=dict)

    def after(self, name: str, decided: int, origin: str) -> tuple[str, str]:
        """What is taken in a year before in place of an action, and the state that it has led to."""
        action = next(one for one in self.partnership.actions if one.id == name)
        over = self.year - decided
        if over > action.notice_years + action.lead_years:
            return name, action.to
        straight = over <= action.notice_years or action.to in OUT
        key = name, over, origin
        if key not in self._made:
            own = self._made[key] = self._fresh(CUT_SHORT, [one.id for one in self.partnership.actions])
            terms = self._dearer(origin, action.to)
            lead = over - action.notice_years
            if straight:
                to, notice, lead = EXITED, min(over, action.notice_years), max(lead, 0)
            else:
                to = self._fresh(CUT_SHORT, self.partnership.state_names)
                self.states[to] = _of_year(action.during, lead - 1, self.partnership.state(action.to))
                self._terms[to] = terms
                notice, lead = action.notice_years, lead - 1
            update = {"id": own, "to": to, "window": (decided, decided), "after_years": 0}
            update |= {"notice_years": notice, "lead_years": lead, "at_effect": terms if straight else AtEffect()}
            self.actions[own] = action.model_copy(update=update)
            self.stands_for[own] = name
        own = self._made[key]
        return own, self.actions[own].to

    def loss_from(self, state: str) -> str:
        """The action by which it is lost out of a state."""
        if state not in self._made:
            own = self._made[state] = self._fresh(LOST, [one.id for one in self.partnership.actions])
            made = Action.model_validate({"id": own, "kind": "exit", "from": [state], "to": EXITED})
            self.actions[own] = made.model_copy(update={"at_effect": self._terms.get(state, self.worst(state))})
        return self._made[state]

    def worst(self, state: str) -> AtEffect:
        """The terms of the dearest way out of a state, without proceeds."""
        ways = [one.at_effect for one in self.partnership.actions if state in one.from_ and one.to in OUT]
        if ways:
            return max(ways, key=_price).model_copy(update={"proceeds": Decimal(0)})
        flows = self.partnership.state(state)
        moved = flows.sensitivity.model_copy(
            update={key: {} for key in ("benefit", "capital", "proceeds", "terminal", "breakdown_loss")}
            | {"cost": flows.sensitivity.breakdown_loss}
        )
        return AtEffect(cost=max(flows.breakdown_loss)).model_copy(update={"sensitivity": moved})

    def _dearer(self, *states: str) -> AtEffect:
        return max((self.worst(state) for state in states if state not in OUT), key=_price, default=AtEffect())

    def _fresh(self, name: str, taken: Iterable[str]) -> str:
        """A name that is not taken."""
        names = {*taken, *self.actions, *self.states}
        own, number = name, 1
        while own in names:
            number += 1
            own = f"{name}_{number}"
        return own

    def complete(self) -> Partnership:
        """The partnership with these ways of ending."""
        states, actions = (
            {**self.partnership.states, **self.states},
            (*self.partnership.actions, *self.actions.values()),
        )
        return self.partnership.model_copy(update={"states": states, "actions": actions})


def _price(terms: AtEffect) -> Decimal:
    return terms.cost + terms.capital - terms.benefit


def _of_year(during: During, year: int, led_to: State) -> State:
    """A state that has the flows of one lead year, and the readiness of the state that it leads to."""

    def at(profile: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        return (profile[min(year, len(profile) - 1)],)

    flows: dict[str, Any] = {}
    for name in During.model_fields:
        value = getattr(during, name)
        if isinstance(value, tuple):
            value = at(value)
        elif isinstance(value, dict):
            value = {label: at(profile) for label, profile in value.items()}
        flows[name] = value
    return State(readiness=led_to.readiness).model_copy(update=flows)


def _with_endings(instance: Instance, endings: dict[str, Endings]) -> Instance:
    """The instance with these ways of ending; limits on moves count what is cut short as what it was, and no loss."""
    partnerships = tuple(endings[one.id].complete() if one.id in endings else one for one in instance.partnerships)
    moves = []
    for limit in instance.moves:
        counted = [one for one in instance.partnerships if limit.ids is None or one.id in limit.ids]
        names = {action.id for one in counted for action in one.actions}
        if limit.actions is not None:
            names &= set(limit.actions)
        for one in counted:
            if one.id in endings:
                names |= {own for own, old in endings[one.id].stands_for.items() if old in names}
        moves.append(limit.model_copy(update={"actions": tuple(sorted(names))}))
    return instance.model_copy(update={"partnerships": partnerships, "moves": tuple(moves)})
