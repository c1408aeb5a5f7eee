"""`portfolioopt export`: an instance as a workbook or a folder of CSV, a run as a workbook of results."""

import json
import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from portfolioopt.command.talk import data, talk


def export_command(
    source: Annotated[Path, typer.Argument(help="Instance file or folder, or run folder.")],
    to: Annotated[
        Literal["xlsx", "csv"], typer.Option("--to", help="A workbook, or a folder of CSV with datapackage.json.")
    ] = "xlsx",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="PATH", help="Where to; named after the source if not given.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change the instance first; may repeat.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace what is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write an instance as a workbook to edit (or as CSV), or a run as a workbook of results."""
    from portfolioopt.runs import is_run

    of_run = is_run(source)
    if of_run and to == "csv":
        raise typer.BadParameter(f"the tables of a run are CSV already: {source / 'tables'}")
    if of_run and settings:
        raise typer.BadParameter("a run is exported as it is; --set changes instances")
    target = _run(source, out, force) if of_run else _instance(source, to, out, settings or [], force)
    if as_json:
        data(json.dumps({"written": str(target), "of": "run" if of_run else "instance"}))
    talk(f"wrote {target}")
    if not of_run:
        talk("comments of the file are not in it; all else comes back as it was")
        talk(f"after editing: portfolioopt import {target} -o instance.yaml")


def _instance(source: Path, to: str, out: Path | None, settings: list[str], force: bool) -> Path:
    from portfolioopt.language.reading import read_instance

    instance = read_instance(source, settings)
    target = out or Path(_file_name(instance.name) + (".xlsx" if to == "xlsx" else ""))
    if to == "xlsx":
        from portfolioopt.exchange.workbook.writing import write_workbook

        refuse_to_replace(target, force)
        write_workbook(instance, target)
    else:
        from portfolioopt.exchange.csv_folder import PACKAGE, write_tables

        refuse_to_mix(target, PACKAGE, force)
        write_tables(instance, target)
    return target


def _run(source: Path, out: Path | None, force: bool) -> Path:
    from portfolioopt.exchange.results.book import write_results
    from portfolioopt.runs import read_run

    target = out or Path(f"{source.resolve().name}.xlsx")
    refuse_to_replace(target, force)
    write_results(read_run(source), target)
    return target


def refuse_to_replace(target: Path, force: bool) -> None:
    """A file that is there is replaced only if that is asked for; a folder never."""
    if target.is_dir():
        raise typer.BadParameter(f"{target} is a folder, not a file")
    if target.exists() and not force:
        raise typer.BadParameter(f"{target} is there already; --force replaces it")


def refuse_to_mix(target: Path, mark: str, force: bool) -> None:
    """A folder that is there must be empty, or one of ours that is to be replaced."""
    if target.exists() and not target.is_dir():
        raise typer.BadParameter(f"{target} is a file, not a folder")
    if not target.exists() or not any(target.iterdir()):
        return
    if not (target / mark).exists():
        raise typer.BadParameter(f"{target} holds other files and no {mark}; choose a new folder")
    if not force:
        raise typer.BadParameter(f"{target} holds tables already; --force replaces them")


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80] or "instance"
