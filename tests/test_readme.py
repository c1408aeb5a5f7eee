"""The README keeps its word: what it shows runs, what it names exists, what it claims comes out."""

import importlib.util
import json
import re
import shlex
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

import portfolioopt
from portfolioopt.command import exits, run
from portfolioopt.command.app import app
from portfolioopt.language.model import Model
from portfolioopt.result import Result

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def shown_commands() -> list[tuple[str, int]]:
    """Command lines that begin with portfolioopt, in blocks and in the text, and the exit code that each claims."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    prose = re.sub(r"^```.*?^```", "", README, flags=re.DOTALL | re.MULTILINE)
    lines += re.findall(r"`((?:portfolioopt) [^`]+)`", prose)
    found = []
    for line in lines:
        command, _, remark = line.partition("#")
        if command.split()[0].removeprefix(".venv/bin/") == "portfolioopt":
            code = re.search(r"exits with (\d+)", remark)
            found.append((command.partition("|")[0].strip(), int(code[1]) if code else 0))
    return found


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the checkout to commands and snippets, and takes what they write."""
    for name in ("instances", "models"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_shown_ends_as_claimed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = shown_commands()
    assert len(commands) > 8
    for command, code in commands:
        arguments = shlex.split(command)[1:]
        if "--install-completion" in arguments:  # would change the shell of whoever runs the tests
            continue
        if "instances/automaker_2026" in arguments:  # a minute: here it is only read
            arguments[0] = "validate"
        elif arguments[0] == "init" and (len(arguments) == 1 or Path(arguments[1]).exists()):  # named in a sentence
            continue
        elif arguments[0] == "solve":
            arguments += ["--time-limit", "30"]
        capsys.readouterr()
        assert run(arguments) == code, command
        if "--json" in arguments:
            assert json.loads(capsys.readouterr().out)["status"] == "optimal"


def test_the_python_snippets_run_and_print_what_is_claimed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snippets, claims = blocks("python"), blocks("text")
    assert len(snippets) == len(claims) > 0
    for snippet, claim in zip(snippets, claims, strict=True):
        exec(compile(snippet, "README.md", "exec"), {})
        assert capsys.readouterr().out == claim


def test_what_the_instance_shown_leads_to_is_told_truly(tmp_path: Path) -> None:
    path = tmp_path / "instance.yaml"
    path.write_text(next(block for block in blocks("yaml") if "portfolioopt-instance/1" in block))
    result = portfolioopt.solve(portfolioopt.read_instance(path))
    assert result.status == "optimal"
    assert result.plan is not None
    decided = {(one.scenario, one.year, one.action) for one in result.plan.decisions}
    assert decided == {("as_planned", 2026, "sign"), ("slow_ev", 2026, "sign"), ("slow_ev", 2028, "sell_share")}
    assert {(one.year, float(one.engineers)) for one in result.plan.hiring if one.engineers} == {(2026, 10.0)}
    assert "sign in 2026 and hire ten engineers; at the 2028 review sell the share" in README


def test_the_model_shown_is_a_model_that_fits(checkout: Path) -> None:
    for number, block in enumerate(block for block in blocks("yaml") if "portfolioopt-model/1" in block):
        path = checkout / f"model{number}.yaml"
        path.write_text(block)
        assert isinstance(portfolioopt.read_model(path), Model)
        assert run(["validate", "instances/five_deals", "--model", str(path)]) == 0
    assert all("format: portfolioopt-" in block for block in blocks("yaml"))


def test_the_price_of_safety_is_told_truly() -> None:
    facts = portfolioopt.read_instance(ROOT / "instances" / "five_deals")
    average, safe = (portfolioopt.solve(facts, name) for name in ("expected_value", "worst_case"))
    for result in (average, safe):
        assert f"{result.expected_npv:,.1f}" in README
        assert f"{min(result.npv.values()):,.1f}" in README


def test_the_price_of_change_is_told_truly(checkout: Path) -> None:
    key = re.search(r"^# (changes: .*against: my-run\})", README, re.MULTILINE)
    assert key
    (checkout / "ours.yaml").write_text(f"format: portfolioopt-model/1\n{key[1]}\n")
    assert run(["validate", "instances/two_deals", "--model", "ours.yaml"]) == 3
    assert run(["solve", "instances/two_deals", "--out", "my-run", "--quiet"]) == 0
    assert run(["validate", "instances/two_deals", "--model", "ours.yaml"]) == 0
    assert run(["validate", "instances/five_deals", "--model", "ours.yaml"]) == 3


def test_every_link_and_place_exists() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    for link in links:
        assert "://" not in link
        assert (ROOT / link).exists(), link
    table = README.split("## Where things are")[1].split("\n## ")[0]
    for place in re.findall(r"`([\w./]+)`", " ".join(line.split("|")[1] for line in table.splitlines() if "|" in line)):
        assert (ROOT / place).exists() or (ROOT / "src" / "portfolioopt" / place).exists(), place


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"\bmake (\w+)", "\n".join([*blocks("sh"), *re.findall(r"`([^`]+)`", README)])))
    assert {"rebalance", "test"} <= targets
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_every_package_has_its_line() -> None:
    packages = [path.parent.name for path in (ROOT / "src" / "portfolioopt").glob("*/__init__.py")]
    assert [name for name in packages if f"`{name}`" not in README] == []


def test_exit_codes_and_models_are_all_told() -> None:
    codes = {value for name, value in vars(exits).items() if name.isupper()}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == codes
    shipped = {path.stem for path in (ROOT / "models").glob("*.yaml")}
    assert set(re.findall(r"^\| \[(\w+)\]", README, re.MULTILINE)) == shipped


def test_every_command_is_shown() -> None:
    names = [command.name for command in app.registered_commands if command.name]
    assert "solve" in names
    shown = re.findall(r"portfolioopt ([a-z]+)", README)
    listed = re.split(r"[\[\]`, ]+", " ".join(re.findall(r"^\|.*\|$", README, re.MULTILINE)))
    assert [name for name in names if name not in (*shown, *listed, "information")] == []


def test_it_stays_short() -> None:
    assert len(README.splitlines()) <= 200


def pictures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pictures", ROOT / "docs" / "make_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines_of(svg: str) -> list[str]:
    """What a picture says, line by line, without durations."""
    rows: dict[str, str] = {}
    for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        rows[text.get("y", "")] = rows.get(text.get("y", ""), "") + (text.text or "")
    return [re.sub(r"<?[\d.]+ s\b", "… s", row.replace("\xa0", " ")).rstrip() for row in rows.values()]


@pytest.fixture(scope="module")
def five_deals() -> Result:
    return portfolioopt.solve(portfolioopt.read_instance(ROOT / "instances" / "five_deals"))


def test_the_picture_shows_what_the_command_shows_today(five_deals: Result) -> None:
    module = pictures()
    # if this fails: python docs/make_pictures.py, and look at it
    assert lines_of(module.PICTURE.read_text(encoding="utf-8")) == lines_of(module.picture(five_deals))
    assert f"`{module.COMMAND}`" in README


def test_the_same_run_gives_the_same_picture(five_deals: Result) -> None:
    module = pictures()
    assert module.picture(five_deals) == module.picture(Result.from_json(five_deals.to_json()))


def test_the_picture_needs_no_network() -> None:
    svg = (ROOT / "docs" / "roadmap.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"[a-z]+://[^\"' )]*", svg)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in svg
    assert "<script" not in svg
