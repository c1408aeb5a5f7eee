"""The whole: a plan solved by hand, the price of changes, and an audit that stands on its own."""

import ast
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import portfolioopt.audit
from portfolioopt.audit import MONEY_LINES
from portfolioopt.plan import TODAY, Decision, Plan

from .cases import Written, audited, case, deal, form, futures, leave, owned, take

F = Fraction
INSTANCES = Path(__file__).parents[2] / "instances"


def two_deals() -> Written:
    written: Written = YAML(typ="safe", pure=True).load(INSTANCES / "two_deals" / "instance.yaml")
    return written


TWO_DEALS_PLAN = [
    *(take("sign", 2026, "cell_plant", name) for name in ("high", "slow")),
    *(take("sign", 2027, "stack", name) for name in ("high", "slow")),
    take("sell_stake", 2028, "cell_plant", "slow", "restructure"),
    take("go_full", 2028, "stack", "slow", "expand"),
]


def test_two_deals_has_the_value_worked_out_by_hand_in_its_file() -> None:
    found = audited(two_deals(), *TWO_DEALS_PLAN)
    assert found.ok
    assert found.expected_npv == found.objective == F(1503100, 14641)
    assert found.npv == {"high": F(2059900, 14641), "slow": F(667900, 14641)}


def test_two_deals_without_its_review_may_not_tell_the_scenarios_apart() -> None:
    written = two_deals() | {"review_years": [2026]}
    found = audited(written, *TWO_DEALS_PLAN)
    assert {(finding.family, finding.id, finding.year) for finding in found.findings} == {
        ("tree", "cell_plant", 2028),
        ("tree", "stack", 2028),
    }


def test_doing_nothing_in_a_written_off_portfolio_is_worth_nothing() -> None:
    found = audited(case(deal()))
    assert (found.ok, found.objective, found.money, found.limits) == (True, 0, (), ())


# ---- changes --------------------------------------------------------------------------------------------------------


def changes(price: float, against: str = "today") -> Written:
    return {"changes": {"price": price, "against": against}}


def portfolio() -> Written:
    partnerships = [deal(name, {"on": {}}, (form(), leave())) for name in ("a", "b")]
    scenarios = futures(("high", 0.6, {"d": [2, 1, 1]}), ("low", 0.4, {"d": 1}))
    return case(*partnerships, years=3, discount_rate=1, **scenarios)


def both(action: str, year: int, partnership: str) -> list[Decision]:
    return [take(action, year, partnership, name) for name in ("high", "low")]


@pytest.mark.parametrize(
    ("plan", "reference", "expected"),
    [
        ([], [], 0),
        (both("form", 2026, "a"), [], 1),
        (both("form", 2026, "a"), both("form", 2026, "a"), 0),
        (both("form", 2026, "a"), both("form", 2027, "a"), 2),
        (both("form", 2026, "a"), both("form", 2026, "b"), 2),
        ([], both("form", 2026, "a"), 1),
        ([take("form", 2027, "a", "high")], [], F("0.6")),
        ([take("form", 2027, "a", "high")], [take("form", 2027, "a", "low")], 1),
        ([], [take("form", 2026, "gone", "high")], F("0.6")),
        ([], [take("form", 2026, "a", "unheard_of")], 0),
    ],
)
def test_changes_are_charged_by_probability_and_not_discounted(
    plan: list[Decision], reference: list[Decision], expected: Fraction
) -> None:
    found = audited(portfolio(), *plan, model=changes(2.5, "plan.yaml"), against=Plan.of(reference))
    assert found.ok
    assert found.changes == F("2.5") * expected
    assert found.objective == -found.changes
    assert found.expected_npv == 0


def test_changes_against_today_count_every_decision() -> None:
    plan = [*both("form", 2026, "a"), *both("leave", 2027, "a")]
    for against in (None, TODAY, Plan.of(plan)):
        assert audited(portfolio(), *plan, model=changes(10), against=against).changes == 20


def test_a_model_without_changes_charges_none() -> None:
    assert audited(portfolio(), *both("form", 2026, "a"), against=TODAY).changes == 0


# ---- the report -----------------------------------------------------------------------------------------------------


def test_money_is_in_order_of_scenario_year_and_line_and_sums_to_npv() -> None:
    found = audited(two_deals(), *TWO_DEALS_PLAN)
    keys = [(["high", "slow"].index(line.scenario), line.year, MONEY_LINES.index(line.line)) for line in found.money]
    assert keys == sorted(set(keys))
    for scenario, npv in found.npv.items():
        assert sum(line.discounted for line in found.money if line.scenario == scenario) == npv


def test_the_order_of_the_plan_does_not_matter() -> None:
    assert audited(two_deals(), *TWO_DEALS_PLAN) == audited(two_deals(), *reversed(TWO_DEALS_PLAN))


def test_a_finding_names_the_limit_the_scenario_the_year_and_the_numbers() -> None:
    found = audited(case(owned(capital=12.5), capital={"budget": 10}))
    assert str(found.findings[0]) == "capital, base 2026: is 12.5, and must be at most 10: beyond it by 2.5"


@pytest.mark.parametrize(
    "module", sorted(Path(portfolioopt.audit.__file__).parent.rglob("*.py")), ids=lambda path: path.stem
)
def test_the_audit_shares_nothing_with_the_model(module: Path) -> None:
    allowed = ("portfolioopt.audit", "portfolioopt.language", "portfolioopt.plan")
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names: list[Any] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        for name in names:
            assert name.startswith(allowed) or name.split(".")[0] in STANDARD, name


STANDARD = (
    "collections",
    "dataclasses",
    "decimal",
    "fractions",
    "functools",
    "importlib",
    "itertools",
    "math",
    "typing",
)
