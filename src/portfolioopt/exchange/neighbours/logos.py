"""Capital-budgeting cases of LOGOS (Idaho National Laboratory) as instances.

An investment becomes a partnership with a state for each option, formed in the first year. With a budget of one
resource an option draws its costs from the capital budget, of which nothing carries over; its benefit is its net
present value plus the capital that it draws, so that the money it earns is its net present value. Several resources,
or several units that an investment may be assigned to, become skills instead, and the benefit is the net present value.

`DoNothing` is staying unformed. An investment without it (where `nonSelection` is set), or one named mandatory, must
take an option. What a file asks beyond that (uncertainties, further constraints) is refused, not left out.
"""

import re
from collections.abc import Callable, Iterable
from decimal import localcontext
from pathlib import Path
from typing import Any

from portfolioopt.errors import InvalidInput, InvalidInstance
from portfolioopt.exchange.gathering.placing import Imported
from portfolioopt.exchange.neighbours.logos_reading import Budgeting, Option, read_budgeting
from portfolioopt.language.instance import Instance

FIRST_YEAR = 2026
"""The first year, where the periods are not named by calendar years."""


def read_logos(path: Path) -> Imported:
    """The case in a file. Raises `InvalidInstance` with the line of what is wrong."""
    try:
        budgeting = read_budgeting(path)
    except InvalidInput as invalid:
        raise InvalidInstance(invalid.faults) from None
    return Imported(Instance.model_validate(instance_of(budgeting, path.stem)))


def instance_of(budgeting: Budgeting, name: str) -> dict[str, Any]:
    """The same choice as an instance."""
    names = _distinct(budgeting.options, lambda text: f"investment_{text}" if not text[:1].isalpha() else text)
    partnerships, rules = [], []
    for investment, options in budgeting.options.items():
        states = _distinct([option.name for option in options], lambda text: f"option_{text}")
        flows = {states[option.name]: _flows(option, budgeting) for option in options if not option.is_nothing}
        partnerships.append(
            {
                "id": names[investment],
                "name": investment,
                "states": flows,
                "actions": [
                    {
                        "id": f"take_{state}",
                        "kind": "form",
                        "from": "none",
                        "to": state,
                        "window": [_first(budgeting)] * 2,
                    }
                    for state in flows
                ],
            }
        )
        if investment in budgeting.must:
            allowed = [states[option] for option in budgeting.must[investment]]
            rule = {"id": f"must_{names[investment]}", "partnership": names[investment], "states": allowed}
            rules.append({**rule, "must": "always", "reason": "Mandatory"})
    instance: dict[str, Any] = {
        "format": "portfolioopt-instance/1",
        "name": name,
        "description": "Capital budgeting: which investments, in which option, within what is available.",
        "horizon": {"first_year": _first(budgeting), "years": len(budgeting.periods)},
        "discount_rate": 0,
        "partnerships": partnerships,
    }
    if _of_capital(budgeting):
        instance["capital"] = {"budget": list(budgeting.available[0]), "carry_over": 0, "recycle": 0}
    else:
        labels = _distinct(budgeting.resources, lambda text: f"resource_{text}" if not text[:1].isalpha() else text)
        instance["skills"] = {
            labels[resource]: {"capacity": list(row)}
            for resource, row in zip(budgeting.resources, budgeting.available, strict=True)
        }
    return instance | ({"rules": rules} if rules else {})


def _first(budgeting: Budgeting) -> int:
    """The first calendar year: the periods' own, where they are years in a row."""
    years = [int(period) if re.fullmatch(r"(?:19|20)\d\d", period) else 0 for period in budgeting.periods]
    return years[0] if years[0] and years == list(range(years[0], years[0] + len(years))) else FIRST_YEAR


def _of_capital(budgeting: Budgeting) -> bool:
    return len(budgeting.resources) == 1 and not budgeting.units


def _flows(option: Option, budgeting: Budgeting) -> dict[str, Any]:
    if _of_capital(budgeting):
        with localcontext(prec=60):
            earned = sum(option.costs[0], option.value)
        return {"benefit": [earned, 0], "capital": list(option.costs[0])}
    labels = _distinct(budgeting.resources, lambda text: f"resource_{text}" if not text[:1].isalpha() else text)
    effort = {labels[name]: list(row) for name, row in zip(budgeting.resources, option.costs, strict=True) if any(row)}
    return {"benefit": [option.value, 0], **({"effort": effort} if effort else {})}


def _distinct(names: Iterable[str], begun: Callable[[str], str]) -> dict[str, str]:
    """An id for each name: its letters and digits in lower case; where two are alike, with a number."""
    found: dict[str, str] = {}
    for name in names:
        base = begun(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:80] or "unnamed")
        text, count = base, 1
        while text in found.values() or text in ("none", "exited"):
            count += 1
            text = f"{base}_{count}"
        found[name] = text
    return found
