"""Years along a chart: which of them are written, and how, so that they do not run into each other."""

from collections.abc import Sequence

from portfolioopt.report.charts.lettering import SMALL, width_of

GAP = 6
"""Pixels between two years, at least."""


def year_labels(years: Sequence[int], step: float) -> dict[int, str]:
    """By position, what is written: 2026 where there is room, else '26, else every second, fifth, tenth year."""
    for shape, every in (("{:04d}", 1), ("'{:02d}", 1), ("'{:02d}", 2), ("'{:02d}", 5), ("'{:02d}", 10)):
        texts = {
            position: shape.format(year if "04" in shape else year % 100)
            for position, year in enumerate(years)
            if position % every == 0
        }
        if width_of(next(iter(texts.values())), SMALL) + GAP <= step * every:
            break
    return texts
