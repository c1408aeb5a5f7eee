"""A result as a strategist wants to read it: value first, then the road map, the money, what binds, and the proof."""

from collections.abc import Iterable

from rich.console import Console, RenderableType

from portfolioopt.command.show.capital import capital
from portfolioopt.command.show.closing import checks, next_step
from portfolioopt.command.show.decisions import branches, this_year
from portfolioopt.command.show.headline import headline, title
from portfolioopt.command.show.layout import print_report, report_console
from portfolioopt.command.show.limits import limits
from portfolioopt.command.show.lookup import Lookup
from portfolioopt.command.show.no_plan import no_plan
from portfolioopt.command.show.roadmap import roadmap
from portfolioopt.command.show.scenarios import scenarios
from portfolioopt.result import Result

__all__ = ["report_console", "show_result"]


def show_result(result: Result, console: Console | None = None) -> None:
    """Print the report of a result, from the result alone; to standard output unless a console is given."""
    console = console or report_console()
    print_report(report(result, console), console)


def report(result: Result, console: Console) -> Iterable[RenderableType]:
    """The sections, in reading order."""
    yield title(result)
    if result.audit is None or result.plan is None:
        yield from no_plan(result)
        return
    lookup = Lookup(result, result.audit, result.plan)
    yield from headline(lookup)
    yield from roadmap(lookup, console)
    yield from branches(lookup)
    yield from this_year(lookup)
    yield from capital(lookup)
    yield from limits(lookup, console)
    yield from scenarios(lookup)
    yield from checks(lookup)
    yield from next_step(result)
