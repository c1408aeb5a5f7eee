"""`compare`: any number of results side by side, the first of them the reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from portfolioopt.comparison import rows
from portfolioopt.comparison.decisions import DecisionChange, decision_changes
from portfolioopt.comparison.rows import Row
from portfolioopt.result import Result
from portfolioopt.result.tables import Table

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("outcomes", "scenarios", "decisions", "money", "worth", "limits", "hiring")


@dataclass(frozen=True)
class Comparison:
    """Several results, each under a name. Values are exact fractions; `frame` gives floats."""

    names: tuple[str, ...]
    results: tuple[Result, ...]

    @cached_property
    def outcomes(self) -> tuple[Row, ...]:
        """Expected NPV, worst scenario, risk measure, penalties, price of changes, objective, doing nothing."""
        return rows.outcomes(self.results)

    @cached_property
    def scenarios(self) -> tuple[Row, ...]:
        """NPV by scenario."""
        return rows.scenarios(self.results)

    @cached_property
    def decisions(self) -> tuple[Row, ...]:
        """By partnership and action: the years of decision, each with its scenarios."""
        return rows.decisions(self.results)

    @cached_property
    def money(self) -> tuple[Row, ...]:
        """Expected discounted money by line."""
        return rows.money(self.results)

    @cached_property
    def worth(self) -> tuple[Row, ...]:
        """Expected NPV by partnership, and of all together."""
        return rows.worth(self.results)

    @cached_property
    def limits(self) -> tuple[Row, ...]:
        """By id and sense: how far each limit is used."""
        return rows.limits(self.results)

    @cached_property
    def hiring(self) -> tuple[Row, ...]:
        """By skill: expected engineer-years hired."""
        return rows.hiring(self.results)

    def changes(self, number: int = 1) -> tuple[DecisionChange, ...]:
        """Decisions that the result of that number adds, drops or shifts against the first."""
        return decision_changes(self.results[0], self.results[number])

    def frame(self, table: str) -> "pd.DataFrame":
        """One of the tables, tidy: a row for each fact and run; floats for numbers."""
        names, own = KEYS[table], getattr(self, table)
        found = [
            (*row.name, name, number)
            for row in own
            for name, value in zip(self.names, row.values, strict=True)
            for number in _cells(table, value)
        ]
        flat = [(*row[:-1], *row[-1]) for row in found]
        return Table((*names, "run", *VALUES[table]), tuple(flat)).frame()


KEYS = {
    "outcomes": ("figure",),
    "scenarios": ("scenario",),
    "decisions": ("partnership", "action"),
    "money": ("line",),
    "worth": ("partnership",),
    "limits": ("id", "sense"),
    "hiring": ("skill",),
}
VALUES = {
    "outcomes": ("value",),
    "scenarios": ("npv",),
    "decisions": ("year", "scenario"),
    "money": ("expected",),
    "worth": ("expected_npv",),
    "limits": ("share", "binding_years", "excess"),
    "hiring": ("engineer_years",),
}


def compare(results: Mapping[str, Result] | Sequence[Result]) -> Comparison:
    """Results side by side, by name; without names: that of their instance and model. Raises ValueError for none."""
    if isinstance(results, Mapping):
        names, own = tuple(results), tuple(results.values())
    else:
        own = tuple(results)
        names = _told_apart([f"{result.instance_name} {result.model_name}" for result in own])
    if not own:
        raise ValueError("there is nothing to compare")
    return Comparison(names, own)


def _told_apart(names: list[str]) -> tuple[str, ...]:
    """The names, those that are there twice with a number."""
    return tuple(
        name if names.count(name) == 1 else f"{name} {names[: position + 1].count(name)}"
        for position, name in enumerate(names)
    )


def _cells(table: str, value: Any) -> list[tuple[Any, ...]]:
    """The values of one fact of one run, as columns; several rows for a decision, none where nothing is known."""
    if value is None:
        return []
    if table == "decisions":
        return [(year, scenario) for year, own in value for scenario in own]
    if table == "limits":
        share = None if value.share is None else float(value.share)
        return [(share, ", ".join(map(str, value.binding)), float(value.excess))]
    return [(float(value),)]
