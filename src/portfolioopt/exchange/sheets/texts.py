"""How text and lists of names stand in one cell, so that whatever a file may hold comes back as it was."""

import json
import re
from collections.abc import Iterable

NOTHING = "(empty)"
"""A list without members, where leaving the cell blank would mean something else."""
SPELLED_OUT = "json:"
_SPOILED = re.compile(r'_x[0-9A-Fa-f]{4}_|[\ufffe\uffff]|^json:"')
"""What workbooks take for an escape, or cannot hold at all; and what begins as a text that is spelled out."""
_QUOTED = re.compile(r'[,;"\n\t]|^\s|\s$|^$')
_MEMBER = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,;\s"][^,;\n]*))\s*(?:[,;\n]|$)')


def written(text: str) -> str:
    """The text of a cell; spelled out as JSON where a workbook would spoil it."""
    if not _SPOILED.search(text):
        return text
    return SPELLED_OUT + json.dumps(text).replace("_", "\\u005f")


def read(text: str) -> str:
    """What the text of a cell stands for."""
    if text.startswith(f'{SPELLED_OUT}"'):
        try:
            found = json.loads(text.removeprefix(SPELLED_OUT))
        except ValueError:
            return text
        return found if isinstance(found, str) else text
    # Excel's own way to keep the first half of a line end that came from elsewhere
    return text.replace("_x000D_", "")


def joined(members: Iterable[object]) -> str:
    """The members of a list with commas between; those that hold one, or begin or end with a space, in quotes."""
    texts = [str(member) for member in members]
    if not texts:
        return NOTHING
    if texts == [NOTHING]:
        return f'"{NOTHING}"'
    return ", ".join('"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text for text in texts)


def split(text: str) -> list[str]:
    """The members of a list; commas, semicolons and line ends part them. Raises ValueError with what is wrong."""
    if text.strip() == NOTHING:
        return []
    members = []
    position = 0
    while position < len(text):
        found = _MEMBER.match(text, position)
        if found is None:
            rest = text[position:].strip()
            raise ValueError("a comma too many" if rest[:1] in (",", ";", "") else "a quote that is not closed")
        members.append(found[1].replace('""', '"') if found[1] is not None else found[2].strip())
        position = found.end()
    return members
