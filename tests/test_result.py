import hashlib
import json
import math
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from fractions import Fraction
from operator import eq
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enumeration.generators import random_instance
from exchange.samples import every_key
from portfolioopt.audit import audit
from portfolioopt.errors import EngineFault, InvalidInput
from portfolioopt.language.families import SOFT_FAMILIES
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.values import Record
from portfolioopt.language.writing import resolved
from portfolioopt.plan import TODAY, Decision, Plan
from portfolioopt.result import Result, input_hash, make_result
from portfolioopt.result.exact import decode, encode
from result_samples import BEST, fractions, infeasible, results, solved, two_deals


def test_a_result_tells_status_reason_value_bound_and_gap_apart():
    result = solved(status="feasible", stop_reason="time limit", bound=110.0)
    assert (result.status, result.stop_reason) == ("feasible", "time limit")
    assert result.objective == float(Fraction(1503100, 14641))
    assert result.bound == 110.0
    assert result.gap == pytest.approx((110 - 102.663752) / 102.663752, rel=1e-6)


def test_the_gap_is_never_negative_and_none_without_a_bound():
    assert solved(bound=102.6637).gap == 0.0
    assert solved(bound=None).gap is None
    assert infeasible().gap is None


@pytest.mark.parametrize("bound", [math.inf, -math.inf, math.nan])
def test_a_bound_that_is_no_number_is_no_bound(bound):
    assert solved(bound=bound).bound is None


def test_values_are_those_solved_by_hand():
    result = solved()
    assert result.audit.expected_npv == Fraction(1503100, 14641)
    assert result.npv == {"high": float(Fraction(2059900, 14641)), "slow": float(Fraction(667900, 14641))}
    assert result.do_nothing.expected_npv == 0
    assert (result.instance_name, result.model_name, result.currency) == ("two-deals", "expected_npv", "EUR million")


def test_a_plan_that_its_audit_refuses_is_an_error_and_no_result():
    instance, model = two_deals(), Model()
    overspent = Plan.of(
        [Decision(s, 2026, p, "sign", "form") for s in ("high", "slow") for p in ("cell_plant", "stack")]
    )
    with pytest.raises(EngineFault, match="software_engineer"):
        make_result(
            instance, model, status="feasible", stop_reason="", plan=overspent, audit=audit(instance, model, overspent)
        )


@pytest.mark.parametrize("status", ["optimal", "feasible"])
def test_a_status_with_a_plan_needs_a_plan_and_its_audit(status):
    with pytest.raises(EngineFault, match="does not fit"):
        make_result(two_deals(), Model(), status=status, stop_reason="gap reached")


@pytest.mark.parametrize("status", ["infeasible", "no_plan"])
def test_a_status_without_a_plan_has_none(status):
    with pytest.raises(EngineFault, match="does not fit"):
        solved(status=status)


def test_without_a_plan_figures_are_none_and_tables_are_empty():
    result = infeasible()
    assert result.plan is None
    assert (result.objective, result.expected_npv, result.risk, result.npv) == (None, None, None, {})
    assert result.limits.empty
    assert result.money.empty
    assert result.worth.empty


def test_the_plan_of_a_result_is_a_plan():
    result = solved()
    assert isinstance(result.plan, Plan)
    assert result.plan == BEST
    assert eq(BEST, result.plan)
    assert result.plan != TODAY
    assert hash(result.plan) == hash(solved().plan)


def test_a_result_is_frozen():
    with pytest.raises(FrozenInstanceError):
        solved().status = "infeasible"


def test_tables_are_tidy():
    result = solved()
    assert list(result.plan.actions) == ["partnership", "action", "kind", "year", "scenario"]
    assert len(result.plan.actions) == len(BEST.decisions)
    assert list(result.plan.states) == ["partnership", "year", "scenario", "state", "phase", "years", "active"]
    assert len(result.plan.states) == 2 * 4 * 2
    assert list(result.limits) == [
        "id", "family", "scenario", "year", "use", "limit", "headroom", "excess", "price", "sense",
    ]  # fmt: skip
    assert list(result.money) == ["scenario", "year", "line", "amount", "discounted"]
    assert list(result.worth) == ["partnership", "scenario", "npv"]


def test_money_adds_up_to_npv():
    result = solved()
    by_scenario = result.money.groupby("scenario")["discounted"].sum()
    assert by_scenario["high"] == pytest.approx(result.npv["high"])
    assert by_scenario["slow"] == pytest.approx(result.npv["slow"])


def test_a_table_is_made_once():
    result = solved()
    assert result.limits is result.limits


def test_making_and_saving_a_result_does_not_load_pandas():
    code = (
        "import sys; sys.path.insert(0, 'tests'); from result_samples import solved;"
        "from portfolioopt.result import Result; Result.from_json(solved().to_json());"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(results())
def test_json_and_back_is_the_same_result(result):
    assert Result.from_json(result.to_json()) == result


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(results())
def test_json_is_plain_json_without_nan(result):
    def refuse(name):
        raise AssertionError(name)

    document = json.loads(result.to_json(), parse_constant=refuse)
    assert document["format"] == "portfolioopt-result/1"
    assert (document["plan"] is None) == (result.plan is None)


@pytest.mark.parametrize("smallest", [True, False])
def test_whether_a_conflict_is_smallest_is_kept_and_old_results_do_not_say(smallest):
    result = infeasible(conflict_is_smallest=smallest)
    assert Result.from_json(result.to_json()).conflict_is_smallest is smallest
    old = json.loads(result.to_json())
    del old["conflict_is_smallest"]
    assert Result.from_json(json.dumps(old)) == replace(result, conflict_is_smallest=False)


def test_the_top_of_the_json_is_for_other_programs():
    document = json.loads(solved().to_json())
    assert list(document)[:10] == [
        "format", "instance", "model", "currency", "status", "stop_reason", "objective", "bound", "gap", "verified",
    ]  # fmt: skip
    assert document["expected_npv"] == pytest.approx(102.663752)
    assert document["npv"]["high"] == pytest.approx(140.693942)
    assert document["do_nothing_npv"] == 0
    assert document["plan"]["actions"][0] == {
        "partnership": "cell_plant", "action": "sign", "kind": "form", "year": 2026, "scenario": "high",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[1]", "not a result"),
        ('{"format": "portfolioopt-instance/1"}', "not a result"),
        ('{"format": "portfolioopt-result/1"}', "missing"),
        ('{"format": "portfolioopt-result/1", "bound": NaN}', "NaN"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_other_text_is_refused_in_plain_words(text, said):
    with pytest.raises(InvalidInput, match=said):
        Result.from_json(text)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", "excellent"),
        ("bound", "102"),
        ("audit", {"objective": 3}),
        ("plan", {"actions": [{"year": 2026}], "hiring": []}),
        ("plan", []),
        ("outline", None),
        ("timings", {"solve": "1"}),
        ("conflict", "capital"),
    ],
)
def test_a_damaged_result_is_refused_by_key(key, value):
    document = json.loads(solved().to_json()) | {key: value}
    with pytest.raises(InvalidInput, match=key):
        Result.from_json(json.dumps(document))


@given(fractions)
def test_fractions_travel_exactly(value):
    assert decode(Fraction, encode(value)) == value


def test_fractions_longer_than_python_prints_travel_too():
    value = Fraction(-(7**9000), 3**9001)
    assert decode(Fraction, encode(value)) == value


@pytest.mark.parametrize("text", ["1/0", "1e9", "0x1", "nan", "", "1/2/3", 0.5, None])
def test_what_is_no_fraction_is_refused(text):
    with pytest.raises(ValueError, match=r"expected Fraction|divides by zero"):
        decode(Fraction, text)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_travel_as_written(value):
    assert str(decode(Decimal, encode(value))) == str(value)


def test_the_input_hash_does_not_depend_on_order_or_layout():
    instance, model = two_deals(), Model()
    turned = replace_in(instance, partnerships=list(reversed(instance.partnerships)), drivers=["ev_demand"])
    assert input_hash(instance, model) == input_hash(turned, Model(name="unnamed"))


def test_the_input_hash_depends_on_every_number():
    instance, model = two_deals(), Model()
    dearer = replace_in(instance, discount_rate=Decimal("0.1000000000000000000000000001"))
    assert input_hash(instance, model) != input_hash(dearer, model)
    assert input_hash(instance, model) != input_hash(instance, Model(limits={"capital": {"price": 1}}))


@pytest.mark.parametrize("seed", range(10))
def test_the_input_hash_is_the_same_with_every_default_written_out(seed):
    written, choices = random_instance(seed)
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    in_full = Instance.model_validate(instance.model_dump(by_alias=True))
    assert input_hash(instance, model) == input_hash(in_full, Model.model_validate(model.model_dump(by_alias=True)))


@pytest.mark.parametrize("seed", range(20))
def test_the_input_hash_is_that_of_the_files_that_a_run_keeps(seed):
    written, choices = random_instance(seed)
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    kept = Instance.model_validate(resolved(instance)), Model.model_validate(resolved(model))
    assert input_hash(*kept) == input_hash(instance, model)


def test_the_input_hash_of_every_key_is_that_of_the_files_that_a_run_keeps():
    instance, model = every_key(), Model()
    assert input_hash(Instance.model_validate(resolved(instance)), model) == input_hash(instance, model)
    in_full = replace_in(two_deals(), review_years=[2026, 2027, 2028, 2029])
    every_year, never = replace_in(two_deals(), review_years=None), replace_in(two_deals(), review_years=[])
    assert input_hash(in_full, model) == input_hash(every_year, model) != input_hash(never, model)


def test_the_input_hash_is_that_of_the_facts_as_canonical_json():
    instance, model = two_deals(), Model(limits=dict.fromkeys(SOFT_FAMILIES, "hard"))
    document = {"instance": plain(instance), "model": plain(model)}
    assert input_hash(instance, model) == input_hash(instance, Model())
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    assert input_hash(instance, model) == hashlib.sha256(text.encode()).hexdigest()


def plain(value):
    """Plain data in which equal facts look the same."""
    if isinstance(value, Record):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        items = [plain(item) for item in value]
        if all(isinstance(item, str) for item in value):
            return sorted(items)
        things = all(isinstance(item, dict) for item in items)
        return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if things else items
    return str(Fraction(value)) if isinstance(value, Decimal) else value


def replace_in(instance, **changes):
    return instance.model_copy(update={name: tuple(v) if isinstance(v, list) else v for name, v in changes.items()})


def test_the_outline_holds_what_display_needs():
    outline = solved().outline
    assert [(p.id, p.title, p.domain, p.start_state) for p in outline.partnerships] == [
        ("cell_plant", "Cell plant with Voltara", "electrification", "none"),
        ("stack", "Software stack with Kernelwerk", "software", "none"),
    ]
    assert list(outline.calendar) == [2026, 2027, 2028, 2029]
    assert outline.review_years == (2026, 2028)
    assert [(future.name, future.probability) for future in outline.scenarios] == [
        ("high", Decimal("0.6")),
        ("slow", Decimal("0.4")),
    ]
    assert outline.words("stack_needs_cells") == "stack in full needs cell_plant in owned or supply"
    assert outline.words("elsewhere") == "elsewhere"


def test_review_years_default_to_every_year_and_hold_the_first():
    instance = two_deals()
    every = replace_in(instance, review_years=None)
    late = replace_in(instance, review_years=[2028])
    assert solved(every).outline.review_years == (2026, 2027, 2028, 2029)
    assert solved(late).outline.review_years == (2026, 2028)


def test_the_budget_of_the_outline_follows_its_drivers():
    document = {
        "format": "portfolioopt-instance/1",
        "name": "driven",
        "horizon": {"first_year": 2026, "years": 2},
        "discount_rate": 0.1,
        "partnerships": [{"id": "a"}],
        "drivers": ["liquidity"],
        "scenarios": [
            {"name": "wide", "probability": 0.5},
            {"name": "tight", "probability": 0.5, "drivers": {"liquidity": [1, 0.5]}},
        ],
        "capital": {"budget": [100, 80], "sensitivity": {"budget": {"liquidity": 1.5}}},
    }
    instance = Instance.model_validate(document)
    result = make_result(instance, Model(), status="no_plan", stop_reason="time limit")
    assert result.outline.capital.budget == {"wide": (100, 80), "tight": (100, 20)}


def test_a_result_equals_another_only_if_all_is_the_same():
    assert solved() == solved()
    assert solved() != replace(solved(), stop_reason="interrupted")


def test_a_real_solve_returns_the_plan_solved_by_hand():
    from portfolioopt.solving import solve

    result = solve(two_deals(), Model(name="expected_npv"))
    assert result.plan == BEST
    assert result.audit == solved().audit
    assert (result.status, result.verified) == ("optimal", True)
    assert Result.from_json(result.to_json()) == result


@pytest.mark.parametrize(("years", "said"), [([2027, 2027], "in 2027"), ([2027, 2028], "from 2027 to 2028")])
def test_a_rule_of_one_year_is_said_to_hold_in_it(years, said):
    rule = {"id": "hold", "partnership": "stack", "states": ["exited"], "years": years, "must": "never"}
    instance = Instance.model_validate(two_deals().model_dump(by_alias=True, exclude_unset=True) | {"rules": [rule]})
    assert solved(instance).outline.words("hold") == f"stack must never be in exited {said}"
