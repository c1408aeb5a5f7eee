"""The workbook that a planner gets: names to choose from, notes, years across, text that stays text."""

import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from exchange.samples import every_key
from exchange.workbook.plain_workbooks import STARTER, cells_of
from portfolioopt.errors import InvalidInput
from portfolioopt.exchange.sheets.filling import filled
from portfolioopt.exchange.sheets.tables import SHEETS
from portfolioopt.exchange.workbook import contents, lists
from portfolioopt.exchange.workbook.reading import read_workbook
from portfolioopt.exchange.workbook.writing import write_workbook
from portfolioopt.language.instance import Instance
from portfolioopt.language.reading import read_instance
from portfolioopt.language.writing import plain


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("starter") / "starter.xlsx"
    write_workbook(read_instance(STARTER), path)
    return path


@pytest.fixture(scope="module")
def book(starter: Path) -> Workbook:
    return load_workbook(starter)


def rules_of(book: Workbook, sheet: str) -> dict[str, tuple[str, str, bool]]:
    """By header: kind, source and whether nothing else may be written, of the drop-down under it."""
    page = book[sheet]
    found = {}
    for rule in page.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            found[str(page.cell(1, area.min_col).value)] = (rule.type, rule.formula1, bool(rule.showErrorMessage))
    return found


def test_there_is_one_sheet_for_each_kind_of_thing_and_a_list_of_them(book: Workbook) -> None:
    assert book.sheetnames == [contents.SHEET, *(sheet.name for sheet in SHEETS), lists.SHEET]
    assert book[lists.SHEET].sheet_state == "hidden"
    page = book[contents.SHEET]
    links = {link.location.partition("!")[0] for link in (cell.hyperlink for row in page for cell in row) if link}
    assert links == {sheet.name for sheet in SHEETS}


def test_every_kind_of_thing_has_an_example(starter: Path) -> None:
    cells = cells_of(read_instance(STARTER))
    empty = [name for name, rows in cells.items() if len(rows) == 1]
    assert empty == ["ActionSensitivity"], "the starter shows every table but one"


def test_every_column_has_a_note(book: Workbook) -> None:
    for sheet in SHEETS:
        for cell in book[sheet.name][1]:
            assert cell.comment is not None, f"{sheet.name}!{cell.coordinate}"
            assert len(cell.comment.text) > 8
    assert "a lowercase letter, then" in book["Partnerships"]["A1"].comment.text


def test_years_stand_across_and_names_stay_in_sight(book: Workbook) -> None:
    assert [cell.value for cell in book["Capital"][1]][2:8] == ["every year", 2026, 2027, 2028, 2029, 2030]
    assert book["Capital"].freeze_panes == "C2"
    assert book["StateFlows"].freeze_panes == "E2"
    assert book["Partnerships"].freeze_panes == "B2"
    assert all(book[sheet.name].auto_filter.ref for sheet in SHEETS)


def test_columns_are_as_wide_as_what_they_hold(book: Workbook) -> None:
    for sheet in SHEETS:
        page = book[sheet.name]
        widths = {}
        for size in page.column_dimensions.values():
            widths |= dict.fromkeys(range(size.min, size.max + 1), size.width)
        for row in page.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, str) and len(cell.value) < 40 and "\n" not in cell.value:
                    assert widths[cell.column] >= len(cell.value), f"{sheet.name}!{cell.coordinate}"


def test_names_are_chosen_from_those_that_are_declared(book: Workbook) -> None:
    assert rules_of(book, "States")["partnership"] == ("list", "partnerships_names", True)
    assert rules_of(book, "Rules")["partnership"] == ("list", "partnerships_names", True)
    assert rules_of(book, "DriverLevels")["scenario"] == ("list", "scenarios_names", True)
    assert rules_of(book, "DriverLevels")["driver"] == ("list", "drivers_names", True)
    assert rules_of(book, "PoolCurves")["pool"] == ("list", "pools_names", True)
    assert rules_of(book, "LinkMembers")["link"] == ("list", "links_names", True)
    for name, column in (("partnerships_names", "Partnerships!$A$2"), ("drivers_names", "Drivers!$A$2"),
                         ("skills_names", "Skills!$A$2"), ("scenarios_names", "Scenarios!$A$2")):  # fmt: skip
        assert column in book.defined_names[name].value


def test_words_are_chosen_from_those_of_the_language(book: Workbook) -> None:
    rules = rules_of(book, "Partnerships")
    assert rules["domain"] == ("list", '"platforms,electrification,software,autonomy"', True)
    assert rules_of(book, "Actions")["kind"][1] == '"form,expand,restructure,exit"'
    assert rules_of(book, "Rules")["must"][1] == '"always,never"'
    assert "benefit,cost,capital" in rules_of(book, "StateFlows")["flow"][1]


def test_states_are_chosen_from_those_of_the_partnership_in_the_row(book: Workbook) -> None:
    for sheet, header, beside in (
        ("Actions", "to", "$A2"), ("Partnerships", "start state", "$A2"), ("StateFlows", "state", "$A2"),
        ("Links", "when states", "$C2"), ("Rules", "states", "$B2"), ("ActionFlows", "action", "$A2"),
    ):  # fmt: skip
        kind, source, strict = rules_of(book, sheet)[header]
        assert (kind, f"MATCH({beside}," in source) == ("list", True), (sheet, header, source)
        assert strict == (header not in ("states", "when states")), "lists of several may be written by hand"


def test_the_hidden_lists_hold_none_exited_and_the_states_of_each(starter: Path) -> None:
    page = load_workbook(starter, data_only=True)[lists.SHEET]
    rows = [[cell for cell in row if cell] for row in page.iter_rows(min_row=2, max_row=4, min_col=3, values_only=True)]
    assert [[str(cell) for cell in row if not str(cell).startswith(("during.", "at_effect."))] for row in rows] == [
        ["cell_jv", "none", "exited", "full", "supply"],
        ["sdv_stack", "none", "exited", "pilot", "full"],
        ["robotaxi", "none", "exited", "operating", "exited"],
    ]


def test_a_list_that_no_drop_down_can_hold_stands_in_the_hidden_sheet(book: Workbook) -> None:
    _, source, _ = rules_of(book, "ActionFlows")["flow"]
    area = re.fullmatch(r"Lists!(\$[A-Z]\$2:\$[A-Z]\$\d+)", source)
    assert area is not None
    names = [cell.value for (cell,) in book[lists.SHEET][area[1].replace("$", "")]]
    assert names[0] == "during.benefit"
    assert names[-1] == "at_effect.terminal"


@pytest.fixture(scope="module")
def tricky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tricky") / "tricky.xlsx"
    write_workbook(every_key(), path)
    return path


def test_text_that_looks_like_a_formula_is_text_and_stays_so_when_edited(tricky: Path) -> None:
    book = load_workbook(tricky)
    cells = [book["Instance"]["B3"], book["Partnerships"]["B2"], book["Scenarios"]["A2"], book["Rules"]["G2"]]
    assert [cell.value for cell in cells] == ['=HYPERLINK("http://x")', "-Cell plant, Inc.", "=base", "=promised"]
    for cell in cells:
        assert cell.data_type == "s"
        assert cell.quotePrefix


def test_no_instance_can_write_a_formula_or_a_link_out(tricky: Path) -> None:
    with zipfile.ZipFile(tricky) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", "replace")
            if name.startswith("xl/worksheets/sheet") and name != "xl/worksheets/sheet1.xml":
                formulas = re.findall(r"<f>([^<]*)</f>", text)
                assert all("States!" in formula or "Partnerships!" in formula for formula in formulas), name
            if name.endswith(".rels"):
                assert 'TargetMode="External"' not in text


def test_numbers_are_numbers_unless_a_workbook_would_lose_digits(tricky: Path) -> None:
    flows = load_workbook(tricky)["StateFlows"]
    (row,) = [row for row in flows.iter_rows(min_row=2) if [cell.value for cell in row[1:3]] == ["full", "benefit"]]
    assert [cell.value for cell in row[4:8]] == [0, -60.1, 1000, "123456789012345.678901234567"]
    assert [cell.number_format for cell in row[4:7]] == ["#,##0", "#,##0.00", "0E+0"]


def test_whatever_has_decimals_is_shown_with_them(book: Workbook) -> None:
    """Cells of whole numbers show none; where somebody writes 0.5 into one, a rule shows it."""
    formats = book["StateFlows"].conditional_formatting
    shown = [rule.dxf.numFmt.formatCode for area in formats for rule in area.rules if rule.dxf and rule.dxf.numFmt]
    assert shown
    assert set(shown) == {"#,##0.0#########"}


def test_nothing_is_left_behind_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_workbook(read_instance(STARTER), tmp_path / "no" / "such.xlsx")
    (tmp_path / "taken.xlsx").mkdir()
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_workbook(read_instance(STARTER), tmp_path / "taken.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.xlsx"]


def test_what_no_workbook_can_hold_is_refused(tmp_path: Path) -> None:
    raw = plain(read_instance(STARTER))
    deal = raw["partnerships"][0]
    raw["partnerships"] = [deal, *({**deal, "id": f"{'x' * 90}_{number}"} for number in range(400))]
    raw["activity"] = [{"id": "all", "ids": [one["id"] for one in raw["partnerships"]], "at_most": 5}]
    raw |= {"links": [], "rules": []}
    with pytest.raises(InvalidInput, match=r"a cell of Activity would need 3\d,\d+ letters"):
        write_workbook(Instance.model_validate(raw), tmp_path / "large.xlsx")


# ---- what a planner does with it -------------------------------------------------------------------------------------


def edited(starter: Path, tmp_path: Path) -> tuple[Workbook, Path]:
    return load_workbook(starter), tmp_path / "edited.xlsx"


def test_a_planner_changes_a_number(starter: Path, tmp_path: Path) -> None:
    book, path = edited(starter, tmp_path)
    book["Capital"]["D2"] = 250.5
    book.save(path)
    instance = read_workbook(path).instance
    assert instance.capital is not None
    assert str(instance.capital.budget[0]) == "250.5"  # type: ignore[index]


def test_a_planner_adds_a_deal(starter: Path, tmp_path: Path) -> None:
    book, path = edited(starter, tmp_path)
    book["Partnerships"].append(["charging", "Charging network", "Stromwerk, Aral", "joint_venture", "electrification"])
    book["States"].append(["charging", "network"])
    for row in (["charging", "network", "benefit", None, 0, 20, 45], ["charging", "network", "capital", None, 60, 30]):
        book["StateFlows"].append(row)
    book["StateFlows"].append(["charging", "network", "effort", "software_engineer", 12])
    book["Actions"].append(["charging", "sign", "form", "none", "network", 2026, 2027])
    book["ActionFlows"].append(["charging", "sign", "at_effect.cost", None, 4.5])
    book["StateSensitivity"].append(["charging", "network", "benefit", "ev_demand", 0.8])
    book.save(path)
    added = read_workbook(path).instance.partnership("charging")
    assert added.partners == ("Stromwerk", "Aral")
    assert [str(number) for number in added.states["network"].benefit] == ["0", "20", "45"]
    assert str(added.actions[0].at_effect.cost) == "4.5"
    assert added.actions[0].window == (2026, 2027)


def test_a_planner_takes_a_deal_out_and_is_told_where_it_is_still_named(starter: Path, tmp_path: Path) -> None:
    book, path = edited(starter, tmp_path)
    for sheet in ("Partnerships", "States", "StateFlows", "Actions", "ActionFlows"):
        page = book[sheet]
        for row in range(page.max_row, 1, -1):
            if page.cell(row, 1).value == "robotaxi":
                page.delete_rows(row)
    book.save(path)
    assert [one.id for one in read_workbook(path).instance.partnerships] == ["cell_jv", "sdv_stack"]
    book["Rules"]["B2"] = "robotaxi"
    book.save(path)
    with pytest.raises(InvalidInput, match=r"Rules!B2: partnership: there is no partnership called robotaxi"):
        read_workbook(path)


def test_a_planner_makes_the_horizon_a_year_longer(starter: Path, tmp_path: Path) -> None:
    book, path = edited(starter, tmp_path)
    book["Instance"]["B7"] = 6
    for sheet in ("Capital", "Requirements", "DriverLevels"):
        page = book[sheet]
        last = [cell.value for cell in page[1]].index(2030) + 1
        page.insert_cols(last + 1)
        page.cell(1, last + 1, 2031)
        for row in range(2, page.max_row + 1):
            if page.cell(row, last).value is not None:
                page.cell(row, last + 1, page.cell(row, last).value)
    book.save(path)
    instance = read_workbook(path).instance
    assert instance.horizon.years == 6
    assert instance.capital is not None
    assert len(instance.capital.budget) == 6  # type: ignore[arg-type]


def test_opened_and_saved_by_another_program_it_is_the_same(tricky: Path, tmp_path: Path) -> None:
    load_workbook(tricky).save(tmp_path / "again.xlsx")
    assert read_workbook(tmp_path / "again.xlsx").instance == every_key()


def test_rows_of_tables_are_as_wide_as_their_header() -> None:
    for sheet in filled(every_key()):
        assert {len(row) for row in sheet.rows} <= {len(sheet.columns)}, sheet.table.name
