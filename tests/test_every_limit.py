"""Every limit below, at and above what a plan uses: it holds to the last decimal as written, neither more nor less."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from audit.cases import case, deal, form, futures, leave, owned
from engine_samples import Written, best_of, decisions_of, objective_of, solved
from enumeration.enumerator import best_plan

HAIR = Decimal("1e-12")
"""The smallest number of the language."""


def today(**flows: Any) -> Written:
    """What is owned already, and uses a part of the limit."""
    return owned("today", **flows)


def new(worth: int = 10, name: str = "deal", window: tuple[int, int] | None = None, **flows: Any) -> Written:
    """A deal worth so much beside the capital that it draws, which uses the rest of the limit."""
    money = {"benefit": worth + flows.get("capital", 0)} if worth > 0 else {"cost": -worth}
    return deal(name, {"on": money | flows}, actions=(form(**({"window": list(window)} if window else {})),))


def d(text: str) -> Decimal:
    return Decimal(text)


@dataclass(frozen=True)
class Edge:
    """An instance by the value of its limit, the value that is just met, and the deal's worth."""

    build: Callable[[Decimal], Written]
    met: Decimal
    worth: int = 10
    """What forming the deal is worth: 10 where a limit allows it, −1 where a limit demands it."""


def share(value: Decimal) -> Written:
    exposed = today(exposure={"america": d("0.1"), "europe": d("0.7")})
    limit = {"id": "share", "tag": "america", "at_most_share": value, "of": ["america", "europe"]}
    return case(exposed, new(exposure={"america": d("0.2")}), exposures=[limit])


def recycled(value: Decimal) -> Written:
    sale = deal("sale", {"on": {}}, actions=(leave(at_effect={"proceeds": d("0.2")}),), start={"state": "on"})
    return case(sale, new(capital=d("0.3")), capital={"budget": d("0.2"), "recycle": value})


def hired(value: Decimal) -> Written:
    skill = {"capacity": d("0.1"), "hire": {"cost": 0, "at_most": value}}
    return case(today(effort={"engineer": d("0.1")}), new(effort={"engineer": d("0.2")}), skills={"engineer": skill})


EDGES = {
    "capital.budget": Edge(
        lambda value: case(
            today(capital=d("0.1"), benefit=d("0.1")), new(capital=d("0.2")), capital={"budget": value}
        ),
        d("0.3"),
    ),
    "capital.carry_over": Edge(
        lambda value: case(
            new(capital=d("0.3"), window=(2027, 2027)), years=2, capital={"budget": d("0.2"), "carry_over": value}
        ),
        d("0.5"),
    ),
    "capital.recycle": Edge(recycled, d("0.5")),
    "skills.capacity": Edge(
        lambda value: case(
            today(effort={"engineer": d("0.1")}),
            new(effort={"engineer": d("0.2")}),
            skills={"engineer": {"capacity": value}},
        ),
        d("0.3"),
    ),
    "skills.hire.at_most": Edge(hired, d("0.2")),
    "exposures.at_most": Edge(
        lambda value: case(
            today(exposure={"america": d("0.1")}),
            new(exposure={"america": d("0.2")}),
            exposures=[{"id": "cap", "tag": "america", "at_most": value}],
        ),
        d("0.3"),
    ),
    "exposures.at_most_share": Edge(share, d("0.3")),
    "requirements.at_least": Edge(
        lambda value: case(
            today(provides={"cells": d("0.1")}),
            today(provides={"cells": d("0.2")}) | {"id": "other"},
            new(-1, provides={"cells": 5}),
            requirements=[{"id": "need", "capability": "cells", "at_least": value}],
        ),
        d("0.3"),
        -1,
    ),
    "activity.at_most": Edge(
        lambda value: case(today(), new(), activity=[{"id": "few", "at_most": value}]), d("2")
    ),
    "activity.at_least": Edge(
        lambda value: case(today(), new(-1), activity=[{"id": "some", "at_least": value}]), d("1"), -1
    ),
    "moves.at_most": Edge(
        lambda value: case(new(90, "better"), new(), moves=[{"id": "pace", "at_most": value}]), d("2")
    ),
    "moves.at_least": Edge(
        lambda value: case(new(90, "better"), new(-1), moves=[{"id": "pace", "at_least": value}]), d("1"), -1
    ),
    "moves.at_least over the horizon": Edge(
        lambda value: case(
            new(90, "better"),
            new(-1, window=(2027, 2027)),
            years=2,
            moves=[{"id": "pace", "at_least": value, "years": [2020, 2027], "total": True}],
        ),
        d("1"),
        -1,
    ),
    "moves.at_most over the horizon": Edge(
        lambda value: case(
            new(90, "better"),
            new(window=(2027, 2027)),
            years=2,
            moves=[{"id": "pace", "at_most": value, "total": True}],
        ),
        d("2"),
    ),
    "links.at_most": Edge(
        lambda value: case(
            today(),
            new(),
            links=[
                {
                    "id": "either",
                    "kind": "excludes",
                    "members": [{"partnership": name, "states": ["on"]} for name in ("today", "deal")],
                    "at_most": value,
                }
            ],
        ),
        d("2"),
    ),
}  # fmt: skip


def formed(written: Written) -> bool:
    """Whether the best plan forms the deal; the enumerator must find the same plan."""
    result = best_of(written)
    assert objective_of(result) == best_plan(written).objective
    return any(partnership == "deal" for partnership, *_ in decisions_of(result))


@pytest.mark.parametrize("limit", EDGES)
@pytest.mark.parametrize("by", [HAIR, d("1e-9"), d("1e-6"), d("0.01")], ids=str)
def test_a_limit_allows_what_meets_it_and_not_a_hair_more(limit: str, by: Decimal) -> None:
    edge = EDGES[limit]
    if edge.worth > 0:
        assert formed(edge.build(edge.met))
        assert formed(edge.build(edge.met + by))
        assert not formed(edge.build(edge.met - by))
    else:
        assert not formed(edge.build(edge.met))
        assert not formed(edge.build(edge.met - by))
        assert formed(edge.build(edge.met + by))


@pytest.mark.parametrize("factor", ["1e-9", "1e3", "1e9"])
@pytest.mark.parametrize("limit", ["capital.budget", "skills.capacity", "exposures.at_most", "requirements.at_least"])
def test_a_limit_is_as_exact_in_any_unit(limit: str, factor: str) -> None:
    edge = EDGES[limit]

    def scaled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: scaled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [scaled(inner) for inner in value]
        return value * d(factor) if isinstance(value, Decimal) else value

    hair = edge.met * d("1e-9")
    wants_more = edge.worth < 0
    assert formed(scaled(edge.build(edge.met))) is not wants_more
    assert formed(scaled(edge.build(edge.met + hair)))
    assert not formed(scaled(edge.build(edge.met - hair)))


@pytest.mark.parametrize("states", [["on"], ["pilot"]])
def test_requires_holds_in_every_year_in_its_listed_states_only(states: list[str]) -> None:
    helper = deal("helper", {"on": {"cost": 3}}, actions=(form(), leave(after_years=1)))
    link = {
        "id": "first",
        "kind": "requires",
        "when": {"partnership": "deal", "states": states},
        "needs": {"partnership": "helper", "states": ["on"]},
    }
    main = deal("deal", {"on": {"benefit": 10}, "pilot": {}}, actions=(form(),))
    written = case(main, helper, years=2, links=[link])
    assert objective_of(best_of(written)) == best_plan(written).objective == (14 if states == ["on"] else 20)


@pytest.mark.parametrize(("must", "years", "worth"), [
    ("never", [2027, 2027], 10), ("never", [2020, 2026], 10), ("never", [2028, 2040], 20),
    ("always", [2027, 2027], 20), ("always", [2026, 2027], 20),
])  # fmt: skip
def test_a_rule_holds_in_its_years_both_included_and_in_no_other(must: str, years: list[int], worth: int) -> None:
    rule = {"id": "rule", "partnership": "deal", "states": ["on"], "years": years, "must": must}
    partnership = deal("deal", {"on": {"benefit": 10}}, actions=(form(), leave()))
    late = deal("late", {"on": {"benefit": 0}}, actions=(form(window=[2027, 2027]),))
    written = case(partnership, late, years=2, rules=[rule])
    assert objective_of(best_of(written)) == best_plan(written).objective == worth


IMPOSSIBLE: dict[str, Written] = {
    "capital": case(owned(capital=3), capital={"budget": 2}),
    "engineer": case(owned(effort={"engineer": 3}), skills={"engineer": {"capacity": 2}}),
    "cap": case(
        owned(exposure={"america": 3}), exposures=[{"id": "cap", "tag": "america", "at_most": 2}]
    ),
    "need": case(owned(provides={"cells": 3}), requirements=[{"id": "need", "capability": "cells", "at_least": 4}]),
    "few": case(owned(), activity=[{"id": "few", "at_most": 0}]),
    "some": case(owned(), activity=[{"id": "some", "at_least": 2}]),
    "first": case(
        owned("a"),
        deal("b", {"on": {}}),
        links=[
            {
                "id": "first",
                "kind": "requires",
                "when": {"partnership": "a", "states": ["on"]},
                "needs": {"partnership": "b", "states": ["on"]},
            }
        ],
    ),
    "no": case(owned(), rules=[{"id": "no", "partnership": "deal", "states": ["on"], "must": "never"}]),
    "yes": case(
        deal(states={"on": {}}), rules=[{"id": "yes", "partnership": "deal", "states": ["on"], "must": "always"}]
    ),
}  # fmt: skip


@pytest.mark.parametrize("limit", IMPOSSIBLE)
def test_a_limit_that_nothing_can_keep_is_named(limit: str) -> None:
    result = solved(IMPOSSIBLE[limit])
    assert (result.status, result.conflict, result.plan, result.verified) == ("infeasible", (limit,), None, True)


def test_hard_limits_hold_in_every_scenario_however_unlikely() -> None:
    unlikely = futures(("base", 0.999999, {}), ("dear", 0.000001, {"steel": 1.5}))
    partnership = deal(
        states={"on": {"benefit": 10, "capital": 4, "sensitivity": {"capital": {"steel": 1}}}}, actions=(form(),)
    )
    assert not decisions_of(best_of(case(partnership, capital={"budget": 5}, **unlikely)))
    assert decisions_of(best_of(case(partnership, capital={"budget": 6}, **unlikely)))


def test_what_rounding_leaves_of_a_difference_does_not_spoil_a_row() -> None:
    """Differences that are 0 in decimals but not in binary numbers, beside large ones: 0.3 − 0.1 − 0.2, 0.3 − 3·0.1."""
    large = new(5000, "large")
    parts = {"p1": d("0.1"), "p2": d("0.2")}

    def using(flow: str, label: str = "") -> list[Written]:
        return [new(1, name, **{flow: {label: amount} if label else amount}) for name, amount in parts.items()]

    twice = futures(("one", 0.5, {}), ("two", 0.5, {}))
    nothing = deal("nothing", {"on": {"benefit": d("0.3"), "cost": d("0.1"), "capital": d("0.2")}}, actions=(form(),))
    written = {
        "money": case(nothing, large, **twice),
        "effort": case(*using("effort", "engineer"), large, skills={"engineer": {"capacity": d("0.3")}}),
        "hiring": case(
            *using("effort", "engineer"), large,
            skills={"engineer": {"capacity": d("0.3"), "hire": {"cost": 1, "at_most": 5}}}, **twice,
        ),
        "pool": case(
            *using("provides", "cells"), large,
            pools=[{"id": "pool", "capability": "cells", "curve": [[0, 0], [d("0.3"), 5], [1, 50]]}], **twice,
        ),
        "coordination": case(
            *using("interfaces"), large, coordination={"curve": [[0, 0], [d("0.3"), d("0.5")], [1, 50]]}, **twice
        ),
        "share": case(
            new(1, exposure={"america": d("0.3"), "europe": d("2.7")}),
            new(5, "other", exposure={"america": 500}),
            exposures=[{"id": "share", "tag": "america", "at_most_share": d("0.1"), "of": ["america", "europe"]}],
        ),
        "shortfall": case(
            today(provides={"cells": d("0.1")}), *using("provides", "cells"), large,
            requirements=[{"id": "need", "capability": "cells", "at_least": d("0.4"), "shortfall_cost": 3}],
            **twice,
        ),
    }  # fmt: skip
    worst = {"objective": {"risk": {"measure": "worst_case", "weight": 0.5}}}
    for name, one in written.items():
        for choices in ({}, worst):
            assert objective_of(best_of(one, choices)) == best_plan(one, choices).objective, name


@pytest.mark.parametrize(
    ("share_of", "tag", "whole"),
    [
        ("0.57", "0.57", "1"),
        ("0.19", "0.57", "3"),
        ("0.07", "0.49", "7"),
        ("0.29", "0.29", "1"),
        ("0.3", "1.29", "4.3"),
    ],
)
def test_a_share_that_is_met_exactly_is_met_whatever_binary_numbers_say(share_of: str, tag: str, whole: str) -> None:
    limit = {"id": "share", "tag": "a", "at_most_share": d(share_of), "of": ["a", "b"]}
    rest = d(whole) - d(tag)
    assert formed(case(new(exposure={"a": d(tag), "b": rest}), exposures=[limit]))
    assert not formed(case(new(exposure={"a": d(tag) + d("1e-9"), "b": rest}), exposures=[limit]))
    recycling = {"budget": 0, "recycle": d(share_of)}
    sold = deal(states={"on": {"benefit": 10}}, actions=(form(at_effect={"capital": d(tag), "proceeds": d(whole)}),))
    assert formed(case(sold, capital=recycling))
    assert Fraction(d(share_of) * d(whole)) == Fraction(d(tag))
