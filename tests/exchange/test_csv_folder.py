"""A folder of CSV is a data package; text stays text in it, and what is wrong with it is told by file and line."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.samples import INSTANCES, ROOT, every_key
from portfolioopt.command import run
from portfolioopt.exchange.csv_folder import FILES, PACKAGE, read_tables, write_tables
from portfolioopt.language.reading import read_instance

STARTER = ROOT / "src" / "portfolioopt" / "starter"
Edit = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tables(read_instance(STARTER), tmp_path / "tables")
    return tmp_path / "tables"


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_file_is_described_column_by_column(folder: Path) -> None:
    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    assert package["profile"] == "tabular-data-package"
    assert {one["path"] for one in package["resources"]} == set(FILES)
    for resource in package["resources"]:
        header, *_ = rows(folder / resource["path"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header
        assert all(len(field["description"]) > 8 for field in fields)
    names = {one["name"] for one in package["resources"]}
    for resource in package["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            assert key["reference"]["resource"] in names


def test_text_that_a_spreadsheet_would_compute_has_an_apostrophe(tmp_path: Path) -> None:
    write_tables(every_key(), tmp_path)
    for name in FILES:
        for row in rows(tmp_path / name):
            for cell in row:
                assert cell[:1] not in ("=", "@", "+"), (name, cell)
                assert not cell.startswith("-") or cell[1:2].isdigit(), (name, cell)
    assert read_tables(tmp_path).instance == every_key()


def replaced(name: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, (name, old)
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def semicolons(name: str) -> Edit:
    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace(",", ";"), encoding="utf-8")

    return edit


WRONG: dict[str, tuple[Edit, str, str]] = {
    "no description": (lambda folder: (folder / PACKAGE).unlink(), PACKAGE, "there is no such file"),
    "a description that is none": (replaced(PACKAGE, "{", "[{"), f"{PACKAGE}:", "is not JSON"),
    "a description without tables": (replaced(PACKAGE, '"resources"', '"tables"'), PACKAGE, "must be a list"),
    "a file elsewhere": (replaced(PACKAGE, '"states.csv"', '"../states.csv"'), PACKAGE, "names no file of this folder"),
    "a file that is gone": (lambda folder: (folder / "rules.csv").unlink(), "rules.csv", "there is no such file"),
    "a table not listed": (replaced(PACKAGE, '"path": "rules.csv"', '"path": "rulez.csv"'), PACKAGE, "did you mean"),
    "semicolons between columns": (semicolons("skills.csv"), "skills.csv:1", "parted by semicolons"),
    "an open quote": (replaced("rules.csv", "\n", '\n"'), "rules.csv:2", "is not CSV"),
    "a header that is gone": (replaced("rules.csv", "partnership,", "who,"), "rules.csv:1", "who"),
    "an unknown partnership": (replaced("states.csv", "cell_jv", "cell_jw"), "states.csv:2", "did you mean cell_jv?"),
    "a decimal comma": (replaced("scenarios.csv", "0.7", '"0,7"'), "scenarios.csv:2", "write 0.7"),
    "a word for a number": (replaced("scenarios.csv", "0.7", "most"), "scenarios.csv:2", "must be a number"),
    "bytes that are no text": (lambda folder: (folder / "rules.csv").write_bytes(b"\xff\x00"), "rules.csv", "UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_by_file_and_line(case: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit, place, said = WRONG[case]
    edit(folder)
    assert run(["import", str(folder)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert any(line.startswith(f"{folder}/{place}") and said in line for line in told.err.splitlines()), told.err


@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_the_commands_go_there_and_back(
    to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    source = next(path for path in INSTANCES if path.name == "two_deals")
    assert run(["export", str(source), "--to", to, "--json"]) == 0
    told = capsys.readouterr()
    written = json.loads(told.out)["written"]
    assert f"after editing: portfolioopt import {written}" in told.err
    assert run(["export", str(source), "--to", to]) == 2
    assert "--force replaces" in capsys.readouterr().err
    assert run(["export", str(source), "--to", to, "--force", "--set", "capital.recycle=0"]) == 0
    assert run(["import", written, "-o", "back.yaml"]) == 0
    assert "next: portfolioopt validate back.yaml" in capsys.readouterr().err
    assert read_instance(Path("back.yaml")) == read_instance(source, ["capital.recycle=0"])
    assert run(["import", written, "-o", "back.yaml"]) == 2
    assert run(["import", written, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["valid"] is True
    assert run(["import", written]) == 0
    assert capsys.readouterr().out.startswith("format: portfolioopt-instance/1")


def test_a_folder_of_other_files_is_not_written_into(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(["export", str(STARTER), "--to", "csv", "-o", str(tmp_path), "--force"]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert run(["import", str(tmp_path / "mine.txt")]) == 2
    assert "--from xlsx, csv, logos or mmkp" in capsys.readouterr().err
