"""An instance as a folder of CSV files, one for each kind of thing, described by a datapackage.json; and back.

The tables are those of the workbook. The description is a tabular data package (Frictionless Data): types, choices and
references stand in it for other programs. Text that a spreadsheet would take for a formula has an apostrophe before
it, which is taken away when the files are read.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from portfolioopt.errors import Fault, InvalidInput, InvalidInstance
from portfolioopt.exchange.gathering.grids import Cell, Grid, Location, Spot
from portfolioopt.exchange.gathering.headers import HEADER
from portfolioopt.exchange.gathering.placing import Imported, imported
from portfolioopt.exchange.saving import new_file, unwritable
from portfolioopt.exchange.sheets.choices import choice_of
from portfolioopt.exchange.sheets.filling import Column, Filled, Value, filled
from portfolioopt.exchange.sheets.tables import SHEETS, Table
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.files import read_text
from portfolioopt.language.instance import Instance

PACKAGE = "datapackage.json"
LONGEST_CELL = 10_000_000
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
"""What a spreadsheet takes for a formula, with as many apostrophes as there are already."""
_ESCAPED = re.compile(r"'+[=+\-@＝＋－＠\t\r\n]")
_TYPES = {"number": "number", "whole": "integer", "truth": "boolean"}


def file_name(table: str) -> str:
    """The file of a table: StateFlows stands in state_flows.csv."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", table).lower() + ".csv"


FILES = {file_name(sheet.name): sheet.name for sheet in SHEETS}


def write_tables(instance: Instance, folder: Path) -> None:
    """Writes the files into a folder, the description last; other files in it stay. Raises `InvalidInput`."""
    sheets = filled(instance)
    texts = {file_name(sheet.table.name): _text(sheet) for sheet in sheets}
    texts[PACKAGE] = json.dumps(_package(instance, sheets), indent=1, ensure_ascii=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None
    for name, text in texts.items():
        with new_file(folder / name) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")


def _text(sheet: Filled) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.header for column in sheet.columns])
    writer.writerows([_written(value) for value in row] for row in sheet.rows)
    return text.getvalue()


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    return f"'{value}" if _FORMULA.match(value) else value


def _package(instance: Instance, sheets: Sequence[Filled]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9._-]+", "-", instance.name.lower()).strip("-") or "instance",
        "title": instance.name,
        "resources": [
            {
                "name": file_name(sheet.table.name).removesuffix(".csv"),
                "path": file_name(sheet.table.name),
                "profile": "tabular-data-resource",
                "description": sheet.table.sheet.about,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": _schema(sheet),
            }
            for sheet in sheets
        ],
    }


def _schema(sheet: Filled) -> dict[str, Any]:
    table = sheet.table
    schema: dict[str, Any] = {"fields": [_field(table, column) for column in sheet.columns], "missingValues": [""]}
    unique = [*table.sheet.keys, *([table.key] if table.key else [])]
    if table.owner and unique and not table.line_header:
        schema["primaryKey"] = unique
    references = list(_references(sheet))
    if references:
        schema["foreignKeys"] = references
    return schema


def _field(table: Table, column: Column) -> dict[str, Any]:
    leaf = None if column.part is None else column.part.leaf
    kind = "string"
    if column.role == "value" and table.spread != "value":
        kind = "number"
    elif leaf is not None and leaf.shape in ("one", "pair"):
        kind = _TYPES.get(leaf.element, "string")
    field: dict[str, Any] = {"name": str(column.header), "type": kind, "description": column.note}
    constraints: dict[str, Any] = {}
    choice = choice_of(table, column)
    if choice is not None and choice.kind == "words" and choice.strict and kind == "string":
        constraints["enum"] = list(choice.words)
    if column.role == "key" or (leaf is not None and leaf.required and column.role == "once"):
        constraints["required"] = True
    return field | ({"constraints": constraints} if constraints else {})


def _references(sheet: Filled) -> Iterator[dict[str, Any]]:
    """Where names are declared."""
    held = {other.name: other for other in SHEETS}
    for column in sheet.columns:
        choice = choice_of(sheet.table, column)
        if choice is None or not choice.strict:
            continue
        match choice.kind:
            case "names":
                fields, target = [str(column.header)], choice.table
                names = list(held[target].keys) or ["name" if target == "Scenarios" else "id"]
            case "written_states":
                fields, target, names = ["partnership", "state"], "States", ["partnership", "state"]
            case "actions":
                fields, target, names = ["partnership", "action"], "Actions", ["partnership", "id"]
            case _:
                continue
        resource = file_name(target).removesuffix(".csv")
        yield {"fields": fields, "reference": {"resource": resource, "fields": names}}


# ---- and back ----------------------------------------------------------------------------------------------------


def read_tables(folder: Path) -> Imported:
    """The instance in a folder. Raises `InvalidInstance` with every fault, each at its file, line and column."""
    try:
        files = _listed(folder if folder.name != PACKAGE else folder.parent)
        lines: dict[str, dict[int, int]] = {}
        grids = {}
        for table, (path, delimiter) in files.items():
            grids[table], lines[table] = _grid(table, path, delimiter)
    except InvalidInput as invalid:
        raise InvalidInstance(invalid.faults) from None

    def locate(spot: Spot) -> Location:
        path = files[spot.table][0] if spot.table in files else folder / file_name(spot.table)
        return Location(str(path), "", lines.get(spot.table, {}).get(spot.row, spot.row))

    return imported(grids, locate)


def _listed(folder: Path) -> dict[str, tuple[Path, str]]:
    """The files of the tables that the description lists, and what parts their columns."""
    package = folder / PACKAGE
    try:
        document = json.loads(read_text(package))
    except (json.JSONDecodeError, RecursionError) as error:
        line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
        fault = Fault((), f"is not JSON: {getattr(error, 'msg', error)}", "", str(package), line, column)
        raise InvalidInput([fault]) from None
    resources = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(resources, list):
        raise InvalidInput([Fault(("resources",), "must be a list of the tables", "", str(package))])
    found: dict[str, tuple[Path, str]] = {}
    faults = []
    for position, resource in enumerate(resources):
        where = ("resources", position)
        path = resource.get("path") if isinstance(resource, dict) else None
        if not isinstance(path, str) or Path(path).name != path or not path:
            message = "names no file of this folder"
            faults.append(Fault((*where, "path"), message, "write the name of a file beside it", str(package)))
            continue
        if path not in FILES:
            hint = did_you_mean(path, FILES) or "take it out"
            faults.append(Fault((*where, "path"), f"there is no table that stands in {path}", hint, str(package)))
            continue
        dialect = resource.get("dialect")
        delimiter = dialect.get("delimiter", ",") if isinstance(dialect, dict) else ","
        if not isinstance(delimiter, str) or len(delimiter) != 1:
            faults.append(Fault((*where, "dialect", "delimiter"), "must be one letter", "", str(package)))
            continue
        found[FILES[path]] = (folder / path, delimiter)
    paths = {path.name for path, _ in found.values()}
    for path in sorted(folder.glob("*.csv")):
        if path.name in FILES and path.name not in paths:
            hint = f"add it to the resources of {PACKAGE}, or delete it"
            faults.append(Fault((), f"is not listed in {PACKAGE}", hint, str(path)))
    if faults:
        raise InvalidInput(faults)
    return found


def _grid(table: str, path: Path, delimiter: str) -> tuple[Grid, dict[int, int]]:
    """The cells of a file, and the line on which each row begins."""
    text = read_text(path)
    grid = Grid(table)
    lines = {}
    first = text.partition("\n")[0]
    if delimiter == "," and "," not in first and (";" in first or "\t" in first):
        what = "semicolons" if ";" in first else "tabs"
        hint = "save it as CSV with commas, or name the delimiter in the dialect of its resource"
        raise InvalidInput([Fault((), f"the columns are parted by {what}", hint, str(path), 1)])
    before = csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        begins = 1
        for number, row in enumerate(reader, start=1):
            lines[number] = begins
            begins = reader.line_num + 1
            for column, value in enumerate(row, start=1):
                if value != "":
                    grid.add(Cell(_read(value), Spot(table, number, column)))
    except csv.Error as error:
        fault = Fault((), f"is not CSV: {error}", "close every quote; a quote within one is doubled", str(path), begins)
        raise InvalidInput([fault]) from None
    finally:
        csv.field_size_limit(before)
    if HEADER not in lines:
        lines[HEADER] = 1
    return grid, lines


def _read(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text
