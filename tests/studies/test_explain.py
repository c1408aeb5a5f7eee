"""Reasons that hold: values with and without, what limits cost, and where decisions turn over."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form, leave, owned
from engine_samples import Written
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, Means, Model, UnknownOption, explain, price_deals, read_instance
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.explain import Explain, Flip
from portfolioopt.studies.interval import Interval

INSTANCES = Path(__file__).parents[2] / "instances"


def explained(written: Written, name: str = "deal", choices: Written | None = None, **options: Any) -> Explain:
    facts, model = Instance.model_validate(written), Model.model_validate(choices or {})
    return explain(facts, name, model, Means(gap=1e-9), **options)


def flip(found: Explain, what: str) -> Flip:
    return next(one for one in found.flips if one.what == what)


def holds(between: Interval | None, factor: float) -> bool:
    return between is not None and between.low - 1e-9 <= factor <= between.high + 1e-9 and between.width <= 0.01 + 1e-9


def test_one_that_is_out_is_signed_where_its_benefit_covers_its_cost() -> None:
    found = explained(case(deal("deal", {"on": {"benefit": 3, "cost": 5}}, (form(),))))
    assert (found.verdict, found.missing) == ("out", Interval(2.0, 2.0))
    assert holds(flip(found, "benefit").between, 5 / 3)
    assert not found.obstacles


def test_one_that_is_in_is_left_out_where_its_benefit_fails_or_its_capital_swells() -> None:
    on = {"benefit": 10, "capital": 4}
    found = explained(case(deal("deal", {"on": on}, (form(),)), capital={"budget": 6}))
    assert (found.verdict, found.worth) == ("in", Interval(6.0, 6.0))
    assert holds(flip(found, "benefit").between, 0.4)
    assert holds(flip(found, "capital").between, 1.5)  # the budget ends before the gain does
    assert [(one.partnership, one.action, one.now) for one in found.does] == [("deal", "form", 1)]


def test_its_place_goes_to_what_it_displaced_and_a_limit_says_what_it_costs() -> None:
    """One engineer for two deals, of 10 and of 7."""
    both = [
        deal(name, {"on": {"benefit": benefit, "effort": {"engineer": 1}}}, (form(),))
        for name, benefit in (("deal", 10), ("other", 7))
    ]
    written = case(*both, skills={"engineer": {"capacity": 1}})
    inside, outside = explained(written), explained(written, "other")
    assert [(one.partnership, one.now, one.then) for one in inside.instead] == [("other", 0, 1)]
    assert [(one.partnership, one.now, one.then) for one in outside.instead] == [("deal", 1, 0)]
    assert holds(flip(inside, "benefit").between, 0.7)
    assert (outside.missing, [(one.id, one.cost) for one in outside.obstacles]) == (
        Interval(3.0, 3.0),
        [("engineer", Interval(10.0, 10.0))],
    )
    assert holds(next(one for one in outside.flips if one.of_limit and one.tried > 1).between, 2)
    assert holds(flip(outside, "benefit").between, 10 / 7)


def test_a_tighter_limit_turns_one_over_where_it_no_longer_fits() -> None:
    """The deal needs 3 of 4 engineers; with fewer than 3 the other one, of 2, takes its place."""
    both = [
        deal(name, {"on": {"benefit": benefit, "effort": {"engineer": effort}}}, (form(),))
        for name, benefit, effort in (("deal", 10, 3), ("other", 5, 2))
    ]
    found = explained(case(*both, skills={"engineer": {"capacity": 4}}))
    looser, tighter = (one for one in found.flips if one.what == "engineer")
    assert (looser.tried, looser.between) == (5.0, None)  # both fit
    assert tighter.tried == 0.5
    assert holds(tighter.between, 0.75)


def test_a_limit_that_leaves_no_plan_at_all_turns_nothing_over() -> None:
    """9 of 10 cells come from the plant, 5 from the deal: beyond 14 nothing is feasible."""
    cells = {"id": "cells", "capability": "gwh", "at_least": 10}
    plant = owned("plant", provides={"gwh": 9})
    on = {"benefit": 3, "provides": {"gwh": 5}}
    small = deal("small", {"on": {"provides": {"gwh": 1}}}, (form(),))
    either = [{"partnership": name, "states": ["on"]} for name in ("deal", "small")]
    only = {"id": "only", "kind": "excludes", "members": either}
    found = explained(case(plant, small, deal("deal", {"on": on}, (form(),)), requirements=[cells], links=[only]))
    (cell,) = (one for one in found.flips if one.what == "cells" and one.no_plan)
    assert (found.verdict, cell.between) == ("in", None)
    assert 1.35 <= cell.tried <= 1.4


def test_terms_that_count_without_it_are_not_taken_for_its_own() -> None:
    """Leaving straight out of none earns 4, for 2 engineers of whom there is one: that is not signing it."""
    sell = {"id": "sell", "kind": "exit", "from": "none", "to": "exited", "at_effect": {"proceeds": 4}}
    sell["at_effect"]["effort"] = {"engineer": 2}
    written = case(deal("deal", {"on": {"cost": 1, "effort": {"engineer": 1}}}, (form(), sell)))
    found = explained({**written, "skills": {"engineer": {"capacity": 1}}})
    assert found.verdict == "out"
    assert flip(found, "effort").between is None


def test_one_in_force_is_left_where_it_no_longer_pays_and_kept_where_it_would() -> None:
    def running(benefit: int) -> Written:
        return case(deal("deal", {"on": {"benefit": benefit, "cost": 6}}, (leave(),), start={"state": "on"}))

    kept, left = explained(running(8)), explained(running(4))
    assert (kept.verdict, left.verdict) == ("in", "out")
    assert holds(flip(kept, "benefit").between, 0.75)
    assert holds(flip(left, "benefit").between, 1.5)


def test_one_that_cannot_be_left_has_no_other_way() -> None:
    found = explained(case(owned(benefit=-3)))
    assert (found.verdict, found.worth, found.flips) == ("in", None, ())


def test_reasons_and_prices_agree_and_flips_are_true_by_enumeration() -> None:
    checked = 0
    for seed in range(81_000, 81_060):
        written, choices = random_instance(seed)
        if checked == 5:
            break
        own = next((one for one in written["partnerships"] if "start" not in one and one.get("actions")), None)
        if own is None or "changes" in choices or not best_plan(written, choices).feasible:
            continue
        found = explained(written, own["id"], choices)
        (price,) = price_deals(
            Instance.model_validate(written), Model.model_validate(choices), Means(gap=1e-9), deals=[own["id"]]
        ).deals
        assert found.worth == price.price
        assert found.missing == price.missing
        for one in found.flips:
            if one.what == "benefit" and one.between is not None and not one.of_limit:
                low, high = one.between.low, one.between.high
                near, far = (low, high) if found.verdict == "out" else (high, low)
                assert pays(written, choices, own["id"], near) == (found.verdict != "out")
                assert pays(written, choices, own["id"], far) == (found.verdict == "out")
                checked += 1
    assert checked >= 3


def pays(written: Written, choices: Written, name: str, factor: float) -> bool:
    """Whether every best plan decides something on the partnership when its benefits are multiplied."""
    exact = Fraction(repr(factor))

    def scaled(flows: Written) -> Written:
        if "benefit" not in flows:
            return flows
        benefit = flows["benefit"]
        times = [_decimal(one, exact) for one in benefit] if isinstance(benefit, list) else _decimal(benefit, exact)
        return {**flows, "benefit": times}

    def changed(one: Written) -> Written:
        states = {state: scaled(flows) for state, flows in one.get("states", {}).items()}
        actions = [
            {**action, **{part: scaled(action[part]) for part in ("during", "at_effect") if part in action}}
            for action in one.get("actions", ())
        ]
        return {**one, "states": states, "actions": actions}

    def with_actions(keep: bool) -> Fraction | None:
        partnerships = [changed(one) if one["id"] == name else one for one in written["partnerships"]]
        if not keep:
            partnerships = [{**one, "actions": []} if one["id"] == name else one for one in partnerships]
        return best_plan({**written, "partnerships": partnerships}, choices).objective

    best, without = with_actions(True), with_actions(False)
    assert best is not None
    return without is None or best - without > Fraction(1, 10**6)


def _decimal(value: Any, factor: Fraction) -> Any:
    from decimal import Decimal

    product = Fraction(str(value)) * factor
    return Decimal(product.numerator) / Decimal(product.denominator)


def test_a_partnership_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownOption, match="no partnership called nobody"):
        explained(case(deal()), "nobody")


def test_five_deals_explains_its_battery_venture() -> None:
    found = explain(read_instance(INSTANCES / "five_deals"), "battery_jv", means=Means(gap=1e-9))
    assert found.worth is not None
    assert found.worth.low == pytest.approx(88.69, abs=0.01)
    assert holds(flip(found, "capital").between, 1.1)
    assert from_json(to_json(found)) == found
