"""`portfolioopt hedge`: the same question as `solve`, taken apart by scenario and shared between processes."""

import sys
from typing import Annotated

import typer

from portfolioopt.command.edits import (
    CaseOption,
    ForbidOption,
    ForceOption,
    IgnoreOption,
    InstanceArgument,
    ModelOption,
    SetOption,
    edited_source,
    edits,
    tell_differences,
)
from portfolioopt.command.exits import USAGE
from portfolioopt.command.solve import (
    GapOption,
    NoVerifyOption,
    OutOption,
    QuietOption,
    SeedOption,
    ThreadsOption,
    TimeLimitOption,
    exit_code,
    tell_result,
    watched,
)
from portfolioopt.command.talk import talk


def hedge_command(
    instance: InstanceArgument = None,
    model: ModelOption = None,
    case: CaseOption = None,
    settings: SetOption = None,
    forced: ForceOption = None,
    forbidden: ForbidOption = None,
    ignored: IgnoreOption = None,
    gap: GapOption = None,
    time_limit: TimeLimitOption = None,
    iterations: Annotated[int | None, typer.Option(min=1, help="Most rounds of hedging.")] = None,
    rho: Annotated[
        float, typer.Option(min=1e-6, help="How hard scenarios are drawn together; 1 is what is at stake suggests.")
    ] = 1.0,
    threads: ThreadsOption = None,
    seed: SeedOption = None,
    no_verify: NoVerifyOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON instead of the report.")] = False,
    out: OutOption = None,
    quiet: QuietOption = False,
) -> None:
    """Find a plan scenario by scenario, on many processes: mpiexec -n 3 portfolioopt hedge INSTANCE.

    For scenario sets that outgrow a machine; otherwise `solve` is faster and proves more. Takes 3 processes or a
    multiple of that; the first shows the result and saves the run. Exit codes are those of `solve`.
    """
    from portfolioopt.errors import EngineFault, WrongProcesses
    from portfolioopt.hedging.hedge import ITERATIONS, hedge
    from portfolioopt.hedging.ranks import join
    from portfolioopt.runs import refuse_unusable, write_run

    try:
        ranks = join()
    except WrongProcesses as error:
        if error.process:  # the first speaks for all
            raise typer.Exit(USAGE) from None
        raise
    if not ranks.first:
        hedge(None)
        return
    with ranks.together():
        refuse_unusable(out)
        source = edited_source(instance, model, edits(case, settings, forced, forbidden, ignored))
        if not quiet:
            tell_differences(source)
        for warning in source.warnings():
            talk(f"warning: {warning}")
        facts, choices = source.instance, source.model
    with watched(wanted=not quiet) as progress:
        result = hedge(
            facts,
            choices,
            gap=gap,
            time_limit=time_limit,
            iterations=iterations or ITERATIONS,
            rho=rho,
            threads=threads,
            seed=seed,
            verify=not no_verify,
            progress=progress,
        )
    if result is None:
        raise EngineFault("the first process has no result")
    try:
        folder = write_run(result, facts, choices, out, command=sys.argv)
    finally:
        tell_result(result, as_json=as_json, quiet=quiet)
    talk(f"run saved in {folder}")
    raise typer.Exit(exit_code(result))
