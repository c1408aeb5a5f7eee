"""Whatever is wrong with a workbook is told by sheet and cell, with exit code 3 and without a traceback."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from exchange.workbook.plain_workbooks import Edit, at, plain_workbook, put, saved
from portfolioopt.command import run
from portfolioopt.errors import InvalidInstance
from portfolioopt.exchange.workbook import cells
from portfolioopt.exchange.workbook.reading import read_workbook


def merge(sheet: str, area: str) -> Edit:
    return lambda book: book[sheet].merge_cells(area)


def hide(sheet: str) -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet].sheet_state = "hidden"

    return edit


def rename(sheet: str, name: str) -> Edit:
    def edit(book: Workbook) -> None:
        book[sheet].title = name

    return edit


def both(*edits: Edit) -> Edit:
    def edit(book: Workbook) -> None:
        for one in edits:
            one(book)

    return edit


CELLS: dict[str, tuple[str, str, object, str]] = {
    "a formula without its value": ("StateFlows", "E2", "=1+1", "without its value"),
    "a formula for a name": ("Partnerships", "B3", '="cell"&"_jv"', "without its value"),
    "an array formula": ("Capital", "D2", "=SUM(A1:A2*1)", "without its value"),
    "an error value": ("StateFlows", "E3", "#REF!", "holds the error #REF!"),
    "a name that is an error": ("Rules", "G2", "#N/A", "holds the error #N/A"),
    "a date for a number": ("StateFlows", "E4", datetime(2026, 1, 5), "holds a date or time (2026-01-05)"),
    "a date for a year": ("Actions", "F2", date(2026, 1, 1), "holds a date or time (2026-01-01)"),
    "a time of day": ("Skills", "C2", time(8, 30), "holds a date or time (08:30:00)"),
    "a date for a name": ("Partnerships", "B2", date(2026, 3, 4), "holds a date or time"),
    "a date as text": ("Actions", "G2", "2026-01-01", "must be a whole number"),
    "TRUE for a number": ("StateFlows", "E5", True, "must be a number, not TRUE"),
    "TRUE for a name": ("Partnerships", "B4", True, "must be text, not TRUE"),
    "a decimal comma": ("StateFlows", "E6", "0,5", "write 0.5"),
    "commas between thousands": ("StateFlows", "E7", "1,600", "write 1600"),
    "a percentage as text": ("Instance", "B8", "8%", "write 0.08"),
    "NaN": ("StateFlows", "E8", "NaN", "must be a number, not 'NaN'"),
    "infinity": ("StateFlows", "E9", "inf", "must be a number"),
    "a hexadecimal number": ("StateFlows", "E10", "0x1F", "must be a number"),
    "text for a number": ("Scenarios", "B2", "seventy", "must be a number, not 'seventy'"),
    "a number too large": ("StateFlows", "E11", 1e20, "out of range"),
    "a number too small": ("StateFlows", "E12", 1e-15, "out of range"),
    "too many digits": ("StateFlows", "E13", "1." + "3" * 40, "more than 30 digits"),
    "half a year": ("Actions", "H3", 1.5, "must be a whole number"),
    "yes or no as something else": ("Moves", at("Moves", "total", 2), "perhaps", "must be TRUE or FALSE"),
    "nothing but spaces": ("StateFlows", "E14", "   ", "nothing but spaces"),
    "a space before a reference": ("Rules", "B2", " sdv_stack", "begins with a space"),
    "an unknown word": ("Partnerships", "D2", "joint venture", "did you mean joint_venture?"),
    "a list with an open quote": ("Partnerships", "C2", '"Volt', "quote that is not closed"),
    "a list with a comma too many": ("Actions", "D2", "none,,full", "a comma too many"),
    "a year in words in a list": ("Instance", "B19", "2026, next", "must be a whole number"),
    "an amount below 0": ("Skills", "C3", -5, "must be 0 or more, not -5"),
    "one year below 0": ("Requirements", "G2", -1, "must be 0 or more, not -1"),
    "a share above 1": ("Scenarios", "B3", 1.7, "must be from 0 to 1"),
    "a score above 5": ("Partnerships", "G2", 7, "must be from 1 to 5"),
    "a share for a year": ("Capital", "D3", 0.5, "carry_over is one number"),
    "a blank word": ("Actions", "C4", None, "is blank, and must not be"),
    "a flow without numbers": ("StateFlows", "E15", None, "cost has no number"),
    "half a point": ("PoolCurves", "C3", None, "a point has two numbers"),
}
"""What single cells may hold; sheet, cell, value, and what is said of it."""
CASES: dict[str, tuple[Edit, str, str]] = {
    "a space behind an id": (put("Partnerships", "A2", "cell_jv "), "Partnerships!A2", "ends with a space"),
    "an id with capitals": (put("Partnerships", "A4", "Robotaxi"), "Partnerships!A4", "a lowercase letter first"),
    "a state with a space": (put("States", "B2", "full scale"), "States!B2", "cannot be used here"),
    "a tag with a space": (put("StateFlows", "D6", "north america"), "StateFlows!D6", "cannot be used here"),
    # what must not be blank
    "a blank id": (put("Partnerships", "A4", None), "Partnerships!A4", "is blank, and must not be"),
    "a blank reference": (put("States", "B2", None), "States!B2", "which state?"),
    "a blank quantity": (put("StateFlows", "C2", None), "StateFlows!C2", "one of: benefit"),
    "a blank label": (put("StateFlows", "D5", None), "StateFlows!D5", "for which is this effort?"),
    "half a window": (put("Actions", "F2", None), "Actions!F2", "the other of the two is not"),
    "a gap in a profile": (put("StateFlows", "F2", None), "StateFlows!F2", "no number in year 2, but has one later"),
    "a gap in a series": (put("Capital", "E2", None), "Capital!E2", "budget has no number in 2027"),
    "no budget": (lambda book: book["Capital"].delete_rows(2), "Capital!A1", "has no rows"),
    "no partnerships": (lambda book: book["Partnerships"].delete_rows(2, 9), "Partnerships!A1", "at least one"),
    # what does not fit together
    "two partnerships of one id": (put("Partnerships", "A3", "cell_jv"), "Partnerships!A3", "two partnerships called"),
    "two states of one name": (put("States", "B3", "full"), "States!B3", "given twice, first in row 2"),
    "two lines alike": (put("StateFlows", "C3", "benefit"), "StateFlows!C3", "benefit is given twice"),
    "two settings alike": (put("Instance", "A4", "name"), "Instance!A4", "first in row 3"),
    "two capabilities": (put("Requirements", "B3", "programs"), "Requirements!B3", "cells_gwh in row 2"),
    "an unknown partnership": (put("States", "A2", "cell_jw"), "States!A2", "did you mean cell_jv?"),
    "an unknown state": (put("Actions", "E2", "fulll"), "Actions!E2", "did you mean full?"),
    "an unknown driver": (put("DriverLevels", "B2", "ev_deman"), "DriverLevels!B2", "did you mean ev_demand?"),
    "an unknown skill": (put("StateFlows", "D5", "batery"), "StateFlows!D5", "there is no skill called batery"),
    "an unknown scenario": (put("DriverLevels", "A2", "slow"), "DriverLevels!A2", "did you mean slow_ev?"),
    "an unknown flow": (put("StateFlows", "C2", "benifit"), "StateFlows!C2", "did you mean benefit?"),
    "an unknown setting": (put("Instance", "A4", "descr"), "Instance!A4", "did you mean description?"),
    "an unknown link": (put("LinkMembers", "A2", "stack"), "LinkMembers!A2", "no link called stack"),
    "an unknown format": (put("Instance", "B2", "portfolioopt-instance/2"), "Instance!B2", "write portfolioopt-"),
    "a label where none belongs": (put("StateFlows", "D2", "x"), "StateFlows!D2", "of stays blank"),
    "numbers for every year and for each": (put("Capital", "C2", 5), "Capital!D2", "for every year too"),
    "a sum that is not 1": (put("Scenarios", "B2", 0.6), "Scenarios!A1", "sum to 0.9"),
    "a window that ends before it begins": (put("Actions", "F2", 2029), "Actions!F2", "before it begins"),
    "a curve that turns back": (put("PoolCurves", "B3", 0), "PoolCurves!B3", "must increase"),
    "a horizon that has moved": (put("Instance", "B6", 2027), "Capital!D2", "outside the horizon 2027 to 2031"),
    # headers, sheets, layout
    "an unknown column": (put("Partnerships", "F1", "porpuse"), "Partnerships!F1", "no column called porpuse"),
    "two columns alike": (put("Partnerships", "B1", "id"), "Partnerships!B1", "two columns called id"),
    "a note beside the table": (put("Partnerships", "Z9", "ask Kim"), "Partnerships!Z9", "without a header"),
    "a column taken out": (lambda book: book["Actions"].delete_cols(3), "Actions!J1", "the column kind is missing"),
    "a year taken out": (lambda book: book["Capital"].delete_cols(5), "Capital!D2", "no column"),
    "a row above the header": (lambda book: book["Rules"].insert_rows(1), "Rules!A1", "the header stands in row 2"),
    "a header taken out": (lambda book: book["Rules"].delete_rows(1), "Rules!A1", "the header is missing"),
    "merged cells": (merge("Partnerships", "B2:B3"), "Partnerships!B2", "the cells B2:B3 are merged"),
    "a merged header": (merge("StateFlows", "E1:F1"), "StateFlows!E1", "merged"),
    "a hidden sheet": (hide("Rules"), "Rules!A1", "the sheet is hidden"),
    "a sheet taken out": (lambda book: book.remove(book["Partnerships"]), "Partnerships!A1", "the sheet is missing"),
    "a sheet renamed": (rename("Rules", "Rulez"), "Rulez!A1", "did you mean Rules?"),
    "a sheet of one's own": (lambda book: book.create_sheet("Notes"), "Notes!A1", "begin with #"),
    "a stray cell far down": (put("Rules", "A1048576", "x"), "Rules!B1048576", "is blank"),
    "a stray cell far right": (put("Rules", "XFD2", "x"), "Rules!XFD2", "without a header"),
}  # fmt: skip


ALONE = {name: (put(sheet, cell, value), f"{sheet}!{cell}", said) for name, (sheet, cell, value, said) in CELLS.items()}


def test_cells_that_hold_what_they_should_not_are_told_all_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, both(*(put(sheet, cell, value) for sheet, cell, value, _ in CELLS.values())))
    assert run(["import", str(path)]) == 3
    told = capsys.readouterr().err.splitlines()
    for case, (sheet, cell, _, said) in CELLS.items():
        found = [line for line in told if line.startswith(f"{path}:{sheet}!{cell}: ")]
        assert len(found) == 1, case
        assert said in found[0], case


@pytest.mark.parametrize("case", [*CASES, *(pytest.param(name, marks=pytest.mark.slow) for name in ALONE)])
def test_a_broken_workbook_is_told_by_sheet_and_cell(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit, cell, said = {**CASES, **ALONE}[case]
    path = saved(tmp_path, edit)
    assert run(["import", str(path), "-o", str(tmp_path / "out.yaml")]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    lines = [line for line in told.err.splitlines() if line.startswith(f"{path}:{cell}: ")]
    assert any(said in line for line in lines), told.err
    assert not (tmp_path / "out.yaml").exists()
    # one thing is wrong: what only follows from it does not drown it
    assert len(told.err.splitlines()) <= 8, told.err


def test_the_workbook_that_the_cases_break_is_sound(tmp_path: Path) -> None:
    assert read_workbook(saved(tmp_path)).warnings == ()
    assert len(CASES) + len(CELLS) >= 80


def test_every_fault_of_a_workbook_is_told_at_once(tmp_path: Path) -> None:
    path = saved(tmp_path, both(put("Skills", "C2", -5), put("Actions", "C2", None), put("StateFlows", "E2", "0,5")))
    with pytest.raises(InvalidInstance) as told:
        read_workbook(path)
    assert [fault.cell for fault in told.value.faults] == ["StateFlows!E2", "Actions!C2", "Skills!C2"]


# ---- files that are no workbooks, or too much of one -----------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return file.getvalue()


def old_workbook() -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600


def encrypted() -> bytes:
    return old_workbook() + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100


def cut() -> bytes:
    return whole()[:3000]


def whole() -> bytes:
    file = io.BytesIO()
    plain_workbook().save(file)
    return file.getvalue()


def changed(part: str, old: bytes, new: bytes) -> bytes:
    """A sound workbook with one part of its zip changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole())) as archive, zipfile.ZipFile(file, "w") as copy:
        for info in archive.infolist():
            data = archive.read(info)
            if info.filename == part:
                assert old in data
                data = data.replace(old, new, 1)
            copy.writestr(info.filename, data)
    return file.getvalue()


def entities() -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    return changed("xl/worksheets/sheet1.xml", b"<worksheet", bomb + b"<worksheet")


def locked() -> bytes:
    data = bytearray(whole())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag that says encrypted
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing at all": (lambda: b"", "is empty"),
    "CSV under another name": (lambda: b"id,name\na,b\n", "is not an Excel workbook but text"),
    "a web page under another name": (lambda: b"<html><table></table></html>", "is not an Excel workbook but HTML"),
    "an old workbook": (old_workbook, "is an old workbook (.xls)"),
    "a workbook with a password": (encrypted, "is protected by a password"),
    "a zip with a password": (locked, "is protected by a password"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "is not an Excel workbook"),
    "half a workbook": (cut, "is damaged"),
    "another zip": (lambda: zipped(a=b"b"), "is not an Excel workbook"),
    "an OpenDocument table": (lambda: zipped(mimetype=b"x", content=b"y"), "OpenDocument"),
    "a binary workbook": (lambda: zipped(xl__workbook=b"x").replace(b"xl/workbook", b"xl/workboo2"), "is not an Excel"),
    "a workbook without its parts": (
        lambda: zipped(**{"[Content_Types].xml": b"<Types/>", "xl__workbook.xml": b"<workbook/>"}), "is damaged",
    ),
    "XML that is none": (lambda: changed("xl/workbook.xml", b"<sheets>", b"<sheets"), "is damaged"),
    "entities": (entities, "is damaged"),
    "a shared text that there is not": (
        lambda: changed("xl/worksheets/sheet1.xml", b't="inlineStr"><is><t>value</t></is>', b't="s"><v>999</v>'),
        "which is not a value",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_workbook_is_told_as_what_it_is(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, said = FILES[case]
    path = tmp_path / "planner.xlsx"
    path.write_bytes(make())
    assert run(["import", str(path)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(str(path))
    assert said in told.err
    assert "Traceback" not in told.err


def test_a_value_that_no_reader_knows_is_told_by_its_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "planner.xlsx"
    path.write_bytes(changed("xl/worksheets/sheet1.xml", b"<v>2026</v>", b"<v>NaN</v>"))
    assert run(["import", str(path)]) == 3
    assert f"{path}:Instance!B6: horizon.first_year: holds 'NaN', which is not a value" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", str(tmp_path / "no.xlsx")]) == 3
    assert "there is no such file" in capsys.readouterr().err


def test_a_zip_that_would_unpack_to_far_more_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_UNPACKED", 10_000_000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(20):
                part.write(b" " * 1_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(InvalidInstance, match="unpacks to 20,000,0"):
        read_workbook(path)


def test_more_cells_than_any_instance_has_are_told_where_they_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "MOST_CELLS", 100)
    with pytest.raises(InvalidInstance) as told:
        read_workbook(saved(tmp_path))
    (fault,) = told.value.faults
    assert fault.cell == "States!B3"
    assert "holds more than 100 cells" in fault.message


def test_numbers_far_apart_cost_nothing(tmp_path: Path) -> None:
    """A cell in the last row and column of each sheet, as a slip of the hand makes them."""

    def edit(book: Workbook) -> None:
        for page in book.worksheets:
            page["XFD1048576"] = "#"

    with pytest.raises(InvalidInstance) as told:
        read_workbook(saved(tmp_path, edit))
    assert {fault.cell for fault in told.value.faults} >= {"Rules!XFD1048576", "Skills!XFD1048576"}


# ---- what planners do, and may do ------------------------------------------------------------------------------------


def imported(tmp_path: Path, edit: Edit) -> object:
    return read_workbook(saved(tmp_path, edit)).instance


FINE: dict[str, Edit] = {
    "a number as text": put("StateFlows", "E2", "12.50"),
    "a number as text with spaces": put("StateFlows", "E2", " 12.50 "),
    "a sheet of one's own": lambda book: book.create_sheet("# notes"),
    "a hidden sheet of one's own": both(lambda book: book.create_sheet("#x"), hide("#x")),
    "a column of one's own": put("Partnerships", "N1", "# source"),
    "a formula in a column of one's own": both(put("Skills", "J1", "# sum"), put("Skills", "J2", "=SUM(C2:H2)")),
    "capitals in a header": put("Partnerships", "A1", "ID"),
    "a space behind a header": put("Partnerships", "A1", "id "),
    "a year as text in a header": put("Capital", "D1", "2026"),
    "a sheet in small letters": both(rename("Rules", "x"), rename("x", "rules")),
    "sheets in another order": lambda book: book.move_sheet("Rules", -9),
    "a blank row": lambda book: book["StateFlows"].insert_rows(5),
    "a column that is not needed taken out": lambda book: book["Rules"].delete_cols(8),
    "a year beyond the horizon left blank": put("Skills", "I1", 2031),
    "yes for TRUE": both(put("Moves", at("Moves", "total", 2), "no")),
    "states parted by semicolons": put("Actions", "D6", "pilot; full"),
    "a whole number with decimals": put("Instance", "B7", 5.0),
}


@pytest.mark.parametrize("case", FINE)
def test_what_a_planner_may_do(case: str, tmp_path: Path) -> None:
    assert imported(tmp_path, FINE[case])


def test_rows_in_any_order_mean_the_same(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        page = book["Requirements"]
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
        page.delete_rows(2, len(rows))
        for row in reversed(rows):
            page.append(row)

    assert imported(tmp_path, edit) == imported(tmp_path, lambda _: None)


def test_formulas_count_with_the_value_that_they_had(tmp_path: Path) -> None:
    path = saved(tmp_path)
    book = load_workbook(path)
    assert book["Scenarios"]["B3"].value == 0.3
    book.close()
    path.write_bytes(changed("xl/worksheets/sheet22.xml", b"<v>0.3</v>", b"<f>0.1+0.2</f><v>0.30000000000000004</v>"))
    instance = read_workbook(path).instance
    assert str(instance.scenarios[1].probability) == "0.3"


def test_warnings_name_their_cells_too(tmp_path: Path) -> None:
    found = read_workbook(saved(tmp_path, put("Exposures", "B2", "europe")))
    assert [fault.cell for fault in found.warnings] == ["Exposures!A2"]
    assert "no partnership carries exposure to europe" in str(found.warnings[0])
