"""What lies under runs/ is told from its manifests; what may go is old, unnamed and ours to the last file."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portfolioopt.archive import KEEP, Saved, find, foreign_in, may_go, remove, saved_in, saved_under, studies_beside
from portfolioopt.errors import InvalidInput
from portfolioopt.language.model import Model
from portfolioopt.runs import MANIFEST, write_run
from result_samples import infeasible, solved, two_deals

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def made(folder: Path, age: float = 0.0, result=solved) -> Path:
    """A run that was made so many days ago."""
    write_run(result(), two_deals(), Model(), folder)
    path = folder / MANIFEST
    created = (NOW - timedelta(days=age)).isoformat(timespec="seconds")
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"created": created}), encoding="utf-8")
    return folder


def name_of(age: float) -> str:
    return f"{NOW - timedelta(days=age):%Y%m%dT%H%M%SZ}-two_deals-unnamed-30c5d885"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Six runs without names, a named one, a kept one, and what is no run."""
    root = tmp_path / "runs"
    for age in (0, 1, 2, 30, 31, 400):
        made(root / name_of(age), age)
    made(root / "board-march", 500)
    made(root / name_of(90), 90)
    (root / name_of(90) / KEEP).touch()
    (root / "notes").mkdir()
    (root / "notes" / "a.txt").write_text("mine", encoding="utf-8")
    (root / "file.txt").write_text("mine", encoding="utf-8")
    (root / ".20261128T000000Z-half-done").mkdir()
    (root / "broken").mkdir()
    (root / "broken" / MANIFEST).write_text("{", encoding="utf-8")
    return root


def names(found: list[Saved]) -> list[str]:
    return [one.folder.name for one in found]


def test_runs_are_told_the_newest_first_and_all_else_is_passed_over(shelf: Path) -> None:
    found = saved_under(shelf)
    assert names(found) == [*(name_of(age) for age in (0, 1, 2, 30, 31, 90, 400)), "board-march"]
    assert [one.named for one in found] == [False] * 7 + [True]
    assert [one.kept for one in found] == [False] * 5 + [True, False, True]
    first = found[0]
    assert (first.kind, first.what, first.instance, first.status) == ("run", "solve", "two-deals", "optimal")
    assert first.value == pytest.approx(102.66, abs=0.01)
    assert saved_under(shelf / "nowhere") == []


def test_a_run_without_a_plan_is_told_as_such(tmp_path: Path) -> None:
    found = saved_in(made(tmp_path / "run", result=infeasible))
    assert found is not None
    assert (found.status, found.value) == ("infeasible", None)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"format": "portfolioopt-run/1"}', '{"format": ["x"]}'])
def test_a_manifest_that_is_none_is_no_run(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    assert saved_in(tmp_path) is None


def test_one_is_found_by_folder_name_beginning_or_number(shelf: Path) -> None:
    assert find(str(shelf / "board-march")).folder == shelf / "board-march"
    assert find("board-march", shelf).named
    assert find("board", shelf).named
    assert find("1", shelf).folder.name == name_of(0)
    assert find("8", shelf).folder.name == "board-march"
    for wanted, said in (
        ("2026", "begin so"),
        ("9", "is no run or study"),
        ("", "is no run or study"),
        ("notes", "is no run or study"),
        ("bord-march", "did you mean board-march"),
    ):
        with pytest.raises(InvalidInput, match=said):
            find(wanted, shelf)
    with pytest.raises(InvalidInput, match="there is no run or study in"):
        find("1", shelf / "nowhere")


def test_what_may_go_is_beyond_the_newest_older_than_asked_and_neither_named_nor_kept(shelf: Path) -> None:
    every = saved_under(shelf)
    assert names(may_go(every, 2, now=NOW)) == [name_of(age) for age in (2, 30, 31, 400)]
    assert names(may_go(every, 2, timedelta(days=30), NOW)) == [name_of(age) for age in (31, 400)]
    assert names(may_go(every, 0, timedelta(days=365), NOW)) == [name_of(400)]
    assert may_go(every, 6, now=NOW) == []
    assert len(may_go(every, 0, now=NOW)) == 6


def test_what_is_removed_is_gone_and_nothing_else(shelf: Path) -> None:
    before = {path.relative_to(shelf) for path in shelf.rglob("*")}
    (oldest,) = may_go(saved_under(shelf), 5, now=NOW)
    remove(oldest)
    gone = before - {path.relative_to(shelf) for path in shelf.rglob("*")}
    assert {path.parts[0] for path in gone} == {name_of(400)}


def test_a_folder_to_which_something_was_added_stays(shelf: Path) -> None:
    saved = saved_in(shelf / name_of(400))
    assert saved is not None
    for added in ("notes.txt", "tables/mine.xlsx", "more/actions.csv", "deep/tables/actions.csv", "exhibits/x.txt"):
        path = saved.folder / added
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
        assert foreign_in(saved.folder), added
        with pytest.raises(InvalidInput, match="holds what no command of portfolioopt has written"):
            remove(saved)
        assert path.read_text(encoding="utf-8") == "mine"
        path.unlink()
        if path.parent.name in ("more", "tables") and not any(path.parent.iterdir()):
            path.parent.rmdir()


def test_what_the_commands_add_to_a_run_is_ours(shelf: Path) -> None:
    folder = shelf / name_of(0)
    pages = ("report.html", "report.pdf", "comparison.html", "exhibits/price_deals.json", "tables/money.csv", KEEP)
    of_sweeps = ("asked.json", "log.jsonl", "points/46/461f.json")
    for added in (*pages, *of_sweeps):
        (folder / added).parent.mkdir(exist_ok=True, parents=True)
        (folder / added).touch()
    assert foreign_in(folder) == []


def test_a_link_and_what_is_no_longer_what_was_listed_stay(shelf: Path) -> None:
    target = made(shelf.parent / "elsewhere", 50)
    link = shelf / name_of(50)
    link.symlink_to(target, target_is_directory=True)
    saved = saved_in(link)
    assert saved is not None
    with pytest.raises(InvalidInput, match="is a link"):
        remove(saved)
    assert (target / MANIFEST).exists()
    old = saved_in(shelf / name_of(31))
    assert old is not None
    made(shelf / name_of(31), 3)
    with pytest.raises(InvalidInput, match="is not what was listed"):
        remove(old)
    assert (shelf / name_of(31) / MANIFEST).exists()


def test_studies_beside_a_run_are_those_of_the_same_input(tmp_path: Path) -> None:
    folders = {}
    for number, (asked, name) in enumerate((("h", "second"), ("h", "first"), ("other", "third"))):
        folders[name] = tmp_path / name
        folders[name].mkdir()
        document = {
            "format": "portfolioopt-study/1", "created": (NOW - timedelta(days=number)).isoformat(),
            "study": "security", "instance": "i", "model": "m", "complete": True, "input_hash": asked,
        }  # fmt: skip
        (folders[name] / MANIFEST).write_text(json.dumps(document), encoding="utf-8")
    run = made(tmp_path / "plan")
    assert studies_beside(run, "h") == [tmp_path.resolve() / "first", tmp_path.resolve() / "second"]
