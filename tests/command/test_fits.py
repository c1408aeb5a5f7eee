"""Whatever the names are, what commands print fits 80 columns, and reads the same without colour."""

from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from portfolioopt import Instance, Model, read_instance, solve
from portfolioopt.command import run
from portfolioopt.language.writing import plain, to_yaml
from portfolioopt.runs import write_run

ROOT = Path(__file__).parents[2]
LONG = "a_state_whose_name_goes_on_and_on_until_nobody_can_remember_how_it_began_or_what_for"
WIDE = "電池工場の合弁事業と共同開発プログラムに関する長期契約（第三次改訂版・二〇二六年）🔋🚗"
LETTERS = (
    "Überlandwerk Łódź – Société d’énergie \u202eextraordinaire\u202c et très longue, naïve façade of a partnership"
)


def awkward() -> Instance:
    """Two deals with the longest names, in alphabets that are twice as wide, and enormous amounts."""
    document: dict[str, Any] = plain(read_instance(ROOT / "instances" / "two_deals"))
    text = to_yaml(Instance.model_validate(document))
    for old, new in (
        ("cell_plant", f"cell_plant_{LONG}"),
        ("stack_needs_cells", f"needs_{LONG}"),
        ("software_engineer", f"engineer_{LONG}"),
        ("sell_stake", f"sell_{LONG}"),
        ("supply", f"supply_{LONG}"),
        ("ev_demand", f"demand_{LONG}"),
        ("Cell plant with Voltara", WIDE),
        ("Software stack with Kernelwerk", LETTERS),
        ("name: high", f'name: "{WIDE}"'),
        ("name: slow", f'name: "{LETTERS.replace(chr(0x202E), "").replace(chr(0x202C), "")}"'),
        ("[Voltara]", f'["{WIDE}"]'),
        ("two-deals", WIDE),
        ("EUR million", "currency units of a country far away"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    from portfolioopt.language.parsing import parse

    parsed = parse(text)
    assert not parsed.faults
    return Instance.model_validate(parsed.value)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the awkward instance, one that is infeasible, and two runs."""
    folder = tmp_path_factory.mktemp("awkward")
    facts = awkward()
    (folder / "facts.yaml").write_text(to_yaml(facts), encoding="utf-8")
    never = plain(facts)
    owned = {"partnership": facts.partnerships[0].id, "states": ["owned"]}
    never["rules"] = [
        {"id": f"{must}_{LONG}", **owned, "must": must, "reason": LETTERS, "owner": WIDE}
        for must in ("always", "never")
    ]
    (folder / "never.yaml").write_text(to_yaml(Instance.model_validate(never)), encoding="utf-8")
    (folder / "cases.yaml").write_text(
        f"format: portfolioopt-cases/1\nbase: {{instance: facts.yaml}}\ncases:\n"
        f'  - name: tight_{LONG}\n    description: "{WIDE} {LETTERS[:40]}"\n'
        f"    changes: [capital.budget: -5%, forbid: {CELLS}]\n",
        encoding="utf-8",
    )
    for name, changes in (("plan", []), (f"other_{LONG}", ["capital.recycle=0"])):
        edited = read_instance(folder / "facts.yaml", changes)
        write_run(solve(edited, verify=False), edited, Model(name="expected_value"), folder / "runs" / name)
    return folder


QUICK = ("--no-verify", "--time-limit", "60")
SERIAL = ("--engine", "serial", "--no-verify", "--work-limit", "30")
ALONE, HIRED = "--one-at-a-time", f"skills.engineer_{LONG}.capacity=x0.5,x2.0"
CELLS, SELL = f"cell_plant_{LONG}", f"sell_{LONG}"
COMMANDS: dict[str, tuple[str, ...]] = {
    "validate": ("validate", "facts.yaml"),
    "solve": ("solve", "facts.yaml", *QUICK),
    "solve, infeasible": ("solve", "never.yaml", *QUICK),
    "show": ("show", "runs/plan"),
    "whatif": ("whatif", "facts.yaml", "--set", "capital.budget=90", *QUICK),
    "compare": ("compare", "runs/plan", f"runs/other_{LONG}"),
    "models": ("models",),
    "cases": ("cases", "cases.yaml"),
    "alternatives": ("alternatives", "facts.yaml", "--within", "50%", "--count", "3", *QUICK),
    "diagnose": ("diagnose", "never.yaml", *QUICK),
    "stability": ("stability", "facts.yaml", f"runs/other_{LONG}", *QUICK),
    "frontier": ("frontier", "facts.yaml", "--against", "capital", "--points", "3", *QUICK),
    "rolling": ("rolling", "facts.yaml", *QUICK),
    "stress": ("stress", "runs/plan", "--draws", "500", "--volatility", f"demand_{LONG}=20%", "--outage"),
    "sweep, a grid": ("sweep", "facts.yaml", "--vary", "capital.budget=x0.9,x1.1", "--vary", HIRED, *SERIAL),
    "sweep, one at a time": ("sweep", "facts.yaml", "--vary", "capital.budget=x0.5", "--vary", HIRED, ALONE, *SERIAL),
    "sweep, a sample": ("sweep", "facts.yaml", "--sample", "3", "--vary", HIRED, *SERIAL),
    "sweep, of cases": ("sweep", "--cases", "cases.yaml", *SERIAL),
    "sweep, nothing sound": ("sweep", "facts.yaml", "--vary", f"scenarios.{WIDE}.probability=0.9", *SERIAL),
    "math": ("math", "risk_averse"),
    "math, of an instance": ("math", "expected_value", "--instance", "facts.yaml"),
    "explain": ("explain", "runs/plan", CELLS, *QUICK),
    "security": ("security", "facts.yaml", *QUICK),
    "value-of-information": ("value-of-information", "facts.yaml", *QUICK),
    "price deals": ("price", "deals", "facts.yaml", "--paid-in", "2026", *QUICK),
    "price limits": ("price", "limits", "facts.yaml", *QUICK),
    "price rights": ("price", "rights", "facts.yaml", *QUICK),
    "price terms": ("price", "terms", "facts.yaml", CELLS, *QUICK),
    "runs list": ("runs", "list"),
    "runs show": ("runs", "show", "other"),
    "runs gc": ("runs", "gc", "--keep", "0"),
}


@pytest.fixture
def plain_terminal(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.chdir(place)
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("plain_terminal")
@pytest.mark.parametrize("command", COMMANDS)
def test_what_it_prints_fits_eighty_columns(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(COMMANDS[command])
    told = capsys.readouterr()
    assert code in (0, 4) or (code == 3 and "sound" in command), told.err
    assert told.out.strip() or command == "runs gc"
    wide = [(cell_len(line), line) for line in told.out.splitlines() if cell_len(line) > 80]
    assert wide == []
    assert "\x1b" not in told.out
    assert "\u202e" not in told.out
