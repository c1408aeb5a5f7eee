"""From an instance to rows of cells: the tables as they are written, whatever the file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from portfolioopt.exchange.sheets.leaves import LABEL, MEMBER, Leaf, Path, own_key
from portfolioopt.exchange.sheets.tables import Part, Table, below, tables
from portfolioopt.exchange.sheets.texts import NOTHING, joined, written
from portfolioopt.language.instance import Instance
from portfolioopt.language.writing import plain

Value = str | int | Decimal | bool | None
Role = Literal["key", "once", "line", "label", "value", "meaning"]
EVERY_YEAR = "every year"
MEANING = "# meaning"
"""Headers that begin with # are not read."""
CURVE = ("total", "value")
ROOM = 12
"""Years in a state for which there are columns even where no profile is that long, unless the horizon is shorter."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is written."""

    header: str | int
    """A calendar year is a number."""
    role: Role
    note: str
    part: Part | None = None
    """What stands in it; None where that differs by row."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with its rows."""

    table: Table
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def filled(instance: Instance) -> tuple[Filled, ...]:
    """Every table of an instance, empty ones too; reading them back gives the same instance."""
    raw = plain(instance)
    return tuple(_filled(table, raw, instance.horizon.calendar) for table in tables())


def _filled(table: Table, raw: dict[str, Any], calendar: range) -> Filled:
    rows = list(_rows(table, raw))
    longest = max((len(row.numbers) for row in rows), default=0)
    columns = tuple(_columns(table, calendar, max(longest, min(len(calendar), ROOM))))
    width = sum(column.role == "value" for column in columns)
    return Filled(table, columns, tuple(_cells(table, row, width) for row in rows))


@dataclass(frozen=True, slots=True)
class _Row:
    names: tuple[str, ...]
    once: tuple[Value, ...] = ()
    line: str = ""
    label: str = ""
    numbers: tuple[Value, ...] = ()
    meaning: str = ""


def _cells(table: Table, row: _Row, width: int) -> tuple[Value, ...]:
    once = row.once or (None,) * len(table.columns)
    line = (row.line or None,) if table.line_header else ()
    label = (row.label or None,) if table.label_header else ()
    meaning = (row.meaning,) if table.lists_settings else ()
    numbers = (*row.numbers, *(None,) * (width - len(row.numbers)))
    return (*row.names, *once, *line, *label, *numbers, *meaning)


def _rows(table: Table, raw: dict[str, Any]) -> Iterator[_Row]:
    stem = table.sheet.stem
    if table.spread == "names":
        for name in _at(raw, below(table.lines[0].leaf, table.sheet)) or ():
            yield _Row((name,))
        return
    for names, thing in _things(raw, stem):
        names = tuple(map(written, names[: len(table.sheet.keys)]))
        if table.spread == "curve":
            for point in _at(thing, below(table.lines[0].leaf, table.sheet)) or ():
                yield _Row(names, numbers=tuple(point))
            continue
        once = tuple(_value(part, thing, table) for part in table.columns)
        lines = list(_lines(table, thing))
        if table.columns or (table.owner and stem[-1:] == (LABEL,)):
            first, *lines = lines or [_Row(())]
            yield _Row(names, once, first.line, first.label, first.numbers)
        for line in lines:
            # of what is said once only the name is said again
            again = tuple(_value(part, thing, table) if part.name == table.key else None for part in table.columns)
            yield _Row(names, again, line.line, line.label, line.numbers, line.meaning)


def _lines(table: Table, thing: Any) -> Iterator[_Row]:
    """The lines of one thing: those given, and all of a list of settings."""
    for part in table.lines:
        given = _at(thing, below(part.leaf, table.sheet))
        if part.leaf.labelled:
            for label, value in (given or {}).items():
                yield _Row((), (), part.name, label, _numbers(table, part.leaf, value), _note(part))
        elif given is not None or table.lists_settings:
            value = _cell(part, given)
            yield _Row((), (), part.name, "", _numbers(table, part.leaf, value), _note(part))


def _numbers(table: Table, leaf: Leaf, value: Any) -> tuple[Value, ...]:
    """The cells of a line: a list of years leaves the column for every year blank."""
    if not isinstance(value, list):
        return (value,)
    return (None, *value) if table.spread == "years" and leaf.shape == "series" else tuple(value)


def _value(part: Part, thing: Any, table: Table) -> Any:
    return _cell(part, _at(thing, below(part.leaf, table.sheet)))


def _cell(part: Part, value: Any) -> Any:
    """A value as one cell holds it; lists of numbers stay lists."""
    if value is None:
        return None
    if part.side is not None:
        return value[part.side]
    if part.leaf.shape == "list":
        return written(joined(value if isinstance(value, list) else [value]))
    return written(value) if isinstance(value, str) else value


def _things(raw: dict[str, Any], stem: Path) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What a stem leads to, each with the names of what it runs through."""
    found: list[tuple[tuple[str, ...], Any]] = [((), raw)]
    for place, part in enumerate(stem):
        if part == MEMBER:
            key = own_key(stem[: place + 1])
            found = [((*names, *([one[key]] if key else [])), one) for names, inner in found for one in inner or ()]
        elif part == LABEL:
            found = [((*names, name), one) for names, inner in found for name, one in (inner or {}).items()]
        else:
            found = [(names, None if inner is None else inner.get(part)) for names, inner in found]
    yield from found


def _at(thing: Any, path: Sequence[str]) -> Any:
    for part in path:
        if thing is None:
            return None
        thing = thing.get(part)
    return thing


def _columns(table: Table, calendar: range, longest: int) -> Iterator[Column]:
    """The columns of a table for a horizon and the longest profile."""
    sheet = table.sheet
    if table.spread == "names":
        yield Column(sheet.keys[0], "key", table.lines[0].leaf.said, table.lines[0])
        return
    for header in sheet.keys:
        about = f"The {header} that the row is about, as named in its own sheet."
        own = table.owner and not table.key and header == sheet.keys[-1] and sheet.stem[-1] == LABEL
        yield Column(header, "key", f"The name of the {header}." if own else about)
    for part in table.columns:
        yield Column(part.name, "once", _note(part), part)
    if table.line_header:
        yield Column(table.line_header, "line", _lines_note(table))
    if table.label_header:
        yield Column(table.label_header, "label", _label_note(table))
    yield from _value_columns(table, calendar, longest)
    if table.lists_settings:
        yield Column(MEANING, "meaning", "For the reader. Columns whose header begins with # are not read.")


def _value_columns(table: Table, calendar: range, longest: int) -> Iterator[Column]:
    only = table.lines[0] if len(table.lines) == 1 else None
    about = f"{_note(only)} " if only else ""
    match table.spread:
        case "value":
            yield Column(table.sheet.value, "value", about.strip() or "The value.", only)
        case "curve":
            yield from (Column(header, "value", f"{about}A row for each point.", only) for header in CURVE)
        case "profile":
            for year in range(1, longest + 1):
                yield Column(
                    f"year {year}", "value", f"Year {year} in the state or of lead. After the last number it goes on."
                )
        case "years":
            every = every_year(table)
            yield Column(every, "value", f"{about}One number for every year; or else a number for each year.", only)
            for year in calendar:
                yield Column(year, "value", f"{about}In {year}; every year of the horizon then needs a number.", only)


def every_year(table: Table) -> str:
    """Header of the column for a number that holds in every year."""
    only = table.lines[0] if len(table.lines) == 1 else None
    return EVERY_YEAR if only is None or only.leaf.labelled else f"{only.name} {EVERY_YEAR}"


def _note(part: Part) -> str:
    """What a column holds, and how it is written."""
    leaf = part.leaf
    said = [leaf.said]
    if part.side is not None:
        said.append("The first of the two." if part.side == 0 else "The second of the two.")
    if leaf.choices and leaf.path != ("format",):
        said.append(f"One of: {', '.join(leaf.choices)}.")
    if leaf.shape == "list":
        said.append(f"Several are parted by commas; names that hold one stand in quotes. {NOTHING}: a list of none.")
    if leaf.element == "truth":
        said.append("TRUE or FALSE.")
    if leaf.required:
        said.append("Must be filled in.")
    return " ".join(said)


def _lines_note(table: Table) -> str:
    """Each line with its meaning, in as few words as a note has room for."""
    return "What the numbers of the row are.\n" + "\n".join(f"{part.name}: {part.leaf.said}" for part in table.lines)


def _label_note(table: Table) -> str:
    labelled = [part for part in table.lines if part.leaf.labelled]
    names = ", ".join(part.name for part in labelled)
    if len(labelled) == len(table.lines):
        return f"The {table.label_header}."
    return f"The name for {names}: {labelled[0].leaf.said} Blank for all else."
