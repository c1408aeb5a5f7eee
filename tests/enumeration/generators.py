"""Small random instances and models that together use every key of the language."""

from __future__ import annotations

from typing import Any

from .draw import Draw, Unit
from .enumerator import Assessment, assess, count_plans
from .generated_futures import futures_of
from .generated_limits import Usage, limits_of
from .generated_partnerships import Setting, partnership_of
from .generated_selections import selection_of
from .lives import ELEMENTS
from .portfolios import Decision, Portfolios

MOST_PLANS = 20_000
FIRST_YEAR = 2026

Written = dict[str, Any]


def random_instance(seed: int, *, tight: bool = False) -> tuple[Written, Written]:
    """An instance of at most 20,000 plans and a model for it, both valid under the contract.

    With `tight` the limits bind exactly: budgets equal what some plan draws, or miss it by the smallest unit, in large
    integers spread over many magnitudes or in tenths that binary fractions cannot hold.
    """
    draw = Draw(f"{seed} {tight}")
    while True:
        instance, unit = (
            _tight_portfolio(draw, seed) if tight else _portfolio(draw, seed, Unit(1, draw.choice([0, 1, 2])))
        )
        if draw.choice([4, 30, 200]) <= _shrunk(draw, instance, draw.choice([500, 4_000, MOST_PLANS])) <= MOST_PLANS:
            break
    plans = assess(instance)
    usage = Usage(plans.portfolios, _attractive(draw, plans, tight))
    idle = Usage(plans.portfolios, plans.portfolios.position([]))
    drivers = instance.get("drivers", [])
    instance |= limits_of(draw, usage, idle, unit, drivers, exactly=tight)
    return instance, _model(draw, instance, unit, seed)


def random_plan(seed: int, instance: Written) -> list[Decision]:
    """The decisions of a random plan, limits left aside: something for `changes` to be charged against."""
    draw = Draw(seed)
    portfolios = Portfolios(instance)
    return sorted(portfolios.decisions([draw.randrange(size) for size in portfolios.shape]))


def _portfolio(draw: Draw, seed: int, unit: Unit) -> tuple[Written, Unit]:
    instance, setting = _frame(draw, seed, unit, draw.choice([2, 3, 3, 4, 4, 5, 5]))
    number = draw.choice([2, 2, 3, 3, 4])
    instance["partnerships"] = [partnership_of(draw, position, setting) for position in range(number)]
    return instance, unit


def _tight_portfolio(draw: Draw, seed: int) -> tuple[Written, Unit]:
    kind = draw.choice(["selection", "selection", "large", "tenths"])
    if kind == "selection":
        unit = Unit(10 ** draw.uniform(3, 6), 0)
        instance, setting = _frame(draw, seed, unit, draw.choice([2, 3, 3]))
        instance["partnerships"] = selection_of(draw, FIRST_YEAR, setting.years, setting.drivers)
        return instance, unit
    if kind == "tenths":
        return _portfolio(draw, seed, Unit(draw.choice([0.005, 0.02]), 1))
    instance, unit = _portfolio(draw, seed, Unit(10 ** draw.uniform(2, 6), 0))
    return instance, unit


def _frame(draw: Draw, seed: int, unit: Unit, years: int) -> tuple[Written, Setting]:
    """Everything but partnerships and limits."""
    instance: Written = {
        "format": "portfolioopt-instance/1",
        "name": f"random-{seed}",
        "horizon": {"first_year": FIRST_YEAR, "years": years},
        "discount_rate": draw.choice([0, 0.05, 0.08, 0.1]),
    }
    if draw.chance(0.5):
        instance["currency"] = "EUR million"
    if draw.chance(0.7):
        instance["cash_timing"] = draw.choice(["start", "mid", "end"])
    if draw.chance(0.3):
        instance["readiness"] = _readiness(draw)
    instance |= futures_of(draw, FIRST_YEAR, years)
    return instance, Setting(FIRST_YEAR, years, tuple(instance.get("drivers", ())), unit)


def _readiness(draw: Draw) -> Written:
    weights = dict(zip(ELEMENTS, draw.choice([[0.4, 0.3, 0.1, 0.1, 0.1], [0, 0, 0.5, 0.25, 0.25]]), strict=True))
    every = {"weights": weights, "realization": [0.5, 1.1], "breakdown_rate": [0.2, 0]}
    return {key: every[key] for key in draw.some(list(every))}


def _shrunk(draw: Draw, instance: Written, most: int) -> int:
    """Take away freedom, a year of a window or an action at a time, until few enough plans are left; their number."""
    for _ in range(60):
        plans = count_plans(instance)
        if plans <= most:
            return plans
        free = [one for one in instance["partnerships"] if one["actions"]]
        partnership = max(free, key=lambda one: (count_plans({**instance, "partnerships": [one]}), one["id"]))
        action = draw.choice(partnership["actions"])
        last = instance["horizon"]["first_year"] + instance["horizon"]["years"] - 1
        opens, closes = action.get("window", [instance["horizon"]["first_year"], last])
        if opens < closes:
            action["window"] = draw.choice([[opens + 1, closes], [opens, closes - 1]])
        elif len(partnership["actions"]) > 1:
            partnership["actions"].remove(action)
        elif len(instance["partnerships"]) > 2:
            instance["partnerships"].remove(partnership)
    return count_plans(instance)


def _attractive(draw: Draw, plans: Assessment, tight: bool) -> tuple[int, ...]:
    """The best plan without limits, or at times one in which some partnerships lead a random life instead."""
    position = list(plans.portfolios.position(plans.best().decisions))
    if draw.chance(0.6 if tight else 0.3):
        for axis, size in enumerate(plans.portfolios.shape):
            if draw.chance(0.4):
                position[axis] = draw.randrange(size)
    return tuple(position)


def _model(draw: Draw, instance: Written, unit: Unit, seed: int) -> Written:
    model: Written = {"format": "portfolioopt-model/1", "name": f"model-{seed}"}
    measure = draw.choice([None, None, "cvar", "worst_case"])
    if measure:
        risk: Written = {"measure": measure, "weight": draw.choice([0.2, 0.3, 0.5, 1])}
        if measure == "cvar":
            risk["tail"] = draw.choice([0.1, 0.25, 0.33, 0.5, 0.8, 1])
        model["objective"] = {"risk": risk}
    if draw.chance(0.45):
        limits = _softened(draw, instance, unit, bool(measure))
        if limits:
            model["limits"] = limits
    if draw.chance(0.25):
        model["changes"] = {"price": draw.amount(5, unit), "against": "today"}
    if draw.chance(0.2):
        model["solver"] = {"threads": 1, "seed": seed % 100}
    return model


def _softened(draw: Draw, instance: Written, unit: Unit, risky: bool) -> Written:
    """Prices for some families and some single limits.

    Under a risk measure no skill with hiring is softened: there the choice between hiring and exceeding has no
    cheaper side that holds for all plans, and the enumerator does not settle it.
    """
    families = {
        "capital": ["capital"] if "capital" in instance else [],
        "skills": list(instance.get("skills", {})),
        "links": [one["id"] for one in instance.get("links", []) if one["kind"] != "synergy"],
        "requirements": [one["id"] for one in instance.get("requirements", []) if "shortfall_cost" not in one],
    }
    for family in ("exposures", "activity", "moves", "rules"):
        families[family] = [one["id"] for one in instance.get(family, [])]
    if risky and any("hire" in skill for skill in instance.get("skills", {}).values()):
        del families["skills"]
    limits: Written = {}
    for family, ids in families.items():
        nominal = {"capital": 0.4, "skills": 0.3, "exposures": 0.1, "requirements": 2}.get(family, 12)
        # A price for a unit of money is a plain ratio; all others are money and go with its unit.
        priced = Unit(1, 2) if family == "capital" else Unit(unit.factor, max(2, unit.decimals))
        if ids and draw.chance(0.35):
            limits[family] = {"price": draw.amount(nominal, priced)}
            if draw.chance(0.3):
                limits[draw.choice(ids)] = "hard"
        elif ids and draw.chance(0.3):
            limits[draw.choice(ids)] = {"price": draw.amount(nominal, priced)}
    return limits
