"""`portfolioopt show`: the report of a saved run, again."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer


def show_command(
    run: Annotated[Path, typer.Argument(help="Run folder, as solve or a study saves it.")],
) -> None:
    """Show the report of a saved run or study."""
    from portfolioopt.errors import Fault, InvalidInput
    from portfolioopt.runs import STUDY_FORMAT, TO_MAKE_ONE, format_of, is_run, is_there, read_run

    if format_of(run) == STUDY_FORMAT:
        from portfolioopt.command.study import show_answer
        from portfolioopt.studies.saving import read_study

        show_answer(read_study(run))
        return
    if not is_run(run):
        message = "is not a run folder" if is_there(run) else "there is no such folder"
        raise InvalidInput([Fault((), message, TO_MAKE_ONE, file=str(run))])
    try:
        result = read_run(run)
    except InvalidInput as invalid:
        raise InvalidInput(
            replace(fault, hint="solve again", file=fault.file or str(run)) for fault in invalid.faults
        ) from None
    from portfolioopt.command.show import show_result

    show_result(result)
