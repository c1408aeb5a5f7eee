"""`portfolioopt import`: an instance from a workbook, a folder of CSV, or the file of a neighbouring tool."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from portfolioopt.command.exits import INVALID
from portfolioopt.command.exporting import refuse_to_replace
from portfolioopt.command.talk import data, talk
from portfolioopt.command.talk import faults as tell

if TYPE_CHECKING:
    from portfolioopt.errors import Fault
    from portfolioopt.exchange.gathering.placing import Imported

Kind = Literal["xlsx", "csv", "logos", "mmkp"]
SUFFIXES: dict[str, Kind] = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xml": "logos"}


def import_command(
    source: Annotated[Path, typer.Argument(help="Workbook, folder of CSV, LOGOS file (XML) or MMKP file (text).")],
    kind: Annotated[Kind | None, typer.Option("--from", help="What it is; told from its name if not given.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Instance file to write; printed if not given.")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--number", min=1, help="Which problem of an MMKP file that holds several.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace the file that is there.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print valid, faults and warnings as JSON, not the instance.")
    ] = False,
) -> None:
    """Read an instance from a workbook, CSV, LOGOS or MMKP file and write it as YAML.

    Exit codes: 0 imported, 3 input that cannot be used; what is wrong is named by sheet and cell, or by line.
    """
    from portfolioopt.errors import InvalidInput
    from portfolioopt.language.writing import to_yaml

    kind = kind or _told_by_name(source)
    if number is not None and kind != "mmkp":
        raise typer.BadParameter("--number is for MMKP files")
    target = None if out is None else out / "instance.yaml" if out.is_dir() else out
    if target is not None:
        refuse_to_replace(target, force)
    try:
        found = _read(source, kind, number)
    except InvalidInput as invalid:
        if as_json:
            data(_json(invalid.faults, (), None))
        else:
            tell(invalid.faults)
        raise typer.Exit(INVALID) from None
    if target is not None:
        _write(target, to_yaml(found.instance))
    if as_json:
        data(_json((), found.warnings, target))
    else:
        tell(found.warnings, "warning: ")
        if target is None:
            data(to_yaml(found.instance).removesuffix("\n"))
    if target is not None:
        talk(f"wrote {target}")
        talk(f"next: portfolioopt validate {target}")


def _told_by_name(source: Path) -> Kind:
    if source.is_dir() or source.name == "datapackage.json":
        return "csv"
    if source.suffix.lower() in SUFFIXES:
        return SUFFIXES[source.suffix.lower()]
    raise typer.BadParameter(f"say what {source} is: --from xlsx, csv, logos or mmkp")


def _read(source: Path, kind: Kind, number: int | None) -> "Imported":
    match kind:
        case "xlsx":
            from portfolioopt.exchange.workbook.reading import read_workbook

            return read_workbook(source)
        case "csv":
            from portfolioopt.exchange.csv_folder import read_tables

            return read_tables(source)
        case "logos":
            from portfolioopt.exchange.neighbours.logos import read_logos

            return read_logos(source)
        case "mmkp":
            from portfolioopt.exchange.neighbours.mmkp import read_mmkp

            return read_mmkp(source, number)


def _write(target: Path, text: str) -> None:
    from portfolioopt.exchange.saving import new_file

    with new_file(target) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


def _json(faults: "tuple[Fault, ...]", warnings: "tuple[Fault, ...]", written: Path | None) -> str:
    report = {
        "valid": not faults,
        "faults": [_plain(fault) for fault in faults],
        "warnings": [_plain(fault) for fault in warnings],
        "written": None if written is None else str(written),
    }
    return json.dumps(report, indent=1, ensure_ascii=False)


def _plain(fault: "Fault") -> dict[str, Any]:
    return {
        "file": fault.file,
        "cell": fault.cell,
        "line": fault.line,
        "column": fault.column,
        "key": fault.key,
        "message": fault.message,
        "hint": fault.hint,
    }
