"""Measures of the bad cases, weighed exactly."""

from fractions import Fraction

import pytest

from portfolioopt.audit.risk import MEASURES
from portfolioopt.language.risk import Cvar, WorstCase

from .cases import Written, audited, case, futures, owned

F = Fraction
NPV = [F(100), F(-40), F(10)]
PROBABILITIES = [F("0.5"), F("0.2"), F("0.3")]


def cvar(tail: float, npv: list[Fraction] = NPV, probabilities: list[Fraction] = PROBABILITIES) -> Fraction:
    return MEASURES["cvar"](npv, probabilities, Cvar.model_validate({"measure": "cvar", "tail": tail, "weight": 1}))


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (0.1, -40),
        (0.2, -40),
        (0.4, (F("0.2") * -40 + F("0.2") * 10) / F("0.4")),  # the edge scenario by the part of it inside
        (0.5, (F("0.2") * -40 + F("0.3") * 10) / F("0.5")),
        (0.6, (F("0.2") * -40 + F("0.3") * 10 + F("0.1") * 100) / F("0.6")),
        (1, F("0.2") * -40 + F("0.3") * 10 + F("0.5") * 100),
    ],
)
def test_cvar_weighs_the_scenario_at_the_edge_by_its_part_inside_the_tail(tail: float, expected: Fraction) -> None:
    assert cvar(tail) == expected


def test_cvar_of_one_tiny_tail_is_the_worst_case_and_never_above_the_mean() -> None:
    mean = sum((share * npv for share, npv in zip(PROBABILITIES, NPV, strict=True)), F(0))
    values = [cvar(tail / 20) for tail in range(1, 21)]
    assert values[0] == min(NPV)
    assert values == sorted(values)
    assert values[-1] == mean


def test_cvar_is_a_mean_where_probabilities_sum_to_a_hair_less_than_the_tail() -> None:
    short = [F("0.5"), F("0.2"), F("0.3") - F(1, 10**10)]
    assert cvar(1, [F(7)] * 3, short) == 7


def test_cvar_skips_scenarios_of_no_probability() -> None:
    assert cvar(0.5, [F(-1000), F(1), F(3)], [F(0), F("0.5"), F("0.5")]) == 1


def test_worst_case_is_the_least_npv_that_can_happen() -> None:
    measure = WorstCase.model_validate({"measure": "worst_case", "weight": 1})
    assert MEASURES["worst_case"](NPV, PROBABILITIES, measure) == -40
    assert MEASURES["worst_case"](NPV, [F("0.5"), F(0), F("0.5")], measure) == 10


def scenarios(weight: float, tail: float = 0.4) -> tuple[Written, Written]:
    levels = futures(("good", 0.5, {"d": 2}), ("bad", 0.2, {"d": 0.6}), ("fair", 0.3, {"d": 1.1}))
    written = case(owned(benefit=100, sensitivity={"benefit": {"d": 1}}, cost=100), **levels)
    return written, {"objective": {"risk": {"measure": "cvar", "tail": tail, "weight": weight}}}


def test_the_objective_mixes_expectation_and_risk() -> None:
    written, model = scenarios(0.3)
    found = audited(written, model=model)
    assert found.npv == {"good": 100, "bad": -40, "fair": 10}
    assert found.expected_npv == 45
    assert found.risk == -15
    assert found.objective == F("0.7") * 45 + F("0.3") * -15


def test_a_weight_of_zero_is_risk_neutral_and_one_is_risk_alone() -> None:
    for weight, expected in ((0, 45), (1, -15)):
        written, model = scenarios(weight)
        assert audited(written, model=model).objective == expected


def test_probabilities_are_used_as_written() -> None:
    levels = futures(("one", 0.3333333333, {"d": 1}), ("two", 0.6666666667, {"d": 1}))
    assert audited(case(owned(benefit=3), **levels)).expected_npv == 3
    levels = futures(("one", 0.3333333333, {"d": 1}), ("two", 0.6666666666, {"d": 1}))
    assert audited(case(owned(benefit=3), **levels)).expected_npv == 3 * (1 - F(1, 10**10))
