"""Lives cut into spans, branches named, cash added up: what a report draws, from small plans known by heart."""

from fractions import Fraction

import pytest

from portfolioopt.language.reading import read_instance
from portfolioopt.plan import Decision, Plan
from portfolioopt.report.branches import branching_of, letter_of
from portfolioopt.report.cash import quantile
from portfolioopt.report.differences import differences
from portfolioopt.report.lives import Span, distinct_lives, life
from portfolioopt.result.lookup import Lookup
from result_samples import TWO_DEALS, big, solved, two_deals


def lookup(result):
    return Lookup(result, result.audit, result.plan)


def test_a_life_is_cut_where_state_phase_or_origin_change():
    own = life(lookup(solved()), "cell_plant", "slow")
    assert own.spans == (
        Span(2026, 2027, "owned", "state", "form"),
        Span(2028, 2029, "supply", "state", "restructure"),
    )
    assert [decision.action for decision in own.decisions] == ["sign", "sell_stake"]
    assert [span.said for span in own.spans] == ["owned 2026-2027", "supply 2028-2029"]


def test_notice_and_lead_years_are_spans_of_their_own():
    settings = ["partnerships.cell_plant.actions.sell_stake.notice_years=1",
                "partnerships.stack.actions.sign.lead_years=1"]  # fmt: skip
    instance = read_instance(TWO_DEALS, settings)
    both = ("high", "slow")
    plan = Plan.of(
        [
            *(Decision(s, 2026, p, "sign", "form") for s in both for p in ("cell_plant", "stack")),
            *(Decision(s, 2028, "cell_plant", "sell_stake", "restructure") for s in both),
        ]
    )
    from portfolioopt.audit import audit
    from portfolioopt.language.model import Model

    found = audit(instance, Model(), plan)
    relaxed = solved(
        instance, Model.model_validate({"limits": {name: {"price": 1} for name in ("capital", "skills")}}), plan
    )
    assert {finding.family for finding in found.findings} <= {"capital", "skills"}
    cells, stack = (life(lookup(relaxed), name, "high") for name in ("cell_plant", "stack"))
    assert cells.spans == (
        Span(2026, 2027, "owned", "state", "form"),
        Span(2028, 2028, "owned", "notice", "form"),
        Span(2029, 2029, "supply", "state", "restructure"),
    )
    assert stack.spans[0] == Span(2026, 2026, "core", "lead", "form")
    assert [span.said for span in cells.spans][1] == "owned, under notice 2028"
    assert stack.spans[0].said == "preparing core 2026"


def test_what_stands_as_today_is_no_decision_of_the_plan():
    settings = ["partnerships.cell_plant.start={state: supply, years: 1}"]
    own = life(lookup(solved(read_instance(TWO_DEALS, settings), plan=Plan())), "cell_plant", "high")
    assert own.spans == (Span(2026, 2029, "supply", "state", "keep"),)
    assert own.active


def test_what_is_never_formed_is_idle():
    own = life(lookup(solved(plan=Plan())), "stack", "high")
    assert [span.idle for span in own.spans] == [True]
    assert not own.active


def test_scenarios_that_lead_the_same_life_share_it_the_likelier_first():
    lives = distinct_lives(lookup(solved()), "stack")
    assert [scenarios for _, scenarios in lives] == [("high",), ("slow",)]
    alike = distinct_lives(lookup(solved(plan=Plan())), "stack")
    assert [scenarios for _, scenarios in alike] == [("high", "slow")]


def test_branches_are_lettered_and_hold_every_scenario_once():
    found = branching_of(lookup(solved()))
    assert [(strand.letter, strand.scenarios, strand.probability) for strand in found.strands] == [
        ("A", ("high",), Fraction(3, 5)),
        ("B", ("slow",), Fraction(2, 5)),
    ]
    assert found.reviews == (2028,)
    many = lookup(big())
    strands = branching_of(many).strands
    assert sorted(name for strand in strands for name in strand.scenarios) == sorted(many.everywhere)
    assert sum(strand.probability for strand in strands) == sum(many.probability.values())
    assert branching_of(many).letters(many.everywhere) == "A, B, C and 13 more"


def test_groups_that_go_on_together_stand_side_by_side():
    strands = branching_of(lookup(big())).strands
    for depth in range(len(strands[0].groups)):
        paths = [strand.groups[: depth + 1] for strand in strands]
        seen = list(dict.fromkeys(paths))
        assert paths == sorted(paths, key=seen.index)


def test_letters_go_on_after_z():
    assert [letter_of(number) for number in (0, 25, 26, 51, 52, 702)] == ["A", "Z", "AA", "AZ", "BA", "AAA"]


@pytest.mark.parametrize(("share", "value"), [("0.1", 1), ("0.2", 1), ("0.21", 5), ("0.5", 5), ("0.51", 9), ("1", 9)])
def test_a_quantile_is_the_least_value_reached_with_its_probability(share, value):
    values = {"a": Fraction(5), "b": Fraction(1), "c": Fraction(9)}
    probability = {"a": Fraction(3, 10), "b": Fraction(1, 5), "c": Fraction(1, 2)}
    assert quantile(values, probability, Fraction(share)) == value


def test_facts_that_differ_are_told_by_key_whatever_their_order():
    one = two_deals()
    other = read_instance(TWO_DEALS, ["capital.recycle=0.25", "partnerships.stack.states.core.cost=12"])
    turned = one.model_copy(update={"partnerships": one.partnerships[::-1]})
    assert differences([one, turned]) == []
    assert differences([one, other]) == [
        ("partnerships.stack.states.core.cost", ("10", "12")),
        ("capital.recycle", ("0.5", "0.25")),
    ]


def test_facts_that_one_run_does_not_have_are_told():
    other = read_instance(TWO_DEALS, ["moves=[{id: calm, at_most: 1}]"])
    found = dict(differences([two_deals(), other]))
    assert found["moves.calm.at_most"] == ("-", "1")
