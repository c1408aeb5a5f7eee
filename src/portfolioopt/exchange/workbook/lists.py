"""The hidden sheet behind the drop-downs: long lists of words, and the states of each partnership.

A drop-down takes a range. Names declared in a sheet are such a range, as long as the sheet is filled; so are the
actions of one partnership, which stand together. But its states also include none and exited, which nobody writes: so
the hidden sheet puts a partnership's states side by side, by formulas that follow what is written.
"""

from collections.abc import Sequence
from typing import Any

from portfolioopt.exchange.sheets.choices import Choice, choice_of
from portfolioopt.exchange.sheets.filling import Filled
from portfolioopt.language.partnership import EXITED, NONE

SHEET = "Lists"
LONGEST_LIST = 255
"""Letters of a list of words that a drop-down can hold itself."""
SPARE_PARTNERSHIPS = 50
SPARE_STATES = 4
LAST = 20_000
"""The row to which names are looked for."""


class Lists:
    """What the drop-downs of a workbook refer to."""

    def __init__(self, sheets: Sequence[Filled]) -> None:
        self._sheets = {sheet.table.name: sheet for sheet in sheets}
        self._words: list[tuple[str, ...]] = []
        for sheet in sheets:
            for column in sheet.columns:
                choice = choice_of(sheet.table, column)
                if (
                    choice is not None
                    and len(",".join(choice.words)) > LONGEST_LIST
                    and choice.words not in self._words
                ):
                    self._words.append(choice.words)

    def source(self, choice: Choice, beside: str, of: str) -> list[str] | str:
        """The source of a drop-down: a list of words, or a formula for a range."""
        match choice.kind:
            case "words":
                if choice.words not in self._words:
                    return list(choice.words)
                place = _letters(self._words.index(choice.words))
                return f"={SHEET}!${place}$2:${place}${len(choice.words) + 1}"
            case "names":
                return f"={choice.table.lower()}_names"
            case "written_states":
                return _together("States", beside)
            case "actions":
                return _together("Actions", beside)
            case "states":
                first, names = self._first, _letters(self._first)
                count = f"2+COUNTIF(States!$A$2:$A${LAST},{beside})"
                return (
                    f"=OFFSET({SHEET}!${_letters(first + 1)}$1,"
                    f"MATCH({beside},{SHEET}!${names}:${names},0)-1,0,1,{count})"
                )
            case _:
                return (
                    f'=IF(RIGHT({of},6)="effort",skills_names,'
                    f'IF(RIGHT({of},8)="exposure",exposure_tags,capability_names))'
                )

    def write(self, book: Any) -> None:
        """The hidden sheet, and the names of ranges."""
        page = book.add_worksheet(SHEET)
        for place, words in enumerate(self._words):
            page.write_string(0, place, "words")
            for row, word in enumerate(words, start=1):
                page.write_string(row, place, word)
        self._states(page)
        page.hide()
        for name, (sheet, letter) in self._ranges().items():
            cells = f"{sheet}!${letter}$2"
            filled = f"COUNTA({sheet}!${letter}$2:${letter}${LAST})"
            book.define_name(name, f"=OFFSET({cells},0,0,MAX(1,{filled}),1)")

    def _ranges(self) -> dict[str, tuple[str, str]]:
        """Sheet and column of every list of names."""
        ranges = {}
        for name, sheet in self._sheets.items():
            key = sheet.table.key or (
                sheet.table.sheet.keys[-1] if sheet.table.owner and sheet.table.sheet.keys else ""
            )
            headers = [str(column.header) for column in sheet.columns]
            if key and "partnership" not in headers[:1]:
                ranges[f"{name.lower()}_names"] = (name, _letters(headers.index(key)))
        ranges["exposure_tags"] = ("Exposures", self._column("Exposures", "tag"))
        ranges["capability_names"] = ("Requirements", self._column("Requirements", "capability"))
        return ranges

    def _column(self, sheet: str, header: str) -> str:
        return _letters([str(column.header) for column in self._sheets[sheet].columns].index(header))

    @property
    def _first(self) -> int:
        """The column where the states of partnerships begin: one free behind the lists of words."""
        return len(self._words) + 1

    def _states(self, page: Any) -> None:
        """By partnership: its id, none, exited, then its own states, as the sheets say now and later."""
        names = [str(row[0]) for row in self._sheets["Partnerships"].rows]
        states: dict[str, list[str]] = {}
        for partnership, state, *_ in self._sheets["States"].rows:
            states.setdefault(str(partnership), []).append(str(state))
        most = max((len(own) for own in states.values()), default=0) + SPARE_STATES
        first = self._first
        letter = _letters(first)
        page.write_string(0, first, "partnership")
        for row in range(1, len(names) + SPARE_PARTNERSHIPS + 1):
            name = names[row - 1] if row <= len(names) else ""
            page.write_formula(row, first, f'=IF(Partnerships!$A{row + 1}="","",Partnerships!$A{row + 1})', None, name)
            page.write_string(row, first + 1, NONE)
            page.write_string(row, first + 2, EXITED)
            own = states.get(name, []) if name else []
            for place in range(most):
                at = f"MATCH(${letter}{row + 1},States!$A$2:$A${LAST},0)"
                count = f"COUNTIF(States!$A$2:$A${LAST},${letter}{row + 1})"
                formula = f'=IF({place}<{count},INDEX(States!$B$2:$B${LAST},{at}+{place}),"")'
                page.write_formula(row, first + 3 + place, formula, None, own[place] if place < len(own) else "")


def _together(sheet: str, beside: str) -> str:
    """Names in the second column of a sheet, of what the first column says: they must stand together."""
    column = f"{sheet}!$A$2:$A${LAST}"
    return f"=OFFSET({sheet}!$B$1,MATCH({beside},{column},0),0,COUNTIF({column},{beside}),1)"


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))
