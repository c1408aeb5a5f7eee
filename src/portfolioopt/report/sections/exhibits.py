"""What studies around the plan have found: a section for each exhibit; reasons of one title share one."""

import math
import re
from dataclasses import replace

from portfolioopt.report.charts.bars import Bar, bars
from portfolioopt.report.charts.colours import BLUE, FAINT, GREEN, ORANGE, PAPER, SKY, VERMILLION
from portfolioopt.report.charts.lines import Series, Spot, lines
from portfolioopt.report.content import Block, Cell, Chart, Paragraph, Section, Table
from portfolioopt.report.run import Run
from portfolioopt.result.exhibit import (
    Content,
    CoreIndex,
    Exhibit,
    Frontier,
    PlainTable,
    Tornado,
    TornadoBar,
    Value,
    WalkAway,
    WhyNot,
)
from portfolioopt.result.figures import between, decimals_for, figure, percent
from portfolioopt.result.wording import some

MOST_BARS, MOST_ROWS = 30, 200
CHANGES = {(False, False): "no", (True, False): "at low", (False, True): "at high", (True, True): "at both"}
"""Whether the plan changes at the low level, at the high one."""
TITLES: dict[type[Content], str] = {
    Frontier: "Frontier",
    Tornado: "What moves the value",
    CoreIndex: "How sure each decision is",
    WalkAway: "Walk-away prices",
    WhyNot: "Why in, why out",
}
"""Of a chart or a table under the title of its exhibit; a plain table has that title too."""
FIGURE = re.compile(r"(?:at most |at least |[<>])?[-+]?[\d,.]+%?(?: to [-+]?[\d,.]+%?)?|-|unlimited|no plan|not known")
"""What a column of figures may hold: numbers, shares, spans of them, and what stands for none."""
STANDINGS = {"core": BLUE, "borderline": SKY, "out": FAINT, "open": PAPER}
ORDER = (WhyNot, WalkAway, CoreIndex, Tornado, Frontier, PlainTable)
"""In which kinds of exhibits follow each other."""


def exhibits(run: Run) -> tuple[Section, ...]:
    """A section for each exhibit, kind by kind in the order of their names."""
    found = []
    for number, (name, exhibit) in enumerate(_in_order(run.exhibits), 1):
        content = exhibit.content
        title = TITLES.get(type(content), exhibit.title)
        place = f"exhibit-{number}-{_slug(name)}"
        match content:
            case Frontier():
                blocks = _frontier(f"{place}-chart", title, content)
            case Tornado():
                blocks = _tornado(f"{place}-chart", title, content)
            case CoreIndex():
                blocks = _core_index(run, f"{place}-chart", title, content)
            case WalkAway():
                blocks = _walk_away(run, f"{place}-chart", title, content)
            case WhyNot():
                blocks = _why_not(run, title, content)
            case PlainTable():
                blocks = _plain(title, content)
        found.append(Section(place, exhibit.title, (*map(Paragraph, exhibit.said), *blocks)))
    if run.foreign:
        said = f"Left out, as they were made for another input: {some(run.foreign)}. Run the studies again."
        found.append(Section("exhibits-left-out", "Exhibits left out", (Paragraph(said, "warn"),)))
    return tuple(found)


def _in_order(every: dict[str, Exhibit]) -> list[tuple[str, Exhibit]]:
    """Exhibits by kind and name; reasons under one title, each the answer to a question of its own, come together."""
    reasons: dict[str, tuple[str, Exhibit]] = {}
    others = []
    for name, exhibit in sorted(every.items()):
        if not isinstance(exhibit.content, WhyNot):
            others.append((name, exhibit))
            continue
        first, before = reasons.get(exhibit.title, (name, replace(exhibit, said=(), content=WhyNot(()))))
        said = tuple(dict.fromkeys((*before.said, *exhibit.said)))
        assert isinstance(before.content, WhyNot)
        content = WhyNot((*before.content.reasons, *exhibit.content.reasons))
        reasons[exhibit.title] = (first, replace(before, said=said, content=content))
    return sorted([*reasons.values(), *others], key=lambda each: (ORDER.index(type(each[1].content)), each[0]))


def _frontier(name: str, title: str, content: Frontier) -> list[Block]:
    points = sorted(content.points, key=lambda point: point.x)
    xs, ys = decimals_for(point.x for point in points), decimals_for(point.value for point in points)
    spots = [
        Spot(
            point.x,
            point.value,
            f"{point.name}: {content.x_title} {figure(point.x, xs)}, {content.value_title} {figure(point.value, ys)}",
            {"plan": "this plan", "today": "today"}.get(point.mark, ""),
            point.mark == "today",
        )
        for point in points
    ]
    bounded = any(point.bound is not None for point in points)
    rows = tuple(
        (
            point.name,
            figure(point.x, xs),
            figure(point.value, ys),
            *([("-" if point.bound is None else figure(point.bound, ys))] if bounded else []),
        )
        for point in points
    )
    columns = ("", content.x_title, content.value_title, *(["at most"] if bounded else []))
    says = f"{content.value_title} against {content.x_title} at {len(points)} points."
    return [
        Chart(
            name, title, says,
            lambda form: lines([Series("", spots)], content.x_title, content.value_title, form),
            Table(title, columns, rows),
        )
    ] if points else [Paragraph("It found no point.")]  # fmt: skip


def _tornado(name: str, title: str, content: Tornado) -> list[Block]:
    order = sorted(content.bars, key=lambda bar: -abs(bar.high - bar.low))
    decimals = decimals_for([content.base, *(end for bar in order for end in (bar.low, bar.high))])
    drawn = [bar for one in order[:MOST_BARS] for bar in _both_ends(content, one, decimals)]
    rows = tuple(
        (
            bar.input,
            f"{figure(bar.low, decimals)} at {bar.low_level}",
            f"{figure(bar.high, decimals)} at {bar.high_level}",
            figure(abs(bar.high - bar.low), decimals),
            CHANGES[bar.plan_changes_at_low, bar.plan_changes_at_high],
        )
        for bar in order[:MOST_ROWS]
    )  # fmt: skip
    if not order:
        return [Paragraph("It varied no input.")]
    legend = [("area", ORANGE, "at the low level"), ("area", SKY, "at the high level")]
    note = f"The line is the plan as it is: {figure(content.base, decimals)}. *: another plan is best there."
    if len(order) > MOST_BARS:
        note += f" Drawn {MOST_BARS} of {len(order)} inputs, the widest."
    says = f"{content.value_title} moves most with {some(bar.input for bar in order[:3])}."
    return [
        Chart(
            name, title, says, lambda form: bars(drawn, form, legend, content.base),
            Table(title, ("input", "at low", "at high", "spread", "plan changes"), rows), note,
        )
    ]  # fmt: skip


def _both_ends(content: Tornado, one: TornadoBar, decimals: int) -> tuple[Bar, Bar]:
    """The bars of an input at its low and its high level; the lower value is lettered on the left."""

    def bar(end: float, other: float, level: str, changes: bool, fill: str) -> Bar:
        said = f"{one.input} at {level}: {content.value_title} {figure(end, decimals)}"
        return Bar(
            one.input,
            content.base,
            end,
            fill,
            said + (", and the plan changes" if changes else ""),
            text=f"* {level}" if changes else level,
            side="left" if end < other or (end == other and fill == ORANGE) else "right",
        )

    return (
        bar(one.low, one.high, one.low_level, one.plan_changes_at_low, ORANGE),
        bar(one.high, one.low, one.high_level, one.plan_changes_at_high, SKY),
    )


def _core_index(run: Run, name: str, title: str, content: CoreIndex) -> list[Block]:
    order = sorted(content.decisions, key=lambda one: (-one.share, one.partnership, one.action, one.year or 0))
    labels = [
        f"{'' if one.year is None else f'{one.year} '}{one.action}: {_title(run, one.partnership)}" for one in order
    ]
    drawn = [
        Bar(label, 0, 100 * one.share, STANDINGS[one.standing],
            f"{label}: in {percent(one.share)} of the plans, {one.standing}", run.keys.get(one.partnership, ""),
            percent(one.share))
        for label, one in zip(labels, order[:MOST_BARS], strict=False)
    ]  # fmt: skip
    rows = tuple(
        (Cell(label, key=run.keys.get(one.partnership, "")), percent(one.share), one.standing)
        for label, one in zip(labels, order[:MOST_ROWS], strict=False)
    )
    if not order:
        return [Paragraph("It found no decision.")]
    note = f"Share of {content.plans} plans that hold each decision, %."
    if len(order) > MOST_BARS:
        note += f" Drawn {MOST_BARS} of {len(order)}."
    core = sum(1 for one in order if one.standing == "core")
    shown = {one.standing for one in order[:MOST_BARS]}
    legend = [("area", fill, word) for word, fill in STANDINGS.items() if word in shown]
    says = f"{core} of {len(order)} decisions are core: they stand in almost every plan considered."
    return [
        Chart(
            name, title, says, lambda form: bars(drawn, form, legend),
            Table(title, ("decision", "share", "standing"), rows), note,
        )
    ]  # fmt: skip


def _walk_away(run: Run, name: str, title: str, content: WalkAway) -> list[Block]:
    ends = {one.partnership: _ends(one.low, one.high) for one in content.prices}
    order = sorted(content.prices, key=lambda one: (*(-end for end in ends[one.partnership]), one.partnership))
    decimals = decimals_for(end for pair in ends.values() for end in pair if math.isfinite(end))
    told = {one.partnership: between(*ends[one.partnership], decimals) for one in order}
    drawn = [
        Bar(
            _title(run, one.partnership), 0, one.low, GREEN if one.low >= 0 else VERMILLION,
            f"{_title(run, one.partnership)}: {told[one.partnership]}" + (f"; {one.said}" if one.said else ""),
            run.keys.get(one.partnership, ""),
            told[one.partnership],
            None if one.high is None or one.high == one.low else (one.low, one.high),
        )
        for one in order
        if one.low
    ][:MOST_BARS]  # fmt: skip
    rows = tuple(
        (
            Cell(_title(run, one.partnership), key=run.keys.get(one.partnership, "")),
            "nothing is feasible without it" if one.low is None else told[one.partnership],
            one.said or "-",
        )
        for one in order[:MOST_ROWS]
    )
    table = Table(title, ("partnership", "price", "said"), rows, words=True)
    if not drawn:
        return [table]
    note = f"In {run.result.currency}."
    worthless = sum(1 for one in order if one.low == 0)
    if worthless:
        note += (
            f" {worthless} worth nothing to the portfolio as they stand {'is' if worthless == 1 else 'are'} not drawn."
        )
    priced = sum(1 for one in order if one.low)
    if priced > len(drawn):
        note += f" Drawn {len(drawn)} of {priced}."
    needed = [_title(run, one.partnership) for one in order if one.low is None]
    if needed:
        note += f" Nothing is feasible without {some(needed)}."
    says = (
        f"Walk-away prices of {len(drawn)} partnerships, from {figure(max(bar.end for bar in drawn), decimals)} down."
    )
    return [Chart(name, title, says, lambda form: bars(drawn, form), table, note)]


def _ends(low: float | None, high: float | None) -> tuple[float, float]:
    """Between which a cost lies that is without end where nothing is feasible."""
    return math.inf if low is None else low, math.inf if high is None else high


def _why_not(run: Run, title: str, content: WhyNot) -> list[Block]:
    ends = [_ends(one.low, one.high) for one in content.reasons]
    decimals = decimals_for(end for pair in ends for end in pair if math.isfinite(end))
    rows = tuple(
        (
            Cell(_title(run, one.partnership), key=run.keys.get(one.partnership, "")),
            one.standing,
            "no plan is feasible" if one.low is None else between(*pair, decimals),
            ", ".join(one.limits) or "-",
            one.said or "-",
        )
        for one, pair in list(zip(content.reasons, ends, strict=True))[:MOST_ROWS]
    )
    columns = ("partnership", "in the plan", "the other way costs", "limits in the way", "why")
    hidden = len(content.reasons) - len(rows)
    note = f"Shown {len(rows)} of {len(content.reasons)}." if hidden else ""
    return [Table(title, columns, rows, note=note, words=True)]


def _plain(title: str, content: PlainTable) -> list[Block]:
    decimals = decimals_for(value for row in content.rows for value in row if isinstance(value, float))
    rows = tuple(tuple(_value(value, decimals) for value in row) for row in content.rows[:MOST_ROWS])
    hidden = len(content.rows) - len(rows)
    note = f"Shown {len(rows)} of {len(content.rows)}." if hidden else ""
    worded = tuple(
        at for at in range(len(content.columns)) if any(not FIGURE.fullmatch(str(row[at])) for row in rows if row[at])
    )
    return [Table(title, content.columns, rows, note=note, worded=worded)]


def _value(value: Value, decimals: int) -> str:
    if value is None:
        return "-"
    return figure(value, decimals if isinstance(value, float) else 0) if isinstance(value, int | float) else value


def _title(run: Run, partnership: str) -> str:
    """The name of a partnership; what the exhibit calls it where there is none of that id."""
    return next((each.title for each in run.result.outline.partnerships if each.id == partnership), partnership)


def _slug(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")
