"""`portfolioopt show`: the report of a saved run or study, again."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer


def show_command(
    run: Annotated[Path, typer.Argument(help="Run folder, as solve or a study saves it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result or answer as JSON.")] = False,
) -> None:
    """Show the report of a saved run or study."""
    show_saved(run, as_json=as_json)


def show_saved(run: Path, *, as_json: bool) -> None:
    """Prints the report of a saved run or study, or what it holds as JSON. Raises `InvalidInput`."""
    from portfolioopt.errors import Fault, InvalidInput
    from portfolioopt.runs import STUDY_FORMAT, TO_MAKE_ONE, format_of, is_run, is_there, read_run

    if format_of(run) == STUDY_FORMAT:
        from portfolioopt.command.study import show_answer
        from portfolioopt.studies.answer import to_json
        from portfolioopt.studies.saving import read_study

        answer = read_study(run)
        if as_json:
            sys.stdout.write(to_json(answer))
        else:
            show_answer(answer)
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
    if as_json:
        sys.stdout.write(result.to_json())
        return
    from portfolioopt.command.show import show_result

    show_result(result)
