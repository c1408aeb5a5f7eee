"""How charts are drawn: text that fits, round axes, colours that can be told apart and read."""

import itertools
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolioopt.report import svg
from portfolioopt.report.charts import colours
from portfolioopt.report.charts.bars import Bar, Dots, bars, dot_rows
from portfolioopt.report.charts.branching import Leaf, branching
from portfolioopt.report.charts.bubbles import Bubble, bubbles
from portfolioopt.report.charts.fan import Line, fan, spread
from portfolioopt.report.charts.heat import HeatCell, HeatRow, heat_map
from portfolioopt.report.charts.lettering import fitted, lines_of, width_of
from portfolioopt.report.charts.lines import Series, Spot, lines
from portfolioopt.report.charts.multiples import Bar as YearBar
from portfolioopt.report.charts.multiples import Multiple, multiples
from portfolioopt.report.charts.scale import scale_for, tick_text
from portfolioopt.report.charts.sheet import DASHES, ORDER, Sheet
from portfolioopt.report.charts.waterfall import Step, bridge, yearly_waterfall
from portfolioopt.report.charts.years import year_labels
from portfolioopt.report.content import NARROW, WIDE

amounts = st.floats(-1e15, 1e15).filter(lambda x: not 0 < abs(x) < 1e-12) | st.integers(-100, 100).map(float)
both_forms = pytest.mark.parametrize("form", [WIDE, NARROW], ids=lambda form: form.name)


def luminance(colour):
    """Relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def dichromat(colour, kind):
    """The colour as a protanope or deuteranope sees it (Viénot, Brettel and Mollon 1999), in linear light."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    if kind == "protanope":
        return (0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * r - 0.00401 * g + b)
    return (0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b)


def test_letters_on_bars_and_cells_keep_a_contrast_of_four_and_a_half():
    fills = [
        *(colours.KINDS[kind] for kind in ("keep", "form", "expand", "restructure")),
        colours.PAPER,
        colours.ORANGE,
    ]
    fills += [colours.between(share / 20) for share in range(21)]
    for fill in fills:
        assert contrast(colours.INK, fill) >= 4.5, fill
    assert contrast(colours.QUIET, colours.PAPER) >= 4.5
    assert contrast(colours.PAPER, colours.BLUE) >= 4.5


@pytest.mark.parametrize("kind", ["protanope", "deuteranope"])
def test_kinds_of_decisions_stay_apart_without_red_or_green(kind):
    seen = [dichromat(colours.KINDS[each], kind) for each in ("keep", "form", "expand", "restructure")]
    for number, one in enumerate(seen):
        for other in seen[number + 1 :]:
            assert math.dist(one, other) > 0.12


def test_lines_side_by_side_differ_in_more_than_colour():
    series = [Series(f"run {number}", [Spot(2026, number, "a"), Spot(2027, number, "b")]) for number in range(5)]
    document = lines(series, "", "money", WIDE, years=True)
    shapes = {row["shape"] for row in document["datasets"]["symbol"]}
    assert len(shapes) == 5


@given(st.text(max_size=60), st.floats(1, 400))
def test_cut_text_fits_its_room(text, room):
    cut = fitted(text, room)
    assert cut == text or width_of(cut) <= room
    assert all(width_of(line, 11) <= room or line == text for line in lines_of(text, room, 11))
    assert len(lines_of(text, room, 11)) <= 2


@given(st.lists(amounts, max_size=8), st.integers(1, 12), st.booleans())
def test_a_scale_holds_its_amounts_between_round_ends(values, marks, zero):
    scale = scale_for(values, 10, 110, marks=marks, zero=zero)
    inside = [*values, *([0.0] if zero else [])]
    slack = 1e-6 * (scale.high - scale.low)
    assert all(scale.low - slack <= value <= scale.high + slack for value in inside)
    assert all(10 - 1e-3 <= scale.at(value) <= 110 + 1e-3 for value in inside)
    assert scale.ticks[0] == scale.low < scale.high == scale.ticks[-1]
    assert 2 <= len(scale.ticks) <= marks + 3


@given(st.lists(amounts, min_size=1, max_size=6))
def test_ticks_can_be_told_apart(values):
    scale = scale_for(values, 0, 100)
    if scale.high - scale.low > 1e-5 * max(abs(scale.low), abs(scale.high)):
        assert len(set(scale.texts())) == len(scale.ticks)


def test_ticks_are_written_short():
    assert [tick_text(tick, (0, 5e9, 1e10)) for tick in (0, 5e9, 1e10)] == ["0", "5 bn", "10 bn"]
    assert [tick_text(tick, (0.0, 0.25, 0.5)) for tick in (0.0, 0.25, 0.5)] == ["0", "0.25", "0.50"]
    assert [tick_text(tick, (-1500, 0, 1500)) for tick in (-1500, 0)] == ["-1,500", "0"]


@given(st.integers(1, 60), st.floats(3, 120))
def test_years_never_run_into_each_other(count, step):
    texts = year_labels(list(range(2026, 2026 + count)), step)
    assert texts
    ends = [
        (place * step - width_of(text, 11) / 2, place * step + width_of(text, 11) / 2) for place, text in texts.items()
    ]
    assert all(first[1] < second[0] for first, second in itertools.pairwise(ends))


@given(st.lists(st.floats(0, 300), max_size=8).map(sorted))
def test_names_at_the_ends_of_lines_stand_apart_and_inside(places):
    moved = spread(places, 0, 300)
    assert all(second - first >= 15 - 1e-9 for first, second in itertools.pairwise(moved))
    assert all(place <= 300 + 1e-9 for place in moved)
    if 15 * len(places) <= 300:
        assert all(place >= -1e-9 for place in moved)


def test_a_legend_too_long_for_its_line_goes_on_in_the_next():
    sheet = Sheet(200)
    bottom = sheet.legend([("area", "#000000", "a meaning of some length") for _ in range(4)])
    assert bottom > 4 * 20
    assert all(row["x"] + width_of(row["text"], 11) <= 200 for row in sheet._rows["text start normal 11"])


huge, tiny = 9.99e14, 1e-12


def extremes(form):
    """Charts of what is hardest to draw: nothing at all, one of each, enormous and minute amounts."""
    years = [2026]
    long = "word " * 60
    yield bars(
        [Bar(long, 0, huge, "#0072b2", long, "", f"{huge:,.0f}"), Bar("b", 0, -huge, "#0072b2", "b", "", "x")], form
    )
    yield bars([Bar("zero", 0, 0, "#0072b2", "zero")], form)
    yield dot_rows([Dots("none", (None, None), "none"), Dots("one", (tiny, None), "one")], ("a", long), form)
    yield heat_map([HeatRow(long, {2026: HeatCell(50.0, "999", True, "x")}), HeatRow("b", {})], years, form,
                   framed="binds", beyond="beyond")  # fmt: skip
    yield heat_map([HeatRow("many", {})], list(range(2026, 2126)), form, framed="binds", beyond="beyond")
    words = {"within": "a", "binds": "b", "beyond": "c", "limit": "d"}
    yield multiples(
        [Multiple(long, long, {2026: YearBar(huge, 0, "beyond", "x")}), Multiple("e", "", {})], years, form, words
    )
    yield fan(years, [], [Line(long, [huge], "expected", "x"), Line("b", [-huge], "worst", "y")], form)
    yield fan(list(range(2026, 2076)), [], [Line("flat", [0.0] * 50, "expected", "x")], form)
    yield bubbles(
        [Bubble(long, 0.5, huge, 0, "", "x", ""), Bubble(long, 0.5, huge, 0, "g", "x", "")], "x", "y", long, form
    )
    yield lines([Series(long, [Spot(1, huge, "x", long)])], long, long, form)
    yield bridge([(long, huge, "#0072b2", "x"), ("back", -huge, "#0072b2", "x"), ("total", 0, "#0072b2", "x")], form)
    yield yearly_waterfall({2026: [Step(0, 0, "#0072b2", "x", -huge)]}, {2026}, [("area", "#0072b2", long)], form)
    leaf = Leaf("AZ", 0.0, "<0.01%", long, (0, 1), "x")
    yield branching([leaf, Leaf("B", 1.0, "100%", long, (1, -1), "y")], [2030, 2040], 2026, form)
    yield branching([Leaf(f"L{n}", 0.1, "10%", "s", tuple(range(n, n + 12)), "y") for n in range(9)],
                    list(range(2027, 2039)), 2026, form)  # fmt: skip


@both_forms
def test_the_hardest_charts_are_drawn_within_their_room(form):
    for document in extremes(form):
        drawing = svg.clean(svg.drawn(document), "label")
        found = re.search(r'viewBox="0 0 ([\d.e+]+) ([\d.e+]+)"', drawing)
        assert found
        # a little for the strokes at the edges and the padding around
        assert float(found[1]) <= form.width + 30
        assert "NaN" not in drawing
        assert "Infinity" not in drawing


def test_what_is_handed_to_the_drawing_is_vega_lite():
    import altair

    sheet = Sheet(300)
    for dash in DASHES:
        sheet.frame(1, 1, 9, 9, dash=dash)
        sheet.line(1, 1, 9, 9, dash=dash)
        sheet.grid_line(1, 1, 9, 9, dash=dash)
        sheet.path([(1, 1), (2, 2)], "#000000", dash=dash, said="x")
    sheet.area(1, 1, 9, 9, "#000000", said="x")
    sheet.band([(1, 2, 3), (2, 3, 4)], "#000000", said="x")
    sheet.symbol(1, 1, "triangle-up", said="x")
    for anchor in ("start", "middle", "end"):
        sheet.text(1, 1, "x", anchor=anchor, bold=anchor == "middle")
    assert {kind.split()[0] for kind in sheet._rows} == set(ORDER)
    altair.Chart.from_dict(sheet.document(), validate=True)


def test_a_mark_says_its_words_and_whose_it_is():
    drawing = svg.clean(svg.drawn(bars([Bar("a", 0, 1, "#0072b2", 'said "so" | <here>', "p7")], WIDE)), "label")
    assert "data-tip='said \"so\" | &lt;here&gt;'" in drawing
    assert 'data-key="p7"' in drawing


def test_what_is_not_a_shape_is_not_copied():
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10" height="10">'
        '<script>alert(1)</script><a xlink:href="javascript:1"><text onclick="x()" style="fill:red" fill="#000">'
        't</text></a><image xlink:href="http://example.invalid/x"/><foreignObject><p>p</p></foreignObject>'
        '<path d="M0,0h1" aria-roledescription="bar" aria-label="p1|said" href="#x"/></svg>'
    )
    kept = svg.clean(drawing, "label")
    assert kept.count("<") == 3
    assert '<path d="M0,0h1" data-tip="said" data-key="p1"/>' in kept


def test_a_picture_of_a_chart_is_a_png():
    picture = svg.png(svg.drawn(bars([Bar("a", 0, 1, "#0072b2", "a")], WIDE)))
    assert picture.startswith(b"\x89PNG\r\n")
