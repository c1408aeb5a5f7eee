"""What is measured on: generated portfolios, shipped instances, test sets of others; each also at a tiny size."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import knapsacks, logos
from benchmarks.portfolios import capacities, realistic

INSTANCES = Path(__file__).parents[1] / "instances"
Make = Callable[[int], dict[str, Any]]
"""From a seed to an instance, as a mapping."""

KHAN = {"I07": 100, "I08": 150, "I09": 200, "I10": 250, "I11": 300, "I12": 350, "I13": 400}
"""Groups, each of 10 items over 10 resources."""
GAP = 1e-4
"""Relative gap at which every engine may stop; the default of HiGHS and of our models."""
REPLAN_GAP = 0.01
PRICE_DEALS = "price deals"
"""The phase in which walk-away prices are found."""
SWEEP = "sweep"
"""The phase in which variations of a case are solved."""
INST = [f"INST{number:02d}" for number in range(1, 21)]


@dataclass(frozen=True)
class Case:
    """An instance to measure on: an instance file with settings, or made from a seed; the same tiny, for the tests."""

    name: str
    about: str
    source: Path | Make
    tiny: Path | Make
    settings: tuple[str, ...] = ()
    """changes of an instance file that the measured instance has, and that a re-solve starts without"""
    whole: bool = True
    """Whether the whole matrix is written, for peers to solve. False where it would be far too large for any."""
    time_limit: float = 60.0
    """seconds of a solve unless told otherwise"""
    gap: float = GAP
    """relative gap at which every engine may stop"""
    phases: tuple[str, ...] = ()
    """the only phases that it is for; empty for all"""
    file: str = ""
    """name of a file that has to be brought along with `--data`; empty where nothing has to be"""

    def write(self, target: Path, seed: int, *, tiny: bool = False) -> tuple[Path, tuple[str, ...]]:
        """Where the instance is read from and the settings to read it with; what is made is written to `target`."""
        source = self.tiny if tiny else self.source
        if isinstance(source, Path):
            return source, self.settings
        # JSON is YAML: what is made is read through the same door as what planners write
        target.write_text(json.dumps(source(seed), indent=1, default=float), encoding="utf-8")
        return target, ()


def cases(data: Path | None = None) -> dict[str, Case]:
    """All cases by name; `data` is the folder where test sets lie that do not come with the project."""
    made = (
        _realistic(40, 10, 8),
        _realistic(40, 10, 1),
        _capacities(200, 10, 15),
        _capacities(2_000, 12, 30),
        _capacities(100_000, 10, 12, whole=False, time_limit=120),
        _realistic(60, 10, 1_000, whole=False, time_limit=600),
        *(_khan(name) for name in knapsacks.KNOWN),
        *(_brought(name, data) for name in (*KHAN, *INST)),
        *(_knapsack(groups, 10, 10) for groups in KHAN.values()),
        *(_logos(name) for name in logos.KNOWN),
        _shipped("automaker_2026", "the shipped instance: forty partnerships, ten years, nine scenarios"),
        _budget_changed("automaker_2026_budget", "lower by a tenth", 1350),
        _budget_changed("automaker_2026_budget_up", "higher by a tenth", 1650),
        _priced("automaker_2026_deals", "automaker_2026: what each of its partnerships is worth"),
        _swept("automaker_2026_sweep", "automaker_2026 in 60 variations of its budget and its discount rate"),
        _shipped("two_deals", "the smallest shipped instance; what the command line costs"),
    )
    return {case.name: case for case in made}


def _shipped(name: str, about: str) -> Case:
    return Case(name, about, INSTANCES / name, INSTANCES / "two_deals")


def _priced(name: str, about: str) -> Case:
    source = INSTANCES / "automaker_2026"
    about = f"{about}, each optimum to a gap of a hundredth"
    tiny = INSTANCES / "two_deals"
    return Case(name, about, source, tiny, whole=False, time_limit=7_200, gap=REPLAN_GAP, phases=(PRICE_DEALS,))


def _swept(name: str, about: str) -> Case:
    source = INSTANCES / "automaker_2026"
    about = f"{about}, each to a gap of a hundredth"
    tiny = INSTANCES / "two_deals"
    return Case(name, about, source, tiny, whole=False, time_limit=1_200, gap=REPLAN_GAP, phases=(SWEEP,))


def _budget_changed(name: str, how: str, budget: int) -> Case:
    about = f"automaker_2026 with the budget of 2027 {how}, to a gap of a hundredth"
    settings = (f"capital.budget[1]={budget}",)
    return Case(name, about, INSTANCES / "automaker_2026", INSTANCES / "two_deals", settings, gap=REPLAN_GAP)


def _realistic(partnerships: int, years: int, scenarios: int, *, whole: bool = True, time_limit: float = 60) -> Case:
    futures = "one scenario" if scenarios == 1 else f"{scenarios:,} scenarios"
    about = f"generated: {partnerships:,} partnerships, {years} years, {futures}, every family of limits"
    make = partial(realistic, partnerships=partnerships, years=years, scenarios=scenarios)
    tiny = partial(realistic, partnerships=8, years=4, scenarios=min(scenarios, 2))
    return Case(f"realistic_{partnerships}x{years}x{scenarios}", about, make, tiny, (), whole, time_limit)


def _capacities(partnerships: int, years: int, resources: int, *, whole: bool = True, time_limit: float = 60) -> Case:
    about = f"generated: {partnerships:,} partnerships, {years} years, {resources} scarce resources, one scenario"
    make = partial(capacities, partnerships=partnerships, years=years, resources=resources)
    tiny = partial(capacities, partnerships=6, years=4, resources=4)
    return Case(f"capacities_{partnerships}x{years}x{resources}", about, make, tiny, (), whole, time_limit)


def _tiny_knapsack(_seed: int) -> dict[str, Any]:
    return knapsacks.published(knapsacks.DATA / "I01")


def _khan(name: str) -> Case:
    about = f"multiple-choice knapsack {name} of Khan; best value known {knapsacks.KNOWN[name]:,g}"
    return Case(f"mmkp_{name}", about, _knapsack_in(knapsacks.DATA / name), _tiny_knapsack)


def _brought(name: str, data: Path | None) -> Case:
    about = f"multiple-choice knapsack {name} of the literature, from the folder given with --data"
    path = (data or Path()) / name
    return Case(f"mmkp_{name}", about, _knapsack_in(path), _tiny_knapsack, file=name)


def _knapsack_in(path: Path) -> Make:
    return lambda _seed: knapsacks.published(path)


def _knapsack(groups: int, items: int, resources: int) -> Case:
    name = f"knapsack_{groups}x{items}x{resources}"
    about = f"generated: multiple-choice knapsack, {groups} groups of {items} items, {resources} resources"

    def make(seed: int) -> dict[str, Any]:
        return knapsacks.made(seed, groups, items, resources, name)

    return Case(name, about, make, _tiny_knapsack)


def _tiny_budgeting(_seed: int) -> dict[str, Any]:
    return logos.case("test_skp")


def _logos(name: str) -> Case:
    about = f"capital budgeting case of LOGOS; best value {logos.KNOWN[name]:,g}"

    def make(_seed: int) -> dict[str, Any]:
        return logos.case(name)

    return Case(f"logos_{name}", about, make, _tiny_budgeting)
