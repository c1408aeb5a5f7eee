"""Results side by side: a column for each run, a row for each fact that is not the same in all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from portfolioopt.command.show.layout import bullet, cut, heading, indented, paragraph
from portfolioopt.comparison import Comparison, LimitState, Row
from portfolioopt.result import Result
from portfolioopt.result.figures import amount, decimals_for, difference, figure, percent, years_text

WIDTH = 76
"""Of a table beside its indent."""
NAME_WIDTH, CHANGE_WIDTH = 26, 9
WIDEST_RUN = 22
MOST_RUNS = 3
"""Beside the first, in one block of columns."""
MOST_ROWS = 20
FAR = 0.01
"""Gap above which a reader is warned."""
NOTHING = ("doing nothing",)
Cell = Callable[[Any], str]


def legend(comparison: Comparison) -> Iterable[RenderableType]:
    """What the columns stand for, where names are too long to head them."""
    heads = columns_of(comparison)
    for head, name in zip(heads, comparison.names, strict=True):
        if head != name:
            yield paragraph(f"{head}  {name}")


def columns_of(comparison: Comparison) -> tuple[str, ...]:
    """A head for each run: its name, or a letter where any name is too long."""
    if all(len(name) <= _run_width(comparison, change=True) for name in comparison.names):
        return comparison.names
    letters = [chr(ord("A") + number) if number < 26 else f"R{number}" for number in range(len(comparison.names))]
    return tuple(letters)


def outcomes(comparison: Comparison, *, every: bool) -> Iterable[RenderableType]:
    """What the plans are worth, and how sure that is."""
    yield heading("Value", _currency(comparison.results))
    kept = [
        row
        for row in comparison.outcomes
        if every or row.name == ("expected NPV",) or (row.differs and not (row.name == NOTHING and None in row.values))
    ]
    if not every:  # the objective says nothing new where it is the expected NPV
        expected = next((row.values for row in kept if row.name == ("expected NPV",)), ())
        kept = [row for row in kept if row.name != ("objective",) or row.values != expected]
    states = [
        Row(("status",), tuple(_status(one) for one in comparison.results)),
        Row(("gap",), tuple("-" if not one.gap else percent(one.gap, 2) for one in comparison.results)),
    ]
    decimals = decimals_for(value for row in kept for value in row.values if value is not None)
    yield from _blocks(comparison, kept, lambda value: figure(value, decimals), decimals)
    shown = [row for row in states if every or row.differs or row.values[0] not in ("optimal", "-")]
    if shown:
        yield from _blocks(comparison, shown, str, None, headed=not kept)
    for name, result in zip(comparison.names, comparison.results, strict=True):
        if result.status == "infeasible":
            yield from _conflict(name, result)
        elif result.gap is not None and result.gap > FAR:
            said = f"{name} is not proven optimal (gap {percent(result.gap, 1)}): what it decides may owe more to the "
            yield paragraph(Text(f"{said}time limit than to the facts. Give it more (--time-limit).", style="yellow"))


def _conflict(name: str, result: Result) -> Iterable[RenderableType]:
    """Why there is no plan."""
    yield paragraph(Text(f"{name} is infeasible: these cannot all hold", style="bold red"))
    for limit in result.conflict:
        words = result.outline.words(limit)
        yield bullet(limit if words == limit else f"{limit}: {words}")
    if not result.conflict:
        yield bullet("which limits contradict each other was not found out in the time given")


def figures(comparison: Comparison, table: str, title: str, remark: str, *, every: bool) -> Iterable[RenderableType]:
    """A table of money."""
    rows: Sequence[Row] = getattr(comparison, table)
    kept = [row for row in rows if every or row.differs]
    if not kept:
        return
    yield heading(title, remark)
    decimals = decimals_for(value for row in kept for value in row.values if value is not None)
    if not every:
        kept = sorted(kept, key=_moved, reverse=True)
    yield from _blocks(
        comparison, kept[: None if every else MOST_ROWS], lambda value: figure(value, decimals), decimals
    )
    yield from _hidden(len(kept), every=every)


def limits(comparison: Comparison, *, every: bool) -> Iterable[RenderableType]:
    """How far limits are used: the share at its highest (of a requirement: lowest), and the years in which it binds."""
    kept = [row for row in comparison.limits if every or _tells(row)]
    hired = [row for row in comparison.hiring if every or row.differs]
    if not kept and not hired:
        return
    yield heading("Limits", "% used at most (provided at least); years in which they bind")
    rows = [Row((row.name[0],), row.values) for row in kept]
    yield from _blocks(comparison, rows[: None if every else MOST_ROWS], _state, None)
    yield from _hidden(len(rows), every=every)
    named = [Row((f"hired {row.name[0]}",), row.values) for row in hired]
    if named:
        yield from _blocks(comparison, named, amount, None, headed=not kept)


def decisions(comparison: Comparison, *, every: bool) -> Iterable[RenderableType]:
    """Years of each decision; a share beside it where it is not taken in every scenario."""
    kept = [row for row in comparison.decisions if every or row.differs]
    yield heading("Decisions", "year, and its probability where that is not 100%")
    if not kept:
        yield paragraph("The same in all.")
        return
    rows = [Row((f"{row.name[0]} {row.name[1]}",), row.values) for row in kept]
    shares = [
        {future.name: Fraction(future.probability) for future in result.outline.scenarios}
        for result in comparison.results
    ]
    texts = [
        Row(row.name, tuple(_taken(value, share) for value, share in zip(row.values, shares, strict=True)))
        for row in rows
    ]
    yield from _blocks(comparison, texts, str, None)


def _blocks(
    comparison: Comparison, rows: Sequence[Row], cell: Cell, decimals: int | None, *, headed: bool = True
) -> Iterator[RenderableType]:
    """The rows, in as many tables as the runs need; with two runs of money, how much it moved beside them."""
    heads = columns_of(comparison)
    others = list(range(1, len(heads)))
    two = len(heads) == 2 and decimals is not None
    width = _run_width(comparison, change=two)
    for start in range(0, len(others), MOST_RUNS):
        block = [0, *others[start : start + MOST_RUNS]]
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", show_header=headed)
        table.add_column("", width=NAME_WIDTH, overflow="ellipsis", no_wrap=True)
        for number in block:
            table.add_column(Text(heads[number], justify="right"), justify="right", width=width, overflow="fold")
        if two:
            table.add_column(Text("change", justify="right"), justify="right", width=CHANGE_WIDTH)
        for row in rows:
            values = [row.values[number] for number in block]
            cells = [_shown(value, cell) for value in values]
            if two and decimals is not None:
                known = None not in values
                cells.append(difference(values[1], values[0], decimals) if known else "")
            table.add_row(cut(" ".join(row.name), NAME_WIDTH), *cells)
        yield indented(table)


def _run_width(comparison: Comparison, *, change: bool) -> int:
    """Of a run's column, with a column beside them for the change or not."""
    number = min(len(comparison.results), 1 + MOST_RUNS)
    room = WIDTH - NAME_WIDTH - (CHANGE_WIDTH + 2 if change and number == 2 else 0)
    return min(WIDEST_RUN, room // number - 2)


def _shown(value: Any, cell: Cell) -> str:
    return "-" if value is None else cell(value)


def _moved(row: Row) -> Fraction:
    """How far the values of a row lie apart."""
    values = [value for value in row.values if value is not None]
    return max(values) - min(values) if values else Fraction(0)


def _tells(row: Row) -> bool:
    """Whether a limit binds or is exceeded otherwise in one of the runs; how far it is used alone says little."""
    states = [None if one is None else (one.binding, one.excess) for one in row.values]
    return any(one != states[0] for one in states) and any(one is not None and (one[0] or one[1]) for one in states)


def _state(state: LimitState) -> str:
    parts = [] if state.share is None else [percent(state.share)]
    if state.excess:
        parts.append(f"{amount(state.excess)} beyond")
    if state.binding:
        parts.append(years_text(state.binding))
    return " ".join(parts) or ("unused" if state.counted else "kept")


def _taken(taken: Any, share: dict[str, Fraction]) -> str | None:
    """2027, or 2027 60%, 2029 40%."""
    if taken is None:
        return None
    whole = sum(share.values(), Fraction(0))
    parts = []
    for year, scenarios in taken:
        part = sum((share[name] for name in scenarios), Fraction(0))
        parts.append(str(year) if len(scenarios) == len(share) else f"{year} {percent(part / whole)}")
    return ", ".join(parts) or "no"


def _hidden(number: int, *, every: bool) -> Iterator[RenderableType]:
    if not every and number > MOST_ROWS:
        yield paragraph(f"… and {number - MOST_ROWS} more (--all shows them).", style="dim")


def _status(result: Result) -> str:
    return {"feasible": "not proven", "no_plan": "no plan"}.get(result.status, result.status)


def _currency(results: Sequence[Result]) -> str:
    names = dict.fromkeys(result.currency for result in results)
    return ", ".join(names)
