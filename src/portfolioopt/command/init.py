"""`portfolioopt init`: a first instance to edit."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from portfolioopt.command.exporting import refuse_to_mix, refuse_to_replace
from portfolioopt.command.talk import talk

STARTER = Path(__file__).parents[1] / "starter"


def init_command(
    folder: Annotated[Path, typer.Argument(help="Folder to put it in; made if there is none.")],
    to: Annotated[
        Literal["yaml", "xlsx", "csv"], typer.Option("--to", help="As a YAML file, a workbook, or a folder of CSV.")
    ] = "yaml",
) -> None:
    """Start from a small instance: copy it into a folder and edit it."""
    if to != "yaml":
        _tables(folder, to)
        return
    names = sorted(path.name for path in STARTER.iterdir() if path.is_file())
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        raise typer.BadParameter(f"{folder} already holds {', '.join(taken)}, which is not overwritten")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            with (folder / name).open("xb") as file:
                file.write((STARTER / name).read_bytes())
    except OSError as error:
        raise typer.BadParameter(f"{folder} cannot be written: {error.strerror or error}") from None
    talk(f"wrote {', '.join(names)} to {folder}")
    talk(f"next: portfolioopt validate {folder}")


def _tables(folder: Path, to: str) -> None:
    """The same instance as a workbook or as tables."""
    from portfolioopt.exchange.csv_folder import PACKAGE, write_tables
    from portfolioopt.exchange.workbook.writing import write_workbook
    from portfolioopt.language.reading import read_instance

    target = folder / ("instance.xlsx" if to == "xlsx" else "tables")
    if to == "xlsx":
        refuse_to_replace(target, force=False)
    else:
        refuse_to_mix(target, PACKAGE, force=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise typer.BadParameter(f"{folder} cannot be written: {error.strerror or error}") from None
    (write_workbook if to == "xlsx" else write_tables)(read_instance(STARTER), target)
    talk(f"wrote {target}")
    talk(f"next: edit it, then portfolioopt import {target} -o {folder / 'instance.yaml'}")
