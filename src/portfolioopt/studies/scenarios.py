"""Some of the scenarios of an instance: the instance in them alone, and what a plan does in them."""

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal

from portfolioopt.language.instance import Instance, Scenario
from portfolioopt.language.values import MOST_DIGITS, series_at
from portfolioopt.plan import Plan

ROUNDED = Context(prec=MOST_DIGITS - 2)
ONE, NOTHING = Decimal(1), Decimal(0)
Group = frozenset[str]
"""Scenarios, by name."""


def only(instance: Instance, group: Group) -> Instance:
    """The instance with these scenarios alone, by their probability given that one of them comes."""
    kept = [future for future in instance.futures if future.name in group]
    chances = conditional(kept)
    given = tuple(
        future.model_copy(update={"probability": chance}) for future, chance in zip(kept, chances, strict=True)
    )
    return instance.model_copy(update={"scenarios": given})


def conditional(futures: Sequence[Scenario]) -> list[Decimal]:
    """Probabilities given that one of these scenarios comes; where none can, the first one does."""
    whole = sum((future.probability for future in futures), NOTHING)
    if not whole:
        return [ONE if number == 0 else NOTHING for number in range(len(futures))]
    return [ROUNDED.divide(future.probability, whole) for future in futures]


def path_of(instance: Instance, future: Scenario, driver: str) -> tuple[Decimal, ...]:
    """The levels of a driver in a scenario, year by year."""
    series = future.drivers.get(driver, ONE)
    return tuple(series_at(series, year) for year in range(instance.horizon.years))


def mean_path(instance: Instance, futures: Sequence[Scenario], driver: str) -> tuple[Decimal, ...]:
    """Σ_w π_w·level(w,y) of a driver over some scenarios, given that one of them comes."""
    paths = [path_of(instance, future, driver) for future in futures]
    chances = conditional(futures)
    return tuple(
        # a level that all share stays as it is written
        paths[0][year]
        if len({path[year] for path in paths}) == 1
        else ROUNDED.plus(sum((chance * path[year] for chance, path in zip(chances, paths, strict=True)), NOTHING))
        for year in range(instance.horizon.years)
    )


def restricted(plan: Plan, group: Iterable[str]) -> Plan:
    """What a plan does in some of the scenarios."""
    names = frozenset(group)
    return Plan.of(
        (one for one in plan.decisions if one.scenario in names), (one for one in plan.hiring if one.scenario in names)
    )


def together(plans: Iterable[Plan]) -> Plan:
    """Plans of different scenarios as one."""
    parts = list(plans)
    return Plan.of((one for part in parts for one in part.decisions), (one for part in parts for one in part.hiring))
