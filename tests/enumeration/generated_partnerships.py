"""Random partnerships: states with flows, actions with notice and lead, readiness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .draw import Draw, Unit
from .lives import ELEMENTS

TYPES = ["joint_venture", "codevelopment", "technology_alliance", "supplier_collaboration", "in_house"]
DOMAINS = ["platforms", "electrification", "software", "autonomy"]
PURPOSES = [
    "production_efficiency",
    "electrification_scale",
    "software_codevelopment",
    "strategic_flexibility",
    "autonomy_rollout",
]
PARTNERS = ["Volta", "Meridian", "Kestrel", "Osprey"]
SKILLS = ["battery_engineer", "software_engineer"]
TAGS = ["north_america", "europe", "china"]
CAPABILITIES = ["cells_gwh", "b_volume"]
DRIVEN = ["benefit", "cost", "capital", "proceeds", "terminal", "breakdown_loss"]

PIECES = Unit()

Written = dict[str, Any]


@dataclass(frozen=True)
class Setting:
    """What a partnership is drawn for."""

    first_year: int
    years: int
    drivers: tuple[str, ...]
    unit: Unit


def partnership_of(draw: Draw, number: int, setting: Setting) -> Written:
    """A partnership with one or two states of its own and one to four actions."""
    kind = draw.choice(DOMAINS)
    written: Written = {
        "id": f"{kind}_{number}",
        "name": f"{kind.capitalize()} deal {number}",
        "partners": draw.some(PARTNERS, at_most=2),
        "type": draw.choice(TYPES),
        "domain": kind,
        "purpose": draw.choice(PURPOSES),
    }
    ready = draw.chance(0.5)
    if ready:
        written["readiness"] = {element: draw.choice([1, 2, 3, 3, 4, 5, 2.5]) for element in ELEMENTS}
    own = draw.choice([["full"], ["full"], ["pilot", "full"], ["full", "supply"]])
    if draw.chance(0.4):
        written["start"] = {"state": draw.choice([*own, *own, "exited"])}
        if draw.chance(0.7):
            written["start"]["years"] = draw.randint(0, 3)
    elif draw.chance(0.2):
        written["start"] = {"state": "none"}
    written["states"] = {state: _state(draw, setting, ready) for state in own}
    if draw.chance(0.15):
        written["states"]["none"] = {"cost": draw.amount(5, setting.unit)}
    if draw.chance(0.15):
        written["states"]["exited"] = {
            "benefit": draw.amount(6, setting.unit),
            "provides": {"b_volume": draw.randint(1, 9)},
        }
    written["actions"] = _actions(draw, setting, own)
    return written


def _state(draw: Draw, setting: Setting, ready: bool) -> Written:
    unit = setting.unit
    state: Written = {}
    if draw.chance(0.85):
        state["capital"] = draw.profile(draw.choice([[90, 50, 0], [60, 40, 20], [110, 0], [50]]), unit)
    if draw.chance(0.95):
        state["benefit"] = draw.profile(draw.choice([[30, 80, 120], [60, 90], [0, 110, 150], [75]]), unit)
        if draw.chance(0.05):
            state["benefit"] = draw.amount(-10, unit)
    if draw.chance(0.6):
        state["cost"] = draw.profile([15, 10, 12], unit)
    if draw.chance(0.4):
        state["breakdown_loss"] = draw.profile([80, 60], unit)
    if draw.chance(0.4):
        state["terminal"] = draw.profile([20, 60, 120], unit)
    if ready and draw.chance(0.5):
        state["readiness"] = {element: draw.choice([1, 3, 4, 5]) for element in draw.some(ELEMENTS, at_most=3)}
    _add_uses(draw, state, 0.55)
    _add_sensitivity(draw, setting, state)
    return state


def _add_uses(draw: Draw, flows: Written, probability: float, *, once: bool = False) -> None:
    """Effort, exposure, capability and interfaces: profiles, or plain numbers for a flow that comes once."""

    def use(shape: list[float], unit: Unit = PIECES) -> Any:
        return draw.amount(shape[0], unit) if once else draw.profile(shape, unit)

    if draw.chance(probability):
        flows["effort"] = {skill: use([40, 30, 15], Unit(1, draw.choice([0, 0, 1]))) for skill in draw.some(SKILLS)}
    if draw.chance(probability):
        flows["exposure"] = {tag: use([100, 150, 160]) for tag in draw.some(TAGS)}
    if draw.chance(probability):
        flows["provides"] = {name: use([5, 10, 25], Unit(1, draw.choice([0, 1]))) for name in draw.some(CAPABILITIES)}
    if draw.chance(probability):
        flows["interfaces"] = (
            draw.randint(1, 4) if once or draw.chance(0.7) else [draw.randint(1, 4), draw.randint(0, 4)]
        )


def _add_sensitivity(draw: Draw, setting: Setting, flows: Written) -> None:
    """Coefficients for some of the money flows that are there; a large one runs into the floor of the factor."""
    present = [key for key in DRIVEN if key in flows]
    if setting.drivers and present and draw.chance(0.65):
        flows["sensitivity"] = {
            key: {driver: draw.choice([-1, -0.5, 0.3, 0.5, 0.9, 1, 1.5, 3]) for driver in draw.some(setting.drivers)}
            for key in draw.some(present)
        }


def _actions(draw: Draw, setting: Setting, own: list[str]) -> list[Written]:
    first = own[0]
    actions = [_action(draw, setting, "form", "form", "none", first)]
    if len(own) == 2:
        if draw.chance(0.7):
            kind = draw.choice(["expand", "restructure"])
            actions.append(_action(draw, setting, f"{kind}_it", kind, first, own[1]))
        if draw.chance(0.3):
            actions.append(_action(draw, setting, "form_fast", "form", ["none", "exited"], own[1]))
        if draw.chance(0.25):
            actions.append(_action(draw, setting, "go_back", "restructure", own[1], first))
    if draw.chance(0.6):
        actions.append(_action(draw, setting, "leave", "exit", draw.choice([own, own[-1], [*own, "none"]]), "exited"))
    if draw.chance(0.1):
        actions.append(_action(draw, setting, "renew", "restructure", first, first))
    return actions


def _action(draw: Draw, setting: Setting, name: str, kind: str, origin: Any, to: str) -> Written:
    action: Written = {"id": name, "kind": kind, "from": origin, "to": to}
    if draw.chance(0.7):
        opens = setting.first_year + draw.randint(0, setting.years - 1)
        action["window"] = [opens, opens + draw.randint(0, 2)]
        action["window"][1] = min(action["window"][1], setting.first_year + setting.years - 1)
    if kind != "form" and draw.chance(0.3):
        action["after_years"] = draw.randint(0, 3)
    if kind != "form" and draw.chance(0.4):
        action["notice_years"] = draw.randint(0, 2)
    if draw.chance(0.4):
        action["lead_years"] = draw.randint(1, 2)
        if draw.chance(0.8):
            action["during"] = _during(draw, setting)
    if draw.chance(0.6 if kind == "form" else 0.85):
        action["at_effect"] = _at_effect(draw, setting, kind)
    return action


def _during(draw: Draw, setting: Setting) -> Written:
    flows: Written = {}
    for key, shape, probability in (
        ("cost", [6, 4], 0.6),
        ("capital", [20, 12], 0.4),
        ("benefit", [8], 0.2),
        ("breakdown_loss", [30], 0.2),
        ("terminal", [10], 0.05),
    ):
        if draw.chance(probability):
            flows[key] = draw.profile(shape, setting.unit)
    _add_uses(draw, flows, 0.3)
    _add_sensitivity(draw, setting, flows)
    return flows


def _at_effect(draw: Draw, setting: Setting, kind: str) -> Written:
    flows: Written = {}
    for key, nominal, probability in (
        ("cost", 12, 0.5),
        ("proceeds", 80, 0.15 if kind in ("form", "expand") else 0.7),
        ("capital", 25, 0.25),
        ("benefit", 30, 0.3),
        ("breakdown_loss", 40, 0.15),
        ("terminal", 20, 0.15),
    ):
        if draw.chance(probability):
            flows[key] = draw.amount(nominal, setting.unit)
    _add_uses(draw, flows, 0.2, once=True)
    _add_sensitivity(draw, setting, flows)
    return flows
