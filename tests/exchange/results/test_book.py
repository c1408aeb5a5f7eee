"""The workbook of a result: totals are formulas, and computed anew they come to what the audit found."""

import math
import warnings
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from portfolioopt.audit import audit
from portfolioopt.command import run
from portfolioopt.errors import InvalidInput
from portfolioopt.exchange.results.book import write_results
from portfolioopt.language.model import Model
from portfolioopt.plan import TODAY
from portfolioopt.result import Result, make_result
from portfolioopt.runs import write_run
from report_samples import HOSTILE, hostile_run, read_result
from result_samples import infeasible, soft_case, solved, two_deals


def soft() -> Result:
    """Soft limits exceeded, engineers hired, a measure of risk."""
    instance, model, plan = soft_case()
    return solved(instance, model, plan)


def changed() -> Result:
    """Every decision charged against doing nothing."""
    model = Model.model_validate({"name": "few", "changes": {"price": 1.5, "against": "today"}})
    plan = solved().plan
    assert plan is not None
    found = audit(two_deals(), model, plan, against=TODAY)
    return make_result(two_deals(), model, status="feasible", stop_reason="time limit", plan=plan, audit=found)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("results") / "two.xlsx"
    write_results(solved(), path)
    return path


def computed(path: Path) -> dict[tuple[str, str], Any]:
    """What every cell of a workbook comes to, by sheet and cell, as another program computes it."""
    import formulas

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = formulas.ExcelModel().loads(str(path)).finish()
        solution = model.calculate()
    found = {}
    for name, value in solution.items():
        sheet, _, cell = str(name).rpartition("!")
        if ":" in cell or not hasattr(value, "value"):
            continue
        found[sheet.strip("'").rpartition("]")[2].upper(), cell] = value.value[0][0]
    return found


def cells_with_formulas(path: Path) -> dict[tuple[str, str], tuple[str, Any]]:
    """The formulas of a workbook and the values that were written beside them."""
    live, cached = load_workbook(path), load_workbook(path, data_only=True)
    return {
        (page.title.upper(), cell.coordinate): (str(cell.value), cached[page.title][cell.coordinate].value)
        for page in live.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def agreement(path: Path) -> list[list[Any]]:
    """The rows under `Do the sums agree?`."""
    page = load_workbook(path, data_only=True)["Summary"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(max_col=5)]
    first = next(number for number, row in enumerate(rows) if row[0] == "Do the sums agree?") + 1
    return [row for row in rows[first:] if row[4] in ("yes", "no")]


@pytest.mark.parametrize("result", [solved, soft, changed])
def test_computed_anew_every_formula_comes_to_the_value_beside_it(result: Any, tmp_path: Path) -> None:
    path = tmp_path / "result.xlsx"
    write_results(result(), path)
    written, anew = cells_with_formulas(path), computed(path)
    assert len(written) > 100
    for where, (formula, value) in written.items():
        found = anew[where]
        if isinstance(value, int | float):
            assert math.isclose(float(found), value, rel_tol=1e-9, abs_tol=1e-7), (where, formula)
        else:
            assert str(found) == str(value), (where, formula)


@pytest.mark.parametrize("result", [solved, soft, changed])
def test_the_first_sheet_compares_the_sums_with_the_audit(result: Any, tmp_path: Path) -> None:
    path = tmp_path / "result.xlsx"
    write_results(result(), path)
    rows = agreement(path)
    found = result()
    assert [row[4] for row in rows] == ["yes"] * len(rows)
    said = {row[0]: row[1] for row in rows}
    assert said["objective"] == pytest.approx(float(found.audit.objective))
    assert said["expected NPV, line by line"] == pytest.approx(float(found.audit.expected_npv))
    assert said["expected NPV, partnership by partnership"] == pytest.approx(float(found.audit.expected_npv))
    assert ("expected penalties of soft limits" in said) or not found.audit.penalties


def test_a_figure_that_is_changed_by_hand_shows(book: Path, tmp_path: Path) -> None:
    edited = load_workbook(book)
    page = edited["Money"]
    page["E2"] = (page["E2"].value or 0) + 1
    edited.save(tmp_path / "edited.xlsx")
    anew = computed(tmp_path / "edited.xlsx")
    places = {row[0].value: row[0].row for row in edited["Summary"].iter_rows() if row[0].value}
    row = places["expected NPV, line by line"]
    assert str(anew["SUMMARY", f"E{row}"]) == "no"
    assert str(anew["SUMMARY", f"E{places['objective']}"]) == "no" or anew["SUMMARY", f"D{row}"] != 0


def test_another_discount_rate_changes_what_the_plan_is_worth(book: Path, tmp_path: Path) -> None:
    edited = load_workbook(book)
    assert edited["Assumptions"]["A1"].value == "discount rate a year"
    edited["Assumptions"]["B1"] = 0
    edited.save(tmp_path / "edited.xlsx")
    anew = computed(tmp_path / "edited.xlsx")
    rows = {row[0].value: row[0].row for row in edited["Summary"].iter_rows() if row[0].value}
    undiscounted = sum(
        float(two_deals_probability(one.scenario)) * float(one.amount)
        for one in solved().audit.money  # type: ignore[union-attr]
    )
    assert float(anew["SUMMARY", f"B{rows['expected NPV']}"]) == pytest.approx(undiscounted)


def two_deals_probability(scenario: str) -> Any:
    return next(future.probability for future in two_deals().futures if future.name == scenario)


def test_no_name_can_become_a_formula_or_a_link(tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    write_results(read_result(hostile_run(tmp_path / "run")), path)
    texts = set()
    for page in load_workbook(path).worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert "owned" not in str(cell.value)
                elif cell.value is not None:
                    texts.add(str(cell.value))
    assert HOSTILE[0] in texts


def test_the_command_writes_it_and_refuses_what_holds_no_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_run(solved(), two_deals(), Model(), tmp_path / "plan")
    target = tmp_path / "out.xlsx"
    assert run(["export", str(folder), "-o", str(target)]) == 0
    assert load_workbook(target).sheetnames[0] == "Summary"
    assert run(["export", str(folder), "-o", str(target)]) == 2
    assert "--force replaces it" in capsys.readouterr().err
    nothing = write_run(infeasible(), two_deals(), Model(), tmp_path / "nothing")
    assert run(["export", str(nothing), "-o", str(target), "--force"]) == 3
    assert "holds no plan" in capsys.readouterr().err
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_results(solved(), tmp_path / "no" / "such.xlsx")
