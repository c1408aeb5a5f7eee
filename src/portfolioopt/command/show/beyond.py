"""What is paid to go beyond a limit: engineers hired, requirements missed, soft limits exceeded."""

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from portfolioopt.command.show.layout import bullet, paragraph
from portfolioopt.result import beyond
from portfolioopt.result.figures import figure
from portfolioopt.result.lookup import Lookup


def hiring(lookup: Lookup) -> Iterable[RenderableType]:
    """Engineers hired."""
    yield from map(paragraph, beyond.hired(lookup))


def shortfall(lookup: Lookup) -> Iterable[RenderableType]:
    """What missed requirements cost."""
    if said := beyond.shortfall(lookup):
        yield paragraph(said)


def exceeded(lookup: Lookup) -> Iterable[RenderableType]:
    """Soft limits that the plan exceeds."""
    found = list(beyond.exceeded(lookup))
    if found:
        yield bullet(f"Soft limits are exceeded, for {figure(lookup.audit.penalties, 1)} expected (not part of NPV):")
    for text in found:
        yield bullet(Text(text, style="yellow"), mark=">", indent=4)
