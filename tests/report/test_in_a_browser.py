"""The page in a real Chromium, offline: wide, narrow, dark, on paper, without scripts, with the keyboard alone."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}
EVERY = [
    ("two",), ("five",), ("automaker",), ("hostile",), ("exhibits",), ("infeasible",), ("lone",), ("two", "other")
]  # fmt: skip
MORE = [("soft",), ("idle",), ("big",), ("huge",), ("two", "infeasible"), ("five", "two", "other")]
CASES = [*EVERY, *(pytest.param(names, marks=pytest.mark.slow) for names in MORE)]
ACCESSIBLE = [
    (("two",), "light"),
    (("two", "other"), "light"),
    (("infeasible",), "light"),
    (("hostile",), "dark"),
    *(
        pytest.param(names, "dark", marks=pytest.mark.slow)
        for names in [("five",), ("exhibits",), ("soft",), ("huge",)]
    ),
]

LABELS = """() => {
  const clipped = [], touching = [];
  for (const svg of document.querySelectorAll(".plot svg")) {
    if (!svg.getClientRects().length) continue;
    const room = svg.getBoundingClientRect(), where = svg.closest("figure").id;
    const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [text, box] of texts)
      if (box.left < room.left - 0.5 || box.right > room.right + 0.5 ||
          box.top < room.top - 0.5 || box.bottom > room.bottom + 0.5)
        clipped.push([where, text]);
    texts.forEach(([text, box], number) => texts.slice(number + 1).forEach(([other, next]) => {
      const wide = Math.min(box.right, next.right) - Math.max(box.left, next.left);
      const high = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
      if (wide > 1 && high > 3) touching.push([where, text, other]);
    }));
  }
  return {clipped, touching, drawn: document.querySelectorAll(".plot svg").length};
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def watched(page: Page):
    """A page that fails the test for whatever it asks for or complains of."""
    page.context.set_offline(True)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len({url for url in asked if url.startswith("file:")}) <= 1


def opened(page: Page, path: Path, size=DESKTOP) -> Page:
    page.set_viewport_size(size)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("names", CASES, ids="-".join)
def test_it_opens_offline_without_a_word_and_nothing_is_clipped_or_overlaps(watched, pages, names):
    for size in (WIDE, PHONE):
        page = opened(watched, pages(*names), size)
        found = page.evaluate(LABELS)
        assert found["clipped"] == []
        assert found["touching"] == []
        assert page.evaluate(OVERFLOW) <= 0, size
        if names not in [("infeasible",)]:
            assert found["drawn"] > 1
    assert watched.title() != "owned"


@pytest.mark.parametrize(("names", "scheme"), ACCESSIBLE, ids=str)
def test_nothing_keeps_readers_out(watched, pages, names, scheme):
    page = opened(watched, pages(*names))
    page.emulate_media(color_scheme=scheme)
    # tables behind a fold are looked over too
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE)
    # what is inside a picture is one thing to axe, and its colours are looked over elsewhere
    asked = {"exclude": [[".plot svg > *"]]}
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = page.evaluate("([asked, options]) => axe.run(asked, options)", [asked, options])
    told = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]]
    assert told == [], json.dumps(told, indent=1)
    assert len(found["passes"]) > 15


@pytest.mark.parametrize("names", [("five",), ("hostile",), ("two", "other")], ids="-".join)
def test_it_reads_the_same_with_scripts_off(browser, pages, names):
    path = pages(*names)
    context = browser.new_context(java_script_enabled=False, offline=True, viewport=DESKTOP)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator(".plot.wide svg:visible").count() == page.locator("figure").count() > 0
    assert page.locator(".answers article:visible").count() == 4
    assert page.locator("form.filter:visible").count() == 0
    page.locator("figure details summary").first.click()
    assert page.locator("figure details[open] table:visible").count() == 1
    context.close()


@pytest.mark.parametrize(("name", "size"), [("five", DESKTOP), ("automaker", WIDE)])
def test_the_four_answers_stand_on_the_first_screen(watched, pages, name, size):
    page = opened(watched, pages(name), size)
    asked = []
    for article in page.locator(".answers article").all():
        box = article.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= size["height"]
        asked.append(article.locator("h2").inner_text())
    assert asked == [
        "What do we decide now?", "What is it worth against doing nothing?", "What could go wrong?", "What binds?",
    ]  # fmt: skip


def test_pointing_at_a_mark_tells_what_it_is_and_lights_up_its_partnership(watched, pages):
    page = opened(watched, pages("two"))
    mark = page.locator("#chart-road-map-electrification .wide [data-key]").first
    mark.hover()
    tip = page.locator("#tip")
    assert tip.is_visible()
    assert tip.inner_text() == mark.get_attribute("data-tip")
    assert "Cell plant with Voltara: owned 2026-2029" in tip.inner_text()
    box, width = tip.bounding_box(), DESKTOP["width"]
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    lit = page.evaluate("() => [...new Set([...document.querySelectorAll('.on')].map((one) => one.dataset.key))]")
    assert lit == [mark.get_attribute("data-key")]
    page.mouse.move(1, 1)
    assert not tip.is_visible()


def test_the_keyboard_goes_from_mark_to_mark(watched, pages):
    page = opened(watched, pages("two"))
    svg = page.locator("#chart-capital .wide svg")
    svg.focus()
    marks = [one.get_attribute("data-tip") for one in svg.locator("[data-tip]").all()]
    told = []
    for key in ("ArrowRight", "ArrowRight", "End", "ArrowRight", "Home"):
        page.keyboard.press(key)
        told.append(page.locator("#tip").inner_text())
    assert told == [marks[0], marks[1], marks[-1], marks[0], marks[0]]
    assert svg.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"
    page.keyboard.press("Escape")
    assert not page.locator("#tip").is_visible()


def test_the_first_stop_of_the_keyboard_leads_past_the_contents(watched, pages):
    page = opened(watched, pages("two"))
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the report"
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0


def test_the_filter_leaves_what_is_looked_for(watched, pages):
    page = opened(watched, pages("five"))
    every = page.locator("#changes tbody tr").count()
    page.get_by_label("Find a partnership").fill("ROBOTAXI")
    assert page.locator("#changes tbody tr:visible").count() == 1 < every
    assert re.fullmatch(r"1 of \d+ partnerships", page.locator(".filter output").inner_text())
    page.get_by_label("Find a partnership").fill("")
    page.get_by_label("Domain").select_option("software")
    assert page.locator("figure[data-domain]:visible").count() == 1
    page.get_by_label("Domain").select_option("")
    assert page.locator("#changes tbody tr:visible").count() == every


def test_on_paper_charts_are_wide_and_nothing_is_there_to_be_clicked(watched, pages):
    page = opened(watched, pages("five"))
    page.emulate_media(media="print")
    assert page.locator(".plot.wide:visible").count() == page.locator("figure").count()
    for gone in (".plot.narrow", "nav", ".filter", "details"):
        assert page.locator(f"{gone}:visible").count() == 0
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
