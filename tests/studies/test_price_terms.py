"""Terms are worth what the edited instance says, and what only gives more never loses."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from audit.cases import case, deal, form, futures, leave, owned
from engine_samples import EXACT, Written
from enumeration.enumerator import best_plan
from enumeration.generators import random_instance
from portfolioopt import Instance, InvalidCase, Means, Model, UnknownOption, cases, price_terms, read_instance
from portfolioopt.cases import apply
from portfolioopt.errors import InvalidInput
from portfolioopt.language.writing import plain
from portfolioopt.studies.answer import from_json, to_json
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.price_terms import PriceTerms, TermPrice
from portfolioopt.studies.terms import every_term

INSTANCES = Path(__file__).parents[2] / "instances"


def priced(written: Written, choices: Written | None = None, name: str = "deal", **options: Any) -> PriceTerms:
    facts, model = Instance.model_validate(written), Model.model_validate(choices or {})
    return price_terms(facts, name, model, Means(gap=1e-9), **options)


def term(found: PriceTerms, name: str, change: str) -> TermPrice:
    return next(one for one in found.terms if (one.term, one.change) == (name, change))


def test_each_term_of_a_deal_is_worth_what_its_change_adds() -> None:
    """Sold for 20 with a year of notice, in 2027 at the earliest; it earns 3 a year and costs 5."""
    sale = {**leave(), "notice_years": 1, "after_years": 1, "at_effect": {"proceeds": 20}, "window": [2027, 2027]}
    written = case(deal("deal", {"on": {"benefit": 3, "cost": 5}}, (sale,), start={"state": "on"}), years=4)
    found = priced(written)
    assert found.base == Interval(20 - 2 * 2, 20 - 2 * 2)
    assert term(found, "notice", "1 -> 0").gain == Interval(2, 2)
    assert term(found, "notice", "1 -> 2").gain == Interval(-2, -2)
    assert term(found, "minimum years", "1 -> 0").gain == Interval(0, 0)
    assert term(found, "minimum years", "1 -> 2").gain == Interval(-20 - 4, -20 - 4)
    assert term(found, "window", "opens earlier").gain == Interval(0, 0)  # minimum years hold it back all the same
    assert term(found, "proceeds", "+10%").gain == Interval(2, 2)
    assert term(found, "share of benefit", "-10%").expected == pytest.approx(-0.6)


def test_exclusivity_and_rules_are_worth_what_they_forbid() -> None:
    both = [deal(name, {"on": {"benefit": gain}}, (form(),)) for name, gain in (("deal", 5), ("other", 7))]
    one_of = {
        "id": "one_of",
        "kind": "excludes",
        "members": [{"partnership": name, "states": ["on"]} for name in ("deal", "other")],
    }
    never = {"id": "never", "partnership": "deal", "states": ["on"], "must": "never"}
    assert term(priced(case(*both, links=[one_of])), "exclusivity", "given up").gain == Interval(5, 5)
    assert term(priced(case(*both, rules=[never])), "rule", "given up").gain == Interval(5, 5)


def test_the_worst_tail_is_told_beside_the_mean() -> None:
    gamble = futures(("high", 0.5, {"demand": 2}), ("low", 0.5, {"demand": 0}))
    written = case(owned(benefit=10, sensitivity={"benefit": {"demand": 1}}), **gamble)
    one = term(priced(written, tail=Decimal("0.5")), "share of benefit", "+10%")
    assert (one.expected, one.tail) == (pytest.approx(1), 0)


def test_changes_asked_for_are_those_of_the_edited_instances() -> None:
    checked = 0
    for seed in range(95_000, 95_060):
        written, choices = random_instance(seed)
        own = next((one["id"] for one in written["partnerships"] if one.get("actions")), None)
        best = best_plan(written, choices).objective
        if own is None or best is None or checked >= 10:
            continue
        instance, model = Instance.model_validate(written), Model.model_validate(choices)
        for one in every_term(instance, instance.partnership(own), Decimal("0.25")):
            if len(one.changes) > 1 or checked >= 10:
                continue
            try:
                edited = apply(cases.case("edited", *one.changes), instance, model)
            except InvalidInput:
                continue
            objective = best_plan(plain(edited.instance), plain(edited.model)).objective
            if one.effect == "gives":
                assert objective is not None
                assert objective >= best
            if one.effect == "takes":
                assert objective is None or objective <= best
            if edited.instance == instance and edited.model == model:
                continue
            (price,) = priced(written, choices, own, changes=one.changes).terms
            if objective is None:
                assert price.value.high == float("-inf")
            else:
                slack = 10 * float(EXACT) * max(abs(float(best)), 1.0)
                assert price.gain.low - slack <= float(objective - best) <= price.gain.high + slack
                assert price.gain.width <= 4 * slack
            checked += 1
    assert checked >= 10


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(UnknownOption, match="no partnership called nobody"):
        priced(case(owned()), name="nobody")
    with pytest.raises(InvalidCase):
        priced(case(owned()), changes=[cases.set_value("partnerships.deal.states.on.benefits", 3)])


def test_five_deals_prices_the_terms_of_its_battery_venture() -> None:
    found = price_terms(read_instance(INSTANCES / "five_deals"), "battery_jv", means=Means(gap=1e-9))
    assert term(found, "notice", "0 -> 1").gain.high < 0
    assert term(found, "proceeds", "+10%").gain.low == pytest.approx(10.7, abs=0.1)
    assert term(found, "minimum years", "1 -> 0").gain.low == 0
    assert from_json(to_json(found)) == found
