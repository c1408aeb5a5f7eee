"""The capital budget: money a year, what of it may be carried over, and what of proceeds may be spent again."""

from decimal import Decimal

from pydantic import Field

from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.values import Coefficients, Record, Series, Share


class BudgetSensitivity(Record):
    """How the budget varies with drivers."""

    budget: Coefficients = Field(default_factory=dict)


class Capital(Record):
    """left(y) = budget(y) + carry_over·left(y−1) + recycle·proceeds(y) − capital(y) ≥ 0 in every scenario."""

    budget: Series
    carry_over: Share = Decimal(0)
    recycle: Share = Decimal(0)
    sensitivity: BudgetSensitivity = Field(default_factory=BudgetSensitivity)


def ids(_capital: Capital | None) -> list[tuple[Path, str]]:
    """The budget is named by its family."""
    return []


def check(checker: Checker, capital: Capital | None) -> None:
    """Tells what does not fit together."""
    if capital is None:
        return
    checker.series(("capital", "budget"), capital.budget)
    checker.coefficients(("capital", "sensitivity", "budget"), capital.sensitivity.budget)
