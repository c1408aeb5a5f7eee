"""The tables of a result: one row per fact, floats for numbers; as plain rows or as tidy pandas DataFrames."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from portfolioopt.audit.findings import Audit, Standing
from portfolioopt.plan import Decision

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows of plain values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def frame(self) -> "pd.DataFrame":
        """The table as a DataFrame."""
        import pandas as pd  # here, because a result must be quick to make and to show without it

        return pd.DataFrame(list(self.rows), columns=list(self.columns))


def actions_table(decisions: Iterable[Decision]) -> Table:
    """One row per decision and scenario."""
    return _table(decisions, "partnership", "action", "kind", "year", "scenario")


def states_table(standings: Iterable[Standing]) -> Table:
    """One row per partnership, year and scenario: where it stands."""
    return _table(standings, "partnership", "year", "scenario", "state", "phase", "years", "active")


def limits_table(audit: Audit | None) -> Table:
    """One row per limit, scenario and year; `price` is missing where the limit is hard."""
    columns = ("id", "family", "scenario", "year", "use", "limit", "headroom", "excess", "price", "sense")
    return _floats(_table(() if audit is None else audit.limits, *columns))


def money_table(audit: Audit | None) -> Table:
    """One row per scenario, year and line, paid amounts negative."""
    columns = ("scenario", "year", "line", "amount", "discounted")
    return _floats(_table(() if audit is None else audit.money, *columns))


def worth_table(audit: Audit | None) -> Table:
    """What each partnership earns itself, discounted, by scenario."""
    worth = {} if audit is None else audit.worth
    rows = tuple((name, scenario, float(npv)) for name, earned in worth.items() for scenario, npv in earned.items())
    return Table(("partnership", "scenario", "npv"), rows)


def _table(records: Iterable[Any], *columns: str) -> Table:
    return Table(columns, tuple(map(attrgetter(*columns), records)))


def _floats(table: Table) -> Table:
    """The same with floats for fractions."""
    rows = (tuple(float(value) if isinstance(value, Fraction) else value for value in row) for row in table.rows)
    return Table(table.columns, tuple(rows))
