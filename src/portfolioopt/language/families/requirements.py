"""Requirements: a capability that must be provided, or whose shortfall costs money."""

from portfolioopt.language.checking import Checker, Path, carried, did_you_mean
from portfolioopt.language.values import AmountSeries, Label, Record


class Requirement(Record):
    """Σ provided ≥ at_least; with `shortfall_cost` each missing unit costs that much a year instead."""

    id: Label
    capability: Label
    at_least: AmountSeries
    shortfall_cost: AmountSeries | None = None


def ids(requirements: tuple[Requirement, ...]) -> list[tuple[Path, str]]:
    """Where each limit is named, and its name."""
    return [(("requirements", position, "id"), requirement.id) for position, requirement in enumerate(requirements)]


def check(checker: Checker, requirements: tuple[Requirement, ...]) -> None:
    """Tells what does not fit together."""
    capabilities = set(carried(checker.instance, "provides"))
    for position, requirement in enumerate(requirements):
        path: Path = ("requirements", position)
        checker.series((*path, "at_least"), requirement.at_least)
        checker.series((*path, "shortfall_cost"), requirement.shortfall_cost)
        if requirement.capability not in capabilities:
            checker.warn(
                (*path, "capability"),
                f"no partnership provides {requirement.capability}",
                did_you_mean(requirement.capability, capabilities),
            )
