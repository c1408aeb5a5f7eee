"""Terms of a deal, and changes of them: its flows by a factor, every term by one step.

notice, lead, minimum years     one year shorter, one longer            each action that has, or may have, such
window                          opens a year earlier, closes a year later; opens later, closes earlier
proceeds                        a share more, a share less
share of capital, of benefit    all capital (benefit) of its states and actions, a share more and less
exclusivity                     limits `excludes` that hold it: not there at all
dependence                      limits `requires` under which it stands: not there at all
minimum volume                  requirements that it provides for: a share less, a share more
rules on it                     not there at all
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from portfolioopt.cases import Change, ignore_limit, scale, set_value
from portfolioopt.language.families.links import Excludes, Requires
from portfolioopt.language.instance import Instance
from portfolioopt.language.partnership import EXITED, NONE, Action, AtEffect, During, Partnership
from portfolioopt.studies.limits import every_limit

OUT = (NONE, EXITED)
"""States in which a partnership is not in force."""
Effect = Literal["gives", "takes", "either"]
"""Whether a change only gives more, only takes, or may do either."""
DURATIONS = {"notice_years": "notice", "lead_years": "lead", "after_years": "minimum years"}


def flow_times(own: Partnership, flow: str, factor: Decimal) -> tuple[Change, ...]:
    """One of its flows multiplied wherever it stands; nothing where it stands nowhere."""
    places: dict[str, Iterable[During | AtEffect]] = {
        "states.*": own.states.values(),
        "actions.*.during": (action.during for action in own.actions),
        "actions.*.at_effect": (action.at_effect for action in own.actions),
    }
    return tuple(
        scale(f'partnerships."{own.id}".{place}.{flow}', factor)
        for place, records in places.items()
        if any(any(values_of(getattr(one, flow))) for one in records)
    )


def below_zero(own: Partnership, flow: str) -> bool:
    """Whether any of these flows is below 0: then more of it may be less."""
    actions = [flows for action in own.actions for flows in (action.during, action.at_effect)]
    return any(value < 0 for flows in (*own.states.values(), *actions) for value in values_of(getattr(flows, flow)))


def values_of(flow: Any) -> list[Decimal]:
    """The numbers of a flow, whether it is one, a profile, or several by label."""
    if isinstance(flow, Decimal):
        return [flow]
    return [value for part in (flow.values() if isinstance(flow, dict) else flow) for value in values_of(part)]


@dataclass(frozen=True)
class Term:
    """One change of one term."""

    term: str
    of: str
    said: str
    effect: Effect
    changes: tuple[Change, ...]


def every_term(instance: Instance, own: Partnership, step: Decimal) -> Iterator[Term]:
    """One step either way of every term that the partnership has."""
    top = f'partnerships."{own.id}"'
    for action in own.actions:
        yield from _of_action(instance, f'{top}.actions."{action.id}"', action, step)
    percent = f"{float(100 * step):g}%"
    for flow, better in (("capital", -1), ("benefit", 1)):
        for sign in (1, -1):
            effect: Effect = "either" if below_zero(own, flow) else "gives" if sign == better else "takes"
            changes = flow_times(own, flow, 1 + sign * step)
            if not changes:
                continue
            yield Term(f"share of {flow}", "", f"{'+' if sign > 0 else '-'}{percent}", effect, changes)
    for link in instance.links:
        if isinstance(link, Excludes) and any(one.partnership == own.id for one in link.members):
            yield Term("exclusivity", link.id, "given up", "gives", (ignore_limit(link.id),))
        if isinstance(link, Requires) and link.when.partnership == own.id:
            yield Term("dependence", link.id, "given up", "gives", (ignore_limit(link.id),))
    provided = {name for state in own.states.values() for name in state.provides}
    volumes = {need.id for need in instance.requirements if need.capability in provided}
    for limit in every_limit(instance):
        if limit.family == "requirements" and limit.id in volumes:
            for sign, effect in ((1, "gives"), (-1, "takes")):
                change = limit.share(sign * step)
                if change is not None:
                    said = f"{'-' if sign > 0 else '+'}{percent}"
                    yield Term("minimum volume", limit.id, said, effect, (change,))
    for rule in instance.rules:
        if rule.partnership == own.id:
            yield Term("rule", rule.id, "given up", "gives", (ignore_limit(rule.id),))


def _of_action(instance: Instance, path: str, action: Action, step: Decimal) -> Iterator[Term]:
    in_force = any(state not in OUT for state in action.from_)
    for key, term in DURATIONS.items():
        now = getattr(action, key)
        for new in (now - 1, now + 1):
            # notice of what is not in force, and time in it, are no terms unless somebody wrote them
            if new >= 0 and (now or in_force or key == "lead_years"):
                effect: Effect = "either" if key != "after_years" else "gives" if new < now else "takes"
                yield Term(term, action.id, f"{now} -> {new}", effect, (set_value(f"{path}.{key}", new),))
    if action.window is not None:
        first, last = action.window
        horizon = instance.horizon
        for said, window, effect in (
            ("opens earlier", (first - 1, last), "gives"),
            ("closes later", (first, last + 1), "gives"),
            ("opens later", (first + 1, last), "takes"),
            ("closes earlier", (first, last - 1), "takes"),
        ):
            if window[0] <= window[1] and window[0] >= horizon.first_year and window[1] <= horizon.last_year:
                change = set_value(f"{path}.window", list(window))
                yield Term("window", action.id, said, effect, (change,))
    if action.at_effect.proceeds:
        percent = f"{float(100 * step):g}%"
        for sign, effect in ((1, "gives"), (-1, "takes")):
            more = scale(f"{path}.at_effect.proceeds", 1 + sign * step)
            said = f"{'+' if sign > 0 else '-'}{percent}"
            yield Term("proceeds", action.id, said, effect, (more,))
