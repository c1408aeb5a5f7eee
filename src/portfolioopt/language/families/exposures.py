"""Exposures: the amount at risk under a tag, absolute or as a share of other tags."""

from portfolioopt.language.checking import Checker, Path, carried, did_you_mean
from portfolioopt.language.values import AmountSeries, Label, Labels, Record


class Exposure(Record):
    """Σ tag ≤ at_most, or Σ tag ≤ at_most_share · Σ of."""

    id: Label
    tag: Label
    at_most: AmountSeries | None = None
    at_most_share: AmountSeries | None = None
    of: Labels | None = None


def ids(exposures: tuple[Exposure, ...]) -> list[tuple[Path, str]]:
    """Where each limit is named, and its name."""
    return [(("exposures", position, "id"), exposure.id) for position, exposure in enumerate(exposures)]


def check(checker: Checker, exposures: tuple[Exposure, ...]) -> None:
    """Tells what does not fit together."""
    tags = set(carried(checker.instance, "exposure"))
    for position, exposure in enumerate(exposures):
        path: Path = ("exposures", position)
        if (exposure.at_most is None) == (exposure.at_most_share is None):
            checker.fault(path, "an exposure limit has either at_most or at_most_share with of", "keep one of the two")
        if (exposure.at_most_share is None) != (exposure.of is None):
            checker.fault(path, "at_most_share and of belong together", "give the tags that the share is taken of")
        checker.series((*path, "at_most"), exposure.at_most)
        checker.series((*path, "at_most_share"), exposure.at_most_share)
        share = exposure.at_most_share
        if share is not None and any(value > 1 for value in (share if isinstance(share, tuple) else (share,))):
            checker.fault((*path, "at_most_share"), "a share must be from 0 to 1")
        checker.repeats((*path, "of"), exposure.of or (), "is added twice")
        for tag in (exposure.tag, *(exposure.of or ())):
            if tag not in tags:
                checker.warn(path, f"no partnership carries exposure to {tag}", did_you_mean(tag, tags))
