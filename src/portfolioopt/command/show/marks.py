"""The short codes and marks of the road map, and the legend that explains those in use."""

from collections.abc import Iterable

from rich.text import Text

from portfolioopt.result.lookup import Lookup

LEAD, NOTICE, DECIDED, DIFFERS = "~", "!", ">", "*"
MEANINGS = {LEAD: "lead year", NOTICE: "under notice", DECIDED: "decided this year", DIFFERS: "other branches differ"}
FIXED_CODES = {"none": ".", "exited": "x"}
SAID = {"none": "not formed"}


def state_codes(states: Iterable[str]) -> dict[str, str]:
    """A short code for each state, unique: its first letter, or its first and a later one."""
    codes: dict[str, str] = {}
    for state in dict.fromkeys(states):
        first, rest = state[0].upper(), [letter.lower() for letter in state[1:] if letter.isalnum()]
        candidates = [FIXED_CODES.get(state, first), *(first + letter for letter in rest)]
        candidates += [f"{first}{number}" for number in range(2, 1000)]
        codes[state] = next(code for code in candidates if code not in codes.values())
    return codes


def cells(lookup: Lookup, scenario: str, codes: dict[str, str]) -> dict[tuple[str, int], str]:
    """By partnership and year: > decided, code or ~, ! under notice, * where other scenarios do otherwise."""
    possible = [name for name, probability in lookup.probability.items() if probability > 0]
    found = {}
    for partnership in lookup.outline.partnerships:
        for year in lookup.outline.calendar:
            own = _look(lookup, partnership.id, scenario, year)
            state, phase, action = own
            body = LEAD if phase == "lead" else codes.get(state, "")
            differs = any(_look(lookup, partnership.id, other, year) != own for other in possible)
            marks = (DECIDED if action else "", body, NOTICE if phase == "notice" else "", DIFFERS if differs else "")
            found[partnership.id, year] = "".join(marks)
    return found


def _look(lookup: Lookup, partnership: str, scenario: str, year: int) -> tuple[str, str, str]:
    """State, phase and action of a partnership."""
    standing = lookup.standings.get((partnership, scenario, year))
    decision = lookup.decisions.get((partnership, scenario, year))
    action = "" if decision is None else decision.action
    return ("", "", action) if standing is None else (standing.state, standing.phase, action)


def styled(cell: str) -> Text:
    """A cell in colours that add nothing to what its marks say."""
    if DECIDED in cell:
        return Text(cell, style="bold green")
    return Text(
        cell, style="dim" if cell.rstrip(DIFFERS) in FIXED_CODES.values() else "yellow" if NOTICE in cell else ""
    )


def legend(used: set[str], codes: dict[str, str], width: int) -> list[str]:
    """What the codes and marks in use mean; a meaning stays on the line of its code."""
    bodies = {cell.strip(f"{DECIDED}{NOTICE}{DIFFERS}") for cell in used}
    known = sorted(codes.items(), key=lambda item: 0 if item[0] == "none" else 2 if item[0] == "exited" else 1)
    parts = [f"{code} {SAID.get(state, state)}" for state, code in known if code in bodies]
    parts += [f"{mark} {meaning}" for mark, meaning in MEANINGS.items() if any(mark in cell for cell in used)]
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + 3 + len(part) <= width:
            lines[-1] += f"   {part}"
        else:
            lines.append(part)
    return lines
