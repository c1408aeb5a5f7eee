"""Every key of the language changes what `solve` finds as its meaning says, worked out by hand and by the enumerator.

A case is an instance, an edit of one key (written as `--set` writes it), and the best objective before and after. The
last tests walk the language itself and name each key without a case.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from audit.cases import SCORES, case, deal, form, futures, leave, owned, ready
from engine_samples import Written, best_of, decisions_of, objective_of, plan_from, solved
from enumeration.enumerator import best_plan
from portfolioopt import Instance, InvalidInstance, Model, solve
from portfolioopt.language.plans import write_plan
from portfolioopt.language.settings import edited
from portfolioopt.solution import search
from portfolioopt.solution.highs import Settings

Value = int | str
PLAN = "plan.json"


@dataclass(frozen=True)
class Case:
    """An edit of one key, and the best objective without and with it (as numbers or decimals in text)."""

    key: str
    instance: Written
    before: Value
    edit: tuple[str, ...]
    after: Value
    model: Written = field(default_factory=dict)
    against: tuple[tuple[str, str, int, str], ...] = ()
    """Decisions of the plan file that the model calls plan.json."""

    @property
    def of_the_model(self) -> bool:
        return self.key.startswith("model.")


def on(name: str = "deal", worth: int = 10, **more: Any) -> Written:
    """A deal that may be formed from the first year on and is then worth so much a year."""
    return deal(name, {"on": {"benefit": worth} if worth > 0 else {"cost": -worth}}, actions=(form(),), **more)


def occupies(partnership: str, state: str = "on") -> Written:
    return {"partnership": partnership, "states": [state]}


def two_futures(first: Written, second: Written, probability: float = 0.5) -> Written:
    return futures(("one", probability, first), ("two", 1 - probability, second))


# ---- flows: of a state, of lead years, of the year of effect ---------------------------------------------------------

PLACES = {
    "partnerships.states.*": "partnerships.deal.states.on",
    "partnerships.actions.during": "partnerships.deal.actions.form.during",
    "partnerships.actions.at_effect": "partnerships.deal.actions.form.at_effect",
}
LIMITS: Written = {
    "skills": {"engineer": {"capacity": 5}},
    "exposures": [{"id": "cap", "tag": "america", "at_most": 5}],
    "pools": [{"id": "volume", "capability": "cells", "curve": [[0, 0], [100, 100]]}],
    "coordination": {"curve": [[0, 0], [100, 100]]},
}
IN_PLACE = [
    ("benefit", "benefit=4", 14),
    ("cost", "cost=4", 6),
    ("capital", "capital=4", 6),
    ("effort.*", "effort={engineer: 6}", 0),
    ("exposure.*", "exposure={america: 6}", 0),
    ("provides.*", "provides={cells: 4}", 14),
    ("interfaces", "interfaces=4", 6),
    ("terminal", "terminal=4", 14),
    ("proceeds", "proceeds=4", 14),
]
"""Flow, the edit, and what a deal of 10 is then worth."""
WITHOUT_FLOW = {
    "partnerships.states.*.sensitivity.proceeds.*",
    "partnerships.actions.during.sensitivity.proceeds.*",
    "partnerships.actions.during.terminal",
    "partnerships.actions.during.sensitivity.terminal.*",
}
"""Only the year of effect has proceeds, and the last year cannot be one of lead: keys without any meaning there."""
FACTORS = [
    ("benefit", 14, 16),
    ("cost", 6, 4),
    ("capital", 6, 4),
    ("proceeds", 14, 16),
    ("terminal", 14, 16),
    ("breakdown_loss", "5.52", "5.28"),
]
"""Flow of 4, and what the deal is worth without and with a factor of 1 + 0.5·(2 − 1). At g = 0 one counts 0.12 of
breakdown_loss and 0.6 of the benefit."""


def deal_with_flows_in(place: str, **more: Any) -> Written:
    """A deal worth 10 from elsewhere than the place that is edited."""
    if place == "partnerships.states.*":
        return case(deal(states={"on": {}}, actions=(form(at_effect={"benefit": 10}),), **more), **LIMITS)
    lead = {"lead_years": 1, "window": [2026, 2026]} if place.endswith("during") else {}
    return case(
        deal(states={"on": {"benefit": [10, 0]}}, actions=(form(**lead),), **more), years=2 if lead else 1, **LIMITS
    )


def flows() -> Iterator[Case]:
    for place, path in PLACES.items():
        for flow, edit, worth in IN_PLACE:
            if f"{place}.{flow}" not in WITHOUT_FLOW and (flow != "proceeds" or place.endswith("at_effect")):
                yield Case(f"{place}.{flow}", deal_with_flows_in(place), 10, (f"{path}.{edit}",), worth)
        yield Case(
            f"{place}.breakdown_loss",
            deal_with_flows_in(place, readiness=ready(1)),
            6,
            (f"{path}.breakdown_loss=10",),
            "4.8",
        )
        for flow, before, after in FACTORS:
            if f"{place}.sensitivity.{flow}.*" in WITHOUT_FLOW:
                continue
            more = {"readiness": ready(1)} if flow == "breakdown_loss" else {}
            written = deal_with_flows_in(place, **more) | futures(("base", 1, {"demand": 2}))
            given = edited(written, [f"{path}.{flow}=4"], Instance).value
            edit = f"{path}.sensitivity.{flow}={{demand: 0.5}}"
            yield Case(f"{place}.sensitivity.{flow}.*", given, before, (edit,), after)


# ---- time, lives, readiness ------------------------------------------------------------------------------------------

FIRST_YEAR_ONLY = deal(states={"on": {"benefit": 10}}, actions=(form(window=[2026, 2026]),))
UPGRADE = deal(
    states={"on": {"benefit": 1}, "full": {"benefit": 10}},
    actions=({"id": "grow", "kind": "expand", "from": "on", "to": "full", "window": [2026, 2027]},),
    start={"state": "on"},
)


def lives() -> Iterator[Case]:
    yield Case("horizon.first_year", case(FIRST_YEAR_ONLY, years=2), 20, ("horizon.first_year=2025",), 10)
    yield Case("horizon.years", case(owned(benefit=10)), 10, ("horizon.years=2",), 20)
    yield Case("discount_rate", case(owned(benefit=10), cash_timing="end"), 10, ("discount_rate=0.25",), 8)
    quarter = case(owned(benefit=10), cash_timing="end") | {"discount_rate": 0.25}
    yield Case("cash_timing", quarter, 8, ("cash_timing=start",), 10)
    yield Case("cash_timing", quarter | {"discount_rate": 0.5625}, "6.4", ("cash_timing=mid",), 8)

    forbidden = [{"id": "no", "partnership": "a", "states": ["on"], "must": "never"}]
    swapped = ("partnerships[0].id=b", "partnerships[1].id=a")
    yield Case("partnerships.id", case(on("a", 10), on("b", 3), rules=forbidden), 3, swapped, 10)
    for key, selector, value, other in (
        ("partners", "partners", ["Volta"], "[Kern]"),
        ("type", "types", "joint_venture", "in_house"),
        ("domain", "domains", "software", "autonomy"),
    ):
        selected = value if isinstance(value, list) else [value]
        activity = [{"id": "few", selector: selected, "at_most": 0}]
        counted = case(on(**{key: value}), activity=activity)
        yield Case(f"partnerships.{key}", counted, 0, (f"partnerships.deal.{key}={other}",), 10)
    yield Case(
        "partnerships.start.state",
        case(deal(states={"on": {"benefit": 10}})),
        0,
        ("partnerships.deal.start.state=on",),
        10,
    )
    yield Case(
        "partnerships.start.years",
        case(owned(benefit=[10, 3])),
        10,
        ("partnerships.deal.start={state: on, years: 1}",),
        3,
    )
    low = deal(states={"on": {"benefit": 10}, "low": {"benefit": 1}}, actions=(form(), form("low", id="sign")))
    yield Case(
        "partnerships.actions.id",
        case(low),
        10,
        ("partnerships.deal.actions[0].id=sign", "partnerships.deal.actions[1].id=form"),
        4,
        {"changes": {"price": 3, "against": PLAN}},
        (("deal", "form", 2026, "base"),),
    )
    no_forming = [{"id": "still", "kinds": ["form"], "at_most": 0}]
    yield Case("partnerships.actions.kind", case(on(), moves=no_forming), 0, (f"{ACTION}.kind=expand",), 10)
    yield Case("partnerships.actions.from", case(on()), 10, (f"{ACTION}.from=exited",), 0)
    elsewhere = deal(states={"on": {"benefit": 10}, "pilot": {"benefit": 7}}, actions=(form(),))
    yield Case("partnerships.actions.to", case(elsewhere), 10, (f"{ACTION}.to=pilot",), 7)
    yield Case("partnerships.actions.window", case(on(), years=2), 20, (f"{ACTION}.window=[2027, 2027]",), 10)
    grow = "partnerships.deal.actions.grow"
    yield Case("partnerships.actions.after_years", case(UPGRADE, years=2), 20, (f"{grow}.after_years=1",), 11)
    yield Case("partnerships.actions.notice_years", case(UPGRADE, years=3), 30, (f"{grow}.notice_years=2",), 12)
    yield Case("partnerships.actions.lead_years", case(UPGRADE, years=3), 30, (f"{grow}.lead_years=1",), 20)


ACTION = "partnerships.deal.actions.form"


def readiness() -> Iterator[Case]:
    weak = case(owned(benefit=10, breakdown_loss=10) | {"readiness": ready(1)})
    for position, element in enumerate(SCORES):
        # one of five elements strong: g = 0.2, realization 0.68, breakdown rate 0.1
        yield Case(
            f"partnerships.readiness.{element}", weak, "4.8", (f"partnerships.deal.readiness.{element}=5",), "5.8"
        )
        raised = f"partnerships.deal.states.on.readiness={{{element}: 5}}"
        yield Case(f"partnerships.states.*.readiness.{element}", weak, "4.8", (raised,), "5.8")
        scores = [5 if place == position else 1 for place in range(5)]
        one_strong = case(owned(benefit=10) | {"readiness": ready(*scores)})
        weights = tuple(f"readiness.weights.{name}={int(name == element)}" for name in SCORES)
        yield Case(f"readiness.weights.{element}", one_strong, "6.8", weights, 10)
    yield Case("readiness.realization", weak, "4.8", ("readiness.realization=[0.5, 1]",), "3.8")
    yield Case("readiness.breakdown_rate", weak, "4.8", ("readiness.breakdown_rate=[0.2, 0]",), 4)
    strong = case(owned(benefit=10, breakdown_loss=10) | {"readiness": ready(5)})
    yield Case("readiness.realization", strong, "9.8", ("readiness.realization=[0.6, 1.5]",), "14.8")
    yield Case("readiness.breakdown_rate", strong, "9.8", ("readiness.breakdown_rate=[0.12, 0.1]",), 9)


# ---- limits, pools, coordination -------------------------------------------------------------------------------------


def drawing(name: str = "deal", capital: int = 4, **more: Any) -> Written:
    """A deal worth 10 beside the capital it draws."""
    return deal(name, {"on": {"benefit": capital + 10, "capital": capital}}, actions=(form(**more),))


def using(**flows: Any) -> Written:
    """A deal worth 10 with one more flow."""
    return deal(states={"on": {"benefit": 10, **flows}}, actions=(form(),))


def money_limits() -> Iterator[Case]:
    yield Case("capital.budget", case(drawing(), capital={"budget": 4}), 10, ("capital.budget=3",), 0)
    late = case(drawing(capital=8, window=[2027, 2027]), years=2, capital={"budget": 4, "carry_over": 1})
    yield Case("capital.carry_over", late, 10, ("capital.carry_over=0.9",), 0)
    sale = deal("old", {"on": {}}, actions=(leave(at_effect={"proceeds": 8}),), start={"state": "on"})
    recycled = case(sale, drawing(capital=8), capital={"budget": 0, "recycle": 1})
    yield Case("capital.recycle", recycled, 18, ("capital.recycle=0.9",), 8)
    doubled = case(drawing(capital=8), capital={"budget": 4}, **futures(("base", 1, {"liquidity": 2})))
    yield Case("capital.sensitivity.budget.*", doubled, 0, ("capital.sensitivity.budget={liquidity: 1}",), 10)


def quantity_limits() -> Iterator[Case]:
    engineers = case(using(effort={"engineer": 5}), skills={"engineer": {"capacity": 5}})
    yield Case("skills.*.capacity", engineers, 10, ("skills.engineer.capacity=4",), 0)
    hiring = {"engineer": {"capacity": 3, "hire": {"cost": 1, "at_most": 2}}}
    hired = case(using(effort={"engineer": 5}), skills=hiring)
    yield Case("skills.*.hire.cost", hired, 8, ("skills.engineer.hire.cost=2",), 6)
    yield Case("skills.*.hire.at_most", hired, 8, ("skills.engineer.hire.at_most=1",), 0)

    exposed = case(using(exposure={"america": 5}), exposures=[{"id": "cap", "tag": "america", "at_most": 5}])
    yield Case("exposures.at_most", exposed, 10, ("exposures.cap.at_most=4",), 0)
    capped = case(using(exposure={"america": 5}), exposures=[{"id": "cap", "tag": "europe", "at_most": 4}])
    yield Case("exposures.tag", capped, 10, ("exposures.cap.tag=america",), 0)
    share = {"id": "share", "tag": "america", "at_most_share": 0.5, "of": ["america", "europe"]}
    shared = case(using(exposure={"america": 5}), owned("old", exposure={"europe": 5}), exposures=[share])
    yield Case("exposures.at_most_share", shared, 10, ("exposures.share.at_most_share=0.4",), 0)
    yield Case("exposures.of", shared, 10, ("exposures.share.of=[america]",), 0)

    loss = deal(states={"on": {"cost": 3, "provides": {"cells": 4}}}, actions=(form(),))
    must = {"id": "need", "capability": "cells", "at_least": 4, "shortfall_cost": 10}
    needed = case(loss, requirements=[must])
    yield Case("requirements.at_least", needed, -3, ("requirements.need.at_least=0",), 0)
    yield Case("requirements.capability", needed, -3, ("requirements.need.capability=x",), -40)
    yield Case(
        "requirements.shortfall_cost",
        needed,
        -3,
        ("requirements.need.shortfall_cost=0.5",),
        -2,
    )

    pool = {"id": "volume", "capability": "cells", "curve": [[0, 0], [4, 8]]}
    pooled = case(using(provides={"cells": 4}), pools=[pool])
    yield Case("pools.capability", pooled, 18, ("pools.volume.capability=x",), 10)
    yield Case("pools.curve", pooled, 18, ("pools.volume.curve=[[0, 0], [2, 1], [4, 3]]",), 13)
    yield Case("pools.curve", pooled, 18, ("pools.volume.curve=[[0, 0], [3, 5]]",), 15)
    linked = case(using(interfaces=4), coordination={"curve": [[0, 0], [4, 3]]})
    yield Case("coordination.curve", linked, 7, ("coordination.curve=[[0, 0], [2, 1], [3, 3]]",), 5)


def counts() -> Iterator[Case]:
    jv = {"partners": ["Volta"], "type": "joint_venture", "domain": "software"}
    for selector, counted, other in (
        ("domains", ["software"], "[autonomy]"),
        ("types", ["joint_venture"], "[in_house]"),
        ("partners", ["Volta"], "[Kern]"),
        ("ids", ["deal"], "[other]"),
    ):
        few = {"id": "few", selector: counted, "at_most": 0}
        written = case(
            on(**jv), owned("other", benefit=1, **{}) | jv | {"partners": ["Kern"], "start": {}}, activity=[few]
        )
        yield Case(f"activity.{selector}", written, 0, (f"activity.few.{selector}={other}",), 10)
    few = case(on("a"), on("b", 7), activity=[{"id": "few", "at_most": 1}])
    yield Case("activity.at_most", few, 10, ("activity.few.at_most=2",), 17)
    many = case(on("a"), on("b", -7), activity=[{"id": "few", "at_least": 1}])
    yield Case("activity.at_least", many, 10, ("activity.few.at_least=2",), 3)

    pace = case(on("a"), on("b"), years=2, moves=[{"id": "pace", "kinds": ["form"], "at_most": 1}])
    yield Case("moves.at_most", pace, 30, ("moves.pace.at_most=2",), 40)
    yield Case("moves.kinds", pace, 30, ("moves.pace.kinds=[exit]",), 40)
    yield Case("moves.total", pace, 30, ("moves.pace.total=true",), 20)
    still = case(on("a"), on("b", 7), years=2, moves=[{"id": "still", "ids": ["a", "b"], "at_most": 0}])
    yield Case("moves.ids", still, 0, ("moves.still.ids=[a]",), 14)
    other = deal("a", {"on": {"benefit": 10}, "pilot": {"benefit": 7}}, (form(), form("pilot", id="try")))
    still = case(other, moves=[{"id": "still", "actions": ["form", "try"], "at_most": 0}])
    yield Case("moves.actions", still, 0, ("moves.still.actions=[form]",), 7)
    still = case(on("a"), years=2, moves=[{"id": "still", "at_most": 0}])
    yield Case("moves.years", still, 0, ("moves.still.years=[2026, 2026]",), 10)
    must = case(on("a", -10), moves=[{"id": "must", "at_most": 1}])
    yield Case("moves.at_least", must, 0, ("moves.must.at_least=1",), -10)


def links_and_rules() -> Iterator[Case]:
    pilots = {"on": {"cost": 3}, "pilot": {"cost": 1}}
    helper = deal("b", pilots, actions=(form(), form("pilot") | {"id": "try"}))
    needed = {"id": "first", "kind": "requires", "when": occupies("a"), "needs": occupies("b")}
    written = case(on("a"), helper, on("c", -5), links=[needed])
    yield Case("links.when.partnership", written, 7, ("links.first.when.partnership=c",), 10)
    unwanted = edited(written, ["partnerships.a.states.pilot={}"], Instance).value
    yield Case("links.when.states", unwanted, 7, ("links.first.when.states=[pilot]",), 10)
    yield Case("links.needs.partnership", written, 7, ("links.first.needs.partnership=c",), 5)
    yield Case("links.needs.states", written, 7, ("links.first.needs.states=[on, pilot]",), 9)

    either = {"id": "either", "kind": "excludes", "members": [occupies("a"), occupies("b")]}
    three = case(
        on("a"), deal("b", {"on": {"benefit": 4}, "pilot": {"benefit": 3}}, actions=helper["actions"]), on("c", 2),
        links=[either],
    )  # fmt: skip
    yield Case("links.members.partnership", three, 15, ("links.either.members[1].partnership=c",), 14)
    free = edited(three, ["links.either.members[1].states=[on, pilot]"], Instance).value
    yield Case("links.members.states", free, 12, ("links.either.members[1].states=[on]",), 15)
    yield Case("links.at_most", free, 12, ("links.either.at_most=2",), 16)
    yield Case("links.kind", free, 12, ("links.either.kind=synergy", "links.either.benefit=5"), 21)
    both = {"id": "both", "kind": "synergy", "members": [occupies("a"), occupies("c")], "benefit": 5}
    yield Case("links.benefit", case(on("a"), on("c", 2), links=[both]), 17, ("links.both.benefit=-5",), 10)

    rule = {"id": "rule", "partnership": "a", "states": ["on"], "years": [2026, 2026], "must": "never"}
    ruled = case(deal("a", {"on": {"benefit": 10}, "pilot": {}}, actions=(form(),)), on("b", -3), years=2, rules=[rule])
    yield Case("rules.partnership", ruled, 10, ("rules.rule.partnership=b",), 20)
    yield Case("rules.states", ruled, 10, ("rules.rule.states=[pilot]",), 20)
    yield Case("rules.years", ruled, 10, ("rules.rule.years=[2026, 2027]",), 0)
    yield Case("rules.must", ruled, 10, ("rules.rule.must=always",), 20)


# ---- scenarios -------------------------------------------------------------------------------------------------------


def scenarios() -> Iterator[Case]:
    sensitive = owned(benefit=10, sensitivity={"benefit": {"demand": 1}})
    written = case(sensitive, **two_futures({"demand": 1}, {"demand": 0}))
    yield Case(
        "scenarios.probability", written, 5, ("scenarios.one.probability=0.2", "scenarios.two.probability=0.8"), 2
    )
    yield Case("scenarios.drivers.*", written, 5, ("scenarios.two.drivers.demand=0.5",), "7.5")
    weighed = case(on(), **two_futures({}, {}, 0.25))
    yield Case(
        "scenarios.name",
        weighed,
        7,
        ("scenarios[0].name=two", "scenarios[1].name=one"),
        9,
        {"changes": {"price": 4, "against": PLAN}},
        (("deal", "form", 2026, "one"),),
    )
    late = deal(
        states={"on": {"benefit": 10, "cost": 6, "sensitivity": {"benefit": {"demand": 1}}}},
        actions=(form(window=[2027, 2027]),),
    )
    seen = case(late, years=2, review_years=[2026], **two_futures({"demand": 1}, {"demand": 0}))
    yield Case("review_years", seen, 0, ("review_years=[2026, 2027]",), 2)


# ---- choices ---------------------------------------------------------------------------------------------------------

RISKY = case(owned(benefit=10, sensitivity={"benefit": {"demand": 1}}), **two_futures({"demand": 2}, {"demand": 0}))
"""20 or 0, equally likely."""

SOFTENED: dict[str, tuple[Written, str, int, Value, int, Value]] = {
    "capital": (case(drawing(), capital={"budget": 2}), "capital", 0, 1, 8, 2),
    "skills": (
        case(using(effort={"engineer": 5}), skills={"engineer": {"capacity": 3}}), "engineer", 0, 1, 8, 2,
    ),
    "exposures": (
        case(using(exposure={"america": 5}), exposures=[{"id": "cap", "tag": "america", "at_most": 3}]),
        "cap", 0, 1, 8, 2,
    ),
    "requirements": (
        case(
            deal(states={"on": {"cost": 3, "provides": {"cells": 4}}}, actions=(form(),)),
            requirements=[{"id": "need", "capability": "cells", "at_least": 4}],
        ),
        "need", -3, "0.5", -2, 4,
    ),
    "activity": (case(on(), activity=[{"id": "few", "at_most": 0}]), "few", 0, 2, 8, 1),
    "moves": (case(on(), moves=[{"id": "pace", "at_most": 0}]), "pace", 0, 2, 8, 1),
    "links": (
        case(on("a"), on("b", -30), links=[
            {"id": "first", "kind": "requires", "when": occupies("a"), "needs": occupies("b")}
        ]),
        "first", 0, 2, 8, 1,
    ),
    "rules": (
        case(on(), rules=[{"id": "no", "partnership": "deal", "states": ["on"], "must": "never"}]), "no", 0, 2, 8, 1,
    ),
}  # fmt: skip
"""Of each family an instance, the limit's id, its best objective hard, a price, the best at that price, the excess."""


def choices() -> Iterator[Case]:
    risk: Written = {"objective": {"risk": {"measure": "cvar", "tail": 0.8, "weight": 0.5}}}
    yield Case("model.objective.risk.tail", RISKY, "8.75", ("objective.risk.tail=0.5",), 5, risk)
    yield Case("model.objective.risk.weight", RISKY, "8.75", ("objective.risk.weight=1",), "7.5", risk)
    worst = "objective.risk={measure: worst_case, weight: 0.5}"
    yield Case("model.objective.risk.measure", RISKY, "8.75", (worst,), 5, risk)
    for family, (written, limit, hard, price, at_price, excess) in SOFTENED.items():
        for name in dict.fromkeys((family, limit)):
            soft = f"limits={{{name}: {{price: {price}}}}}"
            yield Case("model.limits.*", written, hard, (soft,), at_price)
        half = Decimal(price) / 2
        cheaper = str(at_price + half * excess)
        given = {"limits": {family: {"price": Decimal(price)}}}
        yield Case("model.limits.*.price", written, at_price, (f"limits.{family}.price={half}",), cheaper, given)
        if family != limit:
            soft = {"limits": {family: {"price": Decimal(price)}}}
            # an id wins over its family
            yield Case("model.limits.*", written, at_price, (f"limits.{limit}=hard",), hard, soft)
    yield Case("model.changes.price", case(on()), 10, ("changes={price: 3}",), 7)
    against_today: Written = {"changes": {"price": 3, "against": "today"}}
    held = (("deal", "form", 2026, "base"),)
    yield Case("model.changes.against", case(on()), 7, (f"changes.against={PLAN}",), 10, against_today, held)


def ids() -> Iterator[Case]:
    """A model softens the limit `soft` of two that would be exceeded; which one has that id makes the difference."""
    exposed = deal(states={"on": {"benefit": 10, "exposure": {"america": 5}}}, actions=(form(),))
    providing = deal(states={"on": {"cost": 10, "provides": {"cells": 4}}}, actions=(form(),))
    by_family: dict[str, tuple[Written, Value, Value]] = {
        "exposures": (
            case(exposed, exposures=[
                {"id": "soft", "tag": "america", "at_most": 3}, {"id": "hard", "tag": "america", "at_most": 5},
            ]),
            8, 0,
        ),
        "requirements": (
            case(providing, requirements=[
                {"id": "soft", "capability": "cells", "at_least": 2},
                {"id": "hard", "capability": "cells", "at_least": 0},
            ]),
            -2, -10,
        ),
        "activity": (case(on(), activity=[{"id": "soft", "at_most": 0}, {"id": "hard", "at_most": 1}]), 9, 0),
        "moves": (case(on(), moves=[{"id": "soft", "at_most": 0}, {"id": "hard", "at_most": 1}]), 9, 0),
        "links": (
            case(on("a"), on("b", -30), owned("c"), links=[
                {"id": "soft", "kind": "requires", "when": occupies("a"), "needs": occupies("b")},
                {"id": "hard", "kind": "requires", "when": occupies("a"), "needs": occupies("c")},
            ]),
            9, 0,
        ),
        "rules": (
            case(on(), rules=[
                {"id": "soft", "partnership": "deal", "states": ["on"], "must": "never"},
                {"id": "hard", "partnership": "deal", "states": ["exited"], "must": "never"},
            ]),
            9, 0,
        ),
    }  # fmt: skip
    model: Written = {"limits": {"soft": {"price": 1}}}
    for family, (written, before, after) in by_family.items():
        yield Case(f"{family}.id", written, before, (f"{family}[0].id=hard", f"{family}[1].id=soft"), after, model)


CASES = [
    *flows(),
    *lives(),
    *readiness(),
    *money_limits(),
    *quantity_limits(),
    *counts(),
    *links_and_rules(),
    *scenarios(),
    *choices(),
    *ids(),
]


@pytest.mark.parametrize("tried", CASES, ids=lambda tried: f"{tried.key}: {', '.join(tried.edit)}"[:120])
def test_the_key_counts_as_its_meaning_says(tried: Case, tmp_path: Path) -> None:
    assert Fraction(tried.before) != Fraction(tried.after)
    root = Model if tried.of_the_model else Instance
    subject = tried.model if tried.of_the_model else tried.instance
    for edit, expected in (((), tried.before), (tried.edit, tried.after)):
        edition = edited(subject, edit, root)
        assert not edition.faults
        written = tried.instance if tried.of_the_model else edition.value
        model = dict(edition.value if tried.of_the_model else tried.model)
        enumerated = best_plan(written, model, tried.against or None)
        assert enumerated.objective == Fraction(expected)
        if model.get("changes", {}).get("against") == PLAN:
            write_plan(plan_from(tried.instance, tried.against), tmp_path / PLAN)
            model["changes"] = model["changes"] | {"against": str(tmp_path / PLAN)}
        assert objective_of(best_of(written, model)) == Fraction(expected)


# ---- keys without value ----------------------------------------------------------------------------------------------

OF_LEAD = "partnerships.a.actions.form.during.sensitivity"
LABELS = {
    "name": "name=another",
    "description": "description=another",
    "currency": "currency=CHF",
    "partnerships.name": "partnerships.a.name=another",
    "partnerships.purpose": "partnerships.a.purpose=autonomy_rollout",
    "pools.id": "pools.volume.id=another",
    "rules.reason": "rules.keep.reason=another",
    "rules.owner": "rules.keep.owner=another",
    "drivers": "drivers=[demand, another]",
    "model.name": "name=another",
    "model.description": "description=another",
    "partnerships.states.*.sensitivity.proceeds.*": "partnerships.a.states.on.sensitivity={proceeds: {demand: 9}}",
    "partnerships.actions.during.terminal": "partnerships.a.actions.form.during.terminal=900",
    "partnerships.actions.during.sensitivity.proceeds.*": f"{OF_LEAD}={{proceeds: {{demand: 9}}}}",
    "partnerships.actions.during.sensitivity.terminal.*": f"{OF_LEAD}={{terminal: {{demand: 9}}}}",
}
"""Keys that carry no value, and another value for each: labels, and flows that no such place has."""
SETTLED = {"format", "model.format"}
"""Keys with one possible value."""
OF_THE_SOLVER = {
    "model.solver.gap",
    "model.solver.time_limit",
    "model.solver.work_limit",
    "model.solver.threads",
    "model.solver.seed",
}


def labelled() -> Written:
    first = deal(
        "a",
        {"on": {"benefit": 10, "provides": {"cells": 4}}},
        (form(lead_years=1, during={"cost": 2, "terminal": 3}),),
        purpose="production_efficiency",
    ) | {"name": "First"}
    return case(
        first,
        owned("b", benefit=1),
        years=3,
        description="Two deals",
        currency="EUR",
        pools=[{"id": "volume", "capability": "cells", "curve": [[0, 0], [4, 8]]}],
        rules=[
            {"id": "keep", "partnership": "b", "states": ["on"], "must": "always", "reason": "Promised", "owner": "CFO"}
        ],
        **two_futures({"demand": 1}, {"demand": 2}),
    )


@pytest.mark.parametrize("key", LABELS)
def test_a_label_changes_nothing(key: str) -> None:
    model: Written = {"name": "model", "description": "A model"}
    written = labelled()
    if key.startswith("model."):
        other, changed = written, edited(model, [LABELS[key]], Model)
        other_model = changed.value
        assert changed.value != model
    else:
        changed = edited(written, [LABELS[key]], Instance)
        other, other_model = changed.value, model
        assert changed.value != written
    assert not changed.faults
    before, after = best_of(written, model), best_of(other, other_model)
    assert objective_of(before) == 37
    assert (objective_of(after), decisions_of(after), after.bound) == (37, decisions_of(before), before.bound)


def test_a_driver_counts_only_where_it_is_declared() -> None:
    with pytest.raises(InvalidInstance, match="demand"):
        Instance.model_validate(labelled() | {"drivers": []})


@pytest.mark.parametrize("root", [Instance, Model])
def test_no_other_format_is_read(root: type[BaseModel]) -> None:
    with pytest.raises(ValueError, match="format"):
        root.model_validate({**(labelled() if root is Instance else {}), "format": "portfolioopt/0"})


# ---- the solver's settings -------------------------------------------------------------------------------------------


def test_the_settings_of_the_solver_reach_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Settings, float]] = []
    run = search.run

    def watched(program: Any, settings: Settings, stop: Any, *more: Any) -> Any:
        seen.append((settings, stop.left))
        return run(program, settings, stop, *more)

    monkeypatch.setattr(search, "run", watched)
    solver = {"gap": 0.01, "time_limit": 37, "work_limit": 36, "threads": 2, "seed": 5}
    result = solved(labelled(), {"solver": solver})
    assert result.options == {**solver, "verify": True}
    assert {settings.seed for settings, _ in seen if settings.gap == 0.01} == {5, 6}
    assert {settings.threads for settings, _ in seen} == {2}
    assert all(left <= 36 for _, left in seen)
    assert seen[-1][1] > 30


def test_what_the_caller_gives_wins_over_the_models_settings() -> None:
    model = Model.model_validate({"solver": {"gap": 0.01, "time_limit": 37, "threads": 2, "seed": 5}})
    given = {"gap": 0.5, "time_limit": 20.5, "work_limit": 15.5, "threads": 1, "seed": 9}
    assert solve(Instance.model_validate(labelled()), model, **given).options == {**given, "verify": True}


# ---- no key is forgotten ---------------------------------------------------------------------------------------------


def key_paths(record: type[BaseModel], path: str) -> Iterator[str]:
    """Every key below a record; * stands for names of the author's own."""
    for name, info in record.model_fields.items():
        yield from _paths(info.annotation, f"{path}{info.alias or name}")


def _paths(annotation: Any, path: str) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from key_paths(annotation, f"{path}.")
    elif get_origin(annotation) is dict:
        yield from _paths(get_args(annotation)[1], f"{path}.*")
    else:
        parts = [part for part in get_args(annotation) if _holds_records(part)]
        for part in parts:
            yield from _paths(part, path)
        plain = [part for part in get_args(annotation) if part not in parts and _is_plain(part)]
        if not parts or plain:
            yield path


def _holds_records(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, BaseModel)
    return any(_holds_records(part) for part in get_args(annotation))


def _is_plain(annotation: Any) -> bool:
    """A value of its own: not the absence of one, not the dots of a tuple, not what pydantic notes beside a type."""
    return annotation not in (NoneType, ...) and (isinstance(annotation, type) or get_origin(annotation) is not None)


def test_every_key_of_the_language_has_a_case() -> None:
    keys = {*key_paths(Instance, ""), *key_paths(Model, "model.")}
    tried = {one.key for one in CASES} | LABELS.keys() | SETTLED | OF_THE_SOLVER
    assert keys - tried == set(), "keys without a case"
    assert tried - keys == set(), "cases of keys that do not exist"


def test_the_walk_through_the_language_finds_keys_of_every_shape() -> None:
    keys = {*key_paths(Instance, ""), *key_paths(Model, "model.")}
    assert keys >= {
        "horizon.years",
        "partnerships.actions.from",
        "partnerships.states.*.effort.*",
        "partnerships.actions.at_effect.sensitivity.proceeds.*",
        "skills.*.hire.cost",
        "links.members.states",
        "scenarios.drivers.*",
        "model.objective.risk.tail",
        "model.limits.*",
        "model.limits.*.price",
    }
    assert not keys & {
        "partnerships",
        "partnerships.states",
        "capital",
        "links",
        "model.objective.risk",
        "model.limits",
    }
