"""Capital-budgeting cases of the LOGOS tool as instances: other people's projects, options and budgets by year.

An investment becomes a partnership with one state per option, formed in the first year. An option draws its costs
from the capital budget, of which nothing carries over; its benefit is its net present value plus the capital it
draws, so that the money it earns is its net present value. `DoNothing` is staying unformed; an investment without
it (where investments have options and `nonSelection` is set), or one named mandatory, must take an option.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

DATA = Path(__file__).parent / "data" / "logos"
KNOWN = {
    "test_skp": 106.0,
    "test_dkp": 4.388,
    "test_mckp": 59.826,
    "test_mandated": 37.13,
    "use_case_1a_fy19": 19.9,
    "use_case_1b_fy19": 263.17,
}
"""Best values by the project's own gold results."""
FIRST_YEAR = 2026
NOTHING = "DoNothing"


@dataclass(frozen=True)
class Option:
    """What an investment may be: its value, and its costs by year."""

    name: str
    value: Decimal
    costs: tuple[Decimal, ...]


@dataclass(frozen=True)
class Budgeting:
    """Capital by year; the options of each investment; those investments that must take one."""

    capital: tuple[Decimal, ...]
    options: dict[str, tuple[Option, ...]]
    mandatory: frozenset[str]


def read_budgeting(path: Path) -> Budgeting:
    """The case in a file; raises `ValueError` where its numbers do not fit its sets."""
    root = ElementTree.parse(path).getroot()
    investments = _words(root, "Sets/investments")
    years = max(len(_words(root, "Sets/time_periods")), 1)
    listed = root.findtext("Sets/options")
    names = [_split(part) for part in listed.split(";")] if listed else [["chosen"] for _ in investments]
    values = _numbers(root, "Parameters/net_present_values")
    costs = _numbers(root, "Parameters/costs")
    capital = _numbers(root, "Parameters/available_capitals")
    count = sum(map(len, names))
    if (len(names), len(values), len(costs), len(capital)) != (len(investments), count, count * years, years):
        raise ValueError(f"the numbers of {path.name} do not fit its sets")
    options: dict[str, tuple[Option, ...]] = {}
    position = 0
    for investment, mine in zip(investments, names, strict=True):
        made = []
        for name in mine:
            made.append(Option(name, values[position], tuple(costs[position * years : (position + 1) * years])))
            position += 1
        options[investment] = tuple(made)
    must = set(_words(root, "Settings/mandatory"))
    if root.findtext("Settings/nonSelection", "").strip() == "True":
        must |= {investment for investment, mine in options.items() if all(one.name != NOTHING for one in mine)}
    return Budgeting(tuple(capital), options, frozenset(must))


def instance_of(budgeting: Budgeting, name: str) -> dict[str, Any]:
    """The same choice as an instance."""
    partnerships, rules = [], []
    for number, (investment, options) in enumerate(budgeting.options.items()):
        real = [option for option in options if option.name != NOTHING]
        states = {_state(option): _flows(option) for option in real}
        partnerships.append(
            {
                "id": f"investment_{number}",
                "name": investment,
                "states": states,
                "actions": [
                    {
                        "id": f"take_{_state(option)}",
                        "kind": "form",
                        "from": "none",
                        "to": _state(option),
                        "window": [FIRST_YEAR, FIRST_YEAR],
                    }
                    for option in real
                ],
            }
        )
        if investment in budgeting.mandatory:
            rule = {"id": f"must_{number}", "partnership": f"investment_{number}", "states": list(states)}
            rules.append({**rule, "must": "always"})
    return {
        "format": "portfolioopt-instance/1",
        "name": name,
        "horizon": {"first_year": FIRST_YEAR, "years": len(budgeting.capital)},
        "discount_rate": 0,
        "partnerships": partnerships,
        "capital": {"budget": [float(amount) for amount in budgeting.capital], "carry_over": 0, "recycle": 0},
        "rules": rules,
    }


def _flows(option: Option) -> dict[str, Any]:
    """A value is a benefit, or a cost where even with the capital it spends it is below zero."""
    earned = option.value + sum(option.costs)
    kind = "benefit" if earned >= 0 else "cost"
    flows: dict[str, Any] = {"capital": [float(cost) for cost in option.costs]}
    flows[kind] = [float(abs(earned)), 0]
    return flows


def _state(option: Option) -> str:
    return f"option_{option.name.lower()}"


def _words(root: ElementTree.Element, path: str) -> list[str]:
    return _split(root.findtext(path, ""))


def _split(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def _numbers(root: ElementTree.Element, path: str) -> list[Decimal]:
    return [Decimal(word) for word in _words(root, path)]
