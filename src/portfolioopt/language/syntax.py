"""Why a text is not YAML, in a planner's words."""

import re

from ruamel.yaml.error import MarkedYAMLError

from portfolioopt.errors import Fault

_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_QUOTE_IT = "put text that begins with it between quotes"
_SAID: tuple[tuple[str, str, str], ...] = (
    ("tab character", "a tab stands where the indentation is", "indent with spaces"),
    (
        "mapping values are not allowed",
        "a colon stands where no key can",
        "check the indentation and the line above; text that holds a colon goes between quotes",
    ),
    ("',' or ']'", "a list is not closed, or a comma is missing{since}", "lists are written [a, b]"),
    ("',' or '}'", "a mapping is not closed, or a comma is missing{since}", "mappings are written {a: 1, b: 2}"),
    (
        "expected key",
        "the line does not fit those above{since}",
        "check the indentation, and that every [ and { is closed once",
    ),
    ("'-' indicator", "a list item must begin with - here{since}", "check the indentation"),
    ("block sequence entries are not allowed", "a list item cannot stand here", "begin the list on a line of its own"),
    ("block collections", "the line does not fit those above{since}", "check the indentation"),
    ("expected ':'", "a key without a colon{since}", "write key: value"),
    ("unexpected end of stream", "a quote is not closed{since}", "close it"),
    ("unknown escape", "a backslash between double quotes that means nothing", "use single quotes, or double it"),
    ("expected hexdecimal", "a backslash between double quotes that means nothing", "use single quotes, or double it"),
    ("invalid Unicode character escape", "an escape that names no character", "write the character itself"),
    ("incompatible YAML", "another version of YAML", "YAML 1.2 is read; remove the line %YAML"),
    ("directive", "a directive that is not known", "remove the line that begins with %"),
    ("<document start>", "the line does not fit those above", "indent it as the first key is"),
    ("expected node content", "a value is missing here", "remove the comma or write the value"),
    ("undefined tag handle", "tags (!) are not allowed", _QUOTE_IT),
    ("alphabetic or numeric", "& and * begin names to refer to, and none follows", _QUOTE_IT),
)


def syntax_fault(error: MarkedYAMLError, text: str) -> Fault:
    """The fault of a text that is not YAML, at the place where the parser noticed."""
    problem = str(error.problem or error.context or "cannot be read")
    mark, since = error.problem_mark or error.context_mark, error.context_mark
    if mark is None:
        return Fault((), problem)
    message, hint = _said(problem, _character(text, mark.line, mark.column))
    begun = ""
    if since is not None and (since.line, since.column) != (mark.line, mark.column):
        if "expected ':'" in problem or not "".join(text.splitlines(keepends=True)[mark.line :])[mark.column :].strip():
            # noticed only behind the culprit, or at the very end of the text
            mark = since
        else:
            begun = f" (it begins at line {since.line + 1}, column {since.column + 1})"
    return Fault((), message.replace("{since}", begun), hint, line=mark.line + 1, column=mark.column + 1)


def control_character(text: str) -> Fault:
    """The fault of a text that holds a character that no text file does."""
    found = _UNREADABLE.search(text)
    if found is None:
        return Fault((), "cannot be read as YAML")
    line, column = line_and_column(text, found.start())
    return Fault((), f"holds the control character {ord(found[0]):#04x}", "remove it", line=line, column=column)


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Both from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _said(problem: str, character: str) -> tuple[str, str]:
    if "cannot start any token" in problem:
        if character == "\t":
            return "a tab stands where the indentation is", "indent with spaces"
        return f"text cannot begin with {character}", _QUOTE_IT
    for part, message, hint in _SAID:
        if part in problem:
            return message, hint
    return problem, ""


def _character(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    return lines[line][column] if line < len(lines) and column < len(lines[line]) else ""
