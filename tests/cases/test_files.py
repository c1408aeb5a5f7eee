"""Case files are read strictly, every fault at its place, and what is written reads back equal."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.samples import unmarked, write
from portfolioopt import InvalidCase, InvalidInput
from portfolioopt.cases import Add, Case, Change, Forbid, Force, Ignore, Remove, Scale, Set, Shift, case
from portfolioopt.cases.files import Foundation, parted_reference, read_case, read_cases, to_yaml

HEAD = "format: portfolioopt-cases/1\ncases:\n  - name: one\n    changes:\n"


def changes(tmp_path: Path, text: str) -> list[Change]:
    found = read_cases(write(tmp_path, HEAD + "".join(f"      {line}\n" for line in text.splitlines())))
    return list(found.cases["one"].changes)


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        ("capital.budget: x1.1", Scale("capital.budget", Decimal("1.1"))),
        ("capital.budget: x 2", Scale("capital.budget", Decimal(2))),
        ("capital.budget: ×0.5", Scale("capital.budget", Decimal("0.5"))),
        ("capital.budget: x1e-3", Scale("capital.budget", Decimal("0.001"))),
        ("capital.budget: -10%", Scale("capital.budget", Decimal("0.9"))),
        ("capital.budget: +12.5%", Scale("capital.budget", Decimal("1.125"))),
        ("capital.budget.2028: +120", Add("capital.budget.2028", 120)),
        ("capital.budget.2028: +0.5", Add("capital.budget.2028", Decimal("0.5"))),
        ("capital.budget.2028: +-120", Add("capital.budget.2028", -120)),
        ("capital.budget.2028: 120", Set("capital.budget.2028", 120)),
        ("capital.recycle: 0", Set("capital.recycle", 0)),
        ("name: x marks the spot", Set("name", "x marks the spot")),
        ("a.window: 1 year later", Shift("a.window", 1)),
        ("a.window: 2 years earlier", Shift("a.window", -2)),
        ("set: {a.b: -120, c: +3}", Set("a.b", -120)),
        ("set: {a.b: x1.1}", Set("a.b", "x1.1")),
        ("scale: {a.b: 1.1}", Scale("a.b", Decimal("1.1"))),
        ("scale: {a.b: x1.1}", Scale("a.b", Decimal("1.1"))),
        ("add: {a.b: -3}", Add("a.b", -3)),
        ("add: {a.b: {c: 1}}", Add("a.b", {"c": 1})),
        ("shift: {a.b: -2}", Shift("a.b", -2)),
        ("shift: {a.b: 2 years later}", Shift("a.b", 2)),
        ("remove: a.b", Remove("a.b")),
        ("ignore: capital", Ignore("capital")),
        ("force: a", Force("a")),
        ("force: a.sign", Force("a", either="sign")),
        ("forbid: a.full.2028", Forbid("a", either="full", years=(2028, 2028))),
        ("forbid: a.2028-2030", Forbid("a", years=(2028, 2030))),
        ("forbid: {partnership: a, action: sign, years: 2028}", Forbid("a", action="sign", years=(2028, 2028))),
        ("force: {partnership: a, states: [b, c]}", Force("a", states=("b", "c"))),
        ("{group: money, remove: a.b}", Remove("a.b", group="money")),
    ],
)  # fmt: skip
def test_every_way_to_write_a_change(tmp_path: Path, entry: str, change: Change) -> None:
    assert changes(tmp_path, f"- {entry}")[0] == change


def test_changes_are_made_in_their_order_whether_listed_or_together(tmp_path: Path) -> None:
    listed = changes(tmp_path, "- a: x2\n- a: +3\n- remove: [b, c]")
    together = changes(tmp_path, "a: x2\nadd: {a: 3}\nremove: [b, c]")
    assert listed == together == [Scale("a", Decimal(2)), Add("a", 3), Remove("b"), Remove("c")]


def test_a_change_knows_where_it_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "      - a: x2\n      - set: {b: 1,\n              c: 2}\n      - forbid: [d, e]\n")
    places = [(one.origin.line, one.origin.column) for one in read_cases(path).cases["one"].changes]
    assert places == [(5, 9), (6, 15), (7, 15), (8, 18), (8, 21)]


def test_cases_stand_on_cases_and_on_the_base_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, """\
format: portfolioopt-cases/1
base: {instance: there, model: risk_averse}
cases:
  - {name: two, base: one, changes: {b: 2}}
  - {name: one, changes: {a: 1}}
  - {name: other, base: {instance: elsewhere.yaml, model: mine.yaml}}
  - {name: three, base: other}
""")  # fmt: skip
    found = read_cases(path)
    assert [one.name for one in found.cases["two"].chain] == ["one", "two"]
    assert found.cases["two"].base is found.cases["one"]
    assert found.foundations["two"] == Foundation(tmp_path / "there", "risk_averse")
    assert found.foundations["three"] == Foundation(tmp_path / "elsewhere.yaml", str(tmp_path / "mine.yaml"))


def test_a_case_is_named_behind_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD.replace("    changes:\n", ""))
    assert read_case(f"{path}:one")[0] == read_case(str(path))[0] == Case("one")
    assert read_case(f"{path}:one")[1] is None
    assert parted_reference("folder/a:b.yaml:name") == ("folder/a:b.yaml", "name")
    colon = write(tmp_path, path.read_text(), "a:b")
    assert parted_reference(str(colon)) == (str(colon), "")
    with pytest.raises(InvalidCase, match=r"there is no case called won.*did you mean one"):
        read_case(f"{path}:won")
    two = write(tmp_path, path.read_text() + "  - name: two\n", "two.yaml")
    with pytest.raises(InvalidCase, match=r"holds 2 cases: one, two \(say which: .*two.yaml:one\)"):
        read_case(str(two))


FAULTS = {
    "no format": ("format: portfolioopt-cases/1\n", "", "format: is missing"),
    "another format": ("format: portfolioopt-cases/1", "‸format: portfolioopt-instance/1", "write format: portf"),
    "an unknown key": ("    changes:\n", "    ‸chnges: []\n    changes:\n", "did you mean changes?"),
    "no cases": ("cases:\n", "other:\n", "cases: is missing"),
    "a name that is none": ("name: one", "‸name: one:two", "a letter first"),
    "a change that is none": ("- capital.budget: x0.9", "- ‸capital.budget", "must be paths"),
    "a bare negative number": ("budget: x0.9", "budget: -10", "-10 may mean to set or to add (to add write"),
    "no path": ("capital.budget: x0.9", '‸"": 3', "is not a path"),
    "no path in a verb": ("capital.budget: x0.9", 'set: {‸"a..b": 3}', "'a..b' is not a path"),
    "an assignment": ("capital.budget: x0.9", "‸a=3: 3", "'a=3' is not a path"),
    "a misspelt verb": ("capital.budget: x0.9", "‸forbit: {a: b}", "did you mean forbid?"),
    "no paths": ("capital.budget: x0.9", "‸set: 3", "must be paths with values (for example set:"),
    "no factor": ("capital.budget: x0.9", "scale: {‸a: much}", "must be a factor, not 'much'"),
    "no years": ("capital.budget: x0.9", "shift: {‸a: 1.5}", "must be a whole number of years, not 1.5"),
    "nothing to remove": ("capital.budget: x0.9", "‸remove: 3", "must be a path, not 3"),
    "nothing to ignore": ("capital.budget: x0.9", "‸ignore:", "must be the id or the family of a limit, not empty"),
    "an unknown key of an aim": ("capital.budget: x0.9", "force: {partnership: a, ‸state: b}", "did you mean states?"),
    "an aim without its partnership": ("capital.budget: x0.9", "‸force: {action: b}", "names no partnership"),
    "an aim too deep": ("capital.budget: x0.9", "‸force: a.b.c", "is not a partnership (write"),
    "an aim of bad years": ("capital.budget: x0.9", "force: {partnership: a, ‸years: [1]}", "must be a year, or ["),
    "a group that is none": ("- capital.budget: x0.9", "- {a: 1, ‸group: 3}", "group: must be a short text"),
    "a base that is nowhere": ("    changes:\n", "    ‸base: tow\n    changes:\n", "there is no case called tow (did"),
    "a base that is itself": ("    changes:\n", "    ‸base: one\n    changes:\n", "is based on itself: one on one"),
    "a base without instance": ("    changes:\n", "    base: {model: x}\n    changes:\n", "instance: is missing"),
    "two of a name": ("name: two", "‸name: one", "there are two cases called one"),
    "a tag": ("x0.9", "‸!python/object:os.system x", "the tag !python/object:os.system is not allowed"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_a_case_file_names_its_place(tmp_path: Path, name: str) -> None:
    old, new, said = FAULTS[name]
    sound = f"{HEAD}      - capital.budget: x0.9\n  - name: two\n"
    assert sound.count(old) == 1
    text, line, column = unmarked(sound.replace(old, new))
    path = write(tmp_path, text)
    with pytest.raises(InvalidCase) as caught:
        read_cases(path)
    told = [str(fault) for fault in caught.value.faults]
    assert said in told[0]
    assert told[0].startswith(f"{path}:{line}:{column}:" if "‸" in new else f"{path}:"), told


def test_a_circle_of_cases_is_told_in_full(tmp_path: Path) -> None:
    path = write(tmp_path, """\
format: portfolioopt-cases/1
cases:
  - {name: a, base: b}
  - {name: b, base: c}
  - {name: c, base: a}
  - {name: d, base: a}
""")  # fmt: skip
    with pytest.raises(InvalidCase) as caught:
        read_cases(path)
    assert [fault.message for fault in caught.value.faults] == [
        "is based on itself: a on b on c on a",
        "is based on itself: b on c on a on b",
        "is based on itself: c on a on b on c",
    ]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidCase) as caught:
        changes(tmp_path, "- a: -3\n- b: 3\n- force: {a: b}\n- 17")
    assert [fault.line for fault in caught.value.faults] == [5, 7, 8]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no such file"):
        read_cases(tmp_path / "none.yaml")


PATHS = st.sampled_from(["a", "a.b", 'scenarios."slow ev".probability', "p[0].q", "a.*.b", "model.name"])
NUMBERS = st.decimals(-1000, 1000, places=3).map(lambda number: number if number % 1 else Decimal(int(number)))
VALUES = st.recursive(
    NUMBERS | st.text(max_size=8) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)
GROUPS = st.sampled_from(["", "money", "a b"])
NAMES = st.sampled_from(["cell_jv", "a"])
YEARS = st.none() | st.tuples(st.integers(2026, 2030), st.integers(2026, 2030))
AIMS = {"partnership": NAMES, "years": YEARS, "group": GROUPS}
CHANGES = st.one_of(
    st.builds(Set, PATHS, VALUES, group=GROUPS),
    st.builds(Scale, PATHS, NUMBERS, group=GROUPS),
    st.builds(Add, PATHS, VALUES, group=GROUPS),
    st.builds(Shift, PATHS, st.integers(-5, 5), group=GROUPS),
    st.builds(Remove, PATHS, group=GROUPS),
    st.builds(Ignore, NAMES, group=GROUPS),
    st.builds(Force, action=st.sampled_from(["", "sign"]), **AIMS),
    st.builds(Forbid, states=st.sampled_from([(), ("full",), ("full", "none")]), **AIMS),
    st.builds(Force, either=st.sampled_from(["sign", "full"]), **AIMS),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CHANGES, max_size=4), st.lists(CHANGES, max_size=2), st.text("abc: 'é", max_size=9))
def test_what_is_written_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, own: list[Change], others: list[Change], description: str
) -> None:
    base = Case("first", tuple(others))
    whole = Case("second", tuple(own), base, description)
    path = tmp_path_factory.getbasetemp() / "written.yaml"
    path.write_text(to_yaml(whole, foundation=Foundation(Path("there"))), encoding="utf-8")
    found = read_cases(path)
    assert found.cases == {"first": base, "second": whole}
    assert found.foundations["second"] == Foundation(path.parent / "there")


def test_cases_of_programs_are_written_too(tmp_path: Path) -> None:
    path = write(tmp_path, to_yaml(case("poorer", Scale("capital.budget", 0.9))).replace("0.9", "0.8"))
    assert read_cases(path).cases["poorer"].changes == (Scale("capital.budget", Decimal("0.8")),)
