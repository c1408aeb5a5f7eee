"""`portfolioopt compare`: runs, cases and instances side by side."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolioopt.command.edits import ModelOption
from portfolioopt.command.exits import INTERRUPTED
from portfolioopt.command.solve import (
    AllOption,
    GapOption,
    NoVerifyOption,
    QuietOption,
    SeedOption,
    ThreadsOption,
    TimeLimitOption,
    WorkLimitOption,
    solver_options,
    watched,
)
from portfolioopt.command.talk import data, talk

if TYPE_CHECKING:
    from portfolioopt.command.compared import Compared


def compare_command(
    items: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN|INSTANCE|FILE[:NAME]",
            help="Saved runs, instances, case files (all of their cases, their base first) or single cases.",
        ),
    ],
    model: ModelOption = None,
    gap: GapOption = None,
    time_limit: TimeLimitOption = None,
    work_limit: WorkLimitOption = None,
    threads: ThreadsOption = None,
    seed: SeedOption = None,
    no_verify: NoVerifyOption = False,
    steps: Annotated[
        bool, typer.Option("--bridge", help="Say why value moved from the first to the others, step by step.")
    ] = False,
    every: AllOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print comparison and bridges as JSON.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Show runs, cases or instances side by side, the first as the reference; what is no saved run is solved."""
    from portfolioopt.command.compared import bridges, named, solved
    from portfolioopt.comparison import compare
    from portfolioopt.solving import Session

    found: list[Compared] = named(items, model)
    if len(found) < 2:
        raise typer.BadParameter("name two or more to compare", param_hint="ITEMS")
    options = solver_options(gap, time_limit, work_limit, threads, seed, no_verify=no_verify)
    session = Session()
    try:
        with watched(wanted=not quiet) as progress:
            results = solved(found, session, options | {"progress": progress})
            ways = bridges(found, results, session, options | {"progress": progress}) if steps else {}
    except KeyboardInterrupt:
        talk("portfolioopt: interrupted before all were solved")
        raise typer.Exit(INTERRUPTED) from None
    comparison = compare(results)
    if as_json:
        from portfolioopt.comparison.writing import bridge_plain, comparison_plain

        plain: dict[str, Any] = {
            **comparison_plain(comparison),
            "bridges": [{"run": name, **(bridge_plain(way) or {})} for name, way in ways.items()],
        }
        data(json.dumps(plain, indent=1, ensure_ascii=False))
    elif not quiet:
        from portfolioopt.command.versus import show_comparison

        show_comparison(comparison, ways, every=every)
    sys.stdout.flush()
