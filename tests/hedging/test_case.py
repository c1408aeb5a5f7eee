"""What cannot be hedged is refused, by the key that stands in the way."""

import pytest

from portfolioopt import Instance, InvalidInstance, InvalidModel, UnknownOption, read_instance
from portfolioopt.formulation.apart import alone
from portfolioopt.hedging.case import Case, case_of

FIVE_DEALS: Instance = read_instance("instances/five_deals")


def asked(instance: Instance | None = FIVE_DEALS, model: object = "expected_value", **means: object) -> Case:
    given: dict[str, object] = {"processes": 3, "iterations": 5, "rho": 1.0, "verify": True} | means
    return case_of(instance, model, **given)  # type: ignore[arg-type]


def edited(*settings: str) -> Instance:
    return read_instance("instances/five_deals", list(settings))


def test_one_scenario_is_refused() -> None:
    with pytest.raises(InvalidInstance, match=r"scenarios: there is one scenario only, .*portfolioopt solve"):
        asked(alone(FIVE_DEALS, "steady"))


def test_a_scenario_of_probability_0_is_refused_by_its_key() -> None:
    never = edited("scenarios.slow_ev.probability=0", "scenarios.steady.probability=0.65")
    with pytest.raises(InvalidInstance, match=r"scenarios\[1\]\.probability: slow_ev has probability 0"):
        asked(never)


def test_more_processes_than_scenarios_can_use_are_refused() -> None:
    asked(processes=12)
    with pytest.raises(InvalidInstance, match=r"4 scenarios are too few for 15 processes \(start 12 or fewer"):
        asked(processes=15)


@pytest.mark.parametrize("means", [{"iterations": 0}, {"rho": 0.0}, {"rho": float("inf")}, {"gap": -1.0}])
def test_means_that_make_no_sense_are_refused(means: dict[str, object]) -> None:
    with pytest.raises(UnknownOption):
        asked(**means)


def test_other_input_is_refused_as_by_solve() -> None:
    with pytest.raises(InvalidModel):
        asked(model=3)
    with pytest.raises(InvalidInstance):
        asked(None)


def test_settings_are_the_models_unless_given() -> None:
    assert float(asked().solver.time_limit) == 60
    assert float(asked(time_limit=7).solver.time_limit) == 7
