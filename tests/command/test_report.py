"""`portfolioopt report`: files written, names told, and what is wrong said in a line."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portfolioopt.command import run
from portfolioopt.report.pdf import ASKED
from report_samples import browser_here, infeasible_run, lone_run, two_deals_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run with little to draw."""
    return lone_run(tmp_path_factory.mktemp("command") / "run")


@pytest.fixture
def copy(folder, tmp_path):
    return Path(shutil.copytree(folder, tmp_path / "run"))


def test_the_page_goes_into_the_run_folder_and_its_name_is_told(copy, capsys):
    assert run(["report", str(copy)]) == 0
    assert capsys.readouterr() == (f"{copy / 'report.html'}\n", "")
    assert (copy / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(each.name for each in copy.iterdir() if each.suffix in (".html", "")) == ["report.html", "tables"]


def test_an_earlier_page_is_replaced_and_anything_else_is_not(copy, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert run(["report", str(copy), "-o", str(page)]) == 0
    assert run(["report", str(copy), "-o", str(page)]) == 0
    capsys.readouterr()
    mine = tmp_path / "notes.html"
    mine.write_text("<p>mine</p>")
    assert run(["report", str(copy), "-o", str(mine)]) == 3
    said = "exists and is not an earlier report, so it is not overwritten (choose another file with -o)"
    assert capsys.readouterr() == ("", f"{mine}: {said}\n")
    assert mine.read_text() == "<p>mine</p>"
    assert run(["report", str(copy), "-o", str(tmp_path)]) == 3
    assert "is a folder" in capsys.readouterr().err


def test_two_runs_are_compared(tmp_path, capsys):
    first, second = two_deals_run(tmp_path / "a"), infeasible_run(tmp_path / "b")
    assert run(["report", str(first), str(second)]) == 0
    assert capsys.readouterr().out == f"{first / 'comparison.html'}\n"
    text = (first / "comparison.html").read_text(encoding="utf-8")
    assert "2 runs of two-deals" in text
    assert "Compared with a;" in text


def test_charts_are_written_as_pictures_in_the_order_of_the_page(copy, tmp_path, capsys):
    pictures = tmp_path / "new" / "pictures"
    assert run(["report", str(copy), "--png", str(pictures), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["charts"] == ["road-map-no-domain", "cash", "value"]
    assert told["pictures"] == [str(pictures / f"{n:02d}-{name}.png") for n, name in enumerate(told["charts"], 1)]
    assert told["page"] == str(copy / "report.html")
    assert told["pdf"] is None
    for picture in told["pictures"]:
        assert Path(picture).read_bytes().startswith(b"\x89PNG\r\n")


def test_the_page_is_printed_by_a_browser(copy, capsys):
    browser_here()
    assert run(["report", str(copy), "--pdf"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(copy / "report.html"), str(copy / "report.pdf")]
    assert (copy / "report.pdf").read_bytes().startswith(b"%PDF")


def test_without_a_browser_the_way_to_a_pdf_is_told_before_any_work(copy, capsys, monkeypatch):
    monkeypatch.setenv(ASKED, "no-such-browser")
    assert run(["report", str(copy), "--pdf"]) == 2
    said = capsys.readouterr().err
    assert "Chromium, Chrome or Edge" in said
    assert ASKED in said
    assert not (copy / "report.html").exists()


def test_a_browser_that_does_not_print_is_told(copy, capsys, monkeypatch):
    monkeypatch.setenv(ASKED, "false")
    assert run(["report", str(copy), "--pdf"]) == 3
    assert "false could not print it: no reason given" in capsys.readouterr().err
    assert (copy / "report.html").exists()


def test_what_is_not_a_run_is_refused_with_a_word_on_what_is(tmp_path, capsys):
    for place, what in ((tmp_path, "is not a run folder"), (tmp_path / "nowhere", "there is no such folder")):
        assert run(["report", str(place)]) == 3
        hint = "a run is a folder that solve has saved: portfolioopt solve INSTANCE --out DIR"
        assert capsys.readouterr() == ("", f"{place}: {what} ({hint})\n")
    assert run(["report"]) == 2
    assert "Missing argument" in capsys.readouterr().err


def test_a_damaged_exhibit_is_refused_and_named(copy, capsys):
    (copy / "exhibits").mkdir()
    (copy / "exhibits" / "frontier.json").write_text("{}")
    assert run(["report", str(copy)]) == 3
    said = capsys.readouterr().err
    assert said.startswith(f"{copy / 'exhibits' / 'frontier.json'}: format: is not an exhibit")


def test_a_place_that_cannot_be_written_is_told(copy, tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run(["report", str(copy), "-o", str(blocked / "page.html")]) == 3
    assert "cannot be" in capsys.readouterr().err
    assert run(["report", str(copy), "--png", str(blocked)]) == 3
    assert "cannot be written" in capsys.readouterr().err


def test_missing_packages_are_told_with_the_way_to_get_them(copy, capsys, monkeypatch):
    from portfolioopt.report import extra

    monkeypatch.setitem(extra.PACKAGES, "no_such_module", "no-such-package")
    assert run(["report", str(copy)]) == 2
    said = "this needs no-such-package, not installed here: pip install 'portfolioopt[report]'"
    assert capsys.readouterr() == ("", f"portfolioopt: {said}\n")


def test_the_extra_names_what_the_report_imports():
    import tomllib

    from portfolioopt.report.extra import PACKAGES

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    named = {line.split(">")[0] for line in project["project"]["optional-dependencies"]["report"]}
    assert named == set(PACKAGES.values())


def test_other_commands_load_none_of_it():
    code = (
        "import sys, portfolioopt.command.app; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'altair', 'jinja2', 'vl_convert'}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
