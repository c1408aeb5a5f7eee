"""Volume pools: the total provided of a capability earns a benefit a year along a curve of any shape."""

from portfolioopt.language.checking import Checker, Path, carried, did_you_mean
from portfolioopt.language.values import Curve, Label, Record


class Pool(Record):
    """Benefit a year = curve(Σ provided); beyond the last point the last value."""

    id: Label
    capability: Label
    curve: Curve


def ids(pools: tuple[Pool, ...]) -> list[tuple[Path, str]]:
    """Where each limit is named, and its name."""
    return [(("pools", position, "id"), pool.id) for position, pool in enumerate(pools)]


def check(checker: Checker, pools: tuple[Pool, ...]) -> None:
    """Tells what does not fit together."""
    capabilities = set(carried(checker.instance, "provides"))
    for position, pool in enumerate(pools):
        checker.curve(("pools", position, "curve"), pool.curve)
        if pool.capability not in capabilities:
            checker.warn(
                ("pools", position, "capability"),
                f"no partnership provides {pool.capability}",
                did_you_mean(pool.capability, capabilities),
            )
