"""Every bad file gives plain faults at the line and column of the culprit, and never a traceback."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from language.samples import MARK, SOUND, broken, unmarked, write
from portfolioopt.errors import Fault, InvalidInstance, InvalidModel
from portfolioopt.language.reading import InstanceSource, read_instance, read_model, shipped_models

ROOT = Path(__file__).parents[2]


def faults(folder: Path, text: str | bytes, settings: tuple[str, ...] = ()) -> tuple[Fault, ...]:
    with pytest.raises(InvalidInstance) as caught:
        read_instance(write(folder, text), settings)
    assert all(fault.message for fault in caught.value.faults)
    return caught.value.faults


# what is replaced, by what (the mark is where the fault must be), and what must be said
KEYS = {
    "unknown key at the top": ("currency:", "‸curency:", "did you mean currency?"),
    "unknown key in a state": ("        cost: 25", "        ‸costs: 25", "did you mean cost?"),
    "unknown key in a flow mapping": ("recycle: 0.5", "‸recyle: 0.5", "did you mean recycle?"),
    "unknown key in an action": ("lead_years: 1", "‸lead: 1", "unknown key"),
    "unknown key in readiness": ("culture: 3", "culture: 3, ‸cultur: 3", "did you mean culture?"),
    "unknown key in hire": ("cost: 0.25", "cost: 0.25, ‸price: 1", "unknown key"),
    "unknown key of a link": ("kind: excludes,", "kind: excludes, ‸benefit: 3,", "unknown key"),
    "unknown flow of a sensitivity": ("{benefit: {demand", "{‸effort: {demand", "unknown key"),
    "missing format": ("format: portfolioopt-instance/1\n", "‸", "format: is missing"),
    "missing horizon": ("horizon: {first_year: 2026, years: 4}\n", "", "horizon: is missing"),
    "missing years": ("horizon: {first_year: 2026, years: 4}", "‸horizon: {first_year: 2026}", "years: is missing"),
    "missing id": ("  - id: cells\n    name", "  - ‸name", "id: is missing"),
    "missing to": ("- {id: form, kind: form, from: none, to: full", "- ‸{id: form, kind: form, from: none", "to: is"),
    "missing from": ("from: none, to: full, ", "to: full, ", "from: is missing"),
    "missing score": (", exit_path: 2}", "}", "exit_path: is missing"),
    "missing kind of a link": ("- {id: either, kind: excludes, ", "- ‸{id: either, ", "kind: is missing"),
    "missing must": ("must: always, ", "", "must: is missing"),
    "missing probability": ("{name: base, probability: 0.6}", "‸{name: base}", "probability: is missing"),
    "missing budget": ("budget: [500, 400, 400, 300], ", "", "budget: is missing"),
    "missing at_most of moves": (
        "kinds: [form], at_most: 3",
        "kinds: [form]",
        "a limit on decisions has at_most, at_least or both",
    ),
}
VALUES = {
    "wrong format": ("format: portfolioopt-instance/1", "‸format: portfolioopt/1", "write format: portfolioopt-inst"),
    "text for a number": ("discount_rate: 0.08", "‸discount_rate: 8%", "must be a number, not '8%'"),
    "quoted number": ("        cost: 25", '        ‸cost: "25"', "must be a number, not '25'"),
    "empty number": ("        cost: 25", "        ‸cost:", "must be a number, not empty"),
    "true for a number": ("        cost: 25", "        ‸cost: true", "must be a number, not True"),
    "text in a profile": ("[0, 60, 140]", "[0, ‸sixty, 140]", "must be a number, not 'sixty'"),
    "infinite": ("        cost: 25", "        ‸cost: .inf", "finite"),
    "no number": ("        cost: 25", "        ‸cost: .nan", "finite"),
    "1e999": ("        cost: 25", "        ‸cost: 1e999", "out of range"),
    "1e99999999": ("        cost: 25", "        ‸cost: 1e99999999", "must be"),
    "1e-999": ("        cost: 25", "        ‸cost: 1e-999", "out of range"),
    "1e15": ("        cost: 25", "        ‸cost: 1e15", "out of range"),
    "a million digits": ("        cost: 25", f"        ‸cost: {'9' * 1_000_000}", "must be a finite number"),
    "a thousand digits": ("        cost: 25", f"        ‸cost: {'9' * 1000}", "out of range"),
    "thousands of decimals": ("        cost: 25", f"        ‸cost: 0.{'3' * 5000}", "digits"),
    "a million digits for a year": ("years: 4}", f"‸years: {'9' * 1_000_000}}}", "must be a whole number"),
    "underscored number": ("        cost: 25", "        ‸cost: 1_000", "must be a number, not '1_000'"),
    "negative capital": ("capital: [300, 200]", "capital: [‸-300, 200]", "must be 0 or more, not -300"),
    "negative capacity": ("{capacity: 160,", "{‸capacity: -1,", "must be 0 or more"),
    "share above one": ("recycle: 0.5", "‸recycle: 1.5", "must be from 0 to 1, not 1.5"),
    "score of six": ("culture: 3", "‸culture: 6", "must be from 1 to 5, not 6"),
    "score of zero in a state": ("{governance: 5}", "{‸governance: 0}", "must be from 1 to 5"),
    "probability above one": ("probability: 0.4", "‸probability: 40", "from 0 to 1"),
    "negative probability": ("probability: 0.4", "‸probability: -0.4", "from 0 to 1"),
    "negative driver level": ("[1, 0.9, 0.7, 0.6]", "[1, -0.9, 0.7, 0.6]", "must be 0 or more"),
    "unknown domain": ("domain: electrification", "‸domain: electricfication", "did you mean electrification?"),
    "unknown type": ("type: joint_venture", "‸type: jv", "cannot be 'jv'"),
    "number for a purpose": ("purpose: electrification_scale", "‸purpose: 3", "cannot be 3"),
    "unknown kind of action": ("kind: restructure", "‸kind: rebuild", "cannot be 'rebuild'"),
    "unknown kind of link": ("kind: synergy", "‸kind: synergie", "did you mean synergy?"),
    "unknown cash timing": ("cash_timing: mid", "‸cash_timing: middle", "did you mean mid?"),
    "no as must": ("must: always", "‸must: no", "cannot be 'no'"),
    "id with a capital letter": ("id: cells", "‸id: Cells", "a lowercase letter first"),
    "id with a blank": ("id: cells", "‸id: my cells", "a lowercase letter first"),
    "id that is a number": ("id: cells", "‸id: 3", "must be text, not 3"),
    "label with a blank": ("{gwh: [0, 10, 25]}", "{‸g wh: [0, 10, 25]}", "a letter first"),
    "name that is a number": ("name: sample", "‸name: 2026", "must be text, not 2026 (put it between quotes)"),
    "empty name": ("name: sample", '‸name: ""', "is empty text"),
    "name with a control character": ("name: sample", '‸name: "a\\e[31mb"', "no control characters"),
    "long name": ("name: sample", f"‸name: {'a' * 201}", "has 201 letters; the most is 200"),
    "fraction of a year": ("lead_years: 1", "‸lead_years: 1.5", "must be a whole number, not 1.5"),
    "negative lead": ("lead_years: 1", "‸lead_years: -1", "must be at least 0, not -1"),
    "no years": ("years: 4}", "‸years: 0}", "must be at least 1, not 0"),
    "year 26": ("first_year: 2026", "‸first_year: 26", "must be at least 1900, not 26"),
    "half a window": ("window: [2026, 2028]", "‸window: [2026]", "must have two entries, not 1"),
    "a window of three": ("window: [2026, 2028]", "‸window: [2026, 2027, 2028]", "takes at most 2 entries, not 3"),
    "a year for a window": ("window: [2026, 2028]", "‸window: 2026", "must be a list, not 2026"),
    "mapping for a list": ("actions: []", "‸actions: {a: 1}", "must be a list, not keys with values"),
    "list for a mapping": (
        "start: {state: core, years: 2}",
        "‸start: [core, 2]",
        "must be keys with values, not a list",
    ),
    "text for a mapping": ("states:\n      core: {benefit: 10, effort: {engineer: 20}}", "‸states: core", "not 'core'"),
    "empty partnership": ("  - id: stack\n", "  - \n  - id: stack\n", "must be keys with values, not empty"),
    "empty list for a profile": ("[0, 60, 140]", "[]", "needs at least one entry, not 0"),
    "empty from": ("from: [full, supply]", "‸from: []", "needs at least one entry, not 0"),
    "empty curve": ("curve: [[0, 0], [15, 4], [40, 12]]", "‸curve: []", "needs at least one entry, not 0"),
    "point with one number": ("[15, 4]", "‸[15]", "must have two entries, not 1"),
    "no members": ("members: [{partnership: cells, states: full}], benefit", "‸members: [], benefit", "at least one"),
    "text for true": ("at_most: 3}", "at_most: 3, ‸total: yes}", "must be true or false, not 'yes'"),
    "text for partners": ("partners: [Volta]", "‸partners: Volta", "must be a list, not 'Volta'"),
}
MEANT = {
    "thousands": ("{capacity: 160,", '{‸capacity: "1,600",', "not '1,600' (write 1600)"),
    "percent": ("discount_rate: 0.08", "‸discount_rate: 8%", "not '8%' (write 0.08)"),
    "percent with a blank": ("recycle: 0.5", "‸recycle: 12.5 %", "not '12.5 %' (write 0.125)"),
    "decimal comma": ("discount_rate: 0.08", "‸discount_rate: 0,08", "not '0,08' (write 0.08)"),
    "quotes": ("        cost: 25", '        ‸cost: "25"', "not '25' (write 25)"),
    "underscores": ("        cost: 25", "        ‸cost: 1_000.5", "(write 1000.5)"),
    "a list of years": ("[500, 400, 400, 300]", '["1,500", "400", 400, 8%]', "not '8%' (write 1500, 400, 0.08)"),
    "a comma between braces": ("{capacity: 160,", "{capacity: 1,‸600,", "a number has no commas between thousands)"),
}
CONTRADICTIONS = {
    "two actions of one id": ("{id: sell,", "{‸id: form,", "two actions of cells called form"),
    "two limits of one id": ("{id: share,", "{‸id: cap,", "two limits called cap"),
    "two ids across families": ("{id: pace,", "{‸id: need,", "two limits called need"),
    "limit called as a skill": ("{id: pace,", "{‸id: engineer,", "two limits called engineer"),
    "limit called as a family": ("{id: pace,", "{‸id: capital,", "capital is the name of a family"),
    "two scenarios of one name": ("name: slow,", "‸name: base,", "two scenarios called base"),
    "driver twice": ("drivers: [demand]\n", "drivers: [demand, ‸demand]\n", "two drivers called demand"),
    "no such start": ("{state: core, years: 2}", "{‸state: cor, years: 2}", "did you mean core?"),
    "no such state to come from": ("from: [full, supply]", "from: [full, ‸suply]", "did you mean supply?"),
    "no such single state to come from": ("from: none, to", "‸from: non, to", "did you mean none?"),
    "no such state to go to": ("to: supply", "‸to: suply", "no state of cells called suply"),
    "window backwards": ("[2026, 2028], lead", "[2028, 2026], lead", "ends (2026) before it begins (2028)"),
    "rule years backwards": ("years: [2027, 2028]", "‸years: [2028, 2027]", "before it begins"),
    "readiness changed that is none": (
        "core: {benefit: 10,",
        "core: {‸readiness: {culture: 4}, benefit: 10,",
        "a readiness that stack does not have",
    ),
    "driver of a sensitivity": ("{demand: 0.9}", "{‸demnd: 0.9}", "did you mean demand?"),
    "driver of the budget": ("{demand: 1}", "{‸demnd: 1}", "did you mean demand?"),
    "driver of a scenario": ("{demand: [1,", "{‸demnd: [1,", "did you mean demand?"),
    "driver of at_effect": (
        "at_effect: {cost: 90}",
        "at_effect: {cost: 90, sensitivity: {cost: {‸x: 1}}}",
        "no driver called x",
    ),
    "driver of during": (
        "during: {cost: 15}",
        "during: {cost: 15, sensitivity: {cost: {‸x: 1}}}",
        "no driver called x",
    ),
    "probabilities": ("probability: 0.4", "probability: 0.3", "the probabilities sum to 0.9, not to 1"),
    "weights": ("drivers: [demand]\n", "readiness: {‸weights: {culture: 0.3}}\ndrivers: [demand]\n", "sum to 1.1"),
    "levels of too few years": ("demand: [1, 0.9, 0.7, 0.6]", "‸demand: [1, 0.9]", "has 2 numbers, but the horizon"),
    "budget of too few years": (
        "budget: [500, 400, 400, 300]",
        "‸budget: [500]",
        "has 1 number, but the horizon has 4",
    ),
    "capacity of too many years": ("capacity: 160", "‸capacity: [1, 2, 3, 4, 5]", "has 5 numbers"),
    "hire cost of too few years": ("cost: 0.25", "‸cost: [1, 2, 3]", "has 3 numbers"),
    "hires of too few years": ("at_most: 30", "‸at_most: [1, 2, 3]", "has 3 numbers"),
    "exposure of too few years": ("at_most: 700", "‸at_most: [1, 2, 3]", "has 3 numbers"),
    "share of too few years": ("at_most_share: 0.6", "‸at_most_share: [0.1, 0.2]", "has 2 numbers"),
    "requirement of too few years": ("at_least: [0, 0, 10, 20]", "‸at_least: [0]", "has 1 number"),
    "shortfall cost of too few years": ("shortfall_cost: 4", "‸shortfall_cost: [4]", "has 1 number"),
    "activity of too few years": ("at_most: 2}", "‸at_most: [2]}", "has 1 number"),
    "fewest active of too few years": ("at_most: 2}", "‸at_least: [2]}", "has 1 number"),
    "moves of too few years": ("at_most: 3}", "‸at_most: [3]}", "has 1 number"),
    "synergy of too few years": ("benefit: [1, 2, 3, -4]", "‸benefit: [1]", "has 1 number"),
    "total by year": ("at_most: 3}", "‸at_most: [3, 3, 3, 3], total: true}", "a total over the horizon is one number"),
    "review outside": ("[2026, 2028]\n", "[2026, ‸2030]\n", "2030 lies outside the horizon 2026 to 2029"),
    "skill not declared": ("effort: {engineer: 20}", "effort: {‸engneer: 20}", "did you mean engineer?"),
    "skill not declared in during": ("during: {cost: 15}", "during: {effort: {‸x: 1}}", "no skill called x"),
    "skill not declared at effect": ("at_effect: {cost: 90}", "at_effect: {effort: {‸x: 1}}", "no skill called x"),
    "exposure without a limit": ("tag: america, at_most: 700", "tag: america", "either at_most or at_most_share"),
    "share without of": (", of: [america]", "", "at_most_share and of belong together"),
    "of without share": ("at_most: 700", "at_most: 700, of: [america]", "at_most_share and of belong together"),
    "share limit above one": ("at_most_share: 0.6", "‸at_most_share: 1.2", "a share must be from 0 to 1"),
    "curve that begins late": ("[[0, 0], [15, 4]", "[‸[1, 0], [15, 4]", "a curve begins at [0, 0]"),
    "curve that turns back": ("[15, 4], [40, 12]", "[15, 4], ‸[15, 12]", "totals of a curve must increase"),
    "coordination that begins late": ("[[0, 0], [8, 4]", "[‸[0, 1], [8, 4]", "a curve begins at [0, 0]"),
    "coordination that flattens": ("[16, 20]", "‸[16, 6]", "must be convex"),
    "coordination that falls": ("[8, 4], [16, 20]", "‸[8, -4], [16, 20]", "must be convex"),
    "activity without a limit": ("ids: [stack], at_most: 2", "ids: [stack]", "at_most, at_least or both"),
    "activity of an unknown partnership": ("ids: [stack]", "ids: [‸stak]", "did you mean stack?"),
    "requires of an unknown partnership": ("needs: {partnership: stack", "needs: {‸partnership: stak", "mean stack?"),
    "requires of an unknown state": (
        "when: {partnership: cells, states: [full]",
        "when: {partnership: cells, states: [‸x]",
        "x",
    ),
    "excludes an unknown state": (
        "{partnership: stack, states: core}]",
        "{partnership: stack, ‸states: x}]",
        "of stack",
    ),
    "synergy of an unknown partnership": (
        "[{partnership: cells, states: full}], b",
        "[{‸partnership: x, states: full}], b",
        "x",
    ),
    "rule on an unknown partnership": (
        "partnership: stack, states: [core], years",
        "‸partnership: x, states: [core], years",
        "x",
    ),
    "rule on an unknown state": ("states: [core], years", "states: [‸cor], years", "did you mean core?"),
}
DOMAIN = ("    domain: software\n", "")


@pytest.mark.parametrize("name", [*KEYS, *VALUES, *MEANT, *CONTRADICTIONS])
def test_a_fault_names_its_place_and_says_what_is_wrong(tmp_path: Path, name: str) -> None:
    old, new, said = {**KEYS, **VALUES, **MEANT, **CONTRADICTIONS}[name]
    text, line, column = unmarked(broken(old, new))
    found = faults(tmp_path, text)
    assert len(found) == 1, [str(fault) for fault in found]
    assert said in str(found[0])
    assert found[0].file == str(tmp_path / "instance.yaml")
    assert found[0].line > 0
    assert found[0].column > 0
    if MARK in new:
        assert (found[0].line, found[0].column) == (line, column)


def test_a_limit_by_domain_asks_every_partnership_for_its_domain(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, broken(*DOMAIN))
    assert str(fault).endswith("has no domain, but few counts partnerships by domain (add domain)")


def test_two_partnerships_of_one_id_are_told(tmp_path: Path) -> None:
    text, line, column = unmarked(broken("id: stack\n    partners", "‸id: cells\n    partners"))
    first = faults(tmp_path, text)[0]
    assert "two partnerships called cells" in str(first)
    assert (first.line, first.column) == (line, column)


def test_several_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = SOUND.replace("discount_rate: 0.08", "discount_rate: high").replace("culture: 3", "cultur: 3")
    text = text.replace("must: always", "must: sometimes").replace("at_most: 30}", "at_most: 30, fee: 2}")
    found = faults(tmp_path, text)
    assert [fault.key for fault in found] == [
        "discount_rate",
        "partnerships[0].readiness.culture",
        "partnerships[0].readiness.cultur",
        "skills.engineer.hire.fee",
        "rules[0].must",
    ]


def test_contradictions_are_told_beside_unknown_keys(tmp_path: Path) -> None:
    text = SOUND.replace("recycle: 0.5", "recycel: 0.5").replace("to: supply", "to: suply")
    assert [fault.key for fault in faults(tmp_path, text)] == ["partnerships[0].actions[1].to", "capital.recycel"]


def test_repeated_keys_are_told_beside_other_faults(tmp_path: Path) -> None:
    text = SOUND.replace("name: sample\n", "name: sample\nname: again\n").replace("must: always", "must: sometimes")
    first, second = faults(tmp_path, text)
    assert str(first).endswith(":3:1: name: is given twice, first at line 2, column 1 (keep one of them)")
    assert second.key == "rules[0].must"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"---\n", "the file is empty"),
        (b"- a\n- b\n", "keys with values at its top"),
        (b"just text", "keys with values at its top"),
        (b"42", "keys with values at its top"),
        ("format: x".encode("utf-16"), "is written in UTF-16"),
        ("format: x".encode("utf-16-be"), "NUL"),
        (b"\xfe\xff\x00a", "is written in UTF-16"),
        (b"\x7fELF\x02\x01\x01\x00\x00\xff\xfe", "is not a text file"),
        (b"format: x\nname: caf\xe9\n", "is not UTF-8 from here on"),
        (b"format: x\nname: a\x00b\n", "NUL character"),
        (b"format: x\nname: a\x07b\n", "control character 0x07"),
    ],
)
def test_what_is_no_instance_at_all_is_told_in_one_fault(tmp_path: Path, text: bytes, said: str) -> None:
    (fault,) = faults(tmp_path, text)
    assert said in str(fault)


def test_bad_bytes_have_a_place(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "naïve: x\nname: é".encode() + b"\xe9\n")
    assert (fault.line, fault.column) == (2, 8)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert read_instance(write(tmp_path, b"\xef\xbb\xbf" + SOUND.encode())).name == "sample"


def test_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    assert read_instance(write(tmp_path, SOUND.replace("\n", "\r\n"))) == read_instance(write(tmp_path, SOUND))


@pytest.mark.parametrize("name", ["nothing.yaml", "no/where/instance.yaml", "nul\0l", "a" * 5000])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInstance) as caught:
        read_instance(tmp_path / name)
    assert len(caught.value.faults) == 1


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    with pytest.raises(InvalidInstance, match=r"no such file \(did you mean instance.yaml\?\)"):
        read_instance(tmp_path / "instance.yml")


def test_a_folder_is_read_by_its_instance_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInstance, match=r"the folder holds no instance\.yaml \(.*portfolioopt init"):
        read_instance(tmp_path)
    write(tmp_path, SOUND)
    assert read_instance(tmp_path) == read_instance(str(tmp_path / "instance.yaml"))


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "instance.yaml").mkdir()
    with pytest.raises(InvalidInstance, match="folder"):
        read_instance(tmp_path)


def test_a_pipe_or_a_device_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InvalidInstance, match="is not a regular file"):
            read_instance(path)


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, SOUND)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(InvalidInstance, match="may not be read"):
        read_instance(path)


def test_a_loop_of_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InvalidInstance, match="cannot be read"):
        read_instance(tmp_path / "loop")


def test_json_is_read_as_yaml(tmp_path: Path) -> None:
    text = (
        '{"format": "portfolioopt-instance/1", "name": "j \\ud83d\\ude97", "horizon":\n'
        '\t{"first_year": 2026, "years": 1}, "discount_rate": 0.10, "partnerships": [{"id": "a"}]}'
    )
    instance = read_instance(write(tmp_path, text, "instance.json"))
    assert instance.name == "j 🚗"
    assert str(instance.discount_rate) == "0.10"


def test_numbers_are_kept_as_written(tmp_path: Path) -> None:
    instance = read_instance(write(tmp_path, broken("discount_rate: 0.08", "discount_rate: 0.0800")))
    assert str(instance.discount_rate) == "0.0800"
    assert instance.partnerships[0].states["full"].benefit == (Decimal(0), Decimal(60), Decimal(140))


def test_references_repeat_a_value_and_faults_in_it_stand_where_it_is_written(tmp_path: Path) -> None:
    text = broken("capital: [300, 200]", "capital: &money [300, 200]").replace("capacity: 160", "capacity: 160")
    text = text.replace("terminal: [0, 400]", "terminal: *money")
    full = read_instance(write(tmp_path, text)).partnerships[0].states["full"]
    assert full.terminal == full.capital
    marked, line, column = unmarked(text.replace("[300, 200]", "[300, ‸x]"))
    assert {(fault.line, fault.column) for fault in faults(tmp_path, marked)} == {(line, column)}


def test_warnings_have_places(tmp_path: Path) -> None:
    source = InstanceSource(write(tmp_path, broken("tag: america, at_most: 700", "tag: asia, at_most: 700")))
    (warning,) = source.warnings()
    assert "no partnership carries exposure to asia" in str(warning)
    assert warning.line == SOUND[: SOUND.index("{id: cap")].count("\n") + 1


def test_what_lies_outside_the_horizon_is_only_warned_of(tmp_path: Path) -> None:
    source = InstanceSource(write(tmp_path, broken("[2026, 2028], lead", "[2036, 2038], lead")))
    assert "lies wholly outside the horizon" in str(source.warnings()[0])


def test_effort_without_any_skills_is_only_warned_of(tmp_path: Path) -> None:
    text = broken("skills:\n  engineer: {capacity: 160, hire: {cost: 0.25, at_most: 30}}\n", "")
    warnings = InstanceSource(write(tmp_path, text)).warnings()
    assert ["no skills are declared" in str(warning) for warning in warnings] == [True, True]


def test_capabilities_that_nobody_provides_are_only_warned_of(tmp_path: Path) -> None:
    text = SOUND.replace("capability: gwh", "capability: gw")
    assert len(InstanceSource(write(tmp_path, text)).warnings()) == 2


ODD = {
    "review year twice": (
        "review_years: [2026, 2028]",
        "review_years: [2026, 2028, ‸2026]",
        "2026 is named twice and",
    ),
    "state to come from twice": (
        "from: [full, supply]",
        "from: [full, supply, ‸full]",
        "full is named twice and",
    ),
    "tag of a share twice": ("of: [america]", "of: [america, ‸america]", "america is named twice and is added twice"),
    "no kind of action": ("kinds: [form], at_most: 3", "‸kinds: [], at_most: 3", "names no kind of action, so nothing"),
    "proceeds of a state": ("{benefit: {demand: 0.9}}", "{‸proceeds: {demand: 0.9}}", "has no effect, as there are no"),
    "proceeds of lead years": (
        "during: {cost: 15}",
        "during: {cost: 15, sensitivity: {‸proceeds: {demand: 1}}}",
        "write it there",
    ),
    "realization that falls": (
        "cash_timing: mid\n",
        "cash_timing: mid\nreadiness: {‸realization: [1, 0.6]}\n",
        "realization: falls from 1 to 0.6: readiness would do harm",
    ),
    "breakdown that rises": (
        "cash_timing: mid\n",
        "cash_timing: mid\nreadiness: {‸breakdown_rate: [0.01, 0.1]}\n",
        "breakdown_rate: rises from 0.01 to 0.1: readiness would do harm",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), ODD.values(), ids=ODD)
def test_what_is_odd_is_warned_of_at_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text, line, column = unmarked(broken(old, new))
    (warning,) = InstanceSource(write(tmp_path, text)).warnings()
    assert said in str(warning)
    assert (warning.line, warning.column) == (line, column)


@pytest.mark.parametrize(("written", "same"), [("window: [2026, 2028], ", ""), ("years: [2027, 2028], ", "")])
def test_a_span_left_empty_is_any_year(tmp_path: Path, written: str, same: str) -> None:
    key = written.partition(":")[0]
    empty = read_instance(write(tmp_path, broken(written, f"{key}: null, ")))
    absent = read_instance(write(tmp_path, broken(written, same)))
    assert empty == absent


def test_settings_are_made_before_checking(tmp_path: Path) -> None:
    path = write(tmp_path, SOUND)
    instance = read_instance(
        path, ["capital.budget=400", "scenarios.base.probability=0.5", "scenarios.slow.probability=0.5"]
    )
    assert instance.capital is not None
    assert instance.capital.budget == 400
    assert [one.probability for one in instance.scenarios] == [Decimal("0.5")] * 2


def test_a_fault_of_a_setting_names_the_setting(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SOUND, ("capital.recycle=1.5",))
    assert str(fault) == "--set capital.recycle=1.5: capital.recycle: must be from 0 to 1, not 1.5"


# models

MODEL = """\
format: portfolioopt-model/1
name: sample
objective: {risk: {measure: cvar, tail: 0.1, weight: 0.3}}
limits: {capital: hard, skills: {price: 0.3}, cap: {price: 1}}
changes: {price: 2, against: today}
solver: {gap: 1.0e-4, time_limit: 60, threads: 1, seed: 0}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("measure: cvar", "‸measure: var", "did you mean cvar?"),
        ("measure: cvar, ", "", "measure: is missing"),
        ("tail: 0.1", "‸tail: 0", "above 0 and at most 1"),
        ("tail: 0.1, ", "", "tail: is missing"),
        ("weight: 0.3", "‸weight: 30", "from 0 to 1"),
        ("capital: hard", "‸capital: soft", "must be hard or a price, not 'soft' (write hard, or {price: 2.5})"),
        ("capital: hard", "‸capital: 3", "must be hard or a price, not 3"),
        ("skills: {price: 0.3}", "skills: {‸price: -1}", "must be 0 or more"),
        ("skills: {price: 0.3}", "skills: {‸cost: 1, price: 1}", "unknown key"),
        ("changes: {price: 2, ", "‸changes: {", "price: is missing"),
        ("gap: 1.0e-4", "‸gap: small", "must be a number"),
        ("time_limit: 60", "‸time_limit: 0", "must be above 0"),
        ("threads: 1", "‸threads: 0", "must be at least 1"),
        ("seed: 0", "‸seed: -1", "must be at least 0"),
        ("solver:", "‸sovler:", "did you mean solver?"),
        ("format: portfolioopt-model/1", "‸format: portfolioopt-instance/1", "write format: portfolioopt-model/1"),
    ],
)
def test_a_bad_model_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert MODEL.count(old) == 1
    text, line, column = unmarked(MODEL.replace(old, new))
    with pytest.raises(InvalidModel) as caught:
        read_model(write(tmp_path, text, "model.yaml"))
    (fault,) = caught.value.faults
    assert said in str(fault)
    assert fault.line > 0
    if MARK in new:
        assert (fault.line, fault.column) == (line, column)


def test_a_model_remembers_its_folder(tmp_path: Path) -> None:
    assert read_model(write(tmp_path, MODEL, "model.yaml"))._folder == tmp_path.resolve()


def test_an_empty_model_is_the_default_model(tmp_path: Path) -> None:
    empty = read_model(write(tmp_path, "# nothing chosen\n", "model.yaml"))
    assert empty.model_dump() == type(empty)().model_dump()


def test_every_shipped_model_is_sound_and_called_as_its_file() -> None:
    assert {"expected_value", "risk_averse", "worst_case"} <= set(shipped_models())
    for name, path in shipped_models().items():
        assert read_model(name).name == name
        assert read_model(path) == read_model(name)


def test_an_unknown_model_suggests_and_lists_the_shipped_ones() -> None:
    with pytest.raises(InvalidModel, match=r"no model called risk_avers.*did you mean risk_averse\?.*expected_value"):
        read_model("risk_avers")
    with pytest.raises(InvalidModel, match="there is no such file"):
        read_model("mine.yaml")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "instances").glob("*/instance.yaml")), ids=lambda path: path.parent.name
)
def test_every_shipped_instance_is_sound(path: Path) -> None:
    assert read_instance(path).partnerships


def test_the_starter_is_sound() -> None:
    assert read_instance(ROOT / "src/portfolioopt/starter").partnerships


@pytest.mark.parametrize("name", ["x" * 5000, "nul\0"])
def test_a_model_whose_name_no_file_can_have_is_told(name: str) -> None:
    with pytest.raises(InvalidModel, match="there is no model called"):
        read_model(name)
