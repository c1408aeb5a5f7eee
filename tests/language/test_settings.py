"""Settings edit an input by path, and say which of them cannot be made."""

from typing import Any

import pytest

from language.samples import SOUND
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.parsing import parse
from portfolioopt.language.settings import edited


def after(setting: str) -> Any:
    edit = edited(parse(SOUND).value, [setting], Instance)
    assert not edit.faults, [str(fault) for fault in edit.faults]
    return edit.value


def test_keys_lead_to_a_value() -> None:
    assert after("capital.budget=400")["capital"]["budget"] == 400
    assert after("capital.budget=[1, 2, 3, 4.50]")["capital"]["budget"][3].as_tuple().digits == (4, 5, 0)
    assert after("name=Other name")["name"] == "Other name"


def test_members_of_lists_go_by_id_name_or_position() -> None:
    assert after("partnerships.cells.states.full.capital=[1,2]")["partnerships"][0]["states"]["full"]["capital"] == [
        1,
        2,
    ]
    assert after("scenarios.base.probability=0.5")["scenarios"][0]["probability"] * 2 == 1
    assert after("partnerships[1].start.state=none")["partnerships"][1]["start"]["state"] == "none"
    assert after("exposures.cap.at_most=600")["exposures"][0]["at_most"] == 600
    assert after("partnerships.cells.actions.form.lead_years=2")["partnerships"][0]["actions"][0]["lead_years"] == 2
    assert after("review_years[1]=2029")["review_years"] == [2026, 2029]


def test_names_with_points_and_blanks_stand_between_quotes() -> None:
    raw = {"scenarios": [{"name": "slow ev. demand", "probability": 1}]}
    for setting in ('scenarios."slow ev. demand".probability=0', "scenarios.'slow ev. demand'.probability=0"):
        assert edited(raw, [setting], Instance).value["scenarios"][0]["probability"] == 0


def test_a_key_that_may_stand_there_is_added() -> None:
    assert after("readiness.weights.culture=0.2")["readiness"] == {"weights": {"culture": parse("0.2").value}}
    assert after("partnerships.stack.states.core.exposure={america: 3}")["partnerships"][1]["states"]["core"][
        "exposure"
    ]
    assert after("partnerships.cells.states.full.exposure.europe=3")
    assert edited({}, ["limits.skills={price: 2}"], Model).value == {"limits": {"skills": {"price": 2}}}


def test_later_settings_win_and_know_their_origin() -> None:
    edit = edited(parse(SOUND).value, ["capital.recycle=0", "capital.recycle=1"], Instance)
    assert edit.value["capital"]["recycle"] == 1
    assert edit.origin(("capital", "recycle")) == "--set capital.recycle=1"
    assert edit.origin(("capital", "budget", 0)) == ""


def test_the_input_stays_as_it_was() -> None:
    raw = parse(SOUND).value
    edited(raw, ["partnerships.cells.states.full.capital=[1]", "capital.budget=1"], Instance)
    assert raw == parse(SOUND).value


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("capital", "is not path=value"),
        ("=3", "is not path=value"),
        ("", "is not path=value"),
        (".a=3", "is not path=value"),
        ("a..b=3", "is not path=value"),
        ("a.=3", "is not path=value"),
        ("a[x]=3", "is not path=value"),
        ("capitl.budget=3", "did you mean capital?"),
        ("capital.budgt=3", "did you mean budget?"),
        ("partnerships.cels.start=none", "did you mean cells?"),
        ("partnerships[7].start.state=none", "there is no such member: the list has 2"),
        ("partnerships.cells.states.ful.cost=3", "did you mean full?"),
        ("skills.engneer.capacity=3", "did you mean engineer?"),
        ("skills[0].capacity=3", "has keys, not positions"),
        ("name.first=3", "holds no keys"),
        ("name[0]=3", "holds no keys"),
        ("capital.budget=[1, 2", "the value cannot be read: a list is not closed"),
        ("capital.budget=!x 3", "the value cannot be read: the tag !x"),
        ("capital.budget=a: b: c", "the value cannot be read"),
    ],
)
def test_a_setting_that_cannot_be_made_is_told_by_its_own_text(setting: str, said: str) -> None:
    (fault,) = edited(parse(SOUND).value, [setting], Instance).faults
    assert str(fault).startswith(f"--set {setting}")
    assert said in str(fault)
