"""The page fetches nothing, runs nothing but its own script, and takes no text for markup."""

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from portfolioopt.report.html import FOLDER
from portfolioopt.report.run import open_run
from portfolioopt.report.single import single_page
from report_samples import HOSTILE, Reader

PAGES = [("two",), ("five",), ("soft",), ("hostile",), ("exhibits",), ("infeasible",), ("lone",), ("two", "other")]
every_page = pytest.mark.parametrize("names", PAGES, ids="-".join)


def policy(reader):
    content = next(one["content"] for one in reader.all("meta") if one.get("http-equiv"))
    return dict(part.strip().split(" ", 1) for part in content.split(";"))


@every_page
def test_the_policy_lets_nothing_in_but_what_is_on_the_page(texts, names):
    text = texts(*names)
    rules = policy(Reader(text))
    assert rules["default-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    for tag in ("style", "script"):
        held = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(held) == 1
        digest = base64.b64encode(hashlib.sha256(held[0].encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert "unsafe" not in str(rules)
    assert "http" not in str(rules)


@every_page
def test_there_is_no_address_no_handler_and_no_style_in_any_element(texts, names):
    reader = Reader(texts(*names))
    for tag, attributes in reader.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("style", "src", "srcset", "action", "formaction", "xlink:href", "data"), (tag, name)
            if name == "href":
                assert value == "data:," if tag == "link" else value.startswith("#"), (tag, value)
    assert not {"iframe", "object", "embed", "base", "img", "image", "foreignobject", "use"} & {
        tag for tag, _ in reader.elements
    }
    assert sum(1 for tag, _ in reader.elements if tag == "script") == 1


@every_page
def test_every_link_leads_somewhere_and_no_two_places_have_one_name(texts, names):
    reader = Reader(texts(*names))
    places = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(places) == len(set(places))
    links = [one["href"][1:] for one in reader.all("a")]
    assert links
    assert set(links) <= set(places)


@every_page
def test_headings_descend_one_level_at_a_time(texts, names):
    levels = [level for level, _ in Reader(texts(*names)).headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_page
def test_every_chart_says_what_it_shows_and_has_its_table(texts, names):
    text = texts(*names)
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    for figure in figures:
        says = re.findall(r'<svg[^>]* role="img" aria-label="([^"]+)"', figure)
        assert len(says) == 2, "one drawing for wide screens, one for narrow"
        assert says[0] == says[1]
        assert len(says[0]) > 20
        assert figure.count("<table") == 1


@every_page
def test_drawings_hold_nothing_but_shapes_and_text(texts, names):
    for drawing in re.findall(r"<svg.*?</svg>", texts(*names), re.DOTALL):
        for element in ET.fromstring(drawing).iter():
            assert element.tag.rpartition("}")[2] in {"svg", "g", "path", "line", "rect", "text"}, element.tag


def test_hostile_names_are_text_everywhere(texts):
    text = texts("hostile")
    reader = Reader(text)
    outside = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
    for name in HOSTILE:
        shown = name.replace("\u202e", "?")
        assert shown in reader.text or shown.split()[0] in reader.text, name
    assert "<img" not in outside
    assert "<b>" not in outside
    assert "49" not in [cell for table in reader.tables for row in table.rows for cell in row]
    assert "\u202e" not in text


def test_text_that_is_no_text_is_told_by_a_question_mark(runs):
    from dataclasses import replace

    from portfolioopt.report.html import draw, html

    page = single_page(open_run(runs("lone")))
    strange = "a\x00b\x1bc\u202ed\ud800e\ufffff"
    text = html(replace(page, title=strange, sections=()), draw(()))
    assert "a?b?c?d?e?f" in text
    text.encode("utf-8")


def test_a_chart_of_names_that_are_no_text_is_still_drawn():
    from portfolioopt.report import svg
    from portfolioopt.report.charts.bars import Bar, bars
    from portfolioopt.report.content import WIDE

    strange = "a\x00b\x1bc\u202ed\ud800e"
    drawing = svg.clean(svg.drawn(bars([Bar(strange, 0, 1, "#0072b2", strange, "p1", strange)], WIDE)), strange)
    assert "a?b?c?d?e" in drawing
    ET.fromstring(drawing)


def test_the_script_writes_text_and_never_markup():
    script = (FOLDER / "page.js").read_text(encoding="utf-8")
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval",
        "Function(",
        "fetch",
        "import(",
    ):
        assert way not in script
    assert "</script" not in script


def test_the_style_asks_for_nothing():
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style


def test_sections_stand_in_the_order_of_the_questions(texts):
    headings = [text.strip() for level, text in Reader(texts("five")).headings if level == 2]
    assert headings[:4] == [
        "What do we decide now?",
        "What is it worth against doing nothing?",
        "What could go wrong?",
        "What binds?",
    ]
    asked = ["Road map", "Branches", "Capital", "Engineering bandwidth", "Exposures", "Requirements", "Scenarios",
             "Partnerships", "Changes against today"]  # fmt: skip
    places = [headings.index(title) for title in asked]
    assert places == sorted(places)


def test_the_same_run_gives_the_same_page(runs, texts, tmp_path):
    from portfolioopt.report.making import write_report

    again = write_report([runs("two")], tmp_path / "again.html").page
    assert again.read_text(encoding="utf-8") == texts("two")


def test_two_thousand_partnerships_give_no_monster(texts):
    text = texts("huge")
    assert len(text) < 1_500_000
    reader = Reader(text)
    assert "Shown 60 of 2,000 partnerships" in reader.text
    assert max(len(table.rows) for table in reader.tables) < 100
    assert "and 158 more, of less worth" in reader.text


def test_a_run_without_its_facts_still_has_a_page(runs, tmp_path):
    import shutil

    from portfolioopt.report.making import write_report

    run = shutil.copytree(runs("soft"), tmp_path / "run")
    facts = run / "instance.resolved.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("120", "121", 1), encoding="utf-8")
    text = write_report([run]).page.read_text(encoding="utf-8")
    assert "instance.resolved.yaml is not what the result was made from" in text
    facts.unlink()
    text = write_report([run]).page.read_text(encoding="utf-8")
    assert "instance.resolved.yaml cannot be read" in text
    assert "capital drawn (expected)" not in text
