"""Forcing and forbidding, as rules and limits on decisions that are added to the instance.

                        force                                    forbid
    a possible one      entered once at least, in every          never entered
                        scenario (in `years`, where given)       (in `years`, where given)
    one in force        never left: in no year none or exited    left as early as its own terms allow (after_years,
                        (in `years`, where given)                windows, notice, lead), and for good; in `years`,
                                                                 where given: not in force in those
    an action           taken once at least, in every scenario   never taken (in `years`, where given)
                        (in `years`, where given)
    states              in one of them in `years`; not given:    in none of them in `years`; not given: ever
                        in the last year

A partnership is in force where its `start` is neither none nor exited. To enter is to take an action that leads from
none or exited to another state. What is added is hard, whatever the model says of its family, and has an id that
begins with force_ or forbid_, so that messages name it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from portfolioopt.cases.changes import Aim, Forbid, Force, Years
from portfolioopt.cases.draft import Draft
from portfolioopt.language.addresses import ABSENT, UnusableError, horizon_of, label_of, opened, value_at
from portfolioopt.language.checking import Path, did_you_mean
from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.language.partnership import EXITED, NONE, Partnership

LONGEST_ID = 100
OUT = (NONE, EXITED)
AnyAim = TypeVar("AnyAim", bound=Aim)


def force(draft: Draft, change: Force) -> None:
    """Makes it happen in every scenario; raises `UnusableError`."""
    partnership, change = _partnership(draft, change)
    if change.action:
        _decide(draft, change, (change.action,), at_least=1)
    elif change.states:
        last = _last_year(draft)
        _hold(draft, change, change.states, "always", change.years or (last, last))
    elif partnership.start.state not in OUT:
        _hold(draft, change, OUT, "never", change.years)
    else:
        entering = _entering(partnership)
        if not entering:
            raise UnusableError(("partnerships", change.partnership), "has no action by which it could be entered")
        _decide(draft, change, entering, at_least=1)


def forbid(draft: Draft, change: Forbid) -> None:
    """Lets it happen in no scenario; raises `UnusableError`."""
    partnership, change = _partnership(draft, change)
    if change.action:
        _decide(draft, change, (change.action,), at_most=0)
    elif change.states:
        _hold(draft, change, change.states, "never", change.years)
    elif partnership.start.state not in OUT:
        _hold(draft, change, OUT, "always", change.years or (earliest_end(draft, partnership), _last_year(draft)))
    elif entering := _entering(partnership):
        _decide(draft, change, entering, at_most=0)


def earliest_end(draft: Draft, partnership: Partnership) -> int:
    """The first calendar year in which a partnership in force can be over, by its own terms; raises `UnusableError`."""
    first_year, years = horizon_of(draft.instance)
    ends: list[int] = []
    todo = [(0, partnership.start.state, partnership.start.years)]
    seen = set(todo)
    while todo:
        year, state, completed = todo.pop()
        following = [(year + 1, state, completed + 1)]
        for action in partnership.actions:
            calendar, effect = first_year + year, year + action.notice_years + action.lead_years
            opens, closes = action.window or (calendar, calendar)
            if state not in action.from_ or completed < action.after_years or not opens <= calendar <= closes:
                continue
            if effect < years and action.to in OUT:
                ends.append(effect)
            following.append((effect + 1, action.to, 1))
        for place in following:
            if place[0] < years and place not in seen and place[0] < min(ends, default=years):
                seen.add(place)
                todo.append(place)
    if not ends:
        raise UnusableError(
            ("partnerships", partnership.id),
            "is in force, and no action can end it within the horizon",
            "give it an exit, or forbid single states or actions",
        )
    return first_year + min(ends)


def _partnership(draft: Draft, change: AnyAim) -> tuple[Partnership, AnyAim]:
    """The partnership that is meant, and the change, its action and states known; raises `UnusableError`."""
    name = change.partnership
    path = ("partnerships", name)
    known = {label_of(one): one for one in draft.members("partnerships")}
    if name not in known:
        raise UnusableError(path, f"there is no partnership called {name}", did_you_mean(name, known))
    if bool(change.action) + bool(change.states) + bool(change.either) > 1:
        raise UnusableError(path, "either an action or states can be meant, not both")
    try:
        partnership = Partnership.model_validate(known[name])
    except ValidationError:
        raise UnusableError(path, "is itself not sound") from None
    actions, states = [action.id for action in partnership.actions], partnership.state_names
    if change.either:
        change = _settled(change, path, actions, states)
    for word, kind, names in ((change.action, "action", actions), *((one, "state", states) for one in change.states)):
        if word and word not in names:
            raise UnusableError(path, f"there is no {kind} of it called {word}", did_you_mean(word, names))
    return partnership, change


def _settled(change: AnyAim, path: Path, actions: Sequence[str], states: Sequence[str]) -> AnyAim:
    """The change with what a name means: an action or a state."""
    name = change.either
    if name in actions and name in states:
        hint = f"write {{partnership: {change.partnership}, action: {name}}}, or states: {name}"
        raise UnusableError(path, f"has both an action and a state called {name}", hint)
    if name in actions:
        return replace(change, action=name, either="")
    if name in states:
        return replace(change, states=(name,), either="")
    message = f"there is neither an action nor a state of it called {name}"
    raise UnusableError(path, message, did_you_mean(name, [*actions, *states]))


def _entering(partnership: Partnership) -> tuple[str, ...]:
    """Actions that lead from outside into a state in force."""
    return tuple(
        action.id for action in partnership.actions if action.to not in OUT and any(one in OUT for one in action.from_)
    )


def _decide(draft: Draft, change: Aim, actions: tuple[str, ...], **bound: int) -> None:
    """A limit on decisions: at least one in all years together, or none in any."""
    limit: dict[str, Any] = {"ids": [change.partnership], "actions": list(actions)}
    if change.years is not None:
        limit["years"] = list(change.years)
    _require(draft, change, "moves", limit | bound | ({"total": True} if "at_least" in bound else {}))


def _hold(draft: Draft, change: Aim, states: tuple[str, ...], must: str, years: Years | None) -> None:
    """A rule on states."""
    rule: dict[str, Any] = {"partnership": change.partnership, "states": list(states), "must": must}
    if years is not None:
        rule["years"] = list(years)
    _require(draft, change, "rules", rule)


def _require(draft: Draft, change: Aim, family: str, limit: dict[str, Any]) -> None:
    """Adds a limit under an id of its own, hard; not again where it is there already."""
    before = draft.members(family)
    name = _id(change)
    taken = {label_of(one): opened(one) for one in before}
    for number in range(2, 1000):
        if taken.get(name) == limit | {"id": name}:
            break
        if name not in taken and name not in _ids(draft):
            draft.put("instance", (family,), [*before, {"id": name, **limit}], change)
            draft.marks.pop()
            draft.mark("instance", (family, len(before)), change)
            break
        name = f"{_id(change)[: LONGEST_ID - 4]}_{number}"
    if any(value_at(draft.model, ("limits", key)) not in (ABSENT, "hard") for key in (family, name)):
        draft.put("model", ("limits", name), "hard", change)


def _id(change: Aim) -> str:
    verb = "force" if isinstance(change, Force) else "forbid"
    parts = (verb, change.partnership, change.action, *change.states)
    return "_".join(part for part in parts if part)[:LONGEST_ID]


def _ids(draft: Draft) -> set[str]:
    """The ids of all limits."""
    found: set[str] = {*FAMILY_NAMES}
    for family in FAMILY_NAMES:
        found.update(map(label_of, draft.members(family)))
    return found | {*draft.entries("instance", "skills")}


def _last_year(draft: Draft) -> int:
    first, years = horizon_of(draft.instance)
    return first + years - 1
