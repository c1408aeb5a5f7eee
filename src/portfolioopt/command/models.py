"""`portfolioopt models`: the models that come with portfolioopt."""

import json
from pathlib import Path
from typing import Annotated

import typer

from portfolioopt.command.talk import data


def models_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print names, files and what they are for as JSON.")] = False,
) -> None:
    """List the models that come with portfolioopt."""
    from portfolioopt.language.reading import read_model, shipped_models

    said = {
        name: (path, read_model(name).description.partition("\n")[0] or _first_comment(path))
        for name, path in shipped_models().items()
    }
    if as_json:
        listed = [{"name": name, "file": str(path), "asks": asks} for name, (path, asks) in said.items()]
        data(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    from portfolioopt.command.show.layout import facts, print_report, report_console

    print_report([facts(((name, asks) for name, (_, asks) in said.items()), indent=0)], report_console())


def _first_comment(path: Path) -> str:
    """What a model's file says it is for, in its first line."""
    with path.open(encoding="utf-8") as file:
        first = file.readline().strip()
    return first.removeprefix("#").strip() if first.startswith("#") else ""
