"""`portfolioopt init`: a first instance to edit."""

from pathlib import Path
from typing import Annotated

import typer

from portfolioopt.command.talk import talk

STARTER = Path(__file__).parents[1] / "starter"


def init_command(
    folder: Annotated[Path, typer.Argument(help="Folder to put it in; made if there is none.")],
) -> None:
    """Start from a small instance: copy it into a folder and edit it."""
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
