"""`portfolioopt show`: the report of a saved run, again."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer


def show_command(
    run: Annotated[Path, typer.Argument(help="Run folder, as solve saves it.")],
) -> None:
    """Show the report of a saved run."""
    from portfolioopt.command.show import show_result
    from portfolioopt.errors import Fault, InvalidInput
    from portfolioopt.runs import is_run, read_run

    hint = "a run is a folder that solve has saved, by default under runs/"
    if not is_run(run):
        raise InvalidInput([Fault((), "is not a run folder", hint=hint, file=str(run))])
    try:
        result = read_run(run)
    except InvalidInput as invalid:
        raise InvalidInput(
            replace(fault, hint="solve again", file=fault.file or str(run)) for fault in invalid.faults
        ) from None
    show_result(result)
