"""Money over the years, scenario by scenario: cumulative cash, its spread, and what value is made of. All exact."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from portfolioopt.audit.findings import MONEY_LINES, Audit
from portfolioopt.result.lookup import Lookup

TERMINAL = "terminal"


def cumulative_cash(audit: Audit, scenarios: Sequence[str], years: Sequence[int]) -> dict[str, list[Fraction]]:
    """By scenario, what has come in less what has gone out by the end of each year; undiscounted, without terminal
    values."""
    by_year: dict[tuple[str, int], Fraction] = {}
    for entry in audit.money:
        if entry.line != TERMINAL:
            moment = entry.scenario, entry.year
            by_year[moment] = by_year.get(moment, Fraction(0)) + entry.amount
    return {name: list(accumulate(by_year.get((name, year), Fraction(0)) for year in years)) for name in scenarios}


def expected_path(paths: Mapping[str, Sequence[Fraction]], probability: Mapping[str, Fraction]) -> list[Fraction]:
    """The mean of paths by probability."""
    return [
        sum((probability[name] * value for name, value in zip(paths, values, strict=True)), Fraction(0))
        for values in zip(*paths.values(), strict=True)
    ]


def quantile(values: Mapping[str, Fraction], probability: Mapping[str, Fraction], share: Fraction) -> Fraction:
    """The least of the values that is reached with at least that probability: one of the values, nothing between."""
    total = Fraction(0)
    order = sorted((value, name) for name, value in values.items())
    for value, name in order:
        total += probability[name]
        if total >= share:
            return value
    return order[-1][0]


def value_by_line(lookup: Lookup) -> dict[str, Fraction]:
    """Expected discounted money of each line; together the expected NPV."""
    found = dict.fromkeys(MONEY_LINES, Fraction(0))
    for entry in lookup.audit.money:
        found[entry.line] += lookup.probability[entry.scenario] * entry.discounted
    return {line: value for line, value in found.items() if value}
